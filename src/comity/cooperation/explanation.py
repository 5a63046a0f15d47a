"""Why a request is as it is: its reasoning as lines of plain text."""

from collections.abc import Iterator, Mapping, Sequence

from comity.analysis.finding import Finding
from comity.cooperation.lint import CONTENTS
from comity.cooperation.request import Request, Sentence
from comity.law.answer import Reason, Status
from comity.law.route import Routing
from comity.terms.instant import format_instant
from comity.terms.jurisdiction import name_of


def explain(request: Request, *, routing: Routing, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    """Return the reasoning of `request`, indented by two spaces a level.

    `routing` is the answer of the law for the request's states and day, `findings` those of the case by identity; both show
    what the request itself leaves out: draft data, marked as draft, and what each finding says.
    """
    return tuple(_lines(request, routing, findings))


def _lines(request: Request, routing: Routing, findings: Mapping[str, Finding]) -> Iterator[str]:
    states = f"{name_of(request.requesting_state)} to {name_of(request.requested_state)}"
    yield f"Request {request.identity}: {states}, custodian {request.custodian or 'not known by name'}"
    yield f"Standing: {request.standing}"
    for objection in request.objections:
        source = f" ({objection.source})" if objection.source else ""
        mark = "blocks" if objection.blocking else "note"
        yield f"  {mark} {objection.code}, {objection.field}: {objection.text}{source} {objection.remedy}"
    yield f"Law: {request.law_as_of}"
    yield f"Instrument: {request.instrument} Art. {request.article}, on {request.on}"
    yield from (f"  {_supported(sentence)}" for sentence in request.route_reasons)
    yield "Considered and not used:"
    for rejection in routing.rejected:
        article = f" Art. {rejection.article}" if rejection.article else ""
        yield f"  {rejection.instrument_name}{article}: {rejection.truth}"
        yield from (f"    {_marked(reason)}" for reason in rejection.reasons)
        yield from (f"    open: {question}" for question in rejection.missing)
    for other in routing.routes:
        if (other.instrument, other.article) != (request.instrument, request.article):
            yield f"  {other.instrument_name} Art. {other.article}: open between the two, {other.standing}"
            yield from (f"    {_marked(reason)}" for reason in other.reasons)
    yield "What follows:"
    yield from (f"  {_marked(reason)}" for reason in routing.follow_ups)
    yield f"How long the data lives: {'' if request.perishes is None else f'until {request.perishes}. '}{request.perishes_because}"
    yield from _contents(request, findings)
    yield "Missing facts:"
    yield from (f"  {question}" for question in request.missing)


def _contents(request: Request, findings: Mapping[str, Finding]) -> Iterator[str]:
    yield "Contents, sentence by sentence:"
    for letter, name in zip("abcdef", CONTENTS, strict=True):
        field: Sequence[Sentence] = getattr(request, name)
        yield from (f"  ({letter}) {_supported(sentence)}" for sentence in field)
    yield "Items:"
    for number, item in enumerate(request.items, start=1):
        end = "open" if item.period.end is None else format_instant(item.period.end)
        period = f"{format_instant(item.period.start)} to {end}"
        yield f"  {number}. {item.selector.value} ({item.role}), {period}, from {', '.join(item.findings)}"
    yield "Findings:"
    for identity in dict.fromkeys(identity for item in request.items for identity in item.findings):
        finding = findings.get(identity)
        yield (
            f"  {identity}: not among the findings of this case"
            if finding is None
            else f"  {identity} ({finding.strength}): {finding.title}"
        )


def _supported(sentence: Sentence) -> str:
    return f"{sentence.text} [{', '.join((*sentence.findings, *sentence.authority))}]"


def _marked(reason: Reason) -> str:
    cited = f" [{', '.join(map(str, reason.citations))}]" if reason.citations else ""
    return f"{'DRAFT, not verified: ' if reason.status is Status.DRAFT else ''}{reason.text}{cited}"
