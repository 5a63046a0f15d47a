"""The linter: what keeps a request from being ready, and what would make it better.

Codes are stable; `docs/methods/routing.md` lists them. Blocking objections are about what a requested state must refuse or
cannot act on: an empty field, a malformed identifier, a time without zone, a scope without bounds, unverified law.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta

from comity.cooperation.request import Item, Objection, Request, Sentence, Standing
from comity.cooperation.sighting import ADDRESSES, YEAR_IN_DOUBT, longest_period
from comity.law.answer import Status
from comity.terms.errors import MaterialError
from comity.terms.instant import format_instant
from comity.terms.jurisdiction import is_code, name_of
from comity.terms.selector import Kind, normalize

CONTENTS = ("a_authority", "b_offence_and_facts", "c_data_and_relationship", "d_custodian", "e_necessity", "f_intention")
"""The six fields of a request, in the order of ETS 185 Art. 29(2)(a) to (f)."""

LEAST_PRESERVATION_DAYS = 60
_MANY_ITEMS = 50
_LEGAL_BASIS = "ets-185 Art. 29(2)"
_ORDINARY_CLOCKS = {"", "year", "zone", "year+zone"}


def standing_of(objections: Collection[Objection], *, law: Status) -> Standing:
    """Return how far a request with `objections` may go; draft law outweighs everything else."""
    if law is Status.DRAFT:
        return Standing.DRAFT_LAW
    return Standing.INCOMPLETE if any(objection.blocking for objection in objections) else Standing.READY


def lint(request: Request, *, law: Status, doubts: Collection[str] = (), known: Collection[str] | None = None) -> tuple[Objection, ...]:
    """Return what is wrong with `request`, blocking objections first.

    Args:
        request: as drafted; its own `objections` and `standing` are not looked at.
        law: status of the route it rests on.
        doubts: questions about the holder that must be settled before anybody signs.
        known: identities of the findings there are; when given, a sentence may name no other.
    """
    checks: tuple[Callable[[Request], Iterator[Objection]], ...] = (_contents, _states, _support, _scope)
    found = [objection for check in checks for objection in check(request)]
    if law is Status.DRAFT:
        found.append(
            _objection("law-draft", "instrument", "It rests on law that nobody has verified.", "Have the draft data verified by a person.")
        )
    found += [_objection("holder-undated", "d_custodian", doubt, "Import a snapshot nearer to the act, or ask.") for doubt in doubts]
    if known is not None:
        named = {identity for sentence in sentences(request) for identity in sentence.findings}
        named |= {identity for item in request.items for identity in item.findings}
        text = "It names findings that do not exist: {}."
        found += [
            _objection("finding-unknown", "sentences", text.format(identity), "Draw it up again.")
            for identity in sorted(named - set(known))
        ]
    return tuple(sorted(dict.fromkeys(found), key=lambda objection: not objection.blocking))


def sentences(request: Request) -> tuple[Sentence, ...]:
    """Return every sentence of the request, reasons for the route included."""
    fields = [getattr(request, name) for name in CONTENTS]
    return tuple(sentence for field in (request.route_reasons, *fields, request.confidentiality) for sentence in field)


def _contents(request: Request) -> Iterator[Objection]:
    for letter, name in zip("abcdef", CONTENTS, strict=True):
        field: tuple[Sentence, ...] = getattr(request, name)
        if not field or any(not sentence.text.strip() for sentence in field):
            text = f"Content ({letter}) that Article 29(2) asks for is empty."
            yield _objection("field-empty", name, text, "Fill it in.", f"{_LEGAL_BASIS}({letter})")
    if not any(source.startswith("entry:") for sentence in request.a_authority for source in sentence.authority):
        yield _objection(
            "authorization-missing", "a_authority", "No authorization of the ledger is named.", "Grant one and draw the request up again."
        )
    if not request.items:
        yield _objection("items-missing", "items", "Nothing is asked for.", "Name what is to be preserved.", f"{_LEGAL_BASIS}(c)")
    if not any(sentence.findings for sentence in request.b_offence_and_facts):
        yield _objection("facts-missing", "b_offence_and_facts", "No fact rests on a finding.", "Add the facts.", f"{_LEGAL_BASIS}(b)")

    if not any(sentence.authority for sentence in request.b_offence_and_facts):
        text = "Which offence is under investigation? No article of the Convention and no law of your own is named."
        yield _objection("offence-unnamed", "b_offence_and_facts", text, "Name the provision of your own law.", f"{_LEGAL_BASIS}(b)")


def _states(request: Request) -> Iterator[Objection]:
    for name in ("requesting_state", "requested_state"):
        code: str = getattr(request, name)
        if not is_code(code):
            yield _objection("state-unknown", name, f"{code[:20]!r} is no state's code.", "Use the ISO 3166-1 code.")
    if request.requesting_state == request.requested_state:
        text = "The requested state is the requesting one."
        yield _objection("state-own", "requested_state", text, "Use the preservation power of your own law.", "ets-185 Art. 16")
    if not any(name_of(request.requested_state) in sentence.text for sentence in request.d_custodian):
        text = f"Content (d) does not speak of {name_of(request.requested_state)}."
        yield _objection("state-mismatch", "d_custodian", text, "Check which state holds the data.", f"{_LEGAL_BASIS}(d)")
    if not request.instrument or not request.article or not request.route_reasons:
        yield _objection("route-missing", "instrument", "No instrument and article with reasons are named.", "Route the request again.")
    if not request.custodian.strip():
        text = "The custodian is not known by name; the requested state must find it from the identifiers."
        yield _objection("custodian-unknown", "custodian", text, "Ask the registry.", f"{_LEGAL_BASIS}(d)", blocking=False)


def _support(request: Request) -> Iterator[Objection]:
    for sentence in sentences(request):
        if not sentence.findings and not sentence.authority:
            yield _objection(
                "sentence-unsupported", "sentences", f"Nothing supports: {sentence.text[:80]!r}.", "Tie it to a finding or a source."
            )
    for number, item in enumerate(request.items, start=1):
        if not item.findings:
            yield _objection("item-unsupported", f"items[{number}]", "No finding says why it is asked for.", "Remove it or tie it to one.")


def _scope(request: Request) -> Iterator[Objection]:
    if request.preservation_days is None or request.preservation_days < LEAST_PRESERVATION_DAYS:
        text = f"Preservation is asked for less than {LEAST_PRESERVATION_DAYS} days."
        yield _objection("preservation-short", "preservation_days", text, "Ask for sixty days or more.", "ets-185 Art. 29(7)")
    if len(request.items) > _MANY_ITEMS:
        text = f"It names {len(request.items)} items; broad requests are refused or delayed."
        yield _objection("scope-many", "items", text, "Keep what the case needs.", blocking=False)
    if len({(item.selector, item.period.start, item.period.end) for item in request.items}) < len(request.items):
        yield _objection("item-twice", "items", "An item stands there twice.", "Merge them.")
    for number, item in enumerate(request.items, start=1):
        yield from _item(item, f"items[{number}]", request)


def _item(item: Item, field: str, request: Request) -> Iterator[Objection]:
    kind, value = item.selector.kind, item.selector.value
    try:
        normal = normalize(kind, value).value
    except MaterialError as error:
        yield _objection("identifier-malformed", field, f"{error.what}.", "Correct it from the exhibit; a wrong identifier is refused.")
    else:
        if normal != value:
            text = f"{value[:60]!r} is not in its normal form {normal[:60]!r}."
            yield _objection("identifier-not-normal", field, text, "Write it in its normal form.")
    start, end = item.period.start, item.period.end
    if end is None:
        yield _objection("scope-open", field, "The period has no end.", "Give the period of the acts.")
    elif end - start > longest_period(kind):
        text = f"The period is longer than {longest_period(kind).days} days."
        yield _objection("scope-wide", field, text, "Ask about the times of the acts only.")
    if not item.data.strip():
        yield _objection("data-missing", field, "It does not say which data.", "Name them.", f"{_LEGAL_BASIS}(c)")
    yield from _time(item, field, request)
    if kind in ADDRESSES and item.port is None:
        shared = kind is Kind.IPV4 and _carrier_grade(value)
        text = (
            "Behind carrier-grade NAT an address without port and second identifies nobody."
            if shared
            else "The log records no port: where the address is shared among customers, the port is needed to tell them apart."
        )
        yield _objection("port-missing", field, text, "Look for a log that records the peer's port.", "RFC 6302", blocking=shared)


def _time(item: Item, field: str, request: Request) -> Iterator[Objection]:
    at = item.at
    if at is None:
        if item.selector.kind in ADDRESSES:
            yield _objection("time-missing", field, "An address without a time identifies nobody.", "Give the time of the act.")
        return
    if at.tzinfo is None:
        yield _objection("time-without-zone", field, "The time of the act has no zone.", "Give its offset from UTC.")
        return
    if at not in item.period:
        yield _objection("time-outside-period", field, f"The act ({format_instant(at)}) is not in the period.", "Correct the period.")
    if at > datetime.combine(request.on, datetime.min.time(), tzinfo=UTC) + timedelta(days=2):
        # a day of grace: `on` is the day in the requesting unit's zone
        yield _objection("time-in-future", field, f"The act ({format_instant(at)}) is later than the request.", "Check the clock.")
    if not item.clock:
        return
    declared = any(
        "inferred" in sentence.text and set(sentence.findings) & set(item.findings) for sentence in request.c_data_and_relationship
    )
    if YEAR_IN_DOUBT in item.clock:
        text = "The log writes no year, and the file's own time may be that of a copy: the year may be another."
        yield _objection("year-in-doubt", field, text, "Ask the owner of the log for the year, or preserve it with its file times.")
    elif not declared or item.clock not in _ORDINARY_CLOCKS:
        text = f"The {item.clock[:20]} of the time was inferred and the request does not say so."
        yield _objection("clock-undeclared", field, text, "Say in (c) what was inferred.")
    else:
        text = f"The {item.clock.replace('+', ' and ')} of the time was inferred."
        yield _objection("clock-inferred", field, text, "Confirm it with the owner of the log.", blocking=False)


def _carrier_grade(value: str) -> bool:
    first, _, rest = value.partition(".")
    second = rest.partition(".")[0]
    return first == "100" and second.isdigit() and 64 <= int(second) < 128  # noqa: PLR2004 - 100.64.0.0/10, RFC 6598


def _objection(code: str, field: str, text: str, remedy: str, source: str = "", *, blocking: bool = True) -> Objection:
    return Objection(code=code, field=field, text=text, remedy=remedy, blocking=blocking, source=source)
