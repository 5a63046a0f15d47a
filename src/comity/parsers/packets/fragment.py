"""IP packets put together again from their fragments.

Source: RFC 791, 3.2; RFC 8200, 4.5. Of bytes that overlap, those seen first count; RFC 5722 would drop the packet.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from comity.parsers.contract import Defect

_MOST_PACKETS = 4_096
_MOST_PIECES = 8_192
_LONGEST = 65_535

Identity = tuple[int, int, int, int, int, int, int]
"""Version, protocol, addresses, identification."""


@dataclass(slots=True)
class _Waiting:
    pieces: dict[int, bytes] = field(default_factory=dict)
    places: list[tuple[int, int]] = field(default_factory=list)
    size: int | None = None
    received: int = 0


@dataclass(frozen=True, slots=True)
class Whole:
    """A packet's payload, and where the records that held it lie in the source: first begin, last end."""

    payload: bytes
    begin: int
    end: int


class Fragments:
    """Collects fragments; at most 4,096 unfinished packets, the oldest is given up first."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[Identity, _Waiting] = OrderedDict()
        self._given_up: list[_Waiting] = []

    def add(self, identity: Identity, *, offset: int, more: bool, payload: bytes, place: tuple[int, int]) -> Whole | None:
        """Take a fragment that lies at `place` (begin, end) of the source; return the packet when that makes it whole."""
        waiting = self._waiting.get(identity)
        if waiting is None:
            waiting = self._waiting[identity] = _Waiting()
            if len(self._waiting) > _MOST_PACKETS:
                self._given_up.append(self._waiting.popitem(last=False)[1])
        waiting.places.append(place)
        if offset not in waiting.pieces:
            waiting.pieces[offset] = payload
            waiting.received += len(payload)
        if not more:
            waiting.size = offset + len(payload)
        if waiting.size is None or waiting.received < waiting.size:
            if len(waiting.places) > _MOST_PIECES:
                self._given_up.append(self._waiting.pop(identity))
            return None
        whole = _put_together(waiting)
        if whole is not None:
            del self._waiting[identity]
        return whole

    def defects(self, *, last: bool) -> Iterator[Defect]:
        """Yield the fragments of packets given up, at the end (`last`) of all that never became whole."""
        if last:
            self._given_up.extend(self._waiting.values())
            self._waiting.clear()
        for waiting in self._given_up:
            for begin, end in waiting.places:
                reason = "a fragment of an IP packet whose other fragments are missing; it is in no conversation"
                yield Defect(code="fragments_missing", reason=reason, offset=begin, length=end - begin)
        self._given_up.clear()


def _put_together(waiting: _Waiting) -> Whole | None:
    """Return the packet when no byte is missing."""
    size = waiting.size or 0
    if size > _LONGEST:
        return None
    payload = bytearray()
    for offset in sorted(waiting.pieces):
        if offset > len(payload):
            return None
        payload += waiting.pieces[offset][len(payload) - offset :]
    if len(payload) < size:
        return None
    begin, end = min(place[0] for place in waiting.places), max(place[1] for place in waiting.places)
    return Whole(bytes(payload[:size]), begin, end)
