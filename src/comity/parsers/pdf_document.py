"""PDF documents: what they say of themselves, their text, links, active content and embedded files.

The library pypdf reads them; damage it repairs on the way is not repaired in the exhibit. Nothing of a document is run or fetched.
Source: ISO 32000-2 (7.5 file structure, 7.11.4 embedded files, 12.6 actions, 14.3 metadata).
"""

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from comity.observables import DOCUMENT, Table
from comity.parsers.contract import Child, Defect, Inferred, Item, Source
from comity.parsers.documents.row import LONGEST_TEXT, Document, Text, clean
from comity.terms.errors import MaterialError

# it tells of each repair, and a hostile file has millions of them
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_MAGIC: Final = b"%PDF-"
_MAGIC_WITHIN: Final = 1_024
_MOST_OBJECTS: Final = 200_000
_MOST_PAGES: Final = 500
_MOST_FILES: Final = 1_000
_TAIL: Final = 64
_CHUNK: Final = 2**20
_DATE = re.compile(
    r"D:(?P<year>[0-9]{4})(?P<month>[0-9]{2})?(?P<day>[0-9]{2})?(?P<hour>[0-9]{2})?(?P<minute>[0-9]{2})?(?P<second>[0-9]{2})?"
    r"(?:(?P<utc>Z)|(?P<sign>[+-])(?P<hours>[0-9]{2})'?(?P<minutes>[0-9]{2})?'?)?.{0,8}"
)
# what an action or annotation may do beyond showing itself
_ACTIVE: Final = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "form_submission",
    "/ImportData": "data_import",
    "/GoToR": "other_document",
    "/GoToE": "other_document",
    "/RichMedia": "rich_media",
    "/Movie": "rich_media",
    "/Rendition": "rich_media",
}
_FAILURES: Final = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OverflowError,
    NotImplementedError,
    AssertionError,
)
"""What pypdf raises on damaged files, as seen by fuzzing."""


