"""The packets of a run by conversation: where pieces begin, and what their packets add up to."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import polars as pl

from comity.parsers.packets.conversation import SHORTEST_PATIENCE, Conversation, Key
from comity.parsers.packets.numbers import Places
from comity.parsers.packets.transport import ACK, KEY, SYN, TCP

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


@dataclass(slots=True)
class Row:
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


class Pieces:
    """The packets of a run by piece, added up."""

    def __init__(self, frame: pl.DataFrame, starts: Places) -> None:
        self.frame = frame
        self.starts: list[int] = starts.tolist()
        self.ends = np.append(starts[1:], len(frame)) if len(starts) else starts
        self.keys: list[Key] = list(zip(*(frame[name].to_numpy()[starts].tolist() for name in KEY), strict=True))
        self.firsts = [Row(*row) for row in zip(*(frame[name].to_numpy()[starts].tolist() for name in _ROW), strict=True)]
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

    def each(self, piece: int) -> Iterator[tuple[int, Row, int, int, int, int, int]]:
        """Yield the packets of `piece`: index, row, end of its record, bytes of IP and of payload, acknowledgement, window."""
        start, end = self.starts[piece], int(self.ends[piece])
        columns = (self.frame[name].slice(start, end - start).to_list() for name in _EACH)
        for index, (*row, finish, total, size, ack, window) in enumerate(zip(*columns, strict=True), start=start):
            yield index, Row(*row), finish, total, size, ack, window


def changes(frame: pl.DataFrame) -> Flags:
    """Return where another conversation's packets begin."""
    new = np.zeros(len(frame), np.bool_)
    new[:1] = True
    for name in KEY:
        column = frame[name].to_numpy()
        new[1:] |= column[1:] != column[:-1]
    return new


def never_back(time: Places, new_key: Flags) -> Places:
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


def boundaries(frame: pl.DataFrame, new_key: Flags) -> Flags:
    """Return where another conversation's packets begin, or surely another between the same ends."""
    protocol, clock, flags, seq = (frame[name].to_numpy() for name in ("protocol", "clock", "flags", "seq"))
    new = new_key.copy()
    new[1:] |= (protocol[1:] != TCP) & (np.diff(clock) >= SHORTEST_PATIENCE)
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
