"""Selectors that connect different sources: an address in a mail's way and in a web log, an account in a mail and in a payment."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from comity.analysis.event_traces import TRACE
from comity.analysis.finding import Finding, Involved, Reason, Strength, in_order
from comity.analysis.indicators.other_places import PASSED_BY
from comity.analysis.indicators.sightings import OWN_ACCOUNT
from comity.analysis.indicators.summary import table
from comity.observables import Trace
from comity.terms.selector import Kind, Selector, defang

METHOD = "shared indicator"
VERSION = "1"
_PERSONAL = frozenset({Kind.IBAN, Kind.ACCOUNT, Kind.BITCOIN, Kind.ETHEREUM, Kind.EMAIL, Kind.URL})
_MOST_TRACES = 20
_LIMITS = (
    "The same selector in two records does not show the same person: many may share an address behind one gateway.",
    "An account may be named in good faith by its holder's customers.",
)


def shared(seen: pl.DataFrame, findings: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """Return a finding ("indicator.shared") per selector seen in records of two sources or more (mail, log, statement, document).

    `seen` is the result of `sightings`. STRONG when another finding names the selector as well, MODERATE when it is an
    account, wallet, URL or mail address, WEAK for an address or domain by itself. Traces are the first sighting in each
    place and exhibit. An account in its own statement connects nothing; addresses of no public network are left out. Names
    looked up, pages visited and the like (PASSED_BY) connect only what another finding names.
    """
    own = seen.filter(pl.col("where") == OWN_ACCOUNT).select("kind", "value", "trace.exhibit").unique()
    others = seen.join(own, on=["kind", "value", "trace.exhibit"], how="anti")
    summary = table(others, findings)
    telling = others.filter(~pl.col("where").is_in(list(PASSED_BY)))
    by_itself = telling.group_by("kind", "value").agg(pl.col("source").n_unique().alias("sources by itself"))
    counted = summary.join(by_itself, on=["kind", "value"], how="left", maintain_order="left")
    connects = (pl.col("sources by itself") > 1) | (pl.col("findings").list.len() > 0)
    connecting = counted.filter(pl.col("indicator") & (pl.col("sources").list.len() > 1) & connects)
    rows = others.join(connecting, on=["kind", "value"], how="semi")
    named = {(kind, value): tuple(identities) for kind, value, identities in connecting.select("kind", "value", "findings").iter_rows()}
    parts = rows.partition_by("kind", "value", as_dict=True, maintain_order=True)
    return in_order([_finding(Kind(str(kind)), str(value), part, named[str(kind), str(value)]) for (kind, value), part in parts.items()])


def _finding(kind: Kind, value: str, part: pl.DataFrame, named: tuple[str, ...]) -> Finding:
    places = part.sort("first_seen", *TRACE[:3], nulls_last=True)
    rows = list(places.iter_rows(named=True))[:_MOST_TRACES]
    traces = tuple(dict.fromkeys(_trace(row) for row in rows))
    times = [row["first_seen"] for row in rows if isinstance(row["first_seen"], datetime)]
    lasts = [row["last_seen"] for row in rows if isinstance(row["last_seen"], datetime)]
    shown = defang(value)
    sources = sorted(set(part.get_column("source").to_list()))
    strength = Strength.STRONG if named else Strength.MODERATE if kind in _PERSONAL else Strength.WEAK
    reasons = [
        Reason(code=f"seen_in_{source}", text=f"{shown} stands in: {_where(part.filter(pl.col('source') == source))}.")
        for source in sources
    ]
    if named:
        reasons.append(
            Reason(
                code="named_by_finding",
                text=f"It is named by {len(named)} other finding{'s' if len(named) > 1 else ''}: {', '.join(named[:5])}.",
            )
        )
    return Finding(
        kind="indicator.shared",
        title=f"{shown} connects {' and '.join(sources)}",
        statement=f"The {_KINDS[kind]} {shown} stands in records of different kinds: {', '.join(sources)}.",
        strength=strength,
        reasons=tuple(reasons),
        traces=traces,
        method=METHOD,
        method_version=VERSION,
        at=min(times, default=None),
        until=max(lasts, default=None),
        involved=tuple(
            Involved(selector=Selector(kind=kind, value=value), role=str(row["where"]), at=row["first_seen"], trace=_trace(row))
            for row in rows
        ),
        limits=_LIMITS,
    )


_KINDS = {
    Kind.IPV4: "address",
    Kind.IPV6: "address",
    Kind.DOMAIN: "domain",
    Kind.URL: "URL",
    Kind.EMAIL: "mail address",
    Kind.IBAN: "account",
    Kind.ACCOUNT: "account",
    Kind.BITCOIN: "wallet",
    Kind.ETHEREUM: "wallet",
    Kind.SHA256: "digest",
}


def _where(part: pl.DataFrame) -> str:
    counts = part.group_by("where").agg(pl.col("count").sum()).sort("where")
    return ", ".join(f"{where} ({count}×)" for where, count in counts.iter_rows())


def _trace(row: dict[str, object]) -> Trace:
    exhibit, member, offset, length = (row[name] for name in TRACE)
    return Trace(exhibit=str(exhibit), member=str(member), offset=int(str(offset)), length=int(str(length)))