class PdfDocument:
    """Reads PDF files: one row for the document, its embedded files as children."""

    name = "pdf_document"
    version = "1"
    media_type = "application/pdf"
    tables: tuple[Table, ...] = (DOCUMENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the signature at the start, 2 where other bytes stand before it, as readers allow."""
        del name
        return 3 if head.startswith(_MAGIC) else 2 if _MAGIC in head[:_MAGIC_WITHIN] else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the document's row, what of it could not be read, and its embedded files."""
        del inferred
        whole = source.size

        def defect(code: str, reason: str) -> Defect:
            return Defect(code=code, reason=reason, offset=0, length=whole)

        try:
            reader = _open(source)
        except _FAILURES as error:
            yield defect("unreadable", f"no PDF that can be opened: {_words(error)}")
            return
        document = Document(encrypted=reader.is_encrypted, revision=_updates(source) - 1)
        if reader.is_encrypted and not _unlocked(reader):
            yield document.rows(length=whole)
            yield defect("encrypted", "it needs a password; ask for it and keep an opened copy beside it")
            return
        objects = _Objects(reader, document)
        for part, read in (("properties", _properties), ("text", _text)):
            try:
                read(reader, document)
            except _FAILURES as error:
                yield defect("document_part_unreadable", f"its {part}: {_words(error)}")
        objects.walk()
        if not document.whole:
            yield defect("limit_size", f"text beyond {LONGEST_TEXT} characters or {_MOST_PAGES} pages is not gone through")
        if objects.problem:
            yield defect("document_part_unreadable", objects.problem)
        yield document.rows(length=whole)
        yield from _files(source, objects)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return an embedded file; MaterialError when `step` leads to none."""
        try:
            number = int(step.removeprefix("embedded:").partition(":")[0])
            reader = _open(source)
            if reader.is_encrypted:
                _unlocked(reader)
            return BytesIO(_data(reader, number))
        except _FAILURES as error:
            raise MaterialError(f"{source.name}: no readable embedded file at {step[:80]!r}") from error


PARSER = PdfDocument()


class _Objects:
    """All objects of a document, gone through once: active content, links, signatures, embedded files by number."""

    def __init__(self, reader: PdfReader, document: Document) -> None:
        self.reader = reader
        self._document = document
        self.files: dict[int, str] = {}
        self.problem = ""

    def walk(self) -> None:
        """Look at each object; the first that cannot be read is told in `problem`."""
        numbers = [number for table in self.reader.xref.values() for number in table] + list(self.reader.xref_objStm)
        if len(numbers) > _MOST_OBJECTS:
            self.problem = f"of {len(numbers)} objects the first {_MOST_OBJECTS} are looked at"
        unreadable = 0
        for number in sorted(set(numbers))[:_MOST_OBJECTS]:
            try:
                value = self.reader.get_object(IndirectObject(number, 0, self.reader))
                self._look(value)
            except _FAILURES:
                unreadable += 1
        if unreadable:
            self.problem = self.problem or f"{unreadable} of its objects cannot be read"

    def _look(self, value: PdfObject | None) -> None:
        """Look at the dictionaries of one object, not at other objects it refers to."""
        waiting: list[PdfObject | None] = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, ArrayObject):
                waiting += [item for item in one if not isinstance(item, IndirectObject)]
            elif isinstance(one, DictionaryObject):
                self._dictionary(one)
                waiting += [item for item in one.values() if not isinstance(item, IndirectObject)]

    def _dictionary(self, one: DictionaryObject) -> None:
        document = self._document
        for kind in (one.get("/S"), one.get("/Subtype")):
            if isinstance(kind, str) and kind in _ACTIVE:
                document.active.add(_ACTIVE[kind])
        if "/JS" in one:
            document.active.add("javascript")
        if "/XFA" in one:
            document.active.add("xfa_form")
        if "/OpenAction" in one and isinstance(one["/OpenAction"], DictionaryObject):
            document.active.add("open_action")
        if one.get("/S") == "/URI" and "/URI" in one:
            target = one["/URI"]
            document.link(target.decode("latin-1") if isinstance(target, bytes) else str(target))
        if one.get("/Type") == "/Sig" and "/ByteRange" in one:
            document.signatures += 1
        held = one.get("/EF")
        if isinstance(held, DictionaryObject):
            document.active.add("embedded_file")
            reference = next((held.raw_get(key) for key in ("/F", "/UF") if key in held), None)
            if isinstance(reference, IndirectObject) and len(self.files) < _MOST_FILES:
                name = one.get("/UF") or one.get("/F") or ""
                self.files.setdefault(reference.idnum, clean(str(name)))


def _open(source: Source) -> PdfReader:
    source.stream.seek(0)
    return PdfReader(source.stream, strict=False)


def _unlocked(reader: PdfReader) -> bool:
    """Return whether the document opens without a password, as those do that only restrict printing."""
    try:
        return bool(reader.decrypt(""))
    except _FAILURES:
        return False


def _updates(source: Source) -> int:
    """Return how often the file was written: each writing in place ends with its own mark."""
    source.stream.seek(0)
    count, tail = 0, b""
    while chunk := source.stream.read(_CHUNK):
        piece = tail + chunk
        count += piece.count(b"startxref")
        tail = piece[-8:]
    return max(1, count)


def _properties(reader: PdfReader, document: Document) -> None:
    document.pages = len(reader.pages)
    if reader.pdf_header:
        document.other("version", reader.pdf_header)
    named = {"/Title": "title", "/Subject": "subject", "/Author": "creator", "/Creator": "application", "/Producer": "producer"}
    for key, value in (reader.metadata or {}).items():
        text = str(value.get_object() if isinstance(value, IndirectObject) else value)
        if key in named:
            setattr(document, named[key], text)
        elif key in {"/CreationDate", "/ModDate"}:
            instant = _instant(text)
            if instant is None:
                document.other(key.removeprefix("/"), text)
            elif key == "/CreationDate":
                document.created = instant
            else:
                document.modified = instant
        else:
            document.other(key.removeprefix("/"), text)
    identifiers = reader.trailer.get("/ID")
    if isinstance(identifiers, ArrayObject):
        parts = [part if isinstance(part, bytes) else str(part).encode("latin-1", "replace") for part in identifiers]
        document.other("ID", " ".join(part.hex() for part in parts))


def _text(reader: PdfReader, document: Document) -> None:
    document.text = Text()
    document.whole = False
    for number, page in enumerate(reader.pages):
        if number >= _MOST_PAGES or document.text.length > LONGEST_TEXT:
            return
        document.text.add(page.extract_text() + "\n")
    document.whole = True


def _instant(text: str) -> datetime | None:
    """Return the instant a PDF date writes, None without a zone (ISO 32000-2, 7.9.4)."""
    match = _DATE.fullmatch(text.strip())
    if match is None or not (match["utc"] or match["sign"]):
        return None
    zone = "+00:00" if match["utc"] else f"{match['sign']}{match['hours']}:{match['minutes'] or '00'}"
    day = f"{match['year']}-{match['month'] or '01'}-{match['day'] or '01'}"
    clock = f"{match['hour'] or '00'}:{match['minute'] or '00'}:{match['second'] or '00'}"
    try:
        return datetime.fromisoformat(f"{day}T{clock}{zone}")
    except ValueError:
        return None


def _files(source: Source, objects: _Objects) -> Iterator[Item]:
    for number, name in sorted(objects.files.items()):
        offset = objects.reader.xref.get(0, {}).get(number, 0)
        offset = offset if 0 < offset < source.size else 0
        length = _object_end(source, offset) - offset
        try:
            data = _data(objects.reader, number)
        except _FAILURES as error:
            reason = f"the embedded file {name[:200]!r}: {_words(error)}"
            yield Defect(code="document_part_unreadable", reason=reason, offset=offset, length=length)
            continue
        yield Child(
            step=f"embedded:{number}:{name}",
            name=name or f"embedded {number}",
            declared_type=None,
            offset=offset,
            length=length,
            size=len(data),
            modified=None,
            stream=BytesIO(data),
        )


def _object_end(source: Source, offset: int) -> int:
    if offset == 0:
        return source.size
    source.stream.seek(offset)
    place, tail = offset, b""
    while chunk := source.stream.read(_CHUNK):
        found = (tail + chunk).find(b"endobj")
        if found >= 0:
            return place - len(tail) + found + len(b"endobj")
        place, tail = place + len(chunk), chunk[-5:]
    return source.size


def _data(reader: PdfReader, number: int) -> bytes:
    value = reader.get_object(IndirectObject(number, 0, reader))
    if not isinstance(value, StreamObject):
        raise TypeError("no stream")
    return bytes(value.get_data())


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {clean(str(error))[:200]}"
