"""Office documents: docx, xlsx, pptx, OpenDocument, and the properties of the older doc, xls and ppt."""

import re
import struct
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, Final

from comity.observables import DOCUMENT, Table
from comity.parsers.contract import Child, Defect, Inferred, Item, Source
from comity.parsers.documents.compound import read_compound
from comity.parsers.documents.office_package import DAMAGE, Package, is_markup, read_package
from comity.parsers.documents.row import Document, clean
from comity.terms.errors import MaterialError

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = re.compile(rb"\[Content_Types\]\.xml|_rels/\.rels|mimetypeapplication/vnd\.oasis\.opendocument")
_PARTS = re.compile(rb"word/|xl/|ppt/|docProps/|visio/|opendocument|_rels/\.rels")
_ZIP: Final = b"PK\x03\x04"
_WRONG: Final = (*DAMAGE, AttributeError, TypeError, IndexError, KeyError, ArithmeticError, RecursionError, struct.error)


class OfficeDocument:
    """Reads Office documents: one row for the document; pictures, embedded files and macros in it as children."""

    name = "office_document"
    version = "1"
    media_type = "application/vnd.openxmlformats-officedocument"
    tables: tuple[Table, ...] = (DOCUMENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for a ZIP that begins as a document, 2 for a compound file."""
        del name
        if head.startswith(_COMPOUND):
            return 2
        return 3 if head.startswith(_ZIP) and _PACKAGE.search(head) and _PARTS.search(head) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the document's row, what of it could not be read, and the files in it."""
        del inferred
        document = Document()
        source.stream.seek(0)
        compound = source.stream.read(len(_COMPOUND)) == _COMPOUND
        source.stream.seek(0)
        try:
            if compound:
                yield from _compound(source, document)
                return
            package = Package(source.stream)
            document.encrypted = package.encrypted
            problems = list(read_package(package, document))
        except _WRONG as error:
            reason = f"no Office document that can be opened: {type(error).__name__}: {clean(str(error))[:200]}"
            yield Defect(code="unreadable", reason=reason, offset=0, length=source.size)
            return
        if document.encrypted:
            document.text = None
            problems = []
            reason = "its content needs a password; ask for it and keep an opened copy beside it"
            yield Defect(code="encrypted", reason=reason, offset=0, length=source.size)
        for problem in problems:
            yield Defect(code="document_part_unreadable", reason=clean(problem), offset=0, length=source.size)
        yield document.rows(length=source.size)
        yield from _files(source, package)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return a file in the document; MaterialError when `step` leads to none."""
        try:
            source.stream.seek(0)
            return BytesIO(Package(source.stream).part(step.removeprefix("part:")))
        except _WRONG as error:
            raise MaterialError(f"{source.name}: no readable part at {step[:80]!r}") from error


PARSER = OfficeDocument()


def _compound(source: Source, document: Document) -> Iterator[Item]:
    kind = read_compound(source.stream, document)
    if not kind:
        reason = "a compound file that is no Office document known here"
        yield Defect(code="type_unknown", reason=reason, offset=0, length=source.size)
        return
    if document.encrypted:
        reason = "it needs a password; ask for it and keep an opened copy beside it"
        yield Defect(code="encrypted", reason=reason, offset=0, length=source.size)
    else:
        document.other("kind", kind)
        reason = f"the text of older {kind} files is not read; open a copy and save it in the present format"
        yield Defect(code="document_part_unreadable", reason=reason, offset=0, length=source.size)
    yield document.rows(length=source.size)


def _files(source: Source, package: Package) -> Iterator[Item]:
    for name in package.names:
        if is_markup(name):
            continue
        offset, length = package.place(name)
        offset = min(max(offset, 0), source.size)  # a damaged directory may name any place
        length = min(max(length, 0), source.size - offset)
        try:
            data = package.part(name)
        except _WRONG as error:
            reason = f"the part {clean(name)[:200]!r}: {type(error).__name__}: {clean(str(error))[:200]}"
            yield Defect(code="document_part_unreadable", reason=reason, offset=offset, length=length)
            continue
        yield Child(
            step=f"part:{name}",
            name=name.rpartition("/")[2],
            declared_type=None,
            offset=offset,
            length=length,
            size=len(data),
            modified=None,
            stream=BytesIO(data),
        )
