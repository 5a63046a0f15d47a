import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from comity.parsers import zip_archive
from comity.parsers.contract import Child, Defect, Source, Structure
from comity.terms.errors import MaterialError

PARSER = zip_archive.PARSER
CONTENT = {
    "a.txt": b"alpha" * 1000,
    "dir/b.bin": bytes(range(256)),
    "ünï.txt": b"",
    "../../etc/passwd": b"root",
    "/abs": b"x",
    "a.txt/": b"",
}


def source(data: bytes) -> Source:
    return Source(stream=io.BytesIO(data), size=len(data), name="x.zip")


def packed(content: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def read(data: bytes) -> tuple[dict[str, bytes], list[Defect], list[Child]]:
    """Contents by step, defects (those a stream ends with as `unreadable`, as the reading worker records them), children."""
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
        contents[item.step] = bytes(got)
    return contents, defects, children


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("prefix", [b"", b"MZ self-extracting stub"])
def test_entries_are_children_found_again(method, prefix):
    data = prefix + packed(CONTENT, method)
    contents, defects, children = read(data)
    assert not defects
    assert {child.name: contents[child.step] for child in children} == {
        name: body for name, body in CONTENT.items() if not name.endswith("/")
    }
    for child in children:
        assert PARSER.extract(source(data), step=child.step).read() == contents[child.step]
        if method == zipfile.ZIP_STORED:
            assert data[child.offset : child.offset + child.length] == contents[child.step]


def test_zip64_streamed_and_duplicate_names():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        with archive.open("big", "w", force_zip64=True) as entry:
            entry.write(b"12345")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("big", b"again")
    contents, defects, _ = read(buffer.getvalue())
    assert (list(contents.values()), defects) == ([b"12345", b"again"], [])
    assert list(contents) == ["zip:0:big", "zip:1:big"]


def entry(
    name: bytes,
    body: bytes,
    *,
    flags: int = 0,
    method: int = 0,
    size: int | None = None,
    crc: int | None = None,
    extra: bytes = b"",
    mode: int = 0,
    offset: int | None = None,
    at: int = 0,
) -> tuple[bytes, bytes]:
    """A local record and its directory record, written by hand so that each field can lie."""
    size = len(body) if size is None else size
    crc = zlib.crc32(body) if crc is None else crc
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, flags, method, 0, 0, crc, len(body), size, len(name), 0) + name + body
    central = struct.pack(
        "<4s6H3L5H2L",
        b"PK\x01\x02",
        3 << 8,
        20,
        flags,
        method,
        0,
        0,
        crc,
        len(body),
        size,
        len(name),
        len(extra),
        0,
        0,
        0,
        mode << 16,
        at if offset is None else offset,
    )
    return local, central + name + extra


def archive(*records: tuple[bytes, bytes]) -> bytes:
    body = b"".join(local for local, _ in records)
    directory = b"".join(central for _, central in records)
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(records), len(records), len(directory), len(body), 0)


@pytest.mark.parametrize(
    ("record", "code", "kept"),
    [
        (entry(b"a", b"secret", flags=1), "encrypted", None),
        (entry(b"a", b"x", method=99), "encrypted", None),
        (entry(b"a", b"x", method=9), "compression_unsupported", None),
        (entry(b"a", b"x", offset=1 << 30), "entry_missing", None),
        (entry(b"a", b"/etc/passwd", mode=0o120777), "link_not_followed", None),
        (entry(b"a", b"hello", size=4), "unreadable", b"hello"),
        (entry(b"a", b"hello", crc=1), "unreadable", b"hello"),
        (entry(b"a", b"\xff\xff\xff", method=8), "unreadable", b""),
        (entry(b"a", zlib.compress(b"hello" * 100, wbits=-15)[:-3], method=8), "unreadable", None),
    ],
)
def test_what_cannot_be_read_is_a_defect(record, code, kept):
    contents, defects, _ = read(archive(record))
    assert [defect.code for defect in defects] == [code]
    if kept is not None:
        assert list(contents.values()) == [kept]


def test_overlapping_entries_are_refused():
    inner, _ = entry(b"b", b"y" * 50)
    outer, outer_directory = entry(b"a", inner)
    data = archive((outer, outer_directory), (b"", entry(b"b", b"y" * 50, offset=len(outer) - len(inner))[1]), (b"", outer_directory))
    contents, defects, _ = read(data)
    assert [defect.code for defect in defects] == ["entry_overlaps", "entry_overlaps"]
    assert list(contents.values()) == [inner]


def test_a_bomb_is_stopped_with_how_far_it_got(monkeypatch):
    monkeypatch.setattr("comity.parsers.decoded_stream.FREE_OF_RATIO", 2**20)
    contents, defects, _ = read(packed({"bomb": bytes(50 * 2**20)}))
    assert "bomb" in defects[0].reason
    assert 2**20 < len(contents["zip:0:bomb"]) < 25 * 2**20


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        (b"\x84.txt", 0, "ä.txt"),  # code page 437
        ("ä.txt".encode(), 0, "ä.txt"),  # UTF-8 without the flag
        ("ä.txt".encode(), 1 << 11, "ä.txt"),
        (b"\xff", 1 << 11, "\\xff"),
    ],
)
def test_names_in_each_encoding(raw, flags, name):
    assert list(read(archive(entry(raw, b"x", flags=flags)))[0]) == [f"zip:0:{name}"]


def test_only_times_in_utc_are_taken():
    stamp = struct.pack("<HHBl", 0x5455, 5, 1, 1_000_000_000)
    ntfs = struct.pack("<HHLHHQQQ", 0x000A, 32, 0, 1, 24, 116_444_736_000_000_000 + 10_000_000_000_000_000, 0, 0)
    times = [read(archive(entry(b"a", b"x", extra=extra)))[2][0].modified for extra in (b"", stamp, ntfs)]
    assert times == [None, datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC), datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)]


def test_without_directory_the_local_headers_are_followed():
    data = packed(CONTENT)
    contents, defects, _ = read(data[: data.index(b"PK\x01\x02")])
    assert [defect.code for defect in defects] == ["directory_missing"]
    assert contents["zip:0:a.txt"] == CONTENT["a.txt"]
    assert contents["zip:1:dir/b.bin"] == CONTENT["dir/b.bin"]
    cut, defects, _ = read(data[:40])
    assert [defect.code for defect in defects] == ["directory_missing", "unreadable"]
    assert len(cut) == 1


def test_other_names_where_the_data_lies_are_said():
    local, _ = entry(b"invoice.exe", b"MZ")
    _, directory = entry(b"invoice.pdf", b"MZ")
    contents, defects, _ = read(archive((local, directory)))
    assert [defect.code for defect in defects] == ["names_differ"]
    assert list(contents) == ["zip:0:invoice.pdf"]


@pytest.mark.parametrize("step", ["zip:9:x", "zip:x:y", "tar:0:a", "zip", ""])
def test_a_step_that_leads_nowhere_is_said(step):
    with pytest.raises(MaterialError):
        PARSER.extract(source(packed(CONTENT)), step=step)
