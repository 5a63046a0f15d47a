import io
import json
from datetime import UTC, datetime

import pytest

from comity.parsers.contract import Defect, Rows, Source, Structure
from comity.parsers.statement_csv import PARSER
from comity.parsers.statements import table, vocabulary


def read(data: bytes):
    """Return facts by name, payments, accounts, defects; and hold every row to the law of the trace."""
    source = Source(stream=io.BytesIO(data), size=len(data), name="x.csv")
    facts = PARSER.infer(source)
    payments, accounts, defects = rows_of(source, facts)
    for start, length in {(row["trace.offset"], row["trace.length"]) for row in payments}:
        cut = data[start : start + length]
        again, _, _ = rows_of(Source(stream=io.BytesIO(cut), size=len(cut), name="cut"), facts)
        assert [values(other) for other in again] == [values(row) for row in payments if row["trace.offset"] == start]
    for row in accounts:
        cut = data[row["trace.offset"] : row["trace.offset"] + row["trace.length"]]
        _, again, _ = rows_of(Source(stream=io.BytesIO(cut), size=len(cut), name="cut"), facts)
        assert [values(other) for other in again] == [values(row)]
    return {fact.name: fact for fact in facts}, payments, accounts, defects


def rows_of(source, facts):
    tables, defects = {"payment": [], "account": []}, []
    for item in PARSER.read(source, inferred=facts):
        if isinstance(item, Rows):
            tables[item.table.name] += item.batch.to_pylist()
        elif not isinstance(item, Structure):
            assert isinstance(item, Defect)
            defects.append(item)
    return tables["payment"], tables["account"], defects


def values(row):
    return {name: value for name, value in row.items() if not name.startswith("trace.")}


def signed(payments):
    return [(p["amount_minor"] if p["direction"] == "credit" else -p["amount_minor"]) for p in payments]


