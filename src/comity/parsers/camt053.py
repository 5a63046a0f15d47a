"""Account statements in ISO 20022: camt.053, and the like-shaped camt.052 reports and camt.054 notifications, any version."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from comity.observables import ACCOUNT, PAYMENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source, Structure
from comity.parsers.statements.iso20022 import Damage, Element, EntryPart, Head, parts
from comity.parsers.statements.rows import Cell, RowBuffer, account_number, day_after, midnight
from comity.terms.canonical import canonical
from comity.terms.errors import MaterialError
from comity.terms.money import minor_digits, parse_minor

_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)[\s>]")
_FRAGMENT = re.compile(r"\s*<(?:[\w.-]{1,40}:)?(?:Ntry|Stmt|Rpt|Ntfctn)[\s>]")
_ZONED_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.-]{0,40})[\"']")
_MARKS: Final = ((b"\xff\xfe", "UTF-16LE"), (b"\xfe\xff", "UTF-16BE"), (b"<\x00", "UTF-16LE"), (b"\x00<", "UTF-16BE"))
_STATUS: Final = {"BOOK": "booked", "PDNG": "pending"}
_OTHER_WAY: Final = {"credit": "debit", "debit": "credit"}
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)
_MOST_CONTEXTS: Final = 10_000
_SECOND, _DAY = "second", "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What entries take from the head of their statement; `start` is the first byte it holds for."""

    start: int = 0
    account: str | None = None
    statement: str = ""
    owner: str | None = None
    agent: str | None = None
    currency: str | None = None


