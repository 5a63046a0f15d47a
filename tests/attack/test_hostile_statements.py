"""Damaged and hostile bank statements: rows or defects with a place, never an exception, never a number that is not there."""

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.parsers import camt053, statement_csv
from comity.parsers.contract import Defect, Parser, Rows, Source, Structure

BANK = Path(__file__).parents[2] / "examples" / "business-email-compromise" / "material" / "bank"
XML = next(BANK.glob("*.xml")).read_bytes()[:12_000]
CSV = next(BANK.glob("*.csv")).read_bytes()[:3_000]
PARSERS: list[tuple[Parser, bytes]] = [
    (camt053.PARSER, XML),
    (statement_csv.PARSER, CSV),
    (statement_csv.PARSER, CSV.decode("utf-8-sig").encode("utf-16")),
    (statement_csv.PARSER, b"2026-08-01,PAY,250.00,1250.00\r2026-08-02,RENT,-750.10,499.90\r2026-08-03,FOOD,-12.34,487.56\r"),
    (
        statement_csv.PARSER,
        "日付,摘要,支払い金額,預かり金額,差引残高\n2026/8/3,振込,,250000,250000\n2026/8/31,引出,12340,,237660\n".encode("cp932"),
    ),
]


def source(data: bytes) -> Source:
    return Source(stream=io.BytesIO(data), size=len(data), name="statement")


def read(parser: Parser, data: bytes) -> tuple[list[dict], list[Defect]]:
    rows, defects = [], []
    assert parser.recognizes(data[:65_536], name="statement") in {0, 1, 2, 3}
    for item in parser.read(source(data), inferred=parser.infer(source(data))):
        if isinstance(item, Rows):
            item.batch.validate(full=True)
            rows += item.batch.to_pylist()
        else:
            assert isinstance(item, Defect | Structure)
            assert 0 <= item.offset <= item.offset + item.length <= len(data)
            defects += [item] if isinstance(item, Defect) else []
    for row in rows:
        assert 0 <= row["trace.offset"] < row["trace.offset"] + row["trace.length"] <= len(data)
    return rows, defects


edits = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(0, 40), st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b"<", b"</Stmt>", b"<Ntry>", b"&x;", b"\x00", b"\r", b";" * 50, b"<!DOCTYPE a>", b"<![CDATA["]))),
    min_size=1, max_size=6,
)  # fmt: skip


@pytest.mark.parametrize(("parser", "whole"), PARSERS, ids=["camt053", "csv", "csv utf-16", "csv no headings", "csv shift_jis"])
@settings(max_examples=80, deadline=None)
@given(edits)
def test_damaged_at_random(parser: Parser, whole: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    data = whole
    for place, removed, added in changes:
        start = place % (len(data) + 1)
        data = data[:start] + added + data[start + removed :]
    read(parser, data)


@pytest.mark.parametrize(("parser", "whole"), PARSERS, ids=["camt053", "csv", "csv utf-16", "csv no headings", "csv shift_jis"])
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3_000), st.integers(0, 3_000))
def test_anything_at_all(parser: Parser, whole: bytes, noise: bytes, kept: int) -> None:
    read(parser, noise)
    read(parser, whole[:kept] + noise)


HEADED = b"Date;Description;Amount;Currency\n2026-03-01;a;-1.50;EUR\n"


@pytest.mark.parametrize(
    ("parser", "data"),
    [
        (statement_csv.PARSER, HEADED + b'"' * 300_000),
        (statement_csv.PARSER, HEADED + b'2026-03-01;"x\n' * 60_000),
        (statement_csv.PARSER, HEADED + b"1" * 3_000_000),
        (statement_csv.PARSER, HEADED + b";" * 1_000_000 + b"\n"),
        (statement_csv.PARSER, HEADED + b"2026-03-01;a;" + b"1." * 30_000 + b";EUR\n"),
        (statement_csv.PARSER, HEADED + b"2026-03-01;a;" + b" " * 70_000 + b"5;EUR\n"),
        (camt053.PARSER, b"<Document><BkToCstmrStmt>" + b"<Ntry>" * 50_000),
        (camt053.PARSER, b"<Document><BkToCstmrStmt><Stmt>" + b"<Ntry><" * 20_000),
        (camt053.PARSER, b"<Document><BkToCstmrStmt>" + b"<Stmt>" * 50_000),
        (camt053.PARSER, b"<Document><BkToCstmrStmt>" + b"<Stmt></Stmt>" * 20_000),
        (camt053.PARSER, b"<Document><BkToCstmrStmt><Stmt a='" + b"x" * 12_000_000),
        (
            camt053.PARSER,
            b"<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy='EUR'>"
            + (b"1" * 99 + b"\n") * 45_000
            + b"</Amt></Ntry></Stmt></BkToCstmrStmt></Document>",
        ),
        (camt053.PARSER, b"<Document><BkToCstmrStmt>" + b"<a>" * 300_000),
    ],
    ids=range(13),
)
def test_hostile_sizes_take_bounded_time(parser: Parser, data: bytes) -> None:
    begun = time.process_time()
    rows, defects = read(parser, data)
    assert time.process_time() - begun < 20
    assert defects or len(rows) > 10_000
    assert len(defects) < 120_000
