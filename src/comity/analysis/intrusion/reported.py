"""Alerts that another tool wrote: Suricata, Zeek, an antivirus program. They are handed on under its name, not vouched for."""

from datetime import datetime

import polars as pl

from comity.analysis.event_traces import MOST_TRACES, TRACE, Row, clock_limits, counted, involved, listed, span, traces
from comity.analysis.finding import Finding, Involved, Reason, Strength
from comity.terms.selector import defang

METHOD = "intrusion.reported"
VERSION = "1"

MOST_SHOWN = 30
"""Signatures shown one by one, the gravest and then the most frequent; the others are counted in one finding."""

_ACTIONS = ("alert", "notice", "malware_found", "malware_acted_on")
_GRAVE = r'"severity":"?1[,"}]|"severity_id":"?[45][,"}]|"Severity Name":"(?:High|Severe)"'
"""How the tools write their highest grade: Suricata 1, Defender "High" and "Severe"."""
_COLUMNS = (
    *TRACE, "@timestamp", "event.precision", "event.clock", "event.dataset", "event.provider", "source.ip", "source.port", "destination.ip",
)  # fmt: skip
_SHOWN = 200
_GROUP = ("tool", "rule")
_LIMITS = (
    "The alert is the other tool's judgement; which rules it ran, and how often they err, is not known here.",
    "Either end of the conversation may be the injured one: a tool names as source whoever sent the packet that matched.",
)


def find(events: pl.LazyFrame) -> tuple[Finding, ...]:
    """Return one finding (alert.reported) for each tool and signature in `events`, the gravest and most frequent first.

    MODERATE when the tool gave it its highest grade, else WEAK: that a tool said so is sure, that it was right is not. Held are
    one row for each signature, and of those shown the first records.
    """
    alerts = _alerts(events)
    signatures = (
        alerts.group_by(_GROUP)
        .agg(
            pl.len().alias("count"),
            pl.col("grave").any(),
            pl.col("signature").min(),
            pl.col("source.ip").drop_nulls().n_unique().alias("sources"),
            pl.col("destination.ip").drop_nulls().n_unique().alias("destinations"),
            pl.col("@timestamp").min().alias("first"),
            pl.col("@timestamp").max().alias("last"),
        )
        .collect(engine="streaming")
        .sort("grave", "count", *_GROUP, descending=[True, True, False, False])
    )
    shown = signatures.head(MOST_SHOWN)
    return (*(_signature(row, _first(alerts, row)) for row in shown.iter_rows(named=True)), *_others(alerts, signatures.slice(MOST_SHOWN)))


def _alerts(events: pl.LazyFrame) -> pl.LazyFrame:
    """Return the alerts among `events`; `rule` is what tells signatures apart, `signature` their name in words."""
    message = pl.col("message").str.slice(0, _SHOWN)
    # Windows numbers the kind of its event, other tools the rule that matched
    rule = pl.when(pl.col("event.dataset") == "windows_event").then(message).otherwise(pl.coalesce("event.code", message))
    return events.filter((pl.col("event.category") == "intrusion_detection") | pl.col("event.action").is_in(_ACTIONS)).select(
        *_COLUMNS,
        pl.coalesce(message, "event.code", pl.lit("an alert without a name")).alias("signature"),
        rule.fill_null("").alias("rule"),
        pl.col("event.dataset").fill_null("an unnamed log").alias("tool"),
        pl.col("fields").str.contains(_GRAVE).fill_null(value=False).alias("grave"),
    )


def _first(alerts: pl.LazyFrame, signature: Row) -> pl.DataFrame:
    """Return the first records of one signature, by place."""
    same = (pl.col("tool") == signature["tool"]) & (pl.col("rule") == signature["rule"])
    return alerts.filter(same).head(MOST_TRACES).collect(engine="streaming")


def _signature(row: Row, part: pl.DataFrame) -> Finding:
    first = part.row(0, named=True)
    name = defang(str(row["signature"]))
    tool = str(first["event.provider"] or row["tool"])
    count = int(str(row["count"]))
    reasons = [Reason(code="alert", text=f"{tool} wrote this alert {counted(count, 'time')} ({row['tool']}).")]
    if row["grave"]:
        reasons.append(Reason(code="highest_grade", text="It gave it its highest grade."))
    reasons.append(
        Reason(
            code="often_wrong", text="Rules of this kind match harmless traffic, too; nothing else was tested for it here.", against=True
        )
    )
    start, end = row["first"], row["last"]
    return Finding(
        kind="alert.reported",
        title=f"Another tool's alert: {name}",
        statement=(
            f"{tool} reported “{name}” {counted(count, 'time')}, from {_ends(row['sources'], part['source.ip'])} "
            f"to {_ends(row['destinations'], part['destination.ip'])}."
        ),
        strength=Strength.MODERATE if row["grave"] else Strength.WEAK,
        reasons=tuple(reasons),
        traces=traces(part),
        method=METHOD,
        method_version=VERSION,
        at=start if isinstance(start, datetime) else None,
        until=end if isinstance(end, datetime) else None,
        involved=(*_named(part, "source.ip", "source in an alert"), *_named(part, "destination.ip", "destination in an alert")),
        limits=(*_LIMITS, *clock_limits(part)),
    )


def _ends(number: object, found: pl.Series) -> str:
    """Return the addresses at one end: all when they are few, else their number and some of them."""
    known = found.drop_nulls().unique(maintain_order=True).to_list()
    if not known:
        return "no named address"
    return listed(known) if number == len(known) else f"{number} addresses, among them {listed(known[:3])}"


def _named(part: pl.DataFrame, column: str, role: str) -> tuple[Involved, ...]:
    """Return the first addresses at one end, each in the first record that shows it."""
    firsts = part.filter(pl.col(column).is_not_null()).unique(column, keep="first", maintain_order=True).head(10)
    rows = firsts.with_columns(pl.col(column).alias("source.ip"))
    if column != "source.ip":  # the port of who was asked is a service
        rows = rows.with_columns(pl.lit(None, pl.Int32).alias("source.port"))
    return tuple(each for row in rows.iter_rows(named=True) for each in involved(row, role=role))


def _others(alerts: pl.LazyFrame, signatures: pl.DataFrame) -> tuple[Finding, ...]:
    if signatures.is_empty():
        return ()
    few = signatures.head(MOST_TRACES).select(_GROUP).lazy()
    rows = alerts.join(few, on=_GROUP, how="semi").unique(_GROUP, keep="first", maintain_order=True).collect(engine="streaming")
    more = counted(signatures.height, "more signature")
    return (
        Finding(
            kind="alert.reported",
            title=f"Other tools' alerts with {more}",
            statement=f"{counted(int(signatures['count'].sum()), 'alert')} with {more} stand in the logs.",
            strength=Strength.WEAK,
            reasons=(Reason(code="alert", text=f"They come from {listed(signatures['tool'].unique().sort().to_list())}."),),
            traces=traces(rows),
            method=METHOD,
            method_version=VERSION,
            at=span(rows)[0],
            until=span(rows)[1],
            limits=(*_LIMITS, *clock_limits(rows)),
        ),
    )
