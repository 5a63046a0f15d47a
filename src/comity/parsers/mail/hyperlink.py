"""Hyperlinks: bare addresses in text, and the host a link leads to as browsers understand it.

Source: WHATWG URL Standard, 4.4 (slashes, user information), kept to what decides the host.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

MOST_LINKS = 2_000
"""Links kept of one message."""

_BARE = re.compile(r"(?<![\w@/.-])(?:(?:h(?:tt|xx)ps?|ftp)://|www\.)[^\s<>\"'`|^{}\\\u200b\u2060\ufeff]{1,2083}", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:")
_WITH_HOST = {"http", "https", "ftp", "ws", "wss", "hxxp", "hxxps"}
_LONGEST_HOST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link: the target as written, its host in lower case (None when it has none), what the reader sees, and where it stood."""

    target: str
    domain: str | None
    text: str
    source: str


def bare_links(text: str) -> Iterator[Link]:
    """Yield the addresses written out in `text`; punctuation that ends a sentence is not part of one."""
    for found in _BARE.finditer(text):
        target = found.group().rstrip(".,;:!?*_")
        if target.endswith(")") and "(" not in target:
            target = target.rstrip(").,;:!?*_")
        elif target.endswith("]") and "[" not in target:
            target = target.rstrip("].,;:!?*_")
        full = target if "://" in target[:10] else "http://" + target
        yield Link(target=target, domain=host_of(full), text=target[:256], source="text")


def host_of(target: str, *, base: str = "") -> str | None:
    """Return the host `target` leads to, in lower case; None for mailto:, javascript:, data: and what has no host.

    A target without scheme is read against `base`. Tabs and line ends are dropped, a backslash is a slash, what stands
    before @ is not the host, percent signs are decoded: as browsers do, since lures rely on it.
    """
    cleaned = re.sub(r"[\t\r\n]", "", target).strip("\x00 \x0b\x0c\u00a0")
    scheme = _SCHEME.match(cleaned)
    if scheme is None:
        if cleaned[:2].replace("\\", "/") == "//":
            return _authority(cleaned[2:])
        return host_of(base) if base and base != target else None
    if scheme.group()[:-1].lower() not in _WITH_HOST:
        return None
    return _authority(cleaned[scheme.end() :])


def _authority(rest: str) -> str | None:
    authority = re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0].rpartition("@")[2]
    written = authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]
    host = unquote(written, errors="replace").strip().rstrip(".").lower()
    return host if 0 < len(host) <= _LONGEST_HOST and not re.search(r"\s", host) else None
