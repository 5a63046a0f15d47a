"""Properties of older Office documents, which are OLE compound files. Their text is not read: no library that may ship does it well.

Source: MS-OLEPS (property sets), MS-OFFCRYPTO 2.3 (encrypted packages), MS-OVBA 2.2 (macro storages).
"""

from datetime import UTC, datetime
from typing import BinaryIO, Final

import olefile

from comity.parsers.documents.row import Document

_TEXTS: Final = {
    "title": "title", "subject": "subject", "author": "creator", "last_saved_by": "last_modified_by", "company": "company",
    "creating_application": "application",
}  # fmt: skip
_OTHERS: Final = ("keywords", "comments", "template", "manager", "category", "total_edit_time", "last_printed")
_CHARSETS: Final = {65001: "utf-8", 1200: "utf-16-le"}
_MOST_ENTRIES: Final = 100_000
_FIRST_YEAR: Final = 1980  # a FILETIME of nearly zero is no time, but a duration or nothing
_KINDS: Final = {
    "WordDocument": "Word",
    "Workbook": "Excel",
    "Book": "Excel",
    "PowerPoint Document": "PowerPoint",
    "VisioDocument": "Visio",
}


def read_compound(stream: BinaryIO, document: Document) -> str:
    """Fill `document`; return what kind of document it is ("" for none known). OSError and kin when it is damaged."""
    with olefile.OleFileIO(stream) as compound:
        entries = ["/".join(entry) for entry in compound.listdir(streams=True, storages=True)[:_MOST_ENTRIES]]
        names = {entry.rpartition("/")[2] for entry in entries}
        document.encrypted = "EncryptedPackage" in names
        if any(entry.upper().endswith(("/VBA", "_VBA_PROJECT")) or entry.upper() == "VBA" for entry in entries):
            document.active.add("macro")
        if any(entry.startswith(("ObjectPool/", "MBD")) or entry.endswith("\x01Ole10Native") for entry in entries):
            document.active.add("embedded_object")
        document.signatures = sum(name in {"_signatures", "_xmlsignatures"} for name in names)
        _properties(compound, document)
    kinds = sorted({_KINDS[entry] for entry in entries if entry in _KINDS})
    return kinds[0] if kinds else "encrypted Office" if document.encrypted else ""


def _properties(compound: olefile.OleFileIO, document: Document) -> None:
    said = compound.get_metadata()
    charset = _CHARSETS.get(said.codepage or 0, f"cp{said.codepage}" if said.codepage else "cp1252")
    for name, column in _TEXTS.items():
        setattr(document, column, _decoded(getattr(said, name), charset) or None)
    for name in _OTHERS:
        value = getattr(said, name)
        if value:
            document.other(name, _decoded(value, charset))
    document.created, document.modified = _instant(said.create_time), _instant(said.last_saved_time)
    document.pages = next((count for count in (said.num_pages, said.slides) if isinstance(count, int) and count > 0), None)
    revision = _decoded(said.revision_number, charset)
    document.revision = int(revision) if revision.isdigit() and len(revision) < 10 else None  # noqa: PLR2004 - below 2^31


def _decoded(value: object, charset: str) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode(charset, errors="replace")
        except LookupError:
            return value.decode("cp1252", errors="replace")
    return "" if value is None else str(value)


def _instant(value: object) -> datetime | None:
    """Return a FILETIME, which is UTC by its definition."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.year >= _FIRST_YEAR else None
