import io

import pytest

from comity.observables import MESSAGE
from comity.parsers import mailbox
from comity.parsers.contract import Child, Defect, Item, Rows, Source
from comity.terms.errors import MaterialError

PARSER = mailbox.PARSER
LINE = b"From ana@mail.example  Mon Nov  2 10:00:00 2026\n"
ONE = LINE + b"From: a@b.example\nSubject: one\nContent-Length: 3\n\nFirst.\n>From here on, >>From there.\nFrom Monday 10:00 we meet.\n\n"
TWO = LINE + b"From: c@d.example\nSubject: two\nContent-Type: text/csv; name=a.csv\n\n>From,1\n>>From ,2\n>From a\n\n"


def source(data: bytes) -> Source:
    return Source(stream=io.BytesIO(data), size=len(data), name="x.mbox")


def rows(data: bytes) -> list[dict[str, object]]:
    return [row for item in items(data) if isinstance(item, Rows) and item.table is MESSAGE for row in item.batch.to_pylist()]


def items(data: bytes) -> list[Item]:
    return list(PARSER.read(source(data), inferred=()))


@pytest.mark.parametrize("separator", [
    b"From ana@mail.example  Mon Nov  2 10:00:00 2026\n",
    b"From - Mon Nov 02 10:00:00 2026\n",
    b"From MAILER-DAEMON Mon Nov  2 10:00:00 2026 +0100\n",
    b"From 1783@xxx Mon Nov 02 10:00:00 +0000 2026\n",
    b"From ana@mail.example Mon, 2 Nov 2026 10:00:00 GMT\n",
    b'From "ana lima"@mail.example Mon Nov  2 10:00 CET 2026\r\n',
])  # fmt: skip
def test_separators_in_use(separator):
    data = ONE + separator + TWO.removeprefix(LINE)
    assert [row["subject"] for row in rows(data)] == ["one", "two"]
    assert PARSER.recognizes(separator + TWO.removeprefix(LINE), name="") == 3


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_messages_cover_the_file_and_each_cut_reads_the_same(ending):
    data = (ONE + TWO + ONE).replace(b"\n", ending)
    found = rows(data)
    assert [row["subject"] for row in found] == ["one", "two", "one"]
    assert [row["trace.offset"] for row in found][1:] == [row["trace.offset"] + row["trace.length"] for row in found][:-1]
    assert found[-1]["trace.offset"] + found[-1]["trace.length"] == len(data)
    for row in found:
        (again,) = rows(data[row["trace.offset"] : row["trace.offset"] + row["trace.length"]])
        assert again | {"trace.offset": 0} == row | {"trace.offset": 0}


def test_quoted_from_lines_are_unquoted_once():
    (row,) = rows(ONE)
    assert row["body.text"] == "First.\nFrom here on, >>From there.\nFrom Monday 10:00 we meet."
    (child,) = (item for item in items(ONE + TWO) if isinstance(item, Child))
    assert child.stream.read() == b">From,1\n>From ,2\nFrom a\n\n"
    assert PARSER.extract(source(ONE + TWO), step=child.step).read() == b">From,1\n>From ,2\nFrom a\n\n"


def test_no_false_split_and_a_doubtful_line_is_said():
    inside = ONE.rstrip(b"\n") + b"\n" + LINE + b"Subject: not a message\n\n" + TWO
    assert [row["subject"] for row in rows(inside)] == ["one", "two"]
    (defect,) = (item for item in items(inside) if isinstance(item, Defect))
    assert (defect.code, inside[defect.offset :].startswith(LINE)) == ("separator_unclear", True)
    assert len(rows(ONE + LINE + b"no field follows\n\n")) == 1
    assert len(rows(ONE + b"\nFrom me: come at 10:00\nSubject: x\n")) == 1


def test_boundaries_are_found_wherever_a_chunk_ends(monkeypatch):
    data = (ONE + TWO) * 40
    whole = [(row["trace.offset"], row["trace.length"]) for row in rows(data)]
    assert len(whole) == 80
    for size in (1, 2, 7, 64, 501):
        monkeypatch.setattr(mailbox, "_CHUNK", size)
        assert list(mailbox.messages(source(data), [])) == whole


def test_what_begins_without_separator_and_what_has_no_header():
    assert [row["subject"] for row in rows(b"From: a@b.example\nSubject: zero\n\nx\n\n" + ONE)] == ["zero", "one"]
    (defect,) = items(LINE + b"\nonly text")
    assert isinstance(defect, Defect)
    assert defect.code == "message_without_header"
    assert items(b"") == []


def test_a_step_past_the_end_is_said():
    with pytest.raises(MaterialError):
        PARSER.extract(source(ONE), step="mime:99999:1:x")
