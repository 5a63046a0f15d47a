"""Requests to preserve data abroad: their contents, each sentence tied to what supports it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from comity.terms.citation import Citation
from comity.terms.period import Period
from comity.terms.selector import Selector


class Standing(StrEnum):
    """How far a request may go. Only READY may be given to a person to sign."""

    READY = "ready"
    INCOMPLETE = "incomplete"  # a field is empty or malformed, a fact is missing
    DRAFT_LAW = "draft law"  # rests on law that nobody has verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One paragraph of a request.

    Law: `findings` names at least one finding, or `authority` at least one legal source or ledger entry ("entry:2")
    for a sentence that states no fact of the case.
    """

    text: str
    findings: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to be preserved: the selector, what data about it, in which bounded period, and why.

    `at` is the act it is known by, known to the unit `precision` says: an act of which a statement knows only the day stands at
    midnight UTC of that day.
    """

    selector: Selector
    data: str
    period: Period
    at: datetime | None
    port: int | None
    clock: str
    role: str
    findings: tuple[str, ...]
    precision: str = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An instrument or channel that was considered and why it is not used."""

    instrument: str
    article: str
    reason: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What the linter says: a stable code, where, what, the remedy; `blocking` ones keep a request from being ready."""

    code: str
    field: str
    text: str
    remedy: str
    blocking: bool
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for expedited preservation, with the six contents of ETS 185 Art. 29(2) as (a) to (f).

    One per requested state and custodian. `perishes` is the day the data is likely to be gone (None when unknown), with
    `perishes_because` saying what that rests on; `likely_gone` is the day by the planning estimate of
    `likely_days` from the act, which orders work and is no fact. `missing` are questions whose answers would settle or improve it.
    """

    identity: str
    instrument: str
    article: str
    requesting_state: str
    requested_state: str
    custodian: str
    on: date
    route_reasons: tuple[Sentence, ...]
    rejected: tuple[Rejected, ...]
    a_authority: tuple[Sentence, ...]
    b_offence_and_facts: tuple[Sentence, ...]
    c_data_and_relationship: tuple[Sentence, ...]
    d_custodian: tuple[Sentence, ...]
    e_necessity: tuple[Sentence, ...]
    f_intention: tuple[Sentence, ...]
    items: tuple[Item, ...]
    confidentiality: tuple[Sentence, ...]
    preservation_days: int | None
    perishes: date | None
    perishes_because: str
    likely_gone: date | None = None
    likely_days: int | None = None
    missing: tuple[str, ...]
    objections: tuple[Objection, ...]
    law_as_of: str
    standing: Standing
