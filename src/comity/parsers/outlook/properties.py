"""MAPI properties: numbers that name a value of a type, as Outlook keeps every fact of a message.

Source: MS-OXPROPS (what the numbers mean), MS-OXCDATA 2.11 (types).
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

CLASS: Final = 0x001A
SUBJECT: Final = 0x0037
SUBMIT_TIME: Final = 0x0039
REPRESENTING_NAME: Final = 0x0042
REPRESENTING_TYPE: Final = 0x0064
REPRESENTING_ADDRESS: Final = 0x0065
TRANSPORT_HEADERS: Final = 0x007D
RECIPIENT_TYPE: Final = 0x0C15
SENDER_NAME: Final = 0x0C1A
SENDER_TYPE: Final = 0x0C1E
SENDER_ADDRESS: Final = 0x0C1F
DELIVERY_TIME: Final = 0x0E06
FLAGS: Final = 0x0E07
BODY: Final = 0x1000
RTF: Final = 0x1009
HTML: Final = 0x1013
MESSAGE_ID: Final = 0x1035
REFERENCES: Final = 0x1039
IN_REPLY_TO: Final = 0x1042
DISPLAY_NAME: Final = 0x3001
ADDRESS_TYPE: Final = 0x3002
ADDRESS: Final = 0x3003
MODIFIED: Final = 0x3008
ATTACHED_DATA: Final = 0x3701
ATTACHED_SHORT_NAME: Final = 0x3704
ATTACH_METHOD: Final = 0x3705
ATTACHED_NAME: Final = 0x3707
ATTACHED_PATH: Final = 0x3708
ATTACHED_TYPE: Final = 0x370E
CONTENT_ID: Final = 0x3712
SMTP_ADDRESS: Final = 0x39FE
INTERNET_CODE_PAGE: Final = 0x3FDE
MESSAGE_CODE_PAGE: Final = 0x3FFD
SENDER_SMTP: Final = 0x5D01
REPRESENTING_SMTP: Final = 0x5D02
HIDDEN: Final = 0x7FFE

OBJECT: Final = 0x000D
TEXT_8BIT: Final = 0x001E
TEXT: Final = 0x001F
INSTANT: Final = 0x0040
BINARY: Final = 0x0102

WANTED: Final = frozenset(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, int)) - {
    OBJECT, TEXT_8BIT, TEXT, INSTANT, BINARY, ATTACHED_DATA,
}  # fmt: skip
"""Properties whose values are read as they stand; attached data is read in pieces."""

_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_YEARS: Final = range(1900, 2200)
_CODE_PAGES: Final = {
    936: "gb18030", 1200: "utf-16-le", 1201: "utf-16-be", 10000: "mac-roman", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u",
    20932: "euc-jp", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 51932: "euc-jp", 51936: "gb18030",
    51949: "euc-kr", 52936: "hz", 54936: "gb18030", 65000: "utf-7", 65001: "utf-8", 28598: "iso-8859-8", 38598: "iso-8859-8",
    **{28590 + part: f"iso-8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 9, 13, 15)},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """Values by property number: type and bytes as kept; numbers and instants little-endian, text of 8 bits in `code_page`."""

    values: Mapping[int, tuple[int, bytes]]
    code_page: str = "windows-1252"

    def text(self, number: int) -> str:
        """Return a text without what cannot stand in mail (null characters, lone surrogates); "" when absent."""
        kind, raw = self.values.get(number, (0, b""))
        if kind == TEXT:
            decoded = raw[: len(raw) - len(raw) % 2].decode("utf-16-le", errors="replace")
        elif kind in (TEXT_8BIT, BINARY):
            decoded = raw.decode(self.code_page, errors="replace")
        else:
            return ""
        return decoded.replace("\x00", "").encode("utf-8", errors="replace").decode("utf-8")

    def line(self, number: int) -> str:
        """Return a text on one line, without control characters and spaces around it."""
        return " ".join("".join(sign if sign.isprintable() else " " for sign in self.text(number)[:_LONGEST_LINE]).split())

    def number(self, number: int) -> int | None:
        """Return a whole number, None when absent or of another type."""
        kind, raw = self.values.get(number, (0, b""))
        return int.from_bytes(raw[: _SIZES[kind]], "little", signed=True) if kind in _SIZES and len(raw) >= _SIZES[kind] else None

    def instant(self, number: int) -> datetime | None:
        """Return a time (UTC by its definition), None when absent or before 1900."""
        kind, raw = self.values.get(number, (0, b""))
        if kind != INSTANT or len(raw) < 8:  # noqa: PLR2004 - a FILETIME
            return None
        ticks = int.from_bytes(raw[:8], "little")
        try:
            instant = _EPOCH + timedelta(microseconds=ticks // 10)
        except OverflowError:
            return None
        return instant if instant.year in _YEARS else None

    def has(self, number: int) -> bool:
        """Return whether the property is there and not empty."""
        return bool(self.values.get(number, (0, b""))[1])


_SIZES: Final = {0x0002: 2, 0x0003: 4, 0x000B: 1, 0x0014: 8}
_LONGEST_LINE: Final = 16_384


def charset(code_page: int | None) -> str | None:
    """Return the name of a Windows code page, None for one unknown."""
    if code_page is None:
        return None
    name = _CODE_PAGES.get(code_page, f"cp{code_page}")
    try:
        found = codecs.lookup(name)
    except LookupError:
        return None
    return f"windows-{code_page}" if 1250 <= code_page <= 1258 else found.name  # noqa: PLR2004 - as mail calls them
