"""Whatever evidence says, papers for the court and the disclosure are set, say it as text, and run nothing."""

import csv
import io
from dataclasses import replace

import lxml.html
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_view_factory import HOSTILE, OPENED, case_view
from comity.casework.method_facts import methods
from comity.exchange import disclosure, paper
from comity.exchange.case_view import CaseView
from comity.exchange.certificate import Kind, draft
from comity.exchange.disclosure import NoteRow
from comity.exchange.spreadsheet import write_rows

VIEW = case_view()
ANY_TEXT = st.text(st.characters(), min_size=1, max_size=60)  # surrogates, too
MARKUP = '#import "/etc/passwd" #read("x") $x$ *b* _i_ `r` <a> @ref \\ // /* ]] [[ "\u202e\u0000'


def poisoned(text: str) -> CaseView:
    found = replace(VIEW.findings[1], title=text, statement=text, limits=(text,))
    exhibit = replace(next(iter(VIEW.exhibits)), name=text, defect=text)
    entries = tuple(
        replace(one, performer=text, instrument=text, summary=text, object={"source": text, "parsers": text}) for one in VIEW.entries
    )
    inferred = tuple(replace(one, value=text, why=text, exhibit_name=text) for one in VIEW.inferred)
    return replace(
        VIEW, title=text, authority=text, findings=(found,), exhibits=(exhibit,), entries=entries, inferred=inferred, methods=methods()
    )


def certificate(view: CaseView, kind: Kind) -> paper.Paper:
    return draft(kind, view, annex=view.annex, methods=methods(), checked=view.entries[-1], at=OPENED)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT, st.sampled_from(Kind))
def test_no_text_stops_a_certificate(text, kind):
    drafted = certificate(poisoned(text), kind)
    assert paper.pdf(drafted, at=OPENED).startswith(b"%PDF-")
    assert paper.docx(drafted, at=OPENED).startswith(b"PK")
    assert paper.encode(drafted)


@pytest.mark.parametrize("text", [MARKUP, HOSTILE, "A" * 5000, "\u0627" * 400 + "1.2.3.4"])
def test_markup_is_text_in_a_certificate(text: str):
    drafted = certificate(poisoned(text), Kind.EXPERT)
    with pikepdf.open(io.BytesIO(paper.pdf(drafted, at=OPENED))) as document:
        assert "/JavaScript" not in document.Root.get("/Names", {})
        assert "/OpenAction" not in document.Root
        assert not any("/Annots" in page for page in document.pages)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT)
def test_no_text_stops_a_disclosure_or_becomes_markup(text):
    view = poisoned(text)
    note = NoteRow(entry=1, at=OPENED, performer=text, about="1", text=text)
    page = disclosure.page(view, searches=(), notes=(note,), inferred=1, totals={"read": 1}, at=OPENED)
    tree = lxml.html.fromstring(page)
    assert not tree.xpath("//script|//img|//iframe|//form|//svg|//object")
    for head, rows in (disclosure.findings_table(view.findings, methods()), disclosure.notes_table([note]), disclosure.ledger_table(view)):
        stream = io.BytesIO()
        count = write_rows(stream, head, rows)
        back = list(csv.reader(io.StringIO(stream.getvalue().decode("utf-8"), newline="")))
        assert (len(back), {len(row) for row in back}) == (count + 1, {len(head)})
        assert not any(value.lstrip().startswith(("=", "+", "-", "@")) for row in back[1:] for value in row)
