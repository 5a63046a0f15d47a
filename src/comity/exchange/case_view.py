"""What the outputs show of a case: one value, filled by casework, from which report, graph and bundle of indicators are made."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from comity.analysis.finding import Finding, ReferenceUse
from comity.analysis.method import Methods
from comity.cooperation.request import Request
from comity.evidence.authorization import Authorization
from comity.evidence.exhibit import Exhibit
from comity.evidence.redaction import Withholding
from comity.exchange.error_annex import AnnexStep
from comity.ledger.entry import Fields
from comity.observables import Trace
from comity.terms.digest import Digest
from comity.terms.selector import Selector


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One acquisition's list of exhibits: its path in the case folder, its SHA-256, the Merkle root, and how many lines."""

    path: str
    sha256: str
    merkle_root: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFile:
    """A child exhibit worth showing (an attachment, an archive member) and why it is shown."""

    number: str
    member: str
    name: str
    detected_type: str
    size: int
    sha256: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRow:
    """A place that could not be read."""

    trace: Trace
    code: str
    reason: str
    parser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InferredRow:
    """A fact that was taken and not written: for which exhibit, its value, and why."""

    exhibit: str
    exhibit_name: str
    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """What became of the bytes of `what`: `size` = `parsed` + `not_parsed`; `reasons` are bytes not parsed, by the code of the defect."""

    what: str
    exhibits: int
    size: int
    parsed: int
    not_parsed: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One moment: `kind` is message, web, authentication, payment ...; `finding` the identity of the finding that names it, or ""."""

    at: datetime
    kind: str
    text: str
    trace: Trace
    clock: str = ""
    finding: str = ""
    precision: str = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCount:
    """How many records of one kind fall into the bucket beginning at `start`."""

    start: datetime
    kind: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEdge:
    """One payment between two accounts; the amount in minor units of `currency`; `findings` name it, or are empty."""

    source: str
    target: str
    amount_minor: int
    currency: str
    at: datetime | None
    findings: tuple[str, ...] = ()
    source_name: str = ""
    target_name: str = ""
    precision: str = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """An address and who held it at the time of its records; each value is "" when unknown, and `dating` says how dated."""

    address: str
    count: int
    first: datetime | None
    last: datetime | None
    country: str
    network: str
    registry: str
    dating: str
    port_recorded: bool
    clock: str
    special: str = ""
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """A selector seen in the material; `findings` are the identities of the findings that name it."""

    selector: Selector
    count: int
    first: datetime | None
    last: datetime | None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One ledger entry: `summary` says in a few words what was done to what; `digest` is SHA-256 of the entry's file.

    `object` and `result` are the entry's own.
    """

    number: int
    at: datetime
    event: str
    performer: str
    instrument: str
    authorization: int | None
    summary: str
    digest: Digest
    object: Fields = field(default_factory=dict)
    result: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """A device's clock against true time, as somebody recorded it in ledger entry `entry`; `ahead` says the difference in words."""

    entry: int
    device: str
    exhibits: str
    shown: datetime
    true: datetime
    ahead: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something no request is made for (kept at home, or not asked): what, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as its outputs show it.

    Sequences may be selections; the `…_total` beside them counts all there are. `exhibits` is every acquired exhibit
    (100,000 is usual) and `inside` every child exhibit: both are read anew each time they are gone through, and only that.
    `activity_bucket` is the width of the buckets of `activity`. `withheld` is what is not shown of the acquired. `payments_total`
    counts the records behind `payments`. `entries` are all ledger entries, oldest first, up to the one before the report's own;
    `authorizations` pairs each with the number of its ledger entry.
    """

    identity: str
    title: str
    state: str
    authority: str
    opened_at: datetime
    written_at: datetime
    tool_version: str
    authorizations: tuple[tuple[int, Authorization], ...]
    exhibits: Collection[Exhibit]
    withheld: tuple[Withholding, ...] = ()
    manifests: tuple[Manifest, ...]
    children_total: int = 0
    children: tuple[ChildFile, ...] = ()
    inside: Iterable[ChildFile] = ()
    records: Mapping[str, int]
    coverage: tuple["CoverageRow", ...] = ()
    defects: tuple[DefectRow, ...] = ()
    defects_by_code: Mapping[str, int]
    inferred: tuple[InferredRow, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out_findings: Mapping[str, int] = field(default_factory=dict)
    methods: Methods | None = None
    annex: tuple[AnnexStep, ...] = ()
    requests: tuple[Request, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    timeline: tuple[TimelineRow, ...] = ()
    timeline_total: int = 0
    activity: tuple[ActivityCount, ...] = ()
    activity_bucket: timedelta = timedelta(days=1)
    payments: tuple[PaymentEdge, ...] = ()
    payments_total: int = 0
    addresses: tuple[AddressRow, ...] = ()
    addresses_total: int = 0
    indicators: tuple[IndicatorRow, ...] = ()
    indicators_total: int = 0
    entries: tuple[EntryRow, ...] = ()
    references: tuple[ReferenceUse, ...] = ()

    @property
    def head(self) -> EntryRow | None:
        """The newest ledger entry shown, None in a case without entries."""
        return self.entries[-1] if self.entries else None
