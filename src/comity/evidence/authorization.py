"""Authorizations: the lawful ground an act rests on, and the check that it is live."""

from dataclasses import dataclass
from enum import StrEnum

from comity.terms.period import Period


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
    `scope` says in words what may be acquired and examined. A warrant or an emergency must have an end.
    """

    basis: Basis
    reference: str
    issuer: str
    scope: str
    period: Period
