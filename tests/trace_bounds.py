"""Whether all that was read lies where its trace says."""

from pathlib import Path

import polars as pl

from comity.casework.folder import Folder
from comity.casework.records import Records
from comity.observables import FILE, TABLES


def outside(case: Path) -> list[str]:
    """Return every record and defect of `case` whose trace lies outside the bytes of its exhibit, or leads to no exhibit."""
    records = Records(case / "derived" / "records")
    sizes = {exhibit.number: exhibit.size for exhibit in Folder.open(case).exhibits()}
    files = records.table(FILE).select("number", "size").collect()
    sizes |= dict(files.iter_rows())
    known = pl.LazyFrame(
        {"trace.exhibit": list(sizes), "there": list(sizes.values())}, schema={"trace.exhibit": pl.String, "there": pl.Int64}
    )
    found = []
    for table in TABLES:
        rows = records.table(table).select("^trace\\..*$").join(known, on="trace.exhibit", how="left")
        inside = (
            (pl.col("trace.offset") >= 0)
            & (pl.col("trace.length") >= 0)
            & (pl.col("trace.offset") + pl.col("trace.length") <= pl.col("there"))
        )
        found += [f"{table.name} {row}" for row in rows.filter(~inside.fill_null(value=False)).collect().iter_rows(named=True)]
    return found
