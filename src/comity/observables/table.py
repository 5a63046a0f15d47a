"""What a table is: a named Arrow schema whose every column is documented."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from comity.observables.trace import TRACE_FIELDS

INSTANT = pa.timestamp("us", tz="UTC")
"""The type of every instant column."""


def column(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    """Return a nullable column with its meaning (shape, unit, standard) in the field's metadata."""
    return pa.field(name, kind, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of record: its name in the singular, what one row is, and its Arrow schema (trace columns first)."""

    name: str
    meaning: str
    schema: pa.Schema

    @property
    def own(self) -> pa.Schema:
        """The schema without `trace.exhibit` and `trace.member`: what a parser fills."""
        return pa.schema([field for field in self.schema if field.name not in {"trace.exhibit", "trace.member"}])


def table(name: str, meaning: str, columns: Sequence[pa.Field]) -> Table:
    """Return the table `name` with the trace columns in front of `columns`."""
    return Table(name, meaning, pa.schema([*TRACE_FIELDS, *columns]))
