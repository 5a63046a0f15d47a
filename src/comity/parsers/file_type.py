"""What bytes are, when no parser claims them: a media type by content, and a reason for a person.

Names never decide: a picture called invoice.pdf is a picture.
"""

from dataclasses import dataclass

import puremagic

_NO_PARSER = "no parser yet"
_LEAST_CONFIDENCE = 0.4
_LEAST_MATCH = 4
_MARKUP_BYTES = 1_024
_TEXT_BYTES = 65_536
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\x08")
_MOST_CONTROLS = 0.01
_ZIP = b"PK\x03\x04"
_ZIP_NAME = 30

# (offset, bytes, media type, plain words); the longer and rarer before the shorter
_SIGNATURES = (
    (0, b"%PDF-", "application/pdf", "a PDF document"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "a picture"),
    (0, b"\xff\xd8\xff", "image/jpeg", "a picture"),
    (0, b"GIF87a", "image/gif", "a picture"),
    (0, b"GIF89a", "image/gif", "a picture"),
    (8, b"WEBP", "image/webp", "a picture"),
    (4, b"ftypheic", "image/heic", "a picture"),
    (4, b"ftyp", "video/mp4", "a video"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", "an older Office document or Outlook message"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst", "an Outlook mailbox"),
    (0, b"ElfFile\x00", "application/x-ms-evtx", "a Windows event log"),
    (0, b"regf", "application/x-ms-registry", "a Windows registry hive"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut", "a Windows shortcut"),
    (4, b"SCCA", "application/x-ms-prefetch", "a Windows prefetch file"),
    (0, b"MAM\x04", "application/x-ms-prefetch", "a compressed Windows prefetch file"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap", "a network capture"),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap", "a network capture"),
    (0, b"\x4d\x3c\xb2\xa1", "application/vnd.tcpdump.pcap", "a network capture"),
    (0, b"\x0a\x0d\x0d\x0a", "application/x-pcapng", "a network capture"),
    (0, b"EVF\x09\x0d\x0a\xff\x00", "application/x-ewf", "a disk image"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3", "an SQLite database"),
    (0, b"LPKSHHRH", "application/x-systemd-journal", "a systemd journal"),
    (0, b"\x7fELF", "application/x-elf", "a program"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable", "a Windows program"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", "an archive"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar", "an archive"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd", "compressed data"),
    (0, b"\x1f\x8b", "application/gzip", "compressed data"),
    (0, b"BZh", "application/x-bzip2", "compressed data"),
    (0, b"\xfd7zXZ\x00", "application/x-xz", "compressed data"),
    (0, b"{\\rtf", "application/rtf", "a text document"),
    (0, b"PAR1", "application/vnd.apache.parquet", "a table"),
    (0, b"-----BEGIN PGP", "application/pgp-encrypted", "a PGP message or key"),
    (0, b"-----BEGIN ", "application/x-pem-file", "a key or certificate"),
    (0, b"BEGIN:VCALENDAR", "text/calendar", "a calendar"),
    (0, b"BEGIN:VCARD", "text/vcard", "contacts"),
)

# how the first entry of a ZIP tells what the ZIP really is
_ZIP_KINDS = (
    (b"mimetypeapplication/vnd.oasis.opendocument", "application/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"mimetypeapplication/epub+zip", "application/epub+zip", "a book"),
    (b"META-INF/", "application/java-archive", "a Java archive"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive", "an Android program"),
)
_OFFICE_KINDS = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a Word document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "an Excel workbook"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "a PowerPoint file"),
)


@dataclass(frozen=True, slots=True)
class FileType:
    """A media type and why nothing was read of it, in a few words."""

    media_type: str
    reason: str


_BINARY = FileType("application/octet-stream", "binary data of an unknown type")

UNDECIDED = FileType("application/octet-stream", "its type could not be decided")
"""For what made the deciding itself fail."""


def detect(head: bytes) -> FileType:
    """Return what begins with `head` (its first 65,536 bytes, or all of it)."""
    if not head:
        return FileType("application/x-empty", "an empty file, nothing to read")
    for offset, signature, media_type, words in _SIGNATURES:
        if head.startswith(signature, offset):
            return FileType(media_type, f"{words}, {_NO_PARSER}")
    if head.startswith(_ZIP):
        return _zip(head)
    return _markup(head) or _unicode_text(head) or _known_magic(head) or _text(head) or _BINARY


def _zip(head: bytes) -> FileType:
    first = head[_ZIP_NAME : _ZIP_NAME + 200]
    for start, media_type, words in _ZIP_KINDS:
        if first.startswith(start):
            return FileType(media_type, f"{words}, {_NO_PARSER}")
    if first.startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")):
        for folder, media_type, words in _OFFICE_KINDS:
            if folder in head:
                return FileType(media_type, f"{words}, {_NO_PARSER}")
        return FileType("application/vnd.openxmlformats-officedocument", f"an Office document, {_NO_PARSER}")
    return FileType("application/zip", f"an archive, {_NO_PARSER}")


def _markup(head: bytes) -> FileType | None:
    start = head[:_MARKUP_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return FileType("text/html", f"a web page, {_NO_PARSER}")
    if start.startswith((b"<?xml", b"<svg")):
        if b"<svg" in start:
            return FileType("image/svg+xml", f"a picture, {_NO_PARSER}")
        return FileType("application/xml", "XML in a form no parser knows yet")
    if start.startswith((b'{"', b'[{"', b"{\n", b"{\r\n")):
        return FileType("application/json", "JSON in a form no parser knows yet")
    return None


def _unicode_text(head: bytes) -> FileType | None:
    for mark, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            whole = head[2 : len(head) - len(head) % 2]
            try:
                whole.decode(charset, errors="strict")
            except UnicodeDecodeError as error:
                if error.end < len(whole) - 2:
                    return None
            return FileType("text/plain; charset=utf-16", "text in UTF-16, in a form no parser knows yet")
    return None


def _known_magic(head: bytes) -> FileType | None:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError):
        return None
    for match in matches:
        if match.mime_type and match.confidence >= _LEAST_CONFIDENCE and len(match.byte_match) >= _LEAST_MATCH:
            return FileType(match.mime_type, f"{match.name}, {_NO_PARSER}")
    return None


def _text(head: bytes) -> FileType | None:
    controls = sum(head.count(byte) for byte in range(32) if byte not in _TEXT_CONTROLS)
    if 0 in head or controls > _MOST_CONTROLS * len(head):
        return None
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) < _TEXT_BYTES or error.start < len(head) - 4:
            return FileType("text/plain; charset=unknown", "text in an unknown character set, in a form no parser knows yet")
    return FileType("text/plain", "text in a form no parser knows yet")
