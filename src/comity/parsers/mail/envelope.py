"""The From, To, Date and identification fields of a message.

Source: RFC 5322, 3.6; RFC 2919 (List-Id).
"""

import re
from dataclasses import dataclass
from datetime import datetime

from comity.parsers.mail.address import Mailbox, normal_address, read_addresses
from comity.parsers.mail.date_time import read_date
from comity.parsers.mail.header import Header

_LONGEST_IDENTIFIER = 998  # RFC 5322, 2.1.1: no line may be longer
_MOST_REFERENCES = 1_000
_IDENTIFIER = re.compile(r"<([^<>]{1,998})>")
_ONCE = ("from", "sender", "reply-to", "to", "cc", "date", "subject", "message-id")  # RFC 5322, 3.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the fields say; None for what they do not. `defects` in short words."""

    message_id: str | None
    date: datetime | None
    date_offset: int | None
    authors: tuple[Mailbox, ...]
    sender: str | None
    reply_to: tuple[str, ...]
    return_path: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    mailer: str | None
    list_id: str | None
    defects: tuple[str, ...]


def read_envelope(header: Header) -> Envelope:
    """Return what the identifying fields of `header` say; of a field that must stand once and is repeated, the first counts."""
    defects = [f"{name} repeated" for name in _ONCE if len(header.all(name)) > 1]
    subject, fault = header.decoded("subject")
    if fault:
        defects.append(f"subject: {fault}")
    mailer, _ = header.decoded("x-mailer") if header.first("x-mailer") is not None else header.decoded("user-agent")
    authors = tuple(mailbox for field in header.all("from") for mailbox in read_addresses(field.text))
    if not authors:
        defects.append("no From address")
    dated = header.first("date")
    date = None if dated is None else read_date(dated)
    if dated is None:
        defects.append("no Date")
    elif date is None:
        defects.append("Date unreadable")
    elif date.instant is None:
        defects.append("Date without a known zone")
    list_id = header.first("list-id")
    return_path = header.first("return-path")
    return Envelope(
        message_id=_identifier(header.first("message-id")),
        date=None if date is None else date.instant,
        date_offset=None if date is None else date.offset,
        authors=authors,
        sender=next(iter(_addresses(header, "sender")), None),
        reply_to=_addresses(header, "reply-to"),
        return_path=None if return_path is None else _bare_address(return_path),
        to=_addresses(header, "to"),
        cc=_addresses(header, "cc"),
        subject=subject,
        in_reply_to=_answered(header.first("in-reply-to")),
        references=_references(header.first("references")),
        mailer=mailer,
        list_id=None if list_id is None else _identifier(list_id[-_LONGEST_IDENTIFIER:]),
        defects=tuple(defects),
    )


def _addresses(header: Header, name: str) -> tuple[str, ...]:
    return tuple(mailbox.address for field in header.all(name) for mailbox in read_addresses(field.text) if mailbox.address)


def _bare_address(text: str) -> str:
    """Return the address of a Return-Path, "" for the empty path of a bounce."""
    found = _IDENTIFIER.search(text)
    return normal_address((found[1] if found else text.strip().strip("<>"))[:_LONGEST_IDENTIFIER])


def _identifier(text: str | None) -> str | None:
    """Return what stands in angle brackets, or the whole text when there are none."""
    if text is None:
        return None
    found = _IDENTIFIER.search(text)
    return (found[1] if found else text).strip()[:_LONGEST_IDENTIFIER] or None


def _answered(text: str | None) -> str | None:
    """Return the identifier of In-Reply-To; None for the phrases that obsolete forms write there."""
    if text is None or ("<" not in text and " " in text):
        return None
    return _identifier(text)


def _references(text: str | None) -> tuple[str, ...]:
    found = [match[1].strip() for match in _IDENTIFIER.finditer(text or "")]
    if not found:
        found = [word[:_LONGEST_IDENTIFIER] for word in (text or "").split() if "@" in word]
    return tuple(found[:_MOST_REFERENCES])
