"""Preparing requests: from findings to drafts in the order of asking, and what leads to none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from comity.analysis.finding import Finding
from comity.cooperation.drafting import RequestingUnit, draft
from comity.cooperation.request import Request
from comity.cooperation.routing import BankOf, HolderOf, LeftOut, Wanted, plan
from comity.cooperation.urgency import Urgency, rank, urgency
from comity.law.corpus import Corpus
from comity.law.provision import Need
from comity.law.route import PRESERVATION_CONVENTION, Routing, route
from comity.terms.jurisdiction import name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrequested:
    """What is wanted but no request can be drawn up for.

    Either the custodian is in the requesting state (`routing.domestic`) and its own law must serve, or no instrument is
    known to bind both states; then `assistance` says what there may be for general mutual assistance.
    """

    wanted: Wanted
    routing: Routing
    assistance: Routing | None
    urgency: Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything the findings lead to: requests, the most perishable first; the rest with its reasons."""

    requests: tuple[Request, ...]
    domestic: tuple[Unrequested, ...]
    unrouted: tuple[Unrequested, ...]
    left_out: tuple[LeftOut, ...]


def prepare(
    findings: Sequence[Finding], *, unit: RequestingUnit, on: date, corpus: Corpus, holder_of: HolderOf, bank_of: BankOf
) -> Prepared:
    """Return the requests that `findings` give reason for on the day `on`, and what was left out and why.

    The same arguments give the same result, whatever the order of `findings`.
    """
    known = {finding.identity: finding for finding in findings}
    planned = plan(findings, holder_of=holder_of, bank_of=bank_of)
    requests: list[tuple[tuple[int, int, int], Request]] = []
    others: list[tuple[tuple[int, int, int], Unrequested]] = []
    for wanted in planned.wanted:
        found = route(unit.state, wanted.state, need=Need.PRESERVATION, on=on, corpus=corpus)
        soon = urgency((each.item for each in wanted.gathered), state=wanted.state, on=on, retention=corpus.retention)
        # the six contents of a draft are those of Article 29(2); a route by another instrument is shown, not drafted
        way = next((each for each in found.routes if each.instrument == PRESERVATION_CONVENTION), None)
        if way is not None:
            drafted = draft(wanted, unit=unit, route=way, routing=found, findings=known, urgency=soon)
            requests.append((rank(soon, on=on), drafted))
        else:
            assistance = None if found.domestic else route(unit.state, wanted.state, need=Need.CONTENT, on=on, corpus=corpus)
            others.append((rank(soon, on=on), Unrequested(wanted=wanted, routing=found, assistance=assistance, urgency=soon)))
    others.sort(key=lambda each: (each[0], each[1].wanted.state, each[1].wanted.custodian))
    return Prepared(
        requests=tuple(request for _, request in sorted(requests, key=lambda each: (each[0], each[1].identity))),
        domestic=tuple(each for _, each in others if each.routing.domestic),
        unrouted=tuple(each for _, each in others if not each.routing.domestic),
        left_out=planned.left_out,
    )


def lines(prepared: Prepared) -> tuple[str, ...]:
    """Return, in words, what is to be done at home, what has no route, and what was left out."""
    return (
        *(line for each in prepared.domestic for line in _domestic_lines(each)),
        *(line for each in prepared.unrouted for line in _unrouted_lines(each)),
        *(f"{'Open: ' if each.question else 'Left out: '}{each.reason}" for each in prepared.left_out),
    )


def _domestic_lines(each: Unrequested) -> tuple[str, ...]:
    head = f"At home, in {name_of(each.wanted.state)}: have preserved by {_custodian(each.wanted)}: {_items(each.wanted)}."
    return (head, f"  {each.urgency.because}", *(f"  Open: {question}" for question in (*each.routing.missing, *each.wanted.questions)))


def _unrouted_lines(each: Unrequested) -> tuple[str, ...]:
    head = f"No route to {name_of(each.wanted.state)} is known for {_custodian(each.wanted)}: {_items(each.wanted)}."
    drafts = [
        f"  Perhaps {way.instrument_name} Art. {way.article}: what is recorded here about it has not been verified."
        for way in each.routing.routes
    ]
    questions = dict.fromkeys((*each.routing.missing, *(each.assistance.missing if each.assistance else ()), *each.wanted.questions))
    return (head, f"  {each.urgency.because}", *drafts, *(f"  Open: {question}" for question in questions))


def _custodian(wanted: Wanted) -> str:
    return wanted.custodian or "a custodian not known by name"


def _items(wanted: Wanted) -> str:
    return ", ".join(dict.fromkeys(gathered.item.selector.value for gathered in wanted.gathered))
