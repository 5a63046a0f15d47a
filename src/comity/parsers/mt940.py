"""Account statements as SWIFT messages: MT940, and the like-shaped MT942 interim reports."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from comity.observables import ACCOUNT, PAYMENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source, Structure
from comity.parsers.statements.rows import Cell, RowBuffer, account_number, day_after
from comity.parsers.statements.swift_fields import Balance, Field, Information, balance, fields, information, statement_line
from comity.terms.canonical import canonical
from comity.terms.errors import MaterialError
from comity.terms.iban import normalize_iban
from comity.terms.money import minor_digits, parse_minor

_FIRST = re.compile(rb"(?:^|[\r\n])\s*(?:\{4:\s*)?:20:[^\r\n]{0,80}[\r\n]")
_OTHERS = re.compile(rb"[\r\n]:(?:25P?|28C?|60[FM]|61|34F|13D?):")
_ENTRY = re.compile(rb"\s*:61:[0-9]{6}(?:[0-9]{4})?\s*(?:RC|RD|EC|ED|C|D)")
_MOST_CONTEXTS = 10_000
_OPENING, _CLOSING, _LIMIT = ("60F", "60M"), ("62F", "62M"), "34F"
_HEAD = ("21", "13", "13D", "25", "25P", "28", "28C", *_OPENING, _LIMIT)
_AFTER = (*_CLOSING, "64", "65", "86", "90C", "90D", "NS")
_LIMIT_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What entries take from the head of their statement; `start` is the first byte it holds for."""

    start: int = 0
    account: str | None = None
    statement: str = ""
    currency: str | None = None


@dataclass(slots=True)
class _Statement:
    """A statement being read; it ends where the next begins."""

    start: int
    end: int
    said: dict[str, str] = field(default_factory=dict)
    opening: Balance | None = None
    closing: Balance | None = None

    def context(self) -> _Context:
        number = self.said.get("25P", self.said.get("25", "")).split("\n")[0].strip()
        limit = _LIMIT_CURRENCY.match(self.said.get(_LIMIT, ""))
        currency = self.opening.currency if self.opening else limit[0] if limit else None
        statement = (self.said.get("28C") or self.said.get("28") or self.said.get("20") or "").strip()
        return _Context(start=self.start, account=_account(number), statement=statement, currency=currency)


@dataclass(frozen=True, slots=True)
class Mt940:
    """Reads MT940 and MT942; one row for each field :61: with the :86: that follows it, one account for each statement.

    The account's row spans its statement. A field that is not as SWIFT has it is a Defect and nothing of it is guessed.
    """

    name: str = "mt940"
    version: str = "1"
    media_type: str = "application/x-mt940"
    tables: tuple[Table, ...] = (PAYMENT, ACCOUNT)

    def recognizes(self, head: bytes, *, name: str) -> int:  # noqa: ARG002 - the content decides
        """Return 3 for a message with the fields a statement begins with, 2 for a piece that begins with an entry, else 0."""
        if _FIRST.search(head) and _OTHERS.search(head):
            return 3
        return 2 if _ENTRY.match(head) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return the encoding when it is not UTF-8, and what the entries of each statement take from its head."""
        encoding = _encoding(source)
        facts = [Inferred(name="encoding", value=encoding, why="not all of it is UTF-8")] if encoding != "utf-8" else []
        for count, context in enumerate(_contexts(source, encoding), start=1):
            if count > _MOST_CONTEXTS:
                break
            why = f"the fields before the entries say it, from byte {context.start}; an entry alone does not"
            facts.append(Inferred(name=f"statement {count}", value=canonical(asdict(context)).decode(), why=why))
        return tuple(facts)

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the payments and accounts; what cannot be read is a Defect."""
        facts = {fact.name: fact.value for fact in inferred}
        reading = _Reading(_given_context(facts, source.origin))
        for one in fields(source.stream, encoding=facts.get("encoding", "utf-8")):
            yield from reading.take(one)
            yield from reading.rows.full()
        yield from reading.end()
        yield from reading.rows.rest()


PARSER = Mt940()


