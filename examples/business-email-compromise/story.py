"""The facts of the story, in one place: who, where, which accounts, when. All of it is invented.

Addresses are documentation addresses (RFC 5737, RFC 3849), domains end in .example (RFC 2606), bank codes belong to no
bank; check digits are right, so that what is tested is the programs and not their patience.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from comity.terms.iban import check_digits

SEED = 20260915
BRAZIL = timezone(timedelta(hours=-3))
GERMANY = timezone(timedelta(hours=2))
LITHUANIA = timezone(timedelta(hours=3))


def at(text: str) -> datetime:
    """Return the UTC instant `text`, written as 2026-09-15T12:00:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def iban(country: str, bban: str) -> str:
    """Return the IBAN of `bban` with its check digits."""
    return f"{country}{check_digits(country, bban)}{bban}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who writes mail: name, address, and the machine they write from."""

    name: str
    address: str
    machine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A bank account: its IBAN, its owner as a statement writes it, the BIC of its bank."""

    iban: str
    owner: str
    bic: str


# Brazil: the victim
VICTIM_DOMAIN = "estaleiro-aurora.example"
MAIL_HOST = f"mx1.{VICTIM_DOMAIN}"
MARINA = Person(name="Marina Duarte", address=f"marina.duarte@{VICTIM_DOMAIN}", machine="203.0.113.34")
RENATO = Person(name="Renato Prado", address=f"renato.prado@{VICTIM_DOMAIN}", machine="203.0.113.35")
TIAGO = Person(name="Tiago Nunes", address=f"tiago.nunes@{VICTIM_DOMAIN}", machine="203.0.113.36")
LUCIA = Person(name="Lúcia Amaral", address=f"lucia.amaral@{VICTIM_DOMAIN}", machine="203.0.113.37")
STAFF = (MARINA, RENATO, TIAGO, LUCIA)

# Germany: the honest supplier, and the hosting company the offenders rent from
SUPPLIER_DOMAIN = "hansa-pumpen.example"
SUPPLIER_MAIL = "198.51.100.200"
JONAS = Person(name="Jonas Petersen", address=f"jonas.petersen@{SUPPLIER_DOMAIN}", machine="198.51.100.201")
LOOKALIKE_DOMAIN = "hansa-purnpen.example"
LOOKALIKE_MAIL = "198.51.100.25"
LURE_SITE = "198.51.100.26"
INTRUDER_WEB = "198.51.100.77"
INTRUDER_SSH = "198.51.100.81"

# Others who write to the firm
CABLES_DOMAIN = "cabos-do-sul.example"
HELENA = Person(name="Helena Brito", address=f"financeiro@{CABLES_DOMAIN}", machine="203.0.113.90")
NEWSLETTER_DOMAIN = "portos-hoje.example"

VICTIM_ACCOUNT = Account(iban=iban("BR", "99999001000010000471100C1"), owner="Estaleiro Aurora Ltda", bic="EXPLBRSPXXX")
RESERVE_ACCOUNT = Account(iban=iban("BR", "99999001000010000471118C1"), owner="Estaleiro Aurora Ltda", bic="EXPLBRSPXXX")
SUPPLIER_ACCOUNT = Account(iban=iban("DE", "999900010004711001"), owner="Hansa Pumpen GmbH", bic="EXPLDEHHXXX")
CABLES_OLD_ACCOUNT = Account(iban=iban("BR", "99999002000070000120034C1"), owner="Cabos do Sul Ltda", bic="EXPMBRSPXXX")
CABLES_NEW_ACCOUNT = Account(iban=iban("BR", "99999003000120000988800C1"), owner="Cabos do Sul Ltda", bic="EXPNBRSPXXX")
LANDLORD_ACCOUNT = Account(iban=iban("BR", "99999002000070000555012C1"), owner="Porto Novo Imóveis SA", bic="EXPMBRSPXXX")
CUSTOMER_ACCOUNT = Account(iban=iban("BR", "99999003000120000300417C1"), owner="Navegação Costeira SA", bic="EXPNBRSPXXX")
FREIGHT_ACCOUNT = Account(iban=iban("DE", "999900010008150022"), owner="Elbe Spedition GmbH", bic="EXPLDEHHXXX")
MULE_ACCOUNT = Account(iban=iban("LT", "9990010000200301"), owner="UAB Baltrenta", bic="EXPLLT21XXX")
ONWARD_ACCOUNT = Account(iban=iban("DE", "999900020090071155"), owner="Orbis Handel e.K.", bic="EXPLDEFFXXX")
MULE_LANDLORD = Account(iban=iban("LT", "9990010000884412"), owner="UAB Senamiesčio namai", bic="EXPLLT21XXX")
MULE_ACCOUNTANT = Account(iban=iban("LT", "9990120000120077"), owner="MB Apskaita plius", bic="EXPMLT21XXX")

# What happened, in UTC
CREDENTIAL_LURE = at("2026-08-25T11:42:10")
RECONNAISSANCE = at("2026-08-27T21:13:04")
EXPLOITED = at("2026-08-28T02:14:39")
GUESSING_BEGINS = at("2026-08-29T03:02:11")
GUESSED = at("2026-08-29T03:31:17")
GUESSED_USER = "suporte"
GUESSED_PORT = 51544
HIJACK = at("2026-09-09T08:21:33")
NEW_DETAILS = at("2026-09-10T07:58:02")
PRESSED = at("2026-09-14T12:05:47")
FIRST_PAYMENT = at("2026-09-15T16:20:41")
FIRST_ARRIVAL = at("2026-09-16T06:12:08")
SECOND_LURE = at("2026-10-01T09:47:25")
SECOND_PAYMENT = at("2026-10-02T14:05:12")
SECOND_ARRIVAL = at("2026-10-05T06:08:51")
DISCOVERY = at("2026-10-06T09:30:00")
FIRST_DAY = at("2026-06-01T00:00:00")
LAST_DAY = at("2026-10-09T00:00:00")

FIRST_AMOUNT = 184_350_00
SECOND_AMOUNT = 96_200_00
FIRST_INVOICE = "HP-2026-0917"
SECOND_INVOICE = "HP-2026-1002"
REPORTING_THRESHOLD = 10_000_00
