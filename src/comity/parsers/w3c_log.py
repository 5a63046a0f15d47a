"""Logs in the W3C's extended format: IIS, CloudFront and others that write a #Fields: line. Each line is a web request.

Times are in UTC by the format's word. Source: W3C Working Draft WD-logfile-960323; Microsoft, "W3C Extended Log File Format (IIS 6.0)".
"""

import re
from collections.abc import Iterator, Sequence

import polars as pl

from comity.observables import EVENT, Table
from comity.parsers.column_text import TextColumns, numbers, reader, strings
from comity.parsers.contract import Defect, Inferred, Item, Source
from comity.parsers.event_rows import Peers, event_rows
from comity.parsers.headed_lines import Header, Lines, headed, header_before
from comity.parsers.json_rows import CUT
from comity.parsers.lines import timeless, unreadable
from comity.parsers.written_time import times

_MOST_FIELDS = 200
_FIRST_FAILURE = 400  # RFC 9110, 15.5 and 15.6
_DIRECTIVE = re.compile(r"#(Fields|Date|Software|Version):\s{0,16}(.{0,8192})", re.DOTALL)
_QUOTED = re.compile(r'\s+|"((?:[^"]|"")*)"(?=\s|$)|(\S+)')
_NOT_READ = "not as many fields as the line #Fields: names"
_NO_HEADER = "no line #Fields: above"
_COLUMNS = {
    "cs-method": "http.request.method",
    "cs-username": "user.name",
    "s-computername": "host.name",
    "s-port": "destination.port",
    "c-port": "source.port",
    "cs-host": "destination.domain",
    "cs(host)": "destination.domain",
    "x-host-header": "destination.domain",
    "cs(user-agent)": "user_agent.original",
    "cs(referer)": "http.request.referrer",
    "x-forwarded-for": "network.forwarded_ip",
    "sc-status": "http.response.status_code",
    "sc-bytes": "http.response.body.bytes",
    "cs-version": "http.version",
    "cs-protocol-version": "http.version",
    "x-edge-request-id": "event.id",
}
_PEERS = {"c-ip": "source", "s-ip": "destination"}
_NUMBERS = frozenset({"time-taken", "cs-bytes", "sc-substatus", "sc-win32-status", "sc-bytes", "s-port"})


class W3cLog:
    """Reads logs in the extended format; nothing is inferred."""

    name = "w3c_log"
    version = "1"
    media_type = "text/x-w3c-log"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 when a line names the fields, and a time or an address among them."""
        del name
        named = re.search(rb"^(?:\xef\xbb\xbf)?#Fields:([^\r\n]{1,8192})", head, re.MULTILINE)
        return 3 if named and {b"time", b"c-ip", b"date"} & set(named[1].split()) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: the format's times are in UTC."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the lines as events, about 8 MiB at a time."""
        del inferred
        peers = Peers()
        for item in headed(source, _directive):
            if isinstance(item, Lines):
                yield from _lines(item, peers)
            else:
                yield item

    def excerpt(self, source: Source, *, offset: int, length: int) -> bytes:
        """Return the header in force and the line."""
        header = header_before(source, _directive, offset=offset)
        source.stream.seek(offset)
        return header + source.stream.read(length)


def _directive(line: str, header: Header) -> Header:
    match = _DIRECTIVE.fullmatch(line)
    return header if match is None else {**header, match[1]: match[2].strip()}


def _lines(lines: Lines, peers: Peers) -> Iterator[Item]:
    frame = lines.frame
    if frame.is_empty():
        return
    names = [name.lower() for name in lines.header.get("Fields", "").split()]
    if not 0 < len(names) <= _MOST_FIELDS or len(set(names)) < len(names):
        yield from unreadable(list(frame.select("offset", "length").iter_rows()), _NO_HEADER)
        return
    good, rest = _quick(frame, len(names))
    bad: list[tuple[int, int]] = []
    careful: list[tuple[object, ...]] = []
    for offset, length, text in rest.iter_rows():
        fields = text.split("\t") if "\t" in text else _quoted(text)
        if len(fields) == len(names):
            careful.append((offset, length, *fields))
        else:
            bad.append((offset, length))
    parts = good.columns[2:]
    if careful:
        good = pl.concat([good, pl.DataFrame(careful, schema=good.schema, orient="row")]).sort("offset")
    if not good.is_empty():
        columns = TextColumns({name: _written(good[part]) for name, part in zip(names, parts, strict=True)})
        yield from _events(good.select("offset", "length"), columns, lines.header, peers)
    yield from unreadable(bad, _NOT_READ)


