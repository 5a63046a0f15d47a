"""How long data of a kind is kept: by a law, or as a planning estimate."""

from dataclasses import dataclass
from enum import StrEnum

from comity.law.answer import Status


class RetentionBasis(StrEnum):
    """What the number of days rests on. An estimate orders work; it is never stated as a fact."""

    LAW = "law"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days that data of kind `data` is kept, counted from the act; in `state`, or anywhere when that is ""."""

    data: str
    state: str
    days: int
    basis: RetentionBasis
    status: Status
    source: str
