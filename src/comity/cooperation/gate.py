"""The gate: nothing is signed or sent without a live authorization earlier in the ledger, a ready request and a second person."""

from collections.abc import Sequence
from datetime import datetime

from comity.cooperation.request import Objection, Request, Standing
from comity.evidence.authorization import GRANTED, live
from comity.ledger import Entry
from comity.terms.errors import AuthorizationError, StateError


def refusals(request: Request, *, drafter: str, signer: str, entries: Sequence[Entry], drafted: int, at: datetime) -> tuple[Objection, ...]:
    """Return why `request` may not be signed or sent at `at`; () when it may.

    Args:
        request: as it is to be signed.
        drafter: who had it drawn up.
        signer: who signs; must be another person.
        entries: the ledger, whole, oldest first; a revocation counts wherever it stands.
        drafted: number of the entry that records the request; the authorization must stand before it.
        at: the instant of signing.
    """
    found: list[Objection] = []
    if request.standing is not Standing.READY:
        blocking = ", ".join(dict.fromkeys(objection.code for objection in request.objections if objection.blocking))
        found.append(
            _refusal("gate-not-ready", "standing", f"The request is {request.standing}: {blocking}.", "Settle what blocks it first.")
        )
    elif any(objection.blocking for objection in request.objections):
        found.append(_refusal("gate-not-ready", "objections", "It is called ready but has blocking objections.", "Draw it up again."))
    persons = [" ".join(name.split()).casefold() for name in (drafter, signer)]
    if not all(persons):
        found.append(_refusal("gate-person-missing", "signature", "Drafter and signer must both be named.", "Name both persons."))
    elif persons[0] == persons[1]:
        found.append(_refusal("gate-same-person", "signature", "The drafter may not sign.", "Have another entitled person sign."))
    earlier = [entry for entry in entries if entry.event != GRANTED or entry.number < drafted]
    try:
        live(earlier, at=at)
    except AuthorizationError as error:
        found.append(_refusal("gate-authorization", "ledger", f"{error.what}.", error.remedy))
    return tuple(found)


def require_open(request: Request, *, drafter: str, signer: str, entries: Sequence[Entry], drafted: int, at: datetime) -> None:
    """Raise when `refusals` finds any: AuthorizationError if the authorization is what is missing, else StateError."""
    found = refusals(request, drafter=drafter, signer=signer, entries=entries, drafted=drafted, at=at)
    for refusal in found:
        kind = AuthorizationError if refusal.code == "gate-authorization" else StateError
        raise kind(f"request {request.identity}: {refusal.text}", remedy=refusal.remedy)


def _refusal(code: str, field: str, text: str, remedy: str) -> Objection:
    return Objection(code=code, field=field, text=text, remedy=remedy, blocking=True)
