"""The clerk's mailbox: months of ordinary correspondence, the lures, and harmless mail that looks like one."""

import base64
import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.header import Header
from email.utils import format_datetime, formataddr

import story
from ground import Piece
from story import MARINA, Person

ALIASES = ("finance", "invoices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file sent with a mail."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message before it is written out. `results` is what the receiving server recorded, empty inside the firm."""

    sent: datetime
    zone: timezone
    sender: Person
    to: tuple[str, ...]
    subject: str
    text: str
    identity: str
    html: str = ""
    reply_to: str = ""
    return_path: str = ""
    in_reply_to: tuple[str, ...] = ()
    origin: tuple[str, str] = ("", "")
    results: tuple[str, str, str] = ("", "", "")
    extra: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())
    label: str = ""


def _header(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=900).encode()


def _party(person: Person) -> str:
    return formataddr((_header(person.name), person.address)) if person.name.isascii() else f"{_header(person.name)} <{person.address}>"


def _received(mail: Mail, number: int) -> list[str]:
    """Return the Received headers, newest first: the firm's server, and before it the sender's."""
    host, address = mail.origin
    arrived = format_datetime((mail.sent + timedelta(seconds=4)).astimezone(story.BRAZIL))
    left = format_datetime((mail.sent + timedelta(seconds=1)).astimezone(mail.zone))
    if not host:
        return [
            (
                f"Received: from [{mail.sender.machine}] (unknown [{mail.sender.machine}])\n"
                f"\tby {story.MAIL_HOST} (Postfix) with ESMTPSA id 4Q{number:06d}\n\tfor <{mail.to[0]}>; {arrived}"
            )
        ]
    hops = [
        (
            f"Received: from {host} ({host} [{address}])\n"
            f"\tby {story.MAIL_HOST} (Postfix) with ESMTPS id 4Q{number:06d}\n\tfor <{mail.to[0]}>; {arrived}"
        )
    ]
    if mail.sender.machine:
        hops.append(
            f"Received: from [{mail.sender.machine}] (port={49152 + number * 7 % 16000} helo=desk)\n"
            f"\tby {host} with esmtpsa (TLS1.3)\n\tid 1vX{number:05d}-00; {left}"
        )
    return hops


def _recorded(mail: Mail) -> list[str]:
    """Return the authentication results the firm's server wrote on arrival. Source: RFC 8601."""
    spf, dkim, dmarc = mail.results
    if not spf:
        return []
    domain = mail.sender.address.partition("@")[2]
    envelope = (mail.return_path or mail.sender.address).partition("@")[2]
    signed = f" header.d={domain}" if dkim != "none" else ""
    return [
        (
            f"Authentication-Results: {story.MAIL_HOST};\n\tspf={spf} smtp.mailfrom={envelope};\n"
            f"\tdkim={dkim}{signed};\n\tdmarc={dmarc} header.from={domain}"
        )
    ]


def _body(mail: Mail) -> tuple[list[str], str]:
    plain = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    if not mail.html and not mail.attachments:
        return plain, mail.text + "\n"
    boundary = f"=_{mail.identity.partition('@')[0].replace('.', '')}"
    parts = ["\n".join([*plain, "", mail.text, ""])]
    if mail.html:
        parts.append(f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{mail.html}\n")
    for attachment in mail.attachments:
        encoded = base64.encodebytes(attachment.data).decode("ascii")
        parts.append(
            f'Content-Type: {attachment.media_type}; name="{attachment.name}"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="{attachment.name}"\n\n{encoded}'
        )
    kind = "mixed" if mail.attachments else "alternative"
    text = "".join(f"--{boundary}\n{part}" for part in parts) + f"--{boundary}--\n"
    return [f'Content-Type: multipart/{kind}; boundary="{boundary}"'], text


def write(mail: Mail, number: int) -> bytes:
    """Return the message as the firm's server delivered it, lines ended by a line feed."""
    headers = [f"Return-Path: <{mail.return_path or mail.sender.address}>", f"Delivered-To: {MARINA.address}"]
    headers += _received(mail, number) + _recorded(mail)
    headers += [f"Date: {format_datetime(mail.sent.astimezone(mail.zone))}", f"From: {_party(mail.sender)}", f"To: {', '.join(mail.to)}"]
    headers += [f"Reply-To: {mail.reply_to}"] if mail.reply_to else []
    headers += [f"Subject: {_header(mail.subject)}", f"Message-ID: <{mail.identity}>"]
    if mail.in_reply_to:
        headers.append(f"In-Reply-To: <{mail.in_reply_to[-1]}>")
        headers.append("References: " + "\n ".join(f"<{earlier}>" for earlier in mail.in_reply_to))
    headers += [f"{name}: {value}" for name, value in mail.extra]
    about_body, text = _body(mail)
    return "\n".join([*headers, "MIME-Version: 1.0", *about_body, "", text]).encode()


def mailbox(mails: Sequence[Mail]) -> list[Piece]:
    """Return the messages as the pieces of an mbox file (mboxrd quoting)."""
    pieces = []
    for number, mail in enumerate(sorted(mails, key=lambda m: (m.sent, m.identity)), start=1):
        separator = f"From {mail.return_path or mail.sender.address} {mail.sent:%a %b %e %H:%M:%S %Y}\n".encode("ascii")
        quoted = b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in write(mail, number).split(b"\n"))
        pieces.append(Piece(data=separator + quoted + b"\n", label=mail.label))
    return pieces


def zipped(name: str, data: bytes, *, modified: datetime) -> bytes:
    """Return a ZIP archive of one file; the same bytes every time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name, date_time=(modified.year, modified.month, modified.day, modified.hour, modified.minute, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, data)
    return target.getvalue()


def identity(domain: str, rng: random.Random) -> str:
    """Return a Message-ID in `domain`."""
    return f"{rng.randrange(16**12):012x}.{rng.randrange(10**6):06d}@{domain}"