DIALECTS = {
    "german": (
        ('"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";'
        '"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\n'
        '"DE89370400440532013000";"31.08.26";"31.08.26";"LASTSCHRIFT";"Strom; August";"Stadtwerke";"DE02120300000000202051";"BYLADEM1001";"-1.234,56";"EUR";"x"\n'
        '"DE89370400440532013000";"01.09.26";"01.09.26";"GUTSCHRIFT";"Lohn";"Werk GmbH";"DE02500105170137075030";"INGDDEFF";"2.000,00";"EUR";"x"\n'),
        [-123456, 200000], (2026, 8, 31), "DE02120300000000202051",
    ),
    "portuguese": (
        ("Conta;0007 000123\nTitular;Ana Lima\n\nData Mov.;Data Valor;Descrição;Débito;Crédito;Saldo contabilístico\n"
        "13/08/2026;13/08/2026;Compra;1.500,00;;8.500,00\n14/08/2026;14/08/2026;Depósito;;250,10;8.750,10\n"),
        [-150000, 25010], (2026, 8, 13), None,
    ),
    "spanish": (
        "Fecha operación;Fecha valor;Concepto;Importe;Divisa;Saldo\n03/04/2026;03/04/2026;Recibo luz;-45,10;EUR;954,90\n05/04/2026;05/04/2026;Nómina;1.200,00;EUR;2.154,90\n",
        [-4510, 120000], (2026, 4, 3), None,
    ),
    "french": (
        'Date;Date de valeur;Libellé;Débit euros;Crédit euros;Solde\n02/03/2026;02/03/2026;"VIR SEPA\nLOYER";-750,00;;250,00\n03/03/2026;03/03/2026;REMISE;;1\u202f000,00;1\u202f250,00\n',
        [-75000, 100000], (2026, 3, 2), None,
    ),
    "english_us": (
        'Transaction Date,Description,Amount,Balance\n08/31/2026,Coffee,-4.50,"1,995.50"\n09/01/2026,Refund,4.50,"2,000.00"\n',
        [-450, 450], (2026, 8, 31), None,
    ),
    "natwest": (
        "Date, Type, Description, Value, Balance, Account Name, Account Number\n28/08/2026,D/D,GAS,-20.00,80.00,'A LIMA,'601234-11112222\n29/08/2026,BAC,PAY,100.00,180.00,'A LIMA,'601234-11112222\n",
        [-2000, 10000], (2026, 8, 28), None,
    ),
    "dutch": (
        ('"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mutatiesoort","Mededelingen"\n'
        '"20260831","Winkel","NL91ABNA0417164300","","BA","Af","12,34","Betaalautomaat","pas 1"\n'
        '"20260901","Werk","NL91ABNA0417164300","NL20INGB0001234567","OV","Bij","1500,00","Overschrijving","loon"\n'),
        [-1234, 150000], (2026, 8, 31), None,
    ),
    "lithuanian": (
        "Sąskaitos Nr.;Data;Gavėjas;Paaiškinimai;Suma;Valiuta;D/K;Įrašo Nr.\nLT121000011101001000;2026-08-31;UAB A;nuoma;420,00;EUR;D;1\nLT121000011101001000;2026-09-01;UAB B;pardavimai;90,00;EUR;K;2\n",
        [-42000, 9000], (2026, 8, 31), None,
    ),
    "revolut": (
        ("Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
        "TRANSFER,Current,2026-08-31 10:11:12,2026-08-31 10:11:13,To X,-10.00,0.00,EUR,COMPLETED,90.00\n"
        "TOPUP,Current,2026-09-01 10:11:12,2026-09-01 10:11:13,Top-up,50.00,0.00,EUR,COMPLETED,140.00\n"),
        [-1000, 5000], (2026, 8, 31), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects(dialect: str, encoding: str) -> None:
    text, amounts, day, counterparty = DIALECTS[dialect]
    data = text.encode(encoding)
    assert PARSER.recognizes(data, name="x") == 2
    _, payments, _, defects = read(data)
    assert defects == [] or {d.code for d in defects} <= {"currency_unknown"}
    assert signed(payments) == amounts
    assert payments[0]["booking_date"] == datetime(*day, tzinfo=UTC)
    assert payments[0]["booking_date.precision"] == "day"
    if counterparty:
        assert payments[0]["creditor.account"] == counterparty
        assert payments[0]["debtor.account"] == "DE89370400440532013000"


def test_latin_1_is_said_to_be_read_as_windows_1252() -> None:
    data = "Buchung;Empfänger;Betrag;Währung\n31.08.2026;Müller;-5,00;EUR\n".encode("latin-1")
    facts, payments, _, _ = read(data)
    assert facts["encoding"].value == "cp1252"
    assert payments[0]["creditor.name"] == "Müller"


def test_dates_with_two_readings_stay_unknown_when_nothing_decides() -> None:
    data = b"Date,Description,Amount,Currency\n03/04/2026,a,-1.00,EUR\n05/04/2026,b,2.00,EUR\n"
    facts, payments, _, defects = read(data)
    assert facts["date order"].value == "unknown"
    assert [p["booking_date"] for p in payments] == [None, None]
    assert [d.code for d in defects] == ["date_order_unknown"]


def test_one_telling_date_decides_for_all() -> None:
    rows = [f"0{1 + n % 9}/0{1 + n % 8}/2026,x,-1.00,EUR" for n in range(5000)] + ["25/12/2026,y,-1.00,EUR"]
    facts, payments, _, _ = read(("Date,Description,Amount,Currency\n" + "\n".join(rows[-40:])).encode())
    assert facts["date order"].value == "dmy"
    assert payments[-1]["booking_date"].day == 25
    assert "over 12" in facts["date order"].why
    _, many, _, _ = read(("Date,Description,Amount,Currency\n" + "\n".join(rows[-400:])).encode())
    assert len(many) == 400


def test_order_of_the_records_decides_dates() -> None:
    data = (
        b"Date,Description,Amount,Currency\n01/02/2026,a,-1.00,EUR\n02/02/2026,b,2.00,EUR\n05/02/2026,c,2.00,EUR\n01/03/2026,d,2.00,EUR\n"
    )
    facts, payments, _, _ = read(data)
    assert facts["date order"].value == "dmy"
    assert payments[0]["booking_date"] == datetime(2026, 2, 1, tzinfo=UTC)


def test_amounts_that_could_be_thousands_are_defects() -> None:
    data = b"Date,Description,Amount,Currency\n2026-03-01,a,-1.234,EUR\n2026-03-02,b,5.000,EUR\n"
    _, payments, _, defects = read(data)
    assert payments == []
    assert {d.code for d in defects} == {"decimal_mark_unknown", "amount_unreadable"}


@pytest.mark.parametrize("amount", ["12..34", "1,5,5", "--5", "1.2.3,4", "0x10", "1e3", "NaN", "5 EUR USD", "12.345"])
def test_garbled_amounts_are_defects_never_numbers(amount: str) -> None:
    data = f"Date;Description;Amount;Currency\n2026-03-01;a;-1.50;EUR\n2026-03-02;b;{amount};EUR\n2026-03-03;c;2.50;EUR\n".encode()
    _, payments, _, defects = read(data)
    assert signed(payments) == [-150, 250]
    assert [d.code for d in defects] == ["amount_unreadable"]
    assert data[defects[0].offset : defects[0].offset + defects[0].length].startswith(b"2026-03-02")


def test_direction_unknown_is_said_once_and_left_null() -> None:
    data = b"Date;Description;Amount;Currency\n2026-03-01;a;1.50;EUR\n2026-03-02;b;2.50;EUR\n"
    _, payments, _, defects = read(data)
    assert [p["direction"] for p in payments] == [None, None]
    assert [d.code for d in defects] == ["direction_unknown"]


def test_balance_tells_the_direction() -> None:
    data = (
        b"Date;Description;Amount;Currency;Balance\n2026-03-01;a;1.50;EUR;11.50\n2026-03-02;b;2.50;EUR;14.00\n2026-03-03;b;1.00;EUR;15.00\n"
    )
    facts, payments, _, defects = read(data)
    assert defects == []
    assert [p["direction"] for p in payments] == ["credit"] * 3
    assert facts["direction"].value == "all credits"


def test_words_and_signs_beside_amounts() -> None:
    data = 'Data;Histórico;Valor\n13/08/2026;a;"R$ 1.234,56 D"\n14/08/2026;b;"R$ 10,00 C"\n15/08/2026;c;"(3,00)"\n16/08/2026;d;"7,00-"\n'.encode()
    _, payments, _, defects = read(data)
    assert defects == []
    assert signed(payments) == [-123456, 1000, -300, -700]
    assert {p["currency"] for p in payments} == {"BRL"}


def test_currency_nowhere_is_said() -> None:
    _, payments, _, defects = read(b"Date;Description;Amount\n2026-03-01;a;-1.50\n2026-03-02;b;2.50\n")
    assert [p["currency"] for p in payments] == [None, None]
    assert [d.code for d in defects] == ["currency_unknown"]
    assert signed(payments) == [-150, 250]


def test_times_need_a_zone() -> None:
    _, payments, _, _ = read(b"Date;Description;Amount;Currency\n2026-03-01T10:00:00+02:00;a;-1.50;EUR\n2026-03-02 10:00;b;2.50;EUR\n")
    assert payments[0]["booking_date"] == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert payments[0]["booking_date.precision"] == "second"
    assert payments[1]["booking_date"] == datetime(2026, 3, 2, tzinfo=UTC)
    assert payments[1]["booking_date.precision"] == "day"
    _, payments, _, _ = read(b"Date (UTC);Description;Amount;Currency\n2026-03-01 10:00:00;a;-1.50;EUR\n")
    assert payments[0]["booking_date"] == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_preamble_gives_the_account() -> None:
    data = b"sep=;\nAccount holder: A. Lima\nIBAN;DE89 3704 0044 0532 0130 00\nOpening balance;100,00\n\nDate;Payee;Amount;Currency\n2026-03-01;Shop;-1,50;EUR\n"
    _, payments, accounts, defects = read(data)
    assert defects == []
    assert accounts[0]["account"] == payments[0]["account"] == payments[0]["debtor.account"] == "DE89370400440532013000"
    assert accounts[0]["owner.name"] == "A. Lima"
    assert accounts[0]["opening_minor"] == 10000
    assert payments[0]["creditor.name"] == "Shop"


def test_formulas_stay_text() -> None:
    _, payments, _, _ = read(b"Date;Description;Amount;Currency\n2026-03-01;=cmd|' /C calc'!A0;-1.50;EUR\n")
    assert payments[0]["remittance"] == "=cmd|' /C calc'!A0"


def test_an_open_quote_spoils_one_record() -> None:
    data = b'Date;Description;Amount;Currency\n2026-03-01;"open;-1.50;EUR\n2026-03-02;b;2.50;EUR\n2026-03-03;c;-3.50;EUR\n'
    _, payments, _, defects = read(data)
    assert signed(payments) == [250, -350]
    assert [d.code for d in defects] == ["date_unreadable"] or [d.code for d in defects] == ["amount_unreadable"]


@pytest.mark.parametrize(
    "data",
    [
        b"AccountId,StatementCreated,NumTransactions,NetAmount\n50000000054910000003,2010-10-18T17:00:00+01:00,3,-64321.5\n",
        b"name,age\nAna,31\nBruno,40\n",
        b"Date,Temperature\n2026-03-01,12.5\n2026-03-02,13.5\n",
        b"Date;Amount\nyesterday;much\ntoday;little\n2026-03-01;5.00\n",
        b"",
        b"Date,Amount",
        bytes(range(256)) * 40,
        b"the date, the amount, and other words\nin a letter\n",
    ],
)
def test_other_tables_are_not_claimed(data: bytes) -> None:
    assert PARSER.recognizes(data, name="statement.csv") == 0
    source = Source(stream=io.BytesIO(data), size=len(data), name="x")
    assert PARSER.infer(source) == ()
    assert [item.code for item in PARSER.read(source, inferred=())] == ["statement_unknown"]


def test_real_samples(shared_data) -> None:
    data = (shared_data / "statements" / "sample_statement.csv").read_bytes()
    facts, payments, accounts, defects = read(data)
    assert defects == []
    assert signed(payments) == [250000, -120000]
    assert accounts[0]["account"] == "DE123456789"
    assert json.loads(facts["columns"].value)[5] == ["own account", "Account"]
    assert PARSER.recognizes((shared_data / "statements" / "camt_file.csv").read_bytes(), name="camt_file.csv") == 0


def test_balances_among_the_records_are_no_payments():
    _, payments, _, defects = read(
        '"Sąskaitos Nr.","Data","Gavėjas","Paaiškinimai","Suma","Valiuta","D/K"\n'
        '"LT601010012345678901","2025-10-01","","Likutis pradžiai","1000.00","EUR","K"\n'
        '"LT601010012345678901","2025-10-02","Jonas","Nuoma","250.00","EUR","D"\n'
        '"LT601010012345678901","2025-10-15","UAB Acme","Atlyginimas","1500.00","EUR","K"\n'
        '"LT601010012345678901","2025-10-31","","Apyvarta","1500.00","EUR","K"\n'
        '"LT601010012345678901","2025-10-31","","Likutis pabaigai","2250.00","EUR","K"\n'.encode()
    )
    assert signed(payments) == [-25000, 150000]
    assert [defect.code for defect in defects] == ["balance_row"] * 3
    _, payments, _, defects = read(
        "Data;Histórico;Docto.;Crédito (R$);Débito (R$);Saldo (R$)\n30/09/2025;SALDO ANTERIOR;;;;1.234,56\n"
        "01/10/2025;PIX REM JOAO;1;;-150,00;1.084,56\n15/10/2025;TED;2;2.500,00;;3.584,56\n".encode("cp1252")
    )
    assert signed(payments) == [-15000, 250000]
    assert {payment["currency"] for payment in payments} == {"BRL"}
    assert [defect.code for defect in defects] == ["balance_row"]


def test_the_quick_look_passes_every_balance():
    texts = {*vocabulary.BALANCE_TEXTS, *vocabulary.BALANCE_BEGINNINGS}
    assert {text for text in texts if not table.holds_balance((vocabulary.Role.REMITTANCE,), (text,))} == set()
    assert table.holds_balance((vocabulary.Role.REMITTANCE,), ("S A L D O",))


def test_a_payment_whose_purpose_is_the_word_balance_stays_a_payment():
    _, payments, _, _ = read(
        "Buchungstag;Empfänger;Verwendungszweck;Betrag;Währung\n13.10.2025;Bau GmbH;Saldo;-900,00;EUR\n14.10.2025;Werk;x;-1,00;EUR\n".encode()
    )
    assert signed(payments) == [-90000, -100]


def test_the_other_sides_number_never_becomes_the_statements_own():
    by_heading = (
        b"Booking Date,Partner Name,Partner Iban,Amount (EUR)\n2025-10-01,Shop,,-12.00\n2025-10-15,Jane,DE02120300000000202051,-900.00\n"
    )
    twice_to_one = b"Date,Payee,IBAN,Amount,Currency\n2025-10-01,Jane,DE02120300000000202051,-12.00,EUR\n2025-10-15,Jane,DE02120300000000202051,-9.00,EUR\n"
    some_without = b"Date,Payee,IBAN,Amount,Currency\n2025-10-01,Shop,,-12.00,EUR\n2025-10-15,Jane,DE02120300000000202051,-9.00,EUR\n"
    for data in (by_heading, twice_to_one, some_without):
        _, payments, accounts, defects = read(data)
        assert {payment["account"] for payment in payments} == {None}
        assert {account["account"] for account in accounts} == {None}
        assert {payment["debtor.account"] for payment in payments} == {None}
        assert [defect.code for defect in defects] == ["account_unclear"] * (data is twice_to_one)
        assert payments[1]["creditor.account"] == (None if data is twice_to_one else "DE02120300000000202051")


def test_one_number_beside_several_names_is_the_statements_own():
    _, payments, _, _ = read(
        b"Date,Account,Name,Amount,Currency\n2025-10-13,20-00-00 123,Shop,-12.00,EUR\n2025-10-15,20-00-00 123,Acme,900.00,EUR\n"
    )
    assert {payment["account"] for payment in payments} == {"20-00-00 123"}


def test_amounts_grouped_as_in_india_and_signs_of_several_currencies():
    _, payments, accounts, _ = read(
        b"Account Name\t:\tMr Raj\nAccount Number\t:\t00000012345678901\n\nTxn Date\tDescription\tDebit\tCredit\tBalance\n"
        b'1 Oct 2025\tUPI\t"1,50,000.00"\t \t"12,34,567.89"\n15 Oct 2025\tNEFT\t \t"2,50,000.00"\t"14,84,567.89"\n'
    )
    assert signed(payments) == [-15000000, 25000000]
    assert payments[0]["balance_minor"] == 123456789
    assert (accounts[0]["account"], accounts[0]["owner.name"]) == ("00000012345678901", "Mr Raj")
    _, payments, _, defects = read(b'Date,Description,Amount\n10/02/2025,PAYROLL,"$2,000.00"\n10/13/2025,WIRE,"($1,500.00)"\n')
    assert signed(payments) == [200000, -150000]
    assert [defect.code for defect in defects] == ["currency_unknown"]


def test_without_headings_the_balances_prove_the_columns() -> None:
    rows = (
        "31/08/2026,-4.50,COFFEE LONDON,95.50\n30/08/2026,+100.00,SALARY,100.00\n14/08/2026,-20.00,RENT,0.00\n13/08/2026,-7.25,BUS,20.00\n"
    )
    facts, payments, accounts, defects = read(rows.encode())
    assert signed(payments) == [-450, 10000, -2000, -725]
    assert [payment["balance_minor"] for payment in payments] == [9550, 10000, 0, 2000]
    assert payments[0]["remittance"] == "COFFEE LONDON"
    assert payments[0]["booking_date"] == datetime(2026, 8, 31, tzinfo=UTC)
    assert "no headings" in facts["columns"].why
    assert accounts == []
    assert [defect.code for defect in defects] == ["currency_unknown"]


def test_without_headings_credits_and_debits_in_columns_of_their_own() -> None:
    rows = "2026-08-01;PAY;;250,00;1250,00;EUR\n2026-08-02;RENT;750,10;;499,90;EUR\n2026-08-03;FOOD;12,34;;487,56;EUR\n2026-08-03;BUS;2,00;;485,56;EUR\n"
    for encoding in ("utf-8", "utf-16", "utf-16-le"):
        _, payments, _, defects = read(rows.encode(encoding))
        assert defects == []
        assert signed(payments) == [25000, -75010, -1234, -200]
        assert {payment["currency"] for payment in payments} == {"EUR"}


def test_headings_in_a_language_not_known_here_are_passed_over_when_the_balances_prove_the_columns() -> None:
    rows = "Kuupäev;Selgitus;Käive;Jääk\n01.08.2026;Palk;250,00;1250,00\n02.08.2026;Üür;-750,10;499,90\n13.08.2026;Toit;-12,34;487,56\n"
    facts, payments, accounts, _ = read(rows.encode())
    assert signed(payments) == [25000, -75010, -1234]
    assert json.loads(facts["columns"].value)[2] == ["amount", "Käive"]
    assert len(accounts) == 1


def test_the_layout_of_wells_fargo_needs_no_headings() -> None:
    rows = '"08/31/2026","-12.34","*","","PURCHASE AUTHORIZED"\n"08/28/2026","2000.00","*","","PAYROLL"\n"08/27/2026","-50.00","*","1042","CHECK"\n'
    _, payments, _, defects = read(rows.encode())
    assert signed(payments) == [-1234, 200000, -5000]
    assert payments[2]["reference"] == "1042"
    assert [defect.code for defect in defects] == ["currency_unknown"]


def test_without_headings_and_without_balances_nothing_is_guessed() -> None:
    data = b'31/08/2026,"SHOP",-12.34\n30/08/2026,"PAY",100.00\n29/08/2026,"BUS",-2.00\n'
    assert PARSER.recognizes(data, name="x.csv") == 1
    source = Source(stream=io.BytesIO(data), size=len(data), name="x")
    assert PARSER.infer(source) == ()
    (defect,) = PARSER.read(source, inferred=())
    assert defect.code == "statement_unknown"
    assert "no column of balances" in defect.reason


@pytest.mark.parametrize(
    "data",
    [
        b"2026-03-01 10:00,12.5,21.25\n2026-03-02 10:00,13.5,22.25\n2026-03-03 10:00,14.5,22.5\n",
        b"2026-03-01,1,1\n2026-03-02,1,2\n2026-03-03,1,3\n2026-03-04,1,4\n",
        b"1,2026-03-01,a\n2,2026-03-02,b\n3,2026-03-03,c\n",
        b"2026-03-01,12.50,112.50,meter\n2026-03-02,13.25,125.75,meter\n2026-03-03,9.00,134.75,meter\n2026-03-04,1.00,135.75,meter\n",
        b"2026-03-01,12,112,bolts\n2026-03-02,-13,99,bolts\n2026-03-03,9,108,nuts\n2026-03-04,-1,107,nuts\n",
        b"2026-03-01,1.00\n",
        b"2026-03-01,0.00,a,0.00\n" * 5,
    ],
)
def test_other_tables_without_headings_are_not_claimed(data: bytes) -> None:
    assert PARSER.recognizes(data, name="statement.csv") == 0


def test_shift_jis_from_japan() -> None:
    rows = (
        '"日付","摘要","摘要内容","支払い金額","預かり金額","差引残高","メモ","未資金化区分","入払区分"\r\n'
        '"2026/8/3","振込","カ)コウノ","","250,000","1,250,000","","","入金"\r\n"2026/8/31","デビット","ショップ","12,340","","1,237,660","","","支払い"\r\n'
    )
    for encoding in ("cp932", "utf-8", "utf-16"):
        facts, payments, _, defects = read(rows.encode(encoding))
        assert signed(payments) == [25000000, -1234000]  # hundredths, as no currency is named
        assert [defect.code for defect in defects] == ["currency_unknown"]
        assert payments[0]["remittance"] == "振込 カ)コウノ"
        assert payments[0]["booking_date"] == datetime(2026, 8, 3, tzinfo=UTC)
        assert facts["encoding"].value == ("utf-16-le" if encoding == "utf-16" else encoding)
    rows = "取引日,入出金(円),取引後残高(円),入出金内容\n20260801,-1500,8500,引出\n20260802,3000,11500,給与\n"
    _, payments, _, defects = read(rows.encode("cp932"))
    assert defects == []
    assert [(p["amount_minor"], p["direction"], p["currency"]) for p in payments] == [(1500, "debit", "JPY"), (3000, "credit", "JPY")]


def test_lines_that_end_with_cr_alone() -> None:
    rows = 'Buchung;Empfänger;Verwendungszweck;Betrag;Währung\r31.08.2026;Müller & Söhne;"eins\rzwei";-5,00;EUR\r01.09.2026;Grün;drei;7,50;EUR\r'
    for encoding, said in (("utf-8", "utf-8"), ("cp1252", "cp1252"), ("mac_roman", "mac_roman"), ("utf-16-le", "utf-16-le")):
        facts, payments, _, defects = read(rows.encode(encoding))
        assert defects == []
        assert signed(payments) == [-500, 750]
        assert payments[0]["creditor.name"] == "Müller & Söhne"
        assert (facts["encoding"].value, facts["line end"].value) == (said, "CR")


def test_code_pages_of_the_baltic_and_of_poland() -> None:
    rows = "Sąskaitos Nr.;Data;Gavėjas;Paaiškinimai;Suma;Valiuta;D/K\nLT121000011101001000;2026-08-31;UAB Žąsis;už šieną;420,00;EUR;D\n"
    facts, payments, _, _ = read(rows.encode("cp1257"))
    assert facts["encoding"].value == "cp1257"
    assert payments[0]["creditor.name"] == "UAB Žąsis"
    rows = "Data operacji;Tytuł;Nadawca/Odbiorca;Kwota;Waluta\n2026-08-31;za sierpień;Łukasz Wójcik;-42,00;PLN\n"
    facts, payments, _, _ = read(rows.encode("cp1250"))
    assert facts["encoding"].value == "cp1250"
    assert "ukasz Wójcik" in str(payments[0])
    assert "Łukasz" in str(payments[0])


REVOLUT = "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"


def test_a_fee_on_top_of_the_amount_is_an_entry_of_its_own() -> None:
    rows = (
        "ATM,Current,2026-08-31 10:11:12,2026-08-31 10:11:13,Cash,-10.00,0.00,EUR,COMPLETED,90.00\n"
        "ATM,Current,2026-09-01 10:11:12,2026-09-01 10:11:13,Cash,-20.00,1.50,EUR,COMPLETED,68.50\n"
        "TOPUP,Current,2026-09-02 10:11:12,2026-09-02 10:11:13,Top-up,50.00,0.25,EUR,COMPLETED,118.25\n"
        "CARD_PAYMENT,Current,2026-09-03 10:11:12,,Shop,-5.00,0.00,EUR,PENDING,\n"
    )
    for text in (REVOLUT + rows, REVOLUT + "\n".join(reversed(rows.strip().split("\n"))) + "\n"):
        facts, payments, _, defects = read(text.encode())
        assert defects == []
        assert facts["fee"].value == "on top of the amount"
        assert sorted(signed(payments)) == sorted([-1000, -2000, -150, 5000, -25, -500])
        fees = [payment for payment in payments if payment["remittance"] == "fee"]
        assert {(fee["balance_minor"], fee["booking_date"].day, fee["status"]) for fee in fees} == {
            (6850, 1, "booked"),
            (11825, 2, "booked"),
        }
        (waiting,) = [payment for payment in payments if payment["status"] == "pending"]
        assert (waiting["booking_date"], waiting["amount_minor"]) == (None, 500)


def test_a_fee_within_the_amount_and_one_that_may_be_either_stay_in_the_text() -> None:
    within = (
        "Date,Amount,Currency,Description,Running Balance,Payee Name,Total fees\n"
        "02-09-2026,-20.00,EUR,Sent money,70.00,Ana,0.40\n01-09-2026,-10.00,EUR,Sent money,90.00,Rui,0.00\n"
    )
    facts, payments, _, _ = read(within.encode())
    assert facts["fee"].value == "in the amount"
    assert signed(payments) == [-2000, -1000]
    assert payments[0]["remittance"] == "Sent money (fee 0.40)"
    unclear = REVOLUT + "ATM,Current,2026-08-31 10:11:12,2026-08-31 10:11:13,Cash,-10.00,1.00,EUR,COMPLETED,\n"
    _, payments, _, defects = read(unclear.encode())
    assert [defect.code for defect in defects] == ["fee_unclear"]
    assert signed(payments) == [-1000]
    assert payments[0]["remittance"] == "Cash (fee 1.00)"


def test_what_a_savings_bank_says_of_entries_not_yet_booked() -> None:
    head = "Auftragskonto;Buchungstag;Valutadatum;Buchungstext;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;Betrag;Waehrung;Info\n"
    row = "DE89370400440532013000;31.08.26;31.08.26;KARTENZAHLUNG;x;Laden;-5,00;EUR;{}\n"
    _, payments, _, defects = read((head + row.format("Umsatz vorgemerkt") + row.format("Umsatz gebucht")).encode())
    assert defects == []
    assert [payment["status"] for payment in payments] == ["pending", "booked"]
    _, payments, _, _ = read((head + row.format("Umsatz gebucht") + row.format("sonst etwas")).encode())
    assert [payment["status"] for payment in payments] == [None, None]
