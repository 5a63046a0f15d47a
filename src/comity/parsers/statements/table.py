"""Finding the table of payments in a CSV file: where its records begin and what its columns hold."""

import codecs
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from comity.parsers.statements.headless import told_by_values
from comity.parsers.statements.records import Layout, Record, records
from comity.parsers.statements.vocabulary import BALANCE_BEGINNINGS, BALANCE_TEXTS, STATUSES, Role, meaning, plain
from comity.parsers.statements.written import direction_named, written_amount, written_date

_DELIMITERS: Final = ";,\t|"
_MOST_PREAMBLE: Final = 40
_SAMPLE: Final = 60
_MOST_COLUMNS: Final = 200
_ENOUGH: Final = 0.6
_LONGEST_LABEL: Final = 40
_NEIGHBOURS: Final = ("cp1257", "cp1250")
_JAPANESE = re.compile("[\u3041-\u3096\u30a1-\u30fa日付年月金額残高取引摘要円入出払預]")
_ENOUGH_JAPANESE: Final = 4
_WHOLE_HEAD: Final = 65_536
_OUTER: Final = " \ufeff\r\n\t"
_NAMES: Final = frozenset({Role.NAME, Role.DEBTOR_NAME, Role.CREDITOR_NAME})
_MAYBE_BALANCE = re.compile("sald|balance|likut|solde|apyvarta|forward|kontostand|total")
"""What every text of a balance has in it: a quick look before the slow one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The records of a file once found: layout, headings and their roles, bytes before the first record, lines above the headings."""

    layout: Layout
    headings: tuple[str, ...]
    columns: tuple[str, ...]
    languages: frozenset[str]
    head: int
    above: tuple[tuple[str, ...], ...]
    score: int
    why: str = "from their headings, checked against the first records"


def find_table(head: bytes) -> Table | None:
    """Return the table of payments in the first bytes of a file, None when there is none.

    Either headings name a date and an amount and most rows have both, or the values themselves prove the columns.
    """
    layouts = _layouts(head, encoding_of(head))
    found = [table for layout in layouts if (table := _table(head, layout)) is not None]
    if layouts and layouts[0].encoding == "cp1252":
        found += [table for encoding in _NEIGHBOURS for table in _elsewhere(head, encoding, found)]
    return max(found, key=lambda table: table.score, default=None) or _told_by_values(head, layouts)[0]


def why_not(head: bytes) -> str | None:
    """Return why the columns of what looks like payments without headings cannot be told; None for anything else."""
    return _told_by_values(head, _layouts(head, encoding_of(head)))[1]


def _elsewhere(head: bytes, encoding: str, found: Sequence[Table]) -> list[Table]:
    """Return the tables of another code page that are better than those in Windows-1252: more is known of their headings.

    Lithuanian headings can be known by their plain letters alone; nobody writes them in Windows-1252, which lacks the others.
    """
    best = max((table.score for table in found), default=0)
    tables = [table for layout in _layouts(head, encoding) if (table := _table(head, layout)) is not None]
    lithuanian = encoding == "cp1257"
    return [
        replace(table, score=max(table.score, best + 1)) if lithuanian and table.languages == {"Lithuanian"} else table
        for table in tables
        if table.score > best or (lithuanian and table.languages == {"Lithuanian"} and table.score >= best)
    ]


