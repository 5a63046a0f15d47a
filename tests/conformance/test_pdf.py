"""The structure PDF/A-2a and PDF/UA-1 ask for, read back with a PDF library that did not write it."""

import io
from dataclasses import replace

import pikepdf
import pytest

from case_view_factory import OPENED, case_view
from comity.cooperation.request import Request, Standing
from comity.exchange.document import pdf
from comity.exchange.letter import Letterhead

VIEW = case_view()
HEAD = Letterhead(
    authority=VIEW.authority, state=VIEW.state, case_identity=VIEW.identity, case_title=VIEW.title, tool_version="0.1.0", drafter="a.souza",
    contact=("Rua Exemplo 1",),
)  # fmt: skip


def opened(request: Request, *, sheet: bool = True) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf(request, HEAD, at=OPENED, findings=VIEW.findings, sheet=sheet)))


def elements(node: pikepdf.Object) -> list[pikepdf.Object]:
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting.extend(one)
        elif isinstance(one, pikepdf.Dictionary):
            found.append(one)
            if "/K" in one:
                waiting.append(one.K)
    return found


@pytest.mark.parametrize("request_", VIEW.requests, ids=lambda request: str(request.standing) + request.requested_state)
def test_catalogue_and_metadata_claim_what_the_standards_ask(request_):
    with opened(request_) as document:
        root = document.Root
        assert str(root.Lang).startswith("en")
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert root.StructTreeRoot.Type == "/StructTreeRoot"
        assert [str(intent.S) for intent in root.OutputIntents] == ["/GTS_PDFA1"]
        assert "/AF" not in root
        assert "/JavaScript" not in root.get("/Names", {})
        assert "/OpenAction" not in root
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"].startswith(f"Request {request_.identity}")
        for page in document.pages:
            for font in page.Resources.get("/Font", {}).values():
                descendant = font.DescendantFonts[0]
                assert any(name in descendant.FontDescriptor for name in ("/FontFile2", "/FontFile3")), "every font is embedded"


def test_tables_have_header_cells_with_scope_and_headings_follow_each_other():
    with opened(VIEW.requests[1]) as document:
        tags = elements(document.Root.StructTreeRoot.K)
        kinds = [str(tag.get("/S", "")) for tag in tags]
        headers = [tag for tag in tags if str(tag.get("/S", "")) == "/TH"]
        assert kinds.count("/Table") >= 2
        assert len(headers) >= 7
        for header in headers:
            attributes = header.A if isinstance(header.A, pikepdf.Array) else [header.A]
            assert any(str(one.get("/Scope", "")) == "/Column" for one in attributes if isinstance(one, pikepdf.Dictionary))
        assert "/H1" in kinds
        assert "/H2" in kinds
        assert "/H3" not in kinds


def test_the_same_request_gives_the_same_bytes_and_another_instant_does_not():
    first = pdf(VIEW.requests[0], HEAD, at=OPENED)
    assert first == pdf(VIEW.requests[0], HEAD, at=OPENED)
    assert first != pdf(VIEW.requests[0], HEAD, at=VIEW.written_at)


def test_the_sheet_for_the_officer_can_be_left_out():
    with opened(VIEW.requests[0]) as whole, opened(VIEW.requests[0], sheet=False) as letter:
        assert len(whole.pages) == len(letter.pages) + 1


def test_a_request_without_items_and_sentences_is_still_a_document():
    bare = replace(
        VIEW.requests[0], items=(), b_offence_and_facts=(), route_reasons=(), rejected=(), missing=(), standing=Standing.INCOMPLETE,
        confidentiality=(), custodian="", preservation_days=None,
    )  # fmt: skip
    with opened(bare) as document:
        assert len(document.pages) == 2
