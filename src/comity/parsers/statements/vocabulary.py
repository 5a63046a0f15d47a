"""The words banks head their columns with, in the languages seen so far. Facts, gathered from exports; add to them freely.

A heading is compared whole, in lower case, without accents, signs, spaces and what stands in brackets.
"""

# ruff: noqa: E501, SIM905 - lists of words are easier to read and to add to as running text

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a column of a statement holds. ACCOUNT is the other side's unless the data show otherwise, OTHER_ACCOUNT by its heading."""

    BOOKING_DATE = "booking date"
    VALUE_DATE = "value date"
    AMOUNT = "amount"
    CREDIT = "credit"
    DEBIT = "debit"
    DIRECTION = "direction"
    CURRENCY = "currency"
    BALANCE = "balance"
    NAME = "name"
    DEBTOR_NAME = "debtor name"
    CREDITOR_NAME = "creditor name"
    ACCOUNT = "account"
    DEBTOR_ACCOUNT = "debtor account"
    CREDITOR_ACCOUNT = "creditor account"
    OTHER_ACCOUNT = "other account"
    OWN_ACCOUNT = "own account"
    UNCLEAR_ACCOUNT = "account, whose is not clear"
    AGENT = "agent"
    REMITTANCE = "remittance"
    REFERENCE = "reference"
    END_TO_END = "end to end"
    STATUS = "status"
    FEE = "fee"
    INFO = "text that may say the status"
    KIND = "text that says no more than the kind where there is another"