def _encoding(source: Source) -> str:
    source.stream.seek(0)
    for line in iter(lambda: source.stream.readline(65_536), b""):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _contexts(source: Source, encoding: str) -> Iterator[_Context]:
    """Yield what holds for the entries from each statement on, as far as their heads say."""
    statement: _Statement | None = None
    closed = False
    for one in fields(source.stream, encoding=encoding):
        if one.tag == "20":
            if statement and not closed:
                yield statement.context()
            statement, closed = _Statement(one.offset, one.offset), False
        elif one.tag == "" and one.text.strip() and statement and not closed:
            yield statement.context()
            closed = True
        elif one.tag == "61" and closed and statement:
            yield _stray(statement, one)
        if statement and not closed and one.tag in {"20", *_HEAD}:
            _note(statement, one)
    if statement and not closed:
        yield statement.context()


def _stray(statement: _Statement, one: Field) -> _Context:
    """Return what holds for an entry behind the end of a statement: its account, but not its sums."""
    return replace(statement.context(), start=one.offset, statement="")


def _note(statement: _Statement, one: Field) -> None:
    """Keep what a field of the head says; the first of each kind counts. ValueError for a balance that is none."""
    tag = one.tag or ""
    if tag in _OPENING and statement.opening is None:
        try:
            statement.opening = balance(one.text)
        except ValueError:
            return
    statement.said.setdefault(tag, one.text.strip())


def _given_context(facts: Mapping[str, str], origin: int) -> _Context:
    """Return the context that holds at `origin` by the inferred facts; an empty one when they do not tell."""
    known = [_Context(**json.loads(value)) for name, value in facts.items() if name.startswith("statement ")]
    before = [context for context in known if context.start <= origin]
    if len(known) == 1:
        return known[0]
    return max(before, key=lambda context: context.start) if before and origin else _Context()


class _Reading:
    """Turns the fields of one source into rows."""

    def __init__(self, context: _Context) -> None:
        self.rows = RowBuffer()
        self._context = context
        self._statement: _Statement | None = None
        self._entry: Field | None = None
        self._closed = False

    def take(self, one: Field) -> Iterator[Item]:
        """Take the next field in order."""
        if one.tag == "86" and self._entry is not None:
            yield from self._pay(one)
            self._reach(one)
            return
        yield from self._pay(None)
        if one.tag == "":
            self._closed = self._closed or bool(one.text.strip())
            yield Structure(what="message frame", offset=one.offset, length=one.length)
            return
        if one.tag == "20":
            yield from self._finish()
            self._statement, self._closed = _Statement(one.offset, one.offset), False
        yield from self._kept(one)

    def end(self) -> Iterator[Item]:
        """Take the end of the source."""
        yield from self._pay(None)
        yield from self._finish()

    def _kept(self, one: Field) -> Iterator[Item]:
        statement = self._statement
        if one.tag == "61":
            if statement is not None:
                self._context = statement.context()
                if self._closed:
                    self._context = _stray(statement, one)
                    reason = "an entry behind the end of its message; the account of the statement before it is taken for its own"
                    yield Defect(code="field_unexpected", reason=reason, offset=one.offset, length=one.length)
            self._entry = one
        elif one.tag is None or one.tag not in {"20", *_HEAD, *_AFTER}:
            said = f"field :{one.tag}:" if one.tag else "text"
            yield Defect(code="field_unknown", reason=f"{said}, which a statement does not have here", offset=one.offset, length=one.length)
        elif statement is None:
            yield Defect(code="field_unexpected", reason=f"field :{one.tag}: before any :20:", offset=one.offset, length=one.length)
        elif one.tag in _CLOSING:
            try:
                statement.closing = balance(one.text)
            except ValueError as error:
                yield Defect(code="balance_unreadable", reason=f"field :{one.tag}: {error}", offset=one.offset, length=one.length)
        elif one.tag in {"20", *_HEAD}:
            _note(statement, one)
            if one.tag in _OPENING and statement.opening is None:
                reason = f"field :{one.tag}: no mark, date, currency and amount"
                yield Defect(code="balance_unreadable", reason=reason, offset=one.offset, length=one.length)
        self._reach(one)

    def _reach(self, one: Field) -> None:
        if self._statement is not None and not self._closed:
            self._statement.end = one.offset + one.length

    def _finish(self) -> Iterator[Item]:
        """Hand over the account of the statement that ends here."""
        statement, self._statement = self._statement, None
        if statement is None:
            return
        length = statement.end - statement.start
        context = statement.context()
        row: dict[str, Cell] = {"account": context.account, "statement": context.statement, "currency": context.currency}
        if context.account is None:
            yield Defect(code="account_missing", reason="the statement does not name its account", offset=statement.start, length=length)
        try:
            for column, amount in (("opening_minor", statement.opening), ("closing_minor", statement.closing)):
                if amount is not None:
                    minor = _minor(amount.amount, amount.currency)
                    row[column] = -minor if amount.negative else minor
        except MaterialError as error:
            yield Defect(code="balance_unreadable", reason=error.what, offset=statement.start, length=length)
        if statement.opening is not None:
            row["from"] = statement.opening.day
        if statement.closing is not None:
            row["until"] = day_after(statement.closing.day)
        self.rows.add(ACCOUNT, row, offset=statement.start, length=length)

    def _pay(self, more: Field | None) -> Iterator[Item]:
        """Hand over the entry that waits, with the field :86: that follows it."""
        entry, self._entry = self._entry, None
        if entry is None:
            return
        length = entry.length + (more.length if more else 0)
        try:
            row = _payment(entry.text, information(more.text) if more else Information(), self._context)
        except (ValueError, MaterialError) as error:
            reason = error.what if isinstance(error, MaterialError) else str(error)
            yield Defect(code="entry_unreadable", reason=f"field :61: {reason}", offset=entry.offset, length=length)
            return
        self.rows.add(PAYMENT, row, offset=entry.offset, length=length)


