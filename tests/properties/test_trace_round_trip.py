"""Every traced row can be cut out of its exhibit again and parses to the same values, for every parser."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.parsers.contract import Defect, Inferred, Parser, Rows, Source
from comity.parsers.log_year import MONTHS
from comity.parsers.registry import PARSERS, choose
from trace_samples import MODIFIED, SAMPLES

READERS = tuple(parser for parser in PARSERS if parser.tables)
# where a row stands, or to what it belongs, is not what its bytes say
ELSEWHERE = {"trace.offset", "trace.length", "message.offset"}
BELONGING = {"hop": {"message_id", "position"}}


def source(data: bytes, *, origin: int = 0) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="sample", modified=MODIFIED, origin=origin)


def rows(parser: Parser, data: bytes, inferred: tuple[Inferred, ...], *, origin: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in parser.read(source(data, origin=origin), inferred=inferred):
        if isinstance(item, Rows):
            for row in item.batch.to_pylist():
                yield item.table.name, row


def values(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ELSEWHERE | BELONGING.get(table, set())}


@cache
def readings(parser: Parser) -> tuple[tuple[bytes, tuple[Inferred, ...], tuple[tuple[str, dict[str, Any]], ...]], ...]:
    read = []
    for data in SAMPLES[parser.name]():
        inferred = tuple(parser.infer(source(data)))
        found = tuple(rows(parser, data, inferred))
        if found:
            read.append((data, inferred, found))
    return tuple(read)


def check(parser: Parser, data: bytes, inferred: tuple[Inferred, ...], table: str, row: dict[str, Any]) -> None:
    start, end = row["trace.offset"], row["trace.offset"] + row["trace.length"]
    assert 0 <= start < end <= len(data)
    alone = data[start:end]
    if hasattr(parser, "excerpt"):  # its rows need more than their own bytes
        alone = parser.excerpt(source(data), offset=start, length=end - start)
    again = [values(name, other) for name, other in rows(parser, alone, inferred, origin=start) if name == table]
    assert values(table, row) in again, f"{table} row at {start} reads otherwise when cut out: {data[start:end][:200]!r}"


@pytest.mark.parametrize("parser", READERS, ids=lambda parser: parser.name)
def test_every_parser_has_samples_it_reads(parser: Parser) -> None:
    assert parser.name in SAMPLES, "add sample material to trace_samples.py"
    assert readings(parser)
    for data, _, _ in readings(parser):
        assert choose(data[:65_536], name="sample") is parser


@pytest.mark.parametrize("parser", READERS, ids=lambda parser: parser.name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_of_samples(parser: Parser, data: st.DataObject) -> None:
    sample, inferred, found = data.draw(st.sampled_from(readings(parser)))
    table, row = found[data.draw(st.integers(0, len(found) - 1))]
    check(parser, sample, inferred, table, row)


words = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=30)
hosts = st.one_of(st.ip_addresses().map(str), st.from_regex(r"[a-z][a-z0-9-]{0,10}\.example", fullmatch=True), st.just("-"))
clocks = st.times().map(lambda time: time.strftime("%H:%M:%S"))
months = st.sampled_from(MONTHS)
access_lines = st.builds(
    '{} - {} [{:02}/{}/2023:{} {}] "{} {} HTTP/1.1" {} {}{}'.format,
    hosts, words, st.integers(1, 31), months, clocks, st.sampled_from(["+0000", "-0330", "+1400", "nonsense"]),
    st.sampled_from(["GET", "POST", "\\x16\\x03", ""]), words, st.integers(0, 999), st.sampled_from(["-", "0", "123456", "x"]),
    st.sampled_from(["", ' "-" "agent"', ' "http://a.example/\\"" "agent', ' "-" "agent" "192.0.2.1"']),
)  # fmt: skip
messages = st.sampled_from([
    "Failed password for {0} from {1} port 22 ssh2", "Accepted password for {0} from {1} port 4 ssh2", "Invalid user {0} from {1}",
    "Connection closed by invalid user {0} {1} port 9", "pam_unix(x:session): session opened for user {0} by (uid=0)", "{0}",
])  # fmt: skip
syslog_lines = st.builds(
    lambda stamp, host, program, message, user, peer: f"{stamp} {host} {program}: {message.format(user, peer)}",
    st.one_of(
        st.builds("{} {:2} {}".format, months, st.integers(1, 31), clocks),
        st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%f+02:00")),
        st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%S")),
    ),
    st.sampled_from(["h", "h.example"]), st.sampled_from(["sshd[1]", "sudo", "kernel", "a b"]), messages, words, hosts,
)  # fmt: skip
ends = st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \n"])
raw = st.binary(max_size=40).filter(lambda data: b"\n" not in data)


@pytest.mark.parametrize(("name", "lines"), [("access_log", access_lines), ("syslog", syslog_lines)])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_generated_logs(name: str, lines: st.SearchStrategy[str], data: st.DataObject) -> None:
    (parser,) = [parser for parser in PARSERS if parser.name == name]
    parts = data.draw(st.lists(st.tuples(st.one_of(lines.map(str.encode), raw), ends), min_size=1, max_size=8))
    log = b"".join(line + end for line, end in parts)
    inferred = tuple(parser.infer(source(log)))
    found = list(rows(parser, log, inferred))
    for table, row in found:
        check(parser, log, inferred, table, row)
    # every line that is not blank is a row or lies in a defect, never both; a row without a time has a defect of its own kind
    defects = [item for item in parser.read(source(log), inferred=inferred) if isinstance(item, Defect) and item.code != "time_unreadable"]
    traces = sorted(
        [(row["trace.offset"], row["trace.length"]) for _, row in found] + [(defect.offset, defect.length) for defect in defects]
    )
    position = 0
    for offset, length in traces:
        assert offset >= position
        assert not log[position:offset].decode("utf-8", "replace").replace("\ufeff", "").strip()
        position = offset + length
    assert not log[position:].decode("utf-8", "replace").strip()
