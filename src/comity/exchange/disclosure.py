"""What the defence gets: everything found and not found, noted and not read, as plain tables and one page without scripts.

Source: ISO/IEC 27042:2015 (reports state limitations and negative results); the page forbids itself all but its own style.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from comity.analysis.finding import Finding, Reason
from comity.analysis.method import Method, Methods
from comity.exchange.case_view import CaseView
from comity.exchange.error_annex import AnnexStep
from comity.exchange.visible_text import moment, prose, state_name, visible
from comity.terms.instant import format_instant

_TEMPLATES: Final = Path(__file__).parent / "templates"
_MOST_SHOWN: Final = 1000
README: Final = """This folder is the disclosure of one case: what its analysis says, what it looked for and did not find, what persons
noted, and what was not read. index.html is the beginning; it loads nothing and runs nothing.

  findings.csv  findings.json  traces.csv    every finding, weak ones too; the very bytes each rests on
  searches.csv                               each method that was run: how many records it looked through, what it found, or nothing
  methods.csv   weaknesses.csv               versions, nature, measured error; what is known to go wrong at each step
  notes.csv     ledger.csv                   notes of persons; every act, with the SHA-256 of its entry
  exhibits.csv  inside.csv                   what was acquired; what was found inside it
  coverage.csv  unread.csv  inferred.csv     what became of every byte; each place not read; each fact not written but inferred

CSV is UTF-8 with commas and quotes. A cell that a spreadsheet could take for a formula begins with an apostrophe that is not part
of the text. SHA256SUMS lists all files: sha256sum -c SHA256SUMS
"""

Rows = tuple[tuple[str, ...], Iterable[Sequence[object]]]
"""A table: its heading, and its rows to be gone through once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A person's note: its ledger entry, when, by which account, about which exhibit ("" for the case), the words."""

    entry: int
    at: datetime
    performer: str
    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """What one method came to: records it looked through, findings it made, and the same in words."""

    method: Method
    looked: int
    found: int
    words: str


def findings_table(findings: Iterable[Finding], methods: Methods) -> Rows:
    """Return the findings with what speaks for and against each, and the error of its method."""
    head = (
        "finding", "kind", "strength", "from", "until", "title", "statement", "for", "against", "does_not_show",
        "method", "version", "nature", "error", "places",
    )  # fmt: skip
    return head, (_finding(one, methods.of(one)) for one in findings)


def _finding(one: Finding, method: Method | None) -> Sequence[object]:
    return (
        one.identity, one.kind, one.strength.value, _instant(one.at), _instant(one.until), one.title, one.statement,
        _joined(reason for reason in one.reasons if not reason.against), _joined(reason for reason in one.reasons if reason.against),
        " ".join(one.limits), one.method, one.method_version, method.nature.value if method else "unknown",
        method.error if method else "not known for this version", len(one.traces),
    )  # fmt: skip


def _joined(reasons: Iterable[Reason]) -> str:
    return " ".join(reason.text for reason in reasons)


def traces_table(findings: Iterable[Finding]) -> Rows:
    """Return the bytes each finding rests on."""
    rows = ((one.identity, trace.exhibit, trace.member, trace.offset, trace.length) for one in findings for trace in one.traces)
    return ("finding", "exhibit", "member", "offset", "length"), rows


def searches_table(searches: Iterable[SearchRow]) -> Rows:
    """Return what each method looked through and found: the negative results are those with 0 findings."""
    head = ("method", "version", "nature", "looked_for", "tables", "records_looked_through", "findings", "result")
    rows = ((*_named(one.method), one.method.looks_for, " ".join(one.method.reads), one.looked, one.found, one.words) for one in searches)
    return head, rows


def methods_table(methods: Methods) -> Rows:
    """Return the methods with their measured error."""
    head = ("method", "version", "nature", "kinds", "error", "described_in")
    return head, ((*_named(one), " ".join(one.kinds), one.error, one.page) for one in methods.methods)


def _named(method: Method) -> tuple[str, str, str]:
    return method.name, method.version, method.nature.value


def weaknesses_table(annex: Iterable[AnnexStep]) -> Rows:
    """Return the error annex."""
    head = ("step", "catalogue", "done", "what_can_go_wrong", "weakness", "classes", "done_against_it", "remains")
    rows = (
        (step.title, step.catalogue, step.done, one.text, one.catalogue, " ".join(one.classes), one.mitigation, one.remains)
        for step in annex
        for one in step.weaknesses
    )
    return head, rows


def notes_table(notes: Iterable[NoteRow]) -> Rows:
    """Return the notes of persons."""
    return ("entry", "at", "by", "exhibit", "note"), ((one.entry, _instant(one.at), one.performer, one.about, one.text) for one in notes)


def ledger_table(view: CaseView) -> Rows:
    """Return every act up to this disclosure."""
    head = ("entry", "at", "act", "by", "with", "authorization", "what", "sha256")
    rows = (
        (row.number, _instant(row.at), row.event, row.performer, row.instrument, row.authorization, row.summary, str(row.digest))
        for row in view.entries
    )
    return head, rows


def exhibits_table(view: CaseView) -> Rows:
    """Return what was acquired."""
    head = ("exhibit", "name", "kind", "bytes", "modified", "sha256", "not_acquired_whole")
    rows = (
        (one.number, one.name, one.kind, one.size, _instant(one.modified), "" if one.sha256 is None else str(one.sha256), one.defect or "")
        for one in view.exhibits
    )
    return head, rows


def inside_table(view: CaseView) -> Rows:
    """Return what was found inside exhibits."""
    head = ("exhibit", "member", "name", "type_by_content", "bytes", "sha256")
    return head, ((one.number, one.member, one.name, one.detected_type, one.size, one.sha256) for one in view.inside)


def page(
    view: CaseView, *, searches: Sequence[SearchRow], notes: Sequence[NoteRow], inferred: int, totals: Mapping[str, int], at: datetime
) -> bytes:
    """Return index.html: findings, negative results, notes and what was not read, in words; long tables are in the files beside it.

    `totals` are bytes by what became of them, `inferred` counts the inferred facts.
    """
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(plain=visible, prose=prose, moment=moment, state=state_name)
    made = environment.get_template(
        "disclosure.html.jinja"
    ).render(
        view=view,
        style=Markup(style),  # noqa: S704 - our own style sheet, not evidence
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        findings=list(_shown(view)),
        most=_MOST_SHOWN,
        searches=searches,
        notes=notes[:_MOST_SHOWN],
        notes_total=len(notes),
        inferred=inferred,
        totals=totals,
        at=at,
    )
    return made.encode("utf-8", errors="replace")


def _shown(view: CaseView) -> Iterator[tuple[Finding, Method | None]]:
    for one in view.findings[:_MOST_SHOWN]:
        yield one, view.methods.of(one) if view.methods else None


def _instant(at: datetime | None) -> str:
    return "" if at is None else format_instant(at)
