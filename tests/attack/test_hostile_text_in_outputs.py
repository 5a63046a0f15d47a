"""Evidence is hostile: whatever it says, it stays text in the page and in the letter, and never stops either."""

import io
import json
from dataclasses import replace
from html import unescape

import pikepdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_view_factory import HOSTILE, OPENED, case_view, request
from comity.cooperation.request import Sentence
from comity.exchange.case_uco import parts
from comity.exchange.document import pdf
from comity.exchange.letter import Letterhead, remark
from comity.exchange.report import render
from comity.exchange.stix import bundle
from comity.exchange.text_document import docx
from comity.exchange.typesetting import _SHOWN, _spelled

VIEW = case_view()
ANY_TEXT = st.text(st.characters(), min_size=1, max_size=80)  # surrogates, too
HEAD = Letterhead(authority=VIEW.authority, state="BR", case_identity=VIEW.identity, case_title=VIEW.title, tool_version="0.1.0")


def poisoned(text: str):
    found = replace(VIEW.findings[1], title=text, statement=text, limits=(text,))
    asked = replace(
        request(name=text), b_offence_and_facts=(Sentence(text=text, findings=(found.identity,)),), missing=(text,), perishes_because=text
    )
    exhibit = replace(VIEW.exhibits[0], name=text)
    return replace(VIEW, title=text, authority=text, findings=(found,), requests=(asked,), exhibits=(exhibit, *VIEW.exhibits[1:]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT)
def test_no_text_stops_an_output_or_becomes_markup(text):
    view = poisoned(text)
    page = render(view).decode()
    assert page.count("<script") == 0
    assert page.count("<article") == 2
    assert all(json.loads(part) for _, part in parts(view))
    assert bundle(view)
    assert docx(view.requests[0], HEAD, at=OPENED, findings=view.findings)[:2] == b"PK"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT)
def test_no_text_stops_the_letter(text):
    view = poisoned(text)
    head = replace(HEAD, authority=text, contact=(text,), drafter=text)
    assert pdf(view.requests[0], head, at=OPENED, findings=view.findings).startswith(b"%PDF-1.7")


def text_in(document: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(document)) as opened:
        return b"".join(value.read_bytes() for value in opened.objects if isinstance(value, pikepdf.Stream))


def test_typst_markup_in_evidence_is_not_read():
    hostile = '#read("/etc/passwd") #panic() #import "@preview/x:1.0.0" $ ] } #include "/etc/hosts" ' + HOSTILE
    made = pdf(poisoned(hostile).requests[0], HEAD, at=OPENED)
    assert b"root:x:0" not in text_in(made)
    assert made.startswith(b"%PDF-1.7")


def test_direction_controls_are_shown_and_quotes_closed():
    page = render(poisoned(HOSTILE)).decode()
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "⟨U+202E⟩" in page
    assert 'href="http' not in page
    assert "hxxps://evil[.]example" in page
    assert "<script>alert(1)</script>" in unescape(page)


def test_very_long_values_are_cut():
    page = render(poisoned("A" * 2_000_000))
    assert len(page) < 500_000


def test_six_languages_are_set_as_they_are_and_other_scripts_said_to_be_missing():
    whole = "Müller, Çà œuvre, Россия, مُؤَسَّسَة المثال 203.0.113.5, 山田太郎 有限公司, Ελλάδα, 김철수"
    assert _spelled(whole, ranges=_SHOWN).replace("\u200e", "") == whole
    assert _spelled("שלום", ranges=_SHOWN) == "⟨U+05E9⟩⟨U+05DC⟩⟨U+05D5⟩⟨U+05DD⟩"
    assert remark(_spelled("שלום", ranges=_SHOWN))
    assert not remark(whole)


def test_an_address_after_an_arabic_name_stays_behind_it():
    assert _spelled("مثال 203.0.113.5", ranges=_SHOWN) == "مثال \u200e203.0.113.5"
