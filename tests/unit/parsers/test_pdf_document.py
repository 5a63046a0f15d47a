"""PDF documents: properties, active content, embedded files, and what damage leaves."""

import random
from datetime import UTC, datetime
from io import BytesIO

import pytest

from comity.parsers.contract import Child, Defect, Rows, Source
from comity.parsers.pdf_document import PARSER
from document_factory import pdf as made


def source(data: bytes) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="a.pdf")


def read(data: bytes) -> tuple[list[dict], list[Child], list[Defect]]:
    items = list(PARSER.read(source(data), inferred=()))
    rows = [row for item in items if isinstance(item, Rows) for row in item.batch.to_pylist()]
    return rows, [item for item in items if isinstance(item, Child)], [item for item in items if isinstance(item, Defect)]


def test_a_document_says_who_when_and_what_it_does() -> None:
    data = made()
    [row], [child], defects = read(data)
    assert not defects
    assert (row["creator"], row["pages"], row["encrypted"], row["revision"]) == ("Eve", 1, False, 0)
    assert row["created"] == datetime(2020, 1, 1, 11, tzinfo=UTC)
    assert row["modified"] is None  # it has no zone
    assert '"ModDate":"D:20200101120000"' in row["fields"]
    assert row["text"] == "Pay to DE89370400440532013000"
    assert row["links"] == ["https://login.example/"]
    assert row["active"] == ["embedded_file", "javascript", "open_action"]
    assert child.name == "invoice.txt"
    assert child.stream.read() == b"hello" * 10 == PARSER.extract(source(data), step=child.step).read()
    assert data[child.offset : child.offset + child.length].endswith(b"endobj")


def test_a_password_is_asked_for_only_when_needed() -> None:
    [row], [], [defect] = read(made(key="secret"))
    assert row["encrypted"]
    assert row["text"] is None
    assert defect.code == "encrypted"
    [row], [_], [] = read(made(key=""))
    assert row["encrypted"]
    assert "DE89" in row["text"]


def test_a_file_written_twice_has_a_revision() -> None:
    data = made()
    [row], _, _ = read(data + b"\nstartxref\n" + data[data.rfind(b"startxref\n") + 10 :])
    assert row["revision"] == 1


@pytest.mark.parametrize("seed", range(60))
def test_damage_is_a_defect(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable damage, not a secret
    data = bytearray(made())
    for _ in range(chance.randrange(1, 40)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    cut = bytes(data[: chance.randrange(len(data))]) if seed % 3 == 0 else bytes(data)
    rows, _, defects = read(cut)
    assert rows or defects
