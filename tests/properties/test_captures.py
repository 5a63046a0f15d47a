"""Captures read in pieces of any size, or packet by packet, give the same flows and events."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_factory import ACK, CLIENT, FIN, PSH, RST, SERVER, START, SYN, Packet, Talk, ethernet, hello, mixed, pcap, pcapng, query, udp
from comity.parsers.capture import PARSER
from comity.parsers.contract import Rows, Source
from comity.parsers.packets import stretch, tcp_run


def rows(data: bytes) -> list[dict[str, Any]]:
    source = Source(stream=io.BytesIO(data), size=len(data), name="x")
    found = [row for item in PARSER.read(source, inferred=()) if isinstance(item, Rows) for row in item.batch.to_pylist()]
    return sorted(found, key=lambda row: (row["trace.offset"], row["trace.length"], repr(row)))


def one_by_one(self: tcp_run.Segments, before: object) -> np.ndarray[Any, Any]:
    return np.ones(len(self.pieces.starts), np.bool_)


acts = st.sampled_from(
    [
        ("sent", SYN, 0), ("got", SYN | ACK, 0), ("sent", ACK, 0), ("got", ACK, 0), ("sent", ACK | PSH, 5), ("got", ACK, 90), ("sent", FIN | ACK, 0),
        ("got", FIN | ACK, 0), ("sent", RST, 0), ("got", RST | ACK, 0), ("got", SYN, 0), ("sent", FIN | RST, 0), ("sent", 0, 3), ("got", SYN | FIN, 0),
    ]
)  # fmt: skip
steps = st.sampled_from([0.0, 0.001, 0.4, 4.9, 5.1, 61.0, 301.0, -0.5])
again = st.sampled_from([0, 0, 0, 0, 1, 5, 40])
window = st.sampled_from([8192, 8192, 8192, 0])


@st.composite
def captures(draw: st.DrawFn) -> list[Packet]:
    talks = []
    for number in range(draw(st.integers(1, 3))):
        talk = Talk(port=40_000 + number // 2, there=draw(st.sampled_from([0, 1_000, 2**32 - 20])), time=START + number)
        # a connection that goes the same way with other numbers
        twin = Talk(port=41_000 + number // 2, there=draw(st.sampled_from([77, 2**31 - 9])), back=2**32 - 3, time=START + number + 0.2)
        if draw(st.booleans()):
            talk.opened()
            twin.opened()
        for _ in range(draw(st.integers(0, 14))):
            direction, flags, size = draw(acts)
            if draw(st.integers(0, 12)) == 0:
                talk.there, talk.back = talk.there + 100_000, talk.back + 3_000_000_000
            repeated, opening, step = draw(again), draw(window), draw(steps)
            for one in (talk, twin):
                getattr(one, direction)(flags, b"x" * size, again=repeated, window=opening)
                one.time += step
        talks += [talk, twin]
    packets = [packet for talk in talks for packet in talk.packets]
    lookup = ethernet(udp(CLIENT, 5_000, SERVER, 53, query("a.example")))
    packets += [Packet(START + at, lookup) for at in draw(st.lists(st.integers(0, 200), max_size=4))]
    return sorted(packets, key=lambda packet: round(packet.time, 1))


@settings(max_examples=150, deadline=None)
@given(packets=captures())
def test_by_columns_as_packet_by_packet(packets: list[Packet]) -> None:
    data = pcap(packets)
    with pytest.MonkeyPatch.context() as patch:
        by_columns = rows(data)
        patch.setattr(tcp_run.Segments, "_unsafe", one_by_one)
        assert rows(data) == by_columns
    total = sum(row.get("source.packets", 0) + row.get("destination.packets", 0) for row in by_columns)
    assert total == len(packets)


@settings(max_examples=60, deadline=None)
@given(packets=captures(), size=st.integers(40, 900))
def test_in_pieces_of_any_size(packets: list[Packet], size: int) -> None:
    check_pieces(packets, size)


@pytest.mark.parametrize("size", [64, 100, 333, 1_000, 5_000])
def test_messages_in_pieces_of_any_size(size: int) -> None:
    secret = hello("far.example", padding=4_000)
    talk = Talk(port=49_000, other=443).opened()
    for at in range(0, len(secret), 500):
        talk.sent(ACK, secret[at : at + 500])
    check_pieces([*mixed(), *talk.packets], size)


def check_pieces(packets: list[Packet], size: int) -> None:
    for data in (pcap(packets), pcapng(packets)):
        whole = rows(data)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stretch, "STRETCH_BYTES", size)
            assert rows(data) == whole
