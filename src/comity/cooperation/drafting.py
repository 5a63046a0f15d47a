"""Drafting: a request whose every sentence is tied to findings or to a source."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date

from comity.analysis.finding import Finding, Strength
from comity.cooperation.lint import lint, standing_of
from comity.cooperation.offence import Offence, offence_of, offences_of
from comity.cooperation.request import Rejected, Request, Sentence, Standing
from comity.cooperation.routing import Wanted, of_the_injured
from comity.cooperation.sighting import ADDRESSES, Gathered, Sighting
from comity.cooperation.urgency import Urgency
from comity.law.answer import Reason, Status
from comity.law.route import PRESERVATION_CONVENTION, Rejection, Route, Routing
from comity.terms.canonical import Json, canonical
from comity.terms.instant import format_instant
from comity.terms.jurisdiction import name_of
from comity.terms.period import Period
from comity.terms.selector import Selector

_MOST_FACTS = 12
_MOST_ACTS = 12
_BASIS = f"{PRESERVATION_CONVENTION} Art. 29(2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestingUnit:
    """Who asks. `authorization` is the ledger entry of the live authorization and `ground` says what it is.

    `offence` is the provision of the unit's own law, "" when not given; `reference` is its file number; `contact` are lines
    such as a telephone number. None of these three is needed for a request to be ready.
    """

    authority: str
    state: str
    authorization: int | None
    ground: str
    offence: str = ""
    reference: str = ""
    contact: tuple[str, ...] = ()


def draft(
    wanted: Wanted,
    *,
    unit: RequestingUnit,
    route: Route,
    routing: Routing,
    findings: Mapping[str, Finding],
    urgency: Urgency,
) -> Request:
    """Return the request for `wanted` by `route` (one of `routing`), checked by the linter.

    `findings` are those of the case by identity. The identity of the request depends on the states, the custodian and the
    items alone, so that a second run draws up the same request. Source: ETS 185, Art. 29(2)(a) to (f).
    """
    involved = sorted({identity for gathered in wanted.gathered for identity in gathered.item.findings})
    cited = sorted(_with_origin([findings[identity] for identity in involved], findings.values()), key=_by_time)
    offences = offences_of(finding.kind for finding in cited)
    request = Request(
        identity=_identity(wanted, unit),
        instrument=route.instrument,
        article=route.article,
        requesting_state=unit.state,
        requested_state=wanted.state,
        custodian=wanted.custodian,
        on=routing.on,
        route_reasons=_route_reasons(route, offences),
        rejected=tuple(_rejected(each) for each in routing.rejected)
        + tuple(_other_route(each) for each in routing.routes if each != route),
        a_authority=_authority(unit),
        b_offence_and_facts=(*_offences(offences, cited, unit), *_facts(cited)),
        c_data_and_relationship=tuple(
            sentence for number, each in enumerate(wanted.gathered, start=1) for sentence in _item_sentences(number, each)
        ),
        d_custodian=_custodian(wanted, involved),
        e_necessity=_necessity(wanted, involved, routing.on, urgency),
        f_intention=(_intention(unit),),
        items=tuple(gathered.item for gathered in wanted.gathered),
        confidentiality=_confidentiality(),
        preservation_days=_preservation_days(route),
        perishes=urgency.perishes,
        perishes_because=urgency.because,
        likely_gone=urgency.estimated,
        likely_days=urgency.likely_days,
        missing=_missing(wanted, unit, route, offences),
        objections=(),
        law_as_of=routing.law_as_of,
        standing=Standing.INCOMPLETE,
    )
    objections = lint(request, law=route.standing, doubts=wanted.doubts, known=findings)
    return replace(request, objections=objections, standing=standing_of(objections, law=route.standing))


def _identity(wanted: Wanted, unit: RequestingUnit) -> str:
    items: list[Json] = [
        [item.selector.kind.value, item.selector.value, format_instant(item.period.start)]
        for item in (gathered.item for gathered in wanted.gathered)
    ]
    key: Json = [unit.state, wanted.state, wanted.custodian, items]
    return "R-" + hashlib.sha256(canonical(key)).hexdigest()[:10]


def _with_origin(cited: Sequence[Finding], findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return `cited` and, where none of them shows an offence of the Convention, the findings that do and share a selector.

    Money passed on is asked about because of the fraud it came from: the finding of the fraud names the account that passes it on.
    """
    if any(_named(finding) for finding in cited):
        return tuple(cited)
    shared = {selector for finding in cited for selector in _offenders(finding)}
    return (*cited, *(each for each in findings if each.strength is not Strength.WEAK and _named(each) and shared & _offenders(each)))


def _named(finding: Finding) -> bool:
    offence = offence_of(finding.kind)
    return offence is not None and bool(offence.provisions)


def _offenders(finding: Finding) -> set[Selector]:
    return {involved.selector for involved in finding.involved if not of_the_injured(involved.role)}


def _by_time(finding: Finding) -> tuple[str, str]:
    return ("" if finding.at is None else format_instant(finding.at), finding.identity)


