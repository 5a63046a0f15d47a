"""Community ID: one text for the two ends of a conversation, the same in every tool that gives it.

Source: Community ID Flow Hashing, version 1 (corelight/community-id-spec), seed 0.
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import base64
import hashlib
import struct

from comity.parsers.packets.transport import ICMP, ICMP6, SCTP, TCP, UDP

_PORTED = frozenset({TCP, UDP, SCTP, ICMP, ICMP6})
_VERSION_4, _VERSION_6, _PORTS = struct.Struct(">HIIBB").pack, struct.Struct(">HQQQQBB").pack, struct.Struct(">HH").pack


def community_id(key: tuple[int, int, int, int, int, int, int, int, bool]) -> str:
    """Return the Community ID of the conversation of `key` (transport.KEY), whose smaller end comes first unless it goes one way only.

    ICMP counts with its type and what answers it as ports, one-way messages with type and code from sender to receiver;
    protocols without ports go without.
    """
    version, protocol, high, low, port, other_high, other_low, other_port, _ = key
    packed = _VERSION_4(0, low, other_low, protocol, 0) if version == 4 else _VERSION_6(0, high, low, other_high, other_low, protocol, 0)
    if protocol in _PORTED:
        packed += _PORTS(port, other_port)
    return "1:" + base64.b64encode(hashlib.sha1(packed, usedforsecurity=False).digest()).decode("ascii")
