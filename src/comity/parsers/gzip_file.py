"""Compressed files of one content: gzip, bzip2, xz. What several streams after one another hold is one content.

Source: RFC 1952 (gzip).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from comity.observables import Table
from comity.parsers.contract import Child, Defect, Inferred, Item, Source
from comity.parsers.decoded_stream import MAGIC, Used, decompressed, pieces_of, spooled, stream_of
from comity.terms.errors import MaterialError

_SUFFIXES = {".gz": "", ".tgz": ".tar", ".z": "", ".bz2": "", ".tbz2": ".tar", ".tbz": ".tar", ".xz": "", ".txz": ".tar", ".svgz": ".svg"}
_HEAD = 1_024
_FIXED, _EXTRA, _NAMED = 10, 4, 8  # RFC 1952, 2.3: the fixed header, FEXTRA, FNAME
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class GzipFile:
    """Hands out the content of a gzip, bzip2 or xz file."""

    name: str = "gzip_file"
    version: str = "2"
    media_type: str = "application/gzip"
    tables: tuple[Table, ...] = ()

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the signature of one of the three formats, else 0."""
        del name
        return 3 if _kind(head) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: there are no rows."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the content; its stream ends with MaterialError when the file is damaged, cut or followed by other bytes.

        `size` of the child is 0: no format says reliably how much it holds.
        """
        del inferred
        source.stream.seek(0)
        head = source.stream.read(_HEAD)
        kind = _kind(head)
        if not kind:
            yield Defect(code="archive_damaged", reason="The file does not begin as a compressed file does.", offset=0, length=source.size)
            return
        written, modified = _gzip_header(head) if kind == "gzip" else ("", None)
        name = written or _stripped(source.name)
        used = Used()
        yield Child(
            step=f"{kind}:0:{name}",
            name=name,
            declared_type=None,
            offset=0,
            length=source.size,
            size=0,
            modified=modified,
            stream=stream_of(_content(source, kind, used)),
            used=used,
        )

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return the content as far as it can be decoded."""
        source.stream.seek(0)
        kind = _kind(source.stream.read(_HEAD))
        if not kind or not step.startswith(f"{kind}:0:"):
            raise MaterialError(f"{source.name}: no compressed content at {step[:80]!r}")
        return spooled(_content(source, kind, Used()))


def _content(source: Source, kind: str, used: Used) -> Iterator[bytes]:
    return decompressed(pieces_of(source.stream, 0, source.size), kind, several=True, used=used)


def _kind(head: bytes) -> str:
    for kind, magic in MAGIC.items():
        if head.startswith(magic) and (kind != "bzip2" or head[3:4] in b"123456789"):
            return kind
    return ""


def _stripped(name: str) -> str:
    """Return the file name without folder and the ending that compression added."""
    base = name.replace("\\", "/").rpartition("/")[2]
    for ending, instead in _SUFFIXES.items():
        if base.lower().endswith(ending) and len(base) > len(ending):
            return base[: -len(ending)] + instead
    return base


def _gzip_header(head: bytes) -> tuple[str, datetime | None]:
    """Return the file name ("" for none) and the modification time (UTC; None for 0) in the header of the first member."""
    if len(head) < _FIXED:
        return "", None
    flags = head[3]
    seconds = int.from_bytes(head[4:8], "little")
    modified = datetime.fromtimestamp(seconds, UTC) if seconds else None
    at = _FIXED
    if flags & _EXTRA:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    end = head.find(b"\x00", at)
    if not flags & _NAMED or end < 0:
        return "", modified
    name = head[at:end].decode("latin-1")  # RFC 1952, 2.3.1
    return name.replace("\\", "/").rpartition("/")[2][:_LONGEST_NAME], modified


PARSER = GzipFile()
