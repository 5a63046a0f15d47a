"""Routes: by which instrument one state may ask another for data on a day, and why not by the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from comity.law.answer import Answer, Reason, Status, Truth, weakest
from comity.law.corpus import Corpus
from comity.law.instrument import Instrument, binds, both, in_force
from comity.law.provision import ConditionRule, Figure, Need, Point, Provision, RouteRule
from comity.terms.citation import Citation
from comity.terms.jurisdiction import is_code, name_of

PRESERVATION_CONVENTION = "ets-185"
"""The convention whose Article 16 the parties' own preservation powers answer to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of a route. The law alone does not settle it: `truth` is undetermined until a person or the case says."""

    key: str
    text: str
    truth: Truth
    question: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A figure the law sets for this route, and where."""

    figure: Figure
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground on which the requested state may refuse, and where."""

    text: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An instrument in force between the two states on the day, with an article for the need.

    `standing` is verified only if every datum behind the route is. `contents` are what a request must state.
    """

    instrument: str
    instrument_name: str
    article: str
    channel: str
    standing: Status
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...]
    limits: tuple[Limit, ...]
    contents: tuple[Point, ...]
    grounds: tuple[Ground, ...]
    dual_criminality: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """What was weighed and is not a route: why, and which questions could change that."""

    instrument: str
    instrument_name: str
    article: str
    truth: Truth
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The answer for two states, a need and a day.

    `domestic` is true when both are the same state, which no treaty serves. `missing` are the questions that could open a
    route when there is none, or that touch the states themselves. `law_as_of` says of when the party data are.
    """

    requesting: str
    requested: str
    need: Need
    on: date
    routes: tuple[Route, ...]
    rejected: tuple[Rejection, ...]
    follow_ups: tuple[Reason, ...]
    missing: tuple[str, ...]
    law_as_of: str
    domestic: bool = False


def route(requesting: str, requested: str, *, need: Need, on: date, corpus: Corpus) -> Routing:
    """Return by which instruments `requesting` may ask `requested` for `need` on `on`.

    States are ISO 3166-1 codes; an unknown code gives no route and a question. An instrument becomes a route only when it is
    in force for both states on the day; otherwise it is rejected with its reason. Verified routes come first, then the order
    of identifiers. Source: ETS 185, Art. 16, 25, 26, 29, 30, 31, 32, 35.
    """
    strangers = tuple(
        f"Which state is {code[:20]!r}? It is not an ISO 3166-1 code." for code in (requesting, requested) if not is_code(code)
    )
    routes: list[Route] = []
    rejected: list[Rejection] = []
    follow_ups: list[Reason] = []
    missing: tuple[str, ...] = strangers
    if strangers:
        instruments: Sequence[Instrument] = ()
    elif requesting == requested:
        instruments = ()
        rejected = [_own_state(instrument, rule) for instrument in corpus.instruments for rule in _rules(instrument, need)]
        missing = (_domestic_question(requesting, need),)
    else:
        instruments = corpus.instruments
    for instrument in instruments:
        answer = _bound(instrument, (requesting, requested), on, corpus)
        rules = _rules(instrument, need)
        if answer.truth is Truth.YES:
            routes += [_route(instrument, rule, answer) for rule in rules]
            rejected += _considered(instrument, need)
            follow_ups += _follow_ups(instrument, need)
        else:
            rejected += [_rejection(instrument, rule.article, answer) for rule in rules]
        rejected += _no_routes(instrument, need, on)
    if not routes:
        missing += tuple(question for rejection in rejected for question in rejection.missing)
    return Routing(
        requesting=requesting,
        requested=requested,
        need=need,
        on=on,
        routes=tuple(sorted(routes, key=lambda entry: (entry.standing is Status.DRAFT, entry.instrument))),
        rejected=tuple(sorted(rejected, key=lambda entry: entry.instrument != PRESERVATION_CONVENTION)),
        follow_ups=tuple(follow_ups),
        missing=tuple(dict.fromkeys(missing)),
        law_as_of=law_as_of(corpus, requesting, requested),
        domestic=requesting == requested and not strangers,
    )


def binding(requesting: str, requested: str, *, on: date, corpus: Corpus) -> tuple[tuple[Instrument, Answer], ...]:
    """Return for every instrument whether it binds both states on `on`."""
    return tuple((entry, _bound(entry, (requesting, requested), on, corpus)) for entry in corpus.instruments)


def law_as_of(corpus: Corpus, *states: str) -> str:
    """Return one sentence saying of when, and from where, the data on the parties to the Convention on Cybercrime are."""
    instrument = corpus.instrument(PRESERVATION_CONVENTION)
    if instrument is None or instrument.parties is None:
        return "No table of parties is at hand."
    table = instrument.parties
    rows = [row for row in table.bindings if row.party in states]
    sources = "; ".join(
        f"{name_of(row.party)}: {row.source} ({row.status})" for row in sorted(rows, key=lambda row: states.index(row.party))
    )
    complete = "" if table.complete else ", not known to be complete"
    return f"Parties to {instrument.name} as of {table.as_of}{complete}. {sources}{'.' if sources else ''}".strip()


