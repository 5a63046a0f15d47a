"""Pieces of a TCP stream put in order."""

from dataclasses import dataclass
from typing import NamedTuple


class Segment(NamedTuple):
    """Bytes of a stream: sequence number of the first, the bytes, time and unit, where the record begins and ends in the source."""

    seq: int
    data: bytes
    time: int
    precision: int
    begin: int
    end: int


@dataclass(slots=True, eq=False)
class Unfinished:
    """A message whose end has not come: sequence number of the first byte, segments, and how many of the bytes are read already."""

    seq: int
    segments: list[Segment]
    done: int = 0


def assembled(unfinished: Unfinished) -> tuple[bytes, list[tuple[int, Segment]]]:
    """Return the bytes from the first on as far as none is missing, and each segment used with the place its bytes begin at there."""
    if len(unfinished.segments) == 1:
        return unfinished.segments[0].data, [(0, unfinished.segments[0])]
    data = bytearray()
    used: list[tuple[int, Segment]] = []
    placed = [(((segment.seq - unfinished.seq + (1 << 31)) & 0xFFFFFFFF) - (1 << 31), segment) for segment in unfinished.segments]
    for place, segment in sorted(placed, key=lambda pair: (pair[0], pair[1].begin)):
        fresh = segment.data[len(data) - place :] if place >= 0 or used else b""
        if place > len(data):
            break
        if fresh:
            used.append((len(data), segment))
            data += fresh
    return bytes(data), used
