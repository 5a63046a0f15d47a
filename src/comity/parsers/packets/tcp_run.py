"""The TCP packets of a run: which of them matter one at a time, and what the others add."""

from collections.abc import Sequence

import numpy as np

from comity.parsers.packets.conversation import ACTS_AFTER, INACTIVE, RESET, SHORTEST_PATIENCE, Connection, Conversation, signed
from comity.parsers.packets.course import MOST_KINDS, Course, Notable, follow, go_through, learn
from comity.parsers.packets.numbers import Places
from comity.parsers.packets.piece import Flags, Pieces
from comity.parsers.packets.transport import ACK, FIN, RST, SYN, TCP

_APART = 1 << 41  # keeps the sequence numbers of one side from those of the next in one running maximum
_WILD = 1 << 30
_NONE = -_APART
_WHOLE = (1 << 32) - 1
_MOST_COURSES = 20_000

Kinds = tuple[bytes, bool]
"""The kinds of packets of a connection in their order, and whether it is interactive."""


class Segments:
    """The TCP packets of a run: which of them matter one at a time, and how far each side's sequence numbers come.

    Chains of sequence numbers are counted from the first of a side in the run, or from how far it had come before.
    """

    def __init__(self, pieces: Pieces, before: Sequence[Conversation | None]) -> None:
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
        self._begun = np.zeros(count, np.bool_)
        self._base = np.zeros(count, np.int64)  # where a side that had begun before had come
        for number, connection in enumerate(before):
            if isinstance(connection, Connection):
                for end in range(2):
                    if connection.ends[end].state != INACTIVE:
                        self._begun[2 * number + end] = True
                        self._base[2 * number + end] = connection.ends[end].last
        self._wild = np.zeros(len(pieces.starts), np.bool_)  # where numbers jump so far that the order of packets decides what they mean
        high, again = self._chain()
        self._acknowledged = self._acknowledge()
        self.careful: list[bool] = self._unsafe(before).tolist()
        self._fresh = [connection is None for connection in before]
        self._pick(self._notable(again), high, again)

    def advance(self, piece: int, connection: Connection, courses: dict[Kinds, Course]) -> None:
        """Take what matters of `piece`, then what the rest of it adds; `courses` are those known, and grow."""
        begin, until = self._from[piece], self._from[piece + 1]
        notables = self._notables[begin:until]
        if self._fresh[piece] and self._plain[piece] and until - begin <= MOST_KINDS:
            kinds = self._kinds[begin:until], connection.interactive()
            course = courses.get(kinds)
            if course is not None:
                follow(connection, course, notables)
            elif len(courses) < _MOST_COURSES:
                courses[kinds] = learn(connection, notables)
            else:
                go_through(connection, notables)
        else:
            go_through(connection, notables)
        for side, end in enumerate(connection.ends):
            if end.state == INACTIVE:
                continue
            high = self._tops[2 * piece + side]
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
        base, begun = self._base[side], self._begun[side]
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
        tops = np.full(len(self._base), _NONE, np.int64)
        tops[side[last]] = (absolute + top)[last]
        self._tops: list[int | None] = [None if value == _NONE else value for value in tops.tolist()]
        high = np.full(len(self._rows), _NONE, np.int64)
        high[inside] = np.where(earlier == _NONE, _NONE, absolute + earlier)
        outside = np.flatnonzero(self._flags & RST > 0)
        if len(outside) and len(inside):
            nearest = np.searchsorted(inside, outside) - 1
            known = (nearest >= 0) & (side[np.maximum(nearest, 0)] == self._side[outside])
            reached = (absolute + top)[np.maximum(nearest, 0)]
            start = np.where(self._begun[self._side[outside]], self._base[self._side[outside]], _NONE)
            high[outside] = np.where(known, reached, start)
        # what a side sends after its RST is not to be trusted either
        self._wild[self._side[outside[tops[self._side[outside]] > high[outside]]] >> 1] = True
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
        unsafe = (np.maximum.reduceat(gap, starts) >= SHORTEST_PATIENCE) | (last - ACTS_AFTER >= ending)
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
        late = np.where(answered, clock[reply], last) - ACTS_AFTER >= clock[starts]
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

    def _pick(self, notable: Flags, high: Places, again: Flags) -> None:
        """Keep what matters in the order of the packets, as plain numbers."""
        chosen = np.flatnonzero(notable)
        chosen = chosen[np.argsort(self._rows[chosen], kind="stable")]
        rows = self._rows[chosen]
        clock = self.pieces.frame["clock"].to_numpy()[rows]
        self._plain: list[bool] = self._regular(chosen, high).tolist()
        self._kinds = self._kind(chosen, again[chosen])
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
        self._notables = list(map(Notable._make, zip(*(column.tolist() for column in columns), highs, strict=True)))
        bounds = np.append(self.pieces.starts, len(self.pieces.frame))
        self._from: list[int] = np.searchsorted(rows, bounds).tolist()

    def _regular(self, chosen: Places, high: Places) -> Flags:
        """Return which pieces have at most one FIN and one RST a side, none of them combined, and none whose numbers surprise."""
        flags, side, size = self._flags[chosen], self._side[chosen], self._size[chosen]
        several = flags & (SYN | FIN | RST)
        known = high[chosen] != _NONE
        step = _signed(self._seq[chosen] - high[chosen])
        odd = several & (several - 1) > 0
        odd |= known & (flags & RST > 0) & (step > 0)
        odd |= known & (flags & FIN > 0) & (step + size < 0)
        regular = np.ones(len(self.pieces.starts), np.bool_)
        regular[side[odd] >> 1] = False
        for kind in (FIN, RST):
            twice = np.flatnonzero(np.bincount(side[flags & kind > 0]) > 1)
            regular[twice >> 1] = False
        return regular

    def _kind(self, chosen: Places, again: Flags) -> bytes:
        """Return a byte for each packet: its side, flags, whether it has payload, is a retransmission, closes the window."""
        flags = self._flags[chosen]
        kind = (self._side[chosen] & 1) | flags & (SYN | RST | ACK) | (flags & FIN) << 3
        kind |= (self._size[chosen] > 0) << 5 | again.astype(np.int64) << 6 | (self._window[chosen] == 0).astype(np.int64) << 7
        packed: bytes = kind.astype(np.uint8).tobytes()
        return packed


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