def _payment(text: str, said: Information, context: _Context) -> dict[str, Cell]:
    line = statement_line(text)
    if context.currency is None:
        raise ValueError("no balance before it names the currency, so the amount has no unit")
    other, own = ("debtor", "creditor") if line.credit else ("creditor", "debtor")
    number, name = said.account, said.name
    if number is None:
        number, name = _leading(line.supplement or said.remittance or "", name)
    end_to_end = said.end_to_end
    reference = line.bank_reference or (line.reference if line.reference not in {"", "NONREF"} else "") or end_to_end
    return {
        "account": context.account,
        "statement": context.statement,
        "direction": "credit" if line.credit else "debit",
        "amount_minor": _minor(line.amount, context.currency),
        "currency": context.currency,
        "booking_date": line.booking_date or line.value_date,
        "booking_date.precision": "day",
        "value_date": line.value_date,
        f"{other}.name": name,
        f"{other}.account": None if number is None else account_number(number),
        f"{other}.agent": said.bank,
        f"{own}.account": context.account,
        "reference": reference or None,
        "end_to_end": end_to_end,
        "remittance": said.remittance or line.supplement or None,
        "reversal": line.reversal,
        "status": "pending" if line.expected else "booked",
    }


def _leading(text: str, name: str | None) -> tuple[str | None, str | None]:
    """Return the account a free text begins with when it is a valid IBAN, and the rest of that line as the name."""
    first, _, rest = text.split("\n", maxsplit=1)[0].partition(" ")
    try:
        return normalize_iban(first), name or rest.strip() or None
    except MaterialError:
        return None, name


def _minor(amount: str, currency: str) -> int:
    """Return an amount as SWIFT writes it (a comma, perhaps without digits behind it) in minor units."""
    return parse_minor(amount.replace(".", ",").rstrip(",").replace(",", ".", 1) or "0", digits=minor_digits(currency))


def _account(number: str) -> str | None:
    """Return the account of field :25:, an IBAN without what banks write around it, else as written."""
    bare = number.removesuffix(number[-3:]) if number[-3:].isalpha() and number[:-3].isalnum() and any(map(str.isdigit, number)) else number
    for candidate in (number, bare, *number.split("/")):
        try:
            return normalize_iban(candidate)
        except MaterialError:
            continue
    return number or None
