"""Guessing how a statement's dates and amounts are to be read, and why."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import BinaryIO, Final

from comity.parsers.statements import profile as kinds
from comity.parsers.statements.profile import UNKNOWN, Guess, Preamble, Profile, digest
from comity.parsers.statements.records import Layout, records
from comity.parsers.statements.rows import account_number
from comity.parsers.statements.table import Table, find_table, holds_balance, readable
from comity.parsers.statements.vocabulary import (
    ACCOUNT_LABELS,
    CARD_HEADINGS,
    CLOSING_LABELS,
    CURRENCY_LABELS,
    OPENING_LABELS,
    OWNER_LABELS,
    PERIOD_LABELS,
    Role,
    plain,
)
from comity.parsers.statements.written import WrittenAmount, WrittenDate, cents, currency_named, written_amount, written_date
from comity.terms.errors import MaterialError
from comity.terms.iban import normalize_iban

_HEAD: Final = 65_536
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b")
_CURRENCY_IN_HEADING = re.compile(r"[(\[\uff08]\s?([A-Z]{3}|€|R\$|£|円)\s?[)\]\uff09]|\s([A-Z]{3})$")
_PERIOD = re.compile(r"(\S{6,20})\s{0,3}(?:-|–|to|bis|a|até|al|au|iki)\s{0,3}(\S{6,20})")
_SAYS_WHOSE: Final = frozenset({Role.ACCOUNT, Role.NAME, Role.DEBTOR_NAME, Role.CREDITOR_NAME})
_DAY_FIRST: Final = frozenset({"German", "Portuguese", "Spanish", "French", "Lithuanian", "Italian, Dutch or Polish"})


@dataclass(slots=True)
class _Evidence:
    """What all the records show, gathered in one pass."""

    first_over_twelve: int = 0
    second_over_twelve: int = 0
    points: int = 0
    ambiguous_dates: int = 0
    previous: dict[str, date] = field(default_factory=dict)
    rising: dict[str, bool] = field(default_factory=lambda: {"dmy": True, "mdy": True})
    falling: dict[str, bool] = field(default_factory=lambda: {"dmy": True, "mdy": True})
    different_days: int = 0
    marks: dict[str, int] = field(default_factory=lambda: dict.fromkeys((".", ",", "", "either", "neither"), 0))
    negative: int = 0
    positive: int = 0
    unsigned: int = 0
    debits: set[int] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    with_account: int = 0
    names: set[str] = field(default_factory=set)
    rows: int = 0
    changes: set[str] = field(default_factory=set)
    last: tuple[WrittenAmount, WrittenAmount] | None = None
    fees: set[int] = field(default_factory=set)
    fee_steps: dict[str, set[str]] = field(default_factory=lambda: {"forward": set(), "backward": set()})
    fee_last: tuple[int, int, int] | None = None
    currencies: set[str] = field(default_factory=set)

    @property
    def one_account(self) -> str | None:
        """The number that the account column holds in every record, None when it holds several, or none in some."""
        return next(iter(self.accounts)) if len(self.accounts) == 1 and self.with_account == self.rows else None

    @property
    def account_is_own(self) -> bool:
        """Whether that number is shown to be the statement's own: more than one record has it, with not always the same other side."""
        return self.one_account is not None and self.rows > 1 and len(self.names) != 1

    def add_date(self, written: WrittenDate) -> None:
        """Count what a date shows of the order of day and month."""
        if written.fixed:
            return
        self.points += written.mark == "."
        self.first_over_twelve += written.first > 12  # noqa: PLR2004 - months
        self.second_over_twelve += written.second > 12  # noqa: PLR2004 - months
        self.ambiguous_dates += written.first != written.second and max(written.first, written.second) <= 12  # noqa: PLR2004 - months
        for order in ("dmy", "mdy"):
            day, before = written.day(order), self.previous.get(order)
            if day is None:
                continue
            if before is not None and day != before:
                self.rising[order] &= day > before
                self.falling[order] &= day < before
                self.different_days += order == "dmy"
            self.previous[order] = day

    def add_amount(self, written: WrittenAmount) -> None:
        """Count what an amount shows of its decimal mark, its sign and its currency."""
        self.marks[written.mark()] += 1
        self.negative += written.sign < 0
        self.positive += written.sign > 0
        self.unsigned += written.sign == 0
        if written.currency:
            self.currencies.add(written.currency)

    def add_parties(self, columns: Sequence[str], fields: Sequence[str]) -> None:
        """Note the number in the account column and the names beside it, while it is not yet clear that there are several."""
        for role, cell in zip(columns, fields, strict=False):
            if role not in _SAYS_WHOSE or not (text := cell.strip()):
                continue
            self.with_account += role == Role.ACCOUNT
            seen = self.accounts if role == Role.ACCOUNT else self.names
            if len(seen) < 3:  # noqa: PLR2004 - one or many
                seen.add(text)


