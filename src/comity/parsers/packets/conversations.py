"""The conversations of a capture: packets grouped by their ends a run at a time, conversations carried on from run to run.

Most packets are only added up by columns. One at a time come those that may change a state or add a letter to the history: of TCP
the first of each kind a side, SYN, FIN and RST, retransmissions and closed windows. Where a timeout or a missing beginning makes even
that unsafe, all of a conversation's packets in the run are taken one at a time; both ways give the same.
"""

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
import polars as pl

from comity.parsers.packets.conversation import CLOSED, INACTIVE, RESET, SECOND, SHORTEST_PATIENCE, Connection, Conversation, Key
from comity.parsers.packets.course import Course
from comity.parsers.packets.piece import Pieces, Row, Run, boundaries, changes, never_back
from comity.parsers.packets.tcp_run import Kinds, Segments
from comity.parsers.packets.transport import TCP

MOST_OPEN = 400_000
_KEPT_OPEN = 300_000
_SWEPT_ABOVE = 100_000
_BETWEEN_SWEEPS = 10 * SECOND


class Conversations:
    """Those still open, by their ends. `closed` are those that ended since they were last taken out."""

    def __init__(self) -> None:
        self._open: dict[Key, Conversation] = {}
        self.closed: list[Conversation] = []
        self._swept = 0
        self._courses: dict[Kinds, Course] = {}

    def take(self, frame: pl.DataFrame) -> Run:
        """Take the packets of a run, `transport.Packets.frame`; return them by conversation."""
        frame = frame[np.argsort(frame["mixed"].to_numpy(), kind="stable")]
        new_key = changes(frame)
        frame = frame.with_columns(pl.Series("clock", never_back(frame["time"].to_numpy(), new_key)))
        starts = np.flatnonzero(boundaries(frame, new_key))
        pieces = Pieces(frame, starts)
        run = Run(frame, starts.tolist(), pieces.ends.tolist())
        before = self._before(pieces, new_key[starts].tolist())
        tcp = Segments(pieces, before) if pieces.has_tcp else None
        for piece, key in enumerate(pieces.keys):
            if key[1] == TCP and tcp is not None:
                run.parts.append(self._connection(tcp, piece, key, before[piece]))
            else:
                run.parts.append([(run.starts[piece], self._simple(pieces, piece, key))])
        return run

    def finish(self) -> None:
        """Close all."""
        self.closed.extend(self._open.values())
        self._open.clear()

    def sweep(self, now: int) -> int:
        """Close what can have no further packets at `now`, if many are open; if too many, the longest silent: return how many of those."""
        if len(self._open) <= _SWEPT_ABOVE or (now - self._swept < _BETWEEN_SWEEPS and len(self._open) <= MOST_OPEN):
            return 0
        self._swept = now
        expired = [key for key, conversation in self._open.items() if conversation.expired(now - SHORTEST_PATIENCE)]
        self.closed.extend(self._open.pop(key) for key in expired)
        if len(self._open) <= MOST_OPEN:
            return 0
        silent = sorted(self._open.values(), key=attrgetter("seen"))[: len(self._open) - _KEPT_OPEN]
        for conversation in silent:
            del self._open[conversation.key]
        self.closed.extend(silent)
        return len(silent)

    def _before(self, pieces: Pieces, first_of_key: Sequence[bool]) -> list[Conversation | None]:
        """Return for each piece the conversation it goes on with, closing those that it does not."""
        before: list[Conversation | None] = []
        for key, first, row in zip(pieces.keys, first_of_key, pieces.firsts, strict=True):
            before.append(self._going_on(key, row.clock, row.flags, row.seq) if first else None)
        return before

    def _going_on(self, key: Key, clock: int, flags: int, seq: int) -> Conversation | None:
        conversation = self._open.get(key)
        if conversation is None:
            return None
        if conversation.expired(clock) or (isinstance(conversation, Connection) and conversation.reused(flags, seq)):
            self.closed.append(self._open.pop(key))
            return None
        return conversation

    def _simple(self, pieces: Pieces, piece: int, key: Key) -> Conversation:
        """Take a piece of a conversation that is not TCP."""
        row = pieces.firsts[piece]
        conversation = self._going_on(key, row.clock, 0, 0)
        if conversation is None:
            conversation = Conversation(key, sender=row.side, time=row.time, begin=row.begin, precision=row.precision, vlan=row.vlan)
            self._open[key] = conversation
        pieces.add_up(piece, conversation)
        conversation.seen = max(conversation.seen, pieces.clocks[piece])
        return conversation

    def _connection(self, tcp: Segments, piece: int, key: Key, before: Conversation | None) -> list[tuple[int, Conversation]]:
        """Take a piece of a TCP connection; return from which rows on it belongs to which."""
        pieces = tcp.pieces
        row = pieces.firsts[piece]
        conversation = self._going_on(key, row.clock, row.flags, row.seq)
        if conversation is not before or tcp.careful[piece] or (before is not None and _may_act(before, pieces.clocks[piece])):
            return self._one_by_one(pieces, piece, key)
        if conversation is None:
            conversation = self._new(key, row)
        if isinstance(conversation, Connection):
            tcp.advance(piece, conversation, self._courses)
        pieces.add_up(piece, conversation)
        return [(pieces.starts[piece], conversation)]

    def _one_by_one(self, pieces: Pieces, piece: int, key: Key) -> list[tuple[int, Conversation]]:
        parts: list[tuple[int, Conversation]] = []
        for index, row, end, total, size, ack, window in pieces.each(piece):
            conversation = self._going_on(key, row.clock, row.flags, row.seq)
            if conversation is None:
                conversation = self._new(key, row)
            if not parts or parts[-1][1] is not conversation:
                parts.append((index, conversation))
            if isinstance(conversation, Connection):
                conversation.advance(row.side, flags=row.flags, size=size, time=row.clock, seq=row.seq, ack=ack, window=window)
            conversation.count(row.side, packets=1, total=total, size=size)
            conversation.extend(first=row.time, last=row.time, begin=row.begin, end=end)
        return parts

    def _new(self, key: Key, row: Row) -> Connection:
        connection = Connection(
            key, sender=row.side, time=row.time, begin=row.begin, precision=row.precision, vlan=row.vlan, flags=row.flags
        )
        connection.seen = row.clock
        self._open[key] = connection
        return connection


def _may_act(conversation: Conversation, until: int) -> bool:
    """Return whether a timeout of a connection begun earlier may fall before `until`, or one of its ends is not yet known."""
    if not isinstance(conversation, Connection):
        return True
    ends = conversation.ends
    states = {ends[0].state, ends[1].state}
    return bool(states & {INACTIVE, CLOSED, RESET}) or conversation.expired(until) or until - conversation.seen >= SHORTEST_PATIENCE
