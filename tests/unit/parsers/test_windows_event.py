"""Windows event logs: every record placed, read and given its meaning; damage named."""

import json
import struct
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from evtx import PyEvtxParser

from comity.parsers.contract import Defect, Rows, Source, Structure
from comity.parsers.windows_event import PARSER
from event_log_factory import CHUNK, FILE_HEADER, Chunk, Element, Logged, Slot, event_log, file_header, record_places, seal_chunk

AT = datetime(2024, 3, 5, 10, 0, 0, 123456, tzinfo=UTC)
LOGON = {
    "SubjectUserSid": "S-1-5-18", "TargetUserSid": "S-1-0-0", "TargetUserName": "bob", "TargetDomainName": "CORP", "Status": "0xc000006d",
    "SubStatus": "0xc0000064", "LogonType": "3", "WorkstationName": "KALI", "IpAddress": "203.0.113.9", "IpPort": "51000",
}  # fmt: skip


def source(data: bytes) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="Security.evtx")


def read(data: bytes) -> tuple[list[dict[str, Any]], list[Defect], list[Structure]]:
    rows, defects, structures = [], [], []
    for item in PARSER.read(source(data), inferred=()):
        if isinstance(item, Rows):
            rows += item.batch.to_pylist()
        elif isinstance(item, Defect):
            defects.append(item)
        elif isinstance(item, Structure):
            structures.append(item)
    return rows, defects, structures


def one(**event: Any) -> dict[str, Any]:
    rows, defects, _ = read(event_log([Logged(**event)]))
    assert not defects
    (row,) = rows
    return row


def uncovered(data: bytes) -> list[int]:
    rows, defects, structures = read(data)
    seen = bytearray(len(data))
    for offset, length in [(row["trace.offset"], row["trace.length"]) for row in rows] + [
        (x.offset, x.length) for x in (*defects, *structures)
    ]:
        assert 0 <= offset <= offset + length <= len(data)
        seen[offset : offset + length] = b"\x01" * length
    return [at for at, byte in enumerate(seen) if not byte]


def several(count: int) -> list[Logged]:
    return [
        Logged(code=4625, at=AT + timedelta(seconds=place), data=LOGON | {"IpPort": str(place)})
        if place % 2
        else Logged(code=7036, provider="Service Control Manager", channel="System", data={"param1": "Spooler", "param2": "running"})
        for place in range(count)
    ]


