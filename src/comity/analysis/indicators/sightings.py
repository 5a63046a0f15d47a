"""Where selectors were seen: one row per selector, place and exhibit, with count, first and last time and the first trace."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from comity.analysis.batches import ROWS, records
from comity.analysis.event_traces import TRACE
from comity.analysis.indicators.reading import URL, WORD, normal_forms, spaced_accounts
from comity.terms.selector import Kind, refang

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
_COUNTED = pl.Schema({"text": pl.String(), **{name: _COLUMNS[name] for name in (*TRACE, "first_seen", "last_seen", "count")}})
_FORMS = pl.Schema({"text": pl.String(), "kind": pl.String(), "value": pl.String()})
_MAIL_ROWS = 2**12
"""Messages read at a time: a text has up to 65,536 characters."""
_MOST_WAITING = 2**19
# Tokens that could be a selector at all; the rest never leaves the columns.
_CANDIDATE = (
    r"^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}$|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+$|[^@]+@[^@]+\.[^@]+$|[A-Za-z][A-Za-z+]{1,9}://.|(?:bc1|BC1|[13])[0-9A-Za-z]{24,90}$"
    r"|0x[0-9a-fA-F]{40}$|[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$)"
)
HINT = r"[:@]|[0-9]\.[0-9]{1,3}\.[0-9]|[A-Z]{2}[0-9]{2}[A-Z0-9]{11}|[0-9A-Za-z]{25}"
"""A part of every text that holds such a token: most targets of web requests have none and are taken apart no further."""
_GROUPS = r"\b[A-Z]{2}[0-9]{2}(?:[ \u{a0}][A-Z0-9]{2,4}){3}"


class Source(StrEnum):
    """What kind of record holds a sighting: two kinds holding the same selector is what connects them."""

    MAIL = "mail"
    LOG = "log"
    STATEMENT = "statement"
    DOCUMENT = "document"


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
    dated = links.join(times, on=["trace.exhibit", "trace.member", "message.offset"], how="left", maintain_order="left")
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
        rows=events,
        column=pl.when((pl.col("event.action") != "page_visited").fill_null(value=True)).then(pl.col("url.original")),
        at="@timestamp",
        source=Source.LOG,
        where="target of a web request",
        whole=False,
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

    Rows are read a piece at a time; held are the distinct strings that could be selectors. Only these are read one by
    one, and what is none in its normal form is dropped.
    """
    found = [
        _normal(_grouped(place), loose=place.loose).with_columns(source=pl.lit(str(place.source)), where=pl.lit(place.where))
        for place in where
    ]
    every = pl.concat([frame.select(*SIGHTINGS).cast(SIGHTINGS) for frame in found]) if found else pl.DataFrame(schema=SIGHTINGS)
    return every.sort("kind", "value", "source", "where", *TRACE[:3], nulls_last=True)


def _grouped(place: Place) -> pl.DataFrame:
    """Return a row per distinct string of `place` and exhibit: `text` and the columns of `_COUNTED` after the first."""
    rows = place.rows.select(*TRACE, pl.col(place.at).alias("at"), place.column.alias("text"))
    mail_text = place.source in {Source.MAIL, Source.DOCUMENT} and not place.whole
    kept = pl.DataFrame(schema=_COUNTED)
    waiting: list[pl.DataFrame] = []
    for whole in records(rows, most=_MAIL_ROWS if mail_text else ROWS):
        piece = whole.filter(pl.col("text") != "")
        waiting.append(_counted(piece if place.whole else _read(piece, refanged=mail_text)))
        if sum(each.height for each in waiting) > max(kept.height, _MOST_WAITING):
            kept, waiting = _together([kept, *waiting]), []
    return _together([kept, *waiting])


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a row per text and exhibit in `rows`; a text counts once in a record, and the first trace is the earliest one's."""
    several = rows.get_column("record").n_unique() < rows.height
    once = rows.unique(["text", "record"], keep="first", maintain_order=True) if several else rows
    return _together([once.select("text", *TRACE, first_seen="at", last_seen="at", count=pl.lit(1, dtype=pl.UInt32))])


def _together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    every = pl.concat(parts).sort("first_seen", *TRACE[1:3], nulls_last=True)
    return (
        every.group_by("text", "trace.exhibit", maintain_order=True)
        .agg(
            pl.col(*TRACE[1:]).first(),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            pl.col("count").sum(),
        )
        .select(*_COUNTED)
    )


def _read(rows: pl.DataFrame, *, refanged: bool) -> pl.DataFrame:
    """Return `rows` with one row per candidate token in place of its text; each distinct text is read once."""
    texts = rows.get_column("text").unique()
    tokens = _tokens(texts, refanged=refanged)
    return rows.join(tokens, on="text").drop("text").rename({"token": "text"})


def _tokens(texts: pl.Series, *, refanged: bool) -> pl.DataFrame:
    """Return each text with its candidate tokens, columns text and token; accounts written in groups are put together first."""
    frame = pl.DataFrame({"text": texts}).with_columns(pl.col("text").alias("token"))
    if refanged:
        frame = frame.with_columns(pl.col("text").map_elements(refang, return_dtype=pl.String).alias("token"))
    token = pl.col("token")
    written = pl.concat_list(token.str.extract_all(WORD), token.str.extract_all(URL)).list.unique(maintain_order=True)
    words = frame.filter(token.str.contains(HINT)).with_columns(written).explode("token").with_columns(token.str.strip_chars(".,:;!?-*_"))
    grouped = frame.filter(token.str.contains(_GROUPS))
    accounts = grouped.with_columns(token.map_elements(spaced_accounts, return_dtype=pl.List(pl.String))).explode("token")
    return pl.concat([words.filter(token.str.contains(_CANDIDATE)), accounts.drop_nulls("token")]).unique()


def _normal(grouped: pl.DataFrame, *, loose: tuple[Kind, ...]) -> pl.DataFrame:
    """Return `grouped` with kind and value of each text in place of the text; rows whose text is no selector are dropped."""
    texts = grouped.get_column("text").unique().sort()
    forms = [pl.DataFrame(schema=_FORMS)]
    for start in range(0, texts.len(), ROWS):
        read = [
            (text, str(form.kind), form.value) for text in texts.slice(start, ROWS).to_list() for form in normal_forms(text, loose=loose)
        ]
        forms.append(pl.DataFrame(read, schema=_FORMS, orient="row"))
    return grouped.join(pl.concat(forms), on="text", how="inner")
