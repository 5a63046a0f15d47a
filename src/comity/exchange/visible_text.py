"""Text from evidence, made safe to look at: nothing in it hides, reorders what stands around it or runs on without end.

Source: Unicode Standard Annex 9 (bidirectional controls); Unicode Technical Report 36 (visual spoofing).
"""

import unicodedata
from datetime import UTC, datetime

from comity.terms.jurisdiction import NAMES
from comity.terms.selector import defang

_HIDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_KIBI = 1024


def code_point(character: str) -> str:
    """Return `character` as ⟨U+202E⟩, the form in which a character that cannot be shown as itself is written."""
    return f"⟨U+{ord(character):04X}⟩"


def visible(text: str, *, limit: int | None = None) -> str:
    """Return `text` with every control, formatting, unassigned and private character written as its code point.

    Longer than `limit` characters, it is cut and says how long it was; the whole is in the case's data.
    """
    shortened = text if limit is None or len(text) <= limit else text[:limit]
    shown = shortened
    if not shortened.isascii() or not shortened.isprintable():
        shown = "".join(code_point(c) if unicodedata.category(c) in _HIDING else c for c in shortened)
    return shown if shortened is text else f"{shown} … ({len(text):,} characters in all)"


def prose(text: str, *, limit: int | None = 4000) -> str:
    """Return `visible(text)` with addresses and links made unclickable (see `defang`), for sentences that quote evidence."""
    return defang(visible(text, limit=limit))


def encodable(text: str) -> str:
    """Return `text` with lone surrogates, which have no UTF-8 form, as question marks; exact bytes are in the manifest."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def long_date(at: datetime) -> str:
    """Return `at` as "23 November 2026" in UTC, whatever the locale."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime | None, precision: str = "second") -> str:
    """Return `at` as "2026-11-23 14:05:09 UTC"; fractions are kept when there are any, "no usable time" for None.

    Where the record knows the day only (`precision` "day"), so does the text: "2026-11-23".
    """
    if at is None:
        return "no usable time"
    if precision == "day":
        return f"{at.year:04d}-{at:%m-%d}"
    at = at.astimezone(UTC)
    fraction = f".{at.microsecond:06d}".rstrip("0") if at.microsecond else ""
    return f"{at:%H:%M:%S}".join((f"{at.year:04d}-{at:%m-%d} ", f"{fraction} UTC"))


def state_name(code: str) -> str:
    """Return the English short name of the state `code`, its article left off; the code itself when none has it."""
    return NAMES.get(code, code).removesuffix(" (the)").removesuffix(" (The)")


def amount_of_bytes(size: int) -> str:
    """Return `size` in words: "312 bytes", "4.0 KiB"."""
    if size < _KIBI:
        return f"{size} byte{'s' if size != 1 else ''}"
    value = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        value /= _KIBI
        if value < _KIBI:
            return f"{value:.1f} {unit}"
    return f"{value / _KIBI:.1f} TiB"
