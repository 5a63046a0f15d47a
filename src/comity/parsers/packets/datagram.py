"""IP packets in a run of records, a column per property.

Source: RFC 791, RFC 8200; the headers that may stand before IPv6's payload: IANA's IPv6 Extension Header Types.
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import numpy as np
import numpy.typing as npt
import polars as pl

from comity.parsers.packets.frame import IPV4, IPV6, unframe
from comity.parsers.packets.numbers import Numbers, Places
from comity.parsers.packets.record import Records

_FRAGMENT, _AUTHENTICATION = 44, 51
_EXTENSIONS = (0, 43, _FRAGMENT, _AUTHENTICATION, 60, 135, 139, 140)
_MOST_EXTENSIONS = 12
_HEADER_4, _HEADER_6 = 20, 40

CUT_HEADER, BAD_HEADER, SHORT_FRAME = -11, -12, -13
"""Beside the negative numbers of `frame`: a header cut off, one that contradicts itself, a packet longer than it was."""

DATAGRAM = {
    "row": pl.Int64,  # number among the records
    "version": pl.Int64,
    "protocol": pl.Int64,  # of the transport
    "source.high": pl.UInt64,  # halves of 128 bits; an IPv4 address stands in the last 32
    "source.low": pl.UInt64,
    "target.high": pl.UInt64,
    "target.low": pl.UInt64,
    "at": pl.Int64,  # where the transport's header begins in the buffer
    "end": pl.Int64,  # where what was captured of the packet ends there
    "length": pl.Int64,  # bytes from `at` on, on the wire
    "total": pl.Int64,  # bytes of the IP packet
    "piece": pl.Int64,  # offset of a fragment, -1 where the packet is whole
    "more": pl.Boolean,  # whether fragments follow
    "identity": pl.Int64,  # what the fragments of a packet share
    "vlan": pl.Int64,  # outer tag, -1 for none
}
"""The columns of IP packets."""


def datagrams(records: Records) -> tuple[pl.DataFrame, Places]:
    """Return the IP packets of `records` (DATAGRAM, in order) and for each record 1 where it is one.

    Where it is not: the EtherType of what the frame holds instead, negated and less 100, or one of the negative numbers.
    """
    numbers, size = records.numbers, len(records.begin)
    verdict = np.zeros(size, np.int64)
    parts = []
    for link in np.unique(records.link).tolist():
        rows = np.flatnonzero(records.link == link)
        at, end = records.frame[rows], records.frame[rows] + records.captured[rows]
        framed = unframe(numbers, link, at, end)
        verdict[rows] = np.where(framed.kind >= 0, -100 - framed.kind, framed.kind)
        for kind, read in ((IPV4, _version_4), (IPV6, _version_6)):
            here = np.flatnonzero(framed.kind == kind)
            wire = records.wire[rows[here]] - (framed.at[here] - at[here])
            packets, judged = read(numbers, framed.at[here], end[here], wire)
            verdict[rows[here]] = judged
            packets |= {"row": rows[here], "vlan": framed.vlan[here]}
            parts.append(pl.DataFrame(packets).select(pl.col(name).cast(kind) for name, kind in DATAGRAM.items()).filter(judged == 1))
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=DATAGRAM)
    return frame.sort("row"), verdict


def _version_4(numbers: Numbers, at: Places, end: Places, wire: Places) -> tuple[dict[str, npt.NDArray[np.generic]], Places]:
    header = (numbers.octet(at) & 15) * 4
    written = numbers.short(at + 2)
    total = np.where(written == 0, wire, written)  # left to the network card to fill in
    judged = np.ones(len(at), np.int64)
    judged[total > wire] = SHORT_FRAME
    judged[(numbers.octet(at) >> 4 != 4) | (header < _HEADER_4) | (total < header)] = BAD_HEADER
    judged[end - at < np.maximum(header, _HEADER_4)] = CUT_HEADER
    place = numbers.short(at + 6)
    more = place & 0x2000 > 0
    offset = (place & 0x1FFF) * 8
    zero = np.zeros(len(at), np.uint64)
    packets: dict[str, npt.NDArray[np.generic]] = {
        "version": np.full(len(at), 4),
        "protocol": numbers.octet(at + 9),
        "source.high": zero,
        "source.low": numbers.word(at + 12).astype(np.uint64),
        "target.high": zero,
        "target.low": numbers.word(at + 16).astype(np.uint64),
        "at": at + header,
        "end": np.minimum(end, at + total),
        "length": total - header,
        "total": total,
        "piece": np.where(more | (offset > 0), offset, -1),
        "more": more,
        "identity": numbers.short(at + 4),
    }
    return packets, judged


def _version_6(numbers: Numbers, at: Places, end: Places, wire: Places) -> tuple[dict[str, npt.NDArray[np.generic]], Places]:
    written = numbers.short(at + 4)
    total = np.where(written == 0, wire, written + _HEADER_6)  # 0 for jumbo payloads too
    end = np.minimum(end, at + total)
    judged = np.ones(len(at), np.int64)
    judged[total > wire] = SHORT_FRAME
    judged[numbers.octet(at) >> 4 != 6] = BAD_HEADER
    judged[end - at < _HEADER_6] = CUT_HEADER
    protocol, place = numbers.octet(np.minimum(at + 6, end)), at + _HEADER_6
    piece, identity = np.full(len(at), -1, np.int64), np.zeros(len(at), np.int64)
    more = np.zeros(len(at), np.bool_)
    going = np.flatnonzero((judged == 1) & np.isin(protocol, _EXTENSIONS))
    for _ in range(_MOST_EXTENSIONS):
        if not len(going):
            break
        here, kind = place[going], protocol[going]
        inside = here + 8 <= end[going]
        judged[going[~inside]] = CUT_HEADER
        going, here, kind = going[inside], here[inside], kind[inside]
        length = np.select(
            [kind == _FRAGMENT, kind == _AUTHENTICATION], [8, numbers.octet(here + 1) * 4 + 8], numbers.octet(here + 1) * 8 + 8
        )
        protocol[going] = numbers.octet(here)
        place[going] = here + length
        cut = going[kind == _FRAGMENT]
        field = numbers.short(here[kind == _FRAGMENT] + 2)
        whole = field & 0xFFF9 == 0
        piece[cut] = np.where(whole, -1, field & 0xFFF8)
        more[cut] = field & 1 > 0
        identity[cut] = numbers.word(here[kind == _FRAGMENT] + 4)
        going = going[np.isin(protocol[going], _EXTENSIONS) & (piece[going] < 0)]
    judged[going] = BAD_HEADER
    judged[(judged == 1) & (place > at + total)] = BAD_HEADER
    place = np.minimum(place, at + total)
    packets: dict[str, npt.NDArray[np.generic]] = {
        "version": np.full(len(at), 6),
        "protocol": protocol,
        "source.high": numbers.wide(np.minimum(at + 8, end)),
        "source.low": numbers.wide(np.minimum(at + 16, end)),
        "target.high": numbers.wide(np.minimum(at + 24, end)),
        "target.low": numbers.wide(np.minimum(at + 32, end)),
        "at": place,
        "end": end,
        "length": at + total - place,
        "total": total,
        "piece": piece,
        "more": more,
        "identity": identity,
    }
    return packets, judged
