"""Where selectors were seen: one row per selector, place and exhibit, with count, first and last time and the first trace."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from comity.analysis.indicators.reading import URL, WORD, normal_forms, spaced_accounts
from comity.terms.selector import Kind, refang

TRACE = ("trace.exhibit", "trace.member", "trace.offset", "trace.length")
OWN_ACCOUNT = "account of a statement"
_INSTANT = pl.Datetime("us", "UTC")
_COLUMNS: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "value": pl.String(),
    "source": pl.String(),
    "where": pl.String(),
    "trace.exhibit": pl.String(),
    "trace.member": pl.String(),
    "trace.offset": pl.Int64(),
    "trace.length": pl.Int64(),
    "first_seen": _INSTANT,
    "last_seen": _INSTANT,
    "count": pl.UInt32(),
}
SIGHTINGS = pl.Schema(_COLUMNS)
# Tokens that could be a selector at all; the rest never leaves the columns.
_CANDIDATE = (
    r"^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}$|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+$|[^@]+@[^@]+\.[^@]+$|[A-Za-z][A-Za-z+]{1,9}://.|(?:bc1|BC1|[13])[0-9A-Za-z]{24,90}$"
    r"|0x[0-9a-fA-F]{40}$|[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$)"
)


class Source(StrEnum):
    """What kind of record holds a sighting: two kinds holding the same selector is what connects them."""

    MAIL = "mail"
    LOG = "log"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place selectors stand in: rows, the column as an expression, the time column, and words for the reader.

    `whole` says the column holds one selector; otherwise it is text to be read word by word. `loose` are the kinds that
    a whole column may hold without a form of their own (see `reading.normal_forms`).
    """

    rows: pl.LazyFrame
    column: pl.Expr
    at: str
    source: Source
    where: str
    whole: bool
    loose: tuple[Kind, ...] = ()


def places(
    *, messages: pl.LazyFrame, hops: pl.LazyFrame, links: pl.LazyFrame, events: pl.LazyFrame, payments: pl.LazyFrame
) -> Iterator[Place]:
    """Yield every place selectors stand in; recipients of mail are not among them, they are mostly victims."""
    for column, where in (("from.address", "author"), ("sender.address", "sender"), ("return_path.address", "return path")):
        yield Place(rows=messages, column=pl.col(column), at="date", source=Source.MAIL, where=f"{where} of a message", whole=True)
    replies = messages.explode("reply_to.address")
    yield Place(
        rows=replies, column=pl.col("reply_to.address"), at="date", source=Source.MAIL, where="reply address of a message", whole=True
    )
    text = pl.concat_str("subject", "body.text", separator="\n", ignore_nulls=True)
    yield Place(rows=messages, column=text, at="date", source=Source.MAIL, where="text of a message", whole=False)
    yield Place(rows=hops, column=pl.col("from.ip"), at="@timestamp", source=Source.MAIL, where="way of a message", whole=True)
    times = messages.select("trace.exhibit", "trace.member", pl.col("trace.offset").alias("message.offset"), "date")
    dated = links.join(times, on=["trace.exhibit", "trace.member", "message.offset"], how="left")
    yield Place(rows=dated, column=pl.col("url.full"), at="date", source=Source.MAIL, where="link in a message", whole=True)
    yield Place(
        rows=dated, column=pl.col("url.domain"), at="date", source=Source.MAIL, where="host of a link", whole=True, loose=(Kind.DOMAIN,)
    )
    yield Place(rows=events, column=pl.col("source.ip"), at="@timestamp", source=Source.LOG, where="peer in a log", whole=True)
    yield Place(
        rows=events,
        column=pl.col("source.domain"),
        at="@timestamp",
        source=Source.LOG,
        where="peer in a log",
        whole=True,
        loose=(Kind.DOMAIN,),
    )
    yield Place(
        rows=events, column=pl.col("url.original"), at="@timestamp", source=Source.LOG, where="target of a web request", whole=False
    )
    yield Place(rows=events, column=pl.col("message"), at="@timestamp", source=Source.LOG, where="text of a log line", whole=False)
    for party in ("debtor", "creditor"):
        account = pl.col(f"{party}.account")
        yield Place(
            rows=payments,
            column=account,
            at="booking_date",
            source=Source.STATEMENT,
            where=f"{party} of a payment",
            whole=True,
            loose=(Kind.ACCOUNT,),
        )
    yield Place(
        rows=payments,
        column=pl.col("account"),
        at="booking_date",
        source=Source.STATEMENT,
        where=OWN_ACCOUNT,
        whole=True,
        loose=(Kind.ACCOUNT,),
    )
    yield Place(
        rows=payments, column=pl.col("remittance"), at="booking_date", source=Source.STATEMENT, where="remittance of a payment", whole=False
    )