def _route_reasons(route: Route, offences: Sequence[Offence]) -> tuple[Sentence, ...]:
    reasons = [_supported(reason, route.instrument) for reason in route.reasons]
    channel = Sentence(text=f"Channel: {route.channel}.", authority=(f"{route.instrument} Art. {route.article}",))
    conditions = [
        Sentence(text=f"Condition: {condition.text}", authority=(str(condition.citation),))
        for condition in route.conditions
        if condition.key != "reservation" or not _within_the_convention(offences)
    ]
    rules = [
        Sentence(text=f"Dual criminality: {reason.text}.", authority=tuple(str(citation) for citation in reason.citations))
        for reason in route.dual_criminality
    ]
    return (*reasons, channel, *conditions, *rules, *_grounds(route))


def _grounds(route: Route) -> tuple[Sentence, ...]:
    grounds = [ground for ground in route.grounds if ground.citation.article == route.article]
    if not grounds:
        return ()
    text = f"Grounds on which it may be refused: {'; or '.join(ground.text for ground in grounds)}."
    return (Sentence(text=text, authority=tuple(dict.fromkeys(str(ground.citation) for ground in grounds))),)


def _supported(reason: Reason, instrument: str) -> Sentence:
    return Sentence(text=reason.text, authority=tuple(str(citation) for citation in reason.citations) or (f"{instrument} parties",))


def _within_the_convention(offences: Iterable[Offence]) -> bool:
    """Return whether every offence is one of Articles 2 to 11, for which the reservation of Article 29(4) cannot be used."""
    return all(offence.provisions for offence in offences)


def _rejected(rejection: Rejection) -> Rejected:
    """Return what a request says of a rejected way. Draft data are not repeated in it: `explain` shows them, marked."""
    cited = tuple(dict.fromkeys(citation for reason in rejection.reasons for citation in reason.citations))
    verified = [reason.text for reason in rejection.reasons if reason.status is Status.VERIFIED]
    reason = " ".join(verified) or f"Not relied on: what is recorded here about {rejection.instrument_name} has not been verified."
    return Rejected(instrument=rejection.instrument, article=rejection.article, reason=reason, citations=cited)


def _other_route(route: Route) -> Rejected:
    reason = (
        "Also in force between the two states; the preservation request goes first."
        if route.standing is Status.VERIFIED
        else f"It may be open and faster, but what is recorded here about {route.instrument_name} has not been verified: ask."
    )
    return Rejected(instrument=route.instrument, article=route.article, reason=reason)


def _authority(unit: RequestingUnit) -> tuple[Sentence, ...]:
    reference = f" Its reference is {unit.reference}." if unit.reference else ""
    name = unit.authority.strip()
    sentences = [Sentence(text=f"{name} ({name_of(unit.state)}) seeks the preservation.{reference}" if name else "", authority=(_BASIS,))]
    if unit.authorization is not None:
        sentences.append(
            Sentence(
                text=f"The material was examined under an authorization on record: {unit.ground}.",
                authority=(f"entry:{unit.authorization}",),
            )
        )
    return tuple(sentences)


def _offences(offences: Sequence[Offence], cited: Sequence[Finding], unit: RequestingUnit) -> list[Sentence]:
    sentences = []
    for offence in offences:
        named = " and ".join(f"Article {citation.article}" for citation in offence.provisions)
        view = f" In the provisional view of this authority it falls under {named} of the Convention on Cybercrime." if named else ""
        support = tuple(finding.identity for finding in cited if offence_of(finding.kind) == offence)
        sources = tuple(str(citation) for citation in offence.provisions)
        sentences.append(Sentence(text=f"Under investigation: {offence.words}.{view}", findings=support, authority=sources))
    if unit.offence:
        sentences.append(Sentence(text=f"In the law of {name_of(unit.state)}: {unit.offence}.", authority=(unit.offence,)))
    return sentences


def _facts(cited: Sequence[Finding]) -> list[Sentence]:
    facts = [Sentence(text=finding.statement, findings=(finding.identity,)) for finding in cited[:_MOST_FACTS]]
    more = tuple(finding.identity for finding in cited[_MOST_FACTS:])
    if more:
        facts.append(Sentence(text=f"{len(more)} further findings concern the same identifiers.", findings=more))
    return facts


def _item_sentences(number: int, gathered: Gathered) -> list[Sentence]:
    item = gathered.item
    sentences = [
        Sentence(
            text=f"Item {number}: {item.selector.value}, {item.role}. {item.data}, {_period(item.period)}. {_acts(gathered.sightings)}",
            findings=item.findings,
        )
    ]
    if item.clock:
        widened = " The period is widened by every zone there is." if "zone" in item.clock and item.selector.kind in ADDRESSES else ""
        what = " and ".join(item.clock.split("+"))
        sentences.append(
            Sentence(
                text=f"The log behind item {number} does not write the {what} of its times; this was inferred.{widened}",
                findings=item.findings,
            )
        )
    return sentences


