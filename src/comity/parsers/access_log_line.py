"""One access log line read with patience: escapes, spaces in names, missing or further fields."""

import re
from dataclasses import dataclass

from comity.parsers.event_rows import peer

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {month: number for number, month in enumerate(_NAMES, start=1)}

_STAMP = re.compile(
    r"([0-3][0-9])/([A-Z][a-z]{2})/([0-9]{4}):((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9])(?: ([+-](?:0[0-9]|1[0-4])[0-5][0-9]))?"
)
_ISO_STAMP = re.compile(
    r"([0-9]{4})-([01][0-9])-([0-3][0-9])[T ]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9])"
    r"(?:[.,][0-9]{1,9})?(Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?"
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.?)*+)(?:"|$)')
_STATUS = re.compile(r"[0-9]{3}")
_SIZE = re.compile(r"[0-9]{1,18}")
_MOST_BRACKETS = 8
_LONGEST_STAMP = 48
_WITH_VHOST = 4
_LONGEST_LIST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The raw fields of a line, quotes taken off, escapes as written; None or "-" where the line has none.

    `forwarded` is what stands for X-Forwarded-For: a list of addresses before the host, or a quoted field after the agent.
    `day` is written 17/May/2015, `clock` 10:05:03, `zone` +0000; `answer` is status and bytes, a space between.
    """

    host: str | None
    vhost: str | None
    user: str | None
    day: str
    clock: str
    zone: str | None
    request: str
    answer: str
    referrer: str | None
    agent: str | None
    forwarded: str | None


def read_line(text: str) -> Line | None:
    """Return the fields of `text`, None when it is not a line of an access log.

    A line is one when a time stands in brackets and a quoted request after it. Time is linear in the line.
    """
    stamp = _find_stamp(text)
    if stamp is None:
        return None
    day, clock, zone, start, end = stamp
    bare, quoted = _tokens(text[end:])
    if not quoted or len(bare[0]) > 0:
        return None
    host, vhost, user, forwarded = _before(text[:start].split())
    after = bare[1]
    status = after[0] if after and _STATUS.fullmatch(after[0]) else "-"
    size = after[1] if len(after) > 1 and _SIZE.fullmatch(after[1]) else "-"
    return Line(
        host=host,
        vhost=vhost,
        user=user,
        day=day,
        clock=clock,
        zone=zone,
        request=quoted[0],
        answer=f"{status} {size}",
        referrer=quoted[1] if len(quoted) > 1 else None,
        agent=quoted[2] if len(quoted) > 2 else None,  # noqa: PLR2004 - request, referrer, agent
        forwarded=forwarded or next((field for field in quoted[3:] if _addresses(field)), None),
    )


def _find_stamp(text: str) -> tuple[str, str, str | None, int, int] | None:
    """Return day, clock, zone, and where the brackets begin and end."""
    start = -1
    for _ in range(_MOST_BRACKETS):
        start = text.find("[", start + 1)
        if start < 0:
            return None
        end = text.find("]", start, start + _LONGEST_STAMP)
        inside = text[start + 1 : end] if end > 0 else ""
        match = _STAMP.fullmatch(inside)
        if match and match[2] in MONTHS:
            return f"{match[1]}/{match[2]}/{match[3]}", match[4], match[5], start, end + 1
        match = _ISO_STAMP.fullmatch(inside)
        if match and 1 <= int(match[2]) <= len(MONTHS):
            month = _NAMES[int(match[2]) - 1]
            zone = None if match[5] is None else match[5].replace(":", "").replace("Z", "+0000")
            return f"{match[3]}/{month}/{match[1]}", match[4], zone, start, end + 1
    return None


def _before(words: list[str]) -> tuple[str | None, str | None, str | None, str | None]:
    """Return host, virtual host, user and forwarded addresses from the words before the time.

    They are [vhost or forwarded addresses] host ident user, the user perhaps with spaces. In a list the last address is the peer's.
    """
    vhost = forwarded = None
    listed = next((place for place, word in enumerate(words) if not word.endswith(",")), 0)
    if listed and _addresses(" ".join(words[: listed + 1])):
        forwarded, words = " ".join(words[: listed + 1]), words[listed:]
    if len(words) >= _WITH_VHOST and peer(words[1])[0] is not None and words[1] != "-":
        first, *words = words
        address, port, _ = peer(first)
        if forwarded is None and address is not None and port is None:  # with a port it is Apache's %v:%p
            forwarded = first
        elif forwarded is None:
            vhost = first
    host = words[0] if words else None
    user = " ".join(words[2:]) if len(words) > 2 else words[1] if len(words) == 2 else None  # noqa: PLR2004 - host ident user
    return host, vhost, user, forwarded


def _addresses(text: str) -> bool:
    """Return whether `text` is an address, or several with commas between, "unknown" among them."""
    words = [word.strip() for word in text[:_LONGEST_LIST].split(",")]
    return any(peer(word)[0] is not None for word in words) and all(word == "unknown" or peer(word)[0] is not None for word in words)


def _tokens(text: str) -> tuple[list[list[str]], list[str]]:
    """Return the bare words before each quoted field (and after the last), and the quoted fields without their quotes.

    A backslash keeps the character after it from ending a field; a field whose quote is never closed goes to the end.
    """
    bare: list[list[str]] = []
    quoted: list[str] = []
    position = 0
    for field in _QUOTED.finditer(text):
        bare.append(text[position : field.start()].split())
        quoted.append(field[1])
        position = field.end()
    bare.append(text[position:].split())
    return bare, quoted
