"""Filling the view of a case that report, graph and indicator bundle are made from."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from comity.analysis.finding import Finding, ReferenceUse
from comity.analysis.method import without_heuristics
from comity.analysis.timeline import activity
from comity.casework.compare_clock import comparisons, in_words, shown_ranges
from comity.casework.coverage import totals
from comity.casework.drafts import drafted, left_out, named_in
from comity.casework.findings_file import decode
from comity.casework.folder import Folder
from comity.casework.method_facts import methods
from comity.casework.performed import error_annex
from comity.casework.read_material import readings
from comity.casework.records import Records
from comity.casework.redacted_case import analyses
from comity.cooperation.request import Request
from comity.evidence import authorization
from comity.evidence.exhibit import Exhibit
from comity.exchange.case_view import (
    ActivityCount,
    AddressRow,
    CaseView,
    ChildFile,
    ClockRow,
    CoverageRow,
    DefectRow,
    EntryRow,
    IndicatorRow,
    InferredRow,
    LeftOut,
    Manifest,
    PaymentEdge,
    TimelineRow,
)
from comity.ledger import Entry
from comity.observables import DEFECT, FILE, PAYMENT, Trace
from comity.terms.errors import StateError
from comity.terms.selector import Kind, Selector

_MOST_ROWS = 300
_MOST_TIMELINE = 400
_LONGEST_PART = 160
_WIDTHS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "1mo": timedelta(days=31)}


def view_case(folder: Folder, *, entries: Sequence[Entry], at: datetime, tool: str, heuristics: bool = True) -> CaseView:
    """Return the view of `folder` as of its ledger `entries`, written at `at`; the same arguments give the same view.

    Without `heuristics`, findings of heuristic methods are left out and counted, and requests that rest on one with them.
    """
    derived = folder.path / "derived"
    records = Records(derived / "records")
    every = decode((derived / "findings.json").read_bytes())
    findings = every if heuristics else without_heuristics(every, methods())
    out = Counter(one.method for one in every) - Counter(one.method for one in findings) + _left_out_before(entries)
    requests = _resting_on(folder, findings)
    named = _named_by(findings)
    counts = records.counts()
    timeline = pl.scan_parquet(derived / "timeline.parquet")
    bucket, buckets = _activity(timeline)
    addresses = pl.scan_parquet(derived / "addresses.parquet")
    indicators = pl.scan_parquet(derived / "indicators.parquet").filter(pl.col("indicator"))
    edges = _payments(records, named)
    case = folder.case
    acquired = folder.acquired(entries)
    hidden = sum(not one.places for one in folder.withheld)
    return CaseView(
        identity=case.identity,
        title=case.title,
        state=case.state,
        authority=case.authority,
        opened_at=case.opened_at,
        written_at=at,
        tool_version=tool,
        authorizations=tuple((e.number, authorization.decode(e.object)) for e in entries if e.event == authorization.GRANTED),
        exhibits=_Acquired(folder, count=sum(each.count for each in acquired) - hidden),
        withheld=folder.withheld,
        manifests=tuple(
            Manifest(path=each.manifest, count=each.count, sha256=each.manifest_sha256.hex, merkle_root=each.root.hex) for each in acquired
        ),
        children_total=counts[FILE.name],
        children=_children(records, findings),
        inside=_Inside(records),
        records={name: count for name, count in counts.items() if name != DEFECT.name},
        coverage=_coverage(folder, files=counts[FILE.name]),
        defects=_defects(folder, records),
        defects_by_code=_defects_by_code(folder, records),
        inferred=_inferred(derived),
        clocks=tuple(_clocks(entries)),
        findings=findings,
        left_out_findings=out,
        methods=methods(),
        annex=error_annex(folder, entries, findings=findings, left_out=out, rows=counts),
        requests=requests,
        left_out=tuple(
            LeftOut(what=line.partition(": ")[0], why=line.partition(": ")[2]) for line in (left_out(folder) if heuristics else ())
        ),
        timeline=_timeline(timeline, named),
        timeline_total=_height(timeline),
        activity=buckets,
        activity_bucket=bucket,
        payments=edges,
        payments_total=counts[PAYMENT.name],
        addresses=_addresses(addresses, findings),
        addresses_total=_height(addresses),
        indicators=_indicators(indicators, findings),
        indicators_total=_height(indicators),
        entries=tuple(map(entry_row, entries)),
        references=_references(entries),
    )


class _Acquired(Collection[Exhibit]):
    """The acquired exhibits of a folder, read from the manifests each time they are gone through."""

    def __init__(self, folder: Folder, *, count: int) -> None:
        self._folder = folder
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Exhibit]:
        return islice(self._folder.exhibits(), self._count)

    def __contains__(self, exhibit: object) -> bool:
        return any(each == exhibit for each in self)


class _Inside(Iterable[ChildFile]):
    """The child exhibits, read from their table a few thousand at a time each time they are gone through."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def __iter__(self) -> Iterator[ChildFile]:
        for batch in self._records.batches(FILE):
            for row in batch.to_pylist():
                yield _child(row, why=f"inside exhibit {row['trace.exhibit']}")