def test_a_failed_login() -> None:
    row = one(code=4625, at=AT, data=LOGON)
    expected = {
        "@timestamp": AT, "event.precision": "microsecond", "event.clock": "", "event.dataset": "windows_event",
        "event.category": "authentication", "event.action": "windows_login", "event.outcome": "failure", "event.code": "4625",
        "event.provider": "Security/Microsoft-Windows-Security-Auditing", "event.id": "1", "source.ip": "203.0.113.9", "source.port": 51000,
        "source.domain": None, "host.name": "PC01.corp.example", "user.name": "bob", "user.domain": "CORP", "user.id": None,
        "message": "Failed login of CORP\\bob, type 3, status 0xc000006d, 0xc0000064",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    fields = json.loads(row["fields"])
    assert fields["EventData"] == LOGON
    assert fields["System"]["Execution_attributes"] == {"ProcessID": 640, "ThreadID": 708}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {"code": 4624, "data": LOGON | {"IpAddress": "::ffff:192.0.2.7", "TargetUserSid": "S-1-5-21-1-2-3-500"}},
            {"event.action": "windows_login", "event.outcome": "success", "source.ip": "192.0.2.7", "user.id": "S-1-5-21-1-2-3-500"},
        ),
        (
            {"code": 4624, "data": LOGON | {"IpAddress": "-", "IpPort": "-"}},
            {"source.ip": None, "source.port": None, "source.domain": "KALI", "event.outcome": "success"},
        ),
        (
            {"code": 4624, "data": LOGON | {"TargetUserSid": "S-1-5-7", "TargetUserName": "ANONYMOUS LOGON"}},
            {"event.action": "windows_anonymous_session", "event.category": "session", "source.ip": "203.0.113.9"},
        ),
        (
            {"code": 4688, "data": {"SubjectUserName": "al", "NewProcessId": "0x4d2", "NewProcessName": "C:\\a\\cmd.exe", "CommandLine": "cmd /c é"}},
            {"process.pid": 1234, "process.name": "cmd.exe", "file.path": "C:\\a\\cmd.exe", "process.command_line": "cmd /c é"},
        ),
        (
            {"code": 4768, "data": {"TargetUserName": "bob", "Status": "0x0", "IpAddress": "::ffff:192.0.2.8", "IpPort": "5"}},
            {"event.action": "kerberos_login", "event.outcome": "success", "source.ip": "192.0.2.8", "source.port": 5},
        ),
        ({"code": 4768, "data": {"TargetUserName": "bob", "Status": "0x6"}}, {"event.outcome": "failure"}),
        ({"code": 4768, "data": {"TargetUserName": "bob"}}, {"event.outcome": "unknown"}),
        (
            {"code": 1102, "provider": "Microsoft-Windows-Eventlog", "user_data": "LogFileCleared", "data": {"SubjectUserName": "eve"}},
            {"event.action": "log_cleared", "user.name": "eve", "message": "The Security log was cleared by eve"},
        ),
        (
            {
                "code": 21, "provider": "Microsoft-Windows-TerminalServices-LocalSessionManager", "channel": "x/Operational",
                "user_data": "EventXML", "data": {"User": "CORP\\bob", "SessionID": 3, "Address": "198.51.100.4"},
            },
            {"event.action": "rdp_login", "user.name": "bob", "user.domain": "CORP", "source.ip": "198.51.100.4"},
        ),
        (
            {
                "code": 21, "provider": "Microsoft-Windows-TerminalServices-LocalSessionManager", "channel": "x/Operational",
                "user_data": "EventXML", "data": {"User": "PC\\bob", "SessionID": 1, "Address": "LOCAL"},
            },
            {"source.ip": None, "source.domain": None},
        ),
        (
            {
                "code": 22, "provider": "Microsoft-Windows-Sysmon",
                "data": {"Image": "C:\\x.exe", "ProcessId": 7, "QueryName": "A.Example.", "QueryResults": "type:  5 b.example;::ffff:192.0.2.1;", "User": "CORP\\x"},
            },
            {"dns.question.name": "a.example", "dns.answers": ["b.example", "192.0.2.1"], "process.pid": 7, "user.name": "x"},
        ),
        (
            {
                "code": 3, "provider": "Microsoft-Windows-Sysmon",
                "data": {"SourceIp": "2001:DB8:0:0::1", "SourcePort": 5, "DestinationIp": "2001:DB8:0:0::2", "DestinationPort": 443, "Protocol": "TCP"},
            },
            {"source.ip": "2001:db8::1", "destination.ip": "2001:db8::2", "destination.port": 443, "network.transport": "tcp"},
        ),
        # the same number from another provider is another event
        ({"code": 4625, "provider": "Else", "data": {"a": "b"}}, {"event.action": "message", "event.outcome": "unknown", "message": "a: b"}),
        ({"code": 1, "sid": "S-1-5-21-9-8-7-1001"}, {"user.id": "S-1-5-21-9-8-7-1001"}),
        ({"code": 4732, "data": {"MemberName": "CN=Doe\\, J,DC=x", "MemberSid": "S-1-5-21-1"}}, {"event.action": "group_member_added", "user.name": "CN=Doe\\, J,DC=x"}),
    ],
)  # fmt: skip
def test_meanings(event: dict[str, Any], expected: dict[str, Any]) -> None:
    row = one(**event)
    assert {name: row[name] for name in expected} == expected


def test_places_and_order() -> None:
    log = event_log(several(600), first=1000)
    rows, defects, _ = read(log)
    assert not defects
    assert [(row["trace.offset"], row["trace.length"]) for row in rows] == list(record_places(log))
    assert [row["event.id"] for row in rows] == [str(number) for number in range(1000, 1600)]
    assert len(log) > 3 * CHUNK
    assert not uncovered(log)


def test_as_many_as_the_library() -> None:
    log = event_log(several(900))
    assert sum(1 for _ in PyEvtxParser(BytesIO(log)).records_json()) == len(read(log)[0]) == 900


def test_a_time_apart_from_that_of_the_record() -> None:
    log = bytearray(event_log([Logged(code=1, at=AT)]))
    (at, _), *_ = record_places(log)
    struct.pack_into("<Q", log, at + 16, struct.unpack_from("<Q", log, at + 16)[0] + 36_000_000_000)
    ((row,), (defect,), _) = read(bytes(log))
    assert row["@timestamp"] == AT
    assert json.loads(row["fields"])["remarks"]["record_written"] == (AT + timedelta(hours=1)).isoformat()
    assert defect.code == "checksum_wrong"


def test_a_changed_record_is_read_and_marked() -> None:
    log = bytearray(event_log(several(4)))
    log[record_places(log)[1][0] + 16] ^= 1
    rows, (defect,), _ = read(bytes(log))
    assert len(rows) == 4
    assert (defect.code, defect.offset, defect.length) == ("checksum_wrong", FILE_HEADER + 52, 4)
    assert all(json.loads(row["fields"])["remarks"] for row in rows)


def test_a_record_without_its_mark_costs_only_itself() -> None:
    log = bytearray(event_log(several(9)))
    at, length = record_places(log)[4]
    log[at : at + 4] = b"\x00\x00\x00\x00"
    rows, defects, _ = read(bytes(log))
    assert [row["event.id"] for row in rows] == ["1", "2", "3", "4", "6", "7", "8", "9"]
    assert ("record_damaged", at, length) in [(each.code, each.offset, each.length) for each in defects]
    assert not uncovered(bytes(log))


