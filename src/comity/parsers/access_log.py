"""Access logs of web servers: Apache's common, combined and vhost forms, and nginx's, which is combined.

With a further quoted field for X-Forwarded-For, as nginx's own packages write it, what that says is kept beside the peer.
Nearly all lines are split column by column; those with escapes, odd spaces or missing fields go one by one through
`access_log_line`, which reads the same forms with more patience.
Source: Apache HTTP Server 2.4, mod_log_config; nginx, ngx_http_log_module.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from comity.observables import EVENT, Table
from comity.parsers.access_log_line import MONTHS, Line, read_line
from comity.parsers.contract import Defect, Inferred, Item, Source
from comity.parsers.event_rows import IPV4, Peers, event_rows
from comity.parsers.lines import Block, blanks, blocks, split, timeless, unreadable

_SURE_SHARE = 0.6
_LINES_TRIED = 50
_LONGEST_TRIED = 20_000
_FIRST_FAILURE = 400  # RFC 9110, 15.5 and 15.6
_MINUTE_US = 60_000_000
_NOT_READ = "no time in brackets with a quoted request after it, as an access log has"
_QUICK = ("offset", "length", "host", "vhost", "user", "day", "clock", "zone", "request", "answer", "referrer", "agent", "forwarded")


class AccessLog:
    """Reads access logs; each line stands alone, so nothing is inferred."""

    name = "access_log"
    version = "2"
    media_type = "text/x-access-log"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 2 when most of the first lines are of an access log (or some, and the name says so), 1 when some are."""
        if b"[" not in head or b'"' not in head or b":" not in head:
            return 0
        lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:_LINES_TRIED] if line.strip()]
        if len(lines) > 1 and not head.endswith(b"\n"):
            lines.pop()
        read = sum(
            len(line) <= _LONGEST_TRIED and read_line(line.decode("utf-8", "backslashreplace").rstrip("\r")) is not None for line in lines
        )
        if read >= _SURE_SHARE * len(lines) and read:
            return 2
        return 0 if not read else 2 if "access" in name.lower() else 1

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: a line gives its year and its zone; one that does not has no usable time."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the lines as events, about 8 MiB at a time."""
        del inferred
        peers = Peers()
        for block in blocks(source):
            if isinstance(block, Defect):
                yield block
            else:
                yield from _read_block(block, peers)


def _read_block(block: Block, peers: Peers) -> Iterator[Item]:
    lines = split(block)
    quick = _split_columns(lines.frame)
    slow = lines.frame.filter(~quick["quick"])
    frame = quick.filter("quick").select(_QUICK)
    places: list[tuple[int, int]] = []
    careful: list[tuple[int, int, *tuple[str | None, ...]]] = []
    residue = [*slow.select("offset", "length", "line").iter_rows(), *lines.odd]
    for offset, length, text in sorted(residue):
        line = read_line(text)
        if line is None:
            places.append((offset, length))
        else:
            careful.append((offset, length, *_fields(line)))
    if careful:
        kinds = {name: frame.schema[name] for name in _QUICK}
        frame = pl.concat([frame, pl.DataFrame(careful, schema=kinds, orient="row")])
    if not frame.is_empty():
        events = _events(peers.read(frame, "host"))
        yield event_rows(events)
        yield from timeless(events)
    yield from unreadable(places, _NOT_READ)
    yield blanks(block, lines)


def _fields(line: Line) -> tuple[str | None, ...]:
    return (
        line.host,
        line.vhost,
        line.user,
        line.day,
        line.clock,
        line.zone,
        line.request,
        line.answer,
        line.referrer,
        line.agent,
        line.forwarded,
    )


