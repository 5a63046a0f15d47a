"""Mail as the tables the analysis reads: through the parsers, or row by row."""

import io
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from comity.observables import HOP, LINK, MESSAGE, Table
from comity.parsers import mail_message, mailbox
from comity.parsers.contract import Rows, Source


class MailTables(NamedTuple):
    """The three tables of mail, lazily, in the order `phishing.find` takes them."""

    messages: pl.LazyFrame
    hops: pl.LazyFrame
    links: pl.LazyFrame


def read(files: Iterable[tuple[str, bytes]], *, boxes: bool = False) -> MailTables:
    """Return the tables of single messages, or of mailboxes; each file is (exhibit number, bytes)."""
    parser = mailbox.PARSER if boxes else mail_message.PARSER
    found: dict[str, list[pa.Table]] = {table.name: [table.schema.empty_table()] for table in (MESSAGE, HOP, LINK)}
    for number, data in files:
        source = Source(stream=io.BytesIO(data), size=len(data), name=number)
        for item in parser.read(source, inferred=parser.infer(source)):
            if isinstance(item, Rows) and item.table.name in found:
                found[item.table.name].append(_traced(item.table, item.batch, number))
    return MailTables(*(pl.from_arrow(pa.concat_tables(found[table.name])).lazy() for table in (MESSAGE, HOP, LINK)))


def _traced(table: Table, batch: pa.RecordBatch, number: str) -> pa.Table:
    whole = pa.Table.from_batches([batch])
    whole = whole.append_column("trace.exhibit", pa.array([number] * whole.num_rows, pa.string()))
    whole = whole.append_column("trace.member", pa.array([""] * whole.num_rows, pa.string()))
    return whole.select(table.schema.names).cast(table.schema)


def rows(table: Table, records: Iterable[Mapping[str, object]]) -> pl.LazyFrame:
    """Return a table of `records`, columns not given null, traces numbered."""
    filled = [
        {"trace.exhibit": "1", "trace.member": "", "trace.offset": 100 * place, "trace.length": 100, **record}
        for place, record in enumerate(records)
    ]
    return pl.from_arrow(pa.Table.from_pylist(filled, schema=table.schema)).lazy()


def of(
    messages: Iterable[Mapping[str, object]], hops: Iterable[Mapping[str, object]] = (), links: Iterable[Mapping[str, object]] = ()
) -> MailTables:
    """Return tables of rows; a hop or link belongs to the first message unless it gives `message.offset`."""
    return MailTables(
        rows(MESSAGE, messages),
        rows(HOP, [{"message.offset": 0, **hop} for hop in hops]),
        rows(LINK, [{"message.offset": 0, **link} for link in links]),
    )
