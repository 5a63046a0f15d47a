"""Addresses in the records: when each was seen, who held it then, and what is missing to name a subscriber.

Method and limits: docs/methods/addresses.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from comity.analysis.event_traces import listed
from comity.analysis.finding import Finding, Involved, Reason, ReferenceUse, Strength
from comity.reference.allocations import ATTRIBUTES, Allocations
from comity.reference.holder import Answer, Claim, Dating, Holder
from comity.reference.special import CARRIER_GRADE_NAT
from comity.terms.instant import format_instant
from comity.terms.selector import Kind, Selector, defang

METHOD = "addresses.holder"
VERSION = "1"

FAR_DAYS = 365
"""Beyond so many days a claim of another day says little of the day asked about: addresses move."""

CGN_LIMIT = (
    "Behind carrier-grade NAT one address is shared by many subscribers at once: "
    "without the source port and the time to the second it identifies nobody."
)
_ADDRESS_KINDS = {Kind.IPV4, Kind.IPV6}
_ONE_SECOND_OR_FINER = {"second", "millisecond", "microsecond", "nanosecond"}
_MOST_TRACES = 50
_RISING = (Strength.WEAK, Strength.MODERATE, Strength.STRONG)
_WORDS = {
    Dating.WITHIN: "in data that cover that day",
    Dating.BRACKETED: "in data from before and after that agree",
    Dating.ONE_SIDED: "in the only data there are, {days} days away",
    Dating.NEAREST: "in the nearest data, {days} days away; data from the other side differ",
}


def sightings(events: pl.LazyFrame, hops: pl.LazyFrame, flows: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Return the addresses in EVENT, HOP and FLOW rows: address, at, port, precision, clock and source.

    `source` is "log" for who asked, "asked" for whom an event says was asked, "network" for both ends of a flow, or "mail".
    The port of an end that was asked is its service; only that of one who asked leads to a subscriber.
    """
    of_asked = events.filter(pl.col("destination.ip").is_not_null()).select(
        pl.col("destination.ip").alias("address"),
        pl.col("@timestamp").alias("at"),
        pl.col("destination.port").alias("port"),
        pl.col("event.precision").fill_null("").alias("precision"),
        pl.col("event.clock").fill_null("").alias("clock"),
        pl.lit("asked").alias("source"),
    )
    ends = [] if flows is None else [(flows, "source"), (flows, "destination")]
    of_flows = [
        each.filter(pl.col(f"{end}.ip").is_not_null()).select(
            pl.col(f"{end}.ip").alias("address"),
            pl.col("@timestamp").alias("at"),
            pl.col(f"{end}.port").alias("port"),
            pl.col("event.precision").fill_null("").alias("precision"),
            pl.lit("").alias("clock"),
            pl.lit("network").alias("source"),
        )
        for each, end in ends
    ]
    of_events = events.filter(pl.col("source.ip").is_not_null()).select(
        pl.col("source.ip").alias("address"),
        pl.col("@timestamp").alias("at"),
        pl.col("source.port").alias("port"),
        pl.col("event.precision").fill_null("").alias("precision"),
        pl.col("event.clock").fill_null("").alias("clock"),
        pl.lit("log").alias("source"),
    )
    of_hops = hops.filter(pl.col("from.ip").is_not_null()).select(
        pl.col("from.ip").alias("address"),
        pl.col("@timestamp").alias("at"),
        pl.lit(None, dtype=pl.Int32).alias("port"),
        pl.lit("second").alias("precision"),
        pl.lit("").alias("clock"),
        pl.lit("mail").alias("source"),
    )
    return pl.concat([of_events, of_asked, of_hops, *of_flows])


def table(events: pl.LazyFrame, hops: pl.LazyFrame, flows: pl.LazyFrame | None = None, *, allocations: Allocations) -> pl.DataFrame:
    """Return one row per distinct address in the records, with its holder when first seen.

    Columns: address; special; count; first_seen, last_seen; sources; ports, how many of its records have a port; timed, how
    many have a time; to_the_second, how many to the second or finer; clock, what of the times was inferred; then those of
    `Allocations.holders` as of `first_seen`. Sorted by address as text. Read by columns; only distinct addresses are held.
    """
    # two steps: the first is of plain counts, which the engine keeps a row per group for, whatever the number of records
    counted = (
        sightings(events, hops, flows)
        .group_by("address", "source", "precision", "clock")
        .agg(
            pl.len().alias("count"),
            pl.col("at").min().alias("first_seen"),
            pl.col("at").max().alias("last_seen"),
            pl.col("port").count().alias("ports"),
            pl.col("at").count().alias("timed"),
        )
        .collect(engine="streaming")
    )
    fine = pl.col("timed").filter(pl.col("precision").is_in(list(_ONE_SECOND_OR_FINER)))
    seen = (
        counted.group_by("address")
        .agg(
            pl.col("count").sum(),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            pl.col("source").unique().sort().str.join(" ").alias("sources"),
            pl.col("ports").sum(),
            pl.col("timed").sum(),
            fine.sum().alias("to_the_second"),
            pl.col("clock").filter(pl.col("clock") != "").unique().sort().str.join(" ").alias("clock"),
        )
        .sort("address")
    )
    held = allocations.holders(seen.select("address", pl.col("first_seen").alias("at")))
    return pl.concat([seen, held.drop("address", "at")], how="horizontal")


