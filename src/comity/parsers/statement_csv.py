"""Account statements exported as CSV: no standard, so the profile is guessed from the file, shown, and kept with the reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from comity.observables import ACCOUNT, PAYMENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source, Structure
from comity.parsers.statements import profile as kinds
from comity.parsers.statements.guessing import guess
from comity.parsers.statements.profile import UNKNOWN, Profile, digest, from_facts, to_facts
from comity.parsers.statements.records import Record, records
from comity.parsers.statements.rows import Cell, RowBuffer, account_number, day_after
from comity.parsers.statements.table import find_table, holds_balance, why_not
from comity.parsers.statements.vocabulary import STATUSES, Role, plain
from comity.parsers.statements.written import WrittenAmount, currency_named, direction_named, written_amount, written_date
from comity.terms.errors import MaterialError
from comity.terms.money import minor_digits

_HUNDREDTHS: Final = 2
_HEAD: Final = 65_536
_LONGEST_MARK: Final = 3
_BLANK: Final = " \ufeff\r\n\t\u00a0"


class _UnreadableError(Exception):
    """A record that cannot become a payment: a stable code and the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class StatementCsv:
    """Reads bank statements in CSV; one row for each record.

    Claimed when a heading line names a date and an amount and most records below have both, or when balances that follow from
    the amounts prove which columns hold them. What no fact in the file
    decides stays null, and a Defect on the heading says so once: a date with two readings, a direction, a currency (amounts
    are then in hundredths). Cells are kept as text, formulas included.
    """

    name: str = "statement_csv"
    version: str = "3"
    media_type: str = "text/csv"
    tables: tuple[Table, ...] = (PAYMENT, ACCOUNT)

    def recognizes(self, head: bytes, *, name: str) -> int:  # noqa: ARG002 - the content decides
        """Return 2 for a table of payments, 1 for what looks like one without headings and cannot be told, else 0."""
        return 2 if find_table(head) is not None else 1 if why_not(head) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return the profile: encoding, columns, orders and marks, each with the reason it was taken."""
        guessed = guess(source.stream)
        return () if guessed is None else to_facts(*guessed)

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the payments and the account; what cannot be read is a Defect."""
        if not inferred:
            source.stream.seek(0)
            reason = why_not(source.stream.read(_HEAD)) or "no line names a date and an amount that the lines below have"
            yield Defect(code="statement_unknown", reason=reason, offset=0, length=source.size)
            return
        profile, rows = from_facts(inferred), RowBuffer()
        source.stream.seek(0)
        whole = digest(source.stream.read(profile.head)) == profile.head_digest
        if whole:
            yield from _open_questions(profile)
            if profile.head > _LONGEST_MARK:
                row, defects = _account(profile)
                yield from defects
                rows.add(ACCOUNT, row, offset=0, length=profile.head)
            elif profile.head:  # nothing stands above the records that speaks of the account as a whole
                yield Structure(what="byte order mark", offset=0, length=profile.head)
        reached = profile.head if whole else 0
        for record in records(source.stream, profile.layout, start=reached):
            yield from _blank(reached, record.offset)
            reached = record.offset + record.length
            try:
                payment = _payment(record, profile)
                fee = _fee(record, profile, payment)
                if fee is not None:  # the balance written is that after both
                    fee["balance_minor"], payment["balance_minor"] = payment["balance_minor"], None
                for row in (payment, fee) if fee is not None else (payment,):
                    rows.add(PAYMENT, row, offset=record.offset, length=record.length)
            except _UnreadableError as refused:
                yield Defect(code=refused.code, reason=refused.reason, offset=record.offset, length=record.length)
            yield from rows.full()
        yield from rows.rest()
        yield from _blank(reached, source.size)


def _blank(start: int, end: int) -> Iterator[Structure]:
    """Yield the place of the blank lines between records, if any."""
    if end > start:
        yield Structure(what="blank lines", offset=start, length=end - start)


PARSER = StatementCsv()