def _bound(instrument: Instrument, states: Sequence[str], on: date, corpus: Corpus) -> Answer:
    answers = [binds(instrument, state, on=on) for state in states]
    first = corpus.instrument(instrument.requires) if instrument.requires else None
    if first is not None:
        answers += [binds(first, state, on=on) for state in states]
    return both(*answers)


def _rules(instrument: Instrument, need: Need) -> tuple[RouteRule, ...]:
    return tuple(rule for rule in instrument.routes if need in rule.needs)


def _route(instrument: Instrument, rule: RouteRule, answer: Answer) -> Route:
    basis = [provision for at in rule.rests_on if (provision := instrument.provision(at))]
    conditional = [provision for each in rule.conditions if (provision := instrument.provision(each.rule))]
    # a route that rests on no provision anybody has read is a draft, whatever the party table says
    statuses = [answer.status, instrument.status, *(provision.status for provision in (*basis, *conditional))]
    standing = weakest(statuses) if basis else Status.DRAFT
    return Route(
        instrument=instrument.identifier,
        instrument_name=instrument.name,
        article=rule.article,
        channel=rule.channel,
        standing=standing,
        reasons=(*answer.reasons, *(_says(provision) for provision in basis)),
        conditions=tuple(_condition(each) for each in rule.conditions),
        limits=tuple(Limit(figure=figure, citation=provision.citation) for provision in basis for figure in provision.figures),
        contents=tuple(point for provision in basis for point in provision.contents),
        grounds=tuple(Ground(text=ground.text, citation=provision.citation) for provision in basis for ground in provision.grounds),
        dual_criminality=tuple(
            Reason(text=provision.dual_criminality, citations=(provision.citation,), status=provision.status)
            for provision in (*basis, *conditional)
            if provision.dual_criminality
        ),
    )


def _says(provision: Provision) -> Reason:
    return Reason(text=provision.says, citations=(provision.citation,), status=provision.status)


def _condition(rule: ConditionRule) -> Condition:
    return Condition(key=rule.key, text=rule.text, truth=Truth.UNDETERMINED, question=rule.question, citation=rule.rule)


def _rejection(instrument: Instrument, article: str, answer: Answer) -> Rejection:
    return Rejection(
        instrument=instrument.identifier,
        instrument_name=instrument.name,
        article=article,
        truth=answer.truth,
        reasons=answer.reasons,
        missing=answer.missing,
    )


def _own_state(instrument: Instrument, rule: RouteRule) -> Rejection:
    text = f"{instrument.name} Art. {rule.article} asks another state; the custodian is in the requesting state itself."
    answer = Answer(truth=Truth.NO, reasons=(Reason(text=text, citations=rule.rests_on[:1], status=instrument.status),))
    return _rejection(instrument, rule.article, answer)


def _domestic_question(state: str, need: Need) -> str:
    what = "have stored data preserved (the power ETS 185 Art. 16 speaks of)" if need is Need.PRESERVATION else f"obtain {need} data"
    return f"Which provision of the law of {name_of(state)} lets your authority {what}, and who may order it?"


def _considered(instrument: Instrument, need: Need) -> list[Rejection]:
    found = []
    for entry in instrument.considered:
        if need in entry.needs:
            provision = instrument.provision(entry.rule)
            status = weakest([instrument.status] if provision is None else [instrument.status, provision.status])
            answer = Answer(
                truth=Truth.UNDETERMINED if entry.question else Truth.NO,
                reasons=(Reason(text=entry.reason, citations=(entry.rule,), status=status),),
                missing=(entry.question,) if entry.question else (),
            )
            article = _article(entry.rule, entry.point)
            found.append(_rejection(instrument, article, answer))
    return found


def _article(at: Citation, point: str) -> str:
    paragraph = f"({at.paragraph})" if at.paragraph else ""
    return f"{at.article}{paragraph}{f'({point})' if point else ''}"


def _no_routes(instrument: Instrument, need: Need, on: date) -> list[Rejection]:
    found = []
    general = in_force(instrument, on=on)
    not_yet = () if general.truth is Truth.YES else general.reasons
    for entry in instrument.no_routes:
        if need in entry.needs:
            provision = None if entry.rule is None else instrument.provision(entry.rule)
            status = Status.DRAFT if provision is None else provision.status
            cited = () if entry.rule is None else (entry.rule,)
            answer = Answer(truth=Truth.NO, reasons=(Reason(text=entry.reason, citations=cited, status=status), *not_yet))
            found.append(_rejection(instrument, "" if entry.rule is None else entry.rule.article, answer))
    return found


def _follow_ups(instrument: Instrument, need: Need) -> list[Reason]:
    return [
        Reason(text=entry.text, citations=(entry.rule,), status=instrument.status) for entry in instrument.follow_ups if need in entry.needs
    ]
