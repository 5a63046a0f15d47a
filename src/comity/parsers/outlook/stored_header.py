"""The header a message came with, as Outlook keeps it: kept as it is, but for fields that tell of bodies no longer there."""

import re
from dataclasses import dataclass
from typing import Final

_FIELD = re.compile(r"([!-9;-~]{1,200})[ \t]*:")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LONGEST: Final = 2**20
_PREFIX: Final = "X-Comity-Stored-"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHeader:
    """`lines` of header fields, as they are to be written, the lower-case `names` among them, and whether more followed."""

    lines: tuple[str, ...]
    names: frozenset[str]
    rest: bool


def read_stored_header(text: str) -> StoredHeader:
    """Return the header in `text`, up to the first empty line behind a field.

    Content-*, MIME-Version and X-Comity-* are renamed to X-Comity-Stored-*: the first two describe how the message was sent, and it
    is written anew; the last would be our own word. A line that is no field becomes the value of X-Comity-Stored-Line.
    """
    lines: list[str] = []
    names: set[str] = set()
    every = _LINE_END.split(text[:_LONGEST])
    rest = len(text) > _LONGEST
    for place, line in enumerate(every):
        found = _FIELD.match(line)
        if found is not None:
            name = found[1].lower()
            if name.startswith(("content-", "x-comity-")) or name == "mime-version":
                lines.append(_PREFIX + line)
            else:
                names.add(name)
                lines.append(line)
        elif not line.strip():
            if names:
                rest = rest or any(each.strip() for each in every[place + 1 :])
                break
        elif line[0] in " \t" and lines:
            lines.append(line)
        else:
            lines.append(f"{_PREFIX}Line: {line.strip()}")
    return StoredHeader(lines=tuple(lines), names=frozenset(names), rest=rest)
