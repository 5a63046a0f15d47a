"""The Parquet files of one batch: one per table, the same bytes for the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from comity.observables import Table

_GROUP_ROWS = 131_072
_GROUP_BYTES = 64 * 2**20
_LOOSE_ROWS = 4_096
_MOST_BATCHES = 256


@dataclass(slots=True)
class _Waiting:
    """What the next row group of a table will hold."""

    batches: list[pa.RecordBatch] = field(default_factory=list)
    rows: int = 0
    size: int = 0


class TableFiles:
    """Writes rows as they come to `folder`/<table>.parquet; a table without rows has no file.

    Row groups close by rows and bytes alone, and neither time nor host is written, so equal rows in equal order give
    equal files (for one version of pyarrow). Memory is bounded by one row group per table.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._tables: dict[str, Table] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._loose: dict[str, list[Mapping[str, object]]] = {}
        self._rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def write(self, table: Table, batch: pa.RecordBatch, *, exhibit: str, member: str) -> None:
        """Append `batch` (columns of `table.own`) with the trace columns of `exhibit` and `member` in front.

        A batch of another shape is a ValueError: the parser does not keep the contract.
        """
        if not batch.schema.equals(table.own):
            msg = f"rows of {table.name} have other columns than agreed"
            raise ValueError(msg)
        self._gather(table)
        count = batch.num_rows
        columns = [pa.repeat(pa.scalar(exhibit), count), pa.repeat(pa.scalar(member), count), *batch.columns]
        self._append(table, pa.RecordBatch.from_arrays(columns, schema=table.schema))

    def add(self, table: Table, row: Mapping[str, object]) -> None:
        """Append one row given by its columns, trace columns included."""
        loose = self._loose.setdefault(table.name, [])
        self._tables[table.name] = table
        loose.append(row)
        if len(loose) == _LOOSE_ROWS:
            self._gather(table)

    def close(self) -> tuple[tuple[str, int], ...]:
        """Finish the files; return the tables written, with their rows, in order of name. Closing twice is harmless."""
        for table in list(self._tables.values()):
            self._gather(table)
            self._flush(table)
        for writer in self._writers.values():
            writer.close()
        return tuple(sorted(self._rows.items()))

    def _gather(self, table: Table) -> None:
        loose = self._loose.pop(table.name, [])
        if loose:
            self._append(table, pa.RecordBatch.from_pylist([dict(row) for row in loose], schema=table.schema))

    def _append(self, table: Table, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        self._tables[table.name] = table
        waiting = self._waiting.setdefault(table.name, _Waiting())
        waiting.batches.append(batch)
        waiting.rows += batch.num_rows
        waiting.size += batch.nbytes
        if waiting.rows >= _GROUP_ROWS or waiting.size >= _GROUP_BYTES:
            self._flush(table)
        elif len(waiting.batches) >= _MOST_BATCHES:
            # many small batches weigh more than their rows
            waiting.batches[:] = pa.Table.from_batches(waiting.batches).combine_chunks().to_batches()

    def _flush(self, table: Table) -> None:
        waiting = self._waiting.pop(table.name, None)
        if waiting is None:
            return
        if table.name not in self._writers:
            self._writers[table.name] = pq.ParquetWriter(
                self._folder / f"{table.name}.parquet", table.schema, version="2.6", compression="zstd", compression_level=1
            )
        group = pa.Table.from_batches(waiting.batches).combine_chunks()
        self._writers[table.name].write_table(group, row_group_size=group.num_rows)
        self._rows[table.name] = self._rows.get(table.name, 0) + group.num_rows
