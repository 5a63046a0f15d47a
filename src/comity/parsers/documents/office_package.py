"""Office documents that are ZIP archives of XML: OOXML (docx, xlsx, pptx) and OpenDocument (odt, ods, odp).

Source: ECMA-376 (Open Packaging Conventions: relationships, core and extended properties); ISO/IEC 26300 (OpenDocument 1.2).
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Final

from lxml import etree

from comity.parsers.documents.row import Document, Text
from comity.terms.errors import MaterialError

MOST_PARTS: Final = 10_000
LARGEST_PART: Final = 64 * 2**20
_MOST_DECODED: Final = 256 * 2**20
_CHUNK: Final = 2**18

DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    etree.LxmlError,
    MaterialError,
)
"""What a part that cannot be read raises."""

_CORE: Final = {
    "title": "title",
    "subject": "subject",
    "description": "subject",
    "creator": "creator",
    "lastModifiedBy": "last_modified_by",
}
_EXTENDED: Final = {"Company": "company", "Application": "application"}
_COUNTS: Final = ("Pages", "Slides")
_TEXT_PART = re.compile(
    r"(?:word/(?:document|comments|footnotes|endnotes|header[0-9]*|footer[0-9]*)|xl/(?:sharedStrings|comments[0-9]*|worksheets/[^/]+)"
    r"|xl/comments/[^/]+|xl/threadedComments/[^/]+|ppt/(?:slides|notesSlides|comments)/[^/]+)\.xml"
)
_NUMBER = re.compile("([0-9]+)")
_EXTERNAL: Final = {
    "attachedTemplate": "external_template", "oleObject": "ole_link", "frame": "external_content", "externalLinkPath": "external_content",
    "image": "external_content", "subDocument": "external_content", "package": "ole_link",
}  # fmt: skip
_BLOCKS: Final = {"p", "h", "si", "row", "table-row", "line-break", "br", "tr"}
_CELLS: Final = {"c", "table-cell", "tc", "tab"}
_WORDS: Final = {"t", "delText", "instrText"}
_FIELD_ACTIVE = re.compile(r"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE)\b", re.IGNORECASE)


class Package:
    """An opened document. Parts are decoded whole, each at most 64 MiB and all at most 256 MiB; MaterialError beyond."""

    def __init__(self, stream: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(stream)
        self.names = [info.filename for info in self._archive.infolist() if not info.is_dir()]
        self._left = _MOST_DECODED
        if len(self.names) > MOST_PARTS:
            raise MaterialError(f"{len(self.names)} parts, where a document has at most {MOST_PARTS}")

    def part(self, name: str) -> bytes:
        """Return the decoded bytes of a part."""
        pieces, size = [], 0
        with self._archive.open(name) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                self._left -= len(piece)
                if size > LARGEST_PART or self._left < 0:
                    raise MaterialError(f"the part {name[:200]!r} decodes to more than the limits allow")
                pieces.append(piece)
        return b"".join(pieces)

    def place(self, name: str) -> tuple[int, int]:
        """Return where a part's entry begins in the file, and how long it is with its local header's fixed part and name."""
        info = self._archive.getinfo(name)
        return info.header_offset, info.compress_size + 30 + len(info.orig_filename.encode())

    @property
    def encrypted(self) -> bool:
        """Whether an OpenDocument keeps its content under a password."""
        return "META-INF/manifest.xml" in self.names and b"encryption-data" in self.part("META-INF/manifest.xml")


def read_package(package: Package, document: Document) -> Iterator[str]:
    """Fill `document` from `package`; yield in words what of it cannot be read."""
    document.text = Text()
    for name in sorted(package.names, key=_natural):
        read = _reading(name)
        if read is None:
            continue
        try:
            read(package.part(name), document)
        except DAMAGE as error:
            yield f"the part {name[:200]!r}: {type(error).__name__}: {str(error)[:200]}"
    for name in package.names:
        kind = _active_part(name)
        if kind:
            document.active.add(kind)
        document.signatures += name.startswith("_xmlsignatures/sig") and name.endswith(".xml")
    if document.pages is None and (sheets := sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in package.names)):
        document.pages = sheets


def is_markup(name: str) -> bool:
    """Return whether a part is the document's own XML, and no file of another kind put into it."""
    return name.endswith((".xml", ".rels", ".vml", ".rdf")) or name in {"mimetype", "[Content_Types].xml"}


def _reading(name: str) -> Callable[[bytes, Document], None] | None:
    if name in _READINGS:
        return _READINGS[name]
    if name.endswith(".rels"):
        return _relationships
    return _text if _TEXT_PART.fullmatch(name) else None


def _active_part(name: str) -> str | None:
    lower = name.lower()
    if lower.endswith("vbaproject.bin") or lower.startswith(("basic/", "scripts/")):
        return "macro"
    if "/embeddings/" in lower:
        return "embedded_object"
    if "/activex/" in lower or "/customui" in lower:
        return "activex" if "/activex/" in lower else "custom_interface"
    return "excel4_macro" if lower.startswith("xl/macrosheets/") else None


