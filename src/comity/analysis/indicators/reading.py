"""From a string to the selectors it writes: strict, whole tokens only."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from comity.terms.errors import MaterialError
from comity.terms.selector import Kind, Selector, normalize, normalize_address

WORD = r"[^\s<>\"'()\[\]{}|;,]+(?:/[0-9]{1,2})?"
"""What stands between spaces and brackets: an address inside a longer word is not one (`11.2.3.45` holds no `1.2.3.4`)."""

URL = r"(?i)\b(?:https?|ftp)://[^\s<>\"'()\[\]{}|;,]+"
"""A URL anywhere, also behind a sign of equation in another one (a request that fetches a program)."""

_LONGEST = 2_048
_SPACED = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ \u00a0][A-Z0-9]{2,4}){3,8}\b")
_CHECKED = (Kind.IBAN, Kind.BITCOIN, Kind.ETHEREUM)


def spaced_accounts(text: str) -> list[str]:
    """Return the IBANs that `text` writes in groups (`DE63 9999 0002 ...`), put together; check digits decide where they end."""
    found = []
    for match in _SPACED.finditer(text):
        groups = match[0].replace("\u00a0", " ").split(" ")
        for count in range(len(groups), 3, -1):
            with suppress(MaterialError):
                found.append(normalize(Kind.IBAN, "".join(groups[:count])).value)
                break
    return found


def normal_forms(text: str, *, loose: tuple[Kind, ...]) -> tuple[Selector, ...]:
    """Return the selectors `text` writes; () when it is none.

    A URL also gives its host, a mail address its domain. Kinds in `loose` (domain, account) have no form that tells them
    from words and file names, so they are read only where the column holds nothing else.
    """
    if not text or len(text) > _LONGEST:
        return ()
    if "://" in text:
        return _url(text)
    if "@" in text:
        return _several((Kind.EMAIL, text), (Kind.DOMAIN, text.rpartition("@")[2]))
    strict = (_address(text), *(_several((kind, text)) for kind in _CHECKED))
    return next((found for found in (*strict, *(_several((kind, text)) for kind in loose)) if found), ())


def _address(text: str) -> tuple[Selector, ...]:
    with suppress(MaterialError):
        return (normalize_address(text.strip("[]")),)
    return ()


def _url(text: str) -> tuple[Selector, ...]:
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return ()
    urls = _several((Kind.URL, text))
    return (*urls, *(_address(host) or _several((Kind.DOMAIN, host)))) if urls else ()


def _several(*written: tuple[Kind, str]) -> tuple[Selector, ...]:
    found = []
    for kind, text in written:
        with suppress(MaterialError):
            found.append(normalize(kind, text))
    return tuple(found)
