import json
from datetime import UTC, datetime

from comity.parsers.w3c_log import PARSER
from log_reading import read, source
from log_samples import CLOUDFRONT, IIS, ZEEK


def test_iis_lines_are_web_requests() -> None:
    first, second, odd, later = read(PARSER, IIS).rows
    assert first["@timestamp"] == datetime(2024, 5, 1, 10, 0, 1, tzinfo=UTC)
    assert (first["source.ip"], first["url.original"], first["http.response.status_code"]) == ("203.0.113.9", "/a.aspx?id=1&x=%22", 200)
    assert (second["user.name"], second["event.outcome"], second["source.ip"]) == ("EXAMPLE\\alice", "failure", "fe80::1%5")
    assert (odd["url.original"], odd["user_agent.original"]) == ("/a b", 'Some "agent" here')
    assert json.loads(odd["fields"]) == {
        "date": "2024-13-01", "time": "10:00:04", "s-port": 99999, "sc-status": "x", "sc-substatus": 0, "sc-win32-status": 0, "time-taken": 1.25,
    }  # fmt: skip
    # without a date in the line, the day is that of the header
    assert (later["@timestamp"], later["url.original"]) == (datetime(2024, 5, 1, 10, 0, 5, tzinfo=UTC), "/b")


def test_cloudfront_parts_with_tabs() -> None:
    (row,) = read(PARSER, CLOUDFRONT).rows
    assert (row["destination.domain"], row["http.response.body.bytes"]) == ("d.cloudfront.net", 1045)


def test_every_byte_is_covered_and_short_lines_are_defects() -> None:
    found = read(PARSER, IIS)
    assert (found.codes, found.uncovered) == (["line_unreadable", "time_unreadable"], 0)
    assert read(PARSER, CLOUDFRONT).uncovered == 0
    assert read(PARSER, b"a b\n#Fields: c-ip time\n").codes == ["line_unreadable"]


def test_a_row_can_be_read_from_its_header_and_its_line() -> None:
    for row in read(PARSER, IIS).rows:
        alone = PARSER.excerpt(source(IIS), offset=row["trace.offset"], length=row["trace.length"])
        (again,) = read(PARSER, alone).rows
        assert again == row | {"trace.offset": len(alone) - row["trace.length"]}


def test_only_the_extended_format_is_claimed() -> None:
    assert PARSER.recognizes(IIS, name="x") == PARSER.recognizes(CLOUDFRONT, name="x") == 3
    assert PARSER.recognizes(ZEEK, name="u_ex240501.log") == 0
    assert PARSER.recognizes(b"#Fields: nothing known\n", name="u_ex240501.log") == 0


def test_lines_parted_with_tabs_among_lines_parted_with_spaces() -> None:
    found = read(PARSER, b"#Fields: time c-ip\n1\t2\t3\n10:00:00 203.0.113.9\n1 2 3\n1\t2\t3\n")
    assert [(defect.code, defect.offset) for defect in found.defects] == [
        ("line_unreadable", 19), ("line_unreadable", 46), ("time_unreadable", 25),
    ] or [defect.code for defect in found.defects] == ["time_unreadable", "line_unreadable", "line_unreadable"]  # fmt: skip
    assert found.uncovered == 0