_ENGLISH: Final = {
    Role.BOOKING_DATE: "date; booking date; booked; booked on; booked at; transaction date; posting date; posted date; post date; "
    "date posted; entry date; completed date; date completed; trade date; process date; operation date; txn date; tran date; trans date; completion time; date and time; datetime; timestamp; booking",
    Role.VALUE_DATE: "value date; valuedate; effective date; settlement date; date of value; value; value dt; value dat",
    Role.AMOUNT: "amount; transaction amount; booking amount; net amount; net; amt; sum; payment amount; amount in account currency",
    Role.CREDIT: "credit; credit amount; credits; money in; paid in; deposit; deposits; amount credited; in; credited; received; deposit amount; deposit amt; credit amt; cr",
    Role.DEBIT: "debit; debit amount; debits; money out; paid out; withdrawal; withdrawals; amount debited; out; debited; withdrawn; dr; charge; spent; withdrawal amount; withdrawal amt; debit amt",
    Role.DIRECTION: "credit debit; debit credit; dc; cd; cr dr; dr cr; crdr; drcr; credit debit indicator; debit credit indicator; direction; sign; "
    "creditdebit; debitcredit; transaction side; side",
    Role.CURRENCY: "currency; ccy; cur; currency code; account currency; transaction currency",
    Role.BALANCE: "balance; running balance; account balance; balance after; balance after transaction; closing balance; ledger balance; available balance; running bal; bal",
    Role.NAME: "name; payee; payer payee; payee payer; counterparty; counterparty name; counter party; beneficiary payer; payer beneficiary; "
    "beneficiary remitter; merchant; other party; party; partner; partner name; sender receiver; recipient sender; payee name; contra name",
    Role.DEBTOR_NAME: "debtor; debtor name; payer; payer name; sender; sender name; remitter; remitter name; ordering party; originator; from",
    Role.CREDITOR_NAME: "creditor; creditor name; beneficiary; beneficiary name; recipient; recipient name; receiver; receiver name; to",
    Role.ACCOUNT: "account; account number; iban; account no; account iban; acct; account nr; accountnumber; account id",
    Role.DEBTOR_ACCOUNT: "debtor account; payer account; sender account; from account; debtor iban; sender iban; payer iban; remitter account",
    Role.CREDITOR_ACCOUNT: "creditor account; beneficiary account; recipient account; to account; creditor iban; beneficiary iban; "
    "receiver account; receiver iban; recipient iban",
    Role.OTHER_ACCOUNT: "partner iban; partner account; counterparty account; counterparty iban; counterparty account number; payee account; payee iban; "
    "contra account; other account; merchant account",
    Role.OWN_ACCOUNT: "own account; statement account; your account; my account; order account",
    Role.AGENT: "bic; swift; bic swift; swift bic; swift code; bank; bank code; counterparty bank; beneficiary bank; counterparty bic; bank name",
    Role.REMITTANCE: "description; details; narrative; purpose; remittance information; remittance; memo; particulars; payment details; payment purpose; "
    "transaction details; transaction description; message; text; booking text; payment reference; information; notes; narration; transaction remarks; remarks; title; notes and tags",
    Role.REFERENCE: "reference; transaction id; transaction reference; bank reference; id; ref; reference number; transaction number; trn; "
    "document number; entry reference; ref no; transactionid; archive id; unique id; transferwise id; chq ref no; chq ref number; ref no cheque no; reference no; receipt no",
    Role.END_TO_END: "end to end id; end to end; endtoend; e2e; e2e reference; end to end reference; end to end identification; customer reference",
    Role.STATUS: "status; state; booking status; transaction status",
    Role.FEE: "fee; fees; total fees; fee amount; transaction fee; charges",
    Role.INFO: "info",
}
_GERMAN: Final = {
    Role.BOOKING_DATE: "datum; buchungstag; buchungsdatum; buchung; gebucht am; umsatzdatum; belegdatum; transaktionsdatum; ausfuhrungsdatum; datum uhrzeit",
    Role.VALUE_DATE: "valuta; valutadatum; wertstellung; wertstellungsdatum; wert; wertstellungstag; wertdatum",
    Role.AMOUNT: "betrag; umsatz; umsatzbetrag; buchungsbetrag; betrag in eur; umsatz in eur; betrag eur; umsatz eur; netto",
    Role.CREDIT: "haben; gutschrift; gutschriften; einzahlung; eingang; haben eur; zahlungseingang",
    Role.DEBIT: "soll; lastschrift; belastung; auszahlung; ausgang; soll eur; belastungen; zahlungsausgang",
    Role.DIRECTION: "soll haben; sh; soll haben kennzeichen; haben soll; shkennzeichen; vorzeichen; umsatzart sh",
    Role.CURRENCY: "wahrung; waehrung; whg; kontowahrung",
    Role.BALANCE: "saldo; kontostand; saldo nach buchung; neuer saldo; saldo in eur; laufender saldo; guthaben",
    Role.NAME: "auftraggeber empfanger; beguenstigter zahlungspflichtiger; begunstigter zahlungspflichtiger; zahlungsempfanger in; "
    "empfanger zahlungspflichtiger; name zahlungsbeteiligter; gegenpartei; empfanger auftraggeber; auftraggeber begunstigter; geschaftspartner; partnername",
    Role.DEBTOR_NAME: "auftraggeber; zahlungspflichtiger; zahlungspflichtige r; absender; zahler",
    Role.CREDITOR_NAME: "empfanger; begunstigter; beguenstigter; zahlungsempfanger; zahlungsempfanger in",
    Role.ACCOUNT: "konto; kontonummer; kontonummer iban; iban kontonummer; kontonr",
    Role.OTHER_ACCOUNT: "iban zahlungsbeteiligter; gegenkonto; iban gegenkonto; iban gegenpartei; kontonummer gegenkonto",
    Role.OWN_ACCOUNT: "auftragskonto; iban auftragskonto; auftraggeberkonto; iban auftraggeberkonto; iban kontoinhaber; eigenes konto; umsatzkonto",
    Role.AGENT: "blz; bic swift code; bankleitzahl; bic zahlungsbeteiligter; bic gegenpartei",
    Role.KIND: "buchungstext",
    Role.REMITTANCE: "verwendungszweck; zahlungsgrund; beschreibung; vorgang verwendungszweck; zahlungsreferenz; buchungsdetails; buchungsinformationen",
    Role.REFERENCE: "referenz; belegnummer; transaktionsnummer; umsatz id; buchungsreferenz; transaktions id; transaktionscode",
    Role.END_TO_END: "kundenreferenz; end to end referenz; kundenreferenz end to end",
    Role.STATUS: "buchungsstatus",
    Role.FEE: "gebuhr; gebuhren; entgelt",
}
_PORTUGUESE: Final = {
    Role.BOOKING_DATE: "data; data lancamento; data do lancamento; data mov; data movimento; data do movimento; data operacao; data da operacao; "
    "data transacao; data da transacao; data contabilistica; dt lancamento; data hora",
    Role.VALUE_DATE: "data valor; data de valor; dt valor",
    Role.AMOUNT: "valor; montante; importancia; quantia; valor lancamento; valor da transacao; valor r; movimento; valor em reais",
    Role.CREDIT: "credito; creditos; entrada; entradas; valor credito; a credito",
    Role.DEBIT: "debito; debitos; saida; saidas; valor debito; a debito",
    Role.DIRECTION: "debito credito; credito debito; natureza; tipo dc; d c; deb cred; entrada saida",
    Role.CURRENCY: "moeda; divisa",
    Role.BALANCE: "saldo; saldo contabilistico; saldo apos; saldos; saldo apos movimento; saldo disponivel; saldo final",
    Role.NAME: "favorecido; nome; contraparte; nome contraparte; remetente destinatario; origem destino; razao social; titulo; estabelecimento; "
    "favorecido pagador; nome do favorecido",
    Role.DEBTOR_NAME: "ordenante; pagador; remetente; nome do pagador",
    Role.CREDITOR_NAME: "beneficiario; destinatario; recebedor; nome do beneficiario",
    Role.ACCOUNT: "nib; conta; numero da conta",
    Role.OTHER_ACCOUNT: "conta contraparte; conta destino; conta destino origem; iban contraparte",
    Role.AGENT: "banco; instituicao; banco destino",
    Role.REMITTANCE: "descricao; historico; descritivo; detalhes; finalidade; lancamento; descricao do movimento; observacoes; informacao",
    Role.REFERENCE: "referencia; identificador; documento; n documento; numero do documento; nr documento; nr doc; id transacao; docto; num doc; identificador da transacao",
    Role.STATUS: "estado; situacao",
}
_SPANISH: Final = {
    Role.BOOKING_DATE: "fecha; fecha operacion; fecha de operacion; fecha contable; fecha movimiento; f operacion; fecha de la operacion; fecha y hora; "
    "fecha transaccion; fecha ctble; foperacion",
    Role.VALUE_DATE: "fecha valor; f valor; fecha de valor; fvalor",
    Role.AMOUNT: "importe; monto; cantidad; valor; importe eur",
    Role.CREDIT: "abono; abonos; haber; ingreso; ingresos; depositos; credito",
    Role.DEBIT: "cargo; cargos; debe; gasto; gastos; retiros; debito; adeudo",
    Role.DIRECTION: "debe haber; cargo abono; signo; dh; naturaleza",
    Role.CURRENCY: "divisa; moneda",
    Role.BALANCE: "saldo; saldo disponible; saldo contable; saldo posterior",
    Role.NAME: "contrapartida; nombre; titular contrapartida; beneficiario ordenante; ordenante beneficiario; comercio; nombre contrapartida",
    Role.DEBTOR_NAME: "ordenante; remitente; pagador",
    Role.CREDITOR_NAME: "beneficiario; destinatario",
    Role.ACCOUNT: "cuenta; numero de cuenta; n cuenta",
    Role.OTHER_ACCOUNT: "cuenta contrapartida; cuenta destino; cuenta beneficiario",
    Role.AGENT: "banco; entidad",
    Role.REMITTANCE: "concepto; descripcion; detalle; observaciones; movimiento; concepto ampliado; detalles",
    Role.REFERENCE: "referencia; numero de operacion; n operacion; ref; documento; num operacion",
    Role.STATUS: "estado",
}
_FRENCH: Final = {
    Role.BOOKING_DATE: "date; date operation; date d operation; date de l operation; date comptable; date de comptabilisation; dateop; date transaction; "
    "date de transaction; date ecriture; date et heure; date de l ecriture",
    Role.VALUE_DATE: "date de valeur; date valeur; dateval; valeur",
    Role.AMOUNT: "montant; montant eur; somme; montant de l operation; montant euros; montant en euros",
    Role.CREDIT: "credit; credit euros; credits; encaissement; recette; credit eur",
    Role.DEBIT: "debit; debit euros; debits; decaissement; depense; debit eur",
    Role.DIRECTION: "sens; debit credit; credit debit",
    Role.CURRENCY: "devise; monnaie; devise du compte",
    Role.BALANCE: "solde; solde progressif; solde apres operation; solde comptable; solde courant",
    Role.NAME: "contrepartie; nom; nom contrepartie; tiers; nom de la contrepartie; beneficiaire emetteur; emetteur beneficiaire",
    Role.DEBTOR_NAME: "emetteur; donneur d ordre; debiteur; nom du debiteur; payeur",
    Role.CREDITOR_NAME: "beneficiaire; crediteur; destinataire; nom du beneficiaire",
    Role.ACCOUNT: "compte; numero de compte; n de compte; numero compte; accountnum",
    Role.OTHER_ACCOUNT: "compte contrepartie; iban contrepartie; compte tiers",
    Role.AGENT: "banque; code banque; etablissement",
    Role.REMITTANCE: "libelle; libelle operation; communication; description; motif; libelle simplifie; informations complementaires; details; "
    "libelle de l operation; communications; objet",
    Role.REFERENCE: "reference; numero d operation; reference operation; numero operation; piece; ref operation",
    Role.STATUS: "statut; etat",
}
_LITHUANIAN: Final = {
    Role.BOOKING_DATE: "data; operacijos data; mokejimo data; data ir laikas; iraso data; buhalterine data; irasymo data; apskaitos data",
    Role.VALUE_DATE: "valiutavimo data; vertes data; ivykdymo data",
    Role.AMOUNT: "suma; suma eur; operacijos suma; mokejimo suma; suma ir valiuta; suma saskaitos valiuta",
    Role.CREDIT: "kreditas; iplaukos; gauta; pajamos; kreditas eur",
    Role.DEBIT: "debetas; islaidos; isleista; debetas eur",
    Role.DIRECTION: "dk; d k; debetas kreditas; kd; debetas kreditas d k; c d; operacijos tipas dk",
    Role.CURRENCY: "valiuta",
    Role.BALANCE: "likutis; saskaitos likutis; likutis po operacijos; balansas",
    Role.NAME: "gavejas mokėtojas; gavejas moketojas; moketojas gavejas; kontrahentas; kita salis; moketojas arba gavejas; moketojo arba gavejo pavadinimas; vardas pavarde; pavadinimas; "
    "gavejas ar moketojas; siuntejas gavejas",
    Role.DEBTOR_NAME: "moketojas; siuntejas; moketojo pavadinimas",
    Role.CREDITOR_NAME: "gavejas; gavejo pavadinimas",
    Role.ACCOUNT: "saskaita; saskaitos nr; saskaitos numeris",
    Role.OTHER_ACCOUNT: "kontrahento saskaita; gavejo moketojo saskaita; moketojo gavejo saskaita; korespondento saskaita",
    Role.DEBTOR_ACCOUNT: "moketojo saskaita",
    Role.CREDITOR_ACCOUNT: "gavejo saskaita",
    Role.AGENT: "bankas; banko kodas; kontrahento bankas",
    Role.REMITTANCE: "mokejimo paskirtis; paskirtis; paaiskinimai; detales; aprasymas; operacijos aprasymas; paaiskinimas",
    Role.REFERENCE: "nuoroda; iraso nr; operacijos nr; dok nr; dokumento nr; unikalus nr; operacijos id; transakcijos nr",
    Role.STATUS: "busena; statusas",
}
_OTHERS: Final = {
    Role.BOOKING_DATE: "data contabile; data operazione; data movimento; boekdatum; transactiedatum; data operacji; data ksiegowania; data transakcji",
    Role.VALUE_DATE: "data valuta; valuta; rentedatum; valutadatum; data waluty",
    Role.AMOUNT: "importo; bedrag; kwota; kwota operacji; kwota transakcji; bedrag eur",
    Role.CREDIT: "avere; accrediti; entrate; bij; uznania",
    Role.DEBIT: "dare; addebiti; uscite; af; obciazenia",
    Role.DIRECTION: "af bij; afbij; dare avere; segno; debet credit",
    Role.CURRENCY: "munt; muntsoort; waluta; divisa",
    Role.BALANCE: "saldo contabile; saldo na mutatie; saldo po operacji; saldo na trn; saldo po transakcji",
    Role.NAME: "naam omschrijving; naam tegenpartij; tegenpartij; controparte; nadawca odbiorca; nazwa kontrahenta; dane kontrahenta; naam",
    Role.DEBTOR_NAME: "nadawca; opdrachtgever; ordinante",
    Role.CREDITOR_NAME: "odbiorca; begunstigde; ontvanger; beneficiario",
    Role.ACCOUNT: "rekening; numer rachunku; numer konta; conto; nr rachunku",
    Role.OTHER_ACCOUNT: "tegenrekening; tegenrekening iban bban; rachunek kontrahenta",
    Role.AGENT: "banca; bank kontrahenta",
    Role.REMITTANCE: "causale; descrizione; mededelingen; omschrijving; tytul; tytul operacji; opis operacji; opis; descrizione operazione",
    Role.REFERENCE: "riferimento; kenmerk; numer referencyjny; referentie; id transakcji; transactiereferentie; volgnr",
}
_JAPANESE: Final = {
    Role.BOOKING_DATE: "日付; 年月日; 取引日; お取引日; 取引日付; 取扱日付; 勘定日; 操作日; 取引年月日",
    Role.VALUE_DATE: "起算日",
    Role.AMOUNT: "金額; 入出金; 入出金額; 取引金額; お取引金額",
    Role.CREDIT: "預かり金額; お預かり金額; お預入れ; お預入金額; お預け入れ; 入金額; 入金金額; 入金; 受入金額; 預入金額; お預り金額",
    Role.DEBIT: "支払い金額; お支払金額; お支払い金額; お引出し; お引出金額; 出金額; 出金金額; 出金; 払出金額; 引出金額; 支払金額",
    Role.CURRENCY: "通貨",
    Role.BALANCE: "差引残高; 残高; 取引後残高; お取引後残高; 現在高; 現在(貸付)高",
    Role.NAME: "入出金先; 振込人名; 振込依頼人名",
    Role.OWN_ACCOUNT: "口座番号",
    Role.REMITTANCE: "摘要; 摘要内容; お取り扱い内容; お取引内容; 内容; 入出金内容; 入出金先内容; 取引内容; 詳細1; 詳細2; メモ",
    Role.REFERENCE: "入出金明細id",
}
_LANGUAGES: Final = {
    "English": _ENGLISH, "German": _GERMAN, "Portuguese": _PORTUGUESE, "Spanish": _SPANISH, "French": _FRENCH, "Lithuanian": _LITHUANIAN,
    "Italian, Dutch or Polish": _OTHERS, "Japanese": _JAPANESE,
}  # fmt: skip

