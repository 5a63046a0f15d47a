"""The headings banks are known to write, each with two records of our own making."""

import io

import pytest

from comity.parsers.contract import Rows, Source
from comity.parsers.statement_csv import PARSER

# name: (text, signed amounts in hundredths, own account, other side's name, reference, text)
BANKS = {
    "sparkasse": (
        ('"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";"Kundenreferenz (End-to-End)";'
        '"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";'
        '"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\n'
        '"DE89370400440532013000";"31.08.26";"31.08.26";"FOLGELASTSCHRIFT";"Abo";"";"M1";"E1";"";"";"";"Laden";"DE02120300000000202051";"BYLADEM1001";"-5,00";"EUR";"Umsatz gebucht"\n'),
        [-500], "DE89370400440532013000", "Laden", "E1", "Abo",
    ),
    "dkb": (
        ('\ufeff"Girokonto";"DE89370400440532013000"\n"Zeitraum:";"01.08.2026 - 31.08.2026"\n"Kontostand vom 31.08.2026:";"100,00 €"\n""\n'
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";'
        '"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"\n'
        '"31.08.26";"31.08.26";"Gebucht";"Ana Lima";"Bahn";"Karte";"Ausgang";"DE02120300000000202051";"-29,9";"";"";"K1"\n'
        '"30.08.26";"30.08.26";"Vorgemerkt";"Werk";"Ana Lima";"Lohn";"Eingang";"DE02500105170137075030";"1.250,50";"";"";""\n'),
        [-2990, 125050], "DE89370400440532013000", "Bahn", "K1", "Karte",
    ),
    "ing": (
        ("Umsatzanzeige;Datei erstellt am: 31.08.2026 10:00\n\nIBAN;DE89 3704 0044 0532 0130 00\nKontoname;Girokonto\nBank;ING\nKunde;Ana Lima\n"
        "Zeitraum;01.08.2026 - 31.08.2026\nSaldo;100,00;EUR\n\n"
        "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
        "31.08.2026;31.08.2026;Laden;Lastschrift;Brot;100,00;EUR;-5,00;EUR\n30.08.2026;30.08.2026;Werk;Gehalt;Lohn;105,00;EUR;50,00;EUR\n"),
        [-500, 5000], "DE89370400440532013000", "Laden", None, "Brot",
    ),
    "comdirect": (
        ('"Umsätze Girokonto";"Zeitraum: 30 Tage";\n"Neuer Kontostand";"1.134,11 EUR";\n\n'
        '"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";\n'
        '"31.08.2026";"31.08.2026";"Lastschrift / Belastung";"Auftraggeber: Laden Buchungstext: Brot";"-18,80";\n'
        '"30.08.2026";"30.08.2026";"Übertrag / Überweisung";"Auftraggeber: Werk";"20,00";\n'),
        [-1880, 2000], None, None, None, "Auftraggeber: Laden Buchungstext: Brot",
    ),
    "commerzbank": (
        ("Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;IBAN Kontoinhaber;Kategorie\n"
        "31.08.2026;31.08.2026;Lastschrift;Laden Brot;-5,00;EUR;DE89370400440532013000;Essen\n"),
        [-500], "DE89370400440532013000", None, None, "Laden Brot",
    ),
    "n26": (
        ('"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"\n'
        "2026-08-31,2026-08-31,Laden,,Presentment,Brot,Main,-5.00,,,\n2026-09-01,2026-09-01,Werk,DE02120300000000202051,Credit Transfer,Lohn,Main,50.00,,,\n"),
        [-500, 5000], None, "Laden", None, "Brot",
    ),
    "paypal": (
        ('\ufeff"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto","Absender E-Mail-Adresse","Empfänger E-Mail-Adresse","Transaktionscode","Guthaben"\n'
        '"31.08.2026","10:12:00","Europe/Berlin","Laden","Zahlung","Abgeschlossen","EUR","-59,90","0,00","-59,90","a@example.org","b@example.org","1AB","40,10"\n'
        '"01.09.2026","10:12:00","Europe/Berlin","Rui","Zahlung","Abgeschlossen","EUR","12,50","-0,55","11,95","c@example.org","a@example.org","2AB","52,05"\n'),
        [-5990, 1195], None, "Laden", "1AB", None,
    ),
    "wise": (
        ("TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,Exchange From,Exchange To,Exchange Rate,Payer Name,Payee Name,"
        "Payee Account Number,Merchant,Card Last Four Digits,Card Holder Full Name,Attachment,Note,Total fees,Exchange To Amount\n"
        "TRANSFER-1,31-08-2026,-20.00,EUR,Sent money to Rui,rent,80.00,EUR,EUR,,,Rui Dias,DE02120300000000202051,,,,,,0.00,\n"),
        [-2000], None, "Rui Dias", "TRANSFER-1", "Sent money to Rui rent",
    ),
    "barclays": (
        "Number,Date,Account,Amount,Subcategory,Memo\n ,31/08/2026,20-00-00 12345678,-10.99,PAYMENT,SHOP   ON 30 AUG\n ,22/08/2026,20-00-00 12345678,50.00,DIRECTDEP,WORK\n",
        [-1099, 5000], None, None, None, "SHOP   ON 30 AUG",
    ),
    "lloyds": (
        ("Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance\n"
        "31/08/2026,DEB,'30-00-00,12345678,SHOP,12.50,,100.00\n28/08/2026,FPI,'30-00-00,12345678,PAY,,50.00,112.50\n"),
        [-1250, 5000], "12345678", None, None, "SHOP",
    ),
    "monzo": (
        ("Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In\n"
        "tx_1,31/08/2026,09:12:00,Card payment,Shop,,Groceries,-3.21,GBP,-61000.00,IDR,lunch,,,SHOP A-1,,-3.21,\n"),
        [-321], None, "Shop", "tx_1", "lunch SHOP A-1",
    ),
    "starling": (
        "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes\n31/08/2026,Shop,REF1,CARD,-42.10,57.90,GROCERIES,\n",
        [-4210], None, "Shop", "REF1", None,
    ),
    "chase": (
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\nDEBIT,08/31/2026,SHOP,-9.95,ACH_DEBIT,90.05,\nCREDIT,08/30/2026,PAY,50.00,ACH_CREDIT,100.00,\n",
        [-995, 5000], None, None, None, "DEBIT SHOP",
    ),
    "bank_of_america": (
        ('Description,,Summary Amt.\nBeginning balance as of 08/01/2026,,"1,000.00"\nTotal credits,,"50.00"\n\nDate,Description,Amount,Running Bal.\n'
        '08/01/2026,Beginning balance as of 08/01/2026,,"1,000.00"\n08/30/2026,"SHOP","-9.95","990.05"\n08/31/2026,"PAY","50.00","1,040.05"\n'),
        [-995, 5000], None, None, None, "SHOP",
    ),
    "nubank": (
        "Data,Valor,Identificador,Descrição\n31/08/2026,-37.79,68138eea-2dd1,Compra no débito\n",
        [-3779], None, None, "68138eea-2dd1", "Compra no débito",
    ),
    "itau": (
        "data;lançamento;ag./origem;valor (R$);saldos (R$)\n30/08/2026;SALDO ANTERIOR;;;100,00\n31/08/2026;PIX TRANSF JOAO;;-50,00;\n",
        [-5000], None, None, None, "PIX TRANSF JOAO",
    ),
    "caixa": (
        '"Conta";"Data_Mov";"Nr_Doc";"Historico";"Valor";"Deb_Cred"\n"0001001000012345";"20260831";"000001";"ENVIO PIX";"50.00";"D"\n"0001001000012345";"20260831";"000002";"CRED PIX";"70.00";"C"\n',
        [-5000, 7000], None, None, "000001", "ENVIO PIX",
    ),
    "hdfc": (
        'Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n31/08/26,UPI-SHOP,0000437276589036,31/08/26,500.00,,"1,500.00"\n',
        [-50000], None, None, "0000437276589036", "UPI-SHOP",
    ),
    "sbi": (
        "Txn Date\tValue Date\tDescription\tRef No./Cheque No.\tDebit\tCredit\tBalance\n15 Aug 2026\t15 Aug 2026\tTO TRANSFER-UPI\t123456\t250.00\t \t1,000.00\n",
        [-25000], None, None, "123456", "TO TRANSFER-UPI",
    ),
    "icici": (
        ("S No.,Value Date,Transaction Date,Cheque Number,Transaction Remarks,Withdrawal Amount (INR ),Deposit Amount (INR ),Balance (INR )\n"
        "1,31/08/2026,31/08/2026,-,UPI/SHOP,250.00,0.00,1000.00\n"),
        [-25000], None, None, None, "UPI/SHOP",
    ),
    "axis": (
        "Tran Date,CHQNO,PARTICULARS,DR,CR,BAL,SOL\n31-08-2026,-,UPI/P2M/SHOP, 250.00, , 1000.00,123\n",
        [-25000], None, None, None, "UPI/P2M/SHOP",
    ),
    "gtbank": (
        "Trans. Date,Reference,Value. Date,Debits,Credits,Balance,Originating Branch,Remarks\n31-Aug-2026,'R1,31-Aug-2026,\"5,000.00\",,\"10,000.00\",HEAD OFFICE,NIP TRANSFER\n",
        [-500000], None, None, "'R1", "NIP TRANSFER",
    ),
    "mpesa": (
        ("Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
        'SB71,2026-08-30 10:00:00,Customer Payment from ACME,Completed,"1,200.00",,1200.00\nSB72,2026-08-31 11:30:00,Pay Bill to KPLC,Completed,,-300.00,900.00\n'),
        [120000, -30000], None, None, "SB71", "Customer Payment from ACME",
    ),
    "gcash": (
        "GCash Transaction History\n\nDate and Time,Description,Reference No.,Debit,Credit,Balance\n2026-08-20 08:10 AM,Payment to SHOP,1001,180.00,,1820.00\n2026-08-21 09:00 AM,Received from Ana,1002,,500.00,2320.00\n",
        [-18000, 50000], None, None, "1001", "Payment to SHOP",
    ),
}  # fmt: skip


