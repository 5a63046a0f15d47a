"""Analysis: the tables and the knowledge at hand in, findings and derived tables out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from comity.analysis import addresses, indicators, intrusion, payments, phishing, timeline
from comity.analysis.finding import Finding, Strength, in_order
from comity.casework.findings_file import encode
from comity.casework.knowledge import Knowledge
from comity.casework.records import Records
from comity.observables import ACCOUNT, EVENT, HOP, LINK, MESSAGE, PAYMENT, TABLES

FINDINGS = "findings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The findings, strongest first, and the derived tables by name: timeline, addresses, indicators."""

    findings: tuple[Finding, ...]
    tables: Mapping[str, pl.DataFrame]


def analyse(records: Records, knowledge: Knowledge) -> Analysis:
    """Return what the records show; the same records and knowledge give the same analysis."""
    tables = {table.name: records.table(table) for table in TABLES}
    messages, hops, links, events = (tables[each.name] for each in (MESSAGE, HOP, LINK, EVENT))
    paid, accounts = tables[PAYMENT.name], tables[ACCOUNT.name]
    found = (
        *phishing.find(messages, hops, links, suffixes=knowledge.suffixes, reference=knowledge.suffixes_use),
        *intrusion.find(events),
        *payments.find(paid, accounts, messages),
    )
    seen = indicators.sightings(indicators.places(messages=messages, hops=hops, links=links, events=events, payments=paid))
    # what weak findings name is answered for in the derived tables: it earns no finding of its own
    telling = [finding for finding in found if finding.strength is not Strength.WEAK]
    found = in_order((*found, *indicators.shared(seen, telling), *addresses.find(telling, allocations=knowledge.allocations)))
    return Analysis(
        findings=found,
        tables={
            "timeline": timeline.timeline(tables).collect(),
            "addresses": addresses.table(events, hops, allocations=knowledge.allocations),
            "indicators": indicators.table(seen, found),
        },
    )


def write_analysis(analysis: Analysis, *, derived: Path) -> dict[str, str]:
    """Write findings.json and the derived tables below `derived`; return their SHA-256 by name."""
    files = {FINDINGS: encode(analysis.findings)}
    for name, data in files.items():
        _put(derived / name, data)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    for name, table in analysis.tables.items():
        partial = derived / f".{name}.parquet"
        pq.write_table(table.to_arrow(), partial, compression="zstd", store_schema=False, row_group_size=2**18)
        partial.replace(derived / f"{name}.parquet")
        with (derived / f"{name}.parquet").open("rb") as written:
            digests[f"{name}.parquet"] = hashlib.file_digest(written, "sha256").hexdigest()
    return digests


def _put(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(data)
    partial.replace(path)
