import io
from datetime import UTC, datetime

import pytest

from comity.parsers.camt053 import PARSER
from comity.parsers.contract import Defect, Rows, Source, Structure


def rows_of(data: bytes, facts, origin: int = 0):
    tables, defects = {"payment": [], "account": []}, []
    for item in PARSER.read(Source(stream=io.BytesIO(data), size=len(data), name="x", origin=origin), inferred=facts):
        if isinstance(item, Rows):
            tables[item.table.name] += item.batch.to_pylist()
        elif not isinstance(item, Structure):
            assert isinstance(item, Defect)
            assert 0 <= item.offset <= item.offset + item.length <= len(data)
            defects.append(item)
    return tables, defects


def values(row):
    return {name: value for name, value in row.items() if not name.startswith("trace.")}


def read(data: bytes):
    """Return payments, accounts, defects; and hold every row to the law of the trace."""
    facts = PARSER.infer(Source(stream=io.BytesIO(data), size=len(data), name="x"))
    tables, defects = rows_of(data, facts)
    for table, rows in tables.items():
        for row in rows:
            start = row["trace.offset"]
            again, _ = rows_of(data[start : start + row["trace.length"]], facts, origin=start)
            assert values(row) in [values(other) for other in again[table]]
    return tables["payment"], tables["account"], defects


def entry(amount="10.00", currency="EUR", side="DBIT", *, booked="<BookgDt><Dt>2026-09-15</Dt></BookgDt>", rest="", prefix=""):
    text = f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts>{booked}{rest}</Ntry>'
    return text.replace("</", f"</{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}/{prefix}", f"</{prefix}") if prefix else text


def statement(*entries, number="1", account="DE89370400440532013000", currency="EUR", kind="Stmt"):
    head = f"<Id>S{number}</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy><Ownr><Nm>A</Nm></Ownr></Acct>"
    return f"<{kind}>{head}{''.join(entries)}</{kind}>"


def document(*statements, version="053.001.08", root="BkToCstmrStmt"):
    return (
        f'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"><{root}><GrpHdr><MsgId>1</MsgId></GrpHdr>'
        f"{''.join(statements)}</{root}></Document>"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    text = document(statement(entry(rest="<AcctSvcrRef>Zürich</AcctSvcrRef>"))).replace(
        '"1.0"?', f'"1.0" encoding="{encoding.removesuffix("-sig")}"?'
    )
    payments, accounts, defects = read(text.encode(encoding))
    assert defects == []
    assert payments[0]["reference"] == "Zürich"
    assert accounts[0]["account"] == "DE89370400440532013000"


@pytest.mark.parametrize(
    ("version", "root", "kind"),
    [("052.001.06", "BkToCstmrAcctRpt", "Rpt"), ("053.001.02", "BkToCstmrStmt", "Stmt"), ("054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn")],
)
def test_versions_and_prefixes(version: str, root: str, kind: str) -> None:
    plain = document(statement(entry(), kind=kind), version=version, root=root)
    prefixed = plain.replace("xmlns=", "xmlns:a=").replace("</", "<\\").replace("<", "<a:").replace("<a:\\", "</a:").replace("<a:?", "<?")
    for text in (plain, prefixed):
        assert PARSER.recognizes(text.encode(), name="x") == 3
        payments, accounts, defects = read(text.encode())
        assert (len(payments), len(accounts), defects) == (1, 1, [])


def test_entries_belong_to_the_statement_around_them() -> None:
    data = document(
        statement(entry("1.00"), number="a"), statement(entry("2.00"), entry("3.00"), number="b", account="LT121000011101001000")
    ).encode()
    payments, accounts, _ = read(data)
    assert [(p["statement"], p["amount_minor"]) for p in payments] == [("Sa", 100), ("Sb", 200), ("Sb", 300)]
    assert [a["account"] for a in accounts] == ["DE89370400440532013000", "LT121000011101001000"]
    cut = [data[p["trace.offset"] : p["trace.offset"] + p["trace.length"]] for p in payments]
    assert all(piece.startswith(b"<Ntry>") and piece.endswith(b"</Ntry>") for piece in cut)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("12..34", "EUR", "amount_unreadable"), ("1,5", "EUR", "amount_unreadable"), ("-5.00", "EUR", "amount_unreadable"),
        ("", "EUR", "amount_unreadable"), ("1.001", "EUR", "amount_unreadable"), ("1.5", "JPY", "amount_unreadable"),
        ("1e3", "EUR", "amount_unreadable"), ("9" * 30, "EUR", "amount_unreadable"), ("5.00", "EUX", "amount_unreadable"),
        ("\uff11\uff12", "EUR", "amount_unreadable"),
    ],
)  # fmt: skip
def test_garbled_amounts_are_defects_never_numbers(amount: str, currency: str, code: str) -> None:
    data = document(statement(entry("1.00"), entry(amount, currency), entry("2.00"))).encode()
    payments, _, defects = read(data)
    assert [p["amount_minor"] for p in payments] == [100, 200]
    assert [d.code for d in defects] == [code]
    assert data[defects[0].offset :].startswith(b"<Ntry>")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("10", "EUR", 1000), ("10.5000", "EUR", 1050), ("1500", "JPY", 1500), ("1.234", "KWD", 1234)]
)
def test_minor_units(amount: str, currency: str, minor: int) -> None:
    payments, _, defects = read(document(statement(entry(amount, currency))).encode())
    assert ([p["amount_minor"] for p in payments], defects) == ([minor], [])


