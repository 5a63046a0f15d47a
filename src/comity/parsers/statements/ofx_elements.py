"""OFX as a flat run of elements, in its SGML form (no end tags on values) and its XML form alike.

Source: Open Financial Exchange specification 1.6, chapter 2 (syntax), 2.2 and 2.3, 3.2.8 (dates), 11 (bank statements).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from typing import BinaryIO, Final

_TAG = re.compile(rb"<(/?)([A-Za-z][A-Za-z0-9._]{0,40})(?:\s[^<>]{0,200})?(/?)>([^<]*)")
_CHUNK: Final = 2**20
_LONGEST: Final = 2**18
_DATE = re.compile(
    r"([0-9]{8})(?:([0-9]{2})([0-9]{2})([0-9]{2})?(?:\.[0-9]{1,6})?)?\s*(?:\[([+-]?[0-9]{1,2})(?:\.([0-9]{1,2}))?(?::[^\]]{0,10})?\])?"
)
_FILLERS: Final = ("000000", "120000")
_MOST_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Element:
    """A tag in capitals with the text behind it ("" for none); `closes` for an end tag. `end` is the byte behind tag and text."""

    tag: str
    closes: bool
    text: str
    offset: int
    end: int


def elements(stream: BinaryIO, *, encoding: str) -> Iterator[Element]:
    """Yield the elements of `stream` in order. Text of one element may be cut beyond 256 KiB; what is no tag is passed over."""
    stream.seek(0)
    buffer, base = b"", 0
    while True:
        chunk = stream.read(_CHUNK)
        buffer += chunk
        # the last tag and its text may go on in the next chunk, but not for ever
        whole = len(buffer) if not chunk else max(buffer.rfind(b"<"), len(buffer) - _LONGEST, 0)
        for match in _TAG.finditer(buffer, 0, whole):
            text = unescape(match[4].decode(encoding, errors="backslashreplace")).strip()
            yield Element(match[2].decode("ascii").upper(), bool(match[1]), text, base + match.start(), base + match.end())
        if not chunk:
            return
        buffer, base = buffer[whole:], base + whole


def written_instant(text: str) -> tuple[datetime, str]:
    """Return the instant that `text` writes and its precision, "second" or "day" (midnight UTC); ValueError when it is none.

    A time without a zone is UTC by the specification; midnight and noon without one are what banks write when they know only the day.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a date of OFX: {text[:40]!r}")
    day = datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC)
    clock = f"{match[2] or ''}{match[3] or ''}{match[4] or '00'}"
    if match[2] is None or (match[5] is None and clock in _FILLERS):
        return day, "day"
    hours = int(match[5] or 0)
    part = match[6] or "0"
    # the fraction of a zone is written in hundredths (5.50) or as minutes (5.30): only the half and quarters of hours exist
    minutes = {"5": 30, "50": 30, "30": 30, "75": 45, "45": 45, "25": 15, "15": 15}.get(part, 0)
    if abs(hours) >= _MOST_HOURS:
        raise ValueError(f"not a zone: {text[:40]!r}")
    sign = -1 if (match[5] or "").startswith("-") else 1
    zone = timezone(timedelta(hours=hours, minutes=sign * minutes))
    moment = day.replace(hour=int(match[2]), minute=int(match[3]), second=int(match[4] or 0), tzinfo=zone)
    return moment.astimezone(UTC), "second"
