"""Custody: an exhibit's bytes and no others, and naming the one that changed."""

import io
from pathlib import Path

import pytest

from case_factory import new_case, preserve
from comity.casework.folder import Folder
from comity.evidence import custody
from comity.ledger import Result
from comity.terms.errors import IntegrityError, StateError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    material = tmp_path / "material"
    material.mkdir()
    for number in range(5):
        (material / f"f{number}").write_bytes(bytes([65 + number]) * (700 + number))
    (material / "large").write_bytes(b"x" * 3_000_000)
    (material / "link").symlink_to("f0")
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    return folder


def test_a_stream_is_its_exhibit_only(folder: Folder):
    exhibit = folder.exhibit("2")
    expected = b"B" * 701
    with folder.open_exhibit(exhibit) as stream:
        assert stream.read() == expected
        assert stream.read(1) == b""
        assert stream.seek(-1, io.SEEK_END) == 700
        assert stream.read(50) == b"B"
        assert stream.seek(690) == 690
        assert stream.read(5) == b"BBBBB"
        assert stream.seek(5, io.SEEK_CUR) == 700
        stream.seek(10_000)
        assert stream.read(1) == b""
        with pytest.raises(ValueError, match="no place"):
            stream.seek(-1)
        with pytest.raises(io.UnsupportedOperation):
            stream.write(b"x")


def test_what_has_no_bytes_is_said(folder: Folder):
    with pytest.raises(StateError, match="it is a symlink"):
        folder.open_exhibit(folder.exhibit("7"))


def test_all_is_well_at_first(folder: Folder):
    read = []
    verdict = custody.check(folder.store, folder.exhibits(), progress=read.append)
    assert verdict.result is Result.HOLDS
    assert sum(read) == sum(e.size for e in folder.exhibits() if e.kind == "file")
    assert "6 exhibits" in verdict.checks[0].words


def test_the_changed_exhibit_is_named_and_no_other(folder: Folder):
    exhibit = folder.exhibit("3")
    path = folder.path / exhibit.location.path
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(exhibit.location.offset + 100)
        file.write(b"!")
    verdict = custody.check(folder.store, folder.exhibits())
    assert [c.subject for c in verdict.broken[1:]] == ["exhibit 3 (f2)"]
    assert exhibit.sha256.hex in verdict.broken[1].words


def test_the_missing_and_the_short_are_named(folder: Folder):
    large, packed = folder.exhibit("6"), folder.exhibit("5")
    (folder.path / large.location.path).unlink()
    pack = folder.path / packed.location.path
    pack.chmod(0o600)
    with pack.open("r+b") as file:
        file.truncate(packed.location.offset + 10)
    with pytest.raises(IntegrityError, match="is missing"):
        folder.open_exhibit(large)
    with pytest.raises(IntegrityError, match="too short for exhibit 5"):
        folder.open_exhibit(packed)
    assert [c.subject for c in custody.check(folder.store, folder.exhibits()).broken[1:]] == ["exhibit 5 (f4)", "exhibit 6 (large)"]
