"""Account statements in Open Financial Exchange: .ofx and .qfx, versions 1 (SGML) and 2 (XML)."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from comity.observables import ACCOUNT, PAYMENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source, Structure
from comity.parsers.statements.ofx_elements import Element, elements, written_instant
from comity.parsers.statements.rows import Cell, RowBuffer, account_number, day_after, midnight
from comity.terms.canonical import canonical
from comity.terms.errors import MaterialError
from comity.terms.money import minor_digits, parse_minor

_ROOT = re.compile(rb"<OFX[\s>]", re.IGNORECASE)
_PIECE = re.compile(rb"\s*<(?:STMTTRN|STMTRS|CCSTMTRS)>", re.IGNORECASE)
_CHARSET = re.compile(rb"(?:CHARSET|ENCODING)\s*[:=]\s*[\"']?([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
_STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_TRANSACTION = "STMTTRN"
_PARTS = (
    "BANKACCTFROM",
    "CCACCTFROM",
    "INVACCTFROM",
    "BANKACCTTO",
    "CCACCTTO",
    "PAYEE",
    "CURRENCY",
    "ORIGCURRENCY",
    "LEDGERBAL",
    "AVAILBAL",
)
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM")
_MOST_CONTEXTS = 10_000
_MOST_VALUES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What transactions take from their statement; `start` is the first byte it holds for."""

    start: int = 0
    account: str | None = None
    agent: str | None = None
    currency: str | None = None


