"""Half-open periods of UTC time."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start` inclusive to `end` exclusive; `end` None is open.

    Raises ValueError when an instant has no zone or the end is not after the start.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            msg = "a period needs instants with a zone"
            raise ValueError(msg)
        if self.end is not None and self.end <= self.start:
            msg = "a period must end after it starts"
            raise ValueError(msg)

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)
