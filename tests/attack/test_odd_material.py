"""Material made to trip a copier: links, loops, pipes, holes, names, depths, files that move."""

import os
import socket
from pathlib import Path

import pytest

from case_factory import new_case, preserve
from comity.evidence.acquisition import material as reading
from comity.evidence.acquisition.tree import walk
from comity.evidence.exhibit import Exhibit


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def material(tmp_path: Path) -> Path:
    source = tmp_path / "material"
    source.mkdir()
    return source


def acquired(tmp_path: Path, material: Path) -> dict[bytes, Exhibit]:
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    assert preserve(folder, material) is None, "the same again must not be new"
    return {exhibit.name_bytes: exhibit for exhibit in folder.exhibits()}


def test_links_are_recorded_and_never_followed(tmp_path: Path, material: Path):
    (tmp_path / "secret").write_bytes(b"outside")
    (material / "out").symlink_to(tmp_path / "secret")
    (material / "loop").symlink_to(material)
    (material / "nowhere").symlink_to(b"\xff\xfe".decode(errors="surrogateescape"))
    (material / "in").mkdir()
    (material / "in" / "up").symlink_to("..")
    exhibits = acquired(tmp_path, material)
    assert {e.kind for e in exhibits.values()} == {"symlink"}
    assert exhibits[b"nowhere"].link_target == b"\xff\xfe"
    assert exhibits[b"out"].link_target == os.fsencode(tmp_path / "secret")
    assert all(e.sha256 is None and e.location is None for e in exhibits.values())
    assert len(exhibits) == 4


def test_pipes_sockets_and_devices_are_recorded_and_never_opened(tmp_path: Path, material: Path):
    os.mkfifo(material / "pipe")
    short = Path("/tmp") / f"comity-{os.getpid()}.sock"  # noqa: S108  a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(short))
        short.rename(material / "socket")
        exhibits = acquired(tmp_path, material)
    assert {name: e.kind for name, e in exhibits.items()} == {b"pipe": "fifo", b"socket": "socket"}


def test_names_are_kept_as_bytes(tmp_path: Path, material: Path):
    names = [b"\xff\xfenot utf-8", b"new\nline", b"tab\tbell\x07", "ü\u202egpj.exe".encode(), b"-rf", b'quote"back\\slash', b"u" * 255]
    for name in names:
        (material / os.fsdecode(name)).write_bytes(name)
    exhibits = acquired(tmp_path, material)
    assert sorted(exhibits) == sorted(names)
    assert exhibits[names[0]].name == "\\xff\\xfenot utf-8"


def test_holes_are_zeros_and_take_no_room(tmp_path: Path, material: Path):
    with (material / "sparse").open("wb") as file:
        file.truncate(64 * 2**20)
        file.seek(20 * 2**20)
        file.write(b"island")
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    (exhibit,) = folder.exhibits()
    assert exhibit.size == 64 * 2**20
    assert exhibit.allocated == (material / "sparse").stat().st_blocks * 512 < exhibit.size
    with folder.open_exhibit(exhibit) as stream, (material / "sparse").open("rb") as original:
        assert stream.read() == original.read()
    kept = folder.path / exhibit.location.path
    assert kept.stat().st_size == exhibit.size
    assert kept.stat().st_blocks * 512 < 10 * 2**20


def test_hard_links_are_exhibits_of_one_content(tmp_path: Path, material: Path):
    (material / "first").write_bytes(b"bytes")
    os.link(material / "first", material / "second")
    exhibits = acquired(tmp_path, material)
    assert exhibits[b"first"].location == exhibits[b"second"].location
    assert exhibits[b"first"].sha256 == exhibits[b"second"].sha256


def test_any_depth_is_walked_with_few_open_files(tmp_path: Path, material: Path):
    depth = 700
    here = os.open(material, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        with os.fdopen(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=below), "wb") as file:
            file.write(b"x")
        os.close(here)
        here = below
    os.close(here)
    exhibits = acquired(tmp_path, material)
    assert len(exhibits) == depth
    assert exhibits[b"/".join([b"d"] * depth + [b"f"])].size == 1


