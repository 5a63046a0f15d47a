from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from comity.parsers.access_log import PARSER
from comity.parsers.contract import Defect, Item, Rows, Source, Structures

COMBINED = '203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 200 5 "http://example.org/" "Mozilla/5.0 (X11)"'


def read(data: bytes) -> list[Item]:
    return list(PARSER.read(Source(stream=BytesIO(data), size=len(data), name="log"), inferred=()))


def rows(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [row for item in items if isinstance(item, Rows) for row in item.batch.to_pylist()]


def row(line: str | bytes) -> dict[str, Any]:
    data = line if isinstance(line, bytes) else line.encode()
    (only,) = rows(read(data))
    assert only["trace.offset"] == 0
    return only


def test_combined() -> None:
    read_row = row(COMBINED)
    assert read_row["@timestamp"] == datetime(2015, 5, 17, 10, 5, 3, tzinfo=UTC)
    wanted = {
        "event.precision": "second", "event.clock": "", "event.dataset": "access_log", "event.category": "web", "event.action": "request",
        "event.outcome": "success", "source.ip": "203.0.113.9", "source.port": None, "source.domain": None, "host.name": None, "user.name": None,
        "http.request.method": "GET", "url.original": "/a?b=1", "http.version": "1.1", "http.response.status_code": 200,
        "http.response.body.bytes": 5, "http.request.referrer": "http://example.org/", "user_agent.original": "Mozilla/5.0 (X11)", "message": None,
    }  # fmt: skip
    assert {name: read_row[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ('::1 - frank [01/Jan/2024:00:00:00 +0200] "GET / HTTP/1.0" 404 -', {"source.ip": "::1", "user.name": "frank", "event.outcome": "failure", "http.response.body.bytes": None, "@timestamp": datetime(2023, 12, 31, 22, tzinfo=UTC)}),
        ("2001:DB8:0:0:0:0:0:1" + COMBINED[11:], {"source.ip": "2001:db8::1"}),
        ("::ffff:192.0.2.7" + COMBINED[11:], {"source.ip": "192.0.2.7"}),
        ("192.0.2.7:51000" + COMBINED[11:], {"source.ip": "192.0.2.7", "source.port": 51000}),
        ("[2001:db8::7]:443" + COMBINED[11:], {"source.ip": "2001:db8::7", "source.port": 443}),
        ("crawl-1.example.net" + COMBINED[11:], {"source.ip": None, "source.domain": "crawl-1.example.net"}),
        ("010.0.0.1" + COMBINED[11:], {"source.ip": None, "source.domain": None}),
        ("-" + COMBINED[11:], {"source.ip": None, "source.domain": None}),
        ("shop.example.org:443 " + COMBINED, {"host.name": "shop.example.org", "source.ip": "203.0.113.9"}),
        ("shop.example.org:443 2001:db8::5" + COMBINED[11:], {"host.name": "shop.example.org", "source.ip": "2001:db8::5"}),
        (COMBINED.replace("- - [", "- john doe ["), {"user.name": "john doe", "source.ip": "203.0.113.9"}),
        (COMBINED.replace("- - [", "- ["), {"source.ip": "203.0.113.9", "user.name": None}),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", r"\x16\x03\x01"), {"http.request.method": None, "url.original": r"\x16\x03\x01", "http.version": None}),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", "-"), {"http.request.method": None, "url.original": None}),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", ""), {"http.request.method": None, "url.original": None}),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", "GET /a b c HTTP/2.0"), {"http.request.method": "GET", "url.original": "/a b c", "http.version": "2.0"}),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", "GET /"), {"http.request.method": "GET", "url.original": "/", "http.version": None}),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", r"GET /\"x\" HTTP/1.1"), {"url.original": r"/\"x\"", "http.version": "1.1", "http.response.status_code": 200}),
        (COMBINED.replace("(X11)", r"ends in \\"), {"user_agent.original": r"Mozilla/5.0 ends in \\"}),
        (COMBINED[:-1], {"user_agent.original": "Mozilla/5.0 (X11)"}),
        (COMBINED + ' "192.0.2.1" 0.003', {"user_agent.original": "Mozilla/5.0 (X11)", "http.response.status_code": 200}),
        (COMBINED.replace("17/May/2015:10:05:03 +0000", "2015-05-17T12:05:03+02:00"), {"@timestamp": datetime(2015, 5, 17, 10, 5, 3, tzinfo=UTC)}),
        (COMBINED.replace(" +0000", ""), {"@timestamp": None}),
        (COMBINED.replace("17/May", "31/Feb"), {"@timestamp": None, "source.ip": "203.0.113.9"}),
        (COMBINED.replace(" 200 5 ", " - - "), {"http.response.status_code": None, "event.outcome": "unknown"}),
        (COMBINED.replace("/a?b=1", "/é€"), {"url.original": "/é€"}),
    ],
)  # fmt: skip
def test_forms(line: str, values: dict[str, Any]) -> None:
    read_row = row(line)
    assert {name: read_row[name] for name in values} == values
    assert read_row["trace.length"] == len(line.encode())


def test_bytes_that_are_no_text() -> None:
    read_row = row(COMBINED.encode().replace(b"/a?b=1", b"/\xff\xfe"))
    assert read_row["url.original"] == r"/\xff\xfe"


