"""The records of a case as tables."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from comity.observables import DEFECT, TABLES, Table

_BATCH_ROWS = 4096


class Records:
    """The tables read from the exhibits, below a folder `records`; a kind of record nobody found is an empty table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def table(self, table: Table) -> pl.LazyFrame:
        """Return every row of `table`, by exhibit and place, read as it is needed."""
        files = sorted((self._folder / table.name).glob("*.parquet"))
        if not files:
            empty = pl.from_arrow(pa.Table.from_batches([], table.schema))
            if not isinstance(empty, pl.DataFrame):
                raise TypeError(table.name)
            return empty.lazy()
        return pl.scan_parquet(files)

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """Yield every row of `table` in the same order, a few thousand at a time."""
        for path in sorted((self._folder / table.name).glob("*.parquet")):
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(batch_size=_BATCH_ROWS)

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table, defects included."""
        return {table.name: self.table(table).select(pl.len()).collect().item() for table in TABLES}

    def defects_by_code(self) -> dict[str, int]:
        """Return how many defects of each code were met in reading, by code."""
        counted = self.table(DEFECT).group_by("code").agg(pl.len()).collect(engine="streaming")
        return dict(counted.sort("code").iter_rows())
