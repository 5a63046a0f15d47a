"""MT940: what entries, their information and their statements say, dialects as they come."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from comity.parsers.contract import Defect, Rows, Source, Structure
from comity.parsers.mt940 import PARSER
from comity.parsers.statements.swift_fields import information, statement_line

GERMAN = """{1:F01BANKDEFFXXXX0000000000}{2:O940BANKDEFFXXXXN}{4:
:20:STARTUMSE
:25:DE89370400440532013000
:28C:00003/001
:60F:C161231EUR1.000,00
:61:1701021230DR12,34NTRFNONREF//BANKREF1
:86:166?00UEBERWEISUNG?10931?20EREF+E-77?21SVWZ+Rechnung 12?22 Teil 2
?30COBADEFFXXX?31GB33BUKB20201555555555?32Muster?33mann
:61:170103RC5,NMSC77
zurueck
:62F:C170103EUR982,66
:64:C170103EUR982,66
-}
""".replace("1.000,00", "1000,00").encode()


def read(data: bytes) -> tuple[list[dict], list[dict], list]:
    source = Source(stream=BytesIO(data), size=len(data), name="a.sta")
    items = list(PARSER.read(source, inferred=PARSER.infer(source)))
    rows = [(item.table.name, row) for item in items if isinstance(item, Rows) for row in item.batch.to_pylist()]
    seen = bytearray(len(data))
    for place in (*(item for item in items if isinstance(item, (Structure, Defect))),):
        seen[place.offset : place.offset + place.length] = b"\x01" * place.length
    for _, row in rows:
        seen[row["trace.offset"] : row["trace.offset"] + row["trace.length"]] = b"\x01" * row["trace.length"]
    assert 0 not in seen, data[seen.index(0) :][:80]
    return (
        [row for name, row in rows if name == "payment"],
        [row for name, row in rows if name == "account"],
        [item for item in items if isinstance(item, Defect)],
    )


def test_a_german_statement() -> None:
    payments, [account], defects = read(GERMAN)
    assert not defects
    assert (account["account"], account["statement"], account["opening_minor"], account["closing_minor"]) == (
        "DE89370400440532013000", "00003/001", 100000, 98266,
    )  # fmt: skip
    first, second = payments
    assert first["direction"] == "debit"
    assert first["amount_minor"] == 1234
    assert first["value_date"] == datetime(2017, 1, 2, tzinfo=UTC)
    assert first["booking_date"] == datetime(2016, 12, 30, tzinfo=UTC)  # the year turned between the two
    assert first["creditor.account"] == "GB33BUKB20201555555555"
    assert first["creditor.name"] == "Mustermann"
    assert first["creditor.agent"] == "COBADEFFXXX"
    assert first["end_to_end"] == "E-77"
    assert first["remittance"] == "Rechnung 12 Teil 2"
    assert first["reference"] == "BANKREF1"
    assert first["debtor.account"] == "DE89370400440532013000"
    assert (second["direction"], second["reversal"], second["amount_minor"], second["remittance"]) == ("debit", True, 500, "zurueck")


def test_dutch_codes() -> None:
    said = information("/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J. DE VRI\nES/REMI/FACTUUR 1/2/EREF/NOTPROVIDED")
    assert (said.account, said.bank, said.name, said.remittance, said.end_to_end) == (
        "NL91ABNA0417164300",
        "ABNANL2A",
        "J. DE VRIES",
        "FACTUUR 1/2",
        None,
    )
    said = information("/EREF/E1//CNTP/NL91ABNA0417164300/ABNANL2A/A NAME///REMI/USTD//invoice 9/")
    assert (said.account, said.name, said.remittance, said.end_to_end) == ("NL91ABNA0417164300", "A NAME", "invoice 9", "E1/")


def test_a_sign_of_the_subfields_inside_the_text() -> None:
    assert information("166?00X?20why?not?21 so").remittance == "why?not so"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1512311231C0,5NTRFx", (True, "0,5", 2015)),
        ("151231D,99FMSC", (False, ",99", 2015)),
        ("991231C10NTRF", (True, "10", 1999)),
        ("151231CR\n30,00N062NONREF", (True, "30,00", 2015)),
    ],
)
def test_forms_of_an_entry(text: str, expected: tuple) -> None:
    line = statement_line(text)
    assert (line.credit, line.amount, line.value_date.year) == expected


@pytest.mark.parametrize("text", ["", "151331C1,00NTRF", "1512310230X1,00", "abc", "151231C"])
def test_an_entry_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        statement_line(text)


def test_what_does_not_fit_is_named_and_the_rest_read() -> None:
    broken = GERMAN.replace(b":61:1701021230DR12,34", b":61:1701021230DR1x2,34").replace(b":64:", b":99Q:")
    payments, accounts, defects = read(broken)
    assert [row["amount_minor"] for row in payments] == [500]
    assert len(accounts) == 1
    assert {defect.code for defect in defects} == {"entry_unreadable", "field_unknown"}
    assert any("61" in defect.reason for defect in defects)


def test_an_amount_with_two_marks_is_no_number() -> None:
    payments, _, defects = read(GERMAN.replace(b"12,34", b"1.2,34"))
    assert [row["amount_minor"] for row in payments] == [500]
    assert defects[0].code == "entry_unreadable"


def test_every_cut_is_accounted_for() -> None:
    for size in range(len(GERMAN)):
        read(GERMAN[:size])


def test_the_samples(shared_data: Path) -> None:
    counts = {}
    for path in sorted((shared_data / "statements").glob("*mt940*")):
        payments, accounts, defects = read(path.read_bytes())
        counts[path.name] = (len(payments), len(accounts), [defect.code for defect in defects])
    assert counts == {
        "mt940_ASNB_mt940.txt": (8, 31, []),
        "mt940_mBank_mt940.sta": (3, 1, []),
        "mt940_self-provided_multiline.sta": (2, 1, ["field_unexpected"]),
        "mt940_self-provided_sparkassen.sta": (0, 0, ["entry_unreadable"]),
        "sample.mt940": (2, 1, []),
    }
    for path in (shared_data / "statements").glob("*mt940*"):
        assert PARSER.recognizes(path.read_bytes(), name=path.name) >= 2
