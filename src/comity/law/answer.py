"""Answers in three values, and how well the data behind them are known."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from comity.terms.citation import Citation


class Truth(StrEnum):
    """Yes, no, or undetermined: the fact that would decide is missing."""

    YES = "yes"
    NO = "no"
    UNDETERMINED = "undetermined"


class Status(StrEnum):
    """Verified: a person read the provision or the official list. Draft: nobody has."""

    VERIFIED = "verified"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One sentence of an answer, what it cites, and the weakest status of the data it uses."""

    text: str
    citations: tuple[Citation, ...] = ()
    status: Status = Status.VERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A truth value with its reasons; `missing` are the questions that would settle it, empty unless undetermined."""

    truth: Truth
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The weakest status among the reasons."""
        return weakest(reason.status for reason in self.reasons)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return the conjunction: one no decides, else one undetermined. Source: Kleene's strong three-valued logic."""
    seen = set(truths)
    if Truth.NO in seen:
        return Truth.NO
    return Truth.UNDETERMINED if Truth.UNDETERMINED in seen else Truth.YES


def weakest(statuses: Iterable[Status]) -> Status:
    """Return DRAFT if any of `statuses` is draft, else VERIFIED."""
    return Status.DRAFT if Status.DRAFT in set(statuses) else Status.VERIFIED
