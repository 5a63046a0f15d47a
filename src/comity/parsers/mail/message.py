"""One message: its row, its hops, its links, and where its attachments lie."""

import re
from dataclasses import dataclass

from comity.parsers.mail.authentication import read_authentication
from comity.parsers.mail.body import is_attachment, read_body
from comity.parsers.mail.envelope import read_envelope
from comity.parsers.mail.header import Header, read_header
from comity.parsers.mail.hop import read_hop
from comity.parsers.mail.part import Part, read_parts

Value = object
"""A cell: text, number, instant, list of texts or None, as the column says."""

_LEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]{0,80}\r?\n){0,1000}(?:>{0,80}From [^\n]{0,2000}\r?\n){0,10}")
_ENTRY = re.compile(
    rb"^(?:received|return-path|from|to|subject|date|message-id|delivered-to|mime-version|content-type|x-[a-z-]{1,40}|dkim-signature|"
    rb"authentication-results|reply-to|sender|cc)[ \t]{0,20}:",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_LEAD = 8_192
_LONGEST_HEADER = 2_048
_MOST_DEFECTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message read: cells by column name, without the trace of the message itself; `attachments` are leaves of its parts.

    Offsets of `attachments` count in the message; `hops` carry theirs in the exhibit.
    """

    row: dict[str, Value]
    hops: tuple[dict[str, Value], ...]
    links: tuple[dict[str, Value], ...]
    attachments: tuple[Part, ...]
    defects: tuple[str, ...]


def find_header(data: bytes) -> tuple[Header, tuple[str, ...]]:
    """Return the header of the message in `data` and what is wrong with its beginning.

    A byte order mark, empty lines and envelope lines ("From ", ">From ") before it are passed over; other text is too,
    as a defect, when a known field follows within 8,192 bytes.
    """
    lead = _LEAD.match(data)
    start = 0 if lead is None else lead.end()
    header = read_header(data, start, len(data))
    if header.fields:
        return header, header.defects
    entry = _ENTRY.search(data, start, start + _LONGEST_LEAD)
    if entry is None:
        return header, header.defects
    header = read_header(data, entry.start(), len(data))
    return header, ("text before the header", *header.defects)


def read_message(data: bytes, *, offset: int, quoted: bool) -> Message | None:
    """Return what the message in `data` says, or None when it has no header field at all.

    `offset` is where `data` lies in the exhibit; `quoted` whether it stands in a mailbox file (">From " was "From ").
    Never fails: what is malformed is said in `defects`.
    """
    header, faults = find_header(data)
    if not header.fields:
        return None
    envelope = read_envelope(header)
    authentication = read_authentication(header)
    root, unclear = read_parts(data, header, len(data))
    body = read_body(data, root, quoted=quoted)
    attachments = tuple(part for part in root.leaves() if is_attachment(part))
    hops = _hops(header, envelope.message_id, offset)
    author = envelope.authors[0] if envelope.authors else None
    defects = tuple(dict.fromkeys((*faults, *envelope.defects, *unclear, *body.defects)))[:_MOST_DEFECTS]
    row: dict[str, Value] = {
        "message_id": envelope.message_id,
        "date": envelope.date,
        "date.offset_minutes": envelope.date_offset,
        "from.address": (author.address or None) if author else None,
        "from.display_name": (author.display_name or None) if author else None,
        "from.count": len(envelope.authors),
        "sender.address": envelope.sender,
        "reply_to.address": envelope.reply_to,
        "return_path.address": envelope.return_path,
        "to.address": envelope.to,
        "cc.address": envelope.cc,
        "subject": envelope.subject,
        "in_reply_to": envelope.in_reply_to,
        "references": envelope.references,
        "x_mailer": envelope.mailer,
        "list_id": envelope.list_id,
        "spf.result": authentication.spf,
        "dkim.result": authentication.dkim,
        "dkim.domain": authentication.dkim_domain,
        "dmarc.result": authentication.dmarc,
        "authentication.server": authentication.server,
        "body.text": body.text,
        "body.html": body.html,
        "body.html_only": body.html_only,
        "body.forms": body.forms,
        "body.remote_images": body.remote_images,
        "body.hidden_characters": body.hidden_characters,
        "attachment.count": len(attachments),
        "attachment.names": [part.name for part in attachments],
        "hop.count": len(hops),
        "defects": defects,
    }
    links: tuple[dict[str, Value], ...] = tuple(
        {
            "message_id": envelope.message_id,
            "message.offset": offset,
            "url.full": link.target,
            "url.domain": link.domain,
            "text": link.text,
            "source": link.source,
        }
        for link in body.links
    )
    return Message(row=row, hops=hops, links=links, attachments=attachments, defects=defects)


def _hops(header: Header, message_id: str | None, offset: int) -> tuple[dict[str, Value], ...]:
    """Return a row for each Received field, outermost first, its trace the field."""
    rows: list[dict[str, Value]] = []
    for position, field in enumerate(header.all("received")):
        text = field.text
        hop = read_hop(text)
        rows.append(
            {
                "trace.offset": offset + field.offset,
                "trace.length": field.length,
                "message_id": message_id,
                "message.offset": offset,
                "position": position,
                "from.domain": hop.from_domain,
                "from.ip": hop.from_ip,
                "from.reverse": hop.from_reverse,
                "by.domain": hop.by_domain,
                "with": hop.protocol,
                "@timestamp": hop.at,
                "header": text[:_LONGEST_HEADER],
            }
        )
    return tuple(rows)
