"""Statements that do not add up: a booking is missing, was read wrongly, or was altered.

Method: for each statement with opening and closing balance, the booked entries between must make the difference; one
with entries in another currency than its own is passed over. Where entries
carry a running balance, each must follow from its neighbour, in the order of the file read downwards or upwards, whichever fits
more often.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from comity.analysis.finding import Finding, Reason, Strength
from comity.analysis.payments import booked
from comity.observables import Trace

METHOD: Final = "payments.reconciliation"
VERSION: Final = "1"
_MOST_BREAKS: Final = 20
_LIMITS: Final = (
    "It does not say which: a booking left out, a defect in the reading (see the defects of the same exhibit), or a changed amount.",
)


def find(payments: pl.LazyFrame, accounts: pl.LazyFrame) -> Iterator[Finding]:
    """Yield a finding for each statement whose entries do not add up, and for each file whose running balance breaks."""
    entries = (
        payments.filter(booked.moved() & pl.col("direction").is_not_null())
        .with_columns(booked.signed().alias("signed"))
        .select(*booked.TRACE, "account", "statement", "currency", "signed", "balance_minor", "booking_date", "direction", "amount_minor")
    )
    yield from _totals(entries, accounts)
    yield from _running(entries)


def _totals(entries: pl.LazyFrame, accounts: pl.LazyFrame) -> Iterator[Finding]:
    statements = accounts.filter(pl.col("opening_minor").is_not_null() & pl.col("closing_minor").is_not_null())
    sums = entries.group_by(booked.STATEMENT).agg(
        pl.col("signed").sum().alias("booked"), pl.len().alias("count"), pl.col("currency").unique().alias("currencies")
    )
    wrong = (
        statements.join(sums, on=booked.STATEMENT, how="left", nulls_equal=True)
        .with_columns(pl.col("booked").fill_null(0), pl.col("count").fill_null(0))
        .with_columns((pl.col("closing_minor") - pl.col("opening_minor") - pl.col("booked")).alias("off"))
        .with_columns(
            pl.coalesce(pl.col("currencies").list.first(), "currency").alias("first"),
            pl.coalesce("currency", pl.col("currencies").list.first()),
        )
        # sums of several currencies mean nothing
        .filter((pl.col("off") != 0) & (pl.col("currencies").list.len().fill_null(0) <= 1) & pl.col("first").eq_missing(pl.col("currency")))
        .sort("trace.exhibit", "trace.offset")
        .collect()
    )
    for row in wrong.iter_rows(named=True):
        off = booked.amount(row["off"], row["currency"])
        yield Finding(
            kind="quality.statement_total",
            title=f"Statement {row['statement'] or 'without identifier'} does not add up: {off} is unexplained",
            statement=f"Account {row['account'] or 'not named'} opens with {booked.amount(row['opening_minor'], row['currency'])} and "
            f"closes with {booked.amount(row['closing_minor'], row['currency'])}; its {row['count']} booked entries make "
            f"{booked.amount(row['booked'], row['currency'])}, which leaves {off} unexplained.",
            strength=Strength.STRONG,
            reasons=(Reason(code="total_differs", text=f"opening balance and entries do not lead to the closing balance: {off}"),),
            traces=(booked.trace(row),),
            method=METHOD,
            method_version=VERSION,
            at=row["from"],
            until=row["until"],
            limits=_LIMITS,
        )


def _running(entries: pl.LazyFrame) -> Iterator[Finding]:
    with_balance = entries.filter(pl.col("balance_minor").is_not_null()).sort("trace.exhibit", "trace.member", "trace.offset")
    file = ["trace.exhibit", "trace.member", "account", "currency"]
    step = pl.col("balance_minor").diff().over(file)
    steps = (
        with_balance.with_columns(
            (step != pl.col("signed")).alias("down"),
            (step != -pl.col("signed").shift(1).over(file)).alias("up"),
            *(pl.col(column).shift(1).over(file).alias(f"before.{column}") for column in (*booked.TRACE, "balance_minor")),
        )
        .with_columns((pl.col("down").sum().over(file) <= pl.col("up").sum().over(file)).alias("downwards"))
        .with_columns(pl.when("downwards").then("down").otherwise("up").alias("broken"))
        .collect()
    )
    for rows in steps.partition_by(file, maintain_order=True):
        breaks = rows.filter(pl.col("broken").fill_null(value=False))
        if breaks.height:
            yield _break(breaks, rows.height)


def _break(breaks: pl.DataFrame, count: int) -> Finding:
    shown = list(breaks.head(_MOST_BREAKS).iter_rows(named=True))
    first = shown[0]
    amount, held = (booked.amount(first[column], first["currency"]) for column in ("amount_minor", "before.balance_minor"))
    traces: list[Trace] = []
    for row in shown:
        traces += [booked.trace({column: row[f"before.{column}"] for column in booked.TRACE}), booked.trace(row)]
    return Finding(
        kind="quality.running_balance",
        title=f"The running balance of account {first['account'] or 'not named'} breaks in {breaks.height} of {count} entries",
        statement=f"In {breaks.height} of {count} entries the balance does not follow from the one before; first between {held} and "
        f"{booked.amount(first['balance_minor'], first['currency'])}, where {amount} was booked as {first['direction']}.",
        strength=Strength.MODERATE,
        reasons=(Reason(code="balance_breaks", text=f"{breaks.height} entries whose balance does not follow"),),
        traces=tuple(dict.fromkeys(traces)),
        method=METHOD,
        method_version=VERSION,
        at=first["booking_date"],
        limits=(*_LIMITS, *((f"Only the first {_MOST_BREAKS} breaks are traced.",) if breaks.height > _MOST_BREAKS else ())),
    )