def _layouts(head: bytes, encoding: str) -> tuple[Layout, ...]:
    """Return the ways in which the first bytes may make records: one for each delimiter in them."""
    text = head[: len(head) // 4 * 4].decode(encoding, errors="replace")
    if "\x00" in text:
        return ()
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    return tuple(Layout(encoding=encoding, newline=newline, delimiter=delimiter) for delimiter in _DELIMITERS if delimiter in text)


def _told_by_values(head: bytes, layouts: Sequence[Layout]) -> tuple[Table | None, str | None]:
    """Return the table whose columns the values tell, or else why they do not tell it where they look like payments."""
    reason = None
    for layout in layouts:
        records_seen = [record for record in _some(head, layout) if record.fields is not None]
        if len(head) >= _WHOLE_HEAD:
            records_seen = records_seen[:-1]  # it may be cut
        first = next((place for place, record in enumerate(records_seen[:_MOST_PREAMBLE]) if _has_date(record.fields or ())), None)
        if first is None:
            continue
        below = [tuple(cell.strip(_OUTER) for cell in record.fields or ()) for record in records_seen[first : first + _SAMPLE]]
        told = told_by_values(below)
        if told is None:
            continue
        if not told.columns:
            reason = told.why if first == 0 else reason
            continue
        above = tuple(record.fields or () for record in records_seen[:first])
        names = above[-1] if above and len(above[-1]) == len(below[0]) else tuple(f"column {place + 1}" for place in range(len(below[0])))
        return Table(
            layout=layout, headings=tuple(name.strip(_OUTER) for name in names), columns=told.columns, languages=frozenset(),
            head=records_seen[first].offset or _mark(head), above=above, score=0, why=told.why,
        ), None  # fmt: skip
    return None, reason


def _mark(head: bytes) -> int:
    """Return the length of the byte order mark."""
    return next((len(mark) for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) if head.startswith(mark)), 0)


def _has_date(fields: Sequence[str]) -> bool:
    return len(fields) <= _MOST_COLUMNS and any(written_date(cell.strip(_OUTER)) is not None for cell in fields)


def encoding_of(head: bytes) -> str:
    """Return the encoding the first bytes show: by their mark, by zero bytes, as valid UTF-8, else by what else they can be.

    That is Shift_JIS (code page 932) when all of them are valid in it and it makes kana or words of Japanese statements of them;
    Mac Roman in files whose lines end with CR alone, when accents stand where it has them; Windows-1252 for the rest.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if head[0] == 0xFF else "utf-16-be"  # noqa: PLR2004 - the byte order mark
    sample = head[:1024]
    if len(sample) > 3 and sample.count(0) * 3 > len(sample):  # noqa: PLR2004 - Latin letters in UTF-16
        return "utf-16-le" if sample[1] == 0 else "utf-16-be"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(head) - 4 and error.reason == "unexpected end of data":
            return "utf-8"
        return "cp932" if _is_japanese(head) else "mac_roman" if _is_mac_roman(head) else "cp1252"
    return "utf-8"


def _is_japanese(head: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("cp932")().decode(head)
    except UnicodeDecodeError:
        return False
    return len(_JAPANESE.findall(text)) >= _ENOUGH_JAPANESE


def _is_mac_roman(head: bytes) -> bool:
    if b"\n" in head or b"\r" not in head:
        return False
    return sum(0x80 <= byte < 0xA0 for byte in head) > sum(byte >= 0xC0 for byte in head)  # noqa: PLR2004 - where letters stand


def _table(head: bytes, layout: Layout) -> Table | None:
    rows = [record for record in _some(head, layout) if record.fields is not None]
    for place, record in enumerate(rows[:_MOST_PREAMBLE]):
        headings = tuple(cell.strip(" \ufeff\r\n\t") for cell in record.fields or ())
        named = _named(headings)
        if named is None:
            continue
        columns, languages = named
        below = [row.fields for row in rows[place + 1 : place + 1 + _SAMPLE] if row.fields is not None]
        sample = [fields for fields in below if not holds_balance(columns, fields)]
        columns = _checked(columns, sample)
        good = sum(readable(columns, fields) for fields in sample)
        if columns and good and good >= _ENOUGH * len(sample):
            above = tuple(row.fields or () for row in rows[:place])
            return Table(
                layout=layout, headings=headings, columns=columns, languages=languages, head=record.offset + record.length, above=above,
                score=good * 100 + sum(1 for role in columns if role),
            )  # fmt: skip
    return None


def _some(head: bytes, layout: Layout) -> Iterable[Record]:
    for count, record in enumerate(records(io.BytesIO(head), layout, start=0)):
        if count > _MOST_PREAMBLE + _SAMPLE:
            return
        yield record


def _named(headings: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """Return a role for each heading ("" for none) and the languages they are in; None unless there is a date and an amount."""
    columns: list[str] = []
    languages: list[frozenset[str]] = []
    if len(headings) > _MOST_COLUMNS:
        return None
    for heading in headings:
        known = meaning(heading) if heading else None
        role = known[0] if known else ""
        if role and role in columns and role != Role.REMITTANCE:
            role = ""
        columns.append(role)
        if role and known:
            languages.append(known[1])
    if Role.KIND in columns:
        columns[columns.index(Role.KIND)] = "" if Role.REMITTANCE in columns else Role.REMITTANCE
    # a heading that means an amount in one language and a value date in another is settled by the data
    has_amount = Role.AMOUNT in columns or Role.VALUE_DATE in columns or {Role.CREDIT, Role.DEBIT} <= set(columns)
    has_date = Role.BOOKING_DATE in columns or Role.VALUE_DATE in columns
    if not has_amount or not has_date:
        return None
    certain = [language for language in languages if len(language) == 1]
    return tuple(columns), frozenset().union(*(certain or languages))


def _checked(columns: tuple[str, ...], sample: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the roles after a look at the data; () when no amount or no date is left."""
    checked = list(columns)
    if Role.AMOUNT not in checked and not {Role.CREDIT, Role.DEBIT} <= set(checked) and Role.VALUE_DATE in checked:
        place = checked.index(Role.VALUE_DATE)
        if any(len(row) > place and row[place].strip() and written_date(row[place]) is None for row in sample):
            checked[place] = Role.AMOUNT
    if Role.BOOKING_DATE not in checked and Role.VALUE_DATE in checked:
        checked[checked.index(Role.VALUE_DATE)] = Role.BOOKING_DATE
    if Role.DIRECTION in checked:
        place = checked.index(Role.DIRECTION)
        words = [row[place] for row in sample if len(row) > place and row[place].strip()]
        if not words or any(direction_named(word) == 0 for word in words):
            checked[place] = ""
    if Role.INFO in checked:
        place = checked.index(Role.INFO)
        words = [row[place] for row in sample if len(row) > place and row[place].strip()]
        says = bool(words) and all(plain(word) in STATUSES for word in words) and Role.STATUS not in checked
        checked[place] = Role.STATUS if says else ""
    amounts = {Role.AMOUNT} if Role.AMOUNT in checked else {Role.CREDIT, Role.DEBIT}
    if Role.AMOUNT in checked and not {Role.CREDIT, Role.DEBIT} <= set(checked):
        checked = ["" if role in {Role.CREDIT, Role.DEBIT} else role for role in checked]
    return tuple(checked) if Role.BOOKING_DATE in checked and amounts <= set(checked) else ()