class _UnreadableError(Exception):
    """An entry that cannot become a row: a stable code and the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Camt053:
    """Reads ISO 20022 account statements; one row for each booked entry.

    An entry that is a batch gives one row for each transaction instead, when every transaction states its own amount and they add up to
    the entry (a Defect says so when they do not); all these rows carry the entry's trace. The account's own side of a payment is filled
    in from the statement's head. A booking time without a zone counts as its day only, and a Defect says so once for each statement.
    """

    name: str = "camt053"
    version: str = "3"
    media_type: str = "application/xml"
    tables: tuple[Table, ...] = (PAYMENT, ACCOUNT)

    def recognizes(self, head: bytes, *, name: str) -> int:  # noqa: ARG002 - the content decides
        """Return 3 for a camt.052, .053 or .054 document, 2 for a piece cut from one, else 0."""
        encoding = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "utf-8")
        text = head.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
        if not text.startswith("<"):
            return 0
        return 3 if _ROOT.search(text) else 2 if _FRAGMENT.match(text) and "<Amt" in text.replace(":Amt", "<Amt") else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return the encoding when it is not UTF-8, and what the entries of each statement take from its head."""
        encoding = _encoding(source)
        facts = (
            []
            if encoding is None
            else [Inferred(name="encoding", value=encoding, why="the document's first bytes; an entry cut out has none")]
        )
        count = 0
        for part in parts(source.stream, size=source.size, encoding=encoding, heads_only=True):
            if isinstance(part, Head) and count < _MOST_CONTEXTS:
                count += 1
                why = f"the statement's head at bytes {part.offset} to {part.offset + part.length} says it; an entry alone does not"
                facts.append(Inferred(name=f"statement {count}", value=canonical(asdict(_context(part))).decode(), why=why))
        return tuple(facts)

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the payments and accounts; what cannot be read is a Defect."""
        facts = {fact.name: fact.value for fact in inferred}
        reading = _Reading(context=_given_context(facts, source.origin))
        reached = 0
        for part in parts(source.stream, size=source.size, encoding=facts.get("encoding")):
            # Expat went through it: the document's own elements, closing tags and white space
            if part.offset > reached:
                yield Structure(what="XML around entries", offset=reached, length=part.offset - reached)
            reached = part.offset + part.length
            if isinstance(part, Damage):
                reading.seen = True
                yield Defect(code=part.code, reason=part.reason, offset=part.offset, length=part.length)
            elif isinstance(part, Head):
                yield from reading.head(part)
            else:
                yield from reading.entry(part)
            yield from reading.rows.full()
        yield from reading.rows.rest()
        yield Structure(what="XML around entries", offset=reached, length=source.size - reached)
        if not reading.seen:
            yield Defect(code="statement_empty", reason="no statement and no entry in it", offset=0, length=source.size)


PARSER = Camt053()


def _encoding(source: Source) -> str | None:
    """Return the encoding a fragment of the source needs to be told, None for UTF-8 (and for what Expat must refuse itself)."""
    source.stream.seek(0)
    head = source.stream.read(1024)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    declared = _DECLARED.match(head)
    encoding = declared[1].decode("ascii").upper() if declared else "UTF-8"
    return None if encoding in {"UTF-8", "UTF8", "US-ASCII", "ASCII"} or not _is_known(encoding) else encoding


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def _given_context(facts: Mapping[str, str], origin: int) -> _Context:
    """Return the context that holds at `origin` by the inferred facts; an empty one when they do not tell."""
    known = [_Context(**json.loads(value)) for name, value in facts.items() if name.startswith("statement ")]
    if len(known) == 1:
        return known[0]
    before = [context for context in known if context.start <= origin]
    return max(before, key=lambda context: context.start) if before and origin else _Context()


class _Reading:
    """Turns the parts of one source into rows."""

    def __init__(self, context: _Context) -> None:
        self.rows = RowBuffer()
        self.context = context
        self.seen = False  # anything at all, be it damage
        self._zone_missing = False

    def head(self, part: Head) -> Iterator[Defect]:
        """Take the head of a statement: a row of ACCOUNT, and the context of the entries that follow."""
        self.seen, self._zone_missing = True, False
        self.context = _context(part)
        if self.context.account is None:
            yield Defect(code="account_missing", reason="the statement does not name its account", offset=part.offset, length=part.length)
        row: dict[str, Cell] = {
            "account": self.context.account, "statement": self.context.statement, "owner.name": self.context.owner,
            "servicer.bic": self.context.agent, "servicer.name": part.element.value("Acct/Svcr/FinInstnId/Nm"),
            "currency": self.context.currency,
        }  # fmt: skip
        try:
            row |= _balances(part.element, self.context.currency) | _period(part.element)
        except _UnreadableError as refused:
            yield Defect(code=refused.code, reason=refused.reason, offset=part.offset, length=part.length)
        self.rows.add(ACCOUNT, row, offset=part.offset, length=part.length)

    def entry(self, part: EntryPart) -> Iterator[Defect]:
        """Take an entry: one row, or one for each of its transactions."""
        self.seen = True

        def defect(code: str, reason: str) -> Defect:
            return Defect(code=code, reason=reason, offset=part.offset, length=part.length)

        try:
            minor, currency = _amount(part.element, self.context.currency)
        except _UnreadableError as refused:
            yield defect(refused.code, refused.reason)
            return
        shared: dict[str, Cell] = {"account": self.context.account, "statement": self.context.statement, "currency": currency}
        shared["direction"] = {"CRDT": "credit", "DBIT": "debit"}.get(part.element.value("CdtDbtInd") or "")
        if shared["direction"] is None:
            yield defect("direction_unreadable", "the entry says neither CRDT nor DBIT")
        status = part.element.value("Sts/Cd", "Sts/Prtry", "Sts")
        shared["status"] = _STATUS.get(status or "", status)
        shared["reversal"] = part.element.value("RvslInd") in {"true", "1"}
        for column, tag in (("booking_date", "BookgDt"), ("value_date", "ValDt")):
            try:
                shared[column], precision, zone_missing = _date(part.element.first(tag))
            except _UnreadableError as refused:
                yield defect(refused.code, refused.reason)
                continue
            if column == "booking_date":
                shared["booking_date.precision"] = precision
                if zone_missing and not self._zone_missing:
                    self._zone_missing = True
                    yield defect("time_without_zone", "booking times from here on have no zone; only their day is used")
        if shared.get("booking_date") is None and part.element.first("BookgDt") is None:
            yield defect("booking_date_missing", "the entry has no booking date")
        yield from self._rows_of(part, shared | {"amount_minor": minor})

    def _rows_of(self, part: EntryPart, shared: Mapping[str, Cell]) -> Iterator[Defect]:
        """Add the rows of an entry that is read; yield what is wrong with its transactions."""
        minor, currency = int(str(shared["amount_minor"])), str(shared["currency"])
        details = part.element.all("NtryDtls/TxDtls")
        amounts = [_transaction_amount(detail, part.element, currency) for detail in details]
        if (doubt := _doubt(details, amounts, minor, currency)) is not None:
            yield Defect(code="details_unequal", reason=doubt, offset=part.offset, length=part.length)
        for row in _transactions(part.element, details, amounts, shared, self.context):
            self.rows.add(PAYMENT, row, offset=part.offset, length=part.length)


def _context(part: Head) -> _Context:
    """Return what the head of a statement says that its entries need."""
    number = part.element.value("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN")
    balance = part.element.first("Bal/Amt")
    return _Context(
        start=part.offset,
        account=None if number is None else account_number(number),
        statement=part.element.value("Id") or "",
        owner=part.element.value("Acct/Ownr/Nm", "Acct/Ownr/Pty/Nm", "Acct/Nm"),
        agent=part.element.value("Acct/Svcr/FinInstnId/BICFI", "Acct/Svcr/FinInstnId/BIC", "Acct/Svcr/FinInstnId/ClrSysMmbId/MmbId"),
        currency=part.element.value("Acct/Ccy") or (balance.attributes.get("Ccy") if balance is not None else None),
    )


def _amount(element: Element, currency: str | None, *paths: str) -> tuple[int, str]:
    """Return the amount at the first of `paths` in minor units, and its currency."""
    amount = element.first(*(paths or ("Amt",)))
    if amount is None:
        raise _UnreadableError("amount_missing", "the entry has no amount")
    code = amount.attributes.get("Ccy") or currency
    if code is None:
        raise _UnreadableError("currency_unknown", "neither the amount nor the account names a currency")
    try:
        minor = parse_minor(amount.text, digits=minor_digits(code))
    except MaterialError as error:
        raise _UnreadableError("amount_unreadable", error.what) from error
    if minor < 0:
        raise _UnreadableError("amount_unreadable", f"a negative amount, which the format does not have: {amount.text.strip()[:40]!r}")
    return minor, code


def _date(element: Element | None) -> tuple[datetime | None, str, bool]:
    """Return the instant in a date choice, its precision, and whether a time was written without a zone."""
    text = None if element is None else element.value("DtTm", "Dt")
    if text is None:
        return None, _DAY, False
    day = _ZONED_DAY.fullmatch(text)
    try:
        # a date with a zone (2026-08-31+02:00) stays the day that was written
        written = datetime.fromisoformat(day[1] if day else text[:40])
        if "T" in text and written.tzinfo is not None:
            return written.astimezone(UTC), _SECOND, False
    except (ValueError, OverflowError) as error:
        raise _UnreadableError("date_unreadable", f"not a date: {text[:40]!r}") from error
    return midnight(written), _DAY, "T" in text


def _balances(head: Element, currency: str | None) -> dict[str, Cell]:
    """Return the opening balance (the first written) and the closing one (the last), negative when overdrawn."""
    found: dict[str, Cell] = {}
    for balance in head.all("Bal"):
        kind = balance.value("Tp/CdOrPrtry/Cd", "Tp/Cd") or ""
        column = "opening_minor" if kind in _OPENING else "closing_minor" if kind in _CLOSING else None
        if column is None or (column == "opening_minor" and column in found):
            continue
        minor, code = _amount(balance, currency)
        if code != currency:
            raise _UnreadableError("currency_unexpected", f"a balance in {code} of an account in {currency}")
        found[column] = -minor if balance.value("CdtDbtInd") == "DBIT" else minor
    return found


def _period(head: Element) -> dict[str, Cell]:
    """Return the time a statement covers; the end is exclusive."""
    covered: dict[str, Cell] = {}
    for column, time_tag, day_tag in (("from", "FrDtTm", "FrDt"), ("until", "ToDtTm", "ToDt")):
        choice = Element("choice", {})
        for tag, name in ((time_tag, "DtTm"), (day_tag, "Dt")):
            if (text := head.value(f"FrToDt/{tag}")) is not None:
                written = Element(name, {})
                written.pieces.append(text)
                choice.children.append(written)
        at, precision, _ = _date(choice)
        if at is not None:
            covered[column] = day_after(at) if column == "until" and precision == _DAY else at
    return covered


def _transactions(
    entry: Element, details: Sequence[Element], amounts: Sequence[int | None], shared: Mapping[str, Cell], context: _Context
) -> Iterator[Mapping[str, Cell]]:
    """Yield one row for the entry, or one for each of its transactions when their amounts add up to it."""
    known = [amount for amount in amounts if amount is not None]
    if len(details) > 1 and len(known) == len(details) and sum(known) == shared["amount_minor"]:
        for detail, part in zip(details, known, strict=True):
            own = {**shared, "amount_minor": abs(part)}
            if part < 0:
                own["direction"] = _OTHER_WAY.get(str(shared["direction"]))
            yield {**own, **_described(entry, (detail,), own, context)}
    else:
        yield {**shared, **_described(entry, details, shared, context)}


def _transaction_amount(detail: Element, entry: Element, currency: str) -> int | None:
    """Return the amount one transaction states in the entry's currency, negative when it goes the other way; None when it states none."""
    try:
        minor, code = _amount(detail, None, "Amt", "AmtDtls/TxAmt/Amt")
    except _UnreadableError:
        return None
    if code != currency:
        return None
    return minor if detail.value("CdtDbtInd") in {None, entry.value("CdtDbtInd")} else -minor