_LONGEST_HEADING = 80


def plain(text: str) -> str:
    """Return `text` in lower case with accents, signs and spaces taken away, at most 80 characters."""
    short = text[:_LONGEST_HEADING].replace("ß", "ss").replace("ł", "l").replace("Ł", "l")
    letters = unicodedata.normalize("NFKD", short).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


_BOOKED: Final = "booked; completed; complete; posted; gebucht; book; umsatz gebucht; abgeschlossen; settled; cleared"
_PENDING: Final = "pending; vorgemerkt; umsatz vorgemerkt; umsatz vorgemerkt und nicht gebucht; vorgemerkter umsatz; pendente; pendiente; en attente; ausstehend"
STATUSES: Final = dict.fromkeys(map(plain, _BOOKED.split(";")), "booked") | dict.fromkeys(map(plain, _PENDING.split(";")), "pending")
"""What banks write for an entry that is booked and for one that is not yet; other words are kept as written."""

CARD_HEADINGS: Final = frozenset(("date title amount", "date category title amount", "transdate postdate description amount category"))
"""Headings of exports of credit cards that write a purchase without a sign and a payment to the card with a minus (Nubank, Discover)."""

DEBIT_WORDS: Final = frozenset(
    "d dr db dbit debit debet debetas debito debite s soll af cargo debe out saida saidas sortie belastung dare uscita obciazenie lastschrift wn".split(),
)
CREDIT_WORDS: Final = frozenset(
    "c k cr crdt credit kredit kreditas credito h haben bij abono haber in entrada entradas entree gutschrift avere entrata uznanie ma".split(),
)
ACCOUNT_LABELS: Final = frozenset(
    "account accountnumber accountno iban konto kontonummer kontoiban saskaita saskaitosnr saskaitosnumeris conta numerodaconta contan cuenta numerodecuenta "
    "compte numerodecompte comptebancaire rekening rekeningnummer numerrachunku conto accountiban girokonto kontonr saskaitosnriban nrconta nib".split(),
)
OWNER_LABELS: Final = frozenset(
    "owner accountowner accountholder holder accountname customer customername kontoinhaber inhaber kunde titular titulardaconta titulardelacuenta cliente "
    "titulaire titulaireducompte client savininkas saskaitossavininkas klientas rekeninghouder posiadacz intestatario nome name".split(),
)
CURRENCY_LABELS: Final = frozenset(
    "currency accountcurrency wahrung waehrung kontowahrung moeda divisa moneda devise monnaie valiuta saskaitosvaliuta valuta waluta munt".split()
)
PERIOD_LABELS: Final = frozenset(
    "period statementperiod zeitraum zeitraumvonbis periodo periodode periode laikotarpis daterange umsatzzeitraum intervalo intervalodedatas okres".split()
)
OPENING_LABELS: Final = frozenset(
    "openingbalance startbalance previousbalance anfangssaldo alterkontostand altersaldo saldoinicial saldoanterior soldeinitial ancientsolde "
    "pradinislikutis likutispradzioje beginsaldo saldopoczatkowe saldoiniziale".split()
)
CLOSING_LABELS: Final = frozenset(
    "closingbalance endbalance newbalance endsaldo neuerkontostand neuersaldo kontostand saldofinal saldoactual soldefinal nouveausolde "
    "galutinislikutis likutispabaigoje eindsaldo saldokoncowe saldofinale".split()
)
BALANCE_TEXTS: Final = frozenset("saldo saldodia saldododia apyvarta".split())
BALANCE_BEGINNINGS: Final = tuple(
    "saldoanterior saldoinicial saldofinal saldoatual saldoactual saldodisponivel openingbalance closingbalance beginningbalance endingbalance "
    "startingbalance balancebroughtforward balancecarriedforward broughtforward carriedforward likutispradziai likutispradzioje likutispabaigai "
    "likutispabaigoje anfangssaldo endsaldo schlusssaldo saldovortrag alterkontostand neuerkontostand soldeprecedent ancientsolde nouveausolde "
    "soldeinitial soldefinal saldopoczatkowe saldokoncowe beginsaldo eindsaldo saldoiniziale saldofinale totalcredits totaldebits".split()
)
"""What stands in the place of a text in records that hold a balance or a turnover: the whole of it, or its beginning."""
SYMBOLS: Final = {
    "€": "EUR",
    "R$": "BRL",
    "£": "GBP",
    "zł": "PLN",
    "zl": "PLN",
    "US$": "USD",
    "Kč": "CZK",
    "₹": "INR",
    "₺": "TRY",
    "₴": "UAH",
    "₦": "NGN",
    "₱": "PHP",
    "円": "JPY",
}
"""Signs that mean one currency."""
SHARED_SYMBOLS: Final = frozenset({"$", "¥", "kr", "kr.", "rs", "rs.", "fr", "fr."})
"""Signs that mean several currencies, in lower case: an amount with one is an amount, of a currency not named."""