def _resting_on(folder: Folder, findings: Sequence[Finding]) -> tuple[Request, ...]:
    """Return the requests whose every finding is among `findings`."""
    known = {finding.identity for finding in findings}
    return tuple(request for request, _ in drafted(folder) if known.issuperset(named_in(request)))


def _left_out_before(entries: Sequence[Entry]) -> Counter[str]:
    """Return how many findings the last analysis made and left out, by method."""
    counts = [entry.result.get("left_out") for entry in analyses(entries)]
    told = counts[-1] if counts else None
    return Counter({name: number for name, number in told.items() if isinstance(number, int)} if isinstance(told, Mapping) else {})


def _named_by(findings: Sequence[Finding]) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """Return, for exhibit and offset, the findings that rest on the record there."""
    named: dict[tuple[str, int], list[str]] = {}
    for finding in findings:
        for trace in finding.traces:
            named.setdefault((trace.exhibit, trace.offset), []).append(finding.identity)
    return {place: tuple(identities) for place, identities in named.items()}


def _trace(row: Mapping[str, object]) -> Trace:
    return Trace(
        exhibit=str(row["trace.exhibit"]),
        member=str(row["trace.member"]),
        offset=int(str(row["trace.offset"])),
        length=int(str(row["trace.length"])),
    )


def _activity(timeline: pl.LazyFrame) -> tuple[timedelta, tuple[ActivityCount, ...]]:
    counted = activity(timeline)
    width = _WIDTHS[counted["width"][0]] if counted.height else _WIDTHS["1d"]
    return width, tuple(ActivityCount(start=row["start"], kind=row["kind"], count=row["count"]) for row in counted.iter_rows(named=True))


def _timeline(timeline: pl.LazyFrame, named: Mapping[tuple[str, int], tuple[str, ...]]) -> tuple[TimelineRow, ...]:
    """Return the records findings rest on, in order of time."""
    rows = _at_places(timeline, named).head(_MOST_TIMELINE)
    return tuple(
        TimelineRow(
            at=row["@timestamp"],
            kind=row["kind"],
            text=row["what"],
            trace=(trace := _trace(row)),
            clock=row["clock"] or "",
            precision=row["precision"] or "second",
            finding=next(iter(named.get((trace.exhibit, trace.offset), ())), ""),
        )
        for row in rows.iter_rows(named=True)
    )


def _payments(records: Records, named: Mapping[tuple[str, int], tuple[str, ...]]) -> tuple[PaymentEdge, ...]:
    """Return the payments findings rest on."""
    rows = _at_places(records.table(PAYMENT), named).head(_MOST_ROWS)
    return tuple(
        PaymentEdge(
            source=row["debtor.account"] or row["debtor.name"] or "not named",
            target=row["creditor.account"] or row["creditor.name"] or "not named",
            amount_minor=row["amount_minor"],
            currency=row["currency"] or "",
            at=row["booking_date"],
            precision=row["booking_date.precision"] or "second",
            findings=named[row["trace.exhibit"], row["trace.offset"]],
            source_name=row["debtor.name"] or "",
            target_name=row["creditor.name"] or "",
        )
        for row in rows.iter_rows(named=True)
    )