def _open_questions(profile: Profile) -> Iterator[Defect]:
    """Yield one Defect, placed on the head, for each fact the file does not give."""
    questions = []
    if profile.order == UNKNOWN:
        questions.append(
            ("date_order_unknown", "which number of a date is the day is not known; dates that have two readings are left out")
        )
    if profile.point == UNKNOWN:
        questions.append(("decimal_mark_unknown", "whether a mark parts thousands or decimals is not known; such records are left out"))
    if profile.sign == UNKNOWN:
        questions.append(("direction_unknown", "the statement does not say which amounts were paid in and which out"))
    if profile.column(Role.UNCLEAR_ACCOUNT) is not None:
        questions.append(
            ("account_unclear", "whose account the account column names, the statement's own or the other side's, is not known")
        )
    if profile.currency is None and profile.column(Role.CURRENCY) is None:
        questions.append(("currency_unknown", "the statement names no currency; amounts are in hundredths of it"))
    if profile.fee == UNKNOWN:
        questions.append(
            ("fee_unclear", "a column has fees, and whether they are in the amounts or come on top is not known; they stand in the texts")
        )
    for code, reason in questions:
        yield Defect(code=code, reason=reason, offset=0, length=profile.head)


def _account(profile: Profile) -> tuple[dict[str, Cell], list[Defect]]:
    preamble, defects = profile.preamble, []
    row: dict[str, Cell] = {
        "account": account_number(preamble.account) if preamble.account else None,
        "statement": "", "owner.name": preamble.owner, "currency": profile.currency or preamble.currency,
    }  # fmt: skip
    for column, text in (("opening_minor", preamble.opening), ("closing_minor", preamble.closing)):
        if text is None:
            continue
        amount = written_amount(text)
        try:
            row[column] = None if amount is None else _minor(amount, profile, str(row["currency"] or "")) * (amount.sign or 1)
        except _UnreadableError as refused:
            defects.append(Defect(code=refused.code, reason=refused.reason, offset=0, length=profile.head))
    for column, text in (("from", preamble.start), ("until", preamble.end)):
        at = _instant(text or "", profile)
        if at is not None:
            row[column] = day_after(at[0]) if column == "until" and at[1] == "day" else at[0]
    return row, defects


def _payment(record: Record, profile: Profile) -> dict[str, Cell]:
    fields = record.fields
    if fields is None:
        raise _UnreadableError("record_unreadable", "a line too long, or quotes that do not close")
    width = len(profile.columns)
    if any(cell.strip() for cell in fields[width:]):
        raise _UnreadableError("record_unreadable", f"{len(fields)} fields where the headings name {width}")
    cells = _Cells(fields, profile)
    if holds_balance(profile.columns, fields):
        raise _UnreadableError("balance_row", f"a balance or a turnover, not a payment: {(cells.joined(Role.REMITTANCE) or '')[:40]!r}")
    date_text = cells.text(Role.BOOKING_DATE) or ""
    booked = _instant(date_text, profile)
    status = cells.text(Role.STATUS)
    waits = _status(status) == "pending" and not date_text
    if booked is None and not waits and (profile.order != UNKNOWN or written_date(date_text) is None):
        raise _UnreadableError("date_unreadable", f"not a date, with {profile.order} as order of day and month: {date_text[:40]!r}")
    amount, direction = _directed_amount(cells, profile)
    currency = _currency(cells, amount, profile)
    value = _instant(cells.text(Role.VALUE_DATE) or "", profile)
    row: dict[str, Cell] = {
        "statement": "", "direction": direction, "amount_minor": _minor(amount, profile, currency), "currency": currency or None,
        "booking_date": booked[0] if booked else None, "booking_date.precision": booked[1] if booked else "day",
        "value_date": value[0] if value else None, "reference": cells.text(Role.REFERENCE, Role.END_TO_END),
        "end_to_end": cells.text(Role.END_TO_END), "remittance": cells.joined(Role.REMITTANCE), "reversal": False,
        "balance_minor": _balance(cells, profile, currency), "status": _status(status),
    }  # fmt: skip
    fee = written_amount(cells.text(Role.FEE) or "")
    if profile.fee in {UNKNOWN, kinds.WITHIN} and fee is not None and fee.number.strip("0., "):
        row["remittance"] = f"{row['remittance'] or ''} (fee {cells.text(Role.FEE)})".strip()
    return row | _parties(cells, profile, direction)


