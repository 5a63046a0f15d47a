"""Windows event logs (.evtx), one row per record.

The binary XML is read by the library evtx; where each record lies is found here, chunk by chunk, so that each row has its place and
what the library cannot read is named. Remains of older records behind a chunk's last one are named, not read.
Source: MS-EVEN6, 2.2.12; libyal, "Windows XML Event Log (EVTX)".
"""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from evtx import PyEvtxParser

from comity.observables import EVENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source, Structure
from comity.parsers.event_log.chunk import (
    CHUNK,
    CHUNK_HEADER,
    CHUNK_MAGIC,
    FILE_HEADER,
    FILE_MAGIC,
    Chunk,
    alone,
    file_defects,
    rewritten,
    walk,
)
from comity.parsers.event_log.record import Written
from comity.parsers.event_log.rows import EventRows

_MOST_CHARACTERS = 4 * 2**20
_UNUSED = bytes(CHUNK)
_MOST_REASON = 200


class WindowsEvent:
    """Reads Windows event logs."""

    name = "windows_event"
    version = "1"
    media_type = "application/x-ms-evtx"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the signature of an event log."""
        del name
        return 3 if head.startswith(FILE_MAGIC) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: records say all that their rows need."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the records as events, about 8,000 at a time; each chunk that says nothing, and all that frames records, as Structure."""
        del inferred
        rows = EventRows()
        source.stream.seek(0)
        header = source.stream.read(FILE_HEADER)
        yield Structure(what="file header", offset=0, length=len(header))
        yield from file_defects(header)
        start = len(header)
        while chunk := source.stream.read(CHUNK):
            if chunk.startswith(CHUNK_MAGIC):
                found = walk(chunk)
                yield from _framing(chunk, found, start)
                for item in _written(chunk, found, start):
                    defect = item if isinstance(item, Defect) else rows.add(item)
                    if defect is not None:
                        yield defect
                if rows.full:
                    yield from rows.batch()
            elif chunk == _UNUSED[: len(chunk)]:
                yield Structure(what="unused chunk", offset=start, length=len(chunk))
            else:
                reason = "neither a chunk of the log nor empty"
                yield Defect(code="chunk_damaged", reason=reason, offset=start, length=len(chunk))
            start += len(chunk)
        yield from rows.batch()

    def excerpt(self, source: Source, *, offset: int, length: int) -> bytes:
        """Return a log of the one chunk that holds the record: the chunk unchanged, the file's header counting one chunk."""
        del length
        source.stream.seek(0)
        header = source.stream.read(FILE_HEADER)
        start = FILE_HEADER + (offset - FILE_HEADER) // CHUNK * CHUNK
        source.stream.seek(start)
        return alone(header) + source.stream.read(CHUNK)


def _framing(chunk: bytes, found: Chunk, start: int) -> Iterator[Item]:
    """Yield what of a chunk is no record."""
    yield Structure(what="chunk header", offset=start, length=min(CHUNK_HEADER, len(chunk)))
    for defect in found.defects:
        yield Defect(code=defect.code, reason=defect.reason, offset=start + defect.offset, length=defect.length)
    left = chunk[found.end :]
    if not left:
        return
    if left == _UNUSED[: len(left)]:
        yield Structure(what="unused space", offset=start + found.end, length=len(left))
    else:
        reason = "behind the chunk's last record: remains of older records, which the log no longer counts, are not read"
        yield Defect(code="slack", reason=reason, offset=start + found.end, length=len(left))


def _written(chunk: bytes, found: Chunk, start: int) -> Iterator[Written | Defect]:
    """Yield the records of `chunk` with what the library wrote, a Defect for each it could not read."""
    if not found.places:
        return
    remarks: Mapping[str, str] = {} if found.checked else {"chunk": "a checksum of the chunk does not fit"}
    texts, failures = _rendered(rewritten(chunk, found), len(found.places))
    for index, place in enumerate(found.places):
        text = texts[index]
        if text is None:
            reason = failures.get(index, "the library that reads binary XML gives nothing for it")
            yield Defect(code="record_unreadable", reason=reason, offset=start + place.offset, length=place.length)
        else:
            yield Written(start + place.offset, place, text, remarks)


def _rendered(log: bytes, count: int) -> tuple[list[str | None], dict[int, str]]:
    """Return the text of each of the `count` records of `log`, numbered from 0, None for what failed, and why it did."""
    texts: list[str | None] = [None] * count
    failures: dict[int, str] = {}
    records = PyEvtxParser(BytesIO(log), number_of_threads=1, separate_json_attributes=True).records_json()
    expected = 0
    # each step gives a record, fails for one, or ends: one record may stand in for damage before the first
    for _ in range(count + 2):
        try:
            record = next(records, None)
        except RuntimeError as error:
            failures[expected] = str(error).rpartition(": ")[2][:_MOST_REASON]
            expected += 1
            continue
        if record is None:
            break
        number, text = record["event_record_id"], record["data"]
        if number >= count:
            continue
        expected = number + 1
        if len(text) <= _MOST_CHARACTERS:
            texts[number] = text
        else:
            failures[number] = f"it expands to {len(text):,} characters; {_MOST_CHARACTERS:,} are the most"
    return texts, failures


PARSER = WindowsEvent()