def _at_places(table: pl.LazyFrame, named: Mapping[tuple[str, int], tuple[str, ...]]) -> pl.DataFrame:
    """Return the rows of `table` at the places (exhibit, offset) in `named`, in order."""
    places = pl.LazyFrame(list(named), schema={"trace.exhibit": pl.String, "trace.offset": pl.Int64}, orient="row")
    rows = table.join(places, on=["trace.exhibit", "trace.offset"], how="semi", maintain_order="left")
    return rows.collect(engine="streaming")


def _height(table: pl.LazyFrame) -> int:
    return int(table.select(pl.len()).collect().item())


def _addresses(table: pl.LazyFrame, findings: Sequence[Finding]) -> tuple[AddressRow, ...]:
    """Return the addresses findings name first, then the most frequent."""
    named: dict[str, dict[str, None]] = {}
    for finding in findings:
        for each in finding.involved:
            named.setdefault(each.selector.value, {})[finding.identity] = None
    ordered = table.with_columns(pl.col("address").is_in(list(named)).alias("named")).sort(
        "named", "count", "address", descending=[True, True, False]
    )
    return tuple(
        _address(row, tuple(named.get(row["address"], ())))
        for row in ordered.head(_MOST_ROWS).collect(engine="streaming").iter_rows(named=True)
    )


def _address(row: Mapping[str, object], findings: tuple[str, ...]) -> AddressRow:
    first, last, notes = row["first_seen"], row["last_seen"], row["notes"]
    return AddressRow(
        address=str(row["address"]),
        count=int(str(row["count"])),
        first=first if isinstance(first, datetime) else None,
        last=last if isinstance(last, datetime) else None,
        country=str(row["country"] or ""),
        network=str(row["network"] or ""),
        registry=str(row["registry"] or ""),
        dating=str(row["country.dating"] or ""),
        port_recorded=row["ports"] == row["count"],
        clock=str(row["clock"] or ""),
        special=str(row["special"] or ""),
        notes=tuple(map(str, notes)) if isinstance(notes, list) else (),
        findings=findings,
    )


def _indicators(table: pl.LazyFrame, findings: Sequence[Finding]) -> tuple[IndicatorRow, ...]:
    known = [finding.identity for finding in findings]
    named = table.with_columns(pl.col("findings").list.eval(pl.element().filter(pl.element().is_in(known))))
    ordered = named.sort(pl.col("findings").list.len(), "count", "kind", "value", descending=[True, True, False, False])
    return tuple(
        IndicatorRow(
            selector=Selector(kind=Kind(row["kind"]), value=row["value"]),
            count=row["count"],
            first=row["first_seen"],
            last=row["last_seen"],
            findings=tuple(row["findings"]),
        )
        for row in ordered.head(_MOST_ROWS).collect(engine="streaming").iter_rows(named=True)
    )


def _children(records: Records, findings: Sequence[Finding]) -> tuple[ChildFile, ...]:
    """Return the files inside exhibits: those findings rest on first, then in order."""
    named = {trace.exhibit for finding in findings for trace in finding.traces if "." in trace.exhibit}
    table = records.table(FILE).head(100 * _MOST_ROWS).collect()
    rows = sorted(table.iter_rows(named=True), key=lambda row: row["number"] not in named)
    return tuple(
        _child(row, why="a finding rests on it" if row["number"] in named else f"inside exhibit {row['trace.exhibit']}")
        for row in rows[:_MOST_ROWS]
    )


def _child(row: Mapping[str, Any], *, why: str) -> ChildFile:
    return ChildFile(
        number=row["number"],
        member=row["member"],
        name=row["name"] or "",
        detected_type=row["detected_type"] or "",
        size=row["size"],
        sha256=row["sha256"],
        why=why,
    )