def read(text: str):
    data = text.encode()
    assert PARSER.recognizes(data, name="x") == 2
    source = Source(stream=io.BytesIO(data), size=len(data), name="x")
    items = list(PARSER.read(source, inferred=PARSER.infer(source)))
    return [row for item in items if isinstance(item, Rows) and item.table.name == "payment" for row in item.batch.to_pylist()]


@pytest.mark.parametrize("bank", BANKS)
def test_headings_of_banks(bank: str) -> None:
    text, amounts, account, name, reference, remittance = BANKS[bank]
    payments = read(text)
    assert [p["amount_minor"] * {"credit": 1, "debit": -1}[p["direction"]] for p in payments] == amounts
    first = payments[0]
    other = first["creditor.name"] if first["direction"] == "debit" else first["debtor.name"]
    assert (first["account"] if account else None, other, first["reference"], first["remittance"]) == (account, name, reference, remittance)
    assert {p["booking_date"].year for p in payments} == {2026}
    assert {p["booking_date"].month for p in payments} <= {8, 9}


def test_the_direction_stays_open_under_headings_of_cards() -> None:
    payments = read("date,title,amount\n2026-08-20,Loja,106.66\n2026-08-25,Pagamento recebido,-4558.53\n")
    assert [(p["amount_minor"], p["direction"]) for p in payments] == [(10666, None), (455853, None)]
