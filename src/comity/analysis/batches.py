"""Long tables a piece at a time, so that what an analysis holds depends on what it looks for and not on how long a log is."""

from collections.abc import Iterator

import polars as pl

from comity.analysis.event_traces import TRACE

ROWS = 2**16
"""Rows of a piece: work on columns pays, and a piece with long texts stays small beside the program itself."""


def batches(rows: pl.LazyFrame, *, most: int = ROWS) -> Iterator[pl.DataFrame]:
    """Yield `rows` in order, at most `most` at a time; nothing when there are none."""
    total = rows.select(pl.len()).collect(engine="streaming").item()
    for start in range(0, total, most):
        yield rows.slice(start, most).collect(engine="streaming")


def records(rows: pl.LazyFrame, *, most: int = ROWS) -> Iterator[pl.DataFrame]:
    """Yield `rows` in order, about `most` at a time, never parting the rows of one record.

    Rows of one record have the same trace and stand one after the other, as parsers write them. The column `record`
    numbers the records of a piece from 1.
    """
    new = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in TRACE).fill_null(value=True)
    held: list[pl.DataFrame] = []
    for batch in batches(rows, most=most):
        numbered = pl.concat([*held, batch]).with_columns(new.cum_sum().alias("record"))
        last = pl.col("record") == pl.col("record").max()
        yield numbered.filter(~last)
        held = [numbered.filter(last).drop("record")]
    yield from (each.with_columns(pl.lit(1, dtype=pl.UInt32).alias("record")) for each in held)