def test_dates() -> None:
    def booked(text):
        return entry(booked=f"<BookgDt>{text}</BookgDt>" if text else "")

    cases = ("<Dt>2026-09-15</Dt>", "<Dt>2026-09-15+02:00</Dt>", "<DtTm>2026-09-15T23:30:00-03:00</DtTm>", "<DtTm>2026-09-15T23:30:00</DtTm>",
             "<Dt>2026-02-30</Dt>", "<DtTm>0001-01-01T00:00:00+14:00</DtTm>", "")  # fmt: skip
    payments, _, defects = read(document(statement(*map(booked, cases))).encode())
    day = datetime(2026, 9, 15, tzinfo=UTC)
    assert [p["booking_date"] for p in payments] == [day, day, datetime(2026, 9, 16, 2, 30, tzinfo=UTC), day, None, None, None]
    assert [p["booking_date.precision"] for p in payments][:4] == ["day", "day", "second", "day"]
    assert [d.code for d in defects] == ["time_without_zone", "date_unreadable", "date_unreadable", "booking_date_missing"]


def test_batches_become_transactions_only_when_they_add_up() -> None:
    def detail(amount, name):
        return f'<TxDtls><Amt Ccy="EUR">{amount}</Amt><RltdPties><Cdtr><Pty><Nm>{name}</Nm></Pty></Cdtr></RltdPties></TxDtls>'

    adds = entry("30.00", rest=f"<NtryDtls>{detail('10.00', 'X')}{detail('20.00', 'Y')}</NtryDtls>")
    short = entry("30.00", rest=f"<NtryDtls>{detail('10.00', 'X')}{detail('19.00', 'Y')}</NtryDtls>")
    same = entry("30.00", rest=f"<NtryDtls>{detail('10.00', 'X')}{detail('19.00', 'X')}</NtryDtls>")
    payments, _, _ = read(document(statement(adds, short, same)).encode())
    assert [(p["amount_minor"], p["creditor.name"]) for p in payments] == [(1000, "X"), (2000, "Y"), (3000, None), (3000, "X")]
    assert payments[0]["trace.offset"] == payments[1]["trace.offset"]


def test_reversal_status_parties_remittance() -> None:
    rest = (
        "<RvslInd>true</RvslInd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Nm>P</Nm></Dbtr><DbtrAcct><Id>"
        "<IBAN>lt12 1000 0111 0100 1000</IBAN></Id></DbtrAcct></RltdPties><RltdAgts><DbtrAgt><FinInstnId><BIC>EXPLLT21</BIC></FinInstnId></DbtrAgt></RltdAgts>"
        "<RmtInf><Ustrd>a</Ustrd><Ustrd>b</Ustrd></RmtInf></TxDtls></NtryDtls>"
    )
    (payment,), _, _ = read(document(statement(entry(side="CRDT", rest=rest))).encode())
    assert payment["reversal"] is True
    assert payment["status"] == "booked"
    assert (payment["debtor.name"], payment["debtor.account"], payment["debtor.agent"]) == ("P", "LT121000011101001000", "EXPLLT21")
    assert (payment["creditor.name"], payment["creditor.account"]) == ("A", "DE89370400440532013000")
    assert (payment["remittance"], payment["end_to_end"]) == ("a b", None)


