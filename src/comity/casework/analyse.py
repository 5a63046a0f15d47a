"""Analysis: the tables and the knowledge at hand in, findings and derived tables out."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from comity.analysis import addresses, indicators, intrusion, payments, phishing, timeline
from comity.analysis.finding import Finding, Strength, in_order
from comity.casework.findings_file import encode
from comity.casework.knowledge import Knowledge
from comity.casework.method_facts import methods
from comity.casework.records import Records
from comity.observables import ACCOUNT, DOCUMENT, EVENT, FILE, FLOW, HOP, LINK, MESSAGE, PAYMENT, TABLES

FINDINGS = "findings.json"
_GROUP_ROWS = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The findings, strongest first, and the derived tables by name: timeline, addresses, indicators.

    A table comes as frames of the same columns that continue each other, to be gone through once: a timeline has as many
    rows as the material and is never held whole. `left_out` counts the findings of heuristic methods that were left out, by method.
    """

    findings: tuple[Finding, ...]
    left_out: Mapping[str, int]
    tables: Mapping[str, Iterable[pl.DataFrame]]


def analyse(records: Records, knowledge: Knowledge, *, heuristics: bool = True) -> Analysis:
    """Return what the records show; the same arguments give the same analysis.

    Without `heuristics`, findings that rest on rules of thumb are made, counted and left out, before anything rests on them.
    """
    tables = {table.name: records.table(table) for table in TABLES}
    messages, hops, links, events = (tables[each.name] for each in (MESSAGE, HOP, LINK, EVENT))
    paid, accounts = tables[PAYMENT.name], tables[ACCOUNT.name]
    flows, documents = tables[FLOW.name], tables[DOCUMENT.name]
    found = (
        *phishing.find(messages, hops, links, suffixes=knowledge.suffixes, reference=knowledge.suffixes_use),
        *intrusion.find(events),
        *payments.find(paid, accounts, messages, payments.Attachments(documents=documents, files=tables[FILE.name])),
    )
    kept = tuple(finding for finding in found if heuristics or not methods().heuristic(finding))
    left_out, found = Counter(finding.method for finding in found) - Counter(finding.method for finding in kept), kept
    seen = indicators.sightings(
        (
            *indicators.places(messages=messages, hops=hops, links=links, events=events, payments=paid),
            *indicators.network_places(events=events, flows=flows),
            *indicators.document_places(documents),
        )
    )
    # what weak findings name is answered for in the derived tables: it earns no finding of its own
    telling = [finding for finding in found if finding.strength is not Strength.WEAK]
    found = in_order((*found, *indicators.shared(seen, telling), *addresses.find(telling, allocations=knowledge.allocations)))
    return Analysis(
        findings=found,
        left_out=left_out,
        tables={
            "timeline": timeline.slices(tables),
            "addresses": (addresses.table(events, hops, flows, allocations=knowledge.allocations),),
            "indicators": (indicators.table(seen, found),),
        },
    )


def write_analysis(analysis: Analysis, *, derived: Path) -> dict[str, str]:
    """Write findings.json and the derived tables below `derived`; return their SHA-256 by name."""
    files = {FINDINGS: encode(analysis.findings)}
    for name, data in files.items():
        _put(derived / name, data)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    for name, frames in analysis.tables.items():
        write_table(frames, derived / f"{name}.parquet")
        with (derived / f"{name}.parquet").open("rb") as written:
            digests[f"{name}.parquet"] = hashlib.file_digest(written, "sha256").hexdigest()
    return digests


def write_table(frames: Iterable[pl.DataFrame], path: Path) -> None:
    """Write `frames`, one after the other and at least one, as the Parquet file `path`, whole or not at all."""
    partial = path.with_name(f".{path.name}")
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for frame in frames:
            table = frame.to_arrow()
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(partial, table.schema, compression="zstd", store_schema=False))
            writer.write_table(table, row_group_size=_GROUP_ROWS)
    partial.replace(path)


def _put(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(data)
    partial.replace(path)
