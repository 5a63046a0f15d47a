"""How a TCP connection went, apart from its numbers: the same few courses again and again, gone through once each.

Where no sequence number surprises, states, history and timeouts depend on the order of the kinds of packets alone. So what came of
one order of kinds is kept, and given to every connection of the same order.
"""

from dataclasses import dataclass
from typing import NamedTuple

from comity.parsers.packets.conversation import ACTS_AFTER, INACTIVE, RESET, Connection, signed
from comity.parsers.packets.transport import FIN, RST, SYN

MOST_KINDS = 32
"""Longer orders of kinds are hardly met twice."""


class Notable(NamedTuple):
    """A packet that matters by itself: raw sequence numbers, `high` is how far its side had come (None: nowhere yet)."""

    side: int
    flags: int
    size: int
    clock: int
    seq: int
    ack: int
    window: int
    high: int | None


@dataclass(frozen=True, slots=True)
class _Course:
    """What came of an end; of its first packet, its FIN and its RST the number among the notable packets."""

    state: int
    previous: int
    fins: int
    retransmitted: int
    zero_windows: int
    closed: bool
    marks: str
    first: int
    fin: int | None
    rst: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """What came of a connection; `closing` and `closed` are the packets that set its deadline and that closed the second end."""

    history: str
    patience: int
    attempted: bool
    closing: int | None
    closed: int | None
    ends: tuple[_Course | None, _Course | None]


def go_through(connection: Connection, notables: list[Notable]) -> tuple[int | None, int | None]:
    """Take `notables` one by one; return which one set the deadline and which one closed the second end."""
    closing: int | None = None
    closed: int | None = None
    for number, packet in enumerate(notables):
        side, flags, size, clock, seq, ack, window, high = packet
        end = connection.ends[side]
        if high is not None and end.state not in {INACTIVE, RESET}:
            end.last = max(end.last, high)
        deadline = connection.deadline
        connection.advance(side, flags=flags, size=size, time=clock, seq=seq, ack=ack, window=window)
        if connection.deadline != deadline:
            closing = number
        if closed is None and connection.ends[0].closed and connection.ends[1].closed:
            closed = number
    return closing, closed


def learn(connection: Connection, notables: list[Notable]) -> Course:
    """Take the packets of a new connection one by one; return its course."""
    closing, closed = go_through(connection, notables)
    first, second = (_course(connection, side, notables) for side in range(2))
    return Course(connection.history, connection.patience, connection.attempt is not None, closing, closed, (first, second))


def _course(connection: Connection, side: int, notables: list[Notable]) -> _Course | None:
    end = connection.ends[side]
    if end.state == INACTIVE:
        return None
    own = [number for number, packet in enumerate(notables) if packet.side == side]
    fin, rst = (next((number for number in own if notables[number].flags & kind), None) for kind in (FIN, RST))
    return _Course(
        end.state, end.previous, end.fins, end.retransmitted, end.zero_windows, end.closed, end.marks, own[0], fin, rst
    )  # fmt: skip


def follow(connection: Connection, course: Course, notables: list[Notable]) -> None:
    """Give a new connection what came of `course`, with the numbers of its own packets."""
    connection.history, connection.patience = course.history, course.patience
    connection.attempt = notables[0].clock + ACTS_AFTER if course.attempted else None
    if course.closing is not None:
        connection.deadline = notables[course.closing].clock + ACTS_AFTER
    connection.seen = notables[-1 if course.closed is None else course.closed].clock
    for end, known in zip(connection.ends, course.ends, strict=True):
        if known is None:
            continue
        first = notables[known.first]
        end.state, end.previous, end.closed, end.marks = known.state, known.previous, known.closed, known.marks
        end.fins, end.retransmitted, end.zero_windows = known.fins, known.retransmitted, known.zero_windows
        if first.flags & SYN:
            end.begin(first.seq, first.seq + 1)
            end.syn = 0
        else:
            end.begin(first.seq - 1, first.seq)
        if known.fin is not None:
            fin = notables[known.fin]
            end.fin = (
                end.last + signed(fin.seq - end.last) - end.start + fin.size if fin.high is None else _place(fin) - end.start + fin.size
            )
        if known.rst is not None:
            rst = notables[known.rst]
            end.last = max(end.last, rst.high or 0)
            end.rst = _place(rst) - end.start if rst.high is not None else rst.seq - end.start


def _place(packet: Notable) -> int:
    high = packet.high or 0
    return high + signed(packet.seq - high)
