"""SWIFT statement messages (MT940, MT942) as tagged fields with their places, and what fields :61: and :86: say.

Source: SWIFT User Handbook, category 9 (field formats as banks publish them); DFÜ-Abkommen, Anlage 3, chapter 8 (the structured
field :86: of German banks); the Dutch banks' published descriptions of /KEY/ codes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

_TAG = re.compile(rb":([0-9]{2}[A-Z]?):")
_LONGEST_LINE: Final = 65_536
_LONGEST_FIELD: Final = 65_536
_FRAME = re.compile(rb"\s*(?:-|-?\}.*|\{[1-5]:.*)\s*", re.DOTALL)
_BLANK: Final = b" \t\r\n\x01\x03"  # with the start and end marks of a transmission
_ENTRY = re.compile(
    r"(?P<day>[0-9]{6})(?P<entry>[0-9]{4})?\s*(?P<mark>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])?\s*(?P<amount>[0-9]+[.,]?[0-9]*|,[0-9]+)"
    r"\s*(?:(?P<kind>[NSF][A-Z0-9]{3})|(?=\s|$))(?P<reference>[^\n]*)(?:\n(?P<more>.*))?",
    re.DOTALL,
)
_BALANCE = re.compile(r"(?P<mark>C|D)(?P<day>[0-9]{6})(?P<currency>[A-Z]{3})(?P<amount>[0-9]+[.,]?[0-9]*|,[0-9]+)\s*")
_SUBFIELD_SIGNS: Final = "?<>^@~+|#!$%&*"
_NAMED_PART = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT|PURP)\+")
_SLASHED: Final = (
    "TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|ORDP|BENM|CNTP|PURP|USTD|STRD|KREF|PREF|RTRN|ISDT|ULTC|ULTD|UCRD|UDTR|SVCL|FX|EXCH|CHGS|OCMT|ADDR|"
    "ID|RREF|ACCW"
)
_SLASH = re.compile(rf"/({_SLASHED})/")
_CENTURY_TURNS: Final = 80
_HALF_YEAR: Final = 183


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: its tag ("61"), its text after the tag, and its bytes in the file; `tag` is "" for a frame line.

    `tag` is None for lines that belong to no field.
    """

    tag: str | None
    text: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """What a field :61: says. `credit` is from the account's side after a reversal mark is taken into account."""

    value_date: datetime
    booking_date: datetime | None
    credit: bool
    reversal: bool
    expected: bool
    amount: str
    kind: str
    reference: str
    bank_reference: str
    supplement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a field :60F: or :62F: says: digits as written, negative when debit."""

    day: datetime
    currency: str
    amount: str
    negative: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """What a field :86: says of the other party and the purpose; None where it says nothing."""

    name: str | None = None
    account: str | None = None
    bank: str | None = None
    end_to_end: str | None = None
    remittance: str | None = None


def fields(stream: BinaryIO, *, encoding: str) -> Iterator[Field]:
    """Yield the fields of `stream` from its start, frame lines and stray lines, so that every byte is in one of them.

    A field goes on over the lines that begin with no tag and are no frame; its lines are joined by line feeds. A field over 64 KiB
    ends there, and what follows is stray.
    """
    stream.seek(0)
    held: list[bytes] = []
    tag: str | None = None
    begin = place = 0
    size = 0

    def taken() -> Field:
        data = b"".join(held)
        text = data.decode(encoding, errors="backslashreplace").replace("\r\n", "\n").replace("\r", "\n")
        return Field(tag, text[len(tag) + 2 :] if tag else text, begin, len(data))

    while line := stream.readline(_LONGEST_LINE):
        match = _TAG.match(line)
        frame = match is None and _is_frame(line, inside=bool(tag))
        continues = match is None and not frame and tag and size + len(line) <= _LONGEST_FIELD
        same = held and not match and ((frame and tag == "") or (not frame and tag is None)) and size <= _LONGEST_FIELD
        if not (continues or same):
            if held:
                yield taken()
            held, begin, size = [], place, 0
            tag = match[1].decode() if match else "" if frame else None
        held.append(line)
        size += len(line)
        place += len(line)
    if held:
        yield taken()


def _is_frame(line: bytes, *, inside: bool) -> bool:
    """Return whether `line` frames messages; a blank line inside a field belongs to the field."""
    if not line.strip(_BLANK):
        return not inside or bool(line.strip())
    return _FRAME.fullmatch(line) is not None


def statement_line(text: str) -> StatementLine:
    """Return what a field :61: of `text` says; ValueError says what of it cannot be read."""
    match = _ENTRY.match(text)
    if match is None:
        raise ValueError("it does not begin with dates, a mark C or D and an amount")
    value_date = _day(match["day"])
    mark = match["mark"]
    reference, _, bank = match["reference"].partition("//")
    return StatementLine(
        value_date=value_date,
        booking_date=_near(match["entry"], value_date),
        credit=mark in {"C", "EC", "RD"},
        reversal=mark in {"RC", "RD"},
        expected=mark in {"EC", "ED"},
        amount=match["amount"],
        kind=match["kind"] or "",
        reference=reference.strip(),
        bank_reference=bank.strip(),
        supplement=(match["more"] or "").strip(),
    )


def balance(text: str) -> Balance:
    """Return the balance in `text`; ValueError when it is none."""
    match = _BALANCE.match(text)
    if match is None:
        raise ValueError("no mark, date, currency and amount")
    return Balance(day=_day(match["day"]), currency=match["currency"], amount=match["amount"], negative=match["mark"] == "D")


def information(text: str) -> Information:
    """Return what a field :86: of `text` says, by the form it is written in; a form not known gives its text as remittance."""
    joined = text.replace("\n", "")
    if len(joined) > 4 and joined[:3].isdigit() and joined[3] in _SUBFIELD_SIGNS and joined[4:6].isdigit():  # noqa: PLR2004 - 166?00
        return _subfields(joined)
    if _SLASH.search(joined):
        return _slashed(joined)
    words = " ".join(text.split())
    return Information(remittance=words or None)


def _subfields(text: str) -> Information:
    """Return what subfields such as ?20 say: 20 to 29 and 60 to 63 the purpose, 30 the bank, 31 the account, 32 and 33 the name."""
    found: dict[str, str] = {}
    for part in text[4:].split(text[3]):
        key = part[:2]
        if key.isdigit():
            found[key] = found.get(key, "") + part[2:]
        elif found:  # the sign stood in the text itself
            found[list(found)[-1]] += text[3] + part
    purpose = "".join(found.get(f"{key:02d}", "") for key in (*range(20, 30), *range(60, 64)))
    parts = _by_key(_NAMED_PART, purpose)
    remittance = parts.get("SVWZ") or (parts.get("") if not parts.keys() - {""} else None) or purpose
    return Information(
        name=(found.get("32", "") + found.get("33", "")).strip() or None,
        account=found.get("31", "").strip() or parts.get("IBAN") or None,
        bank=found.get("30", "").strip() or parts.get("BIC") or None,
        end_to_end=_given(parts.get("EREF")),
        remittance=(remittance or found.get("00", "")).strip() or None,
    )


def _slashed(text: str) -> Information:
    """Return what codes such as /IBAN/ and /REMI/ say. /CNTP/ holds account, bank, name and town."""
    parts = _by_key(_SLASH, text)
    account, bank, name = parts.get("IBAN"), parts.get("BIC"), parts.get("NAME")
    if "CNTP" in parts:
        account, bank, name, *_ = [piece.strip() for piece in parts["CNTP"].split("/")] + [""] * 3
    remittance = parts.get("REMI", "")
    for prefix in ("USTD//", "STRD/"):
        remittance = remittance.removeprefix(prefix)
    remittance = remittance.strip("/ ") or parts.get("USTD", "").strip("/ ") or " ".join(text.split())
    return Information(
        name=name or None, account=account or None, bank=bank or None, end_to_end=_given(parts.get("EREF")), remittance=remittance or None
    )


def _by_key(pattern: re.Pattern[str], text: str) -> Mapping[str, str]:
    """Return the pieces of `text` by the key in front of each, the first of each key, "" for what stands before any."""
    pieces = pattern.split(text)
    found = {"": pieces[0].strip()}
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if value.strip():
            found.setdefault(key, value.strip())
    return found


def _given(reference: str | None) -> str | None:
    return None if reference in {None, "NOTPROVIDED", "NOT PROVIDED", "NONREF"} else reference


def _day(text: str) -> datetime:
    """Return the day YYMMDD; years from 80 on are of the last century. ValueError when there is none."""
    year = int(text[:2])
    return datetime(year + (1900 if year >= _CENTURY_TURNS else 2000), int(text[2:4]), int(text[4:6]), tzinfo=UTC)


def _near(text: str | None, value_date: datetime) -> datetime | None:
    """Return the day MMDD in the year that brings it nearest to the value date; None when none is written or none exists."""
    if not text:
        return None
    candidates = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            candidates.append(datetime(year, int(text[:2]), int(text[2:]), tzinfo=UTC))
        except ValueError:
            continue
    nearest = min(candidates, key=lambda day: abs(day - value_date), default=None)
    return nearest if nearest and abs((nearest - value_date).days) <= _HALF_YEAR else None
