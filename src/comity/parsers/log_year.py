"""The year of log lines that give only month and day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

import numpy as np
import polars as pl

from comity.parsers.contract import Inferred

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_LEAP = 2000  # any leap year, so that 29 February has a place
_TURN_DAYS = 183
_RETURN_DAYS = 300
_MOST_PARTS = 64
_MOST_YEARS_BACK = 12
_COPIED_DAYS = 2
YEAR_DOUBT = "year_doubt"
"""Name of the fact that says an inferred year may be wrong, and why."""


@dataclass(frozen=True, slots=True)
class Years:
    """The year of each part of a log: from each offset on, a year, or None where it is not known."""

    parts: tuple[tuple[int, int | None], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the years written as "2017" or "2016@0 2017@88123 ?@90000"; none known for anything else."""
        parts = []
        for word in text.split():
            year, _, offset = word.partition("@")
            if (year.isdecimal() or year == "?") and (offset.isdecimal() or not offset):
                parts.append((int(offset or 0), None if year == "?" else int(year)))
        return cls(tuple(sorted(parts, key=lambda part: part[0])))

    def __str__(self) -> str:
        if len(self.parts) == 1 and self.parts[0] == (0, self.parts[0][1]) and self.parts[0][1] is not None:
            return str(self.parts[0][1])
        return " ".join(f"{'?' if year is None else year}@{offset}" for offset, year in self.parts)

    def at(self, offsets: pl.Series) -> list[int | None]:
        """Return the year at each of `offsets`."""
        if not self.parts:
            return [None] * len(offsets)
        places = np.searchsorted([offset for offset, _ in self.parts], offsets.to_numpy(), side="right") - 1
        return [self.parts[place][1] if place >= 0 else None for place in places]


def infer_years(days: pl.DataFrame, modified: datetime | None) -> Iterator[Inferred]:
    """Yield the fact "year" for lines at `offset` dated `day` ("Mar 27", "Apr  1"), in order of place; nothing when there are none.

    A log is written in order: a day more than half a year before the one above it has passed into the next year. The last
    line is dated at the latest one day after the file was last modified (its zone may be ahead), and 29 February only
    fits leap years. Without a time of modification, or when no year fits, the value is "unknown".
    """
    order = days.with_columns(
        pl.col("day").replace_strict({day: _day_of_year(day) for day in days["day"].unique()}, return_dtype=pl.Int32).alias("at")
    )
    order = order.drop_nulls("at")
    if order.is_empty():
        return
    if modified is None:
        yield Inferred(name="year", value="unknown", why="the lines give no year, and when the file was last modified is not known")
        return
    at = order["at"].to_numpy()
    steps = np.diff(at.astype(np.int64))
    turns = np.where(steps < -_TURN_DAYS, 1, np.where(steps > _RETURN_DAYS, -1, 0))
    begins = [0, *(np.flatnonzero(turns) + 1).tolist()]
    if len(begins) > _MOST_PARTS:
        yield Inferred(
            name="year", value="unknown", why="the lines give no year and jump between the ends of the year too often to count it"
        )
        return
    relative = np.cumsum([0, *turns[turns != 0].tolist()])
    relative -= relative[-1]
    last = order["day"][-1]
    leaps = [
        int(relative[part])
        for part in range(len(begins))
        if (at[begins[part] : (*begins, len(at))[part + 1]] == _day_of_year("Feb 29")).any()
    ]
    limit = (modified.astimezone(UTC) + timedelta(days=1)).date()
    year = _latest(last, leaps, limit)
    if year is None:
        yield Inferred(
            name="year", value="unknown", why="the lines give no year, and 29 February fits no year before the file was last modified"
        )
        return
    parts = []
    for begin, back in zip(begins, relative.tolist(), strict=True):
        first = _date(order["day"][begin], year + back)
        # a part that begins after the file was last modified was written by a clock that was wrong
        parts.append((int(order["offset"][begin]) if begin else 0, None if first is None or first > limit else year + back))
    yield Inferred(name="year", value=str(Years(tuple(parts))), why=_why(modified, turns=len(begins) - 1, leaps=bool(leaps)))
    yield from _doubt(modified, _date(last, year))


def _why(modified: datetime, *, turns: int, leaps: bool) -> str:
    at = f"{modified.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    words = (
        f"the lines give no year; the file or what holds it was last modified {at}, and its last line is of the latest year not after that"
    )
    if turns:
        words += f", counted over {turns} turn{'s' if turns > 1 else ''} of the year in the file"
    if leaps:
        words += ", and 29 February occurs in it"
    return words


def _doubt(modified: datetime, last: date | None) -> Iterator[Inferred]:
    """Yield the fact that the year is in doubt: the modification may be that of a copy made in a later year."""
    gap = 0 if last is None else (modified.astimezone(UTC).date() - last).days
    if gap > _COPIED_DAYS:
        why = f"the last line lies {gap} days before the file was last modified, which may be only the time of a copy"
        yield Inferred(name=YEAR_DOUBT, value=f"{gap} days", why=why)


def _latest(last: str, leaps: list[int], limit: date) -> int | None:
    """Return the latest year that puts the day `last` not after `limit` and every part with 29 February into a leap year."""
    for year in range(limit.year, limit.year - _MOST_YEARS_BACK, -1):
        day = _date(last, year)
        if day is not None and day <= limit and all(_date("Feb 29", year + back) for back in leaps):
            return year
    return None


def _day_of_year(day: str) -> int | None:
    found = _date(day, _LEAP)
    return None if found is None else found.timetuple().tm_yday


def _date(day: str, year: int) -> date | None:
    try:
        return date(year, MONTHS.index(day[:3]) + 1, int(day[4:]))
    except ValueError:
        return None