def _defects(folder: Folder, records: Records) -> tuple[DefectRow, ...]:
    rows = records.table(DEFECT).head(_MOST_ROWS).collect()
    read = (
        DefectRow(trace=_trace(row), code=row["code"], reason=row["reason"], parser=row["parser"]) for row in rows.iter_rows(named=True)
    )
    return (*_acquisition_defects(folder.exhibits()), *read)[:_MOST_ROWS]


def _acquisition_defects(exhibits: Iterator[Exhibit]) -> Iterator[DefectRow]:
    for exhibit in exhibits:
        if exhibit.defect is not None:
            place = Trace(exhibit=exhibit.number, member="", offset=0, length=0)
            yield DefectRow(trace=place, code="not_acquired_whole", reason=exhibit.defect)


def _defects_by_code(folder: Folder, records: Records) -> Mapping[str, int]:
    found = records.defects_by_code()
    unacquired = sum(each.defects for each in folder.manifests())
    return {"not_acquired_whole": unacquired, **found} if unacquired else found


def _coverage(folder: Folder, *, files: int) -> tuple[CoverageRow, ...]:
    """Return what became of all bytes acquired, of all that was unpacked from them, and of the acquired ones by type and parser."""
    try:
        sums = totals(folder)
    except StateError:  # more was acquired since, and is not read yet
        return ()
    rows = [("all exhibits", sums.exhibits, sums.acquired), ("unpacked from them", files, sums.inside)]
    rows += [(f"{kind} ({parser or 'no parser'})", sort.exhibits, sort.coverage) for (kind, parser), sort in sums.by_size()]
    return tuple(
        CoverageRow(what=what, exhibits=count, size=sum_.size, parsed=sum_.parsed, not_parsed=sum_.not_parsed, reasons=sum_.unread)
        for what, count, sum_ in rows
    )


def _inferred(derived: Path) -> tuple[InferredRow, ...]:
    """Return what was taken and not written, each fact of an exhibit once."""
    rows = (
        InferredRow(exhibit=reading.number, exhibit_name=reading.name, name=one.name, value=one.value, why=one.why)
        for reading in readings(derived)
        for one in reading.inferred
        if one.why
    )
    return tuple(islice(rows, _MOST_ROWS))


def _clocks(entries: Sequence[Entry]) -> Iterator[ClockRow]:
    for number, one in comparisons(entries):
        yield ClockRow(
            entry=number,
            device=one.device,
            exhibits=shown_ranges(one.exhibits),
            shown=one.shown,
            true=one.true,
            ahead=in_words(one.ahead),
            how=one.how,
        )


def entry_row(entry: Entry) -> EntryRow:
    """Return `entry` as outputs show it."""
    return EntryRow(
        number=entry.number,
        at=entry.at,
        event=entry.event,
        performer=entry.performer,
        instrument=entry.instrument,
        authorization=entry.authorization,
        summary=_summary(entry),
        digest=entry.digest,
        object=entry.object,
        result=entry.result,
    )


def _summary(entry: Entry) -> str:
    """Return the plain members of an entry's object and result in one line."""
    parts = [f"{name} {value}" for part in (entry.object, entry.result) for name, value in part.items() if isinstance(value, str | int)]
    return "; ".join(part for part in parts if len(part) <= _LONGEST_PART)


def _references(entries: Sequence[Entry]) -> tuple[ReferenceUse, ...]:
    used = [entry.object.get("snapshots") for entry in analyses(entries)]
    return reference_uses(used[-1] if used else ())


def reference_uses(listed: object) -> tuple[ReferenceUse, ...]:
    """Return the snapshots a ledger entry lists."""
    if not isinstance(listed, Sequence):
        return ()
    return tuple(
        ReferenceUse(snapshot=str(each["snapshot"]), dated=str(each["dated"]), sha256=str(each["sha256"]))
        for each in listed
        if isinstance(each, Mapping)
    )
