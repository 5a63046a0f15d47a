"""Statements whose headings say nothing: what the columns hold is told by the values, and only where the balances prove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from typing import Final

from comity.parsers.statements.vocabulary import Role
from comity.parsers.statements.written import cents, currency_named, direction_named, written_amount, written_date
from comity.terms.errors import MaterialError
from comity.terms.iban import normalize_iban

_FEWEST: Final = 3
_MOST_NUMBERS: Final = 12
_YEARS: Final = range(1970, 2100)
_WELLS_FARGO: Final = (Role.BOOKING_DATE, Role.AMOUNT, "", Role.REFERENCE, Role.REMITTANCE)
_CODE: Final = 3

Rows = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The roles of the columns, "" for none, and why; without columns, why they cannot be told."""

    columns: tuple[str, ...]
    why: str


def told_by_values(rows: Rows) -> Told | None:  # noqa: PLR0911 - one for each ground
    """Return the roles of the columns of `rows`; without them where the values do not decide; None for no table of payments at all.

    Columns are taken where one of balances follows from the amounts, from each record to the next, in every record of `rows`,
    and nowhere else. One layout is known without balances: date, amount, asterisk, number of the cheque, text (Wells Fargo).
    """
    width = len(rows[0]) if rows else 0
    if len(rows) < _FEWEST or any(len(row) != width for row in rows):
        return None
    texts = [tuple(row[place].strip() for row in rows) for place in range(width)]
    dates = [place for place in range(width) if _are_dates(texts[place])]
    numbers = [place for place in range(width) if place not in dates and _are_numbers(texts[place])]
    if not dates or not numbers:
        return None
    if width == len(_WELLS_FARGO) and dates == [0] and 1 in numbers and set(texts[2]) == {"*"}:
        return Told(columns=_WELLS_FARGO, why="no headings; date, amount, asterisk, cheque, text is the layout of Wells Fargo")
    if len(numbers) > _MOST_NUMBERS:
        return Told(columns=(), why=f"no headings known here, and {len(numbers)} columns of numbers, too many to try")
    if not any(_is_money(text) for place in numbers for text in texts[place]):
        return None  # a stock of goods goes up and down as well
    found = [*_with_one_column(texts, numbers), *_with_two_columns(texts, numbers)]
    if len(found) == 1:
        return _all_columns(texts, dates, found[0], numbers)
    if found:
        return Told(columns=(), why="no headings known here, and more than one column of balances follows from amounts")
    unproven = any(_are_sums(texts[place]) for place in numbers) and any(_are_words(column) for column in texts)
    reason = "no headings known here, and no column of balances that follows from the amounts to tell what the columns hold"
    return Told(columns=(), why=reason) if unproven else None


def _all_columns(texts: Rows, dates: Sequence[int], proven: dict[int, str], numbers: Sequence[int]) -> Told:
    """Return a role for every column, from the proven ones of the amounts."""
    roles: dict[int, str] = dict(proven)
    booked = _booking_date(texts, dates)
    if booked is None:
        return Told(columns=(), why="no headings known here, and which of the dates is that of the booking cannot be told")
    roles[booked] = Role.BOOKING_DATE
    for place, column in enumerate(texts):
        if place in roles or place in dates:
            continue
        filled = [text for text in column if text]
        if filled and all(len(text) == _CODE and text.isupper() and currency_named(text) for text in filled):
            roles[place] = Role.CURRENCY if len(filled) == len(column) and Role.CURRENCY not in roles.values() else ""
        elif filled and all(map(_is_iban, filled)):
            roles[place] = Role.ACCOUNT if Role.ACCOUNT not in roles.values() else ""
        elif place not in numbers and any(map(str.isalpha, "".join(filled))):
            roles[place] = Role.REMITTANCE
    why = f"no headings known here; in all of the first {len(texts[0])} records the balance follows from the amount"
    return Told(columns=tuple(str(roles.get(place, "")) for place in range(len(texts))), why=why)


def _with_one_column(texts: Rows, numbers: Sequence[int]) -> list[dict[int, str]]:
    """Return the pairs of columns in which the balance changes by the amount."""
    found: list[dict[int, str]] = []
    values = {place: tuple(map(_signed, texts[place])) for place in numbers if all(texts[place])}
    with_sign = {place: any(map(_is_signed, texts[place])) for place in values}
    for amount, balance in permutations(values, 2):
        signed = with_sign[amount]
        if _follows(values[amount], values[balance], signed=signed):
            found.append({amount: Role.AMOUNT, balance: Role.BALANCE} | _direction(texts, signed=signed))
    return found


