"""Captures made to mislead, to crash or to exhaust: never an exception, no byte unaccounted for, what is good is still read."""

import io
import random
import struct
import time
from collections.abc import Iterator

import pytest

from capture_factory import (
    ACK,
    CLIENT,
    SERVER,
    START,
    SYN,
    Packet,
    Talk,
    answer,
    block,
    capture_samples,
    enhanced,
    ethernet,
    hello,
    interface,
    ip,
    mixed,
    pcap,
    pcapng,
    query,
    section,
    tcp,
    udp,
)
from comity.parsers.capture import PARSER
from comity.parsers.contract import Defect, Rows, Source, Structure, Structures
from comity.parsers.packets import conversations, fragment
from comity.parsers.packets.dns_message import MalformedError, read_message
from comity.parsers.packets.http_message import read_head
from comity.parsers.packets.tls_hello import read_hello

SIMPLE = [Packet(START + at / 10, ethernet(udp(CLIENT, 5_000 + at, SERVER, 9, b"x" * (at % 7)))) for at in range(40)]


def spans(data: bytes) -> Iterator[tuple[str, int, int]]:
    """What is found: rows by table, defects by code, structure; with begin and end."""
    for item in PARSER.read(Source(stream=io.BytesIO(data), size=len(data), name="x"), inferred=()):
        if isinstance(item, Rows):
            for row in item.batch.select(["trace.offset", "trace.length"]).to_pylist():
                yield item.table.name, row["trace.offset"], row["trace.offset"] + row["trace.length"]
        elif isinstance(item, Structures):
            yield from (
                ("structure", begin, begin + size) for begin, size in zip(item.offsets.tolist(), item.lengths.tolist(), strict=True)
            )
        else:
            assert isinstance(item, Structure | Defect)
            yield item.code if isinstance(item, Defect) else "structure", item.offset, item.offset + item.length


def check(data: bytes) -> list[str]:
    """Every byte is accounted for, nothing lies outside; return what was found."""
    found = list(spans(data))
    reached = 0
    for _, begin, end in sorted(found, key=lambda span: span[1:]):
        assert 0 <= begin <= reached
        assert end <= len(data)
        reached = max(reached, end)
    assert reached == len(data)
    return [kind for kind, _, _ in found]


@pytest.mark.parametrize("number", range(4))
def test_cut_off_anywhere(number: int) -> None:
    data = capture_samples()[number]
    chance = random.Random(number)  # noqa: S311 - the same damage each time
    for size in [*range(24, 120), *(chance.randrange(len(data)) for _ in range(60))]:
        check(data[:size])


@pytest.mark.parametrize("number", range(4))
def test_bytes_changed_anywhere(number: int) -> None:
    data = capture_samples()[number]
    chance = random.Random(number)  # noqa: S311 - the same damage each time
    for _ in range(250):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 1, 1, 8, 60])):
            damaged[chance.randrange(24, len(data))] = chance.choice([0, 255, chance.randrange(256)])
        check(bytes(damaged))
    for size in (0, 3, 24, 25, 1_000, 70_000):
        check(data[:24] + chance.randbytes(size))
        check(section() + interface() + chance.randbytes(size))


