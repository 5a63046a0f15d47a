"""DNS messages, heads of HTTP/1 messages and TLS ClientHellos in the packets of a run, as rows of the event table.

A message in TCP is looked for where a segment begins with one, and goes on through the segments that follow it in the stream, in
whatever order they were recorded; a second message in the same bytes is found too. Each row's trace spans the records from the
segment the reading began at to the last one the message needs, so that the same bytes alone give the same row.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from comity.parsers.contract import Defect, Item
from comity.parsers.event_rows import event_rows
from comity.parsers.packets.conversation import Conversation, Streams, signed
from comity.parsers.packets.dns_message import MalformedError, read_message
from comity.parsers.packets.http_message import METHODS
from comity.parsers.packets.message_rows import COLUMNS, Event, dns_event, placed
from comity.parsers.packets.numbers import Numbers, Places
from comity.parsers.packets.piece import Run
from comity.parsers.packets.segment import Segment, Unfinished, assembled
from comity.parsers.packets.stream_message import LONGEST_MESSAGE, NAME_PORT, read_stream
from comity.parsers.packets.transport import RST, TCP, UDP

_NAME_PORTS = (NAME_PORT, 5353, 5355)
_STARTS = np.array(sorted({int.from_bytes((method + b" ")[:4]) for method in METHODS} | {int.from_bytes(b"HTTP")}), np.int64)
_HANDSHAKE_RECORD = 0x160300
_FIRSTS = np.zeros(256, np.bool_)
_FIRSTS[[*(_STARTS >> 24).tolist(), _HANDSHAKE_RECORD >> 16]] = True
_LEAST_START, _LEAST_HELLO = 4, 6
_BEFORE, _AFTER = 16, 256
_MOST_WAITING = 4_096


class Messages:
    """Finds messages run after run; remembers what is unfinished of at most 4,096 streams."""

    def __init__(self) -> None:
        self._waiting = 0

    def find(self, run: Run, numbers: Numbers) -> Iterator[Item]:
        """Yield the messages of a run as rows, and DNS packets that are none as defects."""
        view = _View(run, numbers)
        events: list[Event] = []
        yield from _datagrams(view, events)
        begins = view.begins()
        first = list(zip(begins.tolist(), view.backward[begins].tolist(), view.segments(begins), strict=True))
        bounds: list[int] = np.searchsorted(begins, np.append(run.starts, len(run.frame))).tolist()
        pieces = set((np.searchsorted(run.starts, begins, side="right") - 1).tolist())
        if self._waiting:
            pieces.update(piece for piece, parts in enumerate(run.parts) if any(_has_pending(part[1]) for part in parts))
        for piece in sorted(pieces):
            for start, conversation in run.parts[piece]:
                for side in range(2):
                    events += self._go_on(view, piece, start, conversation, side)
            for at in range(bounds[piece], bounds[piece + 1]):
                events += self._begin(view, piece, *first[at])
        yield from _rows(events)

    def finish(self, closed: Sequence[Conversation]) -> Iterator[Item]:
        """Yield what can be read of the unfinished messages in conversations that ended."""
        events: list[Event] = []
        for conversation in closed:
            for side, unfinished in enumerate(conversation.streams.pending if conversation.streams else ()):
                if unfinished is not None:
                    events += self._read(conversation, side, unfinished, final=True)
        yield from _rows(events)

    def _begin(self, view: "_View", piece: int, row: int, side: int, first: Segment) -> Iterator[Event]:
        """Read the messages that begin with `first`, which is the packet `row`."""
        conversation = view.run.conversation(piece, row)
        if conversation.streams is None:
            conversation.streams = Streams()
        streams = conversation.streams
        skipped = streams.skipped[side]
        if streams.pending[side] is not None or (skipped is not None and signed(first.seq - skipped) < 0):
            return
        unfinished = Unfinished(first.seq, [first])
        yield from self._read(conversation, side, unfinished, final=False)
        if streams.pending[side] is unfinished:  # more is needed: what lies around in the stream
            unfinished.segments += view.around(piece, row - _BEFORE, row, side)
            unfinished.segments += view.around(piece, row + 1, row + 1 + _AFTER, side)
            yield from self._read(conversation, side, unfinished, final=row + 1 + _AFTER < view.run.ends[piece])

    def _go_on(self, view: "_View", piece: int, start: int, conversation: Conversation, side: int) -> Iterator[Event]:
        """Read on in a message that an earlier run left unfinished."""
        unfinished = conversation.streams.pending[side] if conversation.streams else None
        if unfinished is not None:
            unfinished.segments += view.around(piece, start, start + _AFTER, side)
            yield from self._read(conversation, side, unfinished, final=start + _AFTER < view.run.ends[piece])

    def _read(self, conversation: Conversation, side: int, unfinished: Unfinished, *, final: bool) -> Iterator[Event]:
        """Read messages one after the other; what needs more is left pending, unless it is `final`."""
        streams = conversation.streams
        if streams is None:
            return
        self._waiting -= streams.pending[side] is not None
        streams.pending[side] = None
        final = final or self._waiting >= _MOST_WAITING
        data, used = assembled(unfinished)
        final = final or len(data) >= LONGEST_MESSAGE
        at = unfinished.done
        while at < len(data):
            message = read_stream(conversation, side, data[at:], final=final)
            if message is None:
                if not final:
                    unfinished.done = at
                    streams.pending[side] = unfinished
                    self._waiting += 1
                    return
                break
            if message.event is not None:
                first = next(segment for place, segment in reversed(used) if place <= at)
                span = [segment for place, segment in used if place < at + message.length]
                begin, end = min(segment.begin for segment in span), max(segment.end for segment in span)
                message.event.update(placed(begin, end, first))
                yield message.event
            at += message.length if message.following is None else message.following
            if message.following is None:
                break
        streams.skipped[side] = (unfinished.seq + at) & 0xFFFFFFFF


class _View:
    """The columns of a run by which messages are found."""

    def __init__(self, run: Run, numbers: Numbers) -> None:
        self.run = run
        self.numbers = numbers
        frame = run.frame
        self.backward, self.seq, self.payload, self.captured, self.protocol = (
            frame[name].to_numpy() for name in ("backward", "seq", "payload", "captured", "protocol")
        )
        self.ports = frame["a.port"].to_numpy(), frame["b.port"].to_numpy()
        self._places = [frame[name].to_numpy() for name in ("time", "precision", "begin", "finish")]

    def begins(self) -> Places:
        """Return the TCP segments that a message may begin with."""
        data = np.flatnonzero((self.protocol == TCP) & (self.captured > 0) & (self.run.frame["flags"].to_numpy() & RST == 0))
        place = self.payload[data]
        # by the first byte most are ruled out
        data = data[_FIRSTS[self.numbers.octets[place]] | (self.ports[0][data] == NAME_PORT) | (self.ports[1][data] == NAME_PORT)]
        place, captured = self.payload[data], self.captured[data]
        word = self.numbers.word(place)
        likely = np.isin(word, _STARTS) & (captured >= _LEAST_START)
        likely |= (word >> 8 & 0xFFFF00 == _HANDSHAKE_RECORD) & (self.numbers.octet(place + 5) == 1) & (captured >= _LEAST_HELLO)
        likely |= (self.ports[0][data] == NAME_PORT) | (self.ports[1][data] == NAME_PORT)
        chosen: Places = data[likely]
        return chosen

    def datagrams(self) -> Places:
        """Return the UDP packets of the ports of name services."""
        named = np.isin(self.ports[0], _NAME_PORTS) | np.isin(self.ports[1], _NAME_PORTS)
        return np.flatnonzero((self.protocol == UDP) & named)

    def segments(self, rows: Places) -> list[Segment]:
        """Return packets with what was captured of their payloads."""
        data = self.numbers.data
        starts = self.payload[rows]
        places = zip(*(column[rows].tolist() for column in (self.seq, *self._places)), strict=True)
        pieces = (data[start:end] for start, end in zip(starts.tolist(), (starts + self.captured[rows]).tolist(), strict=True))
        return [
            Segment(seq, piece, time, precision, begin, end)
            for (seq, time, precision, begin, end), piece in zip(places, pieces, strict=True)
        ]

    def around(self, piece: int, start: int, end: int, side: int) -> list[Segment]:
        """Return the packets with payload that `side` sent, between two rows of a piece."""
        rows = np.arange(max(start, self.run.starts[piece]), min(end, self.run.ends[piece]))
        return self.segments(rows[(self.backward[rows] == side) & (self.captured[rows] > 0)])


def _has_pending(conversation: Conversation) -> bool:
    return conversation.streams is not None and conversation.streams.pending != [None, None]


def _datagrams(view: _View, events: list[Event]) -> Iterator[Defect]:
    """Add the DNS messages in UDP to `events`; yield the packets that hold none."""
    rows = view.datagrams()
    pieces = (np.searchsorted(view.run.starts, rows, side="right") - 1).tolist()
    sizes, sides = view.run.frame["size"].to_numpy()[rows].tolist(), view.backward[rows].tolist()
    for row, piece, segment, side, size in zip(rows.tolist(), pieces, view.segments(rows), sides, sizes, strict=True):
        try:
            message = read_message(segment.data)
        except MalformedError as error:
            cut = len(segment.data) < size
            reason = f"a packet of a name service's port that holds no DNS message: {'only part of it was captured' if cut else error}"
            code = "packet_cut" if cut else "dns_unreadable"
            yield Defect(code=code, reason=reason, offset=segment.begin, length=segment.end - segment.begin)
            continue
        event = dns_event(view.run.conversation(piece, row), side, message)
        event.update(placed(segment.begin, segment.end, segment))
        events.append(event)


def _rows(events: list[Event]) -> Iterator[Item]:
    if events:
        columns = {name: [event.get(name) for event in events] for name in COLUMNS}
        yield event_rows(pl.DataFrame(columns, schema=COLUMNS))
