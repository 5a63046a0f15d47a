"""Findings: what the records show, with the traces that show it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comity.observables import Trace
from comity.terms.canonical import Json, canonical
from comity.terms.instant import format_instant
from comity.terms.selector import Selector


class Strength(StrEnum):
    """How far a finding carries. Not a probability: each method says what it means by its levels."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that speaks for (or, `against`, against) a finding; `code` is stable, `text` is for a person."""

    code: str
    text: str
    against: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """Something a finding names and that may be asked for: an address, an account, a domain, at an instant.

    `role` says what it did ("login source", "beneficiary account", "sender address", "link target"). `at` is the
    instant of the record that shows it (None when the record has no usable time), `port` the peer's port if recorded.
    """

    selector: Selector
    role: str
    at: datetime | None = None
    port: int | None = None
    precision: str = "second"
    clock: str = ""
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceUse:
    """A dated snapshot a finding relied on: its name, the date of its facts, its SHA-256."""

    snapshot: str
    dated: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found. Law: `traces` is never empty, and each names preserved bytes.

    `kind` is dotted and stable ("phishing.message", "intrusion.password_guessed", "payment.changed_beneficiary");
    `statement` is one or two sentences a judge can read; `limits` says what it does not show. Raises ValueError
    without a trace or a reason.
    """

    kind: str
    title: str
    statement: str
    strength: Strength
    reasons: tuple[Reason, ...]
    traces: tuple[Trace, ...]
    method: str
    method_version: str
    at: datetime | None = None
    until: datetime | None = None
    involved: tuple[Involved, ...] = ()
    references: tuple[ReferenceUse, ...] = ()
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.traces:
            msg = f"a finding without a trace: {self.title}"
            raise ValueError(msg)
        if not self.reasons:
            msg = f"a finding without a reason: {self.title}"
            raise ValueError(msg)

    @property
    def identity(self) -> str:
        """A name that stays the same when the analysis runs again: F- and ten hex digits of kind, time and traces."""
        key: Json = [self.kind, "" if self.at is None else format_instant(self.at), [[t.exhibit, t.offset, t.length] for t in self.traces]]
        return "F-" + hashlib.sha256(canonical(key)).hexdigest()[:10]

    @property
    def precision(self) -> str:
        """The unit `at` is known to: "day" when the records of that instant know only the day, else "second"."""
        return "day" if any(each.precision == "day" for each in self.involved if each.at == self.at) else "second"


SUPPORTING = ("address.", "indicator.")
"""Beginnings of the kinds that say more about what other findings name, and show no offence themselves."""


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return `findings` strongest first, supporting kinds after the others, then by time and identity, so that two runs agree."""
    rank = {Strength.STRONG: 0, Strength.MODERATE: 1, Strength.WEAK: 2}

    def place(finding: Finding) -> tuple[int, bool, str, str]:
        at = "" if finding.at is None else format_instant(finding.at)
        return rank[finding.strength], finding.kind.startswith(SUPPORTING), at, finding.identity

    return tuple(sorted(findings, key=place))