def holds_balance(columns: tuple[str, ...], fields: Sequence[str]) -> bool:
    """Return whether a record holds a balance or a turnover, as banks put them among payments, and names nobody."""
    found = False
    for place, is_name in _text_places(columns):
        text = fields[place][:_LONGEST_LABEL] if place < len(fields) else ""
        if not text or text.isspace():
            continue
        if _MAYBE_BALANCE.search(text.replace(" ", "").casefold()) and (
            (letters := plain(text)) in BALANCE_TEXTS or letters.startswith(BALANCE_BEGINNINGS)
        ):
            found = True
        elif is_name:
            return False
    return found


@lru_cache(maxsize=8)
def _text_places(columns: tuple[str, ...]) -> tuple[tuple[int, bool], ...]:
    """Return the columns that hold names or texts, names first, and which of the two they hold."""
    places = [(place, role in _NAMES) for place, role in enumerate(columns) if role in _NAMES or role == Role.REMITTANCE]
    return tuple(sorted(places, key=lambda place: not place[1]))


def readable(columns: tuple[str, ...], fields: tuple[str, ...]) -> bool:
    """Return whether a record has a date and an amount where the columns say."""
    cells = [cell for cell, role in zip(fields, columns, strict=False) if role in {Role.AMOUNT, Role.CREDIT, Role.DEBIT} and cell.strip()]
    dates = [cell for cell, role in zip(fields, columns, strict=False) if role == Role.BOOKING_DATE]
    return bool(dates and written_date(dates[0])) and any(written_amount(cell) for cell in cells)
