"""Sums kept just below a threshold: several payments within days, each under it, together over it.

Method: payments of one account in one direction, of 80 up to (not including) 100 per cent of the threshold, with the same other
side or with none named (cash); a run goes on while the next comes within three days. Three or more are a finding. Payments
between the owner's own accounts are set aside. A payee who is paid in three or more months speaks against it, and so does an
account on which payments of the same kind often reach the threshold: takings that vary do not avoid it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import polars as pl

from comity.analysis.finding import Finding, Reason, Strength
from comity.analysis.payments import booked
from comity.analysis.payments.booked import Row

METHOD: Final = "payments.splitting"
VERSION: Final = "1"
_BELOW: Final = 0.80
_JUST_BELOW: Final = 0.90
_GAP: Final = timedelta(days=3)
_FEWEST: Final = 3
_MANY: Final = 4
_OFTEN_OVER: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A sum at which somebody must look: in minor units of `currency`, and the `source` that says so."""

    minor: int
    currency: str
    source: str


def find(payments: pl.DataFrame, *, thresholds: Sequence[Threshold]) -> Iterator[Finding]:
    """Yield a finding for each run of payments just below one of `thresholds`."""
    for threshold in thresholds:
        near = payments.filter(
            (pl.col("currency") == threshold.currency)
            & (pl.col("amount_minor") >= int(threshold.minor * _BELOW))
            & (pl.col("explained").fill_null("") != "own accounts")
        ).with_columns(pl.coalesce("other.account", "other.key").fill_null("").alias("other"))
        for rows in near.partition_by("holder", "direction", "other", maintain_order=True):
            below = rows.filter(pl.col("amount_minor") < threshold.minor)
            over = rows.height - below.height
            for run in _runs(below.to_dicts()):
                if len(run) >= _FEWEST and sum(map(booked.minor, run)) > threshold.minor:
                    yield _finding(run, threshold, over=over if over >= below.height * _OFTEN_OVER else 0)


def _runs(rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    run: list[Row] = []
    for row in rows:
        if run and booked.moment(row) - booked.moment(run[-1]) > _GAP:
            yield tuple(run)
            run = []
        run.append(row)
    if run:
        yield tuple(run)


def _finding(run: tuple[Row, ...], threshold: Threshold, *, over: int) -> Finding:
    first, last = run[0], run[-1]
    together, currency = sum(map(booked.minor, run)), threshold.currency
    lowest, highest = min(map(booked.minor, run)), max(map(booked.minor, run))
    below = booked.amount(threshold.minor, currency)
    debit = first["direction"] == "debit"
    span = f"between {booked.amount(lowest, currency)} and {booked.amount(highest, currency)}"
    reasons = [
        Reason(code="just_below", text=f"{len(run)} payments {span}, each below {below}"),
        Reason(code="together_above", text=f"together {booked.amount(together, currency)}, {booked.elapsed(first, last)}"),
    ]
    regular = any(row["explained"] == "regular" for row in run)
    if regular:
        reasons.append(Reason(code="regular_payee", text="the other side is paid in three or more months", against=True))
    if over:
        text = f"{over} payments of the same kind on this account reached {below}, as takings do that vary"
        reasons.append(Reason(code="often_over", text=text, against=True))
    if len({booked.minor(row) for row in run}) == 1:
        reasons.append(Reason(code="equal_amounts", text="all amounts are equal, as instalments or wages are", against=True))
    strong = len(run) >= _MANY and lowest >= threshold.minor * _JUST_BELOW
    against = any(reason.against for reason in reasons)
    strength = Strength.WEAK if against else Strength.STRONG if strong else Strength.MODERATE
    other = booked.text(first, "other.name") or "a party the statement does not name"
    listed = "; ".join(f"{booked.amount(booked.minor(row), currency)} on {booked.when(row)}" for row in run)
    role = "account the split payments left" if debit else "account the split payments reached"
    others = [
        party for row in run for party in booked.involved(booked.text(row, "other.account"), row, role="other side of the split payments")
    ]
    return Finding(
        kind="payment.splitting",
        title=f"{len(run)} payments just below {below}, together {booked.amount(together, currency)}",
        statement=f"{'From' if debit else 'To'} account {first['holder']} {len(run)} payments were made {'to' if debit else 'from'} "
        f"{other}, each just below {below}, together {booked.amount(together, currency)}, {booked.elapsed(first, last)}: {listed}.",
        strength=strength,
        reasons=tuple(reasons),
        traces=booked.traces(run),
        method=METHOD,
        method_version=VERSION,
        at=booked.moment(first),
        until=booked.moment(last),
        involved=(*(party for row in run for party in booked.involved(booked.text(row, "account"), row, role=role)), *others),
        limits=(
            f"The threshold: {threshold.source}",
            "Amounts below a threshold are lawful; only their number and closeness say that somebody may have minded it.",
        ),
    )
