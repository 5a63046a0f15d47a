"""Alerts that another tool wrote: Suricata, Zeek, an antivirus program. They are handed on under its name, not vouched for."""

import polars as pl

from comity.analysis.event_traces import ORDER, TRACE, chosen, clock_limits, counted, involved, listed, span, traces
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
    *TRACE, "@timestamp", "event.precision", "event.clock", "event.dataset", "event.provider", "event.code", "source.ip", "source.port",
    "destination.ip", "host.name", "message",
)  # fmt: skip
_LIMITS = (
    "The alert is the other tool's judgement; which rules it ran, and how often they err, is not known here.",
    "Either end of the conversation may be the injured one: a tool names as source whoever sent the packet that matched.",
)


def find(events: pl.LazyFrame) -> tuple[Finding, ...]:
    """Return one finding (alert.reported) for each tool and signature in `events`.

    MODERATE when the tool gave it its highest grade, else WEAK: that a tool said so is sure, that it was right is not.
    """
    rows = (
        events.filter(pl.col("event.category").is_in(["intrusion_detection"]) | pl.col("event.action").is_in(_ACTIONS))
        .select(*_COLUMNS, pl.col("fields").str.contains(_GRAVE).fill_null(value=False).alias("grave"))
        .with_columns(
            pl.col("event.dataset").fill_null("an unnamed log").alias("tool"),
            pl.coalesce("message", "event.code", pl.lit("an alert without a name")).alias("signature"),
        )
        .collect(engine="streaming")
        .sort(*ORDER, nulls_last=True)
    )
    parts = rows.partition_by("tool", "signature", maintain_order=True)
    parts.sort(key=lambda part: (not part["grave"].any(), -part.height))
    return (*map(_signature, parts[:MOST_SHOWN]), *_others(parts[MOST_SHOWN:]))


def _signature(part: pl.DataFrame) -> Finding:
    first = part.row(0, named=True)
    grave = bool(part["grave"].any())
    name = defang(str(first["signature"]))[:200]
    tool = str(first["event.provider"] or first["tool"])
    reasons = [Reason(code="alert", text=f"{tool} wrote this alert {counted(part.height, 'time')} ({first['tool']}).")]
    if grave:
        reasons.append(Reason(code="highest_grade", text="It gave it its highest grade."))
    reasons.append(
        Reason(
            code="often_wrong", text="Rules of this kind match harmless traffic, too; nothing else was tested for it here.", against=True
        )
    )
    return Finding(
        kind="alert.reported",
        title=f"Another tool's alert: {name}",
        statement=(
            f"{tool} reported “{name}” {counted(part.height, 'time')}, from {_ends(part, 'source.ip')} to {_ends(part, 'destination.ip')}."
        ),
        strength=Strength.MODERATE if grave else Strength.WEAK,
        reasons=tuple(reasons),
        traces=traces(chosen(part)),
        method=METHOD,
        method_version=VERSION,
        at=span(part)[0],
        until=span(part)[1],
        involved=(*_named(part, "source.ip", "source in an alert"), *_named(part, "destination.ip", "destination in an alert")),
        limits=(*_LIMITS, *clock_limits(part)),
    )


def _ends(part: pl.DataFrame, column: str) -> str:
    return listed(part[column].unique(maintain_order=True).to_list()) or "no named address"


def _named(part: pl.DataFrame, column: str, role: str) -> tuple[Involved, ...]:
    """Return the first addresses at one end, each in the first record that shows it."""
    firsts = part.filter(pl.col(column).is_not_null()).unique(column, keep="first", maintain_order=True).head(10)
    rows = firsts.with_columns(pl.col(column).alias("source.ip"))
    if column != "source.ip":  # the port of who was asked is a service
        rows = rows.with_columns(pl.lit(None, pl.Int32).alias("source.port"))
    return tuple(each for row in rows.iter_rows(named=True) for each in involved(row, role=role))


def _others(parts: list[pl.DataFrame]) -> tuple[Finding, ...]:
    if not parts:
        return ()
    together = pl.concat(parts).sort(*ORDER, nulls_last=True)
    return (
        Finding(
            kind="alert.reported",
            title=f"Other tools' alerts with {counted(len(parts), 'more signature')}",
            statement=f"{counted(together.height, 'alert')} with {counted(len(parts), 'more signature')} stand in the logs.",
            strength=Strength.WEAK,
            reasons=(Reason(code="alert", text=f"They come from {listed(together['tool'].unique().sort().to_list())}."),),
            traces=traces(chosen(together.unique("signature", keep="first", maintain_order=True))),
            method=METHOD,
            method_version=VERSION,
            at=span(together)[0],
            until=span(together)[1],
            limits=(*_LIMITS, *clock_limits(together)),
        ),
    )
