"""What must hold of every parser whatever the bytes are, and the material to begin from."""

import bz2
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO

import numpy as np

from comity.parsers.contract import Child, Inferred, Parser, Rows, Source, Structures
from comity.terms.errors import MaterialError
from trace_samples import MODIFIED, SAMPLES

MOST_BYTES = 40_000  # of one sample: enough for every kind of record
_MOST_DECODED = 4 * 2**20
_MOST_ITEMS = 200_000
_MOST_EXCERPTS = 3


def source(data: bytes) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="hostile", modified=MODIFIED)


def hold(parser: Parser, data: bytes) -> None:
    """Read `data` with `parser`: nothing but MaterialError may come out, and every place and row must be in order."""
    assert parser.recognizes(data[:65_536], name="hostile") in {0, 1, 2, 3}
    try:
        inferred = tuple(parser.infer(source(data)))
        places = _read(parser, data, inferred)
    except MaterialError:
        return
    if hasattr(parser, "excerpt"):
        for offset, length in places[:_MOST_EXCERPTS]:
            try:
                parser.excerpt(source(data), offset=offset, length=length)
            except MaterialError:
                continue


def _read(parser: Parser, data: bytes, inferred: Sequence[Inferred]) -> list[tuple[int, int]]:
    """Return the places of the first rows of each batch."""
    places = []
    decoded = 0
    for number, item in enumerate(parser.read(source(data), inferred=inferred)):
        assert number < _MOST_ITEMS, "items without end"
        if isinstance(item, Rows):
            item.batch.validate(full=True)
            assert item.table.name in {table.name for table in parser.tables}
            assert item.batch.schema.names == item.table.own.names
            offsets, lengths = (item.batch.column(name).to_numpy() for name in ("trace.offset", "trace.length"))
            places += list(zip(offsets[:1].tolist(), lengths[:1].tolist(), strict=True))
        elif isinstance(item, Structures):
            offsets, lengths = item.offsets, item.lengths
        else:
            offsets, lengths = np.array([item.offset]), np.array([item.length])
        assert (offsets >= 0).all()
        assert (lengths >= 0).all()
        assert (offsets + lengths <= len(data)).all(), f"{item!r} lies outside {len(data)} bytes"
        if isinstance(item, Child):
            item.step.encode("utf-8", "surrogateescape")
            decoded += _drain(item, _MOST_DECODED - decoded)
    return places


def _drain(child: Child, most: int) -> int:
    got = 0
    try:
        while got < most and (piece := child.stream.read(65_536)):
            got += len(piece)
    except MaterialError:
        pass
    used = child.length if child.used is None else child.used()
    assert 0 <= used <= child.length
    return got


def _archives() -> dict[str, list[bytes]]:
    log = SAMPLES["access_log"]()[0]
    packed, joined = BytesIO(), BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", b"")
        archive.writestr("folder/log", log)
        archive.writestr("stored", b"text", zipfile.ZIP_STORED)
        with archive.open("streamed", "w", force_zip64=True) as entry:
            entry.write(log)
        archive.comment = b"a comment"
    with tarfile.open(fileobj=joined, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in (("log", log), ("n" * 200, b"text"), ("empty", b"")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, BytesIO(data))
    return {
        "zip_archive": [packed.getvalue()],
        "tar_archive": [joined.getvalue()],
        "gzip_file": [gzip.compress(log, mtime=0) * 2, bz2.compress(log), lzma.compress(log)],
    }


@cache
def material(name: str) -> tuple[bytes, ...]:
    """Return small samples for the parser `name`; none when it has none."""
    found = SAMPLES[name]() if name in SAMPLES else _archives().get(name, [])
    return tuple(dict.fromkeys(sample[:MOST_BYTES] for sample in found))[:12]
