"""The real logs, read by the parsers: what is found there was checked by eye (docs/methods/intrusion.md)."""

import io
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa

from comity.analysis import intrusion
from comity.analysis.finding import Strength
from comity.observables import EVENT
from comity.parsers import registry
from comity.parsers.contract import Rows, Source


def read(path: Path) -> pl.LazyFrame:
    data = path.read_bytes()
    parser = registry.choose(data[:65536], name=path.name)
    assert parser is not None
    source = Source(stream=io.BytesIO(data), size=len(data), name=path.name, modified=datetime(2017, 4, 21, tzinfo=UTC))
    batches = [item.batch for item in parser.read(source, inferred=parser.infer(source)) if isinstance(item, Rows) and item.table is EVENT]
    frame = pl.from_arrow(pa.Table.from_batches(batches))
    assert isinstance(frame, pl.DataFrame)
    return frame.with_columns(pl.lit("1").alias("trace.exhibit"), pl.lit("").alias("trace.member")).lazy()


def test_an_ordinary_site_shows_nothing(shared_data: Path) -> None:
    assert intrusion.find(read(shared_data / "logs" / "apache_access.log")) == ()


def test_a_host_on_the_internet(shared_data: Path) -> None:
    found = intrusion.find(read(shared_data / "logs" / "auth.log"))
    guessed = [finding for finding in found if finding.kind == "intrusion.password_guessed"]
    # 147 failures within an hour, then a login; the office at 85.245.107.41 mistypes over days and is left alone
    assert [(finding.strength, finding.involved[0].selector.value) for finding in guessed] == [(Strength.MODERATE, "24.151.103.17")]
    others = [finding for finding in found if finding.kind == "intrusion.password_guessing"]
    assert {finding.strength for finding in others} == {Strength.WEAK}
    assert "49.4.143.105" in {finding.involved[0].selector.value for finding in others}
