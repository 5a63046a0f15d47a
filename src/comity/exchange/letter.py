"""What a request says as a letter: one content, laid out by `document` as PDF and by `docx` as a text document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from comity.analysis.finding import Finding
from comity.cooperation.request import Item, Request, Sentence, Standing
from comity.exchange.visible_text import long_date, moment, state_name, visible
from comity.terms.period import Period
from comity.terms.selector import Kind

_INSTRUMENTS = {  # corpus identifier: short name, title as a sentence needs it
    "ets-185": ("ETS 185", "the Convention on Cybercrime (ETS No. 185)"),
    "cets-224": ("CETS 224", "the Second Additional Protocol to the Convention on Cybercrime (CETS No. 224)"),
    "ets-030": ("ETS 30", "the European Convention on Mutual Assistance in Criminal Matters (ETS No. 30)"),
    "eu-2023-1543": ("Regulation (EU) 2023/1543", "Regulation (EU) 2023/1543"),
    "un-cybercrime": ("UN Convention against Cybercrime", "the United Nations Convention against Cybercrime"),
    "uncac": ("UNCAC", "the United Nations Convention against Corruption"),
    "untoc": ("UNTOC", "the United Nations Convention against Transnational Organized Crime"),
    "domestic": ("National law", "the national law of the requesting State (provision to be named)"),
}
_BANNERS = {
    Standing.READY: "",
    Standing.INCOMPLETE: "INCOMPLETE – NOT TO BE SIGNED. A field is empty or a fact is missing: see the sheet for the signing officer.",
    Standing.DRAFT_LAW: "DRAFT LAW – NOT TO BE SIGNED. It rests on law that nobody has verified: see the sheet for the signing officer.",
}
_HEADINGS = (
    ("a_authority", "(a)", "Authority seeking the preservation"),
    ("b_offence_and_facts", "(b)", "Offence under investigation and summary of the facts"),
    ("c_data_and_relationship", "(c)", "Data to be preserved and their relationship to the offence"),
    ("d_custodian", "(d)", "Custodian of the data and location of the computer system"),
    ("e_necessity", "(e)", "Necessity of the preservation"),
    ("f_intention", "(f)", "Intention to submit a request for mutual assistance"),
)
_KINDS = {
    Kind.IPV4: "IPv4 address", Kind.IPV6: "IPv6 address", Kind.DOMAIN: "domain name", Kind.URL: "web address", Kind.EMAIL: "e-mail address",
    Kind.IBAN: "IBAN", Kind.ACCOUNT: "account", Kind.BITCOIN: "Bitcoin address", Kind.ETHEREUM: "Ethereum address", Kind.SHA256: "SHA-256",
}  # fmt: skip
_IDENTIFIER_LINE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes, in which case: what every request of a case has in common.

    `contact` are lines such as address, telephone and electronic mail, empty when not given. `drafter` is who had the
    request drawn up (the ledger's performer), "" when unknown. `head` is the ledger entry the draft rests on, in words.
    """

    authority: str
    state: str
    case_identity: str
    case_title: str
    tool_version: str
    contact: tuple[str, ...] = ()
    drafter: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One numbered paragraph and what supports it: findings (F-…), ledger entries, legal sources."""

    number: int
    text: str
    support: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading ("(b)", "Offence …") and its paragraphs."""

    label: str
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexRow:
    """One line of the annex; `identifier` is cut into lines that fit the column, nothing added or left out."""

    number: int
    kind: str
    identifier: tuple[str, ...]
    data: str
    period: str
    recorded: str
    role: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The whole letter in display form. `banner` is empty only when the request may be signed."""

    title: str
    banner: str
    authority: str
    state: str
    contact: tuple[str, ...]
    date: str
    reference: str
    case: str
    case_identity: str
    preserve_for: str
    perishes: str
    addressee: tuple[str, ...]
    custodian: str
    subject: str
    opening: str
    sections: tuple[Section, ...]
    signing: str
    by_hand: bool
    drafted: str
    annex: tuple[AnnexRow, ...]
    findings: tuple[tuple[str, str, str], ...]
    route: tuple[Paragraph, ...]
    rejected: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    objections: tuple[tuple[str, str, str], ...]
    law: str
    made: str


def compose(request: Request, letterhead: Letterhead, *, at: datetime, findings: Sequence[Finding] = (), signed: str = "") -> Letter:
    """Return the letter that `request` is, dated `at` (the instant of its ledger entry).

    `findings` may be all findings of the case; those the request names are listed by title behind the annex. `signed` says
    by whom it is signed electronically; the lines for a signature by hand are left out then.
    """
    instrument = _names(request.instrument)[1]
    provision = f"{instrument}, Article {request.article}" if request.article else instrument
    sections = _sections(request)
    route, _ = _numbered(request.route_reasons, start=1)
    named = {identity for row in request.items for identity in row.findings}
    named.update(identity for section in sections for paragraph in section.paragraphs for identity in paragraph.support)
    return Letter(
        title=f"Request {request.identity}: expedited preservation of stored computer data",
        banner=_BANNERS[request.standing],
        authority=visible(letterhead.authority),
        state=state_name(letterhead.state),
        contact=tuple(map(visible, letterhead.contact)),
        date=long_date(at),
        reference=request.identity,
        case=visible(letterhead.case_title),
        case_identity=visible(letterhead.case_identity),
        preserve_for=f"at least {request.preservation_days} days" if request.preservation_days else "not stated",
        perishes=_perishes(request),
        addressee=_addressee(request),
        custodian=visible(request.custodian) or "not known",
        subject="Expedited preservation of stored computer data",
        opening=f"This request is made under {provision}.",
        sections=sections,
        signing=visible(signed) or _signing(request),
        by_hand=not signed,
        drafted=visible(letterhead.drafter),
        annex=tuple(_annex_row(number, item) for number, item in enumerate(request.items, 1)),
        findings=tuple((f.identity, visible(f.title), f"{f.method} {f.method_version}") for f in findings if f.identity in named),
        route=route,
        rejected=tuple((visible(_provision(r.instrument, r.article)), visible(r.reason)) for r in request.rejected),
        missing=tuple(map(visible, request.missing)),
        objections=tuple((o.code, visible(f"{o.field}: {o.text}"), visible(o.remedy)) for o in request.objections),
        law=visible(request.law_as_of),
        made=visible(f"Drawn up with Comity {letterhead.tool_version}, {moment(at)}. {letterhead.head}".strip()),
    )


def remark(shown: str) -> str:
    """Return the sentence a document needs when `shown`, all its text, has characters written as code points; else ""."""
    if "⟨U+" not in shown:
        return ""
    return "Characters written ⟨U+…⟩ cannot be shown as themselves here; the JSON of the request holds the exact text."


def instrument_title(instrument: str) -> str:
    """Return the title of `instrument` as letters print it; an instrument not known here is given as it is."""
    return _names(instrument)[1].removeprefix("the ")


def _names(instrument: str) -> tuple[str, str]:
    return _INSTRUMENTS.get(instrument, (visible(instrument), visible(instrument)))


def _perishes(request: Request) -> str:
    if request.perishes is None:
        return visible(request.perishes_because) or "Not known."
    day = datetime(request.perishes.year, request.perishes.month, request.perishes.day, tzinfo=UTC)
    return f"{long_date(day)}: {visible(request.perishes_because)}"


def _provision(instrument: str, article: str) -> str:
    return f"{_names(instrument)[0]} Art. {article}" if article else _names(instrument)[0]


def _addressee(request: Request) -> tuple[str, ...]:
    office = "Competent authority"
    if request.instrument == "ets-185":
        office = "24/7 point of contact (Convention on Cybercrime, Article 35)"
    return (office, state_name(request.requested_state))


def _sections(request: Request) -> tuple[Section, ...]:
    """Return the sections in the order of Art. 29(2), paragraphs numbered through."""
    contents = [(label, heading, getattr(request, field)) for field, label, heading in _HEADINGS]
    contents.append(("", "Confidentiality", request.confidentiality))
    sections, number = [], 1
    for label, heading, sentences in contents:
        paragraphs, number = _numbered(sentences, start=number)
        if paragraphs or label:
            sections.append(Section(label=label, heading=heading, paragraphs=paragraphs))
    return tuple(sections)


def _numbered(sentences: Iterable[Sentence], *, start: int) -> tuple[tuple[Paragraph, ...], int]:
    paragraphs = tuple(
        Paragraph(number=number, text=visible(sentence.text), support=(*sentence.findings, *map(source_title, sentence.authority)))
        for number, sentence in enumerate(sentences, start)
    )
    return paragraphs, start + len(paragraphs)


def source_title(authority: str) -> str:
    """Return the legal source or ledger entry a sentence names ("entry:2", "ets-185 Art. 29(2)") as a reader knows it."""
    name, _, rest = authority.partition(":")
    if name == "entry" and rest.isdigit():
        return f"ledger entry {rest}"
    if name == "snapshot":
        return visible(f"reference {rest}")
    instrument, space, place = authority.partition(" ")
    return f"{_names(instrument)[0]}{space}{visible(place)}"


def _signing(request: Request) -> str:
    if request.standing is Standing.READY:
        return "To be signed by a person who is entitled to make this request and who did not draw it up."
    return "Not to be signed in this state."


def _annex_row(number: int, item: Item) -> AnnexRow:
    value = visible(item.selector.value)
    lines = tuple(value[start : start + _IDENTIFIER_LINE] for start in range(0, len(value), _IDENTIFIER_LINE))
    recorded = moment(item.at, item.precision) if item.at is not None else "no single act"
    if item.clock:
        recorded += f" ({visible(item.clock)} inferred)"
    port = f"port {item.port}" if item.port is not None else "port not recorded"
    return AnnexRow(
        number=number,
        kind=_KINDS[item.selector.kind],
        identifier=lines or ("",),
        data=visible(item.data),
        period=_period(item.period),
        recorded=f"{recorded}; {port}" if item.selector.kind in {Kind.IPV4, Kind.IPV6} else recorded,
        role=visible(item.role),
        findings=item.findings,
    )


def _period(period: Period) -> str:
    return f"{moment(period.start)} to {'no end given' if period.end is None else moment(period.end)}"