def _elements(data: bytes) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield event, local name and element of each element of `data`; entities stay as they are and nothing is loaded."""
    parser = etree.XMLPullParser(events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for place in range(0, len(data), _CHUNK):
        parser.feed(data[place : place + _CHUNK])
        for event, element in parser.read_events():
            if isinstance(element.tag, str):
                yield event, element.tag.rpartition("}")[2], element
                if event == "end":
                    element.clear(keep_tail=True)
    parser.close()


def _core(data: bytes, document: Document) -> None:
    for event, name, element in _elements(data):
        text = (element.text or "").strip()
        if event == "start" or not text:
            continue
        if name in _CORE:
            if getattr(document, _CORE[name]) is None:
                setattr(document, _CORE[name], text)
        elif name in {"created", "modified"}:
            _time(document, name, text)
        elif name == "revision":
            _revision(document, text)
        elif name != "coreProperties":
            document.other(name, text)


def _extended(data: bytes, document: Document) -> None:
    for event, name, element in _elements(data):
        text = (element.text or "").strip()
        if event == "start" or not text:
            continue
        if name in _EXTENDED:
            setattr(document, _EXTENDED[name], text)
        elif name in _COUNTS and text.isdigit() and len(text) < 10:  # noqa: PLR2004 - below 2^31
            document.pages = int(text)
        elif name in {"Manager", "Template", "TotalTime", "AppVersion", "HyperlinkBase"}:
            document.other(name, text)


def _custom(data: bytes, document: Document) -> None:
    label = ""
    for event, name, element in _elements(data):
        if name == "property" and event == "start":
            label = str(element.get("name") or "")
        elif event == "end" and label and element.text:
            document.other(f"custom.{label}", element.text)


def _open_document_meta(data: bytes, document: Document) -> None:
    named = {
        "title": "title",
        "subject": "subject",
        "description": "subject",
        "initial-creator": "creator",
        "creator": "last_modified_by",
        "generator": "application",
    }
    for event, name, element in _elements(data):
        if event == "start":
            if name == "document-statistic":
                pages = next(
                    (str(value) for key, value in element.attrib.items() if str(key).endswith(("}page-count", "}table-count"))), ""
                )
                document.pages = int(pages) if pages.isdigit() and len(pages) < 10 else None  # noqa: PLR2004 - below 2^31
            elif name == "template":
                document.active.add("external_template")
            continue
        text = (element.text or "").strip()
        if name in named and text and getattr(document, named[name]) is None:
            setattr(document, named[name], text)
        elif name in {"creation-date", "date"} and text:
            _time(document, "created" if name == "creation-date" else "modified", text)
        elif name == "editing-cycles":
            _revision(document, text)
        elif name == "printed-by" and text:
            document.other(name, text)


def _relationships(data: bytes, document: Document) -> None:
    for event, name, element in _elements(data):
        if event == "start" and name == "Relationship" and element.get("TargetMode") == "External":
            kind = str(element.get("Type") or "").rpartition("/")[2]
            document.link(str(element.get("Target") or ""))
            if kind in _EXTERNAL:
                document.active.add(_EXTERNAL[kind])


def _text(data: bytes, document: Document) -> None:
    """Add the words of a part of OOXML, which stand in elements of their own."""
    words = document.text or Text()
    said = False
    for event, name, element in _elements(data):
        if event == "start":
            continue
        text = element.text or ""
        if text and (name in _WORDS or _is_value(name, element)):
            words.add(text)
            said = True
        if name == "instrText" and (found := _FIELD_ACTIVE.search(text)):
            document.active.add("dde" if found[1].upper().startswith("DDE") else "external_content")
        if said and name in _BLOCKS | _CELLS:
            words.add("\n" if name in _BLOCKS else "\t")
            said = name in _CELLS


def _open_document_text(data: bytes, document: Document) -> None:
    """Add the text of an OpenDocument, which stands between any elements of its body."""
    parser = etree.XMLParser(target=_Body(document), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for place in range(0, len(data), _CHUNK):
        parser.feed(data[place : place + _CHUNK])
    parser.close()


class _Body:
    """Hears an OpenDocument and keeps the text and links of its body."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._words = document.text or Text()
        self._inside = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self._inside = self._inside or name == "body"
        if name == "a":
            self._document.link(next((value for key, value in attributes.items() if key.endswith("}href")), ""))

    def data(self, text: str) -> None:
        if self._inside:
            self._words.add(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in _BLOCKS | _CELLS:
            self._words.add("\n" if name in _BLOCKS else "\t")

    def close(self) -> None:
        """Do nothing: the text is in the document."""


def _is_value(name: str, element: etree._Element) -> bool:
    """Return whether an element holds a cell's own value: a number or text, not the place of a shared one."""
    above = element.getparent()
    return name == "text" or (name == "v" and above is not None and above.get("t") != "s")


def _time(document: Document, name: str, text: str) -> None:
    try:
        instant = datetime.fromisoformat(text[:40])
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        document.other(name, text)
    else:
        setattr(document, name, instant)


def _revision(document: Document, text: str) -> None:
    if text.isdigit() and len(text) < 10:  # noqa: PLR2004 - below 2^31
        document.revision = int(text)


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Return a key that orders slide2 before slide10."""
    return [(1, int(part)) if part.isdigit() else (0, part) for part in _NUMBER.split(name)]


_READINGS: Final = {
    "docProps/core.xml": _core,
    "docProps/app.xml": _extended,
    "docProps/custom.xml": _custom,
    "meta.xml": _open_document_meta,
    "content.xml": _open_document_text,
}
