import io
import zipfile

from docx import Document
from docx.oxml.ns import qn

from case_view_factory import HOSTILE, OPENED, case_view, request
from comity.cooperation.request import Standing
from comity.exchange.letter import Letterhead
from comity.exchange.text_document import docx

VIEW = case_view()
HEAD = Letterhead(
    authority="Unidade مثال 漢字 " + HOSTILE, state="BR", case_identity=VIEW.identity, case_title=VIEW.title, tool_version="0.1.0"
)


def test_the_document_opens_and_says_what_the_letter_says():
    made = docx(request(), HEAD, at=OPENED, findings=VIEW.findings)
    document = Document(io.BytesIO(made))
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name.startswith("Heading")]
    for label in ("(a)", "(b)", "(c)", "(d)", "(e)", "(f)"):
        assert any(heading.startswith(label) for heading in headings)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Unidade مثال 漢字" in text
    assert "⟨U+202E⟩" in text
    assert "\u202e" not in text
    assert "NOT TO BE SIGNED" not in text
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.created.replace(tzinfo=OPENED.tzinfo) == OPENED
    annex = document.tables[0]
    assert annex.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert annex.rows[1].cells[1].text.endswith("203.0.113.77")


def test_a_request_that_is_not_ready_says_so():
    document = Document(io.BytesIO(docx(request(Standing.DRAFT_LAW), HEAD, at=OPENED)))
    assert any("NOT TO BE SIGNED" in paragraph.text for paragraph in document.paragraphs)
    assert not any("Signature and seal" in paragraph.text for paragraph in document.paragraphs)


def test_same_request_same_bytes():
    first = docx(request(), HEAD, at=OPENED)
    assert first == docx(request(), HEAD, at=OPENED)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(2026, 11, 23, 9, 30, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert archive.testzip() is None