def _period(period: Period) -> str:
    return f"from {format_instant(period.start)} to {'' if period.end is None else format_instant(period.end)}"


def _acts(sightings: Sequence[Sighting]) -> str:
    acts = list(dict.fromkeys(_act(sighting) for sighting in sightings))
    more = f"; and {len(acts) - _MOST_ACTS} more in the period" if len(acts) > _MOST_ACTS else ""
    return f"{'Acts' if len(acts) > 1 else 'Act'} on record: {'; '.join(acts[:_MOST_ACTS])}{more}."


def _act(sighting: Sighting) -> str:
    port = f" port {sighting.port}" if sighting.port is not None else ""
    if sighting.precision == "day":
        return f"{sighting.at.astimezone(UTC).date()} (day only){port}"
    return f"{format_instant(sighting.at)}{port}"


def _custodian(wanted: Wanted, involved: Sequence[str]) -> tuple[Sentence, ...]:
    state = name_of(wanted.state)
    named = (
        f"The custodian is taken to be {wanted.custodian}"
        if wanted.custodian
        else "The custodian is not known by name; the data are taken to be"
    )
    findings = tuple(dict.fromkeys((*involved, *wanted.supporting)))
    sentences = [Sentence(text=f"{named} in {state}.", findings=findings)]
    sentences += _bases(wanted, findings)
    if any(gathered.item.selector.kind in ADDRESSES for gathered in wanted.gathered):
        sentences.append(
            Sentence(
                text="Should a provider in a further state prove to have taken part in the transmission, this authority asks to be given "
                "the traffic data that identify that provider and the path.",
                authority=(f"{PRESERVATION_CONVENTION} Art. 30(1)",),
            )
        )
    return tuple(sentences)


def _bases(wanted: Wanted, findings: tuple[str, ...]) -> Iterator[Sentence]:
    """Yield what the custodian's name rests on, one sentence for all identifiers of which a snapshot says the same."""
    subjects: dict[tuple[str, str], list[str]] = {}
    for basis in wanted.basis:
        subjects.setdefault((basis.statement, basis.authority), []).append(basis.subject)
    for (statement, authority), named in subjects.items():
        more = f" and {len(named) - _MOST_ACTS} more of the annex" if len(named) > _MOST_ACTS else ""
        yield Sentence(text=f"{', '.join(named[:_MOST_ACTS])}{more}: {statement}.", findings=findings, authority=(authority,))


def _necessity(wanted: Wanted, involved: Sequence[str], on: date, urgency: Urgency) -> tuple[Sentence, ...]:
    first = min(sighting.at for gathered in wanted.gathered for sighting in gathered.sightings).astimezone(UTC).date()
    known = urgency.because if urgency.perishes is not None else "How long the custodian keeps them is not known to this authority."
    text = f"Records of this kind may be deleted in the ordinary course of business. {known}"
    age = f"The earliest act is of {first}, {max((on - first).days, 0)} days before this request."
    return (Sentence(text=text, authority=(_BASIS,)), Sentence(text=age, findings=tuple(involved)))


def _intention(unit: RequestingUnit) -> Sentence:
    text = f"{_capital(name_of(unit.state))} intends to submit a request for mutual assistance so that the preserved data are disclosed."
    return Sentence(text=text, authority=(_BASIS, f"{PRESERVATION_CONVENTION} Art. 31(1)"))


def _confidentiality() -> tuple[Sentence, ...]:
    return (
        Sentence(
            text="Please keep this request and its subject confidential, also from the person the data concern, so far as your law allows.",
            authority=(f"{PRESERVATION_CONVENTION} Art. 16(3)",),
        ),
        Sentence(
            text="If preservation would not secure the data, or would endanger the investigation, please say so before acting: this "
            "authority will then decide.",
            authority=(f"{PRESERVATION_CONVENTION} Art. 29(6)",),
        ),
    )


def _preservation_days(route: Route) -> int | None:
    days = [limit.figure.value for limit in route.limits if limit.figure.name == "preservation_least" and limit.figure.unit == "days"]
    return max(days, default=None)


def _missing(wanted: Wanted, unit: RequestingUnit, route: Route, offences: Sequence[Offence]) -> tuple[str, ...]:
    state = name_of(wanted.state)
    questions = [*wanted.doubts, *wanted.questions]
    questions.append(f"Where does the 24/7 point of contact of {state} receive requests? Its address is in the network's own directory.")
    questions.append(f"May {unit.authority.strip()} send this itself, or does it go through the point of contact of {name_of(unit.state)}?")
    if not unit.offence:
        questions.append(f"Which provision of the law of {name_of(unit.state)} does the offence fall under?")
    if not unit.contact:
        questions.append("Who answers queries (name, telephone, electronic mail, hours, time zone)?")
    open_conditions = {"territory"} if _within_the_convention(offences) else {"territory", "reservation"}
    questions += [condition.question for condition in route.conditions if condition.key in open_conditions]
    return tuple(dict.fromkeys(questions))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
