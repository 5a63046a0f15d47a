"""Payments and the statements they stand on. Names follow ISO 20022 (camt.053)."""

import pyarrow as pa

from comity.observables.table import INSTANT, column, table

PAYMENT = table(
    "payment",
    "one booked entry of an account statement",
    [
        column("account", pa.string(), "account of the statement: IBAN in electronic form, or the number as written"),
        column("statement", pa.string(), "statement identifier; empty when the format has none"),
        column("direction", pa.string(), "credit or debit, seen from `account`"),
        column("amount_minor", pa.int64(), "amount in minor units of `currency`, never negative"),
        column("currency", pa.string(), "ISO 4217 code"),
        column("booking_date", INSTANT, "when booked; midnight UTC when only a day is known"),
        column("booking_date.precision", pa.string(), "day or second"),
        column("value_date", INSTANT, "value date; null when not given"),
        column("debtor.name", pa.string(), "who pays, as written"),
        column("debtor.account", pa.string(), "account debited"),
        column("debtor.agent", pa.string(), "BIC or bank identifier of the debtor's bank"),
        column("creditor.name", pa.string(), "who is paid, as written"),
        column("creditor.account", pa.string(), "account credited"),
        column("creditor.agent", pa.string(), "BIC or bank identifier of the creditor's bank"),
        column("reference", pa.string(), "the bank's reference (AcctSvcrRef), else end-to-end identification"),
        column("end_to_end", pa.string(), "end-to-end identification"),
        column("remittance", pa.string(), "remittance information, unstructured"),
        column("balance_minor", pa.int64(), "running balance after the entry; null when not given"),
        column("reversal", pa.bool_(), "whether the entry reverses another"),
        column("status", pa.string(), "booked, pending or as written"),
    ],
)

ACCOUNT = table(
    "account",
    "one statement's account: the trace spans the part of the statement that names it",
    [
        column("account", pa.string(), "IBAN in electronic form, or the number as written"),
        column("statement", pa.string(), "statement identifier"),
        column("owner.name", pa.string(), "account owner as written"),
        column("servicer.bic", pa.string(), "BIC of the bank"),
        column("servicer.name", pa.string(), "name of the bank"),
        column("currency", pa.string(), "ISO 4217 code"),
        column("opening_minor", pa.int64(), "opening balance, negative for overdrawn"),
        column("closing_minor", pa.int64(), "closing balance"),
        column("from", INSTANT, "first instant covered"),
        column("until", INSTANT, "end of the period covered, exclusive"),
    ],
)