def _split_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with the raw fields in columns and `quick`: whether the line is in exact common, combined, main or vhost form."""
    line = pl.col("line")
    frame = frame.with_columns(line.str.split_exact('"', 9).struct.rename_fields([f"q{at}" for at in range(10)]).alias("q")).unnest("q")
    frame = frame.with_columns(pl.col("q0").str.split_exact(" ", 7).struct.rename_fields([f"h{at}" for at in range(8)]).alias("h")).unnest(
        "h"
    )
    combined = (pl.col("q6") == "") & pl.col("q7").is_null() & (pl.col("q4") == " ")
    passed_on = pl.col("q7").str.contains(f"^(?:-|{IPV4}(?:, {IPV4}){{0,20}})$") & (pl.col("q8") == "") & pl.col("q9").is_null()
    main = (pl.col("q6") == " ") & passed_on & (pl.col("q4") == " ")
    common = pl.col("q3").is_null() & pl.col("q2").is_not_null()
    plain = (pl.col("h5") == "") & pl.col("h6").is_null()
    # an address before the peer's own is no name of a virtual host
    named = ~pl.col("h0").str.contains(f"^(?:{IPV4}|.*,)$")
    vhost = (pl.col("h6") == "") & pl.col("h7").is_null() & pl.col("h1").str.contains(f"^{IPV4}$") & named

    def placed(number: int) -> pl.Expr:
        return pl.when(plain).then(f"h{number}").otherwise(f"h{number + 1}")

    frame = frame.with_columns(
        placed(0).alias("host"),
        pl.when(plain).then(None).otherwise("h0").alias("vhost"),
        placed(2).alias("user"),
        placed(3).alias("stamp"),
        placed(4).alias("zone"),
        pl.col("q1").alias("request"),
        pl.col("q2").str.strip_chars(" ").alias("answer"),
        pl.col("q3").alias("referrer"),
        pl.col("q5").alias("agent"),
        pl.when(pl.col("q7") != "-").then("q7").alias("forwarded"),
    )
    stamped = pl.col("stamp").str.contains(r"^\[[0-3][0-9]/[A-Z][a-z][a-z]/[0-9]{4}:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$")
    zoned = pl.col("zone").str.contains(r"^[+-](?:0[0-9]|1[0-4])[0-5][0-9]\]$")
    answered = pl.col("answer").str.contains(r"^[0-9]{3} (?:[0-9]{1,18}|-)$")
    escaped = line.str.contains("\\", literal=True)
    quick = (combined | main | common) & (plain | vhost) & stamped & zoned & answered & ~escaped
    stamp = pl.col("stamp")
    return frame.with_columns(
        quick.fill_null(value=False).alias("quick"),
        stamp.str.slice(1, 11).alias("day"),
        stamp.str.slice(13, 8).alias("clock"),
        pl.col("zone").str.slice(0, 5),
    )


def _events(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the event columns of raw fields."""
    days = {day: _day(day) for day in frame["day"].drop_nulls().unique()}
    zones = {zone: _minutes(zone) for zone in frame["zone"].drop_nulls().unique()}
    clock = pl.col("clock")
    seconds = clock.str.slice(0, 2).cast(pl.Int64) * 3600 + clock.str.slice(3, 2).cast(pl.Int64) * 60 + clock.str.slice(6, 2).cast(pl.Int64)
    midnight = pl.col("day").replace_strict(days, default=None, return_dtype=pl.Date).cast(pl.Datetime("us"))
    minutes = pl.col("zone").replace_strict(zones, default=None, return_dtype=pl.Int64)
    frame = frame.with_columns(
        (midnight + pl.duration(microseconds=seconds * 1_000_000 - minutes * _MINUTE_US)).dt.replace_time_zone("UTC").alias("@timestamp"),
        pl.col("request").str.split_exact(" ", 3).struct.rename_fields(["r0", "r1", "r2", "r3"]).alias("r"),
        pl.col("answer").str.splitn(" ", 2).struct.rename_fields(["status", "bytes"]).alias("a"),
    ).unnest("r", "a")
    whole = pl.col("r2").str.contains(r"^HTTP/[0-9.]{1,4}$") & pl.col("r3").is_null()
    exact = pl.col("r0").str.contains(r"^[A-Za-z][A-Za-z_-]{0,31}$") & whole
    frame = frame.with_columns(exact.fill_null(value=False).alias("exact"))
    # a target with spaces in it, HTTP/0.9 without a version, or no HTTP at all (then the whole is the target, as written)
    loose = pl.col("request").str.extract_groups(r"^(?<m>[A-Z][A-Z_-]{0,31}) (?<t>.*?)(?: HTTP/(?<v>[0-9.]{1,4}))?$")
    frame = frame.with_columns(pl.when(~pl.col("exact")).then(loose).alias("loose"))
    method, target, version = (pl.col("loose").struct.field(name) for name in ("m", "t", "v"))
    exact = pl.col("exact")
    status = pl.col("status").cast(pl.Int32, strict=False)
    answered = pl.when(status < _FIRST_FAILURE).then(pl.lit("success")).otherwise(pl.lit("failure"))
    outcome = pl.when(status.is_null()).then(pl.lit("unknown")).otherwise(answered)
    return frame.select(
        "offset",
        "length",
        "@timestamp",
        pl.lit("second").alias("event.precision"),
        pl.lit("").alias("event.clock"),
        pl.lit("access_log").alias("event.dataset"),
        pl.lit("web").alias("event.category"),
        pl.lit("request").alias("event.action"),
        outcome.alias("event.outcome"),
        "source.ip",
        "source.port",
        "source.domain",
        pl.col("forwarded").alias("network.forwarded_ip"),
        _written("vhost").str.replace(r":[0-9]{1,5}$", "").alias("host.name"),
        _written("user").alias("user.name"),
        pl.when(exact).then("r0").otherwise(method).alias("http.request.method"),
        pl.when(exact).then("r1").otherwise(pl.coalesce(target, _written("request"))).alias("url.original"),
        pl.when(exact).then(pl.col("r2").str.slice(5)).otherwise(version).alias("http.version"),
        status.alias("http.response.status_code"),
        pl.col("bytes").cast(pl.Int64, strict=False).alias("http.response.body.bytes"),
        _written("referrer").alias("http.request.referrer"),
        _written("agent").alias("user_agent.original"),
    )


def _written(column: str) -> pl.Expr:
    """Return the column with "-" and "" as null: what the server had nothing to write for."""
    return pl.when(~pl.col(column).is_in(["-", ""])).then(column)


def _day(text: str) -> date | None:
    try:
        return date(int(text[7:11]), MONTHS[text[3:6]], int(text[:2]))
    except (ValueError, KeyError):
        return None


def _minutes(text: str) -> int:
    return (int(text[1:3]) * 60 + int(text[3:5])) * (-1 if text[0] == "-" else 1)


PARSER = AccessLog()