def sightings(where: Iterable[Place]) -> pl.DataFrame:
    """Return the sightings in all places (columns of `SIGHTINGS`), sorted.

    Grouping is done over columns; only the distinct strings that could be selectors are read one by one, and what is
    none in its normal form is dropped.
    """
    found = [
        _normal(_grouped(place), loose=place.loose).with_columns(source=pl.lit(str(place.source)), where=pl.lit(place.where))
        for place in where
    ]
    every = pl.concat([frame.select(*SIGHTINGS).cast(SIGHTINGS) for frame in found]) if found else pl.DataFrame(schema=SIGHTINGS)
    return every.sort("kind", "value", "source", "where", *TRACE[:3], nulls_last=True)


def _grouped(place: Place) -> pl.DataFrame:
    rows = place.rows.select(*TRACE, pl.col(place.at).alias("at"), place.column.alias("text")).drop_nulls("text")
    if not place.whole:
        rows = _tokens(rows, refanged=place.source is Source.MAIL)
    earliest = pl.struct("at", *TRACE[1:]).sort_by("at", *TRACE[1:3], nulls_last=True).first()
    return (
        rows.filter(pl.col("text") != "")
        .unique(["text", *TRACE])
        .group_by("text", "trace.exhibit")
        .agg(
            pl.len().cast(pl.UInt32).alias("count"),
            pl.col("at").min().alias("first_seen"),
            pl.col("at").max().alias("last_seen"),
            earliest.alias("first"),
        )
        .with_columns(pl.col("first").struct.field(name) for name in TRACE[1:])
        .drop("first")
        .collect()
    )


def _tokens(rows: pl.LazyFrame, *, refanged: bool) -> pl.LazyFrame:
    """Return a row per candidate token of the text; accounts written in groups are put together first."""
    if refanged:
        rows = rows.with_columns(pl.col("text").map_elements(refang, return_dtype=pl.String))
    written = pl.concat_list(pl.col("text").str.extract_all(WORD), pl.col("text").str.extract_all(URL)).list.unique(maintain_order=True)
    words = rows.with_columns(written.alias("text")).explode("text").with_columns(pl.col("text").str.strip_chars(".,:;!?-*_"))
    grouped = rows.filter(pl.col("text").str.contains(r"\b[A-Z]{2}[0-9]{2}(?:[ \u{a0}][A-Z0-9]{2,4}){3}"))
    accounts = grouped.with_columns(pl.col("text").map_elements(spaced_accounts, return_dtype=pl.List(pl.String))).explode("text")
    return pl.concat([words.filter(pl.col("text").str.contains(_CANDIDATE)), accounts.drop_nulls("text")])


def _normal(grouped: pl.DataFrame, *, loose: tuple[Kind, ...]) -> pl.DataFrame:
    """Return `grouped` with kind and value of each text in place of the text; rows whose text is no selector are dropped."""
    forms = [
        (text, str(form.kind), form.value)
        for text in grouped.get_column("text").unique().sort()
        for form in normal_forms(text, loose=loose)
    ]
    table = pl.DataFrame(forms, schema={"text": pl.String, "kind": pl.String, "value": pl.String}, orient="row")
    return grouped.join(table, on="text", how="inner")