def _quick(frame: pl.DataFrame, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the lines that split into `count` fields, as offset, length and the fields, and the others as they are.

    IIS parts with spaces and CloudFront with tabs, inside whose fields spaces mean nothing; quotes do where spaces part.
    """
    line = pl.col("line")
    tabbed = line.str.contains("\t", literal=True)
    found: list[pl.DataFrame] = []
    rest: list[pl.DataFrame] = []
    for of_kind, separator in ((~tabbed, " "), (tabbed, "\t")):
        part = frame.filter(of_kind)
        if part.is_empty() and found:
            continue
        split = part.with_columns(line.str.strip_chars_end(" ").str.split_exact(separator, count).alias("parts")).unnest("parts")
        whole = pl.col(f"field_{count - 1}").is_not_null() & pl.col(f"field_{count}").is_null()
        quick = whole & (pl.lit(separator == "\t") | ~line.str.contains('"', literal=True))
        found.append(split.filter(quick).drop("line", f"field_{count}"))
        rest.append(part.filter(~split.select(quick.alias("quick"))["quick"]))
    return pl.concat(found).sort("offset"), pl.concat(rest).sort("offset")


def _quoted(text: str) -> list[str]:
    """Return the fields of a line, those in quotes without them."""
    return [
        match[1].replace('""', '"') if match[2] is None else match[2]
        for match in _QUOTED.finditer(text)
        if match[1] is not None or match[2] is not None
    ]


def _written(texts: pl.Series) -> pl.Series:
    return pl.select(pl.when(~texts.is_in(["-", ""])).then(texts).alias("text"))["text"]


def _events(places: pl.DataFrame, columns: TextColumns, header: Header, peers: Peers) -> Iterator[Item]:
    found: dict[str, pl.Series] = {}
    for name, column in _COLUMNS.items():
        if name in columns and column not in found:
            found[column] = columns.use(name, reader(EVENT, column)).alias(column)
    for name, side in _PEERS.items():
        if name in columns:
            found |= {each.name: each for each in columns.peer(name, side, peers) if each.name not in found}
    frame = places.with_columns(*found.values(), *_times(columns, header), _target(columns))
    fields, cut = columns.rest(lambda name: numbers if name in _NUMBERS else strings)
    status = pl.col("http.response.status_code") if "http.response.status_code" in frame.columns else pl.lit(None, pl.Int32)
    answered = pl.when(status < _FIRST_FAILURE).then(pl.lit("success")).when(status.is_not_null()).then(pl.lit("failure"))
    version = [pl.col("http.version").str.strip_prefix("HTTP/")] if "http.version" in frame.columns else []
    frame = frame.with_columns(
        pl.lit("w3c_log").alias("event.dataset"),
        pl.lit("web").alias("event.category"),
        pl.lit("request").alias("event.action"),
        answered.otherwise(pl.lit("unknown")).alias("event.outcome"),
        fields.alias("fields"),
        *version,
    )
    yield event_rows(frame)
    yield from timeless(frame)
    for place in cut:
        yield Defect(code="fields_cut", reason=CUT, offset=places["offset"][place], length=places["length"][place])


def _times(columns: TextColumns, header: Header) -> list[pl.Series]:
    """Return the time columns from date and time; where there is no date, from the day of #Date:."""
    if "time" not in columns:
        return list(times(pl.Series([None] * columns.height, dtype=pl.String)))
    clock = columns.look("time")
    days = columns.look("date") if "date" in columns else pl.Series([header.get("Date", "")[:10] or None] * len(clock), dtype=pl.String)
    read = times(pl.select(pl.concat_str(days, pl.lit("T"), clock).alias("at"))["at"], zone="documented")
    for name in ("date", "time"):
        if name in columns:
            columns.use(name, lambda texts: pl.select(pl.when(read["@timestamp"].is_not_null()).then(texts).alias("text"))["text"])
    return list(read)


def _target(columns: TextColumns) -> pl.Series:
    """Return the request's target: path and query."""
    stem, query = "cs-uri-stem", "cs-uri-query"
    if stem not in columns:
        return (
            columns.use("cs-uri", lambda texts: texts).alias("url.original")
            if "cs-uri" in columns
            else pl.Series("url.original", [None] * columns.height, dtype=pl.String)
        )
    path = columns.use(stem, lambda texts: texts)
    if query not in columns:
        return path.alias("url.original")
    asked = columns.use(query, lambda texts: texts)
    return pl.select(
        pl.concat_str(path, pl.when(asked.is_not_null()).then(pl.concat_str(pl.lit("?"), asked)).otherwise(pl.lit(""))).alias(
            "url.original"
        )
    )["url.original"]


PARSER = W3cLog()
