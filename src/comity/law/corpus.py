"""The law corpus: all instruments and retention data, read strictly from the bytes of the law files."""

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from comity.law.answer import Status
from comity.law.fields import Fields, citation, refuse
from comity.law.instrument import Binding, Instrument, NotBound, PartyTable
from comity.law.provision import (
    ConditionRule,
    Considered,
    Figure,
    FollowUp,
    Need,
    NoRoute,
    Point,
    Provision,
    ProvisionKind,
    RouteRule,
)
from comity.law.retention import Retention, RetentionBasis
from comity.terms.citation import Citation
from comity.terms.jurisdiction import is_code

RETENTION_FILE = "perishing.toml"
DATED = ".dated"
"""Ending of the file that dates an imported party table: `ets-185-parties.csv.dated` holds one day, such as 2027-01-31."""
_LARGEST_FILE = 4 * 2**20
_DATES = ("signed", "ratified", "entry_into_force", "denounced")
_UNIONS = frozenset({"EU"})  # regional organizations that may sign without being a state


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Every instrument, in the order of identifiers, and the retention data."""

    instruments: tuple[Instrument, ...]
    retention: tuple[Retention, ...]

    def instrument(self, identifier: str) -> Instrument | None:
        """Return the instrument called `identifier`, or None."""
        return next((entry for entry in self.instruments if entry.identifier == identifier), None)

    def provision(self, at: Citation) -> Provision | None:
        """Return the provision at `at`, or None."""
        instrument = self.instrument(at.instrument)
        return None if instrument is None else instrument.provision(at)


def read(files: Mapping[str, bytes]) -> Corpus:
    """Return the corpus written in `files` (file name to content; `.toml` instruments, `.csv` party tables).

    Raises ReferenceDataError naming file and key for whatever is not exactly as it should be: unknown keys, missing sources
    or statuses, dates that are none, a verified provision without digest, citations that lead nowhere, a party listed twice.
    """
    instruments = [_instrument(name, files) for name in sorted(files) if name.endswith(".toml") and name != RETENTION_FILE]
    identifiers = [entry.identifier for entry in instruments]
    for entry in instruments:
        if identifiers.count(entry.identifier) > 1:
            raise refuse(entry.identifier, "two files describe this instrument")
        if entry.requires and entry.requires not in identifiers:
            raise refuse(f"{entry.identifier}.requires", f"{entry.requires!r} is not in the corpus")
    retention = _retention(files[RETENTION_FILE]) if RETENTION_FILE in files else ()
    return Corpus(instruments=tuple(sorted(instruments, key=lambda entry: entry.identifier)), retention=retention)


def _document(name: str, data: bytes) -> Fields:
    if len(data) > _LARGEST_FILE:
        raise refuse(name, f"is larger than {_LARGEST_FILE} bytes")
    try:
        return Fields(tomllib.loads(data.decode()), name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refuse(name, f"cannot be read as TOML: {error}") from error


def _instrument(name: str, files: Mapping[str, bytes]) -> Instrument:
    document = _document(name, files[name])
    head = document.table("instrument")
    if head is None:
        raise refuse(f"{name}.instrument", "is missing")
    identifier, text_file = head.text("identifier"), head.text("text_file", default="")
    provisions = tuple(_provision(identifier, entry, text_file) for entry in document.tables("provision"))
    parties = document.table("parties")
    instrument = Instrument(
        identifier=identifier,
        name=head.text("name"),
        title=head.text("title"),
        kind=head.text("kind"),
        opened=head.day("opened"),
        entry_into_force=head.optional_day("entry_into_force"),
        as_of=head.day("as_of"),
        requires=head.text("requires", default=""),
        status=head.status(),
        source=head.text("source"),
        text_file=text_file,
        parties=None if parties is None else _party_table(identifier, parties, files),
        not_bound=tuple(_not_bound(entry) for entry in document.tables("not_bound")),
        provisions=provisions,
        routes=tuple(_route(identifier, entry) for entry in document.tables("route")),
        no_routes=tuple(_no_route(identifier, entry) for entry in document.tables("no_route")),
        considered=tuple(_considered(identifier, entry) for entry in document.tables("considered")),
        follow_ups=tuple(_follow_up(identifier, entry) for entry in document.tables("follow_up")),
    )
    head.finish()
    document.finish()
    _check(instrument, name)
    return instrument


def _check(instrument: Instrument, name: str) -> None:
    known = {provision.citation for provision in instrument.provisions}
    if len(known) < len(instrument.provisions):
        raise refuse(name, "a provision is given twice")
    cited = [rule for route in instrument.routes for rule in (*route.rests_on, *(condition.rule for condition in route.conditions))]
    cited += [entry.rule for entry in instrument.considered] + [entry.rule for entry in instrument.follow_ups]
    cited += [entry.rule for entry in instrument.no_routes if entry.rule is not None]
    for at in cited:
        if at not in known:
            raise refuse(name, f"{at} is cited but no provision says what it is")
    if instrument.status is Status.VERIFIED and any(not route.rests_on for route in instrument.routes):
        raise refuse(name, "a route of a verified instrument must rest on a provision")


def _provision(instrument: str, entry: Fields, text_file: str) -> Provision:
    provision = Provision(
        citation=Citation(instrument=instrument, article=entry.text("article"), paragraph=entry.text("paragraph", default="")),
        kind=entry.choice("kind", ProvisionKind),
        heading=entry.text("heading"),
        says=entry.text("says"),
        figures=tuple(_figure(each) for each in entry.tables("figures")),
        contents=tuple(_point(each) for each in entry.tables("contents")),
        grounds=tuple(_point(each) for each in entry.tables("grounds")),
        dual_criminality=entry.text("dual_criminality", default=""),
        status=entry.status(),
        source=entry.text("source"),
        sha256=entry.digest("sha256"),
    )
    entry.finish()
    if provision.status is Status.VERIFIED and (provision.sha256 is None or not text_file):
        raise refuse(f"{entry.place}.sha256", "a verified provision needs the digest of its text and the instrument a text_file")
    return provision


def _figure(entry: Fields) -> Figure:
    figure = Figure(name=entry.text("name"), value=entry.whole("value"), unit=entry.text("unit"))
    entry.finish()
    return figure


def _point(entry: Fields) -> Point:
    point = Point(key=entry.text("key"), text=entry.text("text"))
    entry.finish()
    return point


def _route(instrument: str, entry: Fields) -> RouteRule:
    route = RouteRule(
        needs=entry.choices("needs", Need),
        article=entry.text("article"),
        channel=entry.text("channel"),
        rests_on=tuple(citation(instrument, each, f"{entry.place}.rests_on") for each in entry.texts("rests_on")),
        conditions=tuple(_condition(instrument, each) for each in entry.tables("condition")),
    )
    entry.finish()
    return route


def _condition(instrument: str, entry: Fields) -> ConditionRule:
    rule = citation(instrument, entry.text("rule"), f"{entry.place}.rule")
    condition = ConditionRule(key=entry.text("key"), text=entry.text("text"), rule=rule, question=entry.text("question"))
    entry.finish()
    return condition


def _no_route(instrument: str, entry: Fields) -> NoRoute:
    rule = entry.text("rule", default="")
    cited = citation(instrument, rule, f"{entry.place}.rule") if rule else None
    no_route = NoRoute(needs=entry.choices("needs", Need), rule=cited, reason=entry.text("reason"))
    entry.finish()
    return no_route


def _considered(instrument: str, entry: Fields) -> Considered:
    considered = Considered(
        needs=entry.choices("needs", Need),
        rule=citation(instrument, entry.text("rule"), f"{entry.place}.rule"),
        point=entry.text("point", default=""),
        reason=entry.text("reason"),
        question=entry.text("question", default=""),
    )
    entry.finish()
    return considered


def _follow_up(instrument: str, entry: Fields) -> FollowUp:
    rule = citation(instrument, entry.text("rule"), f"{entry.place}.rule")
    follow_up = FollowUp(needs=entry.choices("needs", Need), rule=rule, text=entry.text("text"))
    entry.finish()
    return follow_up


def _not_bound(entry: Fields) -> NotBound:
    state = entry.text("state")
    if not is_code(state):
        raise refuse(f"{entry.place}.state", f"{state[:10]!r} is not an ISO 3166-1 code")
    found = NotBound(
        state=state, as_of=entry.day("as_of"), because=entry.text("because"), status=entry.status(), source=entry.text("source")
    )
    entry.finish()
    return found


def _party_table(instrument: str, entry: Fields, files: Mapping[str, bytes]) -> PartyTable:
    file = entry.text("file")
    if file not in files:
        raise refuse(f"{entry.place}.file", f"{file!r} is not among the law files")
    as_of, note = entry.day("as_of"), entry.text("note")
    if file + DATED in files:
        imported = _date(files[file + DATED].decode(errors="replace").strip(), file + DATED)
        if imported is None:
            raise refuse(file + DATED, "is empty")
        as_of, note = imported, "An imported list stands in for the one that came with Comity."
    table = PartyTable(
        as_of=as_of,
        complete=entry.flag("complete"),
        note=note,
        bindings=read_parties(instrument, file, files[file]),
    )
    entry.finish()
    return table


def read_parties(instrument: str, name: str, data: bytes) -> tuple[Binding, ...]:
    """Return the rows of the party table `data` (CSV, UTF-8), in order.

    Columns: `state` or `party`; any of signed, ratified, entry_into_force, denounced (YYYY-MM-DD or empty); status; source.
    """
    if len(data) > _LARGEST_FILE:
        raise refuse(name, f"is larger than {_LARGEST_FILE} bytes")
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise refuse(name, f"cannot be read as CSV: {error}") from error
    bindings = tuple(_binding(instrument, row, f"{name} line {line}") for line, row in enumerate(rows, start=2))
    parties = [binding.party for binding in bindings]
    for party in parties:
        if parties.count(party) > 1:
            raise refuse(name, f"{party} is listed twice")
    return bindings


def _binding(instrument: str, row: Mapping[str | None, object], place: str) -> Binding:
    # an empty cell is an absent fact; None as key or value is a row of another length than the header
    if None in row or None in row.values():
        raise refuse(place, "has another number of cells than the header")
    cells = Fields({key: value for key, value in row.items() if value != ""}, place)
    party = cells.text("state", default="") or cells.text("party")
    if not is_code(party) and party not in _UNIONS:
        raise refuse(place, f"{party[:10]!r} is not an ISO 3166-1 code")
    dates = {key: _date(cells.text(key, default=""), f"{place}.{key}") for key in _DATES}
    binding = Binding(
        instrument=instrument,
        party=party,
        signed=dates["signed"],
        ratified=dates["ratified"],
        entry_into_force=dates["entry_into_force"],
        denounced=dates["denounced"],
        status=cells.status(),
        source=cells.text("source"),
    )
    cells.finish()
    return binding


def _date(text: str, place: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise refuse(place, f"{text[:20]!r} is not a date such as 2004-07-01") from error


def _retention(data: bytes) -> tuple[Retention, ...]:
    document = _document(RETENTION_FILE, data)
    found = []
    for entry in document.tables("retention"):
        state = entry.text("state", default="")
        if state and not is_code(state):
            raise refuse(f"{entry.place}.state", f"{state[:10]!r} is not an ISO 3166-1 code")
        found.append(
            Retention(
                data=entry.text("data"),
                state=state,
                days=entry.whole("days"),
                basis=entry.choice("basis", RetentionBasis),
                status=entry.status(),
                source=entry.text("source"),
            )
        )
        entry.finish()
    document.finish()
    return tuple(found)
