"""Word documents: the parts that letters and papers are made of, and the same bytes for the same content.

Source: ECMA-376 (Office Open XML), WordprocessingML.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import docx as word
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph

from comity.exchange.letter import Paragraph

_WARNING: Final = RGBColor(0x9B, 0x1C, 0x1C)
_QUIET: Final = RGBColor(0x4D, 0x58, 0x66)
_EARLIEST_ZIP_YEAR: Final = 1980


def begin(*, title: str, author: str, subject: str, reference: str, footer: str, at: datetime) -> Document:
    """Return an empty A4 document, its properties set, dated `at`."""
    document = word.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.subject = title[:255], author[:255], subject[:255]
    properties.language, properties.last_modified_by, properties.revision = "en-GB", author[:255], 1
    properties.comments, properties.keywords = "", reference[:255]
    properties.created = properties.modified = at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Cambria", Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    for level, size in ((1, 13), (2, 10.5)):
        style = document.styles[f"Heading {level}"]
        style.font.size, style.font.color.rgb, style.font.name = Pt(size), RGBColor(0x1B, 0x24, 0x30), "Cambria"
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(25), Mm(20), Mm(20), Mm(22)
    page.footer.paragraphs[0].text = footer
    return document


def numbered(document: Document, paragraph: Paragraph) -> None:
    """Add a numbered paragraph, what supports it behind it in small type."""
    made = document.add_paragraph(f"{paragraph.number}.\t{paragraph.text}")
    made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Mm(9), Mm(-9)
    made.paragraph_format.tab_stops.add_tab_stop(Mm(9))
    if paragraph.support:
        quiet(made, f"  [{'; '.join(paragraph.support)}]")


def table(document: Document, head: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int]) -> None:
    """Add a table whose first row is marked as its header, repeated on each page."""
    made = document.add_table(rows=1, cols=len(head), style="Table Grid")
    made.autofit = False
    repeat = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - python-docx has no call for a header row
    cells = [made.rows[0].cells, *(made.add_row().cells for _ in rows)]
    for number, (line, texts) in enumerate(zip(cells, [head, *rows], strict=True)):
        for cell, text, width in zip(line, texts, widths, strict=True):
            cell.width = Mm(width)
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(8.5), number == 0


def warn(document: Document, text: str) -> None:
    """Add a paragraph that nobody overlooks."""
    run = document.add_paragraph().add_run(text)
    run.bold, run.font.color.rgb = True, _WARNING


def quiet(paragraph: DocxParagraph, text: str) -> None:
    """Add small text to `paragraph`."""
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(8.5), _QUIET


def saved(document: Document, *, at: datetime) -> bytes:
    """Return the bytes of `document`; the same content gives the same."""
    stream = io.BytesIO()
    document.save(stream)
    return _fixed(stream.getvalue(), at=at)


def _fixed(archive: bytes, *, at: datetime) -> bytes:
    """Return the ZIP `archive` with its members in order of name (content types first) and dated `at`."""
    at = at.astimezone(UTC)
    stamp = (max(at.year, _EARLIEST_ZIP_YEAR), at.month, at.day, at.hour, at.minute, at.second)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, date_time=stamp)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(member, source.read(name))
    return stream.getvalue()
