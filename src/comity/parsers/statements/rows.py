"""Payments and accounts on their way into columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

import pyarrow as pa

from comity.observables import ACCOUNT, PAYMENT, Table
from comity.parsers.contract import Rows
from comity.terms.errors import MaterialError
from comity.terms.iban import normalize_iban

Cell = str | int | bool | datetime | None
_ROWS_PER_BATCH = 8192


@dataclass(slots=True)
class RowBuffer:
    """Rows of payments and accounts waiting to be handed on as batches of at most 8,192."""

    _waiting: dict[str, list[Mapping[str, Cell]]] = field(default_factory=lambda: {PAYMENT.name: [], ACCOUNT.name: []})

    def add(self, table: Table, row: Mapping[str, Cell], *, offset: int, length: int) -> None:
        """Add a row of `table` (PAYMENT or ACCOUNT) found in `length` bytes at `offset`; columns left out are null."""
        self._waiting[table.name].append({**row, "trace.offset": offset, "trace.length": length})

    def full(self) -> Iterator[Rows]:
        """Yield a batch for each table that has one full."""
        yield from self._take(_ROWS_PER_BATCH)

    def rest(self) -> Iterator[Rows]:
        """Yield what is left."""
        yield from self._take(1)

    def _take(self, least: int) -> Iterator[Rows]:
        for table in (ACCOUNT, PAYMENT):
            rows = self._waiting[table.name]
            if len(rows) >= least:
                columns = [pa.array([row.get(column.name) for row in rows], type=column.type) for column in table.own]
                self._waiting[table.name] = []
                yield Rows(table=table, batch=pa.RecordBatch.from_arrays(columns, schema=table.own))


@lru_cache(maxsize=4096)
def account_number(text: str) -> str:
    """Return an IBAN in electronic form when `text` is a valid one, otherwise the number as written, without outer space."""
    try:
        return normalize_iban(text)
    except MaterialError:
        return text.strip()


def midnight(day: datetime) -> datetime:
    """Return the first instant of the day written in `day`, by the convention for days known without a time: midnight UTC."""
    return datetime.combine(day.date(), time(), UTC)


def day_after(day: datetime) -> datetime:
    """Return the midnight (UTC) that ends the day written in `day`."""
    return midnight(day) + timedelta(days=1)
