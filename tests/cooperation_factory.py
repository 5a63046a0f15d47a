"""Findings, holders and banks made by hand, for the tests of cooperation."""

from datetime import UTC, date, datetime

from comity.analysis.finding import Finding, Involved, Reason, Strength
from comity.cooperation.drafting import RequestingUnit
from comity.cooperation.preparation import Prepared, prepare
from comity.law.corpus import Corpus, read
from comity.observables import Trace
from comity.reference.banks import Bank
from comity.reference.holder import Answer, Claim, Dating, Holder
from comity.reference.law_files import law_files
from comity.terms.iban import bank_code, iban_country
from comity.terms.selector import Kind, Selector

CORPUS: Corpus = read(law_files())
ON = date(2026, 11, 23)
ACT = datetime(2026, 11, 20, 14, 5, 7, tzinfo=UTC)
LOGIN = Selector(kind=Kind.IPV4, value="198.51.100.77")
MULE = Selector(kind=Kind.IBAN, value="LT549990010000200301")
UNIT = RequestingUnit(
    authority="Delegacia de Crimes Cibernéticos", state="BR", authorization=2, ground="consent: A. Lima, owner of the mailbox"
)


def trace(offset: int = 0) -> Trace:
    return Trace(exhibit="1", member="", offset=offset, length=10)


def involved(selector: Selector = LOGIN, role: str = "login source", at: datetime | None = ACT, **more: object) -> Involved:
    return Involved(selector=selector, role=role, at=at, trace=trace(), **more)


def finding(*parts: Involved, kind: str = "intrusion.password_guessed", strength: Strength = Strength.STRONG, offset: int = 0) -> Finding:
    return Finding(
        kind=kind,
        title=f"a finding of {kind}",
        statement=f"The records at byte {offset} show a finding of {kind}.",
        strength=strength,
        reasons=(Reason(code="r", text="because"),),
        traces=(trace(offset),),
        method="m",
        method_version="1",
        at=parts[0].at if parts else None,
        involved=parts,
    )


def answer(value: str | None, dating: Dating = Dating.WITHIN, distance: int = 0) -> Answer:
    if value is None:
        return Answer(dating=Dating.UNKNOWN, claims=())
    claims = tuple(
        Claim(value=each, snapshot="snap", dated=date(2026, 9, 1), distance_days=distance, sha256="0" * 64) for each in value.split("|")
    )
    return Answer(dating=dating, claims=claims)


def holder(
    address: str, country: str | None = "DE", network: str | None = "AS64500 RHEINHOST", *, special: str = "", **more: object
) -> Holder:
    dating = more.get("dating", Dating.WITHIN)
    notes = more.get("notes", ())
    return Holder(
        address=address,
        special=special,
        country=answer(country, dating, more.get("distance", 0)),
        network=answer(network, more.get("network_dating", Dating.WITHIN), more.get("distance", 0)),
        registry=answer("ripencc"),
        contact=answer(None),
        notes=tuple(Claim(value=note, snapshot="snap", dated=date(2026, 9, 1), distance_days=0, sha256="0" * 64) for note in notes),
    )


def holder_of(address: str, at: datetime) -> Holder:
    return holder(address)


def bank_of(iban: str, at: datetime) -> Bank:
    return Bank(country=iban_country(iban), code=bank_code(iban), name=answer("AB Pavyzdzio bankas"), bic=answer("EXPLLT21XXX"))


def prepared(
    *findings: Finding, unit: RequestingUnit = UNIT, on: date = ON, holders=holder_of, banks=bank_of, corpus: Corpus = CORPUS
) -> Prepared:
    return prepare(findings, unit=unit, on=on, corpus=corpus, holder_of=holders, bank_of=banks)
