"""systemd journals, one row per entry.

All objects are gone through from the first to the last, so that entries are found which the journal's own list does not name. Field
hashes and seals are not checked: `journalctl --verify` does that.
Source: systemd, "Journal File Format" (systemd.io/JOURNAL_FILE_FORMAT).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from comity.observables import EVENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source, Structure
from comity.parsers.journal.alone import journal_of
from comity.parsers.journal.layout import MAGIC, MOST_HEADER, header_defects, read_header
from comity.parsers.journal.objects import Entry, Objects
from comity.parsers.journal.rows import JournalRows
from comity.parsers.lines import timeless

_BATCH = 8_192
_BATCH_CHARACTERS = 16 * 2**20


class SystemdJournal:
    """Reads systemd journals."""

    name = "systemd_journal"
    version = "1"
    media_type = "application/x-systemd-journal"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the signature of a journal."""
        del name
        return 3 if head.startswith(MAGIC) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: entries say all that their rows need."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the entries as events, about 8,000 at a time; the file's header, data, indexes and unused space as Structure."""
        del inferred
        source.stream.seek(0)
        header = read_header(source.stream.read(MOST_HEADER))
        if isinstance(header, Defect):
            yield header
            rest = header.offset + header.length
            yield Defect(code="unreadable", reason="without its header a journal cannot be read", offset=rest, length=source.size - rest)
            return
        yield Structure(what="file header", offset=0, length=min(header.size, source.size))
        yield from header_defects(header, size=source.size)
        if header.unknown_flags:
            reason = "its objects may have another form than this reader knows"
            begin = min(header.size, source.size)
            yield Defect(code="unreadable", reason=reason, offset=begin, length=source.size - begin)
            return
        objects, rows = Objects(source, header), JournalRows()
        listed = objects.listed()
        waiting: list[Entry] = []
        characters = 0
        for item in objects.walk():
            if not isinstance(item, Entry):
                yield item
                continue
            waiting.append(item)
            characters += sum(len(value) for _, value in item.fields)
            if len(waiting) >= _BATCH or characters >= _BATCH_CHARACTERS:
                yield from _rows(rows, waiting, listed)
                waiting, characters = [], 0
        yield from _rows(rows, waiting, listed)

    def excerpt(self, source: Source, *, offset: int, length: int) -> bytes:
        """Return a journal of the entry and its fields alone; all of the source when one of these cannot be read."""
        del length
        source.stream.seek(0)
        head = source.stream.read(MOST_HEADER)
        header = read_header(head)
        if not isinstance(header, Defect):
            objects = Objects(source, header)
            entry = objects.entry_at(offset)
            alone = None if entry is None else journal_of(head, header, objects, entry)
            if alone is not None:
                return alone
        source.stream.seek(0)
        return source.stream.read()


def _rows(rows: JournalRows, entries: Sequence[Entry], listed: NDArray[np.int64]) -> Iterator[Item]:
    if not entries:
        return
    read, frame = rows.read(entries)
    yield read
    yield from timeless(frame)
    places = np.array([entry.offset for entry in entries], np.int64)
    for index in np.flatnonzero(~np.isin(places, listed)).tolist():
        reason = "an entry that the journal's own list does not name: it was being written when the journal was left"
        yield Defect(code="entry_unlisted", reason=reason, offset=entries[index].offset, length=entries[index].length)
    for entry in entries:
        if entry.unread:
            reason = f"{entry.unread} fields of the entry could not be read"
            yield Defect(code="entry_incomplete", reason=reason, offset=entry.offset, length=entry.length)


PARSER = SystemdJournal()