def guess(stream: BinaryIO) -> tuple[Guess, tuple[str, ...]] | None:
    """Return the profile of a CSV statement with reasons, and its headings; None when it is no statement. Reads all of it once."""
    stream.seek(0)
    head = stream.read(_HEAD)
    table = find_table(head)
    if table is None:
        return None
    layout, why = table.layout, {"columns": table.why}
    if layout.encoding == "utf-8" and not _all_utf8(stream):
        layout = replace(layout, encoding="cp1252")
    why["encoding"] = {
        "cp1252": "bytes that are not UTF-8; read as Windows-1252, which holds Latin-1",
        "cp1257": "headings in Lithuanian, or known only in Windows-1257, and bytes that are not UTF-8",
        "cp1250": "more headings are known in Windows-1250 than in Windows-1252, and bytes that are not UTF-8",
        "cp932": "bytes that are not UTF-8, valid in Shift_JIS (code page 932), with Japanese words in them",
        "mac_roman": "lines end with CR alone, and accents stand where Mac Roman has them",
        "utf-8": "all bytes are valid UTF-8",
    }.get(layout.encoding, "by its byte order mark or its zero bytes")
    evidence = _gathered(stream, layout, table)
    preamble, why["account"] = _preamble(table, evidence)
    order, why["date order"] = _order(evidence, table.languages)
    point, why["decimal mark"] = _point(evidence)
    sign, why["direction"] = _sign(evidence, table)
    currency, why["currency"] = _currency(table, evidence, preamble)
    fee, why["fee"] = _fee(evidence)
    zone = (
        "UTC"
        if any("utc" in heading.lower() for heading, role in zip(table.headings, table.columns, strict=True) if role == Role.BOOKING_DATE)
        else ""
    )
    why["zone"] = "the heading of the date says so" if zone else "no heading names one; a time without a zone counts as its day only"
    stream.seek(0)
    columns = _accounts_told_apart(table, evidence, preamble)
    profile = Profile(
        layout=layout, head=table.head, head_digest=digest(stream.read(table.head)), columns=columns,
        order=order, point=point, sign=sign, debits_negative=evidence.debits == {-1}, zone=zone, currency=currency, fee=fee,
        preamble=preamble,
    )  # fmt: skip
    return Guess(profile=profile, why=why), table.headings


def _all_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while chunk := stream.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _gathered(stream: BinaryIO, layout: Layout, table: Table) -> _Evidence:
    evidence = _Evidence()
    columns = table.columns
    date_place = columns.index(Role.BOOKING_DATE)
    amounts = [place for place, role in enumerate(columns) if role in {Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.BALANCE}]
    for record in records(stream, layout, start=table.head):
        fields = record.fields
        if fields is None or not readable(columns, fields) or holds_balance(columns, fields):
            continue
        evidence.rows += 1
        written = written_date(fields[date_place])
        if written is not None:
            evidence.add_date(written)
        found: dict[str, WrittenAmount] = {}
        for place in amounts:
            amount = written_amount(fields[place]) if place < len(fields) else None
            if amount is None:
                continue
            found[columns[place]] = amount
            if columns[place] == Role.BALANCE:
                evidence.marks[amount.mark()] += 1
                continue
            evidence.add_amount(amount)
            if columns[place] == Role.DEBIT and amount.number.strip("0.,"):
                evidence.debits.add(-1 if amount.sign < 0 else 1)
        if not evidence.negative and not evidence.positive and Role.DIRECTION not in columns:
            _compare_balances(evidence, found)
        if Role.FEE in columns:
            _compare_fee(evidence, found, fields, columns.index(Role.FEE))
        evidence.add_parties(columns, fields)
    return evidence


def _compare_balances(evidence: _Evidence, found: dict[str, WrittenAmount]) -> None:
    """Note whether the balance rose or fell by the amount, from one record to the next, in file order read either way."""
    amount, balance = found.get(Role.AMOUNT), found.get(Role.BALANCE)
    if amount is None or balance is None:
        return
    if evidence.last is not None:
        step = cents(balance) * (balance.sign or 1) - cents(evidence.last[1]) * (evidence.last[1].sign or 1)
        for size, fits in ((cents(amount), "forward"), (cents(evidence.last[0]), "backward")):
            sign = 1 if fits == "forward" else -1
            evidence.changes.add(f"{fits} {'+' if step == sign * size else '-' if step == -sign * size else '?'}")
    evidence.last = (amount, balance)


