r"""Zeek's logs, in columns under a header or as JSON lines: conn as flows, all others as events.

Source: Zeek documentation, "Zeek Log Formats and Inspection"; base/frameworks/logging/writers/ascii (escapes: \xNN, and \\).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

import polars as pl
import pyarrow as pa

from comity.observables import EVENT, FLOW, Table
from comity.parsers.column_text import TextColumns, numbers, reader, strings, truths
from comity.parsers.contract import Defect, Inferred, Item, Source
from comity.parsers.event_rows import Peers, event_rows
from comity.parsers.flow_rows import flow_rows
from comity.parsers.headed_lines import Header, Lines, headed, header_before
from comity.parsers.json_columns import Derived, Layout, Path
from comity.parsers.json_records import first_records
from comity.parsers.json_rows import CUT, rows
from comity.parsers.json_text import Object
from comity.parsers.lines import timeless, unreadable
from comity.parsers.written_time import epochs, times
from comity.parsers.zeek_kinds import FLOW_COLUMNS, KINDS, OTHER, columns_of, told

_SURE_SHARE = 0.5
_MOST_FIELDS = 1_000
_FIRST_FAILURE = 400  # RFC 9110, 15.5 and 15.6
_HEADER = re.compile(r"#(separator|set_separator|empty_field|unset_field|path|fields|types)(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\\\")
_NUMBERS = frozenset({"count", "int", "double", "interval", "time", "port"})
_PATH = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_LISTED = pa.list_(pa.string())
_LONGEST = 10_000 * 86_400  # seconds, far beyond any conversation
_NOT_READ = "not as many fields as the header names"
_NO_HEADER = "no header above that names the fields"


class ZeekLog:
    """Reads Zeek's logs; nothing is inferred."""

    name = "zeek_log"
    version = "1"
    media_type = "text/x-zeek-log"
    tables: tuple[Table, ...] = (EVENT, FLOW)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the header of a log in columns, 2 when most of the first JSON records are Zeek's."""
        del name
        if re.search(rb"^#fields[^\n]", head, re.MULTILINE) and re.search(rb"^#(?:separator |types[^\n])", head, re.MULTILINE):
            return 3
        if not head.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"{") or b'"ts"' not in head:
            return 0
        first = first_records(head)
        return 2 if first and sum(map(_is_zeek, first)) >= _SURE_SHARE * len(first) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: times count from 1970 or have a zone."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the lines of conn as flows, those of other logs as events."""
        del inferred
        if _in_columns(source):
            return _columns(source)
        return rows(source, _layout)

    def excerpt(self, source: Source, *, offset: int, length: int) -> bytes:
        """Return the header in force and the line; of JSON the line alone."""
        header = header_before(source, _directive, offset=offset) if _in_columns(source) else b""
        source.stream.seek(offset)
        return header + source.stream.read(length)


def _in_columns(source: Source) -> bool:
    source.stream.seek(0)
    return not source.stream.read(4_096).lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"{")


def _is_zeek(record: Object) -> bool:
    return "ts" in record and bool(
        record.keys() & {"uid", "uids", "id.orig_h", "_path", "fuid", "conn_uids", "certificate.subject", "note"}
    )


def _directive(line: str, header: Header) -> Header:
    match = _HEADER.fullmatch(line)
    if match is None:
        return header
    name, said = match[1], match[2]
    if name == "separator":  # which begins a log
        return {name: _unescape(said.strip(" "))}
    separator = header.get("separator", "\t")
    return {**header, name: said.removeprefix(separator)}


def _columns(source: Source) -> Iterator[Item]:
    peers = Peers()
    for item in headed(source, _directive):
        if isinstance(item, Lines):
            yield from _lines(item, peers)
        else:
            yield item


def _lines(lines: Lines, peers: Peers) -> Iterator[Item]:
    header, frame = lines.header, lines.frame
    if frame.is_empty():
        return
    separator = header.get("separator") or "\t"
    names = header["fields"].split(separator) if header.get("fields") else []
    kinds = header.get("types", "").split(separator)
    if not 0 < len(names) <= _MOST_FIELDS or len(set(names)) < len(names):
        yield from unreadable(list(frame.select("offset", "length").iter_rows()), _NO_HEADER)
        return
    types = dict(zip(names, kinds, strict=False)) if len(kinds) == len(names) else {}
    parts = pl.col("line").str.split_exact(separator, len(names)).alias("parts")
    # split_exact leaves the rest out, so the last part is asked for to see that there is none
    frame = frame.select("offset", "length", parts).unnest("parts")
    whole = pl.col(f"field_{len(names) - 1}").is_not_null() & pl.col(f"field_{len(names)}").is_null()
    wrong = frame.filter(~whole)
    yield from unreadable(list(wrong.select("offset", "length").iter_rows()), _NOT_READ)
    good = frame.filter(whole) if wrong.height else frame
    if good.is_empty():
        return
    columns = TextColumns({name: _clean(good[f"field_{at}"], types.get(name, ""), header) for at, name in enumerate(names)})
    yield from _table(header, good.select("offset", "length"), columns, types, peers)


