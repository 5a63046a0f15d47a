"""A rich case made by hand: what the outputs are tested on without the pipeline. Everything in it is invented."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import md5, sha1, sha256

from comity.analysis.finding import Finding, Involved, Reason, ReferenceUse, Strength
from comity.cooperation.request import Item, Objection, Rejected, Request, Sentence, Standing
from comity.evidence.authorization import Authorization, Basis
from comity.evidence.exhibit import Exhibit, Location
from comity.exchange.case_view import (
    ActivityCount,
    AddressRow,
    CaseView,
    ChildFile,
    DefectRow,
    EntryRow,
    IndicatorRow,
    InferredRow,
    LeftOut,
    Manifest,
    PaymentEdge,
    TimelineRow,
)
from comity.ledger.entry import Fields
from comity.observables import Trace
from comity.terms.citation import Citation
from comity.terms.digest import Digest
from comity.terms.period import Period
from comity.terms.selector import Kind, Selector

START = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
OPENED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script> #read("/etc/passwd") ] $x$ \u202egpj.exe \x00\x1b[31m "quoted" https://evil.example/?a=\'b\''
ADDRESS = Selector(kind=Kind.IPV4, value="203.0.113.77")
IBAN = Selector(kind=Kind.IBAN, value="DE02120300000000202051")
DOMAIN = Selector(kind=Kind.DOMAIN, value="acme-payments.example")
URL = Selector(kind=Kind.URL, value="https://acme-payments.example/login/" + "a1b2c3d4" * 30 + "?next=%2F'quoted'\\path")
EMAIL = Selector(kind=Kind.EMAIL, value="accounts@acme-payments.example")


def exhibits(count: int = 6) -> tuple[Exhibit, ...]:
    names = ("mail/ceo-inbox.mbox", "logs/access.log", "logs/auth.log", "bank/statement-09.xml", "bank/statement-10.csv")
    made = []
    for number in range(1, count + 1):
        name = names[number - 1] if number <= len(names) else f"many/file-{number:06d}.bin"
        content = name.encode()
        made.append(
            Exhibit(
                number=str(number), name=name, name_bytes=content, kind="file", size=1000 * number,
                modified=START, accessed=START, changed=START,
                sha256=Digest(sha256(content).hexdigest()),
                md5=md5(content, usedforsecurity=False).hexdigest(), sha1=sha1(content, usedforsecurity=False).hexdigest(),
                location=Location(path="objects/packs/000001.tar", offset=512 * number, length=1000 * number), mode=0o644,
            )
        )  # fmt: skip
    return tuple(made)


def findings() -> tuple[Finding, ...]:
    mail = Trace(exhibit="1", member="", offset=20480, length=4096)
    login = Trace(exhibit="3", member="", offset=8192, length=101)
    payment = Trace(exhibit="4", member="", offset=3000, length=800)
    used = ReferenceUse(snapshot="example-world", dated="2026-09-01", sha256="ab" * 32)
    return (
        Finding(
            kind="payment.changed_beneficiary", title="Payment to an account first named in a suspicious message",
            statement="On 15 September 2026 EUR 48,200.00 was paid to DE02 1203 0000 0000 2020 51, an account that appears for the first "
            "time in the message of 14 September 2026.",
            strength=Strength.STRONG,
            reasons=(
                Reason(code="first_seen", text="No earlier payment in the statements goes to this account."),
                Reason(code="named_in_mail", text="The account is named in a message found suspicious, 22 hours earlier."),
                Reason(code="same_name", text="The name of the beneficiary is that of a known supplier.", against=True),
            ),
            traces=(payment, mail), method="payments", method_version="1", at=START + timedelta(hours=22),
            involved=(Involved(selector=IBAN, role="beneficiary account", at=START + timedelta(hours=22), trace=payment),),
            limits=("It does not show who controls the account.",),
        ),
        Finding(
            kind="phishing.message", title="Message from a look-alike domain",
            statement="A message signed as the supplier came from acme-payments.example; the supplier writes from acme.example. " + HOSTILE,
            strength=Strength.STRONG,
            reasons=(
                Reason(code="look_alike", text="acme-payments.example contains the name of a correspondent and is not its domain."),
                Reason(code="spf_fail", text="The receiving server recorded SPF as fail."),
            ),
            traces=(mail, Trace(exhibit="1.2", member="mime:20480:2:invoice.pdf", offset=0, length=3000)), method="phishing",
            method_version="1", at=START,
            involved=(
                Involved(selector=DOMAIN, role="sender domain", at=START, trace=mail),
                Involved(selector=EMAIL, role="sender address", at=START, trace=mail),
                Involved(selector=URL, role="link target", at=START, trace=mail),
            ),
        ),
        Finding(
            kind="intrusion.password_guessed", title="Password guessing followed by a login",
            statement="Between 05:12:01 and 05:44:57 on 14 September 2026, 412 logins from 203.0.113.77 failed; at 05:45:10 one succeeded.",
            strength=Strength.MODERATE,
            reasons=(Reason(code="many_failures", text="412 failed logins in 33 minutes from one address."),),
            traces=tuple(replace(login, offset=login.offset + 101 * n) for n in range(20)), method="intrusion", method_version="2",
            at=START - timedelta(hours=3), until=START - timedelta(hours=2),
            involved=(Involved(selector=ADDRESS, role="login source", at=START - timedelta(hours=2), port=51234, clock="year", trace=login),),
            references=(used,), limits=("The year of the log was inferred.", "It does not show who sat at the machine."),
        ),
        Finding(
            kind="exploitation.attempt", title="Requests of a scanner", statement="17 requests for paths that do not exist here.",
            strength=Strength.WEAK, reasons=(Reason(code="nonsense_paths", text="All were answered with 404."),),
            traces=(Trace(exhibit="2", member="", offset=0, length=180),), method="intrusion", method_version="2",
        ),
    )  # fmt: skip


def request(standing: Standing = Standing.READY, *, name: str = "Example Hosting GmbH", domestic: bool = False) -> Request:
    found = findings()
    money, mail, login = (f.identity for f in found[:3])
    law = ("ets-185 Art. 29(2)",)
    objections = () if standing is Standing.READY else (
        Objection(code="field_empty", field="b", text="The offence has no provision of national law.", remedy="Name it.", blocking=True),
    )  # fmt: skip
    return Request(
        identity="R-" + sha256(f"{name}{domestic}".encode(errors="replace")).hexdigest()[:10],
        instrument="domestic" if domestic else "ets-185", article="" if domestic else "29",
        requesting_state="BR", requested_state="BR" if domestic else "DE", custodian=name, on=date(2026, 11, 23),
        route_reasons=(Sentence(text="Brazil and Germany are both Parties, since 1 March 2023 and 1 July 2009.", authority=("ets-185 Art. 36(4)",)),),
        rejected=(
            Rejected(instrument="cets-224", article="9", reason="Not in force on 23 November 2026.", citations=(Citation(instrument="cets-224", article="16"),)),
            Rejected(instrument="ets-185", article="32", reason="The data are not public and nobody who may consent is known."),
        ),
        a_authority=(Sentence(text="The request is made by the Example Cybercrime Unit, Brazil.", authority=("entry:1",)),),
        b_offence_and_facts=(
            Sentence(text="The provisional view of the requesting unit is computer-related fraud.", findings=(money,), authority=("ets-185 Art. 8",)),
            Sentence(text="On 14 September 2026 the accounts department of a firm in Brazil received a message that named a new account.", findings=(mail,)),
            Sentence(text="On 15 September 2026 EUR 48,200.00 was paid to that account.", findings=(money, mail)),
        ),
        c_data_and_relationship=(Sentence(text=f"The machine at the address of item 1, held by {name}, was used to log in.", findings=(login,)),),
        d_custodian=(Sentence(text=f"{name} held the address on the day of the act.", findings=(login,)),),
        e_necessity=(Sentence(text="How long the custodian keeps such data is not known; they may be lost at any time.", authority=law),),
        f_intention=(Sentence(text="A request for mutual assistance under Article 31 will follow.", authority=("ets-185 Art. 31",)),),
        items=(
            Item(selector=ADDRESS, data="Subscriber and connection data of the user of the address at the stated time",
                 period=Period(start=START - timedelta(hours=4), end=START), at=START - timedelta(hours=2), port=51234, clock="year",
                 role="login source", findings=(login,)),
            Item(selector=URL, data="Content and access records of the page", period=Period(start=START, end=START + timedelta(days=2)),
                 at=START, port=None, clock="", role="link target", findings=(mail,)),
            Item(selector=IBAN, data="Account opening records and entries", period=Period(start=START, end=START + timedelta(days=30)),
                 at=None, port=None, clock="", role="beneficiary account", findings=(money,)),
        ),
        confidentiality=(Sentence(text="The requested Party is asked to keep the request confidential.", authority=("ets-185 Art. 27(8)",)),),
        preservation_days=60, perishes=None if domestic else date(2026, 12, 1), perishes_because="general experience, not a rule of law",
        missing=("Which provision of national law does the offence fall under?",), objections=objections,
        law_as_of="Parties to ETS No. 185 as of 12 January 2026.", standing=standing,
    )  # fmt: skip


def acts(exhibit_count: int) -> tuple[tuple[str, Fields, Fields], ...]:
    """What the ledger says: event, object and result of each entry; the last is of a kind the program knows nothing about."""
    manifest = "acquisitions/0001.manifest.jsonl"
    drafted = request()
    return (
        ("case:opened", {"case": "3b0fd2f4-6d2e-4f7c-9a55-1df1d70d2f11"}, {}),
        ("authorization:granted", {"basis": "consent"}, {}),
        ("acquisition:begun", {"acquisition": 1, "source": "/seized/" + HOSTILE}, {"first": 1}),
        ("exhibits:acquired", {"acquisition": 1, "manifest": manifest, "source": "/seized"}, {"count": exhibit_count, "manifest_sha256": "cd" * 32}),
        ("records:derived", {"parsers": {"mail": "3", "access_log": "2"}}, {"files": {"derived/records/message/0001.parquet": "34" * 32}}),
        ("findings:derived", {"snapshots": [{"snapshot": "example-world", "dated": "2026-09-01", "sha256": "ab" * 32}]},
         {"files": {"derived/findings.json": "56" * 32}, "findings": 4}),
        ("request:drafted", {"request": drafted.identity, "instrument": "ets-185", "article": "29", "requested_state": "DE", "custodian": drafted.custodian,
                             "rests_on": 6}, {"files": {f"requests/{drafted.identity}.pdf": "78" * 32}, "standing": "ready"}),
        ("timestamp:granted", {"entry": 7, "exhibits": ["1", "1.2"]}, {"files": {"seals/0001.tsr": "9a" * 32}, "authority": "TSA of Example"}),
    )  # fmt: skip


def case_view(*, exhibit_count: int = 6) -> CaseView:
    found = findings()
    money, mail, login, _weak = (f.identity for f in found)
    digest = Digest("0f" * 32)
    inside = ChildFile(number="1.2", member="mime:20480:2:invoice.pdf", name="invoice\u202efdp.exe", detected_type="application/pdf",
                       size=3000, sha256="12" * 32, why="attached to a suspicious message")  # fmt: skip
    events = acts(exhibit_count)
    return CaseView(
        identity="3b0fd2f4-6d2e-4f7c-9a55-1df1d70d2f11", title="Payment diverted by e-mail", state="BR", authority="Example Cybercrime Unit",
        opened_at=OPENED, written_at=OPENED + timedelta(minutes=2), tool_version="0.1.0",
        authorizations=((2, Authorization(basis=Basis.CONSENT, reference="A. Lima, owner of the mailbox", issuer="A. Lima",
                                          scope="Mailbox, web server and statements handed over", period=Period(start=OPENED))),),
        exhibits=exhibits(exhibit_count), manifests=(Manifest(path="acquisitions/0001.manifest.jsonl", sha256="cd" * 32, merkle_root="ef" * 32, count=exhibit_count),),
        children_total=14, children=(inside,), inside=(inside,),
        records={"message": 1240, "hop": 4100, "link": 870, "event": 20412, "payment": 96, "account": 2, "file": 14, "defect": 3},
        defects=(DefectRow(trace=Trace(exhibit="2", member="", offset=99, length=40), code="line_unreadable",
                           reason="The line is not in the combined format. " + HOSTILE, parser="access_log"),),
        defects_by_code={"line_unreadable": 3},
        inferred=(InferredRow(exhibit="3", exhibit_name="logs/auth.log", name="year", value="2026", why="The file was last changed in September 2026."),),
        findings=found,
        requests=(request(), request(Standing.INCOMPLETE, name="Beispielbank AG"), request(Standing.DRAFT_LAW, name="مؤسسة المثال"),
                  request(Standing.INCOMPLETE, name="Banco Exemplo", domestic=True)),
        left_out=(LeftOut(what="198.51.100.7 (login source)", why="The finding is weak."),),
        timeline=tuple(
            TimelineRow(at=START + timedelta(minutes=7 * n), kind=("message", "authentication", "payment", "web")[n % 4],
                        text=f"Record {n} {HOSTILE if n == 3 else ''}", trace=Trace(exhibit=str(1 + n % 4), member="", offset=n * 100, length=90),
                        clock="year" if n % 4 == 1 else "", finding=(money, mail, login, "")[n % 4]) for n in range(40)
        ),
        timeline_total=21_748,
        activity=tuple(
            ActivityCount(start=START.replace(hour=0) + timedelta(days=day), kind=kind, count=day * 37 % 90 * weight + peak)
            for kind, weight, peaks in (("message", 1, {}), ("authentication", 2, {9: 412}), ("web", 9, {}), ("payment", 0, {9: 3}))
            for day in range(30)
            for peak in (peaks.get(day, 0),)
        ),
        payments=(
            PaymentEdge(source="BR1500000000000010932840814P2", target=IBAN.value, amount_minor=4_820_000, currency="EUR",
                        at=START + timedelta(hours=22), findings=(money,), source_name="Exemplo Ltda", target_name="ACME Supplies"),
            PaymentEdge(source=IBAN.value, target="GB33BUKB20201555555555", amount_minor=2_400_000, currency="EUR",
                        at=START + timedelta(hours=27), findings=(money,), target_name="J. Doe"),
            PaymentEdge(source=IBAN.value, target="NG-0123456789", amount_minor=2_350_000, currency="EUR", at=START + timedelta(hours=28), findings=(money,)),
            PaymentEdge(source="BR1500000000000010932840814P2", target="FR7630006000011234567890189", amount_minor=150_000, currency="EUR", at=START),
        ),
        payments_total=96,
        addresses=(
            AddressRow(address=ADDRESS.value, count=413, first=START - timedelta(hours=3), last=START - timedelta(hours=2), country="DE",
                       network="AS64496 Example Hosting GmbH", registry="ripencc", dating="within", port_recorded=True, clock="year inferred", findings=(login,)),
            AddressRow(address="100.64.3.9", count=2, first=START, last=START, country="", network="", registry="", dating="unknown",
                       port_recorded=False, clock="", special="carrier-grade NAT", notes=("without port and second it identifies nobody",)),
        ),
        addresses_total=311,
        indicators=tuple(IndicatorRow(selector=s, count=n, first=START, last=START + timedelta(days=n), findings=f)
                         for n, (s, f) in enumerate(((ADDRESS, (login,)), (DOMAIN, (mail,)), (URL, (mail,)), (EMAIL, (mail,)), (IBAN, (money,))), 1)),
        indicators_total=905,
        entries=tuple(
            EntryRow(number=n, at=OPENED + timedelta(seconds=n), event=event, performer="a.souza", instrument="Comity 0.1.0",
                     authorization=2 if n > 2 else None, summary="6 exhibits, 21,000 bytes" if event == "exhibits:acquired" else "",
                     digest=digest, object=done_to, result=result)
            for n, (event, done_to, result) in enumerate(events, 1)
        ),
        references=(ReferenceUse(snapshot="example-world", dated="2026-09-01", sha256="ab" * 32),),
    )  # fmt: skip
