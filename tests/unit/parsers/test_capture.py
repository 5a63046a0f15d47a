import io
import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from capture_factory import (
    ACK,
    CLIENT,
    FIN,
    RST,
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
    icmp,
    interface,
    ip,
    mixed,
    pcap,
    pcapng,
    query,
    section,
    tcp,
    udp,
    web,
)
from comity.parsers import capture
from comity.parsers.contract import Defect, Item, Rows, Source, Structure, Structures

PARSER = capture.PARSER
PLACES = ("trace.offset", "trace.length")


def items(data: bytes) -> list[Item]:
    return list(PARSER.read(Source(stream=io.BytesIO(data), size=len(data), name="x.pcap"), inferred=()))


def rows(data: bytes, table: str = "flow") -> list[dict[str, Any]]:
    return [row for item in items(data) if isinstance(item, Rows) and item.table.name == table for row in item.batch.to_pylist()]


def defects(data: bytes) -> list[Defect]:
    return [item for item in items(data) if isinstance(item, Defect)]


def covered(data: bytes) -> list[tuple[int, int]]:
    """What is accounted for, joined."""
    spans = []
    for item in items(data):
        if isinstance(item, Rows):
            places = (item.batch.column(name).to_pylist() for name in PLACES)
        elif isinstance(item, Structures):
            places = iter([item.offsets.tolist(), item.lengths.tolist()])
        else:
            assert isinstance(item, Structure | Defect)
            places = iter([[item.offset], [item.length]])
        spans += [(offset, offset + length) for offset, length in zip(*places, strict=True)]
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def test_recognized_by_signature_alone() -> None:
    for data in [*capture_samples(), pcap([], modified=True)]:
        assert PARSER.recognizes(data[:65_536], name="x") == 3
    assert PARSER.recognizes(b"\xd4\xc3\xb2\xa1", name="x.pcap") == 0
    assert PARSER.recognizes(b"\x0a\x0d\x0d\x0a" + bytes(20), name="x.pcapng") == 0


@pytest.mark.parametrize("data", capture_samples(), ids=["pcap", "big nano", "pcapng", "sections"])
def test_every_byte_is_accounted_for(data: bytes) -> None:
    assert covered(data) == [(0, len(data))]
    assert not defects(data)


def test_the_form_of_the_file_changes_nothing() -> None:
    packets = mixed()
    forms = [pcap(packets), pcap(packets, big=True), pcap(packets, modified=True), pcapng(packets), pcapng(packets, big=True)]
    for table in ("flow", "event"):
        read = [[{name: value for name, value in row.items() if name not in PLACES} for row in rows(form, table)] for form in forms]
        assert read[0]
        assert all(other == read[0] for other in read)
    assert {row["event.precision"] for row in rows(pcap(packets, nano=True))} == {"nanosecond"}