def test_the_first_record_without_its_mark() -> None:
    # those after it use its templates, which lie in its bytes
    log = bytearray(event_log(several(9)))
    log[FILE_HEADER + 512 : FILE_HEADER + 516] = b"\x00\x00\x00\x00"
    rows, _, _ = read(bytes(log))
    assert [row["event.id"] for row in rows] == ["2", "3", "4", "5", "6", "7", "8", "9"]


def test_binary_xml_that_cannot_be_read() -> None:
    log = bytearray(event_log(several(9)))
    at, length = record_places(log)[4]
    log[at + 24 : at + 40] = b"\xff" * 16
    rows, defects, _ = read(bytes(log))
    assert len(rows) == 8
    assert [(each.offset, each.length) for each in defects if each.code == "record_unreadable"] == [(at, length)]


def test_a_header_that_is_behind() -> None:
    log = bytearray(event_log(several(9), flags=1))
    at, _ = record_places(log)[7]
    struct.pack_into("<I", log, FILE_HEADER + 48, at - FILE_HEADER)
    log[FILE_HEADER:] = seal_chunk(log[FILE_HEADER:])
    rows, defects, _ = read(bytes(log))
    assert len(rows) == 9
    assert {"not_closed", "record_uncounted"} == {each.code for each in defects}
    assert [each.offset for each in defects if each.code == "record_uncounted"] == [at]


def test_remains_of_older_records_are_named_and_not_counted() -> None:
    old, new = bytearray(event_log(several(20))), event_log(several(5), first=100)
    end = record_places(new)[-1]
    start = sum(end)
    old[:start] = new[:start]
    rows, defects, _ = read(bytes(old))
    assert [row["event.id"] for row in rows] == ["100", "101", "102", "103", "104"]
    assert [(each.code, each.offset) for each in defects] == [("slack", start)]
    assert not uncovered(bytes(old))


def test_a_chunk_whose_header_cannot_be_believed() -> None:
    old, new = bytearray(event_log(several(20))), event_log(several(5), first=100)
    start = sum(record_places(new)[-1])
    old[:start] = new[:start]
    struct.pack_into("<I", old, FILE_HEADER + 48, 70_000)
    rows, defects, _ = read(bytes(old))
    # numbers rise in a log: what follows with lower ones is older
    assert [row["event.id"] for row in rows] == ["100", "101", "102", "103", "104"]
    assert {each.code for each in defects} == {"checksum_wrong", "slack"}


@pytest.mark.parametrize("keep", [10, 4_095, 4_096, 4_100, 4_700, 6_000, 60_000, CHUNK + FILE_HEADER + 3, 2 * CHUNK])
def test_cut_off(keep: int) -> None:
    log = event_log(several(600))
    cut = log[:keep]
    rows, _, _ = read(cut)
    assert len(rows) == sum(at + length <= keep for at, length in record_places(log))
    assert not uncovered(cut)


def test_chunks_that_are_empty_or_something_else() -> None:
    log = event_log(several(4)) + bytes(2 * CHUNK) + b"x" * CHUNK + bytes(100)
    rows, defects, structures = read(log)
    assert len(rows) == 4
    assert [(each.code, each.length) for each in defects] == [("chunk_damaged", CHUNK)]
    assert [each.length for each in structures if each.what == "unused chunk"] == [CHUNK, CHUNK, 100]


def test_the_excerpt_is_a_log_of_one_chunk() -> None:
    log = event_log(several(600))
    rows, _, _ = read(log)
    row = rows[450]
    alone = PARSER.excerpt(source(log), offset=row["trace.offset"], length=row["trace.length"])
    assert len(alone) == FILE_HEADER + CHUNK
    assert zlib.crc32(alone[:120]) == struct.unpack_from("<I", alone, 124)[0]
    assert row["event.id"] in {other["event.id"] for other in read(alone)[0]}
    numbers = [record["event_record_id"] for record in PyEvtxParser(BytesIO(alone), validate_checksums=True).records_json()]
    assert int(row["event.id"]) in numbers


@pytest.fixture
def deeper() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("deeper")
def test_nesting_and_expansion_beyond_measure() -> None:
    deep = Element("a")
    for _ in range(1_500):
        deep = Element("a", content=(deep,))
    wide = Element("a", content=tuple(Slot(0, 1) for _ in range(2_000)))

    class Crafted(Chunk):
        root = deep

        def _event(self, number: int, event: Logged) -> None:
            if number == 2:
                super()._event(number, event)
                return
            self.data += b"\x0f\x01\x01\x00"
            self._instance(f"crafted {number}", deep if number == 1 else wide)
            value = "A".encode("utf-16-le") * 10_000
            self.data += struct.pack("<IHBB", 1, len(value), 1, 0) + value + b"\x00"

    chunk = Crafted()
    assert [chunk.add(number, Logged(code=4, provider="Other")) for number in (1, 2)] == [True, True]
    second = Crafted()
    assert second.add(3, Logged(code=4))
    rows, defects, _ = read(file_header(2, 4) + chunk.finish() + second.finish())
    assert [row["event.id"] for row in rows] == ["2"]
    assert [each.code for each in defects] == ["record_unreadable", "record_unreadable"]
    assert "characters" in defects[1].reason
