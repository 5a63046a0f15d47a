"""The clock: the only place that asks what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251  this is the one place the rule sends everybody to
