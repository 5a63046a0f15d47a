"""Requests as DOCX, the form in which an authority edits them: the letter of `letter`, the same bytes for the same request.

Source: ECMA-376 (Office Open XML), WordprocessingML.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import docx as word
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph

from comity.analysis.finding import Finding
from comity.cooperation.request import Request
from comity.exchange.letter import Letter, Letterhead, Paragraph, compose, remark

_WARNING: Final = RGBColor(0x9B, 0x1C, 0x1C)
_QUIET: Final = RGBColor(0x4D, 0x58, 0x66)
_EARLIEST_ZIP_YEAR: Final = 1980


def docx(request: Request, letterhead: Letterhead, *, at: datetime, findings: Sequence[Finding] = (), sheet: bool = True) -> bytes:
    """Return `request` as a letter in DOCX, dated `at`; same contents and arguments as `document.pdf`."""
    letter = compose(request, letterhead, at=at, findings=findings)
    document = word.Document()
    _prepare(document, letter, at=at)
    _head(document, letter)
    for section in letter.sections:
        document.add_heading(f"{section.label} {section.heading}".strip(), level=2)
        if not section.paragraphs:
            _warn(document, "Nothing is stated.")
        for paragraph in section.paragraphs:
            _numbered(document, paragraph)
    _signature(document, letter)
    _annex(document, letter)
    if sheet:
        _sheet(document, letter)
    stream = io.BytesIO()
    document.save(stream)
    return _fixed(stream.getvalue(), at=at)


def _prepare(document: Document, letter: Letter, *, at: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.subject = letter.title[:255], letter.authority[:255], letter.subject
    properties.language, properties.last_modified_by, properties.revision = "en-GB", letter.authority[:255], 1
    properties.comments, properties.keywords = "", letter.reference
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
    page.footer.paragraphs[0].text = f"{letter.reference}{' – not to be signed' if letter.banner else ''}"


def _head(document: Document, letter: Letter) -> None:
    name = document.add_paragraph()
    name.add_run(letter.authority).bold = True
    name.runs[0].font.size = Pt(15)
    name.add_run(f"\n{letter.state}")
    for line in letter.contact:
        _quiet(document.add_paragraph(), line)
    if letter.banner:
        _warn(document, letter.banner)
    to = document.add_paragraph()
    to.add_run("\n".join(letter.addressee)).bold = True
    document.add_paragraph(f"Custodian of the data: {letter.custodian}")
    facts = (
        ("Date", letter.date),
        ("Reference", letter.reference),
        ("Case", f"{letter.case} ({letter.case_identity})"),
        ("Preserve", letter.preserve_for),
    )
    for label, value in facts:
        row = document.add_paragraph()
        _quiet(row, f"{label}: ")
        row.add_run(value)
        row.paragraph_format.space_after = Pt(0)
    document.add_heading(letter.subject, level=1)
    annexed = " The data to be preserved are identified one by one in the annex." if letter.annex else ""
    document.add_paragraph(f"{letter.opening}{annexed} {remark(str(letter))}".strip())


def _numbered(document: Document, paragraph: Paragraph) -> None:
    made = document.add_paragraph(f"{paragraph.number}.\t{paragraph.text}")
    made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Mm(9), Mm(-9)
    made.paragraph_format.tab_stops.add_tab_stop(Mm(9))
    if paragraph.support:
        _quiet(made, f"  [{'; '.join(paragraph.support)}]")


def _signature(document: Document, letter: Letter) -> None:
    document.add_heading("Signature", level=2)
    document.add_paragraph(letter.signing)
    if not letter.banner:
        for label in ("Name and function", "Place and date", "Signature and seal", "Contact for confirmation"):
            _quiet(document.add_paragraph(), f"{label}: ______________________________")
    if letter.drafted:
        _quiet(document.add_paragraph(), f"Drawn up by {letter.drafted}.")


def _annex(document: Document, letter: Letter) -> None:
    if not letter.annex:
        return
    page = document.add_section()
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    document.add_heading("Annex: data to be preserved", level=1)
    _table(
        document,
        ("No", "Identifier", "Data to be preserved", "Period", "Act recorded at", "Role in the case", "Findings"),
        [
            (
                str(row.number),
                f"{row.kind}\n{''.join(row.identifier)}",
                row.data,
                row.period,
                row.recorded,
                row.role,
                "\n".join(row.findings),
            )
            for row in letter.annex
        ],
        widths=(9, 74, 55, 38, 38, 28, 24),
    )
    _quiet(
        document.add_paragraph(), "All times are in Coordinated Universal Time (UTC). A period includes its beginning and excludes its end."
    )
    if letter.findings:
        document.add_heading("Findings referred to", level=2)
        _table(document, ("Finding", "What it says", "Method"), letter.findings, widths=(30, 170, 60))


def _sheet(document: Document, letter: Letter) -> None:
    page = document.add_section()
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    document.add_heading("For the signing officer – not part of the request", level=1)
    document.add_paragraph(letter.law)
    document.add_heading("When the data are likely to be lost", level=2)
    document.add_paragraph(letter.perishes)
    document.add_heading("Why this route", level=2)
    for paragraph in letter.route:
        _numbered(document, paragraph)
    document.add_heading("Other routes considered", level=2)
    if letter.rejected:
        _table(document, ("Instrument", "Why it is not used"), letter.rejected, widths=(50, 115))
    document.add_heading("Facts still missing", level=2)
    for question in letter.missing or ("None is known.",):
        document.add_paragraph(question, style="List Bullet")
    document.add_heading("What the check of the draft says", level=2)
    if letter.objections:
        _table(document, ("Code", "Objection", "Remedy"), letter.objections, widths=(35, 65, 65))
    else:
        document.add_paragraph("No objection.")
    _quiet(document.add_paragraph(), letter.made)


def _table(document: Document, head: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int]) -> None:
    """Add a table whose first row is marked as its header, repeated on each page."""
    table = document.add_table(rows=1, cols=len(head), style="Table Grid")
    table.autofit = False
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - python-docx has no call for a header row
    cells = [table.rows[0].cells, *(table.add_row().cells for _ in rows)]
    for number, (line, texts) in enumerate(zip(cells, [head, *rows], strict=True)):
        for cell, text, width in zip(line, texts, widths, strict=True):
            cell.width = Mm(width)
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(8.5), number == 0


def _warn(document: Document, text: str) -> None:
    run = document.add_paragraph().add_run(text)
    run.bold, run.font.color.rgb = True, _WARNING


def _quiet(paragraph: DocxParagraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(8.5), _QUIET


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
