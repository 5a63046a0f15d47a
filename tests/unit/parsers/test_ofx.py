"""OFX: transactions with their parties and times, in SGML and XML, as banks write them."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from comity.parsers.contract import Defect, Rows, Source, Structure
from comity.parsers.ofx import PARSER
from comity.parsers.statements.ofx_elements import written_instant

SGML = b"""OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><DTSERVER>20260320</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>37040044<ACCTID>DE89 3704 0044 0532 0130 00<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331
<STMTTRN><TRNTYPE>XFER<DTPOSTED>20260320133000.123[-3:BRT]<TRNAMT>-1250,50<FITID>A-1<NAME>M\xfcller &amp; Co
<BANKACCTTO><BANKID>X<ACCTID>GB33BUKB20201555555555</BANKACCTTO><MEMO>invoice 7</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260321<TRNAMT>+80.25<FITID>A-2<CURRENCY><CURRATE>1<CURSYM>USD</CURRENCY>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260322<TRNAMT>1.2.3<FITID>A-3</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>-17.25<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


def read(data: bytes) -> tuple[list[dict], list[dict], list]:
    source = Source(stream=BytesIO(data), size=len(data), name="a.ofx")
    items = list(PARSER.read(source, inferred=PARSER.infer(source)))
    rows = [(item.table.name, row) for item in items if isinstance(item, Rows) for row in item.batch.to_pylist()]
    for item in items:
        if isinstance(item, (Structure, Defect)):
            assert 0 <= item.offset <= item.offset + item.length <= len(data)
    return (
        [row for name, row in rows if name == "payment"],
        [row for name, row in rows if name == "account"],
        [item for item in items if isinstance(item, Defect)],
    )


def test_a_statement_in_sgml() -> None:
    assert PARSER.recognizes(SGML, name="a") == 3
    (first, second), [account], [defect] = read(SGML)
    assert first["booking_date"] == datetime(2026, 3, 20, 16, 30, tzinfo=UTC)
    assert first["booking_date.precision"] == "second"
    assert (first["direction"], first["amount_minor"], first["currency"]) == ("debit", 125050, "EUR")
    assert (first["creditor.name"], first["creditor.account"]) == ("Müller & Co", "GB33BUKB20201555555555")
    assert (first["debtor.account"], first["debtor.agent"]) == ("DE89370400440532013000", "37040044")
    assert (first["reference"], first["remittance"]) == ("A-1", "invoice 7")
    assert (second["direction"], second["amount_minor"], second["currency"]) == ("credit", 8025, "USD")  # it has no end tag
    assert (account["closing_minor"], account["account"]) == (-1725, "DE89370400440532013000")
    assert account["until"] == datetime(2026, 4, 1, tzinfo=UTC)
    assert defect.code == "entry_unreadable"
    assert SGML[defect.offset :].startswith(b"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260322")


def test_a_statement_in_xml() -> None:
    body = SGML.partition(b"\n\n")[2].replace(b"1.2.3", b"3").decode("cp1252").encode()
    xml = b'<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n' + body
    payments, [account], defects = read(xml)
    assert [row["amount_minor"] for row in payments] == [125050, 8025, 300]
    assert payments[0]["creditor.name"] == "Müller & Co"
    assert account["currency"] == "EUR"
    assert not defects


def test_several_statements_keep_their_accounts() -> None:
    card = (
        SGML.partition(b"<BANKMSGSRSV1>")[2]
        .replace(b"STMTRS", b"CCSTMTRS")
        .replace(b"BANKACCTFROM", b"CCACCTFROM")
        .replace(b"DE89 3704 0044 0532 0130 00", b"4111")
    )
    payments, accounts, _ = read(SGML.replace(b"</OFX>", b"<CREDITCARDMSGSRSV1>" + card))
    assert [row["account"] for row in accounts] == ["DE89370400440532013000", "4111"]
    assert [row["account"] for row in payments] == ["DE89370400440532013000"] * 2 + ["4111"] * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20050824080000[-5:EST]", (datetime(2005, 8, 24, 13, tzinfo=UTC), "second")),
        ("20050824080000.500[+5.30:IST]", (datetime(2005, 8, 24, 2, 30, tzinfo=UTC), "second")),
        ("20050824", (datetime(2005, 8, 24, tzinfo=UTC), "day")),
        ("20050824120000", (datetime(2005, 8, 24, tzinfo=UTC), "day")),
        ("200508240815", (datetime(2005, 8, 24, 8, 15, tzinfo=UTC), "second")),
    ],
)
def test_dates(text: str, expected: tuple) -> None:
    assert written_instant(text) == expected


@pytest.mark.parametrize("text", ["", "2005", "20051324", "20050824990000[0]", "20050824080000[99:X]"])
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        written_instant(text)


def test_cut_and_hostile_files() -> None:
    for size in range(0, len(SGML), 3):
        read(SGML[:size])
    giant = SGML.replace(b"invoice 7", b"x" * 3_000_000)
    payments, accounts, _ = read(giant)
    assert len(payments) == 2
    assert len(accounts) == 1
    read(b"<OFX>" + b"<" * 3_000_000)
    read(b"<OFX>" + b"<STMTTRN>" * 20_000)


def test_the_sample(shared_data: Path) -> None:
    payments, accounts, defects = read((shared_data / "statements" / "sample.ofx").read_bytes())
    assert [row["amount_minor"] for row in payments] == [125050, 8025]
    assert len(accounts) == 1
    assert not defects
