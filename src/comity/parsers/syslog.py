"""Syslog files: the old BSD form, rsyslog's ISO times, RFC 5424; with sshd, sudo and their like understood.

BSD lines give neither year nor zone. Both are inferred for the whole file and said: the zone is taken to be UTC, the
year follows from the time the file was last modified, counted back over each turn of the year in it.
Source: RFC 3164, 4.1; RFC 5424, 6; RFC 3339.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from comity.observables import EVENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source
from comity.parsers.daemon_messages import interpret
from comity.parsers.event_rows import Peers, event_rows
from comity.parsers.lines import Block, Lines, blanks, blocks, split, timeless, unreadable
from comity.parsers.log_year import MONTHS, YEAR_DOUBT, Years, infer_years

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9]"
_PRIORITY = r"(?:<[0-9]{1,3}>)?"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])"
_STAMP = rf"[0-9]{{4}}-[01][0-9]-[0-3][0-9]T{_CLOCK}(?:[.,][0-9]{{1,9}})?{_ZONE}?"

BSD = (
    rf"^{_PRIORITY}(?<day>(?:{'|'.join(MONTHS)}) [ 0-9]?[0-9])(?: (?<year>[12][0-9]{{3}}))? "
    rf"(?<clock>{_CLOCK})(?:[.,](?<fraction>[0-9]{{1,9}}))? (?<host>\S+) (?<rest>.*)$"
)
ISO = rf"^{_PRIORITY}(?<stamp>{_STAMP}) (?<host>\S+) (?<rest>.*)$"
RFC5424 = (
    rf"^<[0-9]{{1,3}}>[1-9][0-9]? (?<stamp>-|{_STAMP}) (?<host>\S+) (?<program>\S+) (?<pid>\S+) \S+ "
    r'(?<data>-|(?:\[(?:[^"\]\\]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: \x{FEFF}?(?<message>.*))?$'
)
_TAG = r"^(?<program>[^\s\[\]:]{1,128})(?:\[(?<pid>[0-9]{1,10})\])?: ?(?<message>.*)$"

_NOT_READ = "no time, host and message as in any of the forms of syslog"
_SURE_SHARE = 0.6
_LINES_TRIED = 50
_MINUTE_US = 60_000_000
_SECOND_US = 1_000_000


class Syslog:
    """Reads syslog files."""

    name = "syslog"
    version = "2"
    media_type = "text/x-syslog"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 2 when most of the first lines are of a syslog (or some, and the name says so), 1 when some are."""
        lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:_LINES_TRIED] if line.strip()]
        if len(lines) > 1 and not head.endswith(b"\n"):
            lines.pop()
        if not lines or 0 in head[:1024]:
            return 0
        texts = pl.Series([line.decode("utf-8", "backslashreplace").rstrip("\r") for line in lines])
        forms = texts.str.contains(BSD) | texts.str.contains(RFC5424) | _tagged(texts)
        read = forms.sum()
        if read and read >= _SURE_SHARE * len(lines):
            return 2
        return 0 if not read else 2 if any(word in name.lower() for word in ("syslog", "auth", "secure", "messages")) else 1

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return the year of each part of the file and its zone, for BSD lines and times without zone; nothing when all is written."""
        days: list[pl.DataFrame] = []
        zoneless = False
        for block in blocks(source):
            if isinstance(block, Defect):
                continue
            heads = _heads(_texts(split(block)))
            dated = heads.filter(pl.col("year").is_null() & pl.col("day").is_not_null()).select("offset", "day")
            # the first line of each day is enough, however long the log
            days.append(dated.filter((pl.col("day") != pl.col("day").shift()).fill_null(value=True)))
            zoneless = zoneless or bool(
                (heads["clock"].is_not_null() | heads["stamp"].str.contains(r"T[0-9:.,]+$")).fill_null(value=False).any()
            )
        facts = list(infer_years(pl.concat(days), source.modified)) if days else []
        if zoneless:
            facts.append(Inferred(name="zone", value="UTC", why="the lines give no zone; UTC is taken until the host's zone is known"))
        return tuple(facts)

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the lines as events, about 8 MiB at a time; a time that needs a fact which is not given is null."""
        facts = {fact.name: fact.value for fact in inferred}
        peers = Peers()
        for block in blocks(source):
            if isinstance(block, Defect):
                yield block
            else:
                yield from _read_block(block, facts, peers, source.origin)


