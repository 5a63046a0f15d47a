"""Mail put together from an Outlook item: an RFC 5322 message that says of itself how it was made. The same item gives the same bytes.

Nothing is invented: a fact the item does not hold is not in the message. Bodies and attachments are base64, so that no boundary can
stand in them. How each field is filled: docs/formats.md. Source: MS-OXCMAIL 2.1 (what each property becomes in MIME); RFC 2045 to 2047.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from comity.parsers.outlook import properties as own
from comity.parsers.outlook.item import DEEPEST, EMBEDDED, MOST_ATTACHMENTS, Attachment, Item
from comity.parsers.outlook.properties import Properties
from comity.parsers.outlook.rich_text import read_rich_text
from comity.parsers.outlook.stored_header import read_stored_header
from comity.terms.errors import MaterialError

_LINE: Final = 57  # bytes in a line of 76 characters
_PIECE: Final = _LINE * 4_096
_WORD: Final = 45  # bytes in an encoded word of at most 75 characters
_RECIPIENTS: Final = ((1, "To"), (2, "Cc"), (3, "Bcc"))
_FLAGS: Final = ((0x1, "read"), (0x8, "unsent"), (0x4, "submitted"), (0x20, "from-me"))
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIGNED: Final = "ipm.note.smime"


def reconstruct(item: Item, faults: list[str], *, note: str = "", place: str = "1", depth: int = 0) -> Iterator[bytes]:
    """Yield the message that `item` holds, in pieces; what could not be read of it is appended to `faults` and said in the header.

    Args:
        item: the message.
        faults: grows while the pieces are taken.
        note: how the item was found, in one word, when not in the ordinary way.
        place: a name for it that no message around it has.
        depth: how many messages lie around it.
    """
    faults += item.faults
    lines, from_properties, rest = _header(item)
    signed = _signed(item)
    bodies = () if signed else _bodies(item.properties, faults)
    told = ["headers=" + ("stored" if item.properties.has(own.TRANSPORT_HEADERS) else "none")]
    told += [f"from-properties={','.join(from_properties)}"] if from_properties else []
    told += ["headers-after-empty-line=left-out"] if rest else []
    told += ["body=" + (",".join(name for _, name, _ in bodies) or ("as-signed" if signed else "none"))]
    told += [f"found={note}"] if note else []
    # our own fields first: a header of very many fields is not read to its end
    made = ["X-Comity-Reconstructed: from Outlook properties; " + "; ".join(told), "MIME-Version: 1.0"]
    if signed is not None:
        yield _joined([*made, *lines])  # its content begins with the rest of the header
        yield from _guarded(signed, faults)
        return
    boundary = f"=_comity-{place}"
    yield _joined([*made, f'Content-Type: multipart/mixed; boundary="{boundary}"', *lines, ""])
    yield from _alternatives(bodies, boundary)
    written = bool(bodies)
    for number, attachment in enumerate(item.attachments()):
        if number >= MOST_ATTACHMENTS:
            faults.append(f"more than {MOST_ATTACHMENTS} attachments; the others are not read")
            break
        for piece in _attachment(attachment, faults, boundary=boundary, place=f"{place}.{number + 1}", depth=depth):
            written = True
            yield piece
    if not written:  # a multipart has at least one part (RFC 2046, 5.1.1)
        yield _joined(["", f"--{boundary}", "Content-Type: text/plain", ""])
    yield _joined(["", f"--{boundary}--"])


def name_of(item: Item) -> str:
    """Return a file name for the message: its subject."""
    return (_subject(item.properties)[:100] or "message") + ".eml"


def _header(item: Item) -> tuple[list[str], list[str], bool]:
    """Return the lines of the header, which fields were made from properties, and whether something stored was left out."""
    facts = item.properties
    stored = read_stored_header(facts.text(own.TRANSPORT_HEADERS))
    lines = list(stored.lines)
    made: list[str] = []
    sender = _address(facts, own.SENDER_NAME, own.SENDER_SMTP, own.SENDER_ADDRESS, own.SENDER_TYPE)
    author = _address(facts, own.REPRESENTING_NAME, own.REPRESENTING_SMTP, own.REPRESENTING_ADDRESS, own.REPRESENTING_TYPE) or sender
    sent = facts.instant(own.SUBMIT_TIME)
    fields = [("From", author), ("Sender", sender if sender != author and "from" not in stored.names else "")]
    for kind, name in _RECIPIENTS:
        of_kind = [each for each in item.recipients if (each.number(own.RECIPIENT_TYPE) or 0) & 0xF == kind]
        fields.append((name, ",\r\n ".join(filter(None, map(_recipient, of_kind)))))
    fields += [
        ("Subject", _words(_subject(facts))),
        ("Date", _date(sent)),
        ("Message-ID", _words(facts.line(own.MESSAGE_ID))),
        ("In-Reply-To", _words(facts.line(own.IN_REPLY_TO))),
        ("References", "\r\n ".join(map(_words, facts.line(own.REFERENCES).split()))),
    ]
    for name, value in fields:
        if value and name.lower() not in stored.names:
            lines.append(f"{name}: {value}")
            made.append(name)
    flags = facts.number(own.FLAGS)
    notes = [
        ("Message-Class", facts.line(own.CLASS)[:200]),
        ("Message-Flags", ", ".join(name for bit, name in _FLAGS if flags is not None and flags & bit)),
        ("Submitted", _date(sent)),
        ("Delivered", _date(facts.instant(own.DELIVERY_TIME))),
        ("Modified", _date(facts.instant(own.MODIFIED))),
        ("Sender-Directory-Name", _directory_name(facts, own.SENDER_ADDRESS, own.SENDER_TYPE)),
        ("Author-Directory-Name", _directory_name(facts, own.REPRESENTING_ADDRESS, own.REPRESENTING_TYPE)),
    ]
    return [*lines, *(f"X-Comity-{name}: {_words(value)}" for name, value in notes if value)], made, stored.rest


def _subject(facts: Properties) -> str:
    """Return the subject; in a store its first two characters may say how long the prefix is."""
    text = facts.text(own.SUBJECT)
    text = text[2:] if text.startswith("\x01") else text
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:4_096]).split())


def _recipient(facts: Properties) -> str:
    return _address(facts, own.DISPLAY_NAME, own.SMTP_ADDRESS, own.ADDRESS, own.ADDRESS_TYPE)


def _address(facts: Properties, name: int, smtp: int, address: int, kind: int) -> str:
    """Return a mailbox; only the name when the address is one of a directory and no mail address."""
    display = facts.line(name)
    mail = facts.line(smtp)
    if not mail and facts.line(kind).upper() in {"", "SMTP"} and "@" in facts.line(address):
        mail = facts.line(address)
    mail = "".join(mail.split()).strip("<>'\"") if mail.isascii() else ""
    mail = "" if set(mail) & set('<>(),;:\\"[]') else mail
    if not mail:
        return _phrase(display)
    return f"<{mail}>" if not display or display == mail else f"{_phrase(display)} <{mail}>"


def _directory_name(facts: Properties, address: int, kind: int) -> str:
    return facts.line(address)[:1_000] if facts.line(kind).upper() == "EX" else ""


def _phrase(text: str) -> str:
    if not text.isascii():
        return _words(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if text else ""


def _words(text: str) -> str:
    """Return a value as it stands in a header: encoded words where it is not ASCII, or would read as one."""
    if text.isascii() and "=?" not in text and len(text) < 900:  # noqa: PLR2004 - RFC 5322, 2.1.1: a line has at most 998
        return text
    words: list[str] = []
    word = b""
    for sign in text:
        encoded = sign.encode("utf-8")
        if len(word) + len(encoded) > _WORD:
            words.append(_word(word))
            word = b""
        word += encoded
    return "\r\n ".join([*words, _word(word)])


def _word(raw: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(raw).decode()}?="


def _date(instant: datetime | None) -> str:
    """Return an instant as RFC 5322 writes it, whatever the locale; "" for none."""
    if instant is None:
        return ""
    day = f"{_DAYS[instant.weekday()]}, {instant.day:02} {_MONTHS[instant.month - 1]} {instant.year:04}"
    return f"{day} {instant.hour:02}:{instant.minute:02}:{instant.second:02} +0000"


def _bodies(facts: Properties, faults: list[str]) -> tuple[tuple[str, str, bytes], ...]:
    """Return media type, name and bytes of each form of the body: text, HTML, and what the rich text holds where one is missing."""
    bodies: list[tuple[str, str, bytes]] = []
    if facts.text(own.BODY):
        bodies.append(("text/plain; charset=utf-8", "text", facts.text(own.BODY).encode()))
    if facts.has(own.HTML):
        kind, raw = facts.values[own.HTML]
        if kind == own.BINARY:
            charset = own.charset(facts.number(own.INTERNET_CODE_PAGE))
            bodies.append(("text/html" + (f"; charset={charset}" if charset else ""), "html", raw))
        else:
            bodies.append(("text/html; charset=utf-8", "html", facts.text(own.HTML).encode()))
    elif facts.has(own.RTF):
        try:
            rich = read_rich_text(facts.values[own.RTF][1])
        except MaterialError as error:
            faults.append(error.what)
            return tuple(bodies)
        if rich.html:
            bodies.append(("text/html; charset=utf-8", "html-from-rtf", rich.text.encode()))
        elif not bodies and rich.text.strip():
            bodies.append(("text/plain; charset=utf-8", "text-from-rtf", rich.text.encode()))
    return tuple(bodies)


def _alternatives(bodies: tuple[tuple[str, str, bytes], ...], boundary: str) -> Iterator[bytes]:
    if not bodies:
        return
    inner = boundary
    if len(bodies) > 1:
        inner = f"{boundary}.0"
        yield _joined(["", f"--{boundary}", f'Content-Type: multipart/alternative; boundary="{inner}"', ""])
    for kind, _, raw in bodies:
        yield _joined(["", f"--{inner}", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", ""])
        yield _encoded(raw)
    if len(bodies) > 1:
        yield _joined(["", f"--{inner}--"])


def _attachment(attachment: Attachment, faults: list[str], *, boundary: str, place: str, depth: int) -> Iterator[bytes]:
    facts = attachment.properties
    name = facts.line(own.ATTACHED_NAME) or facts.line(own.ATTACHED_SHORT_NAME) or facts.line(own.DISPLAY_NAME)
    shown = f"attachment {place}, {name[:200]!r}"
    if attachment.item is not None:
        if depth >= DEEPEST:
            faults.append(f"{shown}: a message nested deeper than {DEEPEST}; not opened")
            return
        try:
            inside = attachment.item()
        except MaterialError as error:
            faults.append(f"{shown}: {error.what}")
            return
        called = name_of(inside) if not name else name if name.lower().endswith((".msg", ".eml")) else name + ".eml"
        yield _joined(["", f"--{boundary}", "Content-Type: message/rfc822", *_disposition(called, facts), ""])
        yield from reconstruct(inside, faults, place=place, depth=depth + 1)
        return
    if attachment.content is None:
        where = facts.line(own.ATTACHED_PATH)
        method = facts.number(own.ATTACH_METHOD)
        faults.append(f"{shown}: its content is not kept here (method {method})" + (f"; it was at {where[:300]!r}" if where else ""))
        return
    declared = facts.line(own.ATTACHED_TYPE).lower()
    kind = declared if _is_plain_type(declared) else "application/octet-stream"
    said = [f"X-Comity-Stored-Content-Type: {_words(declared[:200])}"] if declared and declared != kind else []
    lines = ["", f"--{boundary}", f"Content-Type: {kind}", *said, *_disposition(name or "attachment", facts)]
    yield _joined([*lines, "Content-Transfer-Encoding: base64", ""])
    rest = b""
    for piece in _guarded(attachment, faults, shown):
        rest += piece
        whole = len(rest) - len(rest) % _PIECE
        if whole:
            yield _encoded(rest[:whole])
            rest = rest[whole:]
    yield _encoded(rest)


def _is_plain_type(declared: str) -> bool:
    """Return whether a declared type can stand as it is: well formed, and nothing that would be opened as mail while it is encoded."""
    main, _, sub = declared.partition("/")
    allowed = all(sign.isascii() and (sign.isalnum() or sign in "!#$&-^_.+") for sign in main + sub)
    return bool(main and sub) and allowed and len(declared) < 128 and main not in {"multipart", "message"}  # noqa: PLR2004 - RFC 6838


def _disposition(name: str, facts: Properties) -> list[str]:
    """Return how an attachment is named and, where HTML shows it, by what."""
    inline = bool(facts.number(own.HIDDEN)) and facts.has(own.CONTENT_ID)
    lines = [f"Content-Disposition: {'inline' if inline else 'attachment'};"]
    if name.isascii():
        lines.append(' filename="' + name[:255].replace("\\", "\\\\").replace('"', '\\"') + '"')
    else:  # RFC 2231
        encoded = "".join(f"%{byte:02X}" for byte in name[:255].encode())
        pieces = ["utf-8''", *(encoded[at : at + 60] for at in range(0, len(encoded), 60))]
        lines += [f" filename*{number}*={piece};" for number, piece in enumerate(pieces)]
        lines[-1] = lines[-1].removesuffix(";")
    identifier = facts.line(own.CONTENT_ID).strip("<> ")
    return [*lines, *([f"Content-ID: <{identifier[:500]}>"] if identifier.isascii() and identifier else [])]


def _signed(item: Item) -> Attachment | None:
    """Return the attachment that is the whole message, as signed ones are kept (MS-OXOSMIME 2.1.3.1), None when there is none."""
    if not item.properties.line(own.CLASS).lower().startswith(_SIGNED):
        return None
    found = [each for _, each in zip(range(2), item.attachments(), strict=False)]
    if len(found) != 1 or found[0].content is None or found[0].properties.number(own.ATTACH_METHOD) == EMBEDDED:
        return None
    return found[0] if found[0].properties.line(own.ATTACHED_TYPE).lower() == "multipart/signed" else None


def _guarded(attachment: Attachment, faults: list[str], shown: str = "the signed content") -> Iterator[bytes]:
    if attachment.content is None:
        return
    try:
        yield from attachment.content()
    except MaterialError as error:
        faults.append(f"{shown}: {error.what}; it ends where the damage begins")


def _encoded(raw: bytes) -> bytes:
    lines = [base64.b64encode(raw[at : at + _LINE]) for at in range(0, len(raw), _LINE)]
    return b"\r\n".join(lines) + b"\r\n" if lines else b""


def _joined(lines: list[str]) -> bytes:
    return "".join(line + "\r\n" for line in lines).encode("utf-8", errors="replace")
