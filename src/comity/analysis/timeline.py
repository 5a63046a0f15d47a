"""One timeline over all sources, made and kept in columns: ten million lines stay ten million rows of a table."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

import polars as pl

from comity.analysis.flow_summary import flow_entries
from comity.terms.errors import MaterialError
from comity.terms.money import minor_digits

KINDS = ("mail", "web", "login", "system", "payment", "file", "network", "document", "alert")
"""What an entry of the timeline is."""

COLUMNS: Mapping[str, pl.DataType] = {
    "@timestamp": pl.Datetime("us", "UTC"),
    "kind": pl.String(),
    "what": pl.String(),
    "actor": pl.String(),
    "object": pl.String(),
    "address": pl.String(),
    "precision": pl.String(),
    "clock": pl.String(),
    "trace.exhibit": pl.String(),
    "trace.member": pl.String(),
    "trace.offset": pl.Int64(),
    "trace.length": pl.Int64(),
}
"""The timeline's columns. `what` is a short sentence; `actor` who did it (an account, a sender, a debtor) and `object` to
what (a recipient, a target, a creditor), each null when the record does not say; `address` the peer's IP address;
`precision` the unit of the written time; `clock` what of it was inferred, "" for nothing."""

MOST = 2**18
"""Entries held at a time."""
BLOCK = 2**20
"""Records of one instant are told apart by stretches of so many bytes."""

_Start = tuple[datetime, str, str, int]
"""The first place of a frame: instant, exhibit, member, offset; exhibit "" where the instant alone says it."""
_TRACE = ("trace.exhibit", "trace.member", "trace.offset", "trace.length")
_TIMES = {
    "event": "@timestamp", "message": "date", "payment": "booking_date", "file": "modified", "flow": "@timestamp", "document": "moment",
}  # fmt: skip
_OWN_WORDS = ("access_log", "auth_log", "syslog", "systemd_journal")
"""Kinds of log whose action or message says all there is to say."""
_LONGEST = 200
_UNITS = (timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1))
_DAY_BUCKETS_FROM = timedelta(days=10)
_MONTH_BUCKETS_FROM = timedelta(days=1500)


def slices(tables: Mapping[str, pl.LazyFrame], *, most: int = MOST) -> Iterator[pl.DataFrame]:
    """Yield every record in `tables` (name of the table to its rows) that has a time, as COLUMNS, in order of time, then place.

    Read are event, flow, message, payment, file and document; others are passed over, as are records without a usable time
    (see `untimed`). Very many flows are summed up (see `flow_entries`). A document comes twice: created, and saved last.
    Each frame continues the one before; it has at most `most` rows, more only where so many records of one instant stand in
    one stretch of BLOCK bytes. Where frames end depends on the records alone. Without records one empty frame comes.
    """
    known = {name: _PREPARED.get(name, _as_it_is)(tables[name]) for name in _MAKERS if name in tables}
    starts = tuple(_starts(_places(known), most=most, units=_UNITS))
    for start, end in zip_longest(starts, starts[1:]):
        cut = {name: table.filter(_between(pl.col(_TIMES[name]), start, end)) for name, table in known.items()}
        yield _entries(cut).collect(engine="streaming").sort("@timestamp", *_TRACE, "kind", maintain_order=True)
    if not starts:
        yield pl.DataFrame(schema=pl.Schema(dict(COLUMNS)))


def untimed(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Return how many records of each table have no usable time, and so stand in no timeline: columns table and count."""
    columns = {**{name: [column] for name, column in _TIMES.items()}, "document": ["created", "modified"]}
    counts = [
        tables[name].select(
            pl.lit(name).alias("table"), pl.all_horizontal(pl.col(column).is_null() for column in times).sum().cast(pl.Int64).alias("count")
        )
        for name, times in columns.items()
        if name in tables
    ]
    return pl.concat([pl.LazyFrame(schema={"table": pl.String, "count": pl.Int64}), *counts]).collect(engine="streaming")


def activity(entries: pl.LazyFrame) -> pl.DataFrame:
    """Return how many entries of a timeline fall in each bucket: start, kind, count; sorted, empty buckets left out.

    Also `width`, "1h", "1d" or "1mo" in each row: hours for a span of up to ten days, days up to about four years, months beyond.
    """
    ends = entries.select(pl.col("@timestamp").min().alias("first"), pl.col("@timestamp").max().alias("last"))
    first, last = ends.collect(engine="streaming").row(0)
    width = "1h"
    if first is not None:
        span = last - first
        width = "1mo" if span > _MONTH_BUCKETS_FROM else "1d" if span > _DAY_BUCKETS_FROM else "1h"
    return (
        entries.group_by(pl.col("@timestamp").dt.truncate(width).alias("start"), "kind")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .collect(engine="streaming")
        .sort("start", "kind")
        .with_columns(pl.lit(width).alias("width"))
    )


