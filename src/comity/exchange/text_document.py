"""Requests as DOCX, the form in which an authority edits them: the letter of `letter`, the same bytes for the same request."""

from collections.abc import Sequence
from datetime import datetime

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt

from comity.analysis.finding import Finding
from comity.cooperation.request import Request
from comity.exchange.letter import Letter, Letterhead, compose, remark
from comity.exchange.word_document import begin, numbered, quiet, saved, table, warn


def docx(request: Request, letterhead: Letterhead, *, at: datetime, findings: Sequence[Finding] = (), sheet: bool = True) -> bytes:
    """Return `request` as a letter in DOCX, dated `at`; same contents and arguments as `document.pdf`."""
    letter = compose(request, letterhead, at=at, findings=findings)
    document = begin(
        title=letter.title,
        author=letter.authority,
        subject=letter.subject,
        reference=letter.reference,
        footer=f"{letter.reference}{' – not to be signed' if letter.banner else ''}",
        at=at,
    )
    _head(document, letter)
    for section in letter.sections:
        document.add_heading(f"{section.label} {section.heading}".strip(), level=2)
        if not section.paragraphs:
            warn(document, "Nothing is stated.")
        for paragraph in section.paragraphs:
            numbered(document, paragraph)
    _signature(document, letter)
    _annex(document, letter)
    if sheet:
        _sheet(document, letter)
    return saved(document, at=at)


def _head(document: Document, letter: Letter) -> None:
    name = document.add_paragraph()
    name.add_run(letter.authority).bold = True
    name.runs[0].font.size = Pt(15)
    name.add_run(f"\n{letter.state}")
    for line in letter.contact:
        quiet(document.add_paragraph(), line)
    if letter.banner:
        warn(document, letter.banner)
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
        quiet(row, f"{label}: ")
        row.add_run(value)
        row.paragraph_format.space_after = Pt(0)
    document.add_heading(letter.subject, level=1)
    annexed = " The data to be preserved are identified one by one in the annex." if letter.annex else ""
    document.add_paragraph(f"{letter.opening}{annexed} {remark(str(letter))}".strip())


def _signature(document: Document, letter: Letter) -> None:
    document.add_heading("Signature", level=2)
    document.add_paragraph(letter.signing)
    if not letter.banner:
        for label in ("Name and function", "Place and date", "Signature and seal", "Contact for confirmation"):
            quiet(document.add_paragraph(), f"{label}: ______________________________")
    if letter.drafted:
        quiet(document.add_paragraph(), f"Drawn up by {letter.drafted}.")


def _annex(document: Document, letter: Letter) -> None:
    if not letter.annex:
        return
    page = document.add_section()
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    document.add_heading("Annex: data to be preserved", level=1)
    table(
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
    quiet(
        document.add_paragraph(), "All times are in Coordinated Universal Time (UTC). A period includes its beginning and excludes its end."
    )
    if letter.findings:
        document.add_heading("Findings referred to", level=2)
        table(document, ("Finding", "What it says", "Method"), letter.findings, widths=(30, 170, 60))


def _sheet(document: Document, letter: Letter) -> None:
    page = document.add_section()
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    document.add_heading("For the signing officer – not part of the request", level=1)
    document.add_paragraph(letter.law)
    document.add_heading("When the data are likely to be lost", level=2)
    document.add_paragraph(letter.perishes)
    document.add_heading("Why this route", level=2)
    for paragraph in letter.route:
        numbered(document, paragraph)
    document.add_heading("Other routes considered", level=2)
    if letter.rejected:
        table(document, ("Instrument", "Why it is not used"), letter.rejected, widths=(50, 115))
    document.add_heading("Facts still missing", level=2)
    for question in letter.missing or ("None is known.",):
        document.add_paragraph(question, style="List Bullet")
    document.add_heading("What the check of the draft says", level=2)
    if letter.objections:
        table(document, ("Code", "Objection", "Remedy"), letter.objections, widths=(35, 65, 65))
    else:
        document.add_paragraph("No objection.")
    quiet(document.add_paragraph(), letter.made)
