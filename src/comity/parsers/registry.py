"""Which parser reads what: every format Comity knows, listed by hand."""

from collections.abc import Sequence
from typing import BinaryIO, TypeGuard

from comity.parsers import (
    access_log,
    browser_history,
    camt053,
    capture,
    cloud_audit,
    gzip_file,
    html_document,
    json_lines,
    mail_message,
    mailbox,
    mt940,
    office_document,
    ofx,
    outlook_message,
    outlook_store,
    pdf_document,
    statement_csv,
    suricata_eve,
    syslog,
    systemd_journal,
    tar_archive,
    w3c_log,
    windows_event,
    zeek_log,
    zip_archive,
)
from comity.parsers.contract import Container, Parser

HEAD_BYTES = 65_536
"""How much of a source decides what it is."""

PARSERS: tuple[Parser, ...] = (
    outlook_message.PARSER,  # before other compound files
    office_document.PARSER,  # before the archives it is made of
    zip_archive.PARSER,
    tar_archive.PARSER,
    gzip_file.PARSER,
    camt053.PARSER,
    mt940.PARSER,
    ofx.PARSER,
    outlook_store.PARSER,
    pdf_document.PARSER,
    html_document.PARSER,
    mail_message.PARSER,
    mailbox.PARSER,
    access_log.PARSER,
    syslog.PARSER,
    windows_event.PARSER,
    systemd_journal.PARSER,
    browser_history.PARSER,
    capture.PARSER,
    w3c_log.PARSER,
    zeek_log.PARSER,
    suricata_eve.PARSER,
    cloud_audit.PARSER,
    json_lines.PARSER,  # after the logs whose makers are known
    statement_csv.PARSER,
)
"""In the order in which equally sure parsers are preferred."""


def choose(head: bytes, *, name: str, parsers: Sequence[Parser] = PARSERS) -> Parser | None:
    """Return the parser surest to know `head` (the first 65,536 bytes or all), None when none does.

    Between equally sure ones the first listed is taken.
    """
    best: Parser | None = None
    best_score = 0
    for parser in parsers:
        score = parser.recognizes(head, name=name)
        if score > best_score:
            best, best_score = parser, score
    return best


def head_of(stream: BinaryIO) -> bytes:
    """Return the bytes of `stream` that decide what it is, leaving it at its start."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def is_container(parser: Parser) -> TypeGuard[Container]:
    """Return whether `parser` reads a format that holds children."""
    return hasattr(parser, "extract")