def _with_two_columns(texts: Rows, numbers: Sequence[int]) -> list[dict[int, str]]:
    """Return the columns of credits, debits and balances in which the balance changes by what the record has of the first two."""
    found: list[dict[int, str]] = []
    values = {place: tuple(map(_signed, texts[place])) for place in numbers}
    for credit, debit in permutations(numbers, 2):
        pairs = list(zip(values[credit], values[debit], strict=True))
        if any(bool(plus) == bool(minus) for plus, minus in pairs) or not any(values[credit]) or not any(values[debit]):
            continue
        changes = [plus - abs(minus) for plus, minus in pairs]
        found += [
            {credit: Role.CREDIT, debit: Role.DEBIT, balance: Role.BALANCE}
            for balance in numbers
            if balance not in {credit, debit} and all(texts[balance]) and _follows(changes, values[balance], signed=True)
        ]
    return found


def _follows(amounts: Sequence[int], balances: Sequence[int], *, signed: bool) -> bool:
    """Return whether each balance is the one before plus the amount, read from the top or from the bottom; not by chance.

    Three different amounts are asked for, and that some come in and some go out, so that numbered lines, counters and the
    readings of meters do not pass.
    """
    if len({abs(amount) for amount in amounts if amount}) < _FEWEST:
        return False
    for ordered, sums in ((amounts, balances), (amounts[::-1], balances[::-1])):
        steps = [after - before for before, after in pairwise(sums)]
        moves = amounts if signed else steps
        if not min(moves) < 0 < max(moves):
            return False
        sizes = ordered[1:]
        if all(step == size if signed else abs(step) == size for step, size in zip(steps, sizes, strict=True)):
            return True
    return False


def _direction(texts: Rows, *, signed: bool) -> dict[int, str]:
    """Return the column that says credit or debit in every record, when the amounts have no sign."""
    places = [place for place, column in enumerate(texts) if len({*column}) > 1 and all(map(direction_named, column))]
    return {places[0]: Role.DIRECTION} if len(places) == 1 and not signed else {}


def _booking_date(texts: Rows, dates: Sequence[int]) -> int | None:
    """Return the column of dates by which the records are ordered, None when several differ and not just one is in order."""
    if len(dates) == 1 or all(texts[one] == texts[other] for one, other in combinations(dates, 2)):
        return dates[0]
    ordered = [place for place in dates if any(_in_order(texts[place], order) for order in ("dmy", "mdy"))]
    return ordered[0] if len(ordered) == 1 else None


def _in_order(column: Sequence[str], order: str) -> bool:
    written = [found.day(order) for text in column if (found := written_date(text)) is not None]
    days = [day for day in written if day is not None]
    return len(days) == len(column) and days in (sorted(days), sorted(days, reverse=True))


def _are_dates(column: Sequence[str]) -> bool:
    return all((found := written_date(text)) is not None and found.year in _YEARS for text in column)


def _are_numbers(column: Sequence[str]) -> bool:
    return any(column) and all(not text or written_amount(text) is not None for text in column)


def _are_sums(column: Sequence[str]) -> bool:
    """Return whether every number has two decimals and one at least is negative, as money is and little else."""
    amounts = [written_amount(text) for text in column]
    return all(map(_is_money, column)) and any(amount is not None and amount.sign < 0 for amount in amounts)


def _is_money(text: str) -> bool:
    """Return whether a number has two decimals or a currency."""
    amount = written_amount(text)
    return amount is not None and (amount.currency is not None or (len(amount.number) > _CODE and amount.number[-3] in ".,"))


def _are_words(column: Sequence[str]) -> bool:
    return all(any(map(str.isalpha, text)) for text in column) and written_amount(column[0]) is None and written_date(column[0]) is None


def _is_iban(text: str) -> bool:
    try:
        normalize_iban(text)
    except MaterialError:
        return False
    return True


def _is_signed(text: str) -> bool:
    amount = written_amount(text)
    return amount is not None and amount.sign != 0


def _signed(text: str) -> int:
    amount = written_amount(text)
    return 0 if amount is None else cents(amount) * (amount.sign or 1)
