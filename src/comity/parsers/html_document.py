"""Web pages kept or sent as files: what a reader sees of one, where it leads, and what it asks for. Nothing in it is run or loaded."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from comity.observables import DOCUMENT, Table
from comity.parsers.contract import Defect, Inferred, Item, Source
from comity.parsers.documents.row import Document, Text
from comity.parsers.mail.charset import decode
from comity.parsers.mail.visible_html import LONGEST_HTML, read_html

_MOST_BYTES: Final = 2 * LONGEST_HTML
_BEGINS = re.compile(
    r"(?:\s{0,100}<!--(?:(?!-->).){0,4000}-->){0,5}\s{0,1000}(?:<\?xml[^>]{0,200}\?>\s{0,100})?"
    r"<(?:!doctype\s{1,10}html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG_FIRST = re.compile(
    r"\s{0,1000}<(?:!--|(?:script|meta|title|style|table|div|form|p|a|iframe|center|span|h1|link|base|img)\b)", re.IGNORECASE
)
_TAGS = re.compile(r"</(?:script|title|style|table|div|form|p|a|body|html|center|span|h1)>", re.IGNORECASE)
_NAMES: Final = (".htm", ".html", ".xhtml", ".shtml")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([\w-]{1,40})", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,4096})", re.IGNORECASE)
_META = re.compile(
    r"<meta\s{1,20}name\s{0,5}=\s{0,5}[\"']?(author|generator)[\"']?\s{1,20}content\s{0,5}=\s{0,5}[\"']([^\"'<>]{0,1000})", re.IGNORECASE
)
_SCRIPT = re.compile(
    r"<script\b|\bon(?:load|click|error|submit|mouseover|focus)\s{0,5}=|\bhref\s{0,5}=\s{0,5}[\"']?\s{0,20}javascript:", re.IGNORECASE
)
_EMBEDDED = re.compile(r"<(?:object|embed|applet)\b", re.IGNORECASE)
_FRAME = re.compile(r"<i?frame\b|<meta[^>]{0,100}http-equiv\s{0,5}=\s{0,5}[\"']?refresh", re.IGNORECASE)
_HEAD: Final = 65_536


class HtmlDocument:
    """Reads a web page as one document row; its trace is the file."""

    name = "html_document"
    version = "1"
    media_type = "text/html"
    tables: tuple[Table, ...] = (DOCUMENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for a page's beginning, 1 for tags of one without it (2 when it is called .htm or .html), else 0."""
        text = _text_of(head[:_HEAD])[0]
        if _BEGINS.match(text):
            return 3
        if _TAG_FIRST.match(text) and _TAGS.search(text):
            return 2 if name.lower().endswith(_NAMES) else 1
        return 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: a page stands alone."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the page's row, and a defect for what of it is too long to be read."""
        del inferred
        source.stream.seek(0)
        raw = source.stream.read(_MOST_BYTES)
        if not raw:
            return
        text, fault = _text_of(raw)
        page = read_html(text)
        document = Document(whole=source.size <= len(raw) and not any("cut" in word or "end" in word for word in page.defects))
        document.text = Text()
        document.text.add(page.text)
        for link in page.links:
            document.link(link.target)
        _told(text, document)
        document.other("forms", page.forms or "")
        document.other("remote_images", page.remote_images or "")
        document.other("form_targets", " ".join(link.target for link in page.links if link.source == "html_form"))
        document.other("remarks", "; ".join(filter(None, (*page.defects, fault))))
        yield document.rows(length=len(raw))
        if source.size > len(raw):
            reason = f"only the first {_MOST_BYTES} bytes of a web page are read"
            yield Defect(code="limit_size", reason=reason, offset=len(raw), length=source.size - len(raw))
        elif not document.whole:
            reason = f"not all of the page was read: {'; '.join(page.defects)}"
            yield Defect(code="document_part_unreadable", reason=reason, offset=0, length=source.size)


def _told(text: str, document: Document) -> None:
    """Fill in what the page says of itself and what in it would act."""
    title = _TITLE.search(text, 0, _HEAD)
    document.title = " ".join(title[1].split()) if title else None
    for found in _META.finditer(text, 0, _HEAD):
        if found[1].lower() == "author":
            document.creator = document.creator or found[2]
        else:
            document.application = document.application or found[2]
    for kind, pattern in (("javascript", _SCRIPT), ("embedded_object", _EMBEDDED), ("external_content", _FRAME)):
        if pattern.search(text):
            document.active.add(kind)


def _text_of(raw: bytes) -> tuple[str, str]:
    """Return a page's text and what is wrong with its characters: by byte order mark, by its own word, else as mail programs guess."""
    for mark, charset in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            return decode(raw[len(mark) :], charset)
    found = _META_CHARSET.search(raw, 0, 2_048)
    declared = "" if found is None else found[1].decode("ascii")
    return decode(raw, "" if declared.lower().startswith("utf-16") else declared)  # WHATWG Encoding: it could not be read otherwise


PARSER = HtmlDocument()
