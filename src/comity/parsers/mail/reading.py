"""From the places of messages in a source to rows, children and defects: what both mail parsers do."""

import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pyarrow as pa

from comity.observables import HOP, LINK, MESSAGE, Table
from comity.parsers.contract import Child, Defect, Item, Rows, Source, Structure
from comity.parsers.decoded_stream import stream_of
from comity.parsers.mail.message import Message, Value, find_header, read_message
from comity.parsers.mail.part import Part, decode_part, read_parts
from comity.terms.errors import MaterialError

LARGEST_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message that are read; of what lies beyond, only the place is recorded."""

TABLES = (MESSAGE, HOP, LINK)
"""What reading mail gives."""

_BATCH_MESSAGES = 256
_BATCH_CHARACTERS = 8 * 1024 * 1024
_LONGEST_NAME = 255
_LOST = ("more than ", "parts nested ", "header field longer ", "HTML cut ", "text cut ")
"""How the words for passed limits begin."""


def read_messages(source: Source, places: Iterable[tuple[int, int]], *, quoted: bool) -> Iterator[Item]:
    """Yield rows, children and defects of the messages at `places` (offset and length) of `source`, in order.

    `quoted`: the source is a mailbox file. At most one message and one batch of rows are in memory.
    """
    batch = _Batch()
    for offset, length in places:
        data = _message(source, offset, length)
        message = read_message(data, offset=offset, quoted=quoted)
        if message is None:
            if data.strip():
                yield Defect(code="message_without_header", reason="No header field begins here.", offset=offset, length=length)
            else:
                yield Structure(what="blank lines", offset=offset, length=len(data))
            continue
        batch.add(message, offset, len(data))  # what lies beyond the limit is no part of the row
        yield from _lost(message, offset, length)
        yield from _children(data, message, offset, quoted=quoted)
        if batch.is_full():
            yield from batch.rows()
            batch = _Batch()
    yield from batch.rows()


def extract_part(source: Source, offset: int, length: int, number: str, *, quoted: bool) -> BinaryIO:
    """Return the decoded content of part `number` of the message at `offset`; MaterialError when there is none."""
    data = _message(source, offset, length)
    header, _ = find_header(data)
    root, _ = read_parts(data, header, len(data))
    for part in root.leaves():
        if part.number == number:
            return io.BytesIO(decode_part(data, part, quoted=quoted)[0])
    raise MaterialError(f"{source.name}: the message at byte {offset} has no part {number}")


def read_step(step: str) -> tuple[int, str]:
    """Return the message offset and part number of a step `mime:OFFSET:NUMBER:NAME`; MaterialError for another."""
    kind, _, rest = step.partition(":")
    offset, _, rest = rest.partition(":")
    number = rest.partition(":")[0]
    if kind != "mime" or not (offset.isascii() and offset.isdigit()) or not number:
        raise MaterialError(f"not a step into a message: {step[:80]!r}")
    return int(offset), number


def _message(source: Source, offset: int, length: int) -> bytes:
    source.stream.seek(offset)
    wanted = min(length, LARGEST_MESSAGE)
    pieces: list[bytes] = []
    while wanted > 0 and (piece := source.stream.read(wanted)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def _lost(message: Message, offset: int, length: int) -> Iterator[Defect]:
    """Yield a defect for each limit that kept something of the message from being read."""
    for word in message.defects:
        if word.startswith(_LOST):
            yield Defect(code="limit_message", reason=f"Not all of the message was read: {word}.", offset=offset, length=length)
    if length > LARGEST_MESSAGE:
        reason = f"Only the first {LARGEST_MESSAGE} bytes of the message were read."
        yield Defect(code="limit_message", reason=reason, offset=offset + LARGEST_MESSAGE, length=length - LARGEST_MESSAGE)


def _children(data: bytes, message: Message, offset: int, *, quoted: bool) -> Iterator[Child]:
    """Yield the attachments; one that is not well encoded has a stream that ends with MaterialError."""
    for part in message.attachments:
        if len(data) == LARGEST_MESSAGE and part.end == len(data):
            continue  # cut by the limit, which is a defect already
        content, fault = decode_part(data, part, quoted=quoted)
        name = part.name[:_LONGEST_NAME]
        yield Child(
            step=f"mime:{offset}:{part.number}:{name}",
            name=name,
            declared_type=part.kind,
            offset=offset + part.body,
            length=part.end - part.body,
            size=len(content),
            modified=None,
            stream=stream_of(_pieces(content, part, fault)),
        )


def _pieces(content: bytes, part: Part, fault: str) -> Iterator[bytes]:
    yield content
    if fault:
        raise MaterialError(f"part {part.number} of the message: {fault}")


class _Batch:
    """Rows gathered until they are enough for a record batch of each table."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Value]]] = {table.name: [] for table in TABLES}
        self._characters = 0

    def add(self, message: Message, offset: int, length: int) -> None:
        """Take the rows of a message that lies at `offset`."""
        place = {"trace.offset": offset, "trace.length": length}
        self._rows[MESSAGE.name].append(message.row | place)
        self._rows[HOP.name] += message.hops
        self._rows[LINK.name] += [row | place for row in message.links]
        self._characters += len(str(message.row["body.text"])) + 300 * (len(message.hops) + len(message.links))

    def is_full(self) -> bool:
        """Return whether the rows gathered are worth a batch."""
        return len(self._rows[MESSAGE.name]) >= _BATCH_MESSAGES or self._characters >= _BATCH_CHARACTERS

    def rows(self) -> Iterator[Rows]:
        """Yield a batch for each table that has rows."""
        for table in TABLES:
            if self._rows[table.name]:
                yield Rows(table=table, batch=_record_batch(table, self._rows[table.name]))


def _record_batch(table: Table, rows: list[dict[str, Value]]) -> pa.RecordBatch:
    arrays = [pa.array([row[field.name] for row in rows], type=field.type) for field in table.own]
    return pa.RecordBatch.from_arrays(arrays, schema=table.own)
