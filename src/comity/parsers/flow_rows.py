"""Rows of the flow table from frames."""

import polars as pl
import pyarrow as pa

from comity.observables import FLOW
from comity.parsers.contract import Rows


def flow_rows(frame: pl.DataFrame) -> Rows:
    """Return `frame` as rows of the flow table in order of offset.

    It has `offset`, `length` and any of the flow's own columns by name; columns it lacks are null.
    """
    frame = frame.sort("offset").rename({"offset": "trace.offset", "length": "trace.length"})
    table = frame.select(name for name in FLOW.own.names if name in frame.columns).to_arrow(compat_level=pl.CompatLevel.oldest())
    arrays = [
        table.column(field.name).combine_chunks().cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in FLOW.own
    ]
    return Rows(table=FLOW, batch=pa.RecordBatch.from_arrays(arrays, schema=FLOW.own))
