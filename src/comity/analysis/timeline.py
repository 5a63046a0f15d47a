"""One timeline over all sources, made and kept in columns: ten million lines stay ten million rows of a table."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from comity.terms.errors import MaterialError
from comity.terms.money import minor_digits

KINDS = ("mail", "web", "login", "system", "payment", "file")
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

_TRACE = ("trace.exhibit", "trace.member", "trace.offset", "trace.length")
_LONGEST = 200
_DAY_BUCKETS_FROM = timedelta(days=10)
_MONTH_BUCKETS_FROM = timedelta(days=1500)


def timeline(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Return every record in `tables` (name of the table to its rows) that has a time, as COLUMNS, in order of time, then place.

    Read are event, message, payment and file; others are passed over, as are records without a usable time (see `untimed`).
    """
    makers = {"event": _events, "message": _messages, "payment": _payments, "file": _files}
    parts = [make(tables[name]) for name, make in makers.items() if name in tables]
    empty = pl.LazyFrame(schema=pl.Schema(dict(COLUMNS)))
    whole = pl.concat([empty, *(part.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items()) for part in parts)])
    return whole.filter(pl.col("@timestamp").is_not_null()).sort("@timestamp", *_TRACE, "kind", maintain_order=True)


def untimed(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Return how many records of each table have no usable time, and so stand in no timeline: columns table and count."""
    columns = {"event": "@timestamp", "message": "date", "payment": "booking_date", "file": "modified"}
    counts = [
        tables[name].select(pl.lit(name).alias("table"), pl.col(column).null_count().cast(pl.Int64).alias("count"))
        for name, column in columns.items()
        if name in tables
    ]
    return pl.concat([pl.LazyFrame(schema={"table": pl.String, "count": pl.Int64}), *counts]).collect()


def activity(entries: pl.LazyFrame) -> pl.DataFrame:
    """Return how many entries of a timeline fall in each bucket: start, kind, count; sorted, empty buckets left out.

    Also `width`, "1h", "1d" or "1mo" in each row: hours for a span of up to ten days, days up to about four years, months beyond.
    """
    ends = entries.select(pl.col("@timestamp").min().alias("first"), pl.col("@timestamp").max().alias("last")).collect()
    first, last = ends.row(0)
    width = "1h"
    if first is not None:
        span = last - first
        width = "1mo" if span > _MONTH_BUCKETS_FROM else "1d" if span > _DAY_BUCKETS_FROM else "1h"
    return (
        entries.group_by(pl.col("@timestamp").dt.truncate(width).alias("start"), "kind")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort("start", "kind")
        .with_columns(pl.lit(width).alias("width"))
        .collect()
    )


def _events(events: pl.LazyFrame) -> pl.LazyFrame:
    web = pl.col("event.category") == "web"
    answer = pl.col("http.response.status_code").cast(pl.String).fill_null("no status")
    asked = pl.format("{} {} answered {}", pl.col("http.request.method").fill_null("Request"), _short("url.original"), answer)
    action = pl.col("event.action").fill_null("entry").str.replace_all("_", " ")
    outcome = pl.when(pl.col("event.outcome").is_in(["success", "failure"])).then(pl.format(" ({})", "event.outcome")).otherwise(pl.lit(""))
    known = pl.col("event.action").is_not_null() & ~pl.col("event.action").is_in(["message", ""])
    told = pl.when(known).then(pl.format("{}{}", action, outcome)).otherwise(_short("message"))
    sign_in = pl.col("event.category").is_in(["authentication", "session", "iam"])
    return events.select(
        "@timestamp",
        pl.when(web).then(pl.lit("web")).when(sign_in).then(pl.lit("login")).otherwise(pl.lit("system")).alias("kind"),
        pl.when(web).then(asked).otherwise(told).alias("what"),
        pl.col("user.name").alias("actor"),
        pl.when(web).then(pl.col("url.original").str.split("?").list.first()).otherwise("host.name").alias("object"),
        pl.col("source.ip").alias("address"),
        pl.col("event.precision").fill_null("").alias("precision"),
        pl.col("event.clock").fill_null("").alias("clock"),
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