def _doubt(details: Sequence[Element], amounts: Sequence[int | None], minor: int, currency: str) -> str | None:
    """Return in what the transactions of an entry do not make up its amount, None when they do or none states one."""
    known = [amount for amount in amounts if amount is not None]
    if not known:
        return None
    if len(known) < len(details):
        return f"{len(known)} of the entry's {len(details)} transactions state an amount in {currency}; the entry is one row"
    if sum(known) != minor:
        charged = " (charges are stated beside them)" if any(detail.first("Chrgs") for detail in details) else ""
        stated = f"its {len(known)} transactions make up {sum(known)}" if len(known) > 1 else f"its transaction is of {known[0]}"
        return f"the entry is of {minor} and {stated}, in minor units of {currency}{charged}; the entry is one row with its own amount"
    return None


def _described(entry: Element, details: Sequence[Element], shared: Mapping[str, Cell], context: _Context) -> dict[str, Cell]:
    """Return who, whereto and why; of several transactions only what they agree on, and all their remittance information."""

    def agreed(*paths: str) -> str | None:
        values = {detail.value(*paths) for detail in details}
        return values.pop() if len(values) == 1 else None

    row: dict[str, Cell] = {}
    for party, tag in (("debtor", "Dbtr"), ("creditor", "Cdtr")):
        row[f"{party}.name"] = agreed(f"RltdPties/{tag}/Nm", f"RltdPties/{tag}/Pty/Nm", f"RltdPties/{tag}/Agt/FinInstnId/Nm")
        number = agreed(f"RltdPties/{tag}Acct/Id/IBAN", f"RltdPties/{tag}Acct/Id/Othr/Id", f"RltdPties/{tag}Acct/Id/PrtryAcct/Id")
        row[f"{party}.account"] = None if number is None else account_number(number)
        bank = f"RltdAgts/{tag}Agt/FinInstnId"
        row[f"{party}.agent"] = agreed(f"{bank}/BICFI", f"{bank}/BIC", f"{bank}/ClrSysMmbId/MmbId", f"{bank}/Othr/Id")
    own = {"debit": "debtor", "credit": "creditor"}.get(str(shared["direction"]))
    if own is not None:
        for column, value in (("name", context.owner), ("account", context.account), ("agent", context.agent)):
            row[f"{own}.{column}"] = row[f"{own}.{column}"] or value
    end_to_end = agreed("Refs/EndToEndId")
    row["end_to_end"] = None if end_to_end == "NOTPROVIDED" else end_to_end
    row["reference"] = entry.value("AcctSvcrRef") or agreed("Refs/AcctSvcrRef") or row["end_to_end"] or entry.value("NtryRef")
    row["remittance"] = _remittance(entry, details)
    return row


def _remittance(entry: Element, details: Sequence[Element]) -> str | None:
    """Return what the payer wrote; failing that the creditor's reference; failing that what the bank added."""
    for path in ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef", "AddtlTxInf"):
        texts = [text for detail in details for element in detail.all(path) if (text := element.text.strip())]
        if texts:
            return " ".join(dict.fromkeys(texts))
    return entry.value("AddtlNtryInf")
