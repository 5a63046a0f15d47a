from dataclasses import replace

import pytest

from case_view_factory import OPENED, URL, case_view, request
from comity.cooperation.request import Standing
from comity.exchange.letter import Letterhead, compose

VIEW = case_view()
HEAD = Letterhead(authority=VIEW.authority, state="BR", case_identity=VIEW.identity, case_title=VIEW.title, tool_version="0.1.0")


def test_the_six_contents_stand_in_order_with_what_supports_each_paragraph():
    letter = compose(request(), HEAD, at=OPENED, findings=VIEW.findings)
    assert [section.label for section in letter.sections] == ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)", ""]
    paragraphs = [paragraph for section in letter.sections for paragraph in section.paragraphs]
    assert [paragraph.number for paragraph in paragraphs] == list(range(1, len(paragraphs) + 1))
    assert all(paragraph.support for paragraph in paragraphs)
    assert letter.sections[0].paragraphs[0].support == ("ledger entry 1",)
    assert letter.sections[4].paragraphs[0].support == ("ETS 185 Art. 29(2)",)
    assert letter.date == "23 November 2026"
    assert "Article 35" in letter.addressee[0]
    assert letter.preserve_for == "at least 60 days"


def test_findings_named_anywhere_are_listed_and_no_others():
    listed = {identity for identity, _, _ in compose(request(), HEAD, at=OPENED, findings=VIEW.findings).findings}
    assert listed == {finding.identity for finding in VIEW.findings[:3]}


@pytest.mark.parametrize("standing", [Standing.INCOMPLETE, Standing.DRAFT_LAW])
def test_only_a_ready_request_has_no_banner(standing):
    assert compose(request(), HEAD, at=OPENED).banner == ""
    letter = compose(request(standing), HEAD, at=OPENED)
    assert "NOT TO BE SIGNED" in letter.banner
    assert "Not to be signed" in letter.signing


def test_an_empty_content_keeps_its_heading():
    letter = compose(replace(request(Standing.INCOMPLETE), e_necessity=()), HEAD, at=OPENED)
    assert [section.label for section in letter.sections if not section.paragraphs] == ["(e)"]


def test_an_identifier_is_cut_into_lines_and_nothing_is_lost():
    row = compose(request(), HEAD, at=OPENED).annex[1]
    assert "".join(row.identifier) == URL.value
    assert max(map(len, row.identifier)) <= 40


def test_port_and_inferred_clock_are_stated_for_addresses_only():
    rows = compose(request(), HEAD, at=OPENED).annex
    assert rows[0].recorded == "2026-09-14 06:00:00 UTC (year inferred); port 51234"
    assert rows[1].recorded == "2026-09-14 08:00:00 UTC"
    assert rows[2].recorded == "no single act"


def test_a_request_at_home_names_no_foreign_contact_point():
    letter = compose(request(Standing.INCOMPLETE, domestic=True), HEAD, at=OPENED)
    assert letter.addressee == ("Competent authority", "Brazil")
    assert "provision to be named" in letter.opening