def _texts(lines: Lines) -> pl.DataFrame:
    """Return offset, length and text of all `lines`, in order."""
    if not lines.odd:
        return lines.frame
    return pl.concat([lines.frame, pl.DataFrame(lines.odd, schema=lines.frame.schema, orient="row")]).sort("offset")


def _heads(frame: pl.DataFrame) -> pl.DataFrame:
    """Return offset, day, year and clock of BSD lines, stamp of the others."""
    line = pl.col("line")
    bsd = line.str.extract_groups(
        rf"^{_PRIORITY}(?<day>(?:{'|'.join(MONTHS)}) [ 0-9]?[0-9])(?: (?<year>[12][0-9]{{3}}))? (?<clock>{_CLOCK})[., ]"
    )
    stamp = line.str.extract(rf"^(?:<[0-9]{{1,3}}>)?(?:[1-9][0-9]? )?({_STAMP}) ").alias("stamp")
    return frame.select("offset", bsd.alias("bsd"), stamp).unnest("bsd")


def _tagged(texts: pl.Series) -> pl.Series:
    """Return which lines have an ISO time, a host and a program: other logs begin with an ISO time, too."""
    rest = texts.str.extract_groups(ISO).struct.field("rest")
    return rest.str.contains(_TAG).fill_null(value=False)


def _read_block(block: Block, facts: Mapping[str, str], peers: Peers, origin: int) -> Iterator[Item]:
    lines = split(block)
    frame = _texts(lines)
    parts = []
    for pattern, reading in ((BSD, _bsd), (RFC5424, _rfc5424), (ISO, _iso)):
        matches = frame["line"].str.contains(pattern)
        if matches.any():
            found = frame.filter(matches).with_columns(pl.col("line").str.extract_groups(pattern).alias("g")).drop("line").unnest("g")
            parts.append(reading(found, facts, origin))
            frame = frame.filter(~matches)
    if parts:
        read = peers.read(interpret(pl.concat(parts)), "peer")
        port = pl.col("port").cast(pl.Int32, strict=False)
        yield event_rows(read.with_columns(pl.coalesce(port, "source.port").alias("source.port")))
        yield from timeless(read)
    yield from unreadable(list(frame.select("offset", "length").iter_rows()), _NOT_READ)
    yield blanks(block, lines)


_SHAPE = ("offset", "length", "@timestamp", "event.precision", "event.clock", "host.name", "process.name", "process.pid", "message")


def _bsd(frame: pl.DataFrame, facts: Mapping[str, str], origin: int) -> pl.DataFrame:
    years = Years.parse(facts.get("year", ""))
    written = pl.col("year").cast(pl.Int32)
    frame = frame.with_columns(pl.Series("inferred", years.at(frame["offset"] + origin), dtype=pl.Int32))
    frame = frame.with_columns(pl.concat_str(pl.coalesce(written, "inferred"), pl.lit(" "), "day").alias("date"))
    dates = {text: _date(text) for text in frame["date"].drop_nulls().unique()}
    clock = pl.col("clock")
    seconds = clock.str.slice(0, 2).cast(pl.Int64) * 3600 + clock.str.slice(3, 2).cast(pl.Int64) * 60 + clock.str.slice(6, 2).cast(pl.Int64)
    midnight = pl.col("date").replace_strict(dates, default=None, return_dtype=pl.Date).cast(pl.Datetime("us"))
    at = midnight + pl.duration(microseconds=seconds * _SECOND_US + _microseconds(pl.col("fraction")))
    # a line without a host begins with the program, whose colon shows it
    hostless = pl.col("host").str.ends_with(":")
    year = "year in doubt" if YEAR_DOUBT in facts else "year"
    missing = pl.when(written.is_null()).then(pl.lit(f"{year}+zone")).otherwise(pl.lit("zone"))
    return _tag(
        frame.with_columns(
            _in_zone(at, facts).alias("@timestamp"),
            _precision(pl.col("fraction")).alias("event.precision"),
            missing.alias("event.clock"),
            pl.when(hostless).then(None).otherwise("host").alias("host.name"),
            pl.when(hostless).then(pl.concat_str("host", pl.lit(" "), "rest")).otherwise("rest").alias("rest"),
        )
    )


