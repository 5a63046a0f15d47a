"""Dates and amounts as people write them, taken apart without deciding what is ambiguous."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from comity.parsers.statements.vocabulary import CREDIT_WORDS, DEBIT_WORDS, SHARED_SYMBOLS, SYMBOLS, plain
from comity.terms.errors import MaterialError
from comity.terms.money import GROUP_MARKS, minor_digits, parse_minor

_TIME = r"(?:[T ,]\s{0,3}([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?\s?([AaPp][Mm])?\s?(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})\.?" + _TIME)
_NUMERIC = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})" + _TIME)
_NAMED = re.compile(r"([0-9]{1,2})[ .\-/]{0,3}([^\W\d_]{3,12})[ .,\-/]{1,3}([0-9]{4}|[0-9]{2})" + _TIME)
_NAME_FIRST = re.compile(r"([^\W\d_]{3,12})[ .]{1,2}([0-9]{1,2}),? {1,2}([0-9]{4})" + _TIME)
_JAPANESE = re.compile("([0-9]{4})年 ?([0-9]{1,2})月 ?([0-9]{1,2})日")
_LONGEST = 48
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan janv ene enero", "feb fev fevr", "mar mars mrz maerz", "apr abr avr avri", "may mai mayo maio", "jun juin", "jul juil",
         "aug ago aou aout", "sep set sept", "oct okt out", "nov", "dec dez dic"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_NUMBER = re.compile(r"[0-9][0-9.,'\u2019 \u00a0\u202f\u2009]*|[.,][0-9]+")
_DECIMALS = re.compile(r"[.,]([0-9]{1,2})$")
_PLAIN = re.compile("[0-9]*[.,][0-9]+")
_THOUSAND = re.compile("[0-9]{1,3}[.,][0-9]{3}")
_INDIAN = r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"  # lakh and crore
_GROUPED: Final = {
    ".": re.compile(rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+\.[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}}){{2,}}|{_INDIAN}"),
    ",": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}"),
}
_HALF_DAY: Final = 12
_WITHOUT_SPACES: Final = str.maketrans("", "", GROUP_MARKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """A date as written: `first` and `second` stand in that order; `fixed` when which is day and which month is plain.

    In a fixed date `first` is the day. `at` is the time of day in minutes and seconds with its zone, None where none is written.
    """

    year: int
    first: int
    second: int
    fixed: bool
    mark: str
    time: tuple[int, int, int] | None
    zone: timezone | None

    def day(self, order: str) -> date | None:
        """Return the day under `order` ("dmy", "mdy", or "" for unknown), None when it is ambiguous or none exists."""
        if self.fixed or order == "dmy" or (order == "" and self.first > _HALF_DAY):
            day, month = self.first, self.second
        elif order == "mdy" or (order == "" and self.second > _HALF_DAY):
            day, month = self.second, self.first
        elif self.first == self.second:
            day = month = self.first
        else:
            return None
        try:
            return date(self.year, month, day)
        except ValueError:
            return None

    def instant(self, order: str, zone: timezone | None) -> tuple[datetime, str] | None:
        """Return the instant and its precision ("second", or "day" at midnight UTC); `zone` is taken where none is written."""
        day = self.day(order)
        if day is None:
            return None
        known_zone = self.zone or zone
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if self.time is None or known_zone is None:
            return midnight, "day"
        hour, minute, second = self.time
        try:
            moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=known_zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return midnight, "day"
        return moment, "second"


def written_date(text: str) -> WrittenDate | None:
    """Return the date written in `text`, None when it is none in a form known here. A year of two digits is 20yy."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if match := _JAPANESE.fullmatch(text):
        text = "-".join(match.groups())
    if match := _YEAR_FIRST.fullmatch(text):
        year, mark, month, day = match[1], match[2], match[3], match[4]
        if not mark and len(month + day) != 4:  # noqa: PLR2004 - 20260831
            return None
        return _dated(int(year), int(day), int(month), "-", match.groups()[4:], fixed=True)
    if match := _NUMERIC.fullmatch(text):
        return _dated(_year(match[4]), int(match[1]), int(match[3]), match[2], match.groups()[4:], fixed=False)
    if match := _NAMED.fullmatch(text):
        day, name, year, rest = match[1], match[2], match[3], match.groups()[3:]
    elif match := _NAME_FIRST.fullmatch(text):
        name, day, year, rest = match[1], match[2], match[3], match.groups()[3:]
    else:
        return None
    month_number = _month(name)
    return None if month_number is None else _dated(_year(year), int(day), month_number, " ", rest, fixed=True)


