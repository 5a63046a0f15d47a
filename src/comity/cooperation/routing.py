"""What to ask for, of which state and custodian: findings become items, grouped, with everything left out said and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from comity.analysis.finding import SUPPORTING, Finding, Involved, Strength
from comity.cooperation.custodian import Basis, Custodian, Unplaced, of_account, of_address
from comity.cooperation.offence import offence_of
from comity.cooperation.sighting import ACCOUNTS, ADDRESSES, YEAR_IN_DOUBT, Gathered, Sighting, gather
from comity.reference.banks import Bank
from comity.reference.holder import Holder
from comity.terms.errors import MaterialError
from comity.terms.instant import format_instant
from comity.terms.selector import Kind, Selector, defang

HolderOf: TypeAlias = Callable[[str, datetime], Holder]
"""(address, instant) to what the snapshots say of it."""
BankOf: TypeAlias = Callable[[str, datetime], Bank]
"""(IBAN, instant) to the bank that keeps the account; MaterialError for what is no IBAN."""

_NOT_THE_OFFENDERS = ("victim", "payer", "debtor", "recipient", "earlier", "previous", "usual", "former", "impersonated", "own ")
"""Words in a role that mark a selector of the injured side or of somebody whose name was used."""

_BEHIND_A_PROXY = {
    "proxy that passed it on": "Who runs this proxy, and whom did it pass the requests on for at these times? It is not who acted",
    "client a proxy claimed": "Do the proxy's own records confirm these addresses? A header said them, and anybody can write one",
}
"""By the beginning of the role."""
_MOST_NAMED = 20
_WHICH_YEAR = "In which year did they act? The log writes none, and the file's own time may be that of a copy"
_QUESTIONS = {
    Kind.DOMAIN: "Which registrar and which host served these names at the time? A name alone names no state",
    Kind.URL: "Which hosts served these web addresses at the time? A web address alone names no state",
    Kind.EMAIL: "Which providers kept these mailboxes at the time? A mail address alone names no state",
    Kind.ACCOUNT: "Which banks keep these accounts? The numbers name no bank",
    Kind.BITCOIN: "Which exchange, if any, serves these wallets? A wallet names no state",
    Kind.ETHEREUM: "Which exchange, if any, serves these wallets? A wallet names no state",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one custodian in one state is asked to preserve.

    `gathered` are its items with the acts in them; `basis` says what the custodian's name rests on; `doubts` keep the
    request from being ready; `supporting` are findings about the same selectors that show no offence themselves.
    """

    state: str
    custodian: str
    gathered: tuple[Gathered, ...]
    basis: tuple[Basis, ...]
    doubts: tuple[str, ...]
    questions: tuple[str, ...]
    supporting: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What leads to no request: which selectors or findings, and why. `question` is true when an answer could change that."""

    reason: str
    findings: tuple[str, ...]
    selectors: tuple[Selector, ...] = ()
    question: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is wanted, by state and custodian, and what is left out."""

    wanted: tuple[Wanted, ...]
    left_out: tuple[LeftOut, ...]


def plan(findings: Sequence[Finding], *, holder_of: HolderOf, bank_of: BankOf) -> Plan:
    """Return what the strong and moderate findings of an offence give reason to have preserved.

    One `Wanted` per state and custodian, its items merged per selector and period; the order does not depend on that of
    `findings`. Unknown or contradictory holders and countries become questions, never guesses.
    """
    used, left_out = _usable(findings)
    sightings, untimed = _sightings(used)
    placed: dict[tuple[str, str], list[tuple[Gathered, Custodian]]] = defaultdict(list)
    for gathered in gather(sightings):
        custodian = _custodian(gathered, holder_of, bank_of)
        if isinstance(custodian, Custodian):
            # without a name, what lies with the unknown custodian of one selector need not lie with that of another
            key = custodian.name or gathered.item.selector.value
            placed[custodian.state, key].append((gathered, custodian))
        else:
            item = gathered.item
            left_out.append(LeftOut(reason=custodian.reason, findings=item.findings, selectors=(item.selector,), question=custodian.ask))
    support = _supporting(findings)
    wanted = tuple(_wanted(state, found, support) for (state, _), found in sorted(placed.items(), key=lambda each: each[0]))
    return Plan(wanted=wanted, left_out=(*left_out, *untimed))


def of_the_injured(role: str) -> bool:
    """Return whether `role` marks a selector of the injured side, or of somebody whose name was used."""
    words = f" {role.lower()} "
    return any(f" {word}" in words for word in _NOT_THE_OFFENDERS)


def _passed_on(role: str) -> str | None:
    """Return the question for an address whose role is to pass on what others did, or to be named by such a one; None for others."""
    return next((question for beginning, question in _BEHIND_A_PROXY.items() if role.startswith(beginning)), None)


def _usable(findings: Sequence[Finding]) -> tuple[list[Finding], list[LeftOut]]:
    used: list[Finding] = []
    weak: dict[str, list[str]] = defaultdict(list)
    unnamed: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.kind.startswith(SUPPORTING):
            continue
        if offence_of(finding.kind) is None:
            unnamed[finding.kind].append(finding.identity)
        elif finding.strength is Strength.WEAK:
            weak[finding.kind].append(finding.identity)
        else:
            used.append(finding)
    left_out = [_group(f"weak, {_words(kind)}: no request rests on a weak finding alone", found) for kind, found in sorted(weak.items())]
    left_out += [_group(f"{_words(kind)}: no offence is named for it", found) for kind, found in sorted(unnamed.items())]
    return used, left_out


