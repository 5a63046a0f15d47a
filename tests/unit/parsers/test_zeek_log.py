import json
import lzma
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from comity.parsers.zeek_log import PARSER
from comity.terms.canonical import canonical
from log_reading import read, source
from log_samples import IIS, ZEEK, ZEEK_JSON


def test_columns_and_json_of_the_same_connection_give_the_same_row() -> None:
    ends = {"trace.offset", "trace.length"}
    for at, other in ((0, 0), (3, 1)):
        columns, text = read(PARSER, ZEEK).rows[at], read(PARSER, ZEEK_JSON).rows[other]
        written, said = json.loads(columns.pop("fields")), json.loads(text.pop("fields"))
        assert {name: columns[name] for name in columns if name not in ends} == {name: text[name] for name in text if name not in ends}
        # JSON has no member for what is unset, and numbers an answer's code
        assert {name: value for name, value in written.items() if name != "TTLs"} == {
            name: value for name, value in said.items() if name not in {"rcode", "TTLs"}
        }


def test_a_connection_is_a_flow() -> None:
    flow = read(PARSER, ZEEK).rows[0]
    assert flow["table"] == "flow"
    assert (flow["@timestamp"], flow["event.end"]) == (
        datetime(2024, 5, 1, 10, 0, 0, 123_456, UTC), datetime(2024, 5, 1, 10, 0, 1, 623_456, UTC),
    )  # fmt: skip
    assert (flow["source.ip"], flow["source.bytes"], flow["destination.ip_bytes"], flow["connection.state"]) == (
        "2001:db8::1",
        100,
        500,
        "SF",
    )


def test_escapes_lists_and_what_is_unset() -> None:
    answered, refused, plain, raw = read(PARSER, ZEEK).rows[3:]
    assert answered["dns.answers"] == ["192.0.2.7", "a,b"]
    assert json.loads(answered["fields"])["TTLs"] == [300, 0.5, None]
    assert answered["dns.question.name"] == "example.org"
    assert refused["dns.question.name"] == 'é\\"\t.example'
    assert json.loads(refused["fields"])["answers"] == []
    assert (plain["dns.question.name"], raw["dns.question.name"]) == ("é", "\\xff")


def test_what_does_not_fit_stays_in_fields() -> None:
    odd = read(PARSER, ZEEK).rows[2]
    assert {"@timestamp", "source.port", "destination.ip"}.isdisjoint(odd)
    fields = json.loads(odd["fields"])
    assert fields["id.resp_h"] == "no address"
    assert fields["id.orig_p"] == 70000
    assert fields["missed_bytes"] == "18446744073709551615"
    for row in read(PARSER, ZEEK).rows + read(PARSER, ZEEK_JSON).rows:
        assert canonical(json.loads(row["fields"])).decode() == row["fields"]


def test_a_line_that_does_not_fit_its_header_is_a_defect() -> None:
    found = read(PARSER, ZEEK)
    assert found.codes == ["line_unreadable", "time_unreadable"]
    assert found.uncovered == 0
    headless = read(PARSER, b"#types\tstring\n1\t2\n3\t4\n#fields\ta\tb\n5\t6\n")
    assert [(defect.code, defect.offset) for defect in headless.defects] == [("line_unreadable", 14), ("time_unreadable", 34)]
    assert json.loads(headless.rows[0]["fields"]) == {"a": "5", "b": "6"}


def test_logins_are_seen_as_such() -> None:
    login = read(PARSER, ZEEK_JSON).rows[2]
    assert (login["event.action"], login["event.outcome"], login["event.category"]) == ("ssh_login", "failure", "authentication")
    assert login["event.precision"] == "millisecond"


def test_a_row_can_be_read_from_its_header_and_its_line() -> None:
    row = read(PARSER, ZEEK).rows[3]
    alone = PARSER.excerpt(source(ZEEK), offset=row["trace.offset"], length=row["trace.length"])
    assert alone.startswith(b"#separator")
    assert b"conn" not in alone
    assert read(PARSER, alone).rows[0] == row | {"trace.offset": len(alone) - row["trace.length"]}


@pytest.mark.parametrize("log", ["conn", "dns", "http"])
def test_real_logs_line_for_line(shared_data: Path, log: str) -> None:
    data = lzma.decompress((shared_data / f"logs/zeek_tests.m57-long_{log}.log.xz").read_bytes())
    assert PARSER.recognizes(data[:65_536], name="x") == 3
    found = read(PARSER, data)
    lines = list(plain_reading(data))
    assert len(found.rows) == len(lines)
    assert found.uncovered == 0
    assert found.codes == ["time_unreadable"]  # the times are masked in these
    for row, line in zip(found.rows, lines, strict=True):
        assert row["trace.length"] == len(line["line"])
        assert row["event.id"] == line["uid"]
        assert row["source.ip"] == line["id.orig_h"]
        assert row["destination.port"] == int(line["id.resp_p"])
        fields = json.loads(row["fields"])
        for name in ("orig_l2_addr", "rcode_name", "status_msg"):
            assert fields.get(name) == (None if line.get(name, "-") == "-" else line[name])


def plain_reading(data: bytes) -> Iterator[dict[str, Any]]:
    names: list[str] = []
    for line in data.splitlines():
        if line.startswith(b"#"):
            names = line.decode().split("\t")[1:] if line.startswith(b"#fields") else names
        else:
            yield dict(zip(names, line.decode().split("\t"), strict=True)) | {"line": line}


def test_only_zeek_is_claimed() -> None:
    assert PARSER.recognizes(ZEEK, name="x") == 3
    assert PARSER.recognizes(ZEEK_JSON, name="x") == 2
    assert PARSER.recognizes(IIS, name="conn.log") == 0
    assert PARSER.recognizes(b'{"ts":1,"message":"x"}\n' * 3, name="conn.log") == 0