@pytest.mark.parametrize("claim", [2**32 - 1, 2**31, 262_145, 16 * 2**20])
def test_reading_goes_on_after_a_record_that_claims_too_much(claim: int) -> None:
    good = pcap(SIMPLE)
    lengths = [16 + len(packet.data) for packet in SIMPLE]
    at = 24 + sum(lengths[:10])
    found = check(good[: at + 8] + struct.pack("<I", claim) + good[at + 12 :])
    assert found.count("flow") == 39
    assert found.count("record_malformed") == 1
    blocks = [section() + interface(), *(enhanced(packet) for packet in SIMPLE)]
    blocks[11] = blocks[11][:4] + struct.pack("<I", claim // 4 * 4) + blocks[11][8:]
    found = check(b"".join(blocks))
    assert found.count("flow") == 39
    assert found.count("block_malformed") == 1
    # within a block that is whole: more bytes than it has
    blocks[11] = enhanced(SIMPLE[10])[:20] + struct.pack("<I", claim) + enhanced(SIMPLE[10])[24:]
    assert check(b"".join(blocks)).count("flow") == 39


def test_garbage_between_records() -> None:
    good, noise = pcap(SIMPLE), random.Random(5).randbytes(700_000)  # noqa: S311 - the same noise each time
    half = 24 + sum(16 + len(packet.data) for packet in SIMPLE[:20])
    assert check(good[:half] + b"\xff" * 12 + noise + good[half:]).count("flow") == 40
    blocks = pcapng(SIMPLE)
    half = 48 + sum(len(enhanced(packet)) for packet in SIMPLE[:20])
    assert check(blocks[:half] + noise + blocks[half:]).count("flow") == 40
    assert check(blocks[:half] + noise[:1_001] + blocks[half:]).count("flow") == 40


def test_times_that_go_back_or_cannot_be() -> None:
    frame = ethernet(udp(CLIENT, 5_000, SERVER, 9))
    back = pcap([Packet(START + at, frame) for at in (100, 0, 50, 10)])
    assert check(back).count("flow") == 1
    far = section() + interface(resolution=0) + block(6, struct.pack("<IIIII", 0, 2**32 - 1, 2**32 - 1, len(frame), len(frame)) + frame)
    (flow,) = [item for item in PARSER.read(Source(stream=io.BytesIO(far), size=len(far), name="x"), inferred=()) if isinstance(item, Rows)]
    assert flow.batch.column("@timestamp").to_pylist() == [None]
    for resolution in (0x7F, 0xFF, 0x80, 19, 18):
        check(section() + interface(resolution=resolution, offset=-(2**62)) + enhanced(Packet(START, frame)))


def test_more_flows_than_are_kept_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MOST_OPEN", 20)
    monkeypatch.setattr(conversations, "_KEPT_OPEN", 10)
    monkeypatch.setattr(conversations, "_SWEPT_ABOVE", 20)
    found = check(pcap(SIMPLE))
    assert found.count("flow") == 40
    assert found.count("limit_flows") == 1


def test_fragments_without_end() -> None:
    pieces = [
        ethernet(ip(CLIENT, SERVER, 17, bytes(8), fragment=0x2000 | at % 8_192, identity=at)) for at in range(fragment._MOST_PACKETS + 500)
    ]
    found = check(pcap(Packet(START + at / 1e6, piece) for at, piece in enumerate(pieces)))
    assert found.count("fragments_missing") == len(pieces)
    same = ethernet(ip(CLIENT, SERVER, 17, bytes(8), fragment=0x2000, identity=1))
    assert check(pcap(Packet(START, same) for _ in range(20_000))).count("fragments_missing") == 20_000
    beyond = [ip(CLIENT, SERVER, 17, bytes(64), fragment=at, identity=1) for at in (0x3FFF, 0x1FFF, 0x2000)]
    check(pcap(Packet(START, ethernet(data)) for data in beyond))


def test_headers_nested_without_end() -> None:
    chain = b"\0\0\1\4\0\0\0\0" * 200
    check(pcap([Packet(START, ethernet(ip("2001:db8::1", "2001:db8::2", 0, b"", extensions=chain, first=0)))]))
    check(pcap([Packet(START, ethernet(ip(CLIENT, SERVER, 17, b""), vlans=range(100)))]))
    check(pcap([Packet(START, b"\2" * 12 + b"\x88\x47" + bytes(4) * 500)]))
    for link in range(300):
        check(pcap([Packet(START, bytes(size)) for size in (0, 1, 13, 14, 40)], link=link))


def test_names_that_lead_in_circles() -> None:
    header = struct.pack(">6H", 1, 0x8180, 1, 1, 0, 0)
    for name in (b"\xc0\x0c", b"\1a\xc0\x0c", b"\xc0\x0e\xc0\x0c", b"\x3f" + b"a" * 63 + b"\xc0\x0c", b"\x80a", b"\xff", b"\1"):
        with pytest.raises(MalformedError):
            read_message(header + name + b"\0\1\0\1")
    assert check(pcap([Packet(START, ethernet(udp(CLIENT, 1, SERVER, 53, header + b"\xc0\x0c\0\1\0\1")))])) == [
        "structure",
        "dns_unreadable",
        "flow",
    ]
    many = answer("a.example", 1, [(b"\xc0\x0c", 1, bytes(4))] * 4_000)
    assert len(read_message(many).answers) == 1_000
    jumps = b"".join(b"\xc0" + bytes((12 + at * 2 + 2,)) for at in range(100)) + b"\0"
    with pytest.raises(MalformedError):
        read_message(struct.pack(">6H", 1, 0, 1, 0, 0, 0) + jumps + b"\0\1\0\1")


def test_parsers_of_messages_take_any_bytes() -> None:
    chance = random.Random(3)  # noqa: S311 - the same damage each time
    seeds = [query("a.example"), answer("a.example", 6, [(b"\xc0\x0c", 6, b"\1a\0\1b\0" + bytes(20))]), hello("a.example", pieces=2)]
    for seed in [*seeds, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"]:
        for _ in range(3_000):
            data = bytearray(seed)
            for _ in range(chance.randrange(1, 5)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            cut = bytes(data[: chance.randrange(len(data) + 1)])
            for final in (True, False):
                read_head(cut, final=final)
                read_hello(cut, final=final)
            try:
                read_message(cut)
            except MalformedError:
                continue


def test_heads_made_to_be_slow() -> None:
    start = time.process_time()
    for data in (
        b"GET " + b" " * 60_000,
        b"GET /" + b"a" * 65_000 + b" HTTP/1.1",
        b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 16_000,
        b"HTTP/1.1 200 " + b"\r" * 60_000,
    ):
        talk = Talk().opened()
        for at in range(0, len(data), 1_400):
            talk.sent(ACK, data[at : at + 1_400])
        check(pcap(talk.packets))
    assert time.process_time() - start < 10


def test_a_flood_of_beginnings() -> None:
    talk = Talk(step=0.000_001).opened()
    for _ in range(4_000):
        talk.sent(ACK, b"GET / HTTP/1.1\r\nA: b\r\n")
    found = check(pcap(talk.packets))
    assert found.count("flow") == 1
    start = time.process_time()
    ends = [Packet(START + at * 5.1, ethernet(tcp(CLIENT, 1, SERVER, 80, SYN, 7))) for at in range(20_000)]
    assert check(pcap(ends)).count("flow") == 20_000
    assert time.process_time() - start < 20


def test_text_of_the_wire_cannot_break_a_row() -> None:
    odd = b"GET /\xff\xfe\x00\xed\xa0\x80 HTTP/1.1\r\nHost: \xf0\x9f\x92\xa9\x00\r\nReferer: \xff\r\n\r\n"
    check(pcap(Talk().opened().sent(ACK, odd).packets))
    check(pcap([Packet(START, ethernet(udp(CLIENT, 1, SERVER, 53, query("\x00\x1b[31m.\u00e9".encode("latin-1").decode("latin-1")))))]))
    check(pcap(Talk(other=443).opened().sent(ACK, hello("a\x00b.example")).packets))


def test_an_empty_capture_is_one() -> None:
    for data in (pcap([]), pcapng([]), section()):
        assert set(check(data)) == {"structure"}
    assert mixed()