def holders_of(findings: Iterable[Finding], *, allocations: Allocations) -> dict[tuple[Selector, datetime], Holder]:
    """Return the holder of every address that `findings` name, at the instant they name it at."""
    wanted = {
        (each.selector, each.at) for finding in findings for each in finding.involved if each.selector.kind in _ADDRESS_KINDS and each.at
    }
    return {(selector, at): allocations.holder_of(selector.value, at=at) for selector, at in sorted(wanted)}


def find(findings: Sequence[Finding], *, allocations: Allocations) -> tuple[Finding, ...]:
    """Return one finding, kind "address.holder", per address that `findings` name, in order of address.

    Holder as of the first instant named; a later instant with another holder is told. STRONG: country and network stand in
    data that cover the day or agree on both sides, the clock was written, and the address is public. MODERATE: one-sided or
    nearest data less than a year away, or a time in part inferred. WEAK: else. Never stronger than the strongest finding that
    names the address: whose it is matters no more than what it did. An address seen without a time is told too.
    """
    named: dict[Selector, list[Involved]] = {}
    carried: dict[Selector, Strength] = {}
    for finding in findings:
        for each in finding.involved:
            if each.selector.kind in _ADDRESS_KINDS:
                named.setdefault(each.selector, []).append(each)
                carried[each.selector] = _stronger(finding.strength, carried.get(each.selector, finding.strength))
    found = (_finding(selector, _in_time(named[selector]), allocations) for selector in sorted(named))
    return tuple(
        replace(finding, strength=_weaker(finding.strength, carried[selector]))
        for selector, finding in zip(sorted(named), found, strict=True)
    )


def _in_time(all_named: Sequence[Involved]) -> tuple[Involved, ...]:
    latest = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(all_named, key=lambda each: (each.at or latest, each.trace, each.role)))


def _finding(selector: Selector, named: tuple[Involved, ...], allocations: Allocations) -> Finding:
    first = named[0]
    shown = defang(selector.value)
    roles = listed(list(dict.fromkeys(each.role for each in named)))
    if first.at is None:
        return _without_time(named, shown, roles)
    holder = allocations.holder_of(selector.value, at=first.at)
    later = next((each for each in reversed(named) if each.at is not None), first)
    changed = (
        later.at is not None and later.at.date() != first.at.date() and _moved(holder, allocations.holder_of(selector.value, at=later.at))
    )
    limits = [*_limits(holder, named)]
    if changed:
        limits.append(f"It was held otherwise when seen last, at {format_instant(later.at or first.at)}: ask for each time apart.")
    return Finding(
        kind="address.holder",
        title=f"Who held {shown} on {first.at.date().isoformat()}",
        statement=f"{shown} ({roles}), seen at {format_instant(first.at)}, {_said(holder)}",
        strength=_strength(holder, named),
        reasons=_reasons(holder),
        traces=tuple(dict.fromkeys(each.trace for each in named))[:_MOST_TRACES],
        method=METHOD,
        method_version=VERSION,
        at=first.at,
        until=later.at if later.at != first.at else None,
        involved=(first, later) if later.at != first.at else (first,),
        references=_references(holder),
        limits=tuple(limits),
    )


def _without_time(named: tuple[Involved, ...], shown: str, roles: str) -> Finding:
    return Finding(
        kind="address.holder",
        title=f"{shown}, seen at no known time",
        statement=f"{shown} ({roles}) stands in records without a usable time; an address has a holder only at a time, so it is unknown.",
        strength=Strength.WEAK,
        reasons=(Reason(code="no_time", text="No record of it has a usable time."),),
        traces=tuple(dict.fromkeys(each.trace for each in named))[:_MOST_TRACES],
        method=METHOD,
        method_version=VERSION,
        involved=(named[0],),
        limits=("Find the time in another source, or the year and zone of the log's clock, before asking anybody.",),
    )


def _said(holder: Holder) -> str:
    """Return what is known of the holder as the end of a sentence, each part with how it is dated."""
    if holder.special and not holder.country.claims:
        return f"is a special address ({holder.special}): it identifies nobody on the public network."
    parts = [
        _part("was registered in", "country", holder.country),
        _part("was announced by", "network", holder.network),
        _part("fell to the registry", "registry", holder.registry),
    ]
    notes = [note.value for note in holder.notes if "bears the name" not in note.value]
    invented = " These are the facts of an example world." if holder.special else ""
    return ", ".join(parts) + "." + (f" It was {listed(notes)}." if notes else "") + invented


