"""One `Received` field: who handed the message to whom, when.

Source: RFC 5321, 4.4; the forms Postfix, Exim, sendmail, qmail, Exchange, Gmail and fetchmail write.
"""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from comity.parsers.mail.comment import split_comments
from comity.parsers.mail.date_time import read_date

_KEYWORDS = {"from", "by", "via", "with", "id", "for"}
_LONGEST_TRACE = 4_096
_LONGEST_NAME = 255
_LONGEST_PROTOCOL = 64
_BRACKETED = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})(?:%[\w.-]{1,20})?\]", re.IGNORECASE)
_BARE = re.compile(r"(?:\S{0,255}@)?(?:IPv6:)?([0-9A-Fa-f:.]{2,45})(?:%[\w.-]{1,20})?", re.IGNORECASE)
_HELO = re.compile(r"\b(?:helo=|(?:helo|ehlo)\s+)([^\s)]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """What one `Received` field says; None for what it does not say. Names in lower case, addresses in canonical form."""

    from_domain: str | None
    from_ip: str | None
    from_reverse: str | None
    by_domain: str | None
    protocol: str | None
    at: datetime | None


def read_hop(value: str) -> Hop:
    """Return what the unfolded field `value` says. Never fails; a form that is not known gives None for its parts."""
    trace, semicolon, tail = value.rpartition(";")
    if not semicolon:
        trace, tail = value, value[-_LONGEST_NAME:]
    written = read_date(tail) or read_date(value[-120:])
    clauses = _clauses(trace[:_LONGEST_TRACE])
    domain, address, reverse = _sender(clauses.get("from", []))
    by = next((word for is_comment, word in clauses.get("by", []) if not is_comment), None)
    protocol = " ".join(word for _, word in takewhile(lambda item: not item[0], clauses.get("with", [])))
    return Hop(
        from_domain=domain,
        from_ip=address,
        from_reverse=reverse,
        by_domain=_name(by),
        protocol=protocol[:_LONGEST_PROTOCOL].rstrip(";,") or None,
        at=None if written is None else written.instant,
    )


def _clauses(trace: str) -> dict[str, list[tuple[bool, str]]]:
    """Return the words and comments (marked True) that follow each keyword; the first clause of a kind counts."""
    clauses: dict[str, list[tuple[bool, str]]] = {}
    current: list[tuple[bool, str]] = []
    just_opened = False
    for is_comment, piece in split_comments(trace):
        if is_comment:
            current.append((True, piece))
            just_opened = False
            continue
        for word in piece.split():
            if word.lower() in _KEYWORDS and not just_opened:
                current = clauses.setdefault(word.lower(), []) if word.lower() not in clauses else []
                just_opened = True
            else:
                current.append((False, word))
                just_opened = False
    return clauses


def _sender(clause: list[tuple[bool, str]]) -> tuple[str | None, str | None, str | None]:
    """Return the name given, the address seen and the reverse name of a `from` clause.

    The receiver writes what it saw last, after what the sender claimed, so the last comment with an address counts:
    a name that contains brackets cannot put another in its place.
    """
    first = next((word for is_comment, word in clause if not is_comment), None)
    comments = [text.strip() for is_comment, text in clause if is_comment]
    helo = next((found[1] for text in comments if (found := _HELO.search(text))), None)
    address = reverse = None
    for text in reversed(comments):
        address, reverse = _seen(text)
        if address is not None:
            break
    if address is None:
        literals = [found for is_comment, word in clause if not is_comment and (found := _BRACKETED.fullmatch(word))]
        address = _address(literals[-1][1]) if literals else None
    if helo is not None:
        if reverse is None and first is not None and not first.startswith("["):
            reverse = first
        first = helo
    reverse = _name(reverse)
    return _name(first), address, None if reverse in {"unknown", "unverified"} else reverse


def _seen(comment: str) -> tuple[str | None, str | None]:
    """Return the address in a comment of the receiver and the reverse name before it."""
    claimed = re.search(r"\b(?:helo|ident)=", comment, re.IGNORECASE)
    text = comment if claimed is None else comment[: claimed.start()]
    bracketed = list(_BRACKETED.finditer(text))
    if bracketed:
        before = text[: bracketed[-1].start()].split()
        reverse = before[-1].rpartition("@")[2] if before else None
        return _address(bracketed[-1][1]), reverse or None
    bare = _BARE.fullmatch(text.strip())
    return (None, None) if bare is None else (_address(bare[1]), None)


def _address(text: str) -> str | None:
    """Return an IP address in canonical form, an IPv4 address mapped into IPv6 as IPv4; None when it is none."""
    try:
        address = ipaddress.ip_address(text.rstrip("."))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _name(word: str | None) -> str | None:
    name = (word or "").strip(";,\"'").rstrip(".").lower()[:_LONGEST_NAME]
    return name or None
