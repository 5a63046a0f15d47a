"""The table of indicators: one row per selector."""

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from comity.analysis.event_traces import TRACE
from comity.analysis.finding import Finding
from comity.analysis.public_address import public_address
from comity.terms.selector import Kind, defang

NOT_PUBLIC = "not an address of the public network"


def table(seen: pl.DataFrame, findings: Sequence[Finding] = ()) -> pl.DataFrame:
    """Return one row per selector of `seen` (see `sightings`), sorted by kind and value.

    Columns: kind, value, defanged, first_seen, last_seen (null when no record has a time), count (records), exhibits,
    where, sources (lists, sorted), indicator (false for addresses that single out nobody: private, loopback, shared),
    note (why not), findings (identities of the findings that name it), and the trace of the first sighting.
    """
    first = pl.struct("first_seen", *TRACE).sort_by("first_seen", *TRACE[:3], nulls_last=True).first()
    rows = (
        seen.group_by("kind", "value")
        .agg(
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            pl.col("count").sum(),
            pl.col("trace.exhibit").unique().sort().alias("exhibits"),
            pl.col("where").unique().sort(),
            pl.col("source").unique().sort().alias("sources"),
            first.alias("first"),
        )
        .sort("kind", "value")
        .with_columns(pl.col("first").struct.field(name) for name in TRACE)
        .drop("first")
    )
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in findings:
        for one in finding.involved:
            named[str(one.selector.kind), one.selector.value].add(finding.identity)
    pairs = list(rows.select("kind", "value").iter_rows())
    private = [kind in {Kind.IPV4, Kind.IPV6} and public_address(value) is None for kind, value in pairs]
    return rows.with_columns(
        pl.Series("defanged", [defang(value) for _, value in pairs], dtype=pl.String),
        pl.Series("indicator", [not one for one in private], dtype=pl.Boolean),
        pl.Series("note", [NOT_PUBLIC if one else "" for one in private], dtype=pl.String),
        pl.Series("findings", [sorted(named.get(pair, ())) for pair in pairs], dtype=pl.List(pl.String)),
    ).select(
        "kind",
        "value",
        "defanged",
        "first_seen",
        "last_seen",
        "count",
        "exhibits",
        "where",
        "sources",
        "indicator",
        "note",
        "findings",
        *TRACE,
    )
