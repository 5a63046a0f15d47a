"""JSON and headed logs made to cost: every byte stays accounted for, and reading goes on behind what is broken."""

import json
import time

import pytest

from comity.parsers import cloud_audit, json_lines, suricata_eve, w3c_log, zeek_log
from comity.parsers.contract import Parser
from log_reading import read
from log_samples import CLOUDTRAIL, EVE, IIS, NGINX, PORTAL, UNIFIED, WORKSPACE, ZEEK, ZEEK_JSON

EACH = [
    (suricata_eve.PARSER, EVE), (zeek_log.PARSER, ZEEK), (zeek_log.PARSER, ZEEK_JSON), (cloud_audit.PARSER, CLOUDTRAIL), (cloud_audit.PARSER, UNIFIED),
    (cloud_audit.PARSER, PORTAL), (cloud_audit.PARSER, WORKSPACE), (json_lines.PARSER, NGINX), (w3c_log.PARSER, IIS),
]  # fmt: skip
EVENT = b'{"timestamp":"2024-05-01T10:00:00Z","flow_id":1,"event_type":"x"}\n'


@pytest.mark.parametrize(("parser", "sample"), EACH)
def test_cut_anywhere(parser: Parser, sample: bytes) -> None:
    for end in range(0, len(sample), 67):
        assert read(parser, sample[:end]).uncovered == 0
        assert read(parser, sample[end:]).uncovered == 0


@pytest.mark.parametrize(("parser", "sample"), EACH)
def test_one_byte_changed_anywhere(parser: Parser, sample: bytes) -> None:
    for place in range(0, len(sample), 61):
        for byte in (sample[place] ^ 0x20, 0xFF, ord('"')):
            assert read(parser, sample[:place] + bytes([byte]) + sample[place + 1 :]).uncovered == 0


@pytest.mark.parametrize(
    "parser", [suricata_eve.PARSER, zeek_log.PARSER, cloud_audit.PARSER, json_lines.PARSER, w3c_log.PARSER], ids=lambda each: each.name
)
@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\xef\xbb\xbf", b"{", b"[", b'{"Records":[', b"#", b"#fields", b"#separator", b"#Fields:", b"\0" * 100, b'"', b'"{""'],
)
def test_next_to_nothing(parser: Parser, data: bytes) -> None:
    assert read(parser, data).uncovered == 0


def test_a_line_of_many_megabytes_costs_only_itself() -> None:
    found = read(suricata_eve.PARSER, EVENT + b'{"a":"' + b"x" * 30_000_000 + b'"}\n' + EVENT)
    assert (len(found.rows), found.codes, found.uncovered) == (2, ["line_too_long"], 0)


def test_an_element_of_many_megabytes_costs_only_itself() -> None:
    whole = CLOUDTRAIL[: CLOUDTRAIL.index(b" , {")] + b"]}"
    records = json.loads(whole)["Records"]
    records[1]["requestParameters"] = "x" * 6_000_000
    found = read(cloud_audit.PARSER, json.dumps({"Records": records}).encode())
    assert [row["event.id"] for row in found.rows] == ["e-1", "e-3"]
    assert (found.codes, found.uncovered) == (["json_unreadable"], 0)


def test_nesting_beyond_all_measure() -> None:
    deep = b'{"timestamp":"2024-05-01T10:00:00Z","flow_id":1,"event_type":"x","a":' + b"[" * 400_000 + b"]" * 400_000 + b"}\n"
    fairly = b'{"timestamp":"2024-05-01T10:00:00Z","flow_id":1,"event_type":"x","a":1.0,"b":' + b"[" * 900 + b"]" * 900 + b"}\n"
    found = read(suricata_eve.PARSER, EVENT + deep + fairly + EVENT)
    assert found.uncovered == 0
    assert "json_unreadable" in found.codes
    assert len(found.rows) >= 2
    listed = read(cloud_audit.PARSER, b"[" * 500_000)
    assert listed.uncovered == 0


def test_a_record_that_says_too_much_names_what_is_left_out() -> None:
    line = json.dumps(
        {
            "timestamp": "2024-05-01T10:00:00Z",
            "flow_id": 1,
            "event_type": "x",
            "long": "é" * 70_000,
            "short": 1,
            **{f"n{at}": "y" * 900 for at in range(90)},
        }
    )
    found = read(suricata_eve.PARSER, line.encode())
    assert found.codes == ["fields_cut"]
    fields = json.loads(found.rows[0]["fields"])
    assert len(found.rows[0]["fields"]) <= 65_536
    assert fields["short"] == 1
    assert "long" in fields["comity.left_out"]


def test_many_names_in_one_record() -> None:
    line = (
        "{"
        + ",".join(f'"{"k" * 8}{at}":{at}' for at in range(30_000))
        + ',"timestamp":"2024-05-01T10:00:00Z","flow_id":1,"event_type":"x"}'
    )
    found = read(suricata_eve.PARSER, line.encode())
    assert (found.codes, len(found.rows)) == (["fields_cut"], 1)


def test_time_is_bounded_for_what_is_made_to_cost() -> None:
    attacks = [
        (cloud_audit.PARSER, b'[{"eventTime":' * 20_000),
        (cloud_audit.PARSER, b'[{"a":1}' + b',{"a":"' * 20_000),
        (cloud_audit.PARSER, b"CreationDate,AuditData\n" + b'"{""' * 200_000),
        (cloud_audit.PARSER, b'{"Records":[' + b"{ " * 300_000),
        (zeek_log.PARSER, b"".join(b"#separator \\x09\n#fields\ta%d\tb\n1\t2\n" % at for at in range(5_000))),
        (zeek_log.PARSER, b"#separator \\x09\n#fields\t" + b"\t".join(b"f%d" % at for at in range(100_000)) + b"\n1\t2\n"),
        (w3c_log.PARSER, b"#Fields: date time c-ip x\n" + b'"a ' * 300_000),
        (json_lines.PARSER, b'{"time":1}\n' + b'{"a":' * 200_000),
        (suricata_eve.PARSER, b'{"a":1,"a":2}\n' * 20_000),
    ]
    for parser, data in attacks:
        start = time.process_time()
        assert read(parser, data).uncovered == 0
        assert time.process_time() - start < 20, (parser.name, data[:40])


def test_dates_and_numbers_beyond_all_measure() -> None:
    stamps = [
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2024-02-30T00:00:00Z",
        "99999-01-01T00:00:00Z",
        1e300,
        -1,
        2**70,
        10**30,
    ]
    lines = "\n".join(json.dumps({"timestamp": stamp, "flow_id": 1, "event_type": "x", "src_port": 2**63}) for stamp in stamps)
    found = read(suricata_eve.PARSER, lines.encode())
    assert len(found.rows) == len(stamps)
    assert not [row for row in found.rows if "@timestamp" in row]
    assert all("timestamp" in json.loads(row["fields"]) for row in found.rows)
