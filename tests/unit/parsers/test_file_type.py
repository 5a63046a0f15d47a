import io
import zipfile

import pytest

from comity.parsers.file_type import detect
from comity.parsers.registry import PARSERS, choose


def zipped(*names: str, first: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, first)
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"", "application/x-empty"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"ElfFile\x00" + bytes(100), "application/x-ms-evtx"),
        (b"regf" + bytes(100), "application/x-ms-registry"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "application/vnd.tcpdump.pcap"),
        (b"SQLite format 3\x00" + bytes(100), "application/vnd.sqlite3"),
        (zipped("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zipped("mimetype", first=b"application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument"),
        (zipped("a.txt"), "application/zip"),
        (b"  <!DOCTYPE html><p>", "text/html"),
        (b'<?xml version="1.0"?><a/>', "application/xml"),
        (b'{"a": 1}', "application/json"),
        ("Grüße\n".encode("utf-16"), "text/plain; charset=utf-16"),
        ("Grüße\n".encode(), "text/plain"),
        ("Grüße\n".encode("latin-1"), "text/plain; charset=unknown"),
        (("a" + "é" * 40_000).encode()[:65_536], "text/plain"),
        (bytes(range(256)) * 10, "application/octet-stream"),
        (b"plain text\x00with nulls", "application/octet-stream"),
    ],
)
def test_type_by_content(head: bytes, media_type: str) -> None:
    found = detect(head[:65_536])
    assert found.media_type == media_type
    assert found.reason


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00",
        b"\x89PNG\r\n\x1a\n",
        "Grüße".encode("utf-16"),
        bytes(range(256)),
    ],
)
def test_no_parser_claims_what_it_cannot_read(head: bytes) -> None:
    assert choose(head, name="access.log") is None


def test_parsers_are_distinct() -> None:
    assert len({parser.name for parser in PARSERS}) == len(PARSERS)
    assert all(parser.version and parser.media_type for parser in PARSERS)