def _group(reason: str, identities: Iterable[str]) -> LeftOut:
    findings = tuple(sorted(set(identities)))
    counted = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    return LeftOut(reason=f"{counted}, {reason}.", findings=findings)


def _words(kind: str) -> str:
    """Return a kind of finding as a person reads it: "intrusion, exploitation attempted"."""
    return kind.replace(".", ", ").replace("_", " ")


def _sightings(findings: Iterable[Finding]) -> tuple[list[Sighting], list[LeftOut]]:
    """Return the acts that can be asked about, and what else the findings name."""
    sightings: list[Sighting] = []
    aside: dict[str, dict[Selector, set[str]]] = defaultdict(lambda: defaultdict(set))
    questions: dict[str, dict[Selector, set[str]]] = defaultdict(lambda: defaultdict(set))
    for finding in findings:
        for involved in finding.involved:
            selector, at = involved.selector, involved.at
            if of_the_injured(involved.role):
                aside[f"Their role ({involved.role}) is not that of the offender"][selector].add(finding.identity)
            elif (passed_on := _passed_on(involved.role)) is not None:
                questions[passed_on][selector].add(finding.identity)
            elif selector.kind not in ADDRESSES | {Kind.IBAN}:
                question = _QUESTIONS.get(selector.kind)
                if question is not None:
                    questions[question][selector].add(finding.identity)
            elif at is None:
                questions["When did they act? Without a time nobody can say who held them"][selector].add(finding.identity)
            elif YEAR_IN_DOUBT in involved.clock:
                # a year that may be wrong is no time: asking the holder of that year may name a stranger
                questions[_WHICH_YEAR][selector].add(finding.identity)
            else:
                sightings.append(_sighting(involved, at, finding))
    left_out = [_named(text, found, question=False) for text, found in sorted(aside.items())]
    return sightings, left_out + [_named(text, found, question=True) for text, found in sorted(questions.items())]


def _sighting(involved: Involved, at: datetime, finding: Finding) -> Sighting:
    return Sighting(
        selector=involved.selector,
        role=involved.role,
        at=at,
        port=involved.port,
        precision=involved.precision,
        clock=involved.clock,
        finding=finding.identity,
    )


def _named(text: str, found: dict[Selector, set[str]], *, question: bool) -> LeftOut:
    selectors = tuple(sorted(found))
    shown = ", ".join(defang(selector.value) for selector in selectors[:_MOST_NAMED])
    more = f" and {len(selectors) - _MOST_NAMED} more" if len(selectors) > _MOST_NAMED else ""
    return LeftOut(
        reason=f"{text}: {shown}{more}.", findings=tuple(sorted(set().union(*found.values()))), selectors=selectors, question=question
    )


def _custodian(gathered: Gathered, holder_of: HolderOf, bank_of: BankOf) -> Custodian | Unplaced:
    """Return whom to ask; when the answers for the first and the last act differ, both are shown and nobody is asked."""
    selector, acts = gathered.item.selector, gathered.sightings
    if selector.kind in ACCOUNTS:
        try:
            return of_account(selector.value, bank_of(selector.value, acts[0].at))
        except MaterialError as error:
            return Unplaced(reason=f"Which bank keeps {selector.value}? {error.what}.")
    first = of_address(holder_of(selector.value, acts[0].at), at=acts[0].at)
    if acts[0].at.date() == acts[-1].at.date():
        return first  # snapshots speak of days
    last = of_address(holder_of(selector.value, acts[-1].at), at=acts[-1].at)
    if isinstance(first, Custodian) and isinstance(last, Custodian) and (first.state, first.name) != (last.state, last.name):
        one, other = (f"{custodian.name or 'unknown'} in {custodian.state}" for custodian in (first, last))
        days = format_instant(acts[0].at), format_instant(acts[-1].at)
        return Unplaced(reason=f"Who held {selector.value}? On {days[0]} it was {one}, on {days[1]} {other}.")
    return last if isinstance(last, Unplaced) and isinstance(first, Custodian) else first


def _supporting(findings: Iterable[Finding]) -> dict[Selector, set[str]]:
    found: dict[Selector, set[str]] = defaultdict(set)
    for finding in findings:
        if finding.kind.startswith(SUPPORTING) and finding.strength is not Strength.WEAK:
            for involved in finding.involved:
                found[involved.selector].add(finding.identity)
    return found


def _wanted(state: str, placed: Sequence[tuple[Gathered, Custodian]], support: dict[Selector, set[str]]) -> Wanted:
    custodians = [custodian for _, custodian in placed]
    about = (identity for gathered, _ in placed for identity in support.get(gathered.item.selector, ()))
    return Wanted(
        state=state,
        custodian=custodians[0].name,
        gathered=tuple(gathered for gathered, _ in placed),
        basis=tuple(dict.fromkeys(line for custodian in custodians for line in custodian.basis)),
        doubts=tuple(dict.fromkeys(line for custodian in custodians for line in custodian.doubts)),
        questions=tuple(dict.fromkeys(line for custodian in custodians for line in custodian.questions)),
        supporting=tuple(sorted(set(about))),
    )
