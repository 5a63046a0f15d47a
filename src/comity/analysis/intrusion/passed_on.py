"""Findings whose address is that of a proxy: what it said it passed on for whom is told, and it is not named as the one who acted."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from comity.analysis.event_traces import TRACE, counted, listed
from comity.analysis.finding import Finding, Involved, Reason
from comity.analysis.public_address import public_address
from comity.observables import Trace
from comity.terms.errors import MaterialError
from comity.terms.selector import normalize_address

MANY = 3
"""A peer that passes on for so many different addresses is a proxy; for fewer, the header may be the client's own invention."""

PROXY = "proxy that passed it on"
"""Beginning of the role of such a peer, in the place of "... source"."""
CLAIMED = "client a proxy claimed"
"""Role of the address the proxy named."""

_MOST_CLAIMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proxy:
    """A peer, for how many addresses it passed on, and whether its own address belongs to no public network."""

    address: str
    clients: int
    private: bool


def qualify(findings: Sequence[Finding], events: pl.LazyFrame) -> tuple[Finding, ...]:
    """Return `findings`, those changed that name a proxy of `events` as the source of an act.

    A peer counts as a proxy when it passed requests on (X-Forwarded-For) for MANY different addresses, or for any when its
    own address belongs to no public network. Its role says so, the addresses it claimed for these very records stand
    beside it, and both are for a question, not for a request: anybody can write that header.
    """
    named = {each.selector.value for finding in findings for each in finding.involved if each.role.endswith(("source", "user"))}
    proxies = _proxies(events, named) if named else {}
    if not proxies:
        return tuple(findings)
    touched = [finding for finding in findings if _names(finding, proxies)]
    claims = _claims(events, [trace for finding in touched for trace in (*finding.traces, *(each.trace for each in finding.involved))])
    return tuple(_qualified(finding, proxies, claims) if _names(finding, proxies) else finding for finding in findings)


def _names(finding: Finding, proxies: Collection[str]) -> bool:
    return any(each.selector.value in proxies for each in finding.involved)


def _proxies(events: pl.LazyFrame, named: set[str]) -> dict[str, _Proxy]:
    client = pl.col("network.forwarded_ip").str.split(",").list.first().str.strip_chars()
    counts = (
        events.filter(pl.col("network.forwarded_ip").is_not_null() & pl.col("source.ip").is_in(list(named)))
        .group_by("source.ip")
        .agg(client.n_unique().alias("clients"))
        .collect(engine="streaming")
    )
    found = {}
    for address, clients in counts.sort("source.ip").iter_rows():
        private = public_address(address) is None
        if private or clients >= MANY:
            found[address] = _Proxy(address=address, clients=clients, private=private)
    return found


def _claims(events: pl.LazyFrame, traces: Sequence[Trace]) -> dict[Trace, str]:
    """Return what the records at `traces` say of whom they were passed on for."""
    places = pl.LazyFrame(
        sorted({(each.exhibit, each.member, each.offset) for each in traces}),
        schema={"trace.exhibit": pl.String, "trace.member": pl.String, "trace.offset": pl.Int64},
        orient="row",
    )
    rows = (
        events.filter(pl.col("network.forwarded_ip").is_not_null())
        .join(places, on=list(TRACE[:3]), how="semi")
        .select(*TRACE, "network.forwarded_ip")
        .collect(engine="streaming")
    )
    return {
        Trace(exhibit=exhibit, member=member, offset=offset, length=length): text
        for exhibit, member, offset, length, text in rows.iter_rows()
    }


def _qualified(finding: Finding, proxies: dict[str, _Proxy], claims: dict[Trace, str]) -> Finding:
    proxy = next(proxies[each.selector.value] for each in finding.involved if each.selector.value in proxies)
    claimed = list(dict.fromkeys(_client(claims[each]) for each in (*finding.traces, *_own_traces(finding)) if each in claims))
    what = "its address belongs to no public network" if proxy.private else "so it is a proxy"
    said = f"{proxy.address} passed requests on for {counted(proxy.clients, 'address', 'addresses')}; {what}."
    for_whom = f" For the records of this finding it named {listed(claimed)}." if claimed else ""
    return replace(
        finding,
        statement=f"{finding.statement} {proxy.address} passed requests on for others and need not be the one who acted.{for_whom}",
        reasons=(
            *finding.reasons,
            Reason(code="passed_on", text=f"{said}{for_whom} Who writes that header can write any address.", against=True),
        ),
        involved=(*_roles(finding, proxies), *_claimed(finding, claims)),
        limits=(
            *finding.limits,
            f"Records of {proxy.address} may be of many people: they were taken together because the log names only the proxy.",
        ),
    )


def _own_traces(finding: Finding) -> Iterator[Trace]:
    return (each.trace for each in finding.involved)


def _roles(finding: Finding, proxies: dict[str, _Proxy]) -> Iterator[Involved]:
    for each in finding.involved:
        yield replace(each, role=f"{PROXY} ({each.role})") if each.selector.value in proxies else each


def _claimed(finding: Finding, claims: dict[Trace, str]) -> Iterator[Involved]:
    seen: dict[str, tuple[Trace, Involved]] = {}
    for each in finding.involved:
        for place in (each.trace, *finding.traces):
            if place in claims:
                seen.setdefault(_client(claims[place]), (place, each))
    for address, (place, shown) in list(seen.items())[:_MOST_CLAIMED]:
        try:
            selector = normalize_address(address)
        except MaterialError:
            continue
        # the instant is known only of the record that is named itself
        yield replace(shown, selector=selector, role=CLAIMED, trace=place, port=None, at=shown.at if place == shown.trace else None)


def _client(written: str) -> str:
    return written.split(",", maxsplit=1)[0].strip()
