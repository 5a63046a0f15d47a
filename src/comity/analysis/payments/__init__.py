"""Suspicious payments, each with the payments that show it, and statements that do not add up.

`find(payments, accounts, messages, attachments, thresholds=...)`; `Attachments`; `Threshold`; `USUAL_THRESHOLDS`.
"""

from collections.abc import Sequence

import polars as pl

from comity.analysis.finding import Finding, in_order
from comity.analysis.payments import changed_beneficiary, pass_through, reconciliation, splitting
from comity.analysis.payments.booked import booked
from comity.analysis.payments.mention import Attachments, mentions
from comity.analysis.payments.regular import with_explanations
from comity.analysis.payments.splitting import Threshold

_NOT_CHECKED = (
    ", taken here as a usual figure; which threshold applied to these payments is for the law of the account's state and was not checked."
)

USUAL_THRESHOLDS = (
    Threshold(
        minor=10_000_00,
        currency="EUR",
        source="EUR 10,000, the sum from which Directive (EU) 2015/849, Art. 11(c), has traders identify who pays in cash" + _NOT_CHECKED,
    ),
    Threshold(
        minor=10_000_00,
        currency="USD",
        source="USD 10,000, the sum above which 31 CFR 1010.311 has banks report cash" + _NOT_CHECKED,
    ),
)
"""Thresholds for use where the case names none. They are figures to look below, not statements of the law that applied."""


def find(
    payments: pl.LazyFrame,
    accounts: pl.LazyFrame,
    messages: pl.LazyFrame | None = None,
    attachments: Attachments | None = None,
    *,
    thresholds: Sequence[Threshold] = USUAL_THRESHOLDS,
) -> tuple[Finding, ...]:
    """Return what the tables PAYMENT, ACCOUNT and, when given, MESSAGE and its attachments show, strongest first.

    The order of rows does not matter.

    Kinds: payment.changed_beneficiary, payment.account_from_doubtful_mail, payment.pass_through, payment.splitting,
    quality.statement_total, quality.running_balance.
    """
    rows = with_explanations(booked(payments, accounts))
    debits = changed_beneficiary.debits_with_payee(rows)
    named = {} if messages is None else mentions(messages, debits["other.account"].unique().sort().to_list(), attachments)
    return in_order(
        (
            *changed_beneficiary.find(debits, named),
            *pass_through.find(rows),
            *splitting.find(rows, thresholds=thresholds),
            *reconciliation.find(payments, accounts),
        )
    )


__all__ = ["USUAL_THRESHOLDS", "Attachments", "Threshold", "find"]
