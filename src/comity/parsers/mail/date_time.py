"""Dates as mail writes them: RFC 5322, its obsolete forms, asctime, and the ISO form some relays use.

Source: RFC 5322, 3.3 and 4.3.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MONTHS = {
    name: number
    for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)
}
_HOURS = {"ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:\.(?P<fraction>\d{1,9}))?(?:\s?(?P<half>[AaPp][Mm]))?"
_ZONE = r"(?:\s*(?:GMT|UTC)?(?P<zone>[+-]\d{2}:?\d{2})|\s*\"?(?P<named>[A-Za-z]{1,5})\b)?"
_FORMS = (
    re.compile(r"(?P<day>\d{1,2})[\s-](?P<month>[A-Za-z]{3,9})\.?[\s,-]{1,2}(?P<year>\d{2,4})[\s,]{1,2}" + _TIME + _ZONE),
    re.compile(
        r"(?P<month>[A-Za-z]{3,9})\s(?P<day>\d{1,2})\s" + _TIME + r"\s(?:(?P<named>[A-Za-z]{3,5})\s)?(?P<year>\d{4})"
        r"(?:\s(?P<zone>[+-]\d{4}))?",
    ),
    re.compile(r"(?P<month>[A-Za-z]{3,9}),?\s(?P<day>\d{1,2}),?\s(?P<year>\d{4}),?\s" + _TIME + _ZONE),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})[T\s]" + _TIME + _ZONE),
)
_SHORT_YEAR, _PIVOT, _THREE_DIGITS = 2, 50, 3  # RFC 5322, 4.3: years in two and three digits
_LONGEST = 200
_NOON, _DAY_MINUTES, _LEAP_SECOND = 12, 1_440, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A date as written: the instant in UTC (None without a usable zone) and the zone offset in minutes.

    `offset` is None when the zone is absent, unknown or -0000, which gives the time in UTC and hides the writer's zone.
    """

    instant: datetime | None
    offset: int | None


def read_date(text: str) -> Written | None:
    """Return the first date in `text`, or None when there is none. A zone is never assumed."""
    tidy = " ".join(text[: 4 * _LONGEST].split())[:_LONGEST]
    for form in _FORMS:
        found = form.search(tidy)
        if found is None:
            continue
        try:
            local = _local(found)
        except (ValueError, OverflowError):
            continue
        known, offset = _zone(found["zone"], found["named"])
        if not known:
            return Written(instant=None, offset=None)
        try:
            instant = (local - timedelta(minutes=offset or 0)).replace(tzinfo=UTC)
        except OverflowError:
            continue
        return Written(instant=instant, offset=offset)
    return None


def _local(found: re.Match[str]) -> datetime:
    written = found["month"].lower()
    month = int(written) if written.isdigit() else _MONTHS.get(written[:3], 0)
    year = int(found["year"])
    if len(found["year"]) == _SHORT_YEAR:
        year += 2000 if year < _PIVOT else 1900
    elif len(found["year"]) == _THREE_DIGITS:
        year += 1900
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % _NOON + (_NOON if found["half"].lower() == "pm" else 0)
    second = int(found["second"] or 0)
    extra = 1 if second == _LEAP_SECOND else 0
    microsecond = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    local = datetime(year, month, int(found["day"]), hour, int(found["minute"]), second - extra, microsecond)  # noqa: DTZ001 - the zone is taken off by the caller
    return local + timedelta(seconds=extra)


def _zone(numeric: str | None, named: str | None) -> tuple[bool, int | None]:
    """Return whether the zone is known, and its offset in minutes (None for -0000)."""
    if numeric:
        digits = numeric[1:].replace(":", "")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        if minutes >= _DAY_MINUTES:
            return False, None
        if numeric.startswith("-"):
            return True, -minutes if minutes else None
        return True, minutes
    hours = _HOURS.get((named or "").lower())
    return (False, None) if hours is None else (True, hours * 60)