def _compare_fee(evidence: _Evidence, found: dict[str, WrittenAmount], fields: Sequence[str], place: int) -> None:
    """Note whether the balance changes by the amount alone or by the amount and the fee, in file order read either way."""
    fee = written_amount(fields[place]) if place < len(fields) else None
    size = 0 if fee is None else cents(fee)
    if fee is not None and size:
        evidence.fees.add(-1 if fee.sign < 0 else 1)
    amount, balance = found.get(Role.AMOUNT), found.get(Role.BALANCE)
    if amount is None or balance is None:
        return
    now = (cents(amount) * (amount.sign or 1), size, cents(balance) * (balance.sign or 1))
    if evidence.fee_last is not None:
        before = evidence.fee_last
        for way, (change, cost), step in (("forward", now[:2], now[2] - before[2]), ("backward", before[:2], before[2] - now[2])):
            if cost and step in {change, change - cost}:
                evidence.fee_steps[way].add(kinds.WITHIN if step == change else kinds.ON_TOP)
    evidence.fee_last = now


def _fee(evidence: _Evidence) -> tuple[str, str]:
    """Return how the fee column is to be read, "" when no fee stands in it."""
    if not evidence.fees:
        return "", "no fee is written"
    shown = evidence.fee_steps["forward"] | evidence.fee_steps["backward"]
    if len(evidence.fees) > 1:
        return UNKNOWN, "some fees have a minus and others not"
    if shown == {kinds.ON_TOP}:
        return kinds.ON_TOP, "the balance changes by the amount and the fee"
    if shown == {kinds.WITHIN}:
        return kinds.WITHIN, "the balance changes by the amount alone"
    return UNKNOWN, "the balances do not tell whether the fee is in the amount"


def _order(evidence: _Evidence, languages: frozenset[str]) -> tuple[str, str]:  # noqa: PLR0911 - one for each ground
    if evidence.first_over_twelve and evidence.second_over_twelve:
        return UNKNOWN, "some dates can only be day first and others only month first"
    if evidence.first_over_twelve:
        return "dmy", f"{evidence.first_over_twelve} dates begin with a number over 12"
    if evidence.second_over_twelve:
        return "mdy", f"{evidence.second_over_twelve} dates have a number over 12 in second place"
    if not evidence.ambiguous_dates:
        return "dmy", "no date can be read two ways"
    in_order = [order for order in ("dmy", "mdy") if evidence.rising[order] or evidence.falling[order]]
    if len(in_order) == 1 and evidence.different_days > 2:  # noqa: PLR2004 - chance orders three dates too easily
        return in_order[0], f"only so do the dates of {evidence.rows} records follow each other"
    if evidence.points:
        return "dmy", "written with points, which no country does month first"
    if languages and languages <= _DAY_FIRST:
        return "dmy", f"the headings are in {' or '.join(sorted(languages))}, written day first"
    return UNKNOWN, "every date can be read day first and month first, and nothing in the file decides it"


def _point(evidence: _Evidence) -> tuple[str, str]:
    points, commas = evidence.marks["."], evidence.marks[","]
    if points and commas:
        if max(points, commas) >= 10 * min(points, commas):
            mark = "." if points > commas else ","
            return mark, f"{max(points, commas)} amounts have it as decimal mark, {min(points, commas)} do not fit and are defects"
        return UNKNOWN, f"{points} amounts have a decimal point and {commas} a decimal comma"
    if points or commas:
        mark = "." if points else ","
        return mark, f"{points or commas} amounts can only be read so"
    if evidence.marks["either"]:
        return UNKNOWN, "every amount with a mark could have thousands or three decimals after it"
    return "", "no amount has a decimal mark"


def _sign(evidence: _Evidence, table: Table) -> tuple[str, str]:  # noqa: PLR0911 - one for each ground
    columns = table.columns
    if " ".join(map(plain, table.headings)) in CARD_HEADINGS:
        return UNKNOWN, "some cards write purchases without a sign under these headings, and payments to the card with a minus"
    if {Role.CREDIT, Role.DEBIT} <= set(columns) and Role.AMOUNT not in columns:
        return kinds.TWO_COLUMNS, "credits and debits have columns of their own"
    if Role.DIRECTION in columns:
        return kinds.INDICATOR, "a column says credit or debit in every record looked at"
    if evidence.negative:
        return kinds.SIGNED, f"{evidence.negative} amounts carry a minus or a word for debit"
    if evidence.positive and not evidence.unsigned:
        return kinds.SIGNED, "every amount carries a plus or a word for credit"
    for way in ("forward", "backward"):
        steps = {change.split()[1] for change in evidence.changes if change.startswith(way)}
        if steps == {"+"}:
            return kinds.ALL_CREDITS, "the balance rises by each amount"
        if steps == {"-"}:
            return kinds.ALL_DEBITS, "the balance falls by each amount"
    return UNKNOWN, "no amount has a sign, no column says credit or debit, and the balance does not tell"