def _fee(record: Record, profile: Profile, payment: Mapping[str, Cell]) -> dict[str, Cell] | None:
    """Return the row of a fee that is charged on top of the amount, None when there is none; its payee is not named in the file."""
    if profile.fee != kinds.ON_TOP or record.fields is None:
        return None
    text = _Cells(record.fields, profile).text(Role.FEE) or ""
    amount = written_amount(text)
    if amount is None:
        if text:
            raise _UnreadableError("amount_unreadable", f"the fee is not an amount: {text[:40]!r}")
        return None
    minor = _minor(amount, profile, str(payment["currency"] or ""))
    if minor == 0:
        return None
    shared = ("account", "statement", "currency", "booking_date", "booking_date.precision", "value_date", "reference", "status", "reversal")
    return {column: payment[column] for column in shared} | {
        "direction": "debit", "amount_minor": minor, "remittance": "fee", "debtor.account": payment["account"],
        "debtor.name": profile.preamble.owner,
    }  # fmt: skip


class _Cells:
    """The cells of one record by role."""

    def __init__(self, fields: tuple[str, ...], profile: Profile) -> None:
        self._fields = fields
        self._places = _places(profile.columns)

    def text(self, *roles: Role) -> str | None:
        """Return what stands in the first of `roles` that is not empty."""
        for role in roles:
            for place in self._places.get(role, ()):
                if place < len(self._fields) and (text := self._fields[place].strip(_BLANK)):
                    return text
        return None

    def joined(self, role: Role) -> str | None:
        """Return everything in the columns of `role`, once each."""
        texts = [self._fields[place].strip(_BLANK) for place in self._places.get(role, ()) if place < len(self._fields)]
        return " ".join(dict.fromkeys(filter(None, texts))) or None


@lru_cache(maxsize=256)
def _status(text: str | None) -> str | None:
    """Return booked or pending for a word that means it, any other as written."""
    return STATUSES.get(plain(text or ""), text)


@lru_cache(maxsize=8)
def _places(columns: tuple[str, ...]) -> Mapping[str, tuple[int, ...]]:
    """Return the columns of each role."""
    return {role: tuple(place for place, found in enumerate(columns) if found == role) for role in columns if role}


def _instant(text: str, profile: Profile) -> tuple[datetime, str] | None:
    written = written_date(text)
    order = "" if profile.order == UNKNOWN else profile.order
    return None if written is None else written.instant(order, UTC if profile.zone else None)


def _directed_amount(cells: _Cells, profile: Profile) -> tuple[WrittenAmount, str | None]:
    """Return the amount of a record and its direction, None when the file does not say it."""
    if profile.sign == kinds.TWO_COLUMNS:
        return _of_two_columns(cells, profile)
    text = cells.text(Role.AMOUNT)
    amount = written_amount(text or "")
    if amount is None:
        raise _UnreadableError("amount_unreadable", f"not an amount: {(text or '')[:40]!r}")
    if profile.sign == kinds.INDICATOR:
        word = cells.text(Role.DIRECTION) or ""
        said = direction_named(word)
        if said == 0:
            raise _UnreadableError("direction_unreadable", f"neither credit nor debit: {word[:40]!r}")
        if said > 0 > amount.sign:
            raise _UnreadableError("direction_unreadable", f"a credit with a minus: {(text or '')[:40]!r}")
        return amount, "credit" if said > 0 else "debit"
    if profile.sign in {kinds.ALL_CREDITS, kinds.ALL_DEBITS}:
        return amount, "credit" if profile.sign == kinds.ALL_CREDITS else "debit"
    if profile.sign == UNKNOWN:
        return amount, None
    return amount, "debit" if amount.sign < 0 else "credit"


