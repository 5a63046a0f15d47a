"""The network packet inside a frame: Ethernet, Linux cooked, loopback, PPP, 802.11 and raw IP, a column at a time.

Source: the link types of tcpdump.org/linktypes.html; IEEE 802.3, 802.1Q, 802.11; RFC 1042 (SNAP), RFC 1661 and 2516 (PPP, PPPoE),
RFC 3032 (MPLS).
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comity.parsers.packets.numbers import Numbers, Places

IPV4, IPV6 = 0x0800, 0x86DD
UNKNOWN_LINK, CUT, NO_TYPE, PROTECTED = -1, -2, -3, -4
"""What stands for a type where there is none: a link type not understood, a frame cut off, no type, encryption."""

_TAGS = (0x8100, 0x88A8, 0x9100)
_PPPOE, _MPLS, _MPLS_MULTICAST = 0x8864, 0x8847, 0x8848
_MOST_TAGS = 4
_MOST_LABELS = 16
_LEAST_TYPE = 0x0600  # smaller is a length
_PPP_TYPES = {0x0021: IPV4, 0x0057: IPV6}
_INTERNET_6 = (10, 24, 28, 30)  # AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, Darwin


@dataclass(slots=True)
class Framed:
    """A column each: where the network packet begins in the buffer, its EtherType (or a negative number), the outer VLAN (-1: none)."""

    at: Places
    kind: Places
    vlan: Places


def unframe(numbers: Numbers, link: int, at: Places, end: Places) -> Framed:
    """Return what the frames from `at` to `end` of the link type `link` hold."""
    reader = _LINKS.get(link)
    size = len(at)
    if reader is None:
        return Framed(at, np.full(size, UNKNOWN_LINK, np.int64), np.full(size, -1, np.int64))
    framed = reader(numbers, at, end)
    _open_tags(numbers, framed, end)
    framed.kind[framed.at > end] = CUT
    return framed


def _plain(at: Places, kind: Places) -> Framed:
    return Framed(at, kind, np.full(len(at), -1, np.int64))


def _ethernet(numbers: Numbers, at: Places, end: Places) -> Framed:
    del end
    return _plain(at + 14, numbers.short(at + 12))


def _cooked(numbers: Numbers, at: Places, end: Places) -> Framed:
    del end
    return _plain(at + 16, numbers.short(at + 14))


def _cooked_2(numbers: Numbers, at: Places, end: Places) -> Framed:
    del end
    return _plain(at + 20, numbers.short(at))


def _raw(numbers: Numbers, at: Places, end: Places) -> Framed:
    del end
    version = numbers.octet(at) >> 4
    return _plain(at.copy(), np.select([version == 4, version == 6], [IPV4, IPV6], NO_TYPE))


def _loopback(numbers: Numbers, at: Places, end: Places) -> Framed:
    """Read a family number in the byte order of the host that captured: the smaller reading is the right one."""
    del end
    family = np.minimum(numbers.word(at), numbers.word(at, big=False))
    return _plain(at + 4, np.select([family == 2, np.isin(family, _INTERNET_6)], [IPV4, IPV6], NO_TYPE))


def _ppp(numbers: Numbers, at: Places, end: Places) -> Framed:
    """Read a protocol number, with the address and control bytes of HDLC before it or without."""
    del end
    at = np.where(numbers.short(at) == 0xFF03, at + 2, at)
    return _plain(at + 2, _ppp_kind(numbers.short(at)))


def _ppp_kind(protocol: Places) -> Places:
    return np.select([protocol == number for number in _PPP_TYPES], list(_PPP_TYPES.values()), NO_TYPE)


def _wireless(numbers: Numbers, at: Places, end: Places) -> Framed:
    """Read the LLC header behind that of an 802.11 data frame; frames of other kinds, and encrypted ones, have nothing to read."""
    control, flags = numbers.octet(at), numbers.octet(at + 1)
    kind, subtype = (control >> 2) & 3, control >> 4
    header = 24 + np.where((flags & 3) == 3, 6, 0) + np.where(subtype & 8, 2, 0)
    header += np.where((subtype & 8 > 0) & (flags & 0x80 > 0), 4, 0)
    body = at + header
    snap = (numbers.word(body) == 0xAAAA0300) & (body + 8 <= end)
    data = (kind == 2) & (subtype & 4 == 0)
    found = np.select([~data, flags & 0x40 > 0, snap], [NO_TYPE, PROTECTED, numbers.short(np.minimum(body + 6, end))], NO_TYPE)
    return _plain(np.where(data & snap, body + 8, at), found)


def _radiotap(numbers: Numbers, at: Places, end: Places) -> Framed:
    return _wireless(numbers, np.minimum(at + numbers.short(at + 2, big=False), end), end)


def _open_tags(numbers: Numbers, framed: Framed, end: Places) -> None:
    """Go on through VLAN tags, LLC, PPPoE and MPLS to the packet, in place."""
    for _ in range(_MOST_TAGS):
        odd = np.flatnonzero(~np.isin(framed.kind, (IPV4, IPV6)) & (framed.kind >= 0) & (framed.at <= end))
        if not len(odd):
            return
        at, kind = framed.at[odd], framed.kind[odd]
        tagged = odd[np.isin(kind, _TAGS)]
        places = framed.at[tagged]
        first = tagged[framed.vlan[tagged] < 0]
        framed.vlan[first] = numbers.short(framed.at[first]) & 0x0FFF
        framed.kind[tagged] = numbers.short(places + 2)
        framed.at[tagged] = places + 4
        lengths = (kind < _LEAST_TYPE) & (numbers.word(at) & 0xFFFFFF00 == 0xAAAA0300)
        snapped = odd[lengths]
        framed.kind[snapped] = numbers.short(framed.at[snapped] + 6)
        framed.at[snapped] += 8
        dialled = odd[kind == _PPPOE]
        framed.kind[dialled] = _ppp_kind(numbers.short(framed.at[dialled] + 6))
        framed.at[dialled] += 8
        _open_labels(numbers, framed, odd[(kind == _MPLS) | (kind == _MPLS_MULTICAST)], end)


def _open_labels(numbers: Numbers, framed: Framed, labelled: Places, end: Places) -> None:
    """Skip MPLS labels; what follows the last is IP when it looks like it, for MPLS does not say."""
    for _ in range(_MOST_LABELS):
        if not len(labelled):
            return
        at, limit = framed.at[labelled], end[labelled]
        bottom = numbers.octet(np.minimum(at + 2, limit)) & 1 > 0
        framed.at[labelled] = np.minimum(at + 4, limit)
        lowest = labelled[bottom]
        version = numbers.octet(framed.at[lowest]) >> 4
        framed.kind[lowest] = np.select([version == 4, version == 6], [IPV4, IPV6], NO_TYPE)
        labelled = labelled[~bottom]


_LINKS: dict[int, Callable[[Numbers, Places, Places], Framed]] = {
    0: _loopback,
    1: _ethernet,
    9: _ppp,
    12: _raw,
    14: _raw,
    50: _ppp,
    101: _raw,
    105: _wireless,
    108: _loopback,
    113: _cooked,
    127: _radiotap,
    228: _raw,
    229: _raw,
    276: _cooked_2,
}
