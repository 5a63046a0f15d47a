"""Papers for a court: numbered statements, tables and blanks, laid out as PDF, as a Word document, or as JSON."""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from docx.shared import Mm, Pt

from comity.exchange.letter import Paragraph, remark
from comity.exchange.typesetting import typeset
from comity.exchange.visible_text import visible
from comity.exchange.word_document import begin, numbered, quiet, saved, table, warn
from comity.terms.canonical import Json, canonical

_TEXT_WIDTH = 165  # millimetres between the margins of A4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: its heading row, its rows, and the share of the width each column has."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A heading with numbered statements and tables under it."""

    heading: str
    paragraphs: tuple[Paragraph, ...] = ()
    tables: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper to be read, completed and signed by a person. `blanks` are the lines that person fills in.

    `banner` says that it is a draft, and why; `facts` are label and value; `opening` stands before the first heading.
    """

    title: str
    reference: str
    authority: str
    state: str
    banner: str
    facts: tuple[tuple[str, str], ...]
    opening: str
    chapters: tuple[Chapter, ...]
    blanks: tuple[str, ...]
    closing: str
    made: str


def statements(items: Iterable[tuple[str, Iterable[str]]], *, start: int) -> tuple[Paragraph, ...]:
    """Return `items` (text, what supports it) as paragraphs numbered from `start`, their text made safe to look at."""
    return tuple(
        Paragraph(number=number, text=visible(text), support=tuple(map(visible, support)))
        for number, (text, support) in enumerate(items, start)
    )


def renumbered(chapters: Iterable[Chapter]) -> Iterator[Chapter]:
    """Yield `chapters` with their statements numbered through."""
    start = 1
    for chapter in chapters:
        yield dataclasses.replace(
            chapter, paragraphs=tuple(dataclasses.replace(one, number=n) for n, one in enumerate(chapter.paragraphs, start))
        )
        start += len(chapter.paragraphs)


def pdf(paper: Paper, *, at: datetime) -> bytes:
    """Return `paper` as PDF/A-2a and PDF/UA-1; StateError when it cannot be set."""
    content: dict[str, Json] = json.loads(json.dumps(dataclasses.asdict(paper)))
    return typeset("paper.typ", content, what=paper.title, inputs={}, at=at)


def encode(paper: Paper) -> bytes:
    """Return `paper` as canonical JSON: its fields under their own names."""
    return canonical(json.loads(json.dumps(dataclasses.asdict(paper))))


def docx(paper: Paper, *, at: datetime) -> bytes:
    """Return `paper` as DOCX, the form in which its author completes it."""
    footer = f"{paper.reference} – draft" if paper.banner else paper.reference
    document = begin(title=paper.title, author=paper.authority, subject=paper.title, reference=paper.reference, footer=footer, at=at)
    head = document.add_paragraph()
    head.add_run(paper.authority).bold = True
    head.add_run(f"\n{paper.state}")
    if paper.banner:
        warn(document, paper.banner)
    document.add_heading(paper.title, level=1)
    for label, value in paper.facts:
        line = document.add_paragraph()
        quiet(line, f"{label}: ")
        line.add_run(value)
        line.paragraph_format.space_after = Pt(0)
    document.add_paragraph(f"{paper.opening} {remark(str(paper))}".strip())
    for chapter in paper.chapters:
        document.add_heading(chapter.heading, level=2)
        for paragraph in chapter.paragraphs:
            numbered(document, paragraph)
        for sheet in chapter.tables:
            quiet(document.add_paragraph(), sheet.caption)
            widths = [round(_TEXT_WIDTH * share / sum(sheet.shares)) for share in sheet.shares]
            table(document, sheet.head, sheet.rows, widths=widths)
    if paper.blanks:
        document.add_heading("To be completed and signed", level=2)
        document.add_paragraph(paper.closing)
        for blank in paper.blanks:
            line = document.add_paragraph()
            quiet(line, f"{blank}: ______________________________________________")
            line.paragraph_format.space_before = Mm(4)
    quiet(document.add_paragraph(), paper.made)
    return saved(document, at=at)