def _places(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Return instant and place of every record that has a time."""
    parts = [table.select(pl.col(_TIMES[name]).alias("at"), *_TRACE[:3]).drop_nulls("at") for name, table in tables.items()]
    kinds = {"at": COLUMNS["@timestamp"], **{name: COLUMNS[name] for name in _TRACE[:3]}}
    return pl.concat([pl.LazyFrame(schema=pl.Schema(kinds)), *parts])


def _starts(places: pl.LazyFrame, *, most: int, units: Sequence[timedelta]) -> Iterator[_Start]:
    """Yield where frames of at most `most` rows begin: full units of the first size together, a unit that is too full in finer ones."""
    buckets = places.group_by(pl.col("at").dt.truncate(units[0])).len().collect(engine="streaming").sort("at")
    ats = buckets["at"].to_list()
    size = most  # so that the first one begins a frame
    for at, end, count in zip_longest(ats, ats[1:], buckets["len"]):
        if count > most:
            within = places.filter(_between(pl.col("at"), (at, "", "", 0), end and (end, "", "", 0)))
            yield from _starts(within, most=most, units=units[1:]) if units[1:] else _starts_in(within, at, most=most)
            size = most
        elif size + count > most:
            yield at, "", "", 0
            size = count
        else:
            size += count


def _starts_in(places: pl.LazyFrame, at: datetime, *, most: int) -> Iterator[_Start]:
    """Yield where frames begin among the records of the one instant `at`, by their place."""
    block = (pl.col("trace.offset") // BLOCK * BLOCK).alias("trace.offset")
    buckets = places.group_by("trace.exhibit", "trace.member", block).len().collect(engine="streaming").sort(_TRACE[:3])
    size = most
    for exhibit, member, offset, count in buckets.iter_rows():
        size += count
        if size > most:
            yield at, exhibit, member, offset
            size = count


def _between(at: pl.Expr, start: _Start, end: _Start | None) -> pl.Expr:
    """Return whether a record of the instant `at` lies from `start` to before `end`, or to the last one."""
    within = (at >= start[0]) & _not_before(at, start)
    return within if end is None else within & (at <= end[0]) & ~_not_before(at, end)


def _not_before(at: pl.Expr, start: _Start) -> pl.Expr:
    instant, exhibit, member, offset = start
    if not exhibit:
        return at >= instant
    exhibits, members, offsets = (pl.col(name) for name in _TRACE[:3])
    in_exhibit = (members > member) | ((members == member) & (offsets >= offset))
    return (at > instant) | ((at == instant) & ((exhibits > exhibit) | ((exhibits == exhibit) & in_exhibit)))


def _entries(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    parts = [_MAKERS[name](table) for name, table in tables.items()]
    return pl.concat([part.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items()) for part in parts])


def _as_it_is(table: pl.LazyFrame) -> pl.LazyFrame:
    return table


def _moments(documents: pl.LazyFrame) -> pl.LazyFrame:
    """Return a row for each of the two moments a document tells of itself."""
    created = documents.with_columns(pl.col("created").alias("moment"), pl.lit("created").alias("act"), pl.col("creator").alias("actor"))
    saved = documents.with_columns(
        pl.col("modified").alias("moment"), pl.lit("saved").alias("act"), pl.col("last_modified_by").alias("actor")
    )
    return pl.concat([created, saved])


def _events(events: pl.LazyFrame) -> pl.LazyFrame:
    category, target = pl.col("event.category"), pl.coalesce("destination.domain", "destination.ip")
    # a request, or its answer, as a server or a capture has it; pages a browser remembers are told by their action
    asked_for = pl.col("http.request.method").is_not_null() | ~pl.col("event.action").is_in(["page_visited", "http_response"])
    web = (category == "web") & asked_for.fill_null(value=True)
    answer = pl.col("http.response.status_code").cast(pl.String).fill_null("no status")
    asked = pl.format("{} {} answered {}", pl.col("http.request.method").fill_null("Request"), _short("url.original"), answer)
    action = pl.col("event.action").fill_null("entry").str.replace_all("_", " ")
    outcome = pl.when(pl.col("event.outcome").is_in(["success", "failure"])).then(pl.format(" ({})", "event.outcome")).otherwise(pl.lit(""))
    known = pl.col("event.action").is_not_null() & ~pl.col("event.action").is_in(["message", ""])
    more = pl.when(~pl.col("event.dataset").is_in(_OWN_WORDS)).then(_detail())
    told = pl.when(known).then(pl.format("{}{}{}", action, outcome, (": " + more).fill_null(""))).otherwise(_short("message"))
    kind = category.replace_strict(_KIND_OF_CATEGORY, default="system", return_dtype=pl.String).fill_null("system")
    return events.select(
        "@timestamp",
        kind.alias("kind"),
        pl.when(web).then(asked).otherwise(told).alias("what"),
        pl.col("user.name").alias("actor"),
        pl.when(web)
        .then(pl.col("url.original").str.split("?").list.first())
        .when(category.is_in(["web", "network"]))
        .then(pl.coalesce(target, "host.name"))
        .otherwise("host.name")
        .alias("object"),
        pl.col("source.ip").alias("address"),
        pl.col("event.precision").fill_null("").alias("precision"),
        pl.col("event.clock").fill_null("").alias("clock"),
        *_TRACE,
    )


def _detail() -> pl.Expr:
    """Return what an event is about besides its action, shortened; null when nothing of it has a column."""
    answers = pl.col("dns.answers").list.head(3).list.join(", ", ignore_nulls=True)
    looked_up = pl.col("dns.question.name") + pl.when(answers != "").then(" is " + answers).otherwise(pl.lit(""))
    status = pl.col("http.response.status_code").cast(pl.String)
    detail = pl.coalesce(looked_up, "message", "url.original", status, "destination.domain", "file.path", "process.command_line")
    return pl.when(detail.str.len_chars() > _LONGEST).then(detail.str.slice(0, _LONGEST - 1) + "…").otherwise(detail)


def _documents(moments: pl.LazyFrame) -> pl.LazyFrame:
    return moments.select(
        pl.col("moment").alias("@timestamp"),
        pl.lit("document").alias("kind"),
        pl.format("Document {}, as it says: {}", "act", _short("title")).alias("what"),
        "actor",
        pl.lit(None, dtype=pl.String).alias("object"),
        pl.lit(None, dtype=pl.String).alias("address"),
        pl.lit("second").alias("precision"),
        pl.lit("").alias("clock"),
        *_TRACE,
    )


def _messages(messages: pl.LazyFrame) -> pl.LazyFrame:
    recipients = pl.col("to.address").list.join(", ", ignore_nulls=True)
    return messages.select(
        pl.col("date").alias("@timestamp"),
        pl.lit("mail").alias("kind"),
        pl.format("Mail: {}", _short("subject")).alias("what"),
        pl.col("from.address").alias("actor"),
        pl.when(recipients != "").then(recipients.str.slice(0, _LONGEST)).alias("object"),
        pl.lit(None, dtype=pl.String).alias("address"),
        pl.lit("second").alias("precision"),
        pl.lit("").alias("clock"),
        *_TRACE,
    )


def _payments(payments: pl.LazyFrame) -> pl.LazyFrame:
    return payments.select(
        pl.col("booking_date").alias("@timestamp"),
        pl.lit("payment").alias("kind"),
        pl.format(
            "{} of {}: {}", pl.col("direction").fill_null("payment").str.to_titlecase(), _amount(payments), _short("remittance")
        ).alias("what"),
        pl.coalesce("debtor.account", "debtor.name").alias("actor"),
        pl.coalesce("creditor.account", "creditor.name").alias("object"),
        pl.lit(None, dtype=pl.String).alias("address"),
        pl.col("booking_date.precision").fill_null("").alias("precision"),
        pl.lit("").alias("clock"),
        *_TRACE,
    )


def _amount(payments: pl.LazyFrame) -> pl.Expr:
    """Return the amount as "EUR 12.50"; of a currency with unknown digits, as a number of minor units."""
    amount, currency = pl.col("amount_minor"), pl.col("currency")
    written = pl.format("{} {} minor units", currency.fill_null("?"), amount.cast(pl.String).fill_null("?"))
    for code in payments.select(currency.drop_nulls().unique().sort()).collect().to_series().to_list():
        try:
            digits = minor_digits(code)
        except MaterialError:
            continue
        whole = (amount // 10**digits).cast(pl.String)
        parts = pl.format("{}.{}", whole, (amount % 10**digits).cast(pl.String).str.zfill(digits)) if digits else whole
        written = pl.when((currency == code) & amount.is_not_null()).then(pl.format("{} {}", currency, parts)).otherwise(written)
    return written


def _files(files: pl.LazyFrame) -> pl.LazyFrame:
    return files.select(
        pl.col("modified").alias("@timestamp"),
        pl.lit("file").alias("kind"),
        pl.format("File changed: {}", _short("name")).alias("what"),
        pl.lit(None, dtype=pl.String).alias("actor"),
        pl.col("number").alias("object"),
        pl.lit(None, dtype=pl.String).alias("address"),
        pl.lit("second").alias("precision"),
        pl.lit("").alias("clock"),
        *_TRACE,
    )


def _short(column: str) -> pl.Expr:
    text = pl.col(column).fill_null("(none)")
    return pl.when(text.str.len_chars() > _LONGEST).then(text.str.slice(0, _LONGEST - 1) + "…").otherwise(text)


_KIND_OF_CATEGORY = {
    "web": "web", "authentication": "login", "session": "login", "iam": "login", "network": "network", "file": "file",
    "intrusion_detection": "alert", "email": "mail",
}  # fmt: skip
_PREPARED = {"flow": flow_entries, "document": _moments}
_MAKERS = {
    "event": _events, "message": _messages, "payment": _payments, "file": _files, "flow": _as_it_is, "document": _documents,
}  # fmt: skip