def test_what_cannot_be_opened_is_recorded_and_the_rest_goes_on(tmp_path: Path, material: Path, monkeypatch):
    (material / "bad").write_bytes(b"xxx")
    (material / "good").write_bytes(b"good")
    real = os.open

    def opened(path, *args, **kwargs):
        if path == b"bad":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(reading.os, "open", opened)
    exhibits = acquired(tmp_path, material)
    assert exhibits[b"bad"].sha256 is None
    assert "Permission denied" in exhibits[b"bad"].defect
    assert exhibits[b"bad"].size == 3
    assert exhibits[b"good"].sha256 is not None


@pytest.mark.parametrize("size", [10, 3 * 2**20])
@pytest.mark.parametrize("change", ["grow", "shrink", "touch"])
def test_a_file_that_changes_while_it_is_read_is_said_to(tmp_path: Path, material: Path, monkeypatch, size: int, change: str):
    victim = material / "victim"
    victim.write_bytes(b"a" * size)
    real, done = os.fstat, []

    def fstat(descriptor):
        status = real(descriptor)
        if status.st_ino == inode and not done:
            done.append(1)
            if change == "grow":
                with victim.open("ab") as file:
                    file.write(b"b" * 100)
            elif change == "shrink":
                os.truncate(victim, size // 2)
            else:
                os.utime(victim, (1, 1))
        return status

    inode = victim.stat().st_ino
    monkeypatch.setattr(reading.os, "fstat", fstat)
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    (exhibit,) = folder.exhibits()
    assert "changed while it was read" in exhibit.defect
    assert exhibit.size == (size // 2 if change == "shrink" else size)
    with folder.open_exhibit(exhibit) as stream:
        assert stream.read() == b"a" * exhibit.size


def test_a_file_that_vanishes_or_becomes_a_link_is_said_to(tmp_path: Path, material: Path, monkeypatch):
    (tmp_path / "secret").write_bytes(b"outside")
    (material / "gone").write_bytes(b"x")
    (material / "swapped").write_bytes(b"x")
    (material / "zz pipe").write_bytes(b"x")
    real = os.open

    def opened(path, *args, **kwargs):
        if path in (b"gone", b"swapped", b"zz pipe"):
            name = os.fsdecode(path)
            (material / name).unlink(missing_ok=True)
            if path == b"swapped":
                (material / name).symlink_to(tmp_path / "secret")
            if path == b"zz pipe":
                os.mkfifo(material / name)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(reading.os, "open", opened)
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    gone, swapped, pipe = folder.exhibits()
    assert "gone" in gone.defect
    assert "cannot be opened" in swapped.defect
    assert "something else" in pipe.defect
    assert {e.sha256 for e in (gone, swapped, pipe)} == {None}


def test_a_folder_without_right_is_recorded(tmp_path: Path, material: Path, monkeypatch):
    (material / "closed").mkdir()
    (material / "closed" / "inside").write_bytes(b"x")
    real = os.open

    def opened(path, *args, **kwargs):
        if path == b"closed":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", opened)
    exhibits = acquired(tmp_path, material)
    assert exhibits[b"closed"].kind == "directory"
    assert "Permission denied" in exhibits[b"closed"].defect


def test_a_tree_made_to_be_endless_is_taken_as_far_as_its_limits_and_said(tmp_path: Path, material: Path, monkeypatch: pytest.MonkeyPatch):
    here = os.open(material, os.O_DIRECTORY)
    for level in range(300):  # of names that grow sevenfold in a manifest line: 300 of them are beyond 64 KiB of path
        name = b"\xff" * 250
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
        if level in {250, 299}:
            with os.fdopen(os.open("note", os.O_WRONLY | os.O_CREAT, dir_fd=here), "wb") as stream:
                stream.write(b"x")
    os.close(here)
    exhibits = acquired(tmp_path, material)
    (note,) = (exhibit for name, exhibit in exhibits.items() if name.endswith(b"/note"))
    assert note.size == 1
    (refused,) = (exhibit for exhibit in exhibits.values() if exhibit.kind == "directory")
    assert "acquire this folder by itself" in (refused.defect or "")
    monkeypatch.setattr("comity.evidence.acquisition.tree._DEEPEST", 5)
    (material.parent / "many" / "/".join("abcdefgh")).mkdir(parents=True)
    other = {found.name: found.problem for found in walk(material.parent / "many", excluded=tmp_path / "case")}
    assert list(other) == [b"a/b/c/d/e/f"]
