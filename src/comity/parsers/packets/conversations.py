"""The conversations of a capture: packets grouped by their ends a run at a time, conversations carried on from run to run.

Most packets are only added up by columns. One at a time come those that may change a state or add a letter to the history: of TCP
the first of each kind a side, SYN, FIN and RST, retransmissions and closed windows. Where a timeout or a missing beginning makes even
that unsafe, all of a conversation's packets in the run are taken one at a time; both ways give the same.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter

import numpy as np
import numpy.typing as npt
import polars as pl

from comity.parsers.packets.conversation import CLOSED, INACTIVE, RESET, SECOND, Connection, Conversation, Key, signed
from comity.parsers.packets.numbers import Places
from comity.parsers.packets.transport import ACK, FIN, KEY, RST, SYN, TCP

MOST_OPEN = 400_000
_KEPT_OPEN = 300_000
_SHORTEST_PATIENCE = 60 * SECOND
_BETWEEN_SWEEPS = 10 * SECOND
_ACTS_AFTER = 5 * SECOND
_WILD = 1 << 30
_APART = 1 << 41  # keeps the sequence numbers of one side from those of the next in one running maximum
_NONE = -_APART
_WHOLE = (1 << 32) - 1

Flags = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Run:
    """The packets of a run ordered by conversation: the columns, and `starts` and `ends` of each piece of a conversation.

    `parts` says, piece by piece, from which row on packets belong to which conversation.
    """

    frame: pl.DataFrame
    starts: list[int]
    ends: list[int]
    parts: list[list[tuple[int, Conversation]]] = field(default_factory=list)

    def conversation(self, piece: int, row: int) -> Conversation:
        """Return the conversation of the packet `row`, which is of `piece`."""
        parts = self.parts[piece]
        return parts[-1][1] if len(parts) == 1 else parts[bisect_right(parts, row, key=itemgetter(0)) - 1][1]


class Conversations:
    """Those still open, by their ends. `closed` are those that ended since they were last taken out."""

    def __init__(self) -> None:
        self._open: dict[Key, Conversation] = {}
        self.closed: list[Conversation] = []
        self._swept = 0

    def take(self, frame: pl.DataFrame) -> Run:
        """Take the packets of a run, `transport.Packets.frame`; return them by conversation."""
        frame = frame[np.argsort(frame["mixed"].to_numpy(), kind="stable")]
        new_key = _changes(frame)
        frame = frame.with_columns(pl.Series("clock", _never_back(frame["time"].to_numpy(), new_key)))
        starts = np.flatnonzero(_boundaries(frame, new_key))
        pieces = _Pieces(frame, starts)
        run = Run(frame, starts.tolist(), pieces.ends.tolist())
        before = self._before(pieces, new_key[starts].tolist())
        tcp = _Segments(pieces, before) if pieces.has_tcp else None
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
        """Close what can have no further packets at `now`, and the longest silent when too many are open; return how many of those."""
        if now - self._swept < _BETWEEN_SWEEPS and len(self._open) <= MOST_OPEN:
            return 0
        self._swept = now
        expired = [key for key, conversation in self._open.items() if conversation.expired(now - _SHORTEST_PATIENCE)]
        self.closed.extend(self._open.pop(key) for key in expired)
        if len(self._open) <= MOST_OPEN:
            return 0
        silent = sorted(self._open.values(), key=attrgetter("seen"))[: len(self._open) - _KEPT_OPEN]
        for conversation in silent:
            del self._open[conversation.key]
        self.closed.extend(silent)
        return len(silent)

    def _before(self, pieces: "_Pieces", first_of_key: Sequence[bool]) -> list[Conversation | None]:
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

    def _simple(self, pieces: "_Pieces", piece: int, key: Key) -> Conversation:
        """Take a piece of a conversation that is not TCP."""
        row = pieces.firsts[piece]
        conversation = self._going_on(key, row.clock, 0, 0)
        if conversation is None:
            conversation = Conversation(key, sender=row.side, time=row.time, begin=row.begin, precision=row.precision, vlan=row.vlan)
            self._open[key] = conversation
        pieces.add_up(piece, conversation)
        conversation.seen = max(conversation.seen, pieces.clocks[piece])
        return conversation

    def _connection(self, tcp: "_Segments", piece: int, key: Key, before: Conversation | None) -> list[tuple[int, Conversation]]:
        """Take a piece of a TCP connection; return from which rows on it belongs to which."""
        pieces = tcp.pieces
        row = pieces.firsts[piece]
        conversation = self._going_on(key, row.clock, row.flags, row.seq)
        if conversation is not before or tcp.careful[piece] or (before is not None and _may_act(before, pieces.clocks[piece])):
            return self._one_by_one(pieces, piece, key)
        if conversation is None:
            conversation = self._new(key, row)
        if isinstance(conversation, Connection):
            tcp.advance(piece, conversation)
        pieces.add_up(piece, conversation)
        return [(pieces.starts[piece], conversation)]

    def _one_by_one(self, pieces: "_Pieces", piece: int, key: Key) -> list[tuple[int, Conversation]]:
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

    def _new(self, key: Key, row: "_Row") -> Connection:
        connection = Connection(
            key, sender=row.side, time=row.time, begin=row.begin, precision=row.precision, vlan=row.vlan, flags=row.flags
        )
        connection.seen = row.clock
        self._open[key] = connection
        return connection


@dataclass(slots=True)
class _Row:
    """What of a packet makes or finds its conversation."""

    side: int
    time: int
    clock: int
    begin: int
    precision: int
    vlan: int
    flags: int
    seq: int


_ROW = ("backward", "time", "clock", "begin", "precision", "vlan", "flags", "seq")
_EACH = (*_ROW, "finish", "total", "size", "ack", "window")


class _Pieces:
    """The packets of a run by piece, added up."""

    def __init__(self, frame: pl.DataFrame, starts: Places) -> None:
        self.frame = frame
        self.starts: list[int] = starts.tolist()
        self.ends = np.append(starts[1:], len(frame)) if len(starts) else starts
        self.keys: list[Key] = list(zip(*(frame[name].to_numpy()[starts].tolist() for name in KEY), strict=True))
        self.firsts = [_Row(*row) for row in zip(*(frame[name].to_numpy()[starts].tolist() for name in _ROW), strict=True)]
        self.has_tcp = any(key[1] == TCP for key in self.keys)
        if not len(starts):
            return
        backward = frame["backward"].to_numpy()
        sums = []
        for column in (np.ones(len(frame), np.int64), frame["total"].to_numpy(), frame["size"].to_numpy()):
            both = np.add.reduceat(column, starts)
            second = np.add.reduceat(np.where(backward, column, 0), starts)
            sums += [(both - second).tolist(), second.tolist()]
        self._sums = list(zip(*sums, strict=True))
        time = frame["time"].to_numpy()
        self._spans = list(
            zip(
                np.minimum.reduceat(time, starts).tolist(),
                np.maximum.reduceat(time, starts).tolist(),
                np.minimum.reduceat(frame["begin"].to_numpy(), starts).tolist(),
                np.maximum.reduceat(frame["finish"].to_numpy(), starts).tolist(),
                strict=True,
            )
        )
        self.clocks: list[int] = frame["clock"].to_numpy()[self.ends - 1].tolist()

    def add_up(self, piece: int, conversation: Conversation) -> None:
        """Add all packets of `piece` to `conversation`."""
        packets, others, total, other_total, size, other_size = self._sums[piece]
        conversation.count(0, packets=packets, total=total, size=size)
        conversation.count(1, packets=others, total=other_total, size=other_size)
        first, last, begin, end = self._spans[piece]
        conversation.extend(first=first, last=last, begin=begin, end=end)

    def each(self, piece: int) -> Iterator[tuple[int, _Row, int, int, int, int, int]]:
        """Yield the packets of `piece`: index, row, end of its record, bytes of IP and of payload, acknowledgement, window."""
        start, end = self.starts[piece], int(self.ends[piece])
        columns = (self.frame[name].slice(start, end - start).to_list() for name in _EACH)
        for index, (*row, finish, total, size, ack, window) in enumerate(zip(*columns, strict=True), start=start):
            yield index, _Row(*row), finish, total, size, ack, window


class _Segments:
    """The TCP packets of a run: which of them matter one at a time, and how far each side's sequence numbers come.

    Chains of sequence numbers are counted from the first of a side in the run, or from how far it had come before.
    """

    def __init__(self, pieces: _Pieces, before: Sequence[Conversation | None]) -> None:
        self.pieces = pieces
        frame = pieces.frame
        piece = np.repeat(np.arange(len(pieces.starts)), np.diff(np.append(pieces.starts, len(frame))))
        rows = np.flatnonzero(frame["protocol"].to_numpy() == TCP)
        side = piece[rows] * 2 + frame["backward"].to_numpy()[rows]
        rows = rows[np.argsort(side, kind="stable")]
        self._side = piece[rows] * 2 + frame["backward"].to_numpy()[rows]
        self._rows = rows
        self._flags, self._size, self._seq, self._ack, self._window = (
            frame[name].to_numpy()[rows] for name in ("flags", "size", "seq", "ack", "window")
        )
        count = 2 * len(pieces.starts)
        self._base = np.full(count, -1, np.int64)  # where a side had come before
        for number, connection in enumerate(before):
            if isinstance(connection, Connection):
                for end in range(2):
                    if connection.ends[end].state != INACTIVE:
                        self._base[2 * number + end] = connection.ends[end].last
        self._wild = np.zeros(len(pieces.starts), np.bool_)  # where numbers jump so far that the order of packets decides what they mean
        high, again = self._chain()
        self._acknowledged = self._acknowledge()
        self.careful: list[bool] = self._unsafe(before).tolist()
        self._pick(self._notable(again), high)

    def advance(self, piece: int, connection: Connection) -> None:
        """Take what matters of `piece`, then what the rest of it adds."""
        for at in range(self._from[piece], self._from[piece + 1]):
            side, flags, size, clock, seq, ack, window, high = self._events[at]
            end = connection.ends[side]
            if high is not None and end.state not in {INACTIVE, RESET}:
                end.last = max(end.last, high)
            connection.advance(side, flags=flags, size=size, time=clock, seq=seq, ack=ack, window=window)
        for side in range(2):
            end = connection.ends[side]
            if end.state == INACTIVE:
                continue
            high = self._tops.get(2 * piece + side)
            if high is not None and end.state != RESET:
                end.last = max(end.last, high)
            said = self._acknowledged.get(2 * piece + 1 - side)
            if said is not None:
                end.ack = max(end.ack, end.ack + signed(said[0] - end.ack) + said[1])
        if not (connection.ends[0].closed and connection.ends[1].closed):
            connection.seen = max(connection.seen, self.pieces.clocks[piece])

    def _chain(self) -> tuple[Places, Flags]:
        """Return how far each packet's side had come before it (_NONE: nowhere yet), and which packets bring nothing new.

        RST packets are outside the chain: their numbers are not to be trusted.
        """
        inside = np.flatnonzero(self._flags & RST == 0)
        side, seq = self._side[inside], self._seq[inside]
        first = np.ones(len(side), np.bool_)
        first[1:] = side[1:] != side[:-1]
        base = np.where(self._base[side] >= 0, self._base[side], 0)
        begun = self._base[side] >= 0
        step = np.empty(len(seq), np.int64)
        step[1:] = _signed(seq[1:] - seq[:-1])
        step[first] = np.where(begun, _signed(seq - base), 0)[first]
        self._wild[side[np.abs(step) >= _WILD] >> 1] = True
        place = _running_sum(step, first)
        flags = self._flags[inside]
        tail = place + self._size[inside] + (flags & SYN > 0) + (flags & FIN > 0)
        group = np.cumsum(first) - 1
        limited = np.clip(tail, 1 - _APART // 2, _APART // 2 - 1)
        limited[first & begun] = np.maximum(limited, 0)[first & begun]  # 0 is where it had come before
        top = np.maximum.accumulate(limited + group * _APART) - group * _APART
        earlier = np.empty(len(top), np.int64)
        earlier[1:] = top[:-1]
        earlier[first] = np.where(begun, 0, _NONE)[first]
        absolute = np.where(begun, base, seq[np.maximum.accumulate(np.where(first, np.arange(len(seq)), 0))] if len(seq) else seq)
        last = np.append(first[1:], True) if len(first) else first
        self._tops = dict(zip(side[last].tolist(), (absolute + top)[last].tolist(), strict=True))
        high = np.full(len(self._rows), _NONE, np.int64)
        high[inside] = np.where(earlier == _NONE, _NONE, absolute + earlier)
        outside = np.flatnonzero(self._flags & RST > 0)
        if len(outside) and len(inside):
            nearest = np.searchsorted(inside, outside) - 1
            known = (nearest >= 0) & (side[np.maximum(nearest, 0)] == self._side[outside])
            reached = (absolute + top)[np.maximum(nearest, 0)]
            start = self._base[self._side[outside]]
            high[outside] = np.where(known, reached, np.where(start >= 0, start, _NONE))
        again = np.zeros(len(self._rows), np.bool_)
        again[inside] = (self._size[inside] > 0) & (earlier >= tail)
        return high, again

    def _acknowledge(self) -> dict[int, tuple[int, int]]:
        """Return by side what it acknowledged first in the run, and how much more later."""
        inside = np.flatnonzero((self._flags & ACK > 0) & (self._flags & RST == 0))
        if not len(inside):
            return {}
        side, ack = self._side[inside], self._ack[inside]
        first = np.ones(len(side), np.bool_)
        first[1:] = side[1:] != side[:-1]
        step = np.zeros(len(ack), np.int64)
        step[1:] = _signed(ack[1:] - ack[:-1])
        step[first] = 0
        self._wild[side[np.abs(step) >= _WILD] >> 1] = True
        starts = np.flatnonzero(first)
        most = np.maximum.reduceat(_running_sum(step, first), starts)
        return dict(zip(side[starts].tolist(), zip(ack[starts].tolist(), most.tolist(), strict=True), strict=True))

    def _notable(self, again: Flags) -> Flags:
        """Return which packets may change a state or add a letter."""
        several = self._flags & (SYN | FIN | RST) > 0
        notable: Flags = several | again | ((self._window == 0) & (self._flags & RST == 0))
        for kind in (True, ~several & (self._size > 0), ~several & (self._size == 0) & (self._flags & ACK > 0)):
            notable |= _first_of(self._side, np.broadcast_to(kind, len(self._side)))
        return notable

    def _unsafe(self, before: Sequence[Conversation | None]) -> Flags:
        """Return which pieces have to be taken packet by packet: a timeout may fall inside, or the beginning is missing."""
        frame, starts = self.pieces.frame, np.array(self.pieces.starts)
        clock, flags = frame["clock"].to_numpy(), frame["flags"].to_numpy()
        gap = np.zeros(len(clock), np.int64)
        gap[1:] = np.diff(clock)
        gap[starts] = 0
        last = clock[self.pieces.ends - 1]
        never = np.iinfo(np.int64).max
        ending = np.minimum.reduceat(np.where(flags & (FIN | RST) > 0, clock, never), starts)
        unsafe = (np.maximum.reduceat(gap, starts) >= _SHORTEST_PATIENCE) | (last - _ACTS_AFTER >= ending)
        pure = flags & (SYN | ACK) == SYN
        again = pure.copy()
        again[starts] = False
        unsafe |= (ending < never) & np.logical_or.reduceat(again, starts)
        # the side that answers: whether, when and with what
        backward = frame["backward"].to_numpy()
        other = backward != np.repeat(backward[starts], np.diff(np.append(starts, len(backward))))
        place = np.minimum.reduceat(np.where(other, np.arange(len(other)), never), starts)
        answered = place < never
        reply = np.where(answered, place, 0)
        fresh = np.array([conversation is None for conversation in before])
        begun = pure[starts] & (~answered | (flags[reply] & (SYN | RST) > 0))
        late = np.where(answered, clock[reply], last) - _ACTS_AFTER >= clock[starts]
        acknowledges = ~other & (flags & (ACK | RST) == ACK)  # before there was anything to acknowledge
        early = np.minimum.reduceat(np.where(acknowledges, np.arange(len(other)), never), starts) < place
        unsafe |= fresh & (~begun | late | (answered & early))
        unsafe[self._side[self._begins_anew(fresh)] >> 1] = True
        result: Flags = unsafe | self._wild
        return result

    def _begins_anew(self, fresh: Flags) -> Flags:
        """Return which packets carry a SYN that is not the one their side began with."""
        first = np.ones(len(self._side), np.bool_)
        first[1:] = self._side[1:] != self._side[:-1]
        begun = self._seq[np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))]
        anew: Flags = (self._flags & SYN > 0) & ((self._seq != begun) | ~fresh[self._side >> 1])
        return anew

    def _pick(self, notable: Flags, high: Places) -> None:
        """Keep what matters in the order of the packets, as plain numbers."""
        chosen = np.flatnonzero(notable)
        chosen = chosen[np.argsort(self._rows[chosen], kind="stable")]
        rows = self._rows[chosen]
        clock = self.pieces.frame["clock"].to_numpy()[rows]
        highs = [None if value == _NONE else value for value in high[chosen].tolist()]
        columns = (
            self._side[chosen] & 1,
            self._flags[chosen],
            self._size[chosen],
            clock,
            self._seq[chosen],
            self._ack[chosen],
            self._window[chosen],
        )
        self._events = list(zip(*(column.tolist() for column in columns), highs, strict=True))
        bounds = np.append(self.pieces.starts, len(self.pieces.frame))
        self._from: list[int] = np.searchsorted(rows, bounds).tolist()


def _may_act(conversation: Conversation, until: int) -> bool:
    """Return whether a timeout of a connection begun earlier may fall before `until`, or one of its ends is not yet known."""
    if not isinstance(conversation, Connection):
        return True
    ends = conversation.ends
    states = {ends[0].state, ends[1].state}
    return bool(states & {INACTIVE, CLOSED, RESET}) or conversation.expired(until) or until - conversation.seen >= _SHORTEST_PATIENCE


def _changes(frame: pl.DataFrame) -> Flags:
    """Return where another conversation's packets begin."""
    new = np.zeros(len(frame), np.bool_)
    new[:1] = True
    for name in KEY:
        column = frame[name].to_numpy()
        new[1:] |= column[1:] != column[:-1]
    return new


