"""Small payment tables for tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import polars as pl
import pyarrow as pa

from comity.observables import ACCOUNT, MESSAGE, PAYMENT, Table

OWN = "DE89370400440532013000"


def table(kind: Table, rows: Iterable[Mapping[str, object]]) -> pl.LazyFrame:
    """Return `rows` as a table; what a row leaves out is null, each stands at its own place in exhibit 1."""
    placed = [
        {"trace.exhibit": "1", "trace.member": "", "trace.offset": 100 * place, "trace.length": 100, **row}
        for place, row in enumerate(rows)
    ]
    frame = pl.from_arrow(pa.Table.from_pylist(placed, schema=kind.schema))
    assert isinstance(frame, pl.DataFrame)
    return frame.lazy()


def payment(
    at: str, minor: int, *, name: str | None = None, account: str | None = None, own: str = OWN, **more: object
) -> dict[str, object]:
    """Return one payment seen from `own`: negative is money out; `at` is a day, or a UTC time with "T"."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    other = "creditor" if minor < 0 else "debtor"
    return {
        "account": own,
        "direction": "debit" if minor < 0 else "credit",
        "amount_minor": abs(minor),
        "currency": "EUR",
        "booking_date": moment,
        "booking_date.precision": "second" if "T" in at else "day",
        f"{other}.name": name,
        f"{other}.account": account,
        "reversal": False,
        **more,
    }


def payments(rows: Iterable[Mapping[str, object]]) -> pl.LazyFrame:
    """Return a PAYMENT table."""
    return table(PAYMENT, rows)


def accounts(rows: Iterable[Mapping[str, object]] = ()) -> pl.LazyFrame:
    """Return an ACCOUNT table."""
    return table(ACCOUNT, rows)


def messages(rows: Iterable[Mapping[str, object]]) -> pl.LazyFrame:
    """Return a MESSAGE table, in exhibit 2."""
    return table(MESSAGE, [{"trace.exhibit": "2", **row} for row in rows])