def _of_two_columns(cells: _Cells, profile: Profile) -> tuple[WrittenAmount, str]:
    written = {}
    for role, direction in ((Role.CREDIT, "credit"), (Role.DEBIT, "debit")):
        text = cells.text(role)
        if text is None:
            continue
        amount = written_amount(text)
        if amount is None:
            raise _UnreadableError("amount_unreadable", f"not an amount: {text[:40]!r}")
        if amount.number.strip("0., "):
            written[direction] = amount
    if len(written) != 1:
        raise _UnreadableError("amount_unreadable", "a record needs an amount in one of the columns for credits and debits, not in both")
    direction, amount = next(iter(written.items()))
    expected = -1 if direction == "debit" and profile.debits_negative else 1
    if (amount.sign or 1) != expected and not (direction == "debit" and amount.sign == 0):
        raise _UnreadableError("sign_unexpected", f"a sign that the other {direction}s do not have: {amount.number[:40]!r}")
    return amount, direction


def _currency(cells: _Cells, amount: WrittenAmount, profile: Profile) -> str:
    """Return the record's currency, "" when nothing names one."""
    text = cells.text(Role.CURRENCY)
    if text is None:
        return profile.currency or amount.currency or profile.preamble.currency or ""
    currency = currency_named(text)
    if currency is None:
        raise _UnreadableError("currency_unknown", f"not a currency of ISO 4217: {text[:16]!r}")
    return currency


def _minor(amount: WrittenAmount, profile: Profile, currency: str) -> int:
    """Return the amount in minor units, without its sign."""
    if profile.point == UNKNOWN and amount.mark() != "":
        raise _UnreadableError("amount_unreadable", f"thousands or decimals: {amount.number[:40]!r}")
    try:
        return amount.minor(
            digits=minor_digits(currency) if currency else _HUNDREDTHS, point=profile.point if profile.point in {".", ","} else "."
        )
    except MaterialError as error:
        raise _UnreadableError("amount_unreadable", error.what) from error


def _balance(cells: _Cells, profile: Profile, currency: str) -> int | None:
    text = cells.text(Role.BALANCE)
    amount = written_amount(text or "")
    if amount is None:
        if text is not None:
            raise _UnreadableError("balance_unreadable", f"not a balance: {text[:40]!r}")
        return None
    return _minor(amount, profile, currency) * (amount.sign or 1)


def _parties(cells: _Cells, profile: Profile, direction: str | None) -> dict[str, Cell]:
    """Return both sides: what debtor and creditor columns say, the other side by direction, the statement's own side."""
    own_number = cells.text(Role.OWN_ACCOUNT) or profile.preamble.account
    own: dict[str, Cell] = {"account": account_number(own_number) if own_number else None, "name": profile.preamble.owner}
    named: dict[str, dict[str, str | None]] = {
        "debtor": {"name": cells.text(Role.DEBTOR_NAME), "account": cells.text(Role.DEBTOR_ACCOUNT), "agent": None},
        "creditor": {"name": cells.text(Role.CREDITOR_NAME), "account": cells.text(Role.CREDITOR_ACCOUNT), "agent": None},
    }
    row: dict[str, Cell] = {"account": own["account"]}
    other_side = {"debit": "creditor", "credit": "debtor"}.get(direction or "")
    for side, said in named.items():
        if side == other_side:
            said["name"] = said["name"] or cells.text(Role.NAME)
            said["account"] = said["account"] or cells.text(Role.OTHER_ACCOUNT, Role.ACCOUNT)
            said["agent"] = cells.text(Role.AGENT)
        row[f"{side}.name"] = said["name"] or (own["name"] if other_side and side != other_side else None)
        number = said["account"]
        row[f"{side}.account"] = account_number(number) if number else own["account"] if other_side and side != other_side else None
        row[f"{side}.agent"] = said["agent"]
    return row