def _table(header: Header, places: pl.DataFrame, columns: TextColumns, types: Mapping[str, str], peers: Peers) -> Iterator[Item]:
    """Yield the rows of lines taken apart."""
    path = header.get("path", "")
    flow = path == "conn"
    table, wanted = (FLOW, FLOW_COLUMNS) if flow else (EVENT, columns_of(path))
    kind = KINDS.get(path, OTHER)
    look = kind.outcome if kind.outcome in columns else "duration" if flow and "duration" in columns else ""
    told_by = columns.look(look).alias("told") if look else pl.Series("told", [None] * places.height, dtype=pl.String)
    found: dict[str, pl.Series] = {}
    for name, column in wanted.items():
        if name in columns and column not in found:
            read = partial(_split, header=header) if table.schema.field(column).type == _LISTED else reader(table, column)
            found[column] = columns.use(name, read).alias(column)
    for side, names in kind.peers.items():
        present = [name for name in names if name in columns]
        if present:
            name = max(present, key=lambda name: columns.look(name).count())
            found |= {each.name: each for each in columns.peer(name, side, peers) if each.name not in found}
    frame = places.with_columns(told_by, *found.values())
    if "ts" in columns:
        stamps: list[pl.DataFrame] = []

        def read_time(texts: pl.Series) -> pl.Series:
            counted = epochs(texts.cast(pl.Float64, strict=False), precision="microsecond")
            stamps.append(counted if counted["@timestamp"].count() else times(texts))
            return stamps[0]["@timestamp"]

        columns.use("ts", read_time)
        frame = frame.with_columns(stamps[0])
    else:
        frame = frame.with_columns(times(pl.Series([None] * places.height, dtype=pl.String)))
    fields, cut = columns.rest(lambda name: _writer(types.get(name, ""), header))
    yield from _rows(path, frame.with_columns(fields.alias("fields")))
    for place in cut:
        yield Defect(code="fields_cut", reason=CUT, offset=places["offset"][place], length=places["length"][place])


def _rows(path: str, frame: pl.DataFrame) -> Iterator[Item]:
    frame = _interpreted(path, frame)
    yield flow_rows(frame) if path == "conn" else event_rows(frame)
    yield from timeless(frame)


