"""Verdicts: what was checked, how it came out, in words. Never a mere yes."""

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How one check came out."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was checked: `subject` says what, `words` what was seen, naming the entry, exhibit or file."""

    subject: str
    result: Result
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The checks in the order they were made. A verdict without a check is not checkable."""

    checks: tuple[Check, ...]

    @property
    def result(self) -> Result:
        """BROKEN when any check is, else NOT_CHECKABLE when any is or there is none, else HOLDS."""
        results = {check.result for check in self.checks}
        if Result.BROKEN in results:
            return Result.BROKEN
        return Result.HOLDS if results == {Result.HOLDS} else Result.NOT_CHECKABLE

    @property
    def broken(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.result is Result.BROKEN)
