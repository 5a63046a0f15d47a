"""Tar archives: each regular file a child; links and devices are said, never followed.

Source: see `tar_header`. Names are text, never paths: nothing is written by them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from comity.observables import Table
from comity.parsers.contract import Child, Defect, Inferred, Item, Source, Structure
from comity.parsers.decoded_stream import PIECE, Used, check_limits, pieces_of, spooled, stream_of
from comity.parsers.tar_header import BLOCK, Entry, find_header, find_signature, is_header, read_entry
from comity.terms.errors import MaterialError

MOST_ENTRIES = 100_000
"""Entries of one archive that are read."""

_DIRECTORY = "5"
_NOT_FILES = {"1": "a hard link to", "2": "a symbolic link to", "3": "a character device", "4": "a block device", "6": "a named pipe"}


@dataclass(frozen=True, slots=True)
class TarArchive:
    """Hands out the files of a tar archive, streamed. The place in a step is the byte where the entry's headers begin."""

    name: str = "tar_archive"
    version: str = "2"
    media_type: str = "application/x-tar"
    tables: tuple[Table, ...] = ()

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for a header with signature and checksum, 2 for one of the oldest format, which has no signature, else 0."""
        del name
        if not is_header(head[:BLOCK]):
            return 0
        return 3 if head[257:262] == b"ustar" else 2

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: there are no rows."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield each file, and a defect for each link, device and stretch that cannot be read, in order.

        After a damaged stretch, reading goes on at the next header with a signature; after the end mark, at the next
        block that holds anything.
        """
        del inferred
        at = find_header(source, 0)
        yield from _zeros(0, at)
        count = 0
        while at < source.size:
            if count >= MOST_ENTRIES:
                reason = f"The archive has more than {MOST_ENTRIES} entries; no more are read."
                yield Defect(code="limit_entries", reason=reason, offset=at, length=source.size - at)
                return
            try:
                entry = read_entry(source, at)
            except MaterialError as error:
                following = find_signature(source, at + BLOCK)
                reason = f"Part of the archive cannot be read: {error.what}."
                yield Defect(code="archive_damaged", reason=reason, offset=at, length=following - at)
            else:
                yield from _entry_items(source, entry, at)
                following = entry.following
            at, count = find_header(source, following), count + 1
            yield from _zeros(following, at)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return the content of a file as far as the archive holds it."""
        kind, _, rest = step.partition(":")
        place = rest.partition(":")[0]
        if kind != "tar" or not (place.isascii() and place.isdigit()) or int(place) >= source.size:
            raise MaterialError(f"{source.name}: no file in the archive at {step[:80]!r}")
        return spooled(_content(source, read_entry(source, int(place)), Used()))


def _zeros(start: int, end: int) -> Iterator[Structure]:
    if end > start:
        yield Structure(what="zero blocks", offset=start, length=end - start)


def _entry_items(source: Source, entry: Entry, at: int) -> Iterator[Item]:
    yield Structure(what="entry headers", offset=at, length=min(entry.data, source.size) - at)
    stored, end = entry.data + entry.stored, min(entry.following, source.size)
    if stored < end and not any(b"".join(pieces_of(source.stream, stored, end - stored))):
        yield Structure(what="padding", offset=stored, length=end - stored)
    if entry.kind == _DIRECTORY:
        return
    if entry.kind in _NOT_FILES:
        target = f" {entry.target[:200]!r}" if entry.kind in "12" else ""
        reason = f"Entry {entry.name[:200]!r} is {_NOT_FILES[entry.kind]}{target}, not followed."
        yield Defect(code="link_not_followed", reason=reason, offset=at, length=entry.data - at)
        return
    used = Used()
    yield Child(
        step=f"tar:{at}:{entry.name}",
        name=entry.name,
        declared_type=None,
        offset=min(entry.data, source.size),
        length=max(0, min(entry.stored, source.size - entry.data)),
        size=entry.size,
        modified=entry.modified,
        stream=stream_of(_content(source, entry, used)),
        used=used,
    )


def _content(source: Source, entry: Entry, used: Used) -> Iterator[bytes]:
    """Yield the content of a file, holes of a sparse one as zeros; MaterialError where the archive ends before it.

    `used` is told of the stored bytes as they are given.
    """
    given = 0
    place = entry.data
    for offset, size in ((0, entry.size),) if entry.segments is None else (*entry.segments, (entry.size, 0)):
        if offset < given:
            raise MaterialError(f"the map of the sparse file goes back to {offset} after {given} bytes")
        for piece in _hole(offset - given):
            given += len(piece)
            yield piece
            check_limits(given, entry.stored + BLOCK)
        before = given
        for piece in pieces_of(source.stream, place, size):
            given += len(piece)
            used.size += len(piece)
            yield piece
        if given - before < size:
            raise MaterialError(f"the archive ends after {given} of the file's {entry.size} bytes")
        place += size


def _hole(size: int) -> Iterator[bytes]:
    while size > 0:
        piece = bytes(min(size, PIECE))
        yield piece
        size -= len(piece)


PARSER = TarArchive()