def _interpreted(path: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with what the log's kind says of it; `told` is the field that tells how it ended, as text."""
    dataset = pl.lit(f"zeek_{path}" if path else "zeek").alias("event.dataset")
    if path == "conn":
        seconds = pl.col("told").cast(pl.Float64, strict=False)
        lasted = pl.when(seconds.is_between(0, _LONGEST)).then(pl.duration(microseconds=(seconds * 1_000_000).round().cast(pl.Int64)))
        return frame.with_columns(dataset, (pl.col("@timestamp") + lasted).alias("event.end"))
    kind = KINDS.get(path, OTHER)
    told_by = pl.col("told").str.to_lowercase()
    below = told_by.cast(pl.Int32, strict=False) < _FIRST_FAILURE
    good = below if kind.outcome == "status_code" else told_by.is_in(list(kind.good))
    outcome = pl.when(good).then(pl.lit("success")).when(good.not_()).then(pl.lit("failure"))
    asked = [pl.col("dns.question.name").str.to_lowercase().str.strip_suffix(".")] if "dns.question.name" in frame.columns else []
    return frame.with_columns(
        dataset,
        pl.lit("zeek").alias("event.provider"),
        pl.lit(kind.category).alias("event.category"),
        pl.lit(kind.action or path or "record").alias("event.action"),
        outcome.alias("event.outcome"),
        *asked,
    )


def _clean(texts: pl.Series, kind: str, header: Header) -> pl.Series:
    """Return the texts with what is unset as null, what is empty as such, and escapes resolved where they are part of no list."""
    texts = pl.select(pl.when(texts != header.get("unset_field", "-")).then(texts).alias("text"))["text"]
    if _is_list(kind):
        return texts
    texts = texts.replace(header.get("empty_field", "(empty)"), "")
    return _unescaped(texts)


def _is_list(kind: str) -> bool:
    return kind.startswith(("set[", "vector["))


def _unescaped(texts: pl.Series) -> pl.Series:
    escaped = texts.str.contains("\\", literal=True)
    if not escaped.any():
        return texts
    plain = {text: _unescape(text) for text in texts.filter(escaped).unique()}
    return texts.replace(plain)


def _unescape(text: str) -> str:
    """Return `text` with its escapes as the bytes they stand for; bytes that are no UTF-8 stay escapes."""
    parts = []
    at = 0
    for match in _ESCAPE.finditer(text):
        parts += [text[at : match.start()].encode("utf-8", "surrogatepass"), bytes([int(match[1], 16)]) if match[1] else b"\\"]
        at = match.end()
    return b"".join([*parts, text[at:].encode("utf-8", "surrogatepass")]).decode("utf-8", "backslashreplace")


def _split(texts: pl.Series, *, header: Header) -> pl.Series:
    """Return sets and vectors as lists, null when empty."""
    members = _members(texts, header).filter(pl.col("member").is_not_null())
    lists = members.group_by("text", maintain_order=True).agg("member")
    return pl.DataFrame({"text": texts}).join(lists, on="text", how="left", maintain_order="left")["member"]


def _members(texts: pl.Series, header: Header) -> pl.DataFrame:
    """Return each distinct set or vector that is not empty with its members, in order, null where one is unset."""
    distinct = pl.DataFrame({"text": texts.drop_nulls().unique(maintain_order=True)})
    split = pl.col("text").str.split(header.get("set_separator") or ",").alias("member")
    members = distinct.filter(pl.col("text") != header.get("empty_field", "(empty)")).select("text", split).explode("member")
    member = members.select(pl.when(pl.col("member") != header.get("unset_field", "-")).then("member"))["member"]
    return members.with_columns(_unescaped(member).alias("member"))


def _writer(kind: str, header: Header) -> Callable[[pl.Series], pl.Series]:
    """Return what makes JSON text of a column of this type."""
    if _is_list(kind):
        return partial(_written_lists, element=kind.partition("[")[2].rstrip("]"), header=header)
    if kind in _NUMBERS:
        return numbers
    return truths if kind == "bool" else strings


def _written_lists(texts: pl.Series, *, element: str, header: Header) -> pl.Series:
    """Return sets and vectors as JSON lists."""
    members = _members(texts, header)
    members = members.with_columns(_writer(element, header)(members["member"]).fill_null("null").alias("member"))
    lists = members.group_by("text", maintain_order=True).agg(pl.col("member").str.join(","))
    written = {text: f"[{joined}]" for text, joined in lists.iter_rows()} | {header.get("empty_field", "(empty)"): "[]"}
    return texts.replace_strict(written, default=None, return_dtype=pl.String)


def _layout(record: Object) -> Layout:
    path = told(record)
    return _layout_of(path if _PATH.fullmatch(path) else "")


@lru_cache(maxsize=256)
def _layout_of(path: str) -> Layout:
    """Return the layout of JSON records of the log `path`."""
    kind = KINDS.get(path, OTHER)
    wanted = FLOW_COLUMNS if path == "conn" else columns_of(path)
    columns: dict[str, tuple[Path, ...]] = {}
    for name, column in wanted.items():
        columns[column] = (*columns.get(column, ()), *_spelled(name))
    look = "duration" if path == "conn" else kind.outcome
    return Layout(
        table=FLOW if path == "conn" else EVENT,
        columns=columns,
        peers={side: tuple(each for name in names for each in _spelled(name)) for side, names in kind.peers.items()},
        times={"@timestamp": (("ts",),)},
        derived={"told": Derived(read=partial(_scalar, name=look))},
        precision="microsecond",
        interpret=partial(_interpreted, path),
    )


def _spelled(name: str) -> tuple[Path, ...]:
    """Return where a field stands in JSON: by its name, with _ for the dot, or one object inside the other."""
    if not name.startswith("id."):
        return ((name,),)
    return ((name,), (name.replace(".", "_"),), tuple(name.split(".")))


def _scalar(record: Object, *, name: str) -> str | None:
    value = record.get(name)
    return None if value is None or isinstance(value, list | dict) else str(value)


PARSER = ZeekLog()
