import bz2
import gzip
import io
import lzma
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from comity.parsers import decoded_stream, gzip_file
from comity.parsers.contract import Child, Source
from comity.terms.errors import MaterialError

PARSER = gzip_file.PARSER
TEXT = b"".join(b"line %d of a log\n" % number for number in range(50_000))
FORMATS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


def source(data: bytes, name: str = "auth.log.1.gz") -> Source:
    return Source(stream=io.BytesIO(data), size=len(data), name=name)


def read(data: bytes, name: str = "auth.log.1.gz") -> tuple[Child, bytes, str]:
    (child,) = PARSER.read(source(data, name), inferred=())
    assert isinstance(child, Child)
    got = bytearray()
    fault = ""
    try:
        while piece := child.stream.read(70_000):
            got += piece
    except MaterialError as error:
        fault = error.what
    assert PARSER.extract(source(data, name), step=child.step).read() == got
    return child, bytes(got), fault


@pytest.mark.parametrize("kind", FORMATS)
def test_content_of_one_and_of_several_streams(kind):
    once = FORMATS[kind](TEXT)
    assert PARSER.recognizes(once, name="") == 3
    child, got, fault = read(once)
    assert (child.step, got, fault) == (f"{kind}:0:auth.log.1", TEXT, "")
    assert read(once + FORMATS[kind](b"more") + bytes(512))[1:] == (TEXT + b"more", "")


@pytest.mark.parametrize("kind", FORMATS)
def test_what_decompressed_before_the_damage_is_kept(kind):
    once = FORMATS[kind](TEXT)
    _, got, fault = read(once[: len(once) - 10])
    assert TEXT.startswith(got)
    assert "ends early" in fault
    _, got, fault = read(once + b"trailing")
    assert (got, "bytes follow" in fault) == (TEXT, True)
    broken = bytearray(once)
    broken[len(once) // 2] ^= 0xFF
    assert "damaged" in read(bytes(broken))[2]


def test_all_that_stands_before_the_damage_is_decoded():
    once = gzip.compress(TEXT)
    only_the_sum = bytearray(once)
    only_the_sum[-6] ^= 1
    _, got, fault = read(bytes(only_the_sum))
    assert (got, f"damaged after {len(TEXT)} decoded bytes" in fault) == (TEXT, True)
    for place in range(20, len(once) - 8, len(once) // 9):
        broken = bytearray(once)
        broken[place] ^= 0xFF
        inflater = zlib.decompressobj(31)  # what zlib gives, fed byte by byte
        expected = bytearray()
        with suppress(zlib.error):
            for byte in broken:
                expected += inflater.decompress(bytes([byte]))
        assert read(bytes(broken))[1] == expected


def test_name_and_time_come_from_the_header():
    buffer = io.BytesIO()
    with gzip.GzipFile("/var/log/mail.log", "wb", fileobj=buffer, mtime=1_000_000_000) as file:
        file.write(TEXT)
    child, _, _ = read(buffer.getvalue())
    assert (child.name, child.modified) == ("mail.log", datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC))
    plain, _, _ = read(gzip.compress(TEXT, mtime=0), "logs/site.tgz")
    assert (plain.name, plain.modified) == ("site.tar", None)


def test_a_bomb_is_stopped(monkeypatch):
    monkeypatch.setattr(decoded_stream, "FREE_OF_RATIO", 2**20)
    _, got, fault = read(gzip.compress(bytes(100 * 2**20)))
    assert 2**20 < len(got) < 50 * 2**20
    assert "bomb" in fault


def test_others_are_not_recognized_and_a_wrong_step_is_said():
    for head in (b"", b"\x1f\x8b", b"BZhx", b"PK\x03\x04", b"text"):
        assert PARSER.recognizes(head, name="a.gz") == 0
    with pytest.raises(MaterialError):
        PARSER.extract(source(gzip.compress(b"x")), step="xz:0:a")