def test_places_are_exact_over_blank_lines_ends_and_marks() -> None:
    lines = [
        b"\xef\xbb\xbf" + COMBINED.encode() + b"\r\n",
        b"\n",
        b"   \r\n",
        COMBINED.encode() + b"\n",
        b"nonsense\n",
        b"more\r\n",
        COMBINED.encode(),
    ]
    data = b"".join(lines)
    items = read(data)
    cuts = [data[row["trace.offset"] : row["trace.offset"] + row["trace.length"]] for row in rows(items)]
    assert cuts == [COMBINED.encode()] * 3
    (defect,) = [item for item in items if isinstance(item, Defect)]
    assert data[defect.offset : defect.offset + defect.length] == b"nonsense\nmore"
    assert defect.code == "line_unreadable"
    assert defect.reason.startswith("2 lines: ")


def test_a_line_too_long_is_a_defect_wherever_it_stands() -> None:
    long = b"x" * (2**20 + 1)
    for data in (
        long,
        long + b"\n" + COMBINED.encode(),
        COMBINED.encode() + b"\n" + long + b"\n" + COMBINED.encode(),
        b"y" * (9 * 2**20) + b"\n" + COMBINED.encode(),
    ):
        items = read(data)
        (defect,) = [item for item in items if isinstance(item, Defect)]
        assert defect.code == "line_too_long"
        assert defect.offset + defect.length in {len(data), len(data) - len(COMBINED)}
        assert len(rows(items)) == data.count(b"GET")


def test_blocks_join_without_loss() -> None:
    line = COMBINED.encode() + b"\n"
    count = 20 * 2**20 // len(line)
    items = read(line * count)
    assert sum(item.batch.num_rows for item in items if isinstance(item, Rows)) == count
    assert len(items) > 2
    offsets = [row["trace.offset"] for row in rows(items[:1])[:2]]
    assert offsets == [0, len(line)]


def test_a_line_of_escapes_takes_linear_time() -> None:
    line = COMBINED.replace("(X11)", r"\"" * 400_000)
    assert row(line)["user_agent.original"] == "Mozilla/5.0 " + r"\"" * 400_000
    open_end = COMBINED.replace('(X11)"', "\\" * 399_999)
    assert len(row(open_end)["user_agent.original"]) == 400_011


@pytest.mark.parametrize(
    ("head", "name", "score"),
    [
        (COMBINED.encode(), "x", 2),
        (b"\n\n" + COMBINED.encode() + b"\nhalf a li", "x", 2),
        (COMBINED.encode() + b"\n" + b"junk\n" * 9, "x", 1),
        (COMBINED.encode() + b"\n" + b"junk\n" * 9, "access.log", 2),
        (b'Mar 27 13:06:56 host sshd[1]: [x] "quoted"\n', "x", 0),
        (b"", "access.log", 0),
        (b'{"time": ["a"]}', "x", 0),
    ],
)  # fmt: skip
def test_recognition(head: bytes, name: str, score: int) -> None:
    assert PARSER.recognizes(head, name=name) == score


def test_real_log(shared_data: Path) -> None:
    data = (shared_data / "logs" / "apache_access.log").read_bytes()
    items = read(data)
    assert [type(item) for item in items] == [Rows, Structures]
    frame = pl.DataFrame(rows(items))
    assert frame.height == 10_000
    assert frame["source.ip"].n_unique() == 1_753
    assert frame["@timestamp"].null_count() == 0
    assert frame["http.response.body.bytes"].null_count() == 669
    # the same facts by another road: the standard library, line by line
    lines = data.decode().splitlines()
    assert frame["http.response.status_code"].cast(pl.String).to_list() == [line.split('"')[2].split()[0] for line in lines]
    assert frame["url.original"].to_list() == [line.split('"')[1].split(" ")[1] for line in lines]


def test_what_a_proxy_passed_on_is_kept_beside_the_peer() -> None:
    at = '[10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"'
    items = read(
        (
            f'10.0.0.1 - - {at} "198.51.100.7, 10.0.0.9"\n'  # nginx's own format "main"
            f'10.0.0.1 - - {at} "-"\n'
            f'10.0.0.1 - - {at} rt=0.010 "x"\n'
            f"198.51.100.7, 10.0.0.1 - - {at}\n"
            f"198.51.100.7 10.0.0.1 - - {at}\n"
            f"198.51.100.7, 10.0.0.9 10.0.0.1 - - {at}\n"
            f"192.0.2.1:443 10.0.0.1 - - {at}\n"
            f"shop.example:443 10.0.0.1 - - {at}\n"
        ).encode()
    )
    found, defects = rows(items), [item for item in items if isinstance(item, Defect)]
    assert {row["source.ip"] for row in found} == {"10.0.0.1"}
    assert [row["network.forwarded_ip"] for row in found] == [
        "198.51.100.7, 10.0.0.9", None, None, "198.51.100.7, 10.0.0.1", "198.51.100.7", "198.51.100.7, 10.0.0.9", None, None,
    ]  # fmt: skip
    assert [row["host.name"] for row in found] == [None] * 6 + ["192.0.2.1", "shop.example"]
    assert not defects


def test_a_line_without_a_usable_time_is_kept_and_said() -> None:
    items = read(
        b'192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.0" 200 5\n'
        b'192.0.2.1 - - [29/Feb/2025:13:55:36 +0000] "GET / HTTP/1.0" 200 5\n'
        b'192.0.2.1 - - [10/Oct/2025:13:55:36] "GET / HTTP/1.0" 200 5\n'
    )
    found, defects = rows(items), [item for item in items if isinstance(item, Defect)]
    assert [row["@timestamp"] is None for row in found] == [False, True, True]
    assert [(defect.code, defect.offset) for defect in defects] == [("time_unreadable", found[1]["trace.offset"])]
