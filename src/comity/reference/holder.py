"""What is said of an address at an instant: holder, country, registry, each dated and sourced."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Dating(StrEnum):
    """How the snapshots stand to the instant asked about."""

    BRACKETED = "bracketed"  # snapshots before and after agree
    WITHIN = "within"  # the interval data itself covers the day
    ONE_SIDED = "one-sided"  # only before, or only after
    NEAREST = "nearest"  # the nearest snapshot is days away
    CONFLICT = "conflict"  # snapshots disagree: each claim is given
    UNKNOWN = "unknown"  # no snapshot says anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of one snapshot: `value` held on `dated`; `distance_days` from the instant asked about (0 when covered)."""

    value: str
    snapshot: str
    dated: date
    distance_days: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The claims about one attribute, best first, and how they are dated. Empty claims mean unknown."""

    dating: Dating
    claims: tuple[Claim, ...]

    @property
    def value(self) -> str | None:
        """The best claim's value; None when unknown or in conflict."""
        return self.claims[0].value if self.claims and self.dating is not Dating.CONFLICT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who held an address at an instant.

    `special` names an address that identifies nobody on the public network (private, loopback, carrier-grade NAT,
    documentation), "" otherwise. `country` is ISO 3166 alpha-2 as registered, which need not be where the machine
    stands; `network` is "AS64496 Name"; `registry` is ripencc, arin, apnic, lacnic or afrinic. `notes` are facts such
    as "Tor exit on that day".
    """

    address: str
    special: str
    country: Answer
    network: Answer
    registry: Answer
    contact: Answer
    notes: tuple[Claim, ...] = ()
