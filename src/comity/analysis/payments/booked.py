"""Payments made ready for comparison: booked ones, once each, with the other side named."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from comity.analysis.finding import Involved
from comity.observables import Trace
from comity.terms.errors import MaterialError
from comity.terms.money import Money
from comity.terms.selector import Kind, Selector, normalize

Row = Mapping[str, object]
_NOT_MOVED: Final = (
    *("pending", "pdng", "info", "futr", "future", "scheduled", "rejected", "declined", "denied", "failed", "cancelled", "canceled"),
    *(
        "reverted",
        "reversed",
        "refused",
        "expired",
        "vorgemerkt",
        "abgelehnt",
        "storniert",
        "cancelado",
        "cancelada",
        "rejeitado",
        "pendente",
    ),
)  # not what a status may say when money did move: a word not known here counts as booked
STATEMENT: Final = ("trace.exhibit", "trace.member", "account", "statement")
TRACE: Final = ("trace.exhibit", "trace.member", "trace.offset", "trace.length")

# legal forms and courtesies, which come and go in the names banks write
_FORMS: Final = (
    "gmbh mbh ag kg ug ek ohg se ltda ltd limited llc llp plc inc incorporated corp co company sa sas sarl sl slu srl spa bv nv ab oy oyj "
    "as aps uab mb sia ou doo spzoo eireli me epp mr mrs ms herr frau sr sra"
)
_FORM_PATTERN: Final = rf"\b(?:{_FORMS.replace(' ', '|')})\b"


def name_key(column: str) -> pl.Expr:
    """Return the name in `column` reduced to what stays the same between banks: no case, accents, signs, legal forms, word order."""
    folded = pl.col(column).str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    joined = folded.str.replace_all(r"[.’']", "").str.replace_all(r"[^\p{L}\p{N}]+", " ").str.replace_all(_FORM_PATTERN, " ")
    words = joined.str.strip_chars().str.split(" ").list.eval(pl.element().filter(pl.element() != "")).list.sort()
    return words.list.join(" ")


def booked(payments: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.DataFrame:
    """Return the booked payments by own account, time and place.

    Left out: those not booked (see `moved`), reversals, those without a direction or any date, and copies of the same booking in a second
    statement (in another exhibit, with the same account, direction, amount, day and bank reference, or without a reference
    the same time, other side, text and balance). Added: `holder` (the own account, or the exhibit where a statement names
    none), `moment` (booking date, else value date), `other.*` and `own.name` by direction, `other.key` and `own.key`,
    `balance` (after the payment, as written or counted on from the statement's opening balance) and `place`, the row's number.
    """
    debit = pl.col("direction") == "debit"
    moment = pl.coalesce("booking_date", "value_date")
    usable = payments.filter(
        pl.col("amount_minor").is_not_null() & pl.col("direction").is_in(["credit", "debit"]) & moment.is_not_null() & moved()
    )
    return (
        usable.with_columns(
            pl.coalesce("account", pl.concat_str(pl.lit("exhibit "), "trace.exhibit")).alias("holder"),
            moment.alias("moment"),
            pl.when(pl.col("booking_date").is_null()).then(pl.lit("day")).otherwise("booking_date.precision").alias("precision"),
            *(pl.when(debit).then(f"creditor.{part}").otherwise(f"debtor.{part}").alias(f"other.{part}") for part in ("name", "account")),
            pl.when(debit).then("debtor.name").otherwise("creditor.name").alias("own.name"),
        )
        .with_columns(name_key("other.name").alias("other.key"), name_key("own.name").alias("own.key"))
        .join(_openings(accounts), on=STATEMENT, how="left", nulls_equal=True)
        .sort("holder", "moment", *TRACE, "amount_minor", "direction", "other.key", nulls_last=True)
        .with_columns(pl.coalesce("balance_minor", pl.col("opening") + signed().cum_sum().over(STATEMENT)).alias("balance"))
        .filter(~pl.col("reversal").fill_null(value=False) & _first_copy())
        .collect()
        .with_row_index("place")
    )


def moved() -> pl.Expr:
    """Return whether money moved: false where the bank says that it is still to come, was refused or taken back, or is only told."""
    return ~pl.col("status").str.to_lowercase().is_in(_NOT_MOVED).fill_null(value=False)


def signed() -> pl.Expr:
    """Return the amount with the sign it has for the account's balance."""
    return pl.when(pl.col("direction") == "credit").then("amount_minor").otherwise(-pl.col("amount_minor"))


def _openings(accounts: pl.LazyFrame) -> pl.LazyFrame:
    """Return the opening balance of each statement that has one."""
    known = accounts.filter(pl.col("opening_minor").is_not_null())
    return known.group_by(STATEMENT).agg(pl.col("opening_minor").sort_by("trace.offset").first().alias("opening"))


def _first_copy() -> pl.Expr:
    """Return whether a row is no copy of one in an earlier exhibit; the n-th of equal rows is compared with the n-th."""
    told_by = ("moment", "other.key", "remittance", "balance_minor", "end_to_end")
    without_reference = [pl.when(pl.col("reference").is_null()).then(pl.col(column)) for column in told_by]
    shared = [pl.col(column) for column in ("account", "reference", "direction", "amount_minor", "currency")]
    same = [*shared, pl.col("moment").dt.date(), *without_reference]
    number = pl.int_range(pl.len()).over("trace.exhibit", *same)
    return pl.col("trace.exhibit") == pl.col("trace.exhibit").first().over(*same, number)


def trace(row: Row) -> Trace:
    """Return the trace of one payment."""
    exhibit, member, offset, length = (row[column] for column in TRACE)
    return Trace(exhibit=str(exhibit), member=str(member), offset=int(str(offset)), length=int(str(length)))


def traces(rows: Iterable[Row]) -> tuple[Trace, ...]:
    """Return the traces of `rows`, each once, in order."""
    return tuple(dict.fromkeys(map(trace, rows)))


def moment(row: Row) -> datetime:
    """Return when a payment was booked (midnight UTC for a day)."""
    at = row["moment"]
    if not isinstance(at, datetime):
        raise TypeError(at)
    return at


def minor(row: Row) -> int:
    """Return the amount of a payment in minor units."""
    return int(str(row["amount_minor"]))


def text(row: Row, column: str) -> str:
    """Return the text in `column`, "" for null."""
    value = row[column]
    return value if isinstance(value, str) else ""


def by_day(rows: Iterable[Row]) -> bool:
    """Return whether any of `rows` is known by its day only."""
    return any(row["precision"] != "second" for row in rows)


def when(row: Row) -> str:
    """Return the time of a payment in words, no more precise than the statement."""
    return f"{moment(row):%Y-%m-%d %H:%M:%S} UTC" if row["precision"] == "second" else f"{moment(row):%Y-%m-%d}"


def amount(value: int, currency: object) -> str:
    """Return an amount in words; without a currency, in hundredths of an unnamed one."""
    if isinstance(currency, str) and currency:
        try:
            return str(Money(minor=value, currency=currency))
        except MaterialError:
            pass
    return f"{value / 100:,.2f} (currency not named)"


def elapsed(first: Row, last: Row) -> str:
    """Return the time between two payments in words that the precision of both allows."""
    if by_day((first, last)):
        days = (moment(last).date() - moment(first).date()).days
        return {0: "the same day", 1: "the same or next day"}.get(days, f"within {days} days")
    return f"within {duration(moment(last) - moment(first))}"


def duration(span: timedelta) -> str:
    """Return a span in days, hours and minutes."""
    minutes = int(span.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        f"{number} {word}{'s' if number != 1 else ''}" for number, word in ((days, "day"), (hours, "hour"), (rest, "minute")) if number
    ]
    return " ".join(parts) or "less than a minute"


def account_selector(number: str) -> Selector | None:
    """Return the selector of an account number: an IBAN when it is a valid one; None when it is none at all."""
    for kind in (Kind.IBAN, Kind.ACCOUNT):
        try:
            return normalize(kind, number)
        except MaterialError:
            continue
    return None


def involved(number: str, row: Row, *, role: str) -> tuple[Involved, ...]:
    """Return the account `number` as `role` at the instant of the payment `row`; () when there is no number."""
    selector = account_selector(number) if number else None
    if selector is None:
        return ()
    precision = "second" if row["precision"] == "second" else "day"
    return (Involved(selector=selector, role=role, at=moment(row), precision=precision, trace=trace(row)),)