def _part(verb: str, noun: str, answer: Answer) -> str:
    if answer.dating is Dating.UNKNOWN:
        return f"{verb.removesuffix(f' the {noun}')} an unknown {noun}"
    if answer.dating is Dating.CONFLICT:
        claims = " or ".join(f"{claim.value} ({claim.snapshot}, {claim.dated})" for claim in answer.claims)
        return f"{verb} {claims}, which contradict each other"
    best = answer.claims[0]
    return f"{verb} {best.value} ({_WORDS[answer.dating].format(days=best.distance_days)})"


def _reasons(holder: Holder) -> tuple[Reason, ...]:
    reasons = [
        Reason(code=f"{name}_{answer.dating.value.replace('-', '_')}", text=f"{name.capitalize()}: {_claims(answer)}.")
        for name, answer in _answers(holder)
        if answer.claims
    ]
    reasons += [Reason(code="note", text=f"{_claim(note)}.") for note in holder.notes]
    if not reasons:
        text = f"It lies in a range kept for special use ({holder.special})." if holder.special else "No snapshot says anything of it."
        reasons.append(Reason(code="special" if holder.special else "unknown", text=text))
    return tuple(reasons)


def _limits(holder: Holder, named: Sequence[Involved]) -> tuple[str, ...]:
    limits = [
        "The holder of an address is a network, not a person; its country is where it is registered, which need not be where it was used."
    ]
    without_port = sum(each.port is None for each in named)
    if without_port:
        limits.append(f"Of the records that show it, {without_port:,} {'has' if without_port == 1 else 'have'} no source port.")
    if without_port or any(each.precision not in _ONE_SECOND_OR_FINER for each in named):
        limits.append(CGN_LIMIT)
    inferred = sorted({part for each in named for part in each.clock.split("+") if part}, reverse=True)
    if inferred:
        limits.append(f"The {' and the '.join(inferred)} of its times were inferred, not written: a wrong hour names a wrong subscriber.")
    if holder.special.startswith(CARRIER_GRADE_NAT):
        limits.append("It is an inner address of carrier-grade NAT: only the operator whose network it was seen in can say more.")
    for name, answer in _answers(holder):
        far = answer.claims and answer.claims[0].distance_days > FAR_DAYS and answer.dating is not Dating.BRACKETED
        if far:
            limits.append(f"Its {name} is claimed {answer.claims[0].distance_days:,} days away and may have been another then.")
    if any("Tor exit" in note.value or "VPN" in note.value for note in holder.notes):
        limits.append("It passes on other people's traffic: its holder is not the one who acted, and may keep no records.")
    return tuple(limits)


def _strength(holder: Holder, named: Sequence[Involved]) -> Strength:
    worst = Strength.WEAK if holder.special and not holder.country.claims else _weaker(_carry(holder.country), _carry(holder.network))
    if worst is Strength.STRONG and any(each.clock or each.precision not in _ONE_SECOND_OR_FINER for each in named):
        return Strength.MODERATE
    return worst


def _weaker(one: Strength, other: Strength) -> Strength:
    return min(one, other, key=_RISING.index)


def _stronger(one: Strength, other: Strength) -> Strength:
    return max(one, other, key=_RISING.index)


def _carry(answer: Answer) -> Strength:
    if answer.dating in {Dating.WITHIN, Dating.BRACKETED}:
        return Strength.STRONG
    near = answer.dating in {Dating.ONE_SIDED, Dating.NEAREST} and answer.claims[0].distance_days <= FAR_DAYS
    return Strength.MODERATE if near else Strength.WEAK


def _moved(then: Holder, later: Holder) -> bool:
    return any(
        one.value != other.value
        for one, other in ((then.country, later.country), (then.network, later.network))
        if one.claims and other.claims
    )


def _references(holder: Holder) -> tuple[ReferenceUse, ...]:
    claims = [*(claim for _, answer in _answers(holder) for claim in answer.claims), *holder.notes]
    return tuple(
        ReferenceUse(snapshot=name, dated=dated, sha256=sha256)
        for name, dated, sha256 in sorted({(claim.snapshot, claim.dated.isoformat(), claim.sha256) for claim in claims})
    )


def _answers(holder: Holder) -> tuple[tuple[str, Answer], ...]:
    return tuple(zip(ATTRIBUTES, (holder.country, holder.network, holder.registry, holder.contact), strict=True))


def _claims(answer: Answer) -> str:
    return f"{answer.dating.value}, " + "; ".join(map(_claim, answer.claims))


def _claim(claim: Claim) -> str:
    away = "that day" if claim.distance_days == 0 else f"{claim.distance_days:,} days away"
    return f"{claim.value} ({claim.snapshot}, facts of {claim.dated.isoformat()}, {away})"
