"""The row of a document, and its text as it is gathered."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa

from comity.observables import DOCUMENT
from comity.parsers.contract import Rows
from comity.parsers.record_fields import record_fields

LONGEST_TEXT = 65_536
"""Characters of text that are kept."""

MOST_LINKS = 1_000
_LONGEST_VALUE = 4_096
_MOST_FIELDS = 200
_LARGEST = 2**31 - 1

Cell = str | int | bool | datetime | list[str] | None


@dataclass(slots=True)
class Text:
    """Text in pieces: the first 65,536 characters are kept, all are counted."""

    length: int = 0
    _pieces: list[str] = field(default_factory=list)
    _room: int = LONGEST_TEXT

    def add(self, piece: str) -> None:
        """Add a piece behind the others."""
        self.length += len(piece)
        if self._room > 0 and piece:
            self._pieces.append(piece[: self._room])
            self._room -= len(piece)

    def kept(self) -> str:
        """Return the text that is kept."""
        return clean("".join(self._pieces).strip())


@dataclass(slots=True)
class Document:
    """What a document says of itself. Instants without a zone are no instants: they stand in `others` as written."""

    title: str | None = None
    subject: str | None = None
    creator: str | None = None
    last_modified_by: str | None = None
    company: str | None = None
    application: str | None = None
    producer: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    pages: int | None = None
    revision: int | None = None
    encrypted: bool = False
    signatures: int = 0
    active: set[str] = field(default_factory=set)
    links: dict[str, None] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    text: Text | None = None
    whole: bool = True
    """Whether all of the text was gone through, so that its length is known."""

    def link(self, target: str) -> None:
        """Keep the target of a hyperlink, each once."""
        if target and len(self.links) < MOST_LINKS:
            self.links.setdefault(clean(target[:_LONGEST_VALUE]))

    def other(self, name: str, value: object) -> None:
        """Keep a property that has no column of its own."""
        text = clean(str(value).strip())
        if text and len(self.others) < _MOST_FIELDS:
            self.others.setdefault(clean(name)[:200], text[:_LONGEST_VALUE])

    def rows(self, *, length: int) -> Rows:
        """Return the document as the one row of its source of `length` bytes."""
        texts_of = ("title", "subject", "creator", "last_modified_by", "company", "application", "producer")
        row: dict[str, Cell] = {name: _said(getattr(self, name)) for name in texts_of}
        row |= {"trace.offset": 0, "trace.length": length, "created": _storable(self.created), "modified": _storable(self.modified)}
        row |= {
            "pages": _counted(self.pages),
            "revision": _counted(self.revision),
            "encrypted": self.encrypted,
            "signatures": self.signatures,
        }
        row |= {"active": sorted(self.active), "links": list(self.links), "fields": record_fields(dict(self.others))}
        if self.text is not None:
            row |= {"text": self.text.kept(), "text.length": self.text.length if self.whole else None}
        columns = [pa.array([row.get(column.name)], type=column.type) for column in DOCUMENT.own]
        return Rows(table=DOCUMENT, batch=pa.RecordBatch.from_arrays(columns, schema=DOCUMENT.own))


def clean(text: str) -> str:
    """Return `text` as it can be stored: without null characters, what is no character written as an escape."""
    return text.replace("\x00", "").encode("utf-8", errors="backslashreplace").decode("utf-8")


def _said(text: str | None) -> str | None:
    return (clean(text.strip())[:_LONGEST_VALUE] or None) if text else None


def _counted(number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= _LARGEST else None


def _storable(instant: datetime | None) -> datetime | None:
    if instant is None or instant.tzinfo is None:
        return None
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        return None
