"""What is said of records that are in no conversation: frames without IP, and packets that cannot be read."""

from collections.abc import Iterator

import numpy as np

from comity.parsers.contract import Defect, Structures
from comity.parsers.packets.datagram import BAD_HEADER, CUT_HEADER, SHORT_FRAME
from comity.parsers.packets.frame import CUT, NO_TYPE, PROTECTED, UNKNOWN_LINK
from comity.parsers.packets.numbers import Places
from comity.parsers.packets.record import Records
from comity.parsers.packets.transport import BAD_TRANSPORT, FRAGMENT

_ETHERTYPES = {
    0x0806: "ARP",
    0x8035: "RARP",
    0x809B: "AppleTalk",
    0x8137: "IPX",
    0x8808: "Ethernet flow control",
    0x8809: "slow protocols",
    0x8863: "PPPoE discovery",
    0x888E: "EAPOL",
    0x88CC: "LLDP",
    0x88E1: "HomePlug",
    0x88F7: "PTP",
    0x9000: "loopback test",
}
_LEAST_TYPE = 0x0600
_LINKS = -1_000_000  # less the link type: a kind of its own for each
_DEFECTS = {
    CUT: ("packet_cut", "the frame is cut off within its header"),
    CUT_HEADER: ("packet_cut", "the packet is cut off within its IP or transport header"),
    BAD_HEADER: ("packet_malformed", "the packet's IP header contradicts itself"),
    SHORT_FRAME: ("packet_malformed", "the packet says it is longer than what was on the wire"),
    BAD_TRANSPORT: ("packet_malformed", "the packet's TCP, UDP or ICMP header contradicts its length"),
}


def accounted(records: Records, verdict: Places) -> Iterator[Structures | Defect]:
    """Yield what the records are that are in no conversation, neighbours of one kind as one; fragments are told of elsewhere."""
    silent = (verdict == 1) | (verdict == FRAGMENT)
    if silent.all():
        return
    kind = np.where(verdict == UNKNOWN_LINK, _LINKS - records.link, verdict)
    joins = np.zeros(len(kind), np.bool_)
    joins[1:] = (kind[1:] == kind[:-1]) & (records.begin[1:] == records.end[:-1])
    starts = np.flatnonzero(~joins)
    ends = np.append(starts[1:], len(kind)) - 1
    shown = ~silent[starts]
    kinds, offsets = kind[starts[shown]], records.begin[starts[shown]]
    lengths = records.end[ends[shown]] - offsets
    for number in np.unique(kinds).tolist():
        here = kinds == number
        unread = _unread(number)
        if unread is None:
            yield Structures(what=_what(number), offsets=offsets[here], lengths=lengths[here])
            continue
        for offset, length in zip(offsets[here].tolist(), lengths[here].tolist(), strict=True):
            yield Defect(code=unread[0], reason=unread[1], offset=offset, length=length)


def _unread(kind: int) -> tuple[str, str] | None:
    """Return code and reason of what cannot be read, None for what only holds nothing to read."""
    if kind <= _LINKS:
        return "link_type_unknown", f"packets of link type {_LINKS - kind}, which is not understood"
    return _DEFECTS.get(kind)


def _what(kind: int) -> str:
    if kind == PROTECTED:
        return "encrypted wireless frames"
    number = -100 - kind
    if kind == NO_TYPE or number < _LEAST_TYPE:
        return "frames without IP"
    return f"frames without IP ({_ETHERTYPES.get(number, f'{number:#06x}')})"