def _iso(frame: pl.DataFrame, facts: Mapping[str, str], origin: int) -> pl.DataFrame:
    del origin
    return _tag(_stamped(frame, facts).with_columns(pl.col("host").alias("host.name")))


def _rfc5424(frame: pl.DataFrame, facts: Mapping[str, str], origin: int) -> pl.DataFrame:
    del origin
    frame = _stamped(frame, facts)
    given = pl.when(pl.col("message").str.len_bytes() > 0).then("message")
    return _shaped(
        frame.with_columns(
            _given("host").alias("host.name"),
            _given("program").alias("process.name"),
            pl.col("pid").cast(pl.Int32, strict=False).alias("process.pid"),
            pl.coalesce(given, _given("data"), pl.lit("")).alias("message"),
        )
    )


def _tag(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with program, process number and message from `rest`; all of it is the message when no program stands first."""
    frame = frame.with_columns(pl.col("rest").str.extract_groups(_TAG).alias("t")).unnest("t")
    return _shaped(
        frame.with_columns(
            pl.col("program").alias("process.name"),
            pl.col("pid").cast(pl.Int32, strict=False).alias("process.pid"),
            pl.coalesce("message", "rest").alias("message"),
        )
    )


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the event columns; of a time that is not known nothing was inferred."""
    clock = pl.when(pl.col("@timestamp").is_null()).then(pl.lit("")).otherwise("event.clock").alias("event.clock")
    return frame.with_columns(clock).select(_SHAPE)


def _stamped(frame: pl.DataFrame, facts: Mapping[str, str]) -> pl.DataFrame:
    """Return the frame with `@timestamp`, `event.precision` and `event.clock` from the ISO times in `stamp` ("-" for none)."""
    stamp = pl.col("stamp")
    zone = stamp.str.extract(r"([+-][0-9]{2}:?[0-9]{2}|Z)$")
    fraction = stamp.str.extract(r"[.,]([0-9]{1,9})")
    at = stamp.str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    at = at + pl.duration(microseconds=_microseconds(fraction))
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    minutes = sign * (zone.str.slice(1, 2).cast(pl.Int64) * 60 + zone.str.slice(-2).cast(pl.Int64))
    minutes = pl.when(zone == "Z").then(0).otherwise(minutes)
    zoned = (at - pl.duration(microseconds=minutes * _MINUTE_US)).dt.replace_time_zone("UTC")
    return frame.with_columns(
        pl.when(zone.is_not_null()).then(zoned).otherwise(_in_zone(at, facts)).alias("@timestamp"),
        _precision(fraction).alias("event.precision"),
        pl.when(zone.is_null()).then(pl.lit("zone")).otherwise(pl.lit("")).alias("event.clock"),
    )


def _in_zone(at: pl.Expr, facts: Mapping[str, str]) -> pl.Expr:
    """Return local times as instants in the inferred zone; null when none was inferred."""
    return at.dt.replace_time_zone("UTC") if facts.get("zone") == "UTC" else pl.lit(None, pl.Datetime("us", "UTC"))


def _microseconds(fraction: pl.Expr) -> pl.Expr:
    return fraction.str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)


def _precision(fraction: pl.Expr) -> pl.Expr:
    digits = fraction.str.len_bytes()
    finer = pl.when(digits <= 3).then(pl.lit("millisecond")).otherwise(pl.lit("microsecond"))  # noqa: PLR2004 - thousandths
    return pl.when(digits.is_null()).then(pl.lit("second")).otherwise(finer)


def _given(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "-").then(column)


def _date(text: str) -> date | None:
    """Return the date of "2017 Mar 27", None when there is no such day."""
    try:
        return date(int(text[:4]), MONTHS.index(text[5:8]) + 1, int(text[9:]))
    except ValueError:
        return None


PARSER = Syslog()
