import io
import os
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comity.parsers import tar_archive
from comity.parsers.contract import Child, Defect, Source, Structure
from comity.terms.errors import MaterialError

PARSER = tar_archive.PARSER
LONG = "d" * 90 + "/" + "ñ" * 80 + "/" + "f" * 60
CONTENT = {"a.txt": b"alpha" * 1000, "dir/empty": b"", LONG: b"long", "../../etc/passwd": b"root", "/abs": b"x"}


def source(data: bytes) -> Source:
    return Source(stream=io.BytesIO(data), size=len(data), name="x.tar")


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname, info.mtime = kind, size, target, 1_000_000_000
    return info


def packed(content: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in content.items():
            archive.addfile(member(name, size=len(data)), io.BytesIO(data))
    return buffer.getvalue()


def read(data: bytes) -> tuple[dict[str, bytes], list[Defect], list[Child]]:
    contents: dict[str, bytes] = {}
    defects: list[Defect] = []
    children: list[Child] = []
    for item in PARSER.read(source(data), inferred=()):
        if isinstance(item, Defect):
            defects.append(item)
            continue
        if isinstance(item, Structure):
            continue
        assert isinstance(item, Child)
        children.append(item)
        got = bytearray()
        try:
            while piece := item.stream.read(100_000):
                got += piece
        except MaterialError as error:
            defects.append(Defect(code="unreadable", reason=error.what, offset=item.offset, length=item.length))
        contents[item.name] = bytes(got)
    return contents, defects, children


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_files_are_children_found_again(form):
    content = CONTENT if form != tarfile.USTAR_FORMAT else {name: body for name, body in CONTENT.items() if name != LONG}
    data = packed(content, form)
    assert PARSER.recognizes(data[:65_536], name="") == 3
    contents, defects, children = read(data)
    assert (contents, defects) == (content, [])
    for child in children:
        assert child.modified == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
        assert data[child.offset : child.offset + child.length] == contents[child.name]
        assert PARSER.extract(source(data), step=child.step).read() == contents[child.name]


def test_links_and_devices_are_said_and_not_followed():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            archive.addfile(member("n", kind, target="/etc/shadow"))
        archive.addfile(member("after", size=1), io.BytesIO(b"x"))
    contents, defects, _ = read(buffer.getvalue())
    assert contents == {"after": b"x"}
    assert [defect.code for defect in defects] == ["link_not_followed"] * 5
    assert "'/etc/shadow'" in defects[0].reason


@pytest.mark.parametrize(
    "options", [["--format=gnu"], ["--format=pax"], ["--format=pax", "--sparse-version=0.0"], ["--format=pax", "--sparse-version=0.1"]]
)
def test_sparse_files_of_gnu_tar(tmp_path: Path, options):
    with (tmp_path / "s").open("wb") as file:
        for place in range(1, 60):
            os.lseek(file.fileno(), place * 65_536, os.SEEK_SET)
            os.write(file.fileno(), f"piece {place}".encode())
        file.truncate(5_000_000)
    (tmp_path / "t").write_bytes(b"after")
    data = subprocess.run(["tar", "-C", tmp_path, *options, "-S", "-cf", "-", "s", "t"], check=True, capture_output=True).stdout
    contents, defects, _ = read(data)
    assert (contents, defects) == ({"s": (tmp_path / "s").read_bytes(), "t": b"after"}, [])


def test_a_sparse_bomb_is_stopped():
    data = bytearray(packed({"s": b"x" * 512}, tarfile.GNU_FORMAT))
    data[156:157] = b"S"
    data[386:410] = b"%011o\0%011o\0" % (1 << 30, 512)
    data[483:495] = b"%011o\0" % (1 << 32)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    contents, defects, _ = read(bytes(data))
    assert [defect.code for defect in defects] == ["unreadable"]
    assert "bomb" in defects[0].reason
    assert len(contents["s"]) < 2**27


def test_a_cut_archive_gives_what_it_has():
    data = packed({"a": b"1" * 5000, "b": b"2" * 5000})
    contents, defects, _ = read(data[:9_000])
    assert contents["a"] == b"1" * 5000
    assert 0 < len(contents["b"]) < 5000
    assert [defect.code for defect in defects] == ["unreadable"]


def test_after_a_damaged_stretch_reading_goes_on():
    data = bytearray(packed({"a": b"1", "b": b"2", "c": b"3"}))
    data[1024:1030] = b"\xff" * 6
    contents, defects, _ = read(bytes(data))
    assert contents == {"a": b"1", "c": b"3"}
    assert [(defect.code, defect.offset, defect.length) for defect in defects] == [("archive_damaged", 1024, 1024)]


def test_a_time_of_zero_is_no_time():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    assert read(buffer.getvalue())[2][0].modified is None


def test_archives_joined_after_their_end_mark_are_both_read():
    assert list(read(packed({"a": b"1"}) + packed({"b": b"2"}))[0]) == ["a", "b"]


def test_what_looks_little_like_tar_is_not():
    for head in (b"", bytes(1024), b"ustar" * 200, b"\x89PNG" + bytes(600)):
        assert PARSER.recognizes(head, name="x.tar") == 0


@pytest.mark.parametrize("step", ["tar:512:a", "tar:99999999:a", "tar:x:a", "zip:0:a", ""])
def test_a_step_that_leads_nowhere_is_said(step):
    with pytest.raises(MaterialError):
        PARSER.extract(source(packed({"a": b"\xff" * 512})), step=step)
