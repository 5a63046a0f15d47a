"""What a browser's history is made of, and its tables as columns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from comity.parsers.record_fields import record_fields
from comity.parsers.sqlite.database import Database
from comity.parsers.sqlite.record import Value
from comity.terms.canonical import Json

Kinds = Mapping[str, type[pl.DataType]]
"""Columns wanted of a table, by name: pl.Int64, pl.Float64 or pl.String."""

SLICE = 16_384
"""Rows of one batch."""

_HOST = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^/:?#]+)"
_FIRST, _LAST = 0, 253_402_300_800_000_000  # 1970 and 10000, in microseconds
_LARGEST = 2**63


@dataclass(slots=True)
class Tables:
    """The tables of a database as frames. `read` are the names of those that were asked for."""

    database: Database
    read: set[str] = field(default_factory=set)

    def frame(self, name: str, kinds: Kinds) -> pl.DataFrame:
        """Return table `name` as `offset`, `length` of each row's cell and the columns of `kinds`.

        A column the table has not is null, and so are values of another kind. A table that is not there has no rows. Asked once for each.
        """
        stored = self.database.stored.get(name)
        columns: dict[str, list[Value]] = {"offset": [], "length": [], **{column: [] for column in kinds}}
        if stored is not None:
            self.read.add(name)
            places = {column: stored.columns.index(column) for column in kinds if column in stored.columns}
            for row in self.database.rows(name):
                columns["offset"].append(row.offset)
                columns["length"].append(row.length)
                for column, kind in kinds.items():
                    columns[column].append(_as(row.values[places[column]], kind) if column in places else None)
        return pl.DataFrame(columns, schema={"offset": pl.Int64, "length": pl.Int64, **kinds})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One family of browsers: the tables that tell it, and how they are read into columns of the event table."""

    browser: str
    needs: frozenset[str]
    read: Callable[[Tables], Iterator[pl.DataFrame]]


def slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield `frame` in order of place, a batch at a time."""
    yield from frame.sort("offset").iter_slices(SLICE)


def instant(micros: pl.Expr) -> pl.Expr:
    """Return microseconds since 1970 as an instant, null before it and after the year 9999."""
    plausible = pl.when((micros > _FIRST) & (micros < _LAST)).then(micros)
    return plausible.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def events(
    frame: pl.DataFrame, *, action: str, category: str, address: str, said: Mapping[str, str], numbers: Mapping[int, str]
) -> pl.DataFrame:
    """Return `frame` with what all rows of a history have in common.

    Args:
        frame: has `@timestamp`, and `url` as a column called `address`.
        action: event.action.
        category: event.category.
        address: the column that holds the URL.
        said: columns that go into `fields`, and their names there.
        numbers: what the numbers of a column called `kind` mean, when there is one.
    """
    host = pl.col(address).str.extract(_HOST).str.strip_chars("[]").str.to_lowercase()
    if "kind" in frame.columns:
        known = pl.col("kind").replace_strict(numbers, default=None, return_dtype=pl.String)
        frame = frame.with_columns(known.fill_null(pl.col("kind").cast(pl.String)).alias("kind"))
    kept = frame.select(pl.col(column).alias(name) for column, name in said.items()).iter_rows(named=True)
    texts = pl.Series([record_fields(_object(row)) for row in kept], dtype=pl.String)
    return frame.with_columns(
        texts.alias("fields"),
        host.alias("destination.domain"),
        pl.col(address).alias("url.original"),
        pl.lit("browser_history").alias("event.dataset"),
        pl.lit(category).alias("event.category"),
        pl.lit(action).alias("event.action"),
        pl.lit("").alias("event.clock"),
    )


def _object(row: Mapping[str, object]) -> dict[str, Json]:
    return {name: value for name, value in row.items() if isinstance(value, (str, int, float)) and value != ""}


def _as(value: Value, kind: type[pl.DataType]) -> Value:
    if kind is pl.String:
        text = value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
        return text.replace("\x00", "") if isinstance(text, str) else None if text is None else str(text)
    if kind is pl.Float64:
        return float(value) if isinstance(value, (int, float)) else None
    return value if isinstance(value, int) and -_LARGEST <= value < _LARGEST else None
