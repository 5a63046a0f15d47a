"""Single mail messages: .eml files and the files of a maildir.

Source: RFC 5322; RFC 2045 to 2047.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from comity.observables import Table
from comity.parsers.contract import Inferred, Item, Source
from comity.parsers.mail.message import find_header
from comity.parsers.mail.reading import TABLES, extract_part, read_messages, read_step
from comity.terms.errors import MaterialError

_OF_MAIL_ALONE = {"received", "return-path", "message-id", "delivered-to", "dkim-signature", "authentication-results", "x-mailer"}
_COMMON = {"from", "to", "cc", "subject", "date", "mime-version", "content-type", "reply-to", "sender", "content-transfer-encoding"}
_AN_ADDRESS = re.compile(r"@|<.*>")
_SURE, _ENOUGH = 3, 3


@dataclass(frozen=True, slots=True)
class MailMessage:
    """Reads a file that is one message; every row's trace but a hop's is the whole file."""

    name: str = "mail_message"
    version: str = "2"
    media_type: str = "message/rfc822"
    tables: tuple[Table, ...] = TABLES

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for a header with several fields that only mail has, 2 for a likely one, 1 for a faint one, 0 for none."""
        if head.lstrip(b"\xef\xbb\xbf\r\n").startswith(b"From "):
            return 0  # a mailbox
        header, faults = find_header(head)
        names = {field.name for field in header.fields}
        own, common = len(names & _OF_MAIL_ALONE), len(names & _COMMON)
        if "text before the header" in faults or own + common == 0:
            return 0
        author = header.first("from") or ""
        if own + common >= _ENOUGH and (own or _AN_ADDRESS.search(author[:1_000])):
            return _SURE
        if own or (common >= 2 and _AN_ADDRESS.search(author[:1_000])):  # noqa: PLR2004 - author and one more
            return 2
        return 2 if name.lower().endswith((".eml", ".mht", ".mhtml")) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: a message stands alone."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the message, its hops, links and attachments."""
        del inferred
        return read_messages(source, [(0, source.size)] if source.size else [], quoted=False)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return the decoded content of an attachment."""
        offset, number = read_step(step)
        if offset:
            raise MaterialError(f"{source.name}: a single message has no message at byte {offset}")
        return extract_part(source, 0, source.size, number, quoted=False)


PARSER = MailMessage()