def test_broken_xml_loses_one_entry() -> None:
    data = document(
        statement(entry("1.00"), entry("2.00").replace("<Amt", "<Amt <"), entry("3.00")), statement(entry("4.00"), number="2")
    ).encode()
    payments, accounts, defects = read(data)
    assert [(p["statement"], p["amount_minor"]) for p in payments] == [("S1", 100), ("S1", 300), ("S2", 400)]
    assert len(accounts) == 2
    assert [d.code for d in defects] == ["xml_malformed"]
    assert data[defects[0].offset : defects[0].offset + defects[0].length] == entry("2.00").replace("<Amt", "<Amt <").encode()


def test_every_truncation_keeps_what_was_whole() -> None:
    data = document(statement(*(entry(f"{n}.00") for n in range(1, 5)))).encode()
    ends = [p["trace.offset"] + p["trace.length"] for p in read(data)[0]]
    for size in range(len(data)):
        payments, _, defects = read(data[:size])
        assert len(payments) == sum(end <= size for end in ends)
        assert defects


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://192.0.2.1/x.dtd">',
    ],
)
def test_document_types_are_refused(declaration: str) -> None:
    data = document(statement(entry(rest="<AddtlNtryInf>&x;&b;</AddtlNtryInf>"))).replace("?>\n", f"?>{declaration}").encode()
    assert PARSER.recognizes(data, name="x") == 3
    payments, accounts, defects = read(data)
    assert (payments, accounts) == ([], [])
    assert [d.code for d in defects] == ["doctype_refused"]


def test_depth_and_size_are_limited() -> None:
    deep = "<a>" * 5000 + "</a>" * 5000
    for hostile in (entry(rest=deep), entry(rest="<RmtInf>" + "x" * (5 * 2**20) + "</RmtInf>"), entry(rest="<b/>" * 200_000)):
        payments, _, defects = read(document(statement(entry("1.00"), hostile, entry("2.00"))).encode())
        assert [p["amount_minor"] for p in payments] == [100, 200]
        assert {d.code for d in defects} <= {"limit_structure", "limit_size", "xml_malformed"}
        assert defects


def test_real_sample(shared_data) -> None:
    payments, accounts, defects = read((shared_data / "statements" / "camt.053.001.02.xml").read_bytes())
    assert defects == []
    assert [(p["direction"], p["amount_minor"], p["currency"]) for p in payments] == [
        ("credit", 10567850, "SEK"), ("debit", 20000000, "SEK"), ("credit", 3000000, "SEK"),
    ]  # fmt: skip
    (account,) = accounts
    assert account["closing_minor"] - account["opening_minor"] == 10567850 - 20000000 + 3000000
    broken = (shared_data / "statements" / "invalid.xml").read_bytes()
    assert PARSER.recognizes(broken, name="invalid.xml") == 0
    assert [d.code for d in read(broken)[2]] == ["statement_empty"]


def details(*parts: tuple[str, str, str | None]) -> str:
    """Return the transactions of an entry from amount, currency and direction."""
    return "<NtryDtls>{}</NtryDtls>".format(
        "".join(
            f'<TxDtls><Amt Ccy="{currency}">{amount}</Amt>{f"<CdtDbtInd>{side}</CdtDbtInd>" if side else ""}</TxDtls>'
            for amount, currency, side in parts
        )
    )


@pytest.mark.parametrize(
    ("parts", "amounts", "reason"),
    [
        ([("4.00", "EUR", None), ("6.00", "EUR", "DBIT")], [-400, -600], None),
        ([("12.00", "EUR", "DBIT"), ("2.00", "EUR", "CRDT")], [-1200, 200], None),
        ([("4.00", "EUR", None), ("5.00", "EUR", None)], [-1000], "make up 900"),
        ([("9.00", "EUR", None)], [-1000], "its transaction is of 900"),
        ([("4.00", "EUR", None), ("6.00", "USD", None)], [-1000], "1 of the entry's 2 transactions"),
        ([("4.00", "USD", None), ("6.00", "USD", None)], [-1000], None),
    ],
)
@pytest.mark.parametrize(("root", "kind"), [("BkToCstmrStmt", "Stmt"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn")])
def test_transactions_that_do_not_make_up_their_entry_are_said(parts, amounts, reason, root: str, kind: str) -> None:
    data = document(statement(entry("10.00", rest=details(*parts)), kind=kind), root=root).encode()
    payments, _, defects = read(data)
    assert [p["amount_minor"] * (1 if p["direction"] == "credit" else -1) for p in payments] == amounts
    assert [defect.code for defect in defects] == (["details_unequal"] if reason else [])
    if reason:
        assert reason in defects[0].reason
        assert data[defects[0].offset :].startswith(b"<Ntry>")