@pytest.mark.parametrize(
    ("talk", "state", "history"),
    [
        (Talk().sent(SYN), "S0", "S"),
        (Talk().opened(), "S1", "ShA"),
        (Talk().opened().sent(ACK, b"ab").got(ACK, b"c").closed(), "SF", "ShADdFf"),
        (Talk().sent(SYN).got(RST | ACK), "REJ", "Sr"),
        (Talk().opened().sent(FIN | ACK).got(), "S2", "ShAFa"),
        (Talk().opened().got(FIN | ACK).sent(), "S3", "ShAf"),
        (Talk().opened().sent(ACK, b"ab").sent(RST), "RSTO", "ShADR"),
        (Talk().opened().sent(ACK, b"ab").got(RST), "RSTR", "ShADr"),
        (Talk().sent(SYN).sent(RST), "RSTOS0", "SR"),
        (Talk().got(SYN | ACK).got(RST), "RSTRH", "^hr"),
        (Talk().sent(SYN).sent(FIN), "SH", "SF"),
        (Talk().got(SYN | ACK).got(FIN | ACK), "SHR", "^hf"),
        (Talk().sent(ACK, b"ab").got(ACK, b"c"), "OTH", "Dd"),
        (Talk().got(ACK, b"c").sent(ACK, b"ab"), "OTH", "^dD"),
        (Talk().opened().sent(ACK, b"ab").sent(ACK, b"ab", again=2).got(ACK, window=0), "S1", "ShADTaw"),
        (Talk().sent(SYN | FIN), "SH", "Q"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_states_and_histories_are_those_of_zeek(talk: Talk, state: str, history: str) -> None:
    (row,) = rows(pcap(talk.packets))
    assert (row["connection.state"], row["connection.history"]) == (state, history)
    assert (row["source.ip"], row["source.port"], row["destination.ip"], row["destination.port"]) == (CLIENT, 40_000, SERVER, 80)
    assert row["source.packets"] + row["destination.packets"] == len(talk.packets)


def test_bytes_are_counted_by_sequence_number_packets_as_captured() -> None:
    talk = Talk().opened().sent(ACK, b"a" * 100)
    talk.there += 1_000  # never captured
    talk.sent(ACK, b"b" * 10).sent(ACK, b"b" * 10, again=10).got().closed()
    (row,) = rows(pcap(talk.packets))
    assert row["source.bytes"] == 1_110
    assert row["source.ip_bytes"] == 40 * row["source.packets"] + 120
    assert row["destination.bytes"] == 0


def test_sequence_numbers_go_on_beyond_32_bits() -> None:
    talk = Talk(there=2**32 - 50, back=2**32 - 2).opened().sent(ACK, b"a" * 100).got(ACK, b"c" * 7).closed()
    (row,) = rows(pcap(talk.packets))
    assert (row["source.bytes"], row["destination.bytes"], row["connection.state"]) == (100, 7, "SF")


def test_a_timeout_begins_another_flow() -> None:
    seconds = {
        "attempt": (Talk(step=4.9).sent(SYN).sent(SYN, again=1), Talk(step=5.0).sent(SYN).sent(SYN, again=1)),
        "close": (Talk(step=1.0).opened().closed().got(ACK), Talk(step=2.6).opened().closed().got(ACK).got(ACK)),
        "silence": (Talk(step=290.0).opened().sent(ACK, b"a"), Talk(step=0.1).opened()),
    }
    late = seconds["silence"][1]
    late.time += 300
    late.sent(ACK, b"a")
    for one, two in seconds.values():
        counts = len(rows(pcap(one.packets))), len(rows(pcap(two.packets)))
        assert counts == (1, 2) or (one.step == 290.0 and counts[1] == 2)
    login = Talk(other=22, step=0.1).opened()
    login.time += 3_000
    assert len(rows(pcap(login.sent(ACK, b"a").packets))) == 1
    names = [Packet(START + at, ethernet(udp(CLIENT, 5, SERVER, 9, b"x"))) for at in (0, 59.9, 119.9, 130)]
    assert [row["source.packets"] for row in rows(pcap(names))] == [2, 2]


def test_the_same_ports_again_are_another_connection() -> None:
    talk = Talk().opened().sent(ACK, b"abc")
    talk.there, talk.back = 900_000, 800_000
    talk.opened().sent(ACK, b"de").closed()
    found = rows(pcap(talk.packets))
    assert [(row["connection.state"], row["source.bytes"]) for row in found] == [("S1", 3), ("SF", 2)]
    assert [row["trace.offset"] for row in found] == [24, 24 + 4 * 70 + 3]


def test_who_asked_is_known_by_the_port_when_the_beginning_is_missing() -> None:
    (answered,) = rows(pcap([Packet(START, ethernet(udp("192.0.2.53", 53, CLIENT, 5_000, answer("a.example", 1, []))))]))
    assert (answered["source.ip"], answered["connection.state"], answered["connection.history"]) == (CLIENT, "SHR", "^d")
    (between,) = rows(pcap([Packet(START, ethernet(udp(SERVER, 53, CLIENT, 53, query("a.example"))))]))
    assert between["source.ip"] == SERVER


def test_icmp_goes_by_type_and_what_answers_it() -> None:
    packets = [icmp(CLIENT, SERVER, 8), icmp(SERVER, CLIENT, 0), icmp(SERVER, CLIENT, 3, 1, bytes(28)), icmp("fe80::1", "ff02::1", 134)]
    found = rows(pcap([Packet(START + at, ethernet(data)) for at, data in enumerate(packets)]))
    assert [(row["network.transport"], row["source.port"], row["destination.port"], row["source.packets"]) for row in found] == [
        ("icmp", 8, 0, 1),
        ("icmp", 3, 1, 1),
        ("ipv6-icmp", 134, 133, 1),
    ]
    assert found[0]["destination.packets"] == 1


def test_tags_extensions_and_other_links() -> None:
    data = udp("2001:db8::1", 5, "2001:db8::2", 9, b"abc")
    hops = ip("2001:db8::1", "2001:db8::2", 17, data[40:], extensions=b"\x3c\0\1\4\0\0\0\0\x11\0\1\4\0\0\0\0", first=0)
    (row,) = rows(pcap([Packet(START, ethernet(hops, vlans=[5, 6]))]))
    assert (row["vlan.id"], row["source.ip"], row["source.port"], row["source.bytes"]) == (5, "2001:db8::1", 5, 3)
    frames = {
        101: data,
        113: bytes(14) + b"\x86\xdd" + data,
        276: b"\x86\xdd" + bytes(18) + data,
        0: b"\x1e\0\0\0" + data,
        108: b"\0\0\0\x1e" + data,
        9: b"\xff\x03\0\x57" + data,
        105: b"\x88\x01" + bytes(24) + b"\xaa\xaa\3\0\0\0\x86\xdd" + data,
        127: b"\0\0\x08\0" + bytes(4) + b"\x08\x02" + bytes(22) + b"\xaa\xaa\3\0\0\0\x86\xdd" + data,
    }
    for link, frame in frames.items():
        (row,) = rows(pcap([Packet(START, frame)], link=link))
        assert (row["destination.ip"], row["destination.port"], row["source.bytes"]) == ("2001:db8::2", 9, 3), link
    labelled = b"\2" * 12 + b"\x88\x47" + b"\0\0\x10\xff\0\0\x21\xff" + data
    dialled = b"\2" * 12 + b"\x88\x64\x11\0\0\1\0\x34\0\x57" + data
    snapped = b"\2" * 12 + struct.pack(">H", 8 + len(data)) + b"\xaa\xaa\3\0\0\0\x86\xdd" + data
    assert len(rows(pcap([Packet(START, frame) for frame in (labelled, dialled, snapped)]))) == 1
    assert rows(pcap([Packet(START, frame) for frame in (labelled, dialled, snapped)]))[0]["source.packets"] == 3
    (defect,) = defects(pcap([Packet(START, data)] * 2, link=147))
    assert (defect.code, defect.offset, defect.length) == ("link_type_unknown", 24, 2 * (16 + len(data)))


def test_what_was_not_captured_is_said() -> None:
    packet = ethernet(tcp(CLIENT, 1, SERVER, 80, ACK, 1, 1, b"x" * 500))
    (row,) = rows(pcap([Packet(START, packet, kept=54)]))
    assert (row["source.bytes"], row["source.ip_bytes"]) == (500, 540)
    (cut,) = defects(pcap([Packet(START, packet, kept=50)]))
    assert cut.code == "packet_cut"
    (longer,) = defects(pcap([Packet(START, packet[:100])]))
    assert longer.code == "packet_malformed"
    (name,) = defects(pcap([Packet(START, ethernet(udp(CLIENT, 1, SERVER, 53, query("a.example"))), kept=60)]))
    assert name.code == "packet_cut"


def test_fragments_become_the_packet_they_were() -> None:
    body = udp(CLIENT, 6, SERVER, 9, bytes(range(100)))[20:]
    parts = [(0, 0x2000), (48, 0x2000), (96, 0)]
    fragments = [
        ethernet(ip(CLIENT, SERVER, 17, body[at : at + 48] if more else body[at:], fragment=more | at // 8, identity=3))
        for at, more in parts
    ]
    for order in ([0, 1, 2], [2, 0, 1]):
        data = pcap([Packet(START + at, fragments[number]) for at, number in enumerate(order)])
        (row,) = rows(data)
        assert (row["source.bytes"], row["source.ip_bytes"], row["source.packets"]) == (100, 128, 1)
        assert (row["trace.offset"], row["trace.offset"] + row["trace.length"]) == (24, len(data))
    missing = defects(pcap([Packet(START, fragments[0]), Packet(START, fragments[2])]))
    assert [defect.code for defect in missing] == ["fragments_missing"] * 2


def test_units_and_offsets_of_blocks() -> None:
    frame = ethernet(udp(CLIENT, 5, SERVER, 9))
    for resolution, units, precision in (
        (3, 1_000, "millisecond"),
        (9, 1_000_000_000, "nanosecond"),
        (0x8A, 1_024, "millisecond"),
        (0, 1, "second"),
    ):
        data = section() + interface(resolution=resolution, offset=3_600) + enhanced(Packet(START, frame), units=units)
        (row,) = rows(data)
        assert row["event.precision"] == precision
        assert row["@timestamp"].timestamp() == START + 3_600
    simple = section() + interface() + block(3, struct.pack("<I", len(frame)) + frame)
    (row,) = rows(simple)
    assert (row["@timestamp"], row["event.precision"], row["source.packets"]) == (None, None, 1)
    (defect,) = defects(section() + enhanced(Packet(START, frame)))
    assert defect.code == "block_malformed"


def test_web_requests_and_answers() -> None:
    talk = web(Talk())
    found = rows(pcap(talk.packets), "event")
    asked = [
        (row["http.request.method"], row["url.original"], row["destination.domain"])
        for row in found
        if row["event.action"] == "http_request"
    ]
    assert asked == [("GET", "/1", "shop.example"), ("GET", "/2", "shop.example"), ("POST", "/form", "shop.example")]
    told = [(row["http.response.status_code"], row["http.response.body.bytes"]) for row in found if row["event.action"] == "http_response"]
    assert told == [(200, 5), (404, 0), (100, None), (302, 0)]
    assert {row["source.ip"] for row in found} == {CLIENT}
    assert found[-3]["http.request.referrer"] == "http://a.example/"
    (flow,) = rows(pcap(talk.packets))
    assert flow["network.protocol"] == "http"
    assert {row["event.id"] for row in found} == {flow["network.community_id"]}


def test_what_stands_in_a_body_is_no_message() -> None:
    inside = b"HTTP/1.1 200 OK\r\n\r\n"
    body = b"x" * 40 + inside
    talk = Talk().opened().sent(ACK, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    talk.got(ACK, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:40]).got(ACK, inside)
    talk.sent(ACK, b"GET /2 HTTP/1.1\r\n\r\n").got(ACK, b"HTTP/1.0 200 OK\r\n\r\n").got(ACK, inside)
    assert [row["event.action"] for row in rows(pcap(talk.packets), "event")] == ["http_request", "http_response"] * 2


def test_a_head_of_which_only_the_beginning_was_captured_is_told_as_such() -> None:
    talk = Talk().opened().sent(ACK, b"GET /long HTTP/1.1\r\nHost: a.example\r\nCookie: " + b"x" * 400)
    (row,) = rows(pcap(talk.packets), "event")
    assert (row["url.original"], row["destination.domain"], json.loads(row["fields"])["incomplete"]) == ("/long", "a.example", True)


@pytest.mark.parametrize("pieces", [1, 3])
def test_the_name_a_client_asks_for_in_tls(pieces: int) -> None:
    data = hello("Secret.Example", protocols=["h2", "http/1.1"], padding=3_000, pieces=pieces)
    talk = Talk(other=8443).opened()
    for at in range(0, len(data), 900):
        talk.sent(ACK, data[at : at + 900])
    (row,) = rows(pcap(talk.packets), "event")
    assert (row["event.action"], row["destination.domain"]) == ("tls_client_hello", "secret.example")
    assert json.loads(row["fields"]) == {"tls.client.alpn": ["h2", "http/1.1"], "tls.version": "1.3"}
    first, last = talk.packets[3], talk.packets[-1]
    assert row["@timestamp"].timestamp() == pytest.approx(first.time)
    assert row["trace.offset"] + row["trace.length"] == len(pcap(talk.packets))
    assert len(last.data) > 54


def lookups() -> Iterator[tuple[bytes, dict[str, Any]]]:
    owner = b"\xc0\x0c"
    yield (
        query("A.Example", 28),
        {"dns.question.name": "a.example", "dns.question.type": "AAAA", "dns.answers": None, "event.action": "dns_query"},
    )
    yield (
        answer("a.example", 15, [(owner, 15, b"\0\x0a\4mail\xc0\x0c")]),
        {"dns.answers": ["10 mail.a.example"], "event.outcome": "success"},
    )
    yield answer("a.example", 16, [(owner, 16, b'\3v=1\2 "')]), {"dns.answers": ['v=1 "']}
    yield answer("a.example", 28, [(owner, 28, bytes(15) + b"\1")]), {"dns.answers": ["::1"]}
    yield answer("a.example", 1, [(owner, 1, b"abc")]), {"dns.answers": [r"\# 3 616263"]}
    yield answer("a.example", 1, [], code=3), {"event.outcome": "failure", "event.code": "NXDOMAIN"}
    yield answer("a.example", 65_280, [(owner, 65_280, b"\1")]), {"dns.question.type": "TYPE65280", "dns.answers": [r"\# 1 01"]}


@pytest.mark.parametrize(("data", "expected"), list(lookups()))
def test_names_looked_up(data: bytes, expected: dict[str, Any]) -> None:
    for packets in (
        [Packet(START, ethernet(udp(CLIENT, 5_000, "192.0.2.53", 53, data)))],
        Talk(server="192.0.2.53", port=5_000, other=53).opened().sent(ACK, struct.pack(">H", len(data))).sent(ACK, data).packets,
    ):
        (row,) = rows(pcap(packets), "event")
        assert {name: row[name] for name in expected} == expected
    assert row["network.transport"] == "tcp"