@dataclass(slots=True)
class _Part:
    """A statement or a transaction: where it lies, and its values by tag ("BANKACCTTO/ACCTID" inside a part), the first of each."""

    start: int
    end: int
    values: dict[str, str] = field(default_factory=dict)

    def context(self) -> _Context:
        """Return what a statement says that its transactions need."""
        number = next((self.values[f"{tag}/ACCTID"] for tag in _ACCOUNTS if f"{tag}/ACCTID" in self.values), None)
        return _Context(
            start=self.start,
            account=None if number is None else account_number(number),
            agent=self.values.get("BANKACCTFROM/BANKID"),
            currency=self.values.get("CURDEF"),
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A part that has ended: a statement's head (when its first transaction begins), a transaction, or a whole statement."""

    kind: str
    part: _Part


@dataclass(frozen=True, slots=True)
class Ofx:
    """Reads OFX bank and credit card statements; one row for each STMTTRN, one account for each statement.

    The account's row spans its statement. Investment transactions are not read.
    """

    name: str = "ofx"
    version: str = "1"
    media_type: str = "application/x-ofx"
    tables: tuple[Table, ...] = (PAYMENT, ACCOUNT)

    def recognizes(self, head: bytes, *, name: str) -> int:  # noqa: ARG002 - the content decides
        """Return 3 for an OFX document, 2 for one without its header or a piece cut from one, else 0."""
        if _ROOT.search(head):
            return 3 if b"OFXHEADER" in head.upper() else 2
        return 2 if _PIECE.match(head) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return the encoding when it is not UTF-8, and what the transactions of each statement take from it."""
        encoding = _encoding(source)
        facts = [] if encoding == "utf-8" else [Inferred(name="encoding", value=encoding, why="the file's header says so")]
        heads = (seen.part for seen in _parts(source, encoding) if seen.kind == "head")
        for count, part in zip(range(1, _MOST_CONTEXTS + 1), heads, strict=False):
            why = f"the statement at byte {part.start} says it; a transaction alone does not"
            facts.append(Inferred(name=f"statement {count}", value=canonical(asdict(part.context())).decode(), why=why))
        return tuple(facts)

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the payments and accounts; what cannot be read is a Defect."""
        facts = {fact.name: fact.value for fact in inferred}
        context = _given_context(facts, source.origin)
        rows = RowBuffer()
        reached = 0
        for seen in _parts(source, facts.get("encoding", "utf-8")):
            part, length = seen.part, seen.part.end - seen.part.start
            reached = max(reached, part.end)
            try:
                if seen.kind == "head":
                    context = part.context()
                elif seen.kind == _TRANSACTION:
                    rows.add(PAYMENT, _payment(part.values, context), offset=part.start, length=length)
                elif seen.kind == "statement":
                    rows.add(ACCOUNT, _account(part), offset=part.start, length=length)
            except (ValueError, MaterialError) as error:
                reason = error.what if isinstance(error, MaterialError) else str(error)
                yield Defect(code="entry_unreadable", reason=reason, offset=part.start, length=length)
            yield from rows.full()
        yield from rows.rest()
        yield Structure(what="OFX header and elements", offset=0, length=reached)


PARSER = Ofx()


def _encoding(source: Source) -> str:
    """Return the encoding the header names, UTF-8 where it names none that is known."""
    source.stream.seek(0)
    head = source.stream.read(4096)
    named = [match.decode("ascii").upper() for match in _CHARSET.findall(head[: head.find(b"<OFX") if b"<OFX" in head else None])]
    for name in named:
        if name.isdecimal():
            return f"cp{name}"[:6] if name in {"1250", "1251", "1252", "1253", "1254", "1255", "1256", "1257", "1258"} else "cp1252"
        if name in {"UTF-8", "UTF8", "UNICODE", "USASCII", "ASCII", "NONE", "CSUNICODE"}:
            continue
        try:
            return codecs.lookup(name).name
        except LookupError:
            continue
    return "utf-8"


def _parts(source: Source, encoding: str) -> Iterator[_Seen]:
    """Yield the heads, transactions and statements of `source`, and last how far elements reach ("end")."""
    walk = _Walk()
    for one in elements(source.stream, encoding=encoding):
        yield from walk.take(one)
        walk.last = one.end
    yield from walk.end_transaction(walk.last)
    yield from walk.end_statement(walk.last)
    yield _Seen("end", _Part(walk.last, walk.last))


@dataclass(slots=True)
class _Walk:
    """What is open while the elements go by. A part ends at its end tag, or where the next begins when that is missing."""

    statement: _Part | None = None
    transaction: _Part | None = None
    inside: str = ""
    headed: bool = True  # whether the statement's head was handed over
    last: int = 0

    def take(self, one: Element) -> Iterator[_Seen]:
        if one.tag in {_TRANSACTION, "BANKTRANLIST", *_STATEMENTS}:
            yield from self.end_transaction(one.end if one.closes and one.tag == _TRANSACTION else one.offset)
        if one.tag in _STATEMENTS:
            yield from self.end_statement(one.end if one.closes else one.offset)
            self.statement = None if one.closes else _Part(one.offset, one.end)
            self.headed = one.closes
        elif one.tag == _TRANSACTION and not one.closes:
            yield from self._head()
            self.transaction = _Part(one.offset, one.end)
        elif one.tag in _PARTS:
            self.inside = "" if one.closes else one.tag
        elif not one.closes:
            _note(self.transaction or self.statement, one, self.inside)

    def end_transaction(self, end: int) -> Iterator[_Seen]:
        part, self.transaction, self.inside = self.transaction, None, ""
        if part is not None:
            part.end = end
            yield _Seen(_TRANSACTION, part)

    def end_statement(self, end: int) -> Iterator[_Seen]:
        yield from self._head()
        part, self.statement = self.statement, None
        if part is not None:
            part.end = end
            yield _Seen("statement", part)

    def _head(self) -> Iterator[_Seen]:
        if self.statement is not None and not self.headed:
            yield _Seen("head", self.statement)
        self.headed = True


def _note(part: _Part | None, one: Element, inside: str) -> None:
    if part is not None and one.text and len(part.values) < _MOST_VALUES:
        part.values.setdefault(f"{inside}/{one.tag}" if inside else one.tag, one.text)


def _given_context(facts: Mapping[str, str], origin: int) -> _Context:
    """Return the context that holds at `origin` by the inferred facts; an empty one when they do not tell."""
    known = [_Context(**json.loads(value)) for name, value in facts.items() if name.startswith("statement ")]
    before = [context for context in known if context.start <= origin]
    if len(known) == 1:
        return known[0]
    return max(before, key=lambda context: context.start) if before and origin else _Context()


def _payment(said: Mapping[str, str], context: _Context) -> dict[str, Cell]:
    currency = said.get("CURRENCY/CURSYM") or context.currency
    if "TRNAMT" not in said:
        raise ValueError("the transaction has no amount")
    if currency is None:
        raise ValueError("the statement names no currency, so the amount has no unit")
    minor = _minor(said["TRNAMT"], currency)
    booked, precision = written_instant(said["DTPOSTED"]) if "DTPOSTED" in said else (None, "day")
    value = written_instant(said["DTAVAIL"])[0] if "DTAVAIL" in said else None
    other, own = ("debtor", "creditor") if minor >= 0 else ("creditor", "debtor")
    number = said.get("BANKACCTTO/ACCTID") or said.get("CCACCTTO/ACCTID")
    notes = [said[tag] for tag in ("MEMO", "CHECKNUM") if tag in said]
    return {
        "account": context.account,
        "statement": "",
        "direction": "credit" if minor >= 0 else "debit",
        "amount_minor": abs(minor),
        "currency": currency,
        "booking_date": booked,
        "booking_date.precision": precision,
        "value_date": value,
        f"{other}.name": said.get("NAME") or said.get("PAYEE/NAME"),
        f"{other}.account": None if number is None else account_number(number),
        f"{other}.agent": said.get("BANKACCTTO/BANKID"),
        f"{own}.account": context.account,
        f"{own}.agent": context.agent,
        "reference": said.get("FITID") or said.get("REFNUM"),
        "end_to_end": None,
        "remittance": " ".join(notes) or None,
        "reversal": said.get("CORRECTACTION") == "DELETE",
        "status": "booked",
    }


def _account(part: _Part) -> dict[str, Cell]:
    context = part.context()
    row: dict[str, Cell] = {"account": context.account, "statement": "", "currency": context.currency}
    if "LEDGERBAL/BALAMT" in part.values and context.currency is not None:
        row["closing_minor"] = _minor(part.values["LEDGERBAL/BALAMT"], context.currency)
    for column, tag in (("from", "DTSTART"), ("until", "DTEND")):
        if tag in part.values:
            at, precision = written_instant(part.values[tag])
            row[column] = day_after(at) if column == "until" and precision == "day" else midnight(at) if precision == "day" else at
    return row


def _minor(amount: str, currency: str) -> int:
    """Return an amount with a point or a comma before its decimals in minor units; OFX writes no marks between thousands."""
    return parse_minor(amount.replace(",", ".", 1) if "." not in amount else amount, digits=minor_digits(currency))
