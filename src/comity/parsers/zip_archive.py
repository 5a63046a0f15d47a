"""ZIP archives: each entry a child. Documents that are ZIP files inside (Office, OpenDocument) are left whole.

Source: PKWARE APPNOTE 6.3.10. Names are text, never paths: nothing is written by them.
"""

import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from comity.observables import Table
from comity.parsers.contract import Child, Defect, Inferred, Item, Source, Structure
from comity.parsers.decoded_stream import Used, decompressed, pieces_of, spooled, stream_of
from comity.parsers.zip_directory import Entry, data_place, descriptor_size, read_directory
from comity.terms.errors import MaterialError

_LOCAL_NAME = 30
_EMPTY_DEFLATED = 2  # bytes that nothing deflates to
_ENCRYPTED = 1 | 1 << 6 | 1 << 13  # 4.4.4: traditional, strong, masked headers
_METHODS = {0: "", 8: "deflate", 12: "bzip2"}
_METHOD_NAMES = {
    1: "shrink",
    6: "implode",
    9: "deflate64",
    14: "lzma",
    93: "zstandard",
    95: "xz",
    97: "wavpack",
    98: "ppmd",
    99: "encrypted (AES)",
}
_LONGEST_TARGET = 200


@dataclass(frozen=True, slots=True)
class ZipArchive:
    """Hands out the entries of a ZIP archive, streamed."""

    name: str = "zip_archive"
    version: str = "2"
    media_type: str = "application/zip"
    tables: tuple[Table, ...] = ()

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for a ZIP signature, else 0. Documents that are archives inside have parsers that come first."""
        del name
        if head.startswith((b"PK\x05\x06", b"PK\x06\x06")):
            return 3
        if head.startswith((b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")):
            head = head[4:]
        return 3 if head.startswith(b"PK\x03\x04") else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: there are no rows."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield each entry that can be decoded, and a defect for each that cannot, in the order of the directory.

        The stream of a child ends with MaterialError where its data is damaged, or at the end when it is not what the
        directory says (size, checksum).
        """
        del inferred
        directory = read_directory(source)
        yield from directory.defects
        yield from directory.structures
        overlapping = _overlapping(directory.entries)
        for entry in directory.entries:
            yield from _entry_items(source, entry, overlaps=entry.index in overlapping)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return the content of an entry as far as it can be decoded."""
        kind, _, rest = step.partition(":")
        index = rest.partition(":")[0]
        if kind == "zip" and index.isascii() and index.isdigit():
            entries = read_directory(source).entries
            if int(index) < len(entries):
                entry = entries[int(index)]
                place = data_place(source, entry)
                if place is not None and entry.method in _METHODS and not entry.flags & _ENCRYPTED:
                    return spooled(_content(source, entry, place[0], Used()))
        raise MaterialError(f"{source.name}: no readable entry at {step[:80]!r}")


def _entry_items(source: Source, entry: Entry, *, overlaps: bool) -> Iterator[Item]:
    place = data_place(source, entry)
    begin = min(entry.offset if place is None else place[0], source.size)
    length = max(0, min(entry.compressed, source.size - begin))
    if place is not None:
        yield Structure(what="entry headers", offset=entry.offset, length=begin - entry.offset)
        yield Structure(what="entry headers", offset=begin + length, length=descriptor_size(source, entry, begin + length))
    refused = _refused(entry, overlaps=overlaps, found=place is not None)
    if refused is not None:
        code, why = refused
        yield Defect(code=code, reason=f"Entry {entry.index}, {entry.name[:200]!r}: {why}.", offset=begin, length=length)
        return
    if place is not None and place[1] != entry.name:
        why = f"it is called {place[1][:200]!r} where its data lies; the directory's name is used"
        yield Defect(code="names_differ", reason=f"Entry {entry.index}, {entry.name[:200]!r}: {why}.", offset=entry.offset, length=0)
    if entry.name.endswith("/") and not entry.size:
        if length <= _EMPTY_DEFLATED:
            yield Structure(what="empty content", offset=begin, length=length)
        return
    if stat.S_ISLNK(entry.mode):
        why = f"a symbolic link to {_link_target(source, entry, begin)!r}, not followed"
        yield Defect(code="link_not_followed", reason=f"Entry {entry.index}, {entry.name[:200]!r}: {why}.", offset=begin, length=length)
        return
    used = Used()
    yield Child(
        step=f"zip:{entry.index}:{entry.name}",
        name=entry.name,
        declared_type=None,
        offset=begin,
        length=length,
        size=entry.size or 0,
        modified=entry.modified,
        stream=stream_of(_content(source, entry, begin, used)),
        used=used,
    )


def _link_target(source: Source, entry: Entry, begin: int) -> str:
    try:
        first = next(_content(source, entry, begin, Used()), b"")
    except MaterialError:
        first = b""
    return first[:_LONGEST_TARGET].decode("utf-8", errors="backslashreplace")


def _refused(entry: Entry, *, overlaps: bool, found: bool) -> tuple[str, str] | None:
    """Return the code and reason for which an entry is not read, None when it is."""
    if not found:
        return "entry_missing", "its data is not where the directory says"
    if overlaps:
        return "entry_overlaps", "its data lies inside that of another entry, as in a decompression bomb; not read"
    if entry.flags & _ENCRYPTED or entry.method == 99:  # noqa: PLR2004 - APPNOTE 4.4.5, AE-x marker
        return "encrypted", "it is encrypted; ask for the password and unpack it before acquisition"
    if entry.method not in _METHODS:
        return "compression_unsupported", f"compression method {entry.method} ({_METHOD_NAMES.get(entry.method, 'unknown')}) is not read"
    return None


def _overlapping(entries: Sequence[Entry]) -> frozenset[int]:
    """Return the indexes of entries whose bytes lie inside those of one that begins before or at the same place.

    Source: D. Fifield, A better zip bomb, WOOT 2019.
    """
    overlapping: set[int] = set()
    reached = -1
    for entry in sorted(entries, key=lambda entry: (entry.offset, entry.index)):
        if entry.offset < reached:
            overlapping.add(entry.index)
        reached = max(reached, entry.offset + _LOCAL_NAME + entry.compressed)
    return frozenset(overlapping)


def _content(source: Source, entry: Entry, begin: int, used: Used) -> Iterator[bytes]:
    """Yield the content of an entry; MaterialError at the end when it is not what the directory says.

    `used` is told at the end, when the content holds.
    """
    encoded = pieces_of(source.stream, begin, entry.compressed)
    kind = _METHODS[entry.method]
    size = checksum = 0
    taken = Used()
    for piece in decompressed(encoded, kind, several=False, used=taken) if kind else encoded:
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if entry.size is not None and size != entry.size:
        raise MaterialError(f"entry {entry.index} decodes to {size} bytes where the directory says {entry.size}")
    if entry.checksum is not None and checksum != entry.checksum:
        raise MaterialError(f"entry {entry.index} decodes to bytes with another checksum than the directory says")
    used.size = taken.size if kind else size


PARSER = ZipArchive()
