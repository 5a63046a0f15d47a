"""Community IDs of flows against those of the reference implementation, and against those in a log of Zeek's."""

import io
import lzma
from collections.abc import Iterable
from pathlib import Path

import pytest

from capture_factory import SYN, Packet, ethernet, icmp, ip, pcap, tcp, udp
from comity.parsers.capture import PARSER
from comity.parsers.contract import Rows, Source

# by communityid 1.5.0 of Corelight
EXAMPLES = [
    (tcp("128.232.110.120", 34_855, "66.35.250.204", 80, SYN, 1), "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
    (tcp("66.35.250.204", 80, "128.232.110.120", 34_855, SYN, 1), "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
    (udp("192.168.1.52", 54_585, "8.8.8.8", 53), "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
    (icmp("192.168.0.89", "192.168.0.1", 8), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
    (icmp("192.168.0.1", "192.168.0.89", 0), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
    (icmp("192.168.0.89", "192.168.0.1", 20), "1:3o2RFccXzUgjl7zDpqmY7yJi8rI="),
    (icmp("fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135), "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="),
    (icmp("3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", 3), "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w="),
    (ip("192.168.170.8", "192.168.170.56", 132, b"\0\x07\0\x50" + bytes(8)), "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="),
    (ip("10.1.24.4", "10.1.12.1", 46, b""), "1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4="),
]


def identities(packets: Iterable[bytes]) -> list[str]:
    data = pcap(Packet(at * 4_000.0, ethernet(packet)) for at, packet in enumerate(packets))
    found = PARSER.read(Source(stream=io.BytesIO(data), size=len(data), name="x"), inferred=())
    return [
        row["network.community_id"]
        for item in found
        if isinstance(item, Rows) and item.table.name == "flow"
        for row in item.batch.to_pylist()
    ]


@pytest.mark.parametrize(("packet", "identity"), EXAMPLES)
def test_those_of_the_reference(packet: bytes, identity: str) -> None:
    assert identities([packet]) == [identity]


def test_those_in_a_log_of_zeek(shared_data: Path) -> None:
    text = lzma.decompress((shared_data / "logs" / "zeek_tests.m57-long_conn.log.xz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    packets, expected = [], []
    for row in rows:
        source, port, target, other, protocol, identity = *row[2:7], row[21]
        if protocol == "icmp":
            packets.append(icmp(source, target, int(port), int(other) if int(port) < 128 else 0))
        else:
            packets.append(
                tcp(source, int(port), target, int(other), SYN, 1) if protocol == "tcp" else udp(source, int(port), target, int(other))
            )
        expected.append(identity)
    assert len(packets) > 7_000
    assert identities(packets) == expected
