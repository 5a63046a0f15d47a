"""Authorizations: the lawful ground an act rests on, and the check that it is live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.errors import AuthorizationError, ComityError
from comity.terms.instant import format_instant, parse_instant
from comity.terms.period import Period

GRANTED = "authorization:granted"
REVOKED = "authorization:revoked"
_EXAMPLE = 'Grant one that holds now, for example --basis consent:"A. Lima, owner of the mailbox, signed 2026-11-20"'


class Basis(StrEnum):
    """The four grounds known here."""

    CONSENT = "consent"
    WARRANT = "warrant"
    STATUTE = "statute"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """Who allowed what, on which ground, from when until when. Source: CASE investigation:Authorization.

    `reference` is the document or person ("Order 12/2026 of the 3rd criminal court"; "A. Lima, owner of the mailbox").
    `scope` says in words what may be acquired and examined. A warrant or an emergency must have an end; ValueError for one
    that has none, and for empty words.
    """

    basis: Basis
    reference: str
    issuer: str
    scope: str
    period: Period

    def __post_init__(self) -> None:
        for name, text in (("reference", self.reference), ("issuer", self.issuer), ("scope", self.scope)):
            if not text.strip():
                raise ValueError(f"an authorization without its {name}")
        if self.basis in (Basis.WARRANT, Basis.EMERGENCY) and self.period.end is None:
            raise ValueError(f"an authorization by {self.basis} without an end")


def encode(authorization: Authorization) -> dict[str, Json]:
    """Return the `object` of the ledger entry that grants `authorization`."""
    end = authorization.period.end
    return {
        "basis": authorization.basis.value,
        "reference": authorization.reference,
        "issuer": authorization.issuer,
        "scope": authorization.scope,
        "from": format_instant(authorization.period.start),
        "until": None if end is None else format_instant(end),
    }


def decode(fields: Mapping[str, Json]) -> Authorization:
    """Return the authorization in the `object` of a ledger entry; AuthorizationError, naming the field, when it is not one."""
    if fields.keys() != {"basis", "reference", "issuer", "scope", "from", "until"}:
        raise AuthorizationError(f"an authorization has basis, reference, issuer, scope, from and until, not {sorted(fields)}")
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if set(fields) - set(texts) - ({"until"} if fields["until"] is None else set()):
        raise AuthorizationError("an authorization's fields are texts; until may be null")
    try:
        period = Period(start=parse_instant(texts["from"]), end=parse_instant(texts["until"]) if "until" in texts else None)
        return Authorization(
            basis=Basis(texts["basis"]), reference=texts["reference"], issuer=texts["issuer"], scope=texts["scope"], period=period
        )
    except (ValueError, ComityError) as error:
        raise AuthorizationError(f"the authorization is not usable: {error}") from error


def live(entries: Sequence[Entry], *, at: datetime) -> int:
    """Return the number of the newest entry whose authorization holds at `at`.

    It holds when it was granted in `entries`, `at` lies in its period, and no entry `authorization:revoked` (object:
    {"entry": number}) takes it back. AuthorizationError saying why each one that there is does not hold.
    """
    revoked = {entry.object.get("entry") for entry in entries if entry.event == REVOKED}
    reasons = []
    for entry in reversed(entries):
        if entry.event != GRANTED:
            continue
        if entry.number in revoked:
            reasons.append(f"that of entry {entry.number} was revoked")
            continue
        period = decode(entry.object).period
        if at in period:
            return entry.number
        if at < period.start:
            reasons.append(f"that of entry {entry.number} begins only on {format_instant(period.start)}")
        elif period.end is not None:
            reasons.append(f"that of entry {entry.number} ended on {format_instant(period.end)}")
    why = "; ".join(reasons) or "none is recorded in the ledger"
    raise AuthorizationError(f"no live authorization at {format_instant(at)}: {why}", remedy=_EXAMPLE)