def _month(name: str) -> int | None:
    letters = plain(name)
    return _MONTHS.get(letters[:4]) or _MONTHS.get(letters[:3])


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else 2000 + int(text)  # noqa: PLR2004 - two digits


def _dated(year: int, first: int, second: int, mark: str, time: tuple[str | None, ...], *, fixed: bool) -> WrittenDate:
    hour, minute, seconds, half, zone = time
    clock = None
    if hour is not None and minute is not None:
        hours = int(hour)
        if half:
            hours = hours % _HALF_DAY + (_HALF_DAY if half in "PMpmPm" else 0)
        clock = (hours, int(minute), int(seconds or 0))
    return WrittenDate(year=year, first=first, second=second, fixed=fixed, mark=mark, time=clock, zone=_zone(zone))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAmount:
    """An amount as written: its digits and marks, whether a sign or a word says which way it goes, a currency if one stands there.

    `sign` is -1, 1 or 0 (none written); words such as CR and D count as signs.
    """

    number: str
    sign: int
    currency: str | None

    def mark(self) -> str:
        """Return the decimal mark these digits show: "." or ",", "" for none needed, "either", or "neither" when they are garbled."""
        digits = self.number.translate(_WITHOUT_SPACES)
        if digits.isdecimal():
            return ""
        if _PLAIN.fullmatch(digits):
            return "either" if _THOUSAND.fullmatch(digits) else digits.strip("0123456789")
        return next((mark for mark, pattern in _GROUPED.items() if pattern.fullmatch(digits)), "neither")

    def minor(self, *, digits: int, point: str) -> int:
        """Return the amount in units of 10^-`digits` with `point` as decimal mark, without its sign; MaterialError if it is none."""
        group = GROUP_MARKS + ("," if point == "." else ".")
        return parse_minor(self.number, digits=digits, point=point, group=group)


def cents(written: WrittenAmount) -> int:
    """Return an amount in hundredths without its sign, one or two digits after the last mark being decimals: to compare, not to record."""
    digits = "".join(character for character in written.number if character.isdigit())
    tail = _DECIMALS.search(written.number)
    scale = (1, 10, 100)[2 - len(tail[1]) if tail else 2]
    return int(digits) * scale


def written_amount(text: str) -> WrittenAmount | None:
    """Return the amount written in `text`, None when it is none: 1.234,56 -12.00 12,50- (3.00) EUR 5,00 R$ 7,00 ($8.00) 10.00 CR."""
    text = text.strip().replace("\u2212", "-")
    if not text or len(text) > _LONGEST:
        return None
    match = _NUMBER.search(text)
    if match is None:
        return None
    number = match[0].strip(GROUP_MARKS)
    before, after = text[: match.start()].strip(GROUP_MARKS), text[match.end() :].strip(GROUP_MARKS)
    sign = 0
    if before.startswith("(") and after.endswith(")"):
        before, after, sign = before[1:].strip(), after[:-1].strip(), -1
    for character, value in (("-", -1), ("+", 1)):
        if character in before or character in after:
            if sign:
                return None
            before, after, sign = before.replace(character, "", 1).strip(), after.replace(character, "", 1).strip(), value
    currency = None
    for word in (word for word in (*before.split(), *after.split()) if word.casefold() not in SHARED_SYMBOLS):
        if (found := currency_named(word)) is not None and currency is None:
            currency = found
        elif (direction := direction_named(word)) and not sign:
            sign = direction
        else:
            return None
    return WrittenAmount(number=number, sign=sign, currency=currency)


def currency_named(word: str) -> str | None:
    """Return the ISO 4217 code that `word` is or stands for, None when it is none or means several."""
    if word in SYMBOLS:
        return SYMBOLS[word]
    try:
        minor_digits(word.upper())
    except MaterialError:
        return None
    return word.upper()


def direction_named(word: str) -> int:
    """Return 1 for a word that says credit, -1 for debit, 0 for any other."""
    letters = plain(word) or word.strip()
    return 1 if letters in CREDIT_WORDS or letters == "+" else -1 if letters in DEBIT_WORDS or letters == "-" else 0