def _currency(table: Table, evidence: _Evidence, preamble: Preamble) -> tuple[str | None, str]:
    if Role.CURRENCY in table.columns:
        return None, "each record names its own"
    for heading, role in zip(table.headings, table.columns, strict=True):
        match = _CURRENCY_IN_HEADING.search(heading) if role in {Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.BALANCE} else None
        named = currency_named(match[1] or match[2]) if match else None
        if named:
            return named, f"the heading {heading[:40]!r} names it"
    if preamble.currency:
        return preamble.currency, "named above the records"
    if len(evidence.currencies) == 1:
        return next(iter(evidence.currencies)), "written with the amounts"
    return None, "nothing in the file names one; amounts are in hundredths of it"


def _accounts_told_apart(table: Table, evidence: _Evidence, preamble: Preamble) -> tuple[str, ...]:
    """Return the columns with ACCOUNT made OWN_ACCOUNT when it is shown to be that, and UNCLEAR_ACCOUNT when it may be either side's.

    It stays the other side's where it varies, is empty in some records, or another number is known to be the statement's own.
    """
    only = evidence.one_account
    if Role.ACCOUNT not in table.columns or Role.OWN_ACCOUNT in table.columns or only is None:
        return table.columns
    if preamble.account is not None:
        role = Role.OWN_ACCOUNT if only in {preamble.account, account_number(preamble.account)} else Role.ACCOUNT
    elif Role.OTHER_ACCOUNT in table.columns or evidence.account_is_own:
        role = Role.OWN_ACCOUNT
    else:
        role = Role.UNCLEAR_ACCOUNT
    return tuple(role if column == Role.ACCOUNT else column for column in table.columns)


def _preamble(table: Table, evidence: _Evidence) -> tuple[Preamble, str]:
    """Return what stands above the headings about the account, and the account itself when every record has the same."""
    found: dict[str, str] = {}
    for fields in table.above:
        cells = [cell for field in fields if (cell := field.strip(" \ufeff\r\n\t")) != ":"]
        for label, value in _labelled(cells):
            _note(found, plain(label), value)
    ibans = {iban for fields in table.above for iban in _ibans(" ".join(fields))}
    if "account" not in found and len(ibans) == 1:
        found["account"] = ibans.pop()
    why = "written above the records" if found else "nothing above the records names it"
    only = evidence.one_account if Role.ACCOUNT in table.columns and Role.OWN_ACCOUNT not in table.columns else None
    if "account" not in found and only is not None and (evidence.account_is_own or Role.OTHER_ACCOUNT in table.columns):
        why = "the account column holds the same number in every record, so it is the statement's own"
        found["account"] = only
    elif "account" not in found and only is not None:
        why = "the account column holds one number beside one name in all records: whose it is cannot be told"
    return Preamble(**found), why


def _labelled(cells: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of label and value: neighbouring cells, and cells that hold both with a colon between."""
    pairs = [(first.rstrip(":"), second) for first, second in pairwise(cells) if first and second]
    for cell in cells:
        label, mark, value = cell.partition(":")
        if mark and value.strip():
            pairs.append((label, value.strip()))
    return pairs


def _note(found: dict[str, str], label: str, value: str) -> None:
    if label in ACCOUNT_LABELS and any(character.isdigit() for character in value):
        found.setdefault("account", next(iter(_ibans(value)), value[:64]))
    elif label in OWNER_LABELS:
        found.setdefault("owner", value[:140])
    elif label in CURRENCY_LABELS and (currency := currency_named(value)) is not None:
        found.setdefault("currency", currency)
    elif label in OPENING_LABELS:
        found.setdefault("opening", value[:48])
    elif label in CLOSING_LABELS:
        found.setdefault("closing", value[:48])
    elif label in PERIOD_LABELS and (match := _PERIOD.search(value[:64])):
        found.setdefault("start", match[1])
        found.setdefault("end", match[2])


def _ibans(text: str) -> list[str]:
    found = []
    for match in _IBAN.finditer(text[:512]):
        try:
            found.append(normalize_iban(match[0]))
        except MaterialError:
            continue
    return found
