"""Who holds the data: the state and custodian of an address or account, as dated snapshots say, never as a guess."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.reference.banks import Bank
from comity.reference.holder import Answer, Claim, Dating, Holder
from comity.terms.instant import format_instant
from comity.terms.jurisdiction import is_code, name_of

_DAYS_WORTH_A_QUESTION = 30
_DAYS_OF_A_COUNTRY = 731
_DAYS_OF_A_NETWORK = 366
"""Of the space in registries 2.6 % changed its country in four years; of the addresses of a log of 2015 a table of 2026 named the
wrong network for 20 %. So a country holds for two years (1.3 %) and a network for one: until then the distance is stated and asked
about; beyond it a person must confirm the state, and no network is named."""
_REGISTERED = "registered to "


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is said of the selector `subject` ("registered in Germany (…)"), and on whose authority ("snapshot:NAME DAY")."""

    subject: str
    statement: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Custodian:
    """Whom to ask. `name` is "" when no snapshot names the custodian.

    `basis` says which snapshot of which day says so; `doubts` must be settled before a request may be signed; `questions`
    would improve it.
    """

    state: str
    name: str
    basis: tuple[Basis, ...]
    doubts: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """Why no state can be named; `ask` is false where no answer would help (a private address)."""

    reason: str
    ask: bool = True


def of_address(holder: Holder, *, at: datetime) -> Custodian | Unplaced:
    """Return whom to ask about the address of `holder` at the instant `at`, or why nobody can be named."""
    address, day = holder.address, format_instant(at)
    if holder.special and not holder.country.claims:
        return _special(holder)
    exit_note = next((note for note in holder.notes if "tor exit" in note.value.lower()), None)
    if exit_note is not None:
        return Unplaced(
            reason=f"{address} was a Tor exit on {exit_note.dated} ({exit_note.snapshot}): its holder did not make the connection "
            "and need not have records of who did. Is a request nevertheless wanted?"
        )
    if holder.country.dating is Dating.CONFLICT:
        return Unplaced(reason=f"In which state was {address} on {day}? Snapshots disagree: {_claims(holder.country.claims)}.")
    country = holder.country.value
    if country is None:
        return Unplaced(reason=f"In which state was {address} on {day}? No snapshot at hand says.")
    if not is_code(country):
        return Unplaced(reason=f"In which state was {address} on {day}? It is registered to {country[:20]!r}, which is no state.")
    claim = holder.country.claims[0]
    basis = [_basis(address, f"registered in {name_of(country)}", claim)]
    name, questions = _network_custodian(holder, basis)
    doubts: tuple[str, ...] = ()
    distance = _distance(holder.country)
    if distance > _DAYS_WORTH_A_QUESTION:
        question = f"Who held {address} on {day}? The nearest snapshot ({claim.snapshot}) is {distance} days away."
        doubts, questions = ((question,), questions) if distance > _DAYS_OF_A_COUNTRY else ((), (question, *questions))
    return Custodian(state=country, name=name, basis=tuple(basis), doubts=doubts, questions=questions)


def of_account(iban: str, bank: Bank) -> Custodian | Unplaced:
    """Return whom to ask about the account `iban`: the bank whose country and code stand in the IBAN."""
    if not is_code(bank.country):
        return Unplaced(reason=f"Which state is the bank of {iban} in? {bank.country[:20]!r} is no state's code.")
    basis = [Basis(subject=iban, statement=f"kept in {name_of(bank.country)}, as the IBAN says", authority="ISO 13616")]
    name = f"bank with the code {bank.code}" if bank.code else ""
    questions: tuple[str, ...] = ()
    if bank.name.value is not None:
        claim = bank.name.claims[0]
        name = bank.name.value if bank.bic.value is None else f"{bank.name.value} (BIC {bank.bic.value})"
        basis.append(_basis(iban, f"kept by {name}, which has the bank code {bank.code}", claim))
    else:
        disagree = f" Snapshots disagree: {_claims(bank.name.claims)}." if bank.name.claims else ""
        questions = (f"Which bank in {name_of(bank.country)} has the code {bank.code or 'in ' + iban}?{disagree}",)
    return Custodian(state=bank.country, name=name, basis=tuple(basis), questions=questions)


def _special(holder: Holder) -> Unplaced:
    if "carrier-grade" in holder.special.lower():
        return Unplaced(
            reason=f"{holder.address} is shared behind carrier-grade NAT and identifies nobody: which public address, port and second "
            "did the operator translate it to?"
        )
    kind, _, carried = holder.special.partition(", carries ")
    if carried:
        return Unplaced(reason=f"{holder.address} is a {kind} address that carries {carried}: who held that address at the time?")
    return Unplaced(reason=f"{holder.address} is a {holder.special} address: it identifies nobody on the public network.", ask=False)


def _network_custodian(holder: Holder, basis: list[Basis]) -> tuple[str, tuple[str, ...]]:
    """Return the custodian's name and the questions about it; what says so is added to `basis`."""
    address = holder.address
    named = next((note for note in holder.notes if note.value.startswith(_REGISTERED)), None)
    network: Answer = holder.network
    names = []
    if named is not None:
        names.append(named.value.removeprefix(_REGISTERED))
        basis.append(_basis(address, named.value, named))
    questions = []
    distance = _distance(network)
    if network.value is not None and distance <= _DAYS_OF_A_NETWORK:
        names.append(network.value)
        basis.append(_basis(address, f"in the network {network.value}", network.claims[0]))
    if distance:
        questions.append(f"Was {network.value} the network of {address} on the day? The nearest snapshot is {distance} days away.")
    elif network.dating is Dating.CONFLICT:
        questions.append(f"Which network did {address} belong to? Snapshots disagree: {_claims(network.claims)}.")
    elif network.value is None and named is None:
        questions.append(f"Who operates the network of {address}? No snapshot at hand says.")
    name = f"{names[0]} ({names[-1]})" if len(names) > 1 else "".join(names)
    return name, tuple(questions)


def _dated(claim: Claim) -> str:
    away = "" if claim.distance_days == 0 else f", {claim.distance_days} days from the act"
    return f"snapshot {claim.snapshot}, state of {claim.dated}{away}"


def _distance(answer: Answer) -> int:
    """Return how many days the best claim is from the act; 0 where snapshots on both sides of it agree, or nothing is claimed."""
    return 0 if answer.value is None or answer.dating in {Dating.BRACKETED, Dating.WITHIN} else answer.claims[0].distance_days


def _basis(subject: str, statement: str, claim: Claim) -> Basis:
    return Basis(subject=subject, statement=f"{statement} ({_dated(claim)})", authority=f"snapshot:{claim.snapshot} {claim.dated}")


def _claims(claims: Sequence[Claim]) -> str:
    return "; ".join(f"{claim.value} ({_dated(claim)})" for claim in claims)