_BRACKETED = re.compile(r"[(\uff08][^()\uff08\uff09]{0,40}[)\uff09]|\[[^\[\]]{0,40}\]")
_CURRENCY_BRACKETED = re.compile(r"[(\[]\s?(?:[A-Z]{3}|US\$|R\$|[$€£₹¥])\s?[)\]]")
_LAST_CODE = re.compile(r"\s(?:in\s|en\s|em\s)?[A-Z]{3}$|\s(?:€|R\$|£)$")


_MEANINGS: Final[dict[str, tuple[Role, frozenset[str]]]] = {}
for _language, _roles in _LANGUAGES.items():
    for _role, _phrases in _roles.items():
        for _phrase in _phrases.split(";"):
            _known = _MEANINGS.get(plain(_phrase))
            if _known is None or _known[0] is _role:
                _MEANINGS[plain(_phrase)] = (_role, (_known[1] if _known else frozenset()) | {_language})


def meaning(heading: str) -> tuple[Role, frozenset[str]] | None:
    """Return the role of a column headed `heading` and the languages in which it is said so; None for an unknown heading.

    A currency at the end ("Betrag in EUR") and what stands in brackets do not count. Where languages differ about a word,
    the first language listed keeps it.
    """
    short = _CURRENCY_BRACKETED.sub(" ", heading[:_LONGEST_HEADING])  # else "Crédito (R$)" would read as "creditor"
    bare = _BRACKETED.sub(" ", short)
    for text in (short, bare, _LAST_CODE.sub("", bare.strip())):
        known = _MEANINGS.get(plain(text))
        if known is not None:
            return known
    return None