def _never_back(time: Places, new_key: Flags) -> Places:
    """Return the times of each conversation with those that go back raised to the one before."""
    back = np.flatnonzero((time[1:] < time[:-1]) & ~new_key[1:]) + 1
    if not len(back):
        return time
    clock = time.copy()
    starts = np.append(np.flatnonzero(new_key), len(time))
    for group in np.unique(np.searchsorted(starts, back, side="right") - 1).tolist():
        here = slice(starts[group], starts[group + 1])
        clock[here] = np.maximum.accumulate(time[here])
    return clock


def _boundaries(frame: pl.DataFrame, new_key: Flags) -> Flags:
    """Return where another conversation's packets begin, or surely another between the same ends."""
    protocol, clock, flags, seq = (frame[name].to_numpy() for name in ("protocol", "clock", "flags", "seq"))
    new = new_key.copy()
    new[1:] |= (protocol[1:] != TCP) & (np.diff(clock) >= _SHORTEST_PATIENCE)
    pure = np.flatnonzero((protocol == TCP) & (flags & (SYN | ACK) == SYN))
    if not len(pure):
        return new
    key = np.cumsum(new_key)[pure]
    first = np.ones(len(pure), np.bool_)
    first[1:] = key[1:] != key[:-1]
    other = np.ones(len(pure), np.bool_)
    other[1:] = first[1:] | (seq[pure][1:] != seq[pure][:-1])
    # a SYN recorded after its answer belongs to it
    backward, ack, earlier = frame["backward"].to_numpy(), frame["ack"].to_numpy(), np.maximum(pure - 1, 0)
    answer = (flags[earlier] & (SYN | ACK) == SYN | ACK) & (backward[earlier] != backward[pure]) & ~new_key[pure]
    reversed_handshake = answer & (ack[earlier] == (seq[pure] + 1) & _WHOLE)
    new[pure[other & ~reversed_handshake]] = True
    return new


def _first_of(side: Places, which: Flags) -> Flags:
    """Return the first of the chosen packets of each side."""
    chosen = np.flatnonzero(which)
    first = np.zeros(len(side), np.bool_)
    if len(chosen):
        new = np.ones(len(chosen), np.bool_)
        new[1:] = side[chosen][1:] != side[chosen][:-1]
        first[chosen[new]] = True
    return first


def _signed(difference: Places) -> Places:
    return ((difference + (1 << 31)) & _WHOLE) - (1 << 31)


def _running_sum(step: Places, first: Flags) -> Places:
    """Return the sums of `step` from each `first` on."""
    total = np.cumsum(step)
    starts = np.flatnonzero(first)
    before = total[starts] - step[starts]
    return total - np.repeat(before, np.diff(np.append(starts, len(step))))
