"""How soon data is likely to be gone, and the order that follows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from comity.cooperation.request import Item
from comity.cooperation.sighting import ACCOUNTS
from comity.law.answer import Status
from comity.law.retention import Retention, RetentionBasis
from comity.terms.jurisdiction import name_of

_UNKNOWN_LIFE = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """When data is likely to be gone.

    `perishes` is computed from verified law only, None otherwise; `because` says what it rests on, or that it is not known.
    `estimated` is the day the next of the data may go by a planning estimate: it orders work and is no fact; `likely_days`
    is the estimate it rests on.
    """

    perishes: date | None
    because: str
    estimated: date | None
    likely_days: int | None


def urgency(items: Iterable[Item], *, state: str, on: date, retention: Sequence[Retention]) -> Urgency:
    """Return how soon the data of `items`, kept in `state`, is likely to be gone, seen from `on`.

    A verified legal minimum gives a day: that of the earliest act plus the days the law sets. Otherwise the day is unknown,
    and an estimate, marked as one, says by when to have asked.
    """
    acts: dict[str, list[date]] = {}
    for item in items:
        first = item.at if item.at is not None else item.period.start
        acts.setdefault("account" if item.selector.kind in ACCOUNTS else "connection", []).append(first.astimezone(UTC).date())
    lawful = [(row, min(days)) for data, days in acts.items() if (row := _row(retention, data, state, RetentionBasis.LAW))]
    if lawful and len(lawful) == len(acts):
        row, first_day = min(lawful, key=lambda each: each[1] + timedelta(days=each[0].days))
        perishes = first_day + timedelta(days=row.days)
        because = f"The law of {name_of(state)} has such data kept for {row.days} days ({row.source}), counted from {first_day}."
        return Urgency(perishes=perishes, because=because, estimated=perishes, likely_days=row.days)
    unknown = "How long this custodian keeps such data is not known."
    planned = [
        (day + timedelta(days=row.days), row)
        for data, days in acts.items()
        if (row := _row(retention, data, "", RetentionBasis.ESTIMATE))
        for day in days
    ]
    if not planned:
        return Urgency(perishes=None, because=unknown, estimated=None, likely_days=None)
    ahead = [each for each in planned if each[0] >= on]
    day, row = min(ahead, key=_by_day) if ahead else max(planned, key=_by_day)
    gone = "" if ahead else " By that figure it may be gone already: ask at once."
    because = f"{unknown} Planning estimate, not a fact: {row.days} days from the act, which is {day}.{gone}"
    return Urgency(perishes=None, because=because, estimated=day, likely_days=row.days)


def rank(found: Urgency, *, on: date) -> tuple[int, int, int]:
    """Return the place in the order of asking, smallest first: the most perishable in front, what nothing is known of last.

    The shortest-lived data comes first, even past its day: the day is an estimate, and what is left of it goes soonest. Of
    equally short-lived data first what can still be saved, the next to go in front; then the rest, the latest in front.
    """
    if found.estimated is None or found.likely_days is None:
        return (_UNKNOWN_LIFE, 0, 0)
    days = (found.estimated - on).days
    return (found.likely_days, 0, days) if days >= 0 else (found.likely_days, 1, -days)


def _by_day(planned: tuple[date, Retention]) -> tuple[date, int]:
    return (planned[0], planned[1].days)


def _row(retention: Sequence[Retention], data: str, state: str, basis: RetentionBasis) -> Retention | None:
    rows = [row for row in retention if (row.data, row.state, row.basis) == (data, state, basis)]
    if basis is RetentionBasis.LAW:
        rows = [row for row in rows if row.status is Status.VERIFIED]
    return min(rows, key=lambda row: row.days) if rows else None
