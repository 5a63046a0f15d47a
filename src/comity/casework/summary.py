"""The state of a case in one JSON object: what the terminal shows and `--json` prints (shape: docs/json.md)."""

from collections.abc import Iterator, Mapping
from itertools import islice

import polars as pl

from comity.casework.compare_clock import as_json as comparison_json
from comity.casework.compare_clock import comparisons
from comity.casework.coverage import coverage_json, totals
from comity.casework.drafts import drafted, left_out
from comity.casework.findings_file import as_json, decode
from comity.casework.folder import Folder
from comity.casework.read_material import readings
from comity.casework.records import Records
from comity.cooperation.request import Request
from comity.cooperation.request_json import encode as encode_request
from comity.evidence import authorization
from comity.evidence.exhibit import Exhibit
from comity.observables import DEFECT
from comity.parsers.reading import Reading
from comity.terms.canonical import Json
from comity.terms.errors import StateError
from comity.terms.instant import format_instant

MOST_DEFECTS = 10_000
"""Defects told one by one; all are counted, and all stand in the table of defects."""


def summarize(folder: Folder) -> dict[str, Json]:
    """Return the case as one JSON object; a part that was not derived yet is empty."""
    derived = folder.path / "derived"
    records = Records(derived / "records")
    findings_file = derived / "findings.json"
    findings = decode(findings_file.read_bytes()) if findings_file.exists() else ()
    return {
        "case": _case(folder),
        "exhibits": list(_exhibits(folder)),
        "clocks": [comparison_json(number, one) for number, one in comparisons(folder.entries())],
        "coverage": _coverage(folder),
        "records": {name: count for name, count in records.counts().items() if name != DEFECT.name},
        "defects": [*islice(_acquisition_defects(folder), MOST_DEFECTS), *_defects(records)][:MOST_DEFECTS],
        "defects_by_code": _defects_by_code(folder, records),
        "findings": [as_json(finding) for finding in findings],
        "requests": [
            {**_fields(request), "files": {kind: str(path) for kind, path in files.items()}} for request, files in drafted(folder)
        ],
        "left_out": list(left_out(folder)),
    }


def _case(folder: Folder) -> dict[str, Json]:
    entries = folder.entries()
    case = folder.case
    granted: list[Json] = [{"entry": entry.number, **entry.object} for entry in entries if entry.event == authorization.GRANTED]
    derived = [entry for entry in entries if entry.event == "findings:derived"]
    report = folder.path / "report.html"
    return {
        "identity": case.identity,
        "title": case.title,
        "folder": str(folder.path),
        "state": case.state,
        "authority": case.authority,
        "opened_at": format_instant(case.opened_at),
        "tool": case.instrument,
        "authorizations": granted,
        "ledger": {"entries": len(entries), "head": str(entries[-1].digest) if entries else None},
        "report": str(report) if report.exists() else None,
        "snapshots": derived[-1].object.get("snapshots", []) if derived else [],
    }


def _coverage(folder: Folder) -> Json:
    """Return the account of the acquired bytes and of what was unpacked from them; None while not all was read."""
    try:
        sums = totals(folder)
    except StateError:
        return None
    return {"acquired": coverage_json(sums.acquired), "inside": coverage_json(sums.inside)}


def _exhibits(folder: Folder) -> Iterator[dict[str, Json]]:
    read = _readings(folder)
    for exhibit in folder.exhibits():
        yield _exhibit(exhibit, read.get(exhibit.number))


def _readings(folder: Folder) -> Mapping[str, Reading]:
    derived = folder.path / "derived"
    if not (derived / "readings.jsonl").exists():
        return {}
    return {reading.number: reading for reading in readings(derived) if not reading.member}


def _exhibit(exhibit: Exhibit, reading: Reading | None) -> dict[str, Json]:
    return {
        "number": exhibit.number,
        "name": exhibit.name,
        "kind": exhibit.kind,
        "size": exhibit.size,
        "sha256": None if exhibit.sha256 is None else str(exhibit.sha256),
        "md5": exhibit.md5,
        "sha1": exhibit.sha1,
        "type": None if reading is None else reading.media_type,
        "parser": None if reading is None else reading.parser or None,
        "records": {} if reading is None else dict(reading.rows),
        "defects": 0 if reading is None else sum(count for _, count in reading.defects),
        "inferred": [] if reading is None else [{"name": i.name, "value": i.value, "why": i.why} for i in reading.inferred],
        "children": 0 if reading is None else reading.children,
    }


def _acquisition_defects(folder: Folder) -> Iterator[dict[str, Json]]:
    for exhibit in folder.exhibits():
        if exhibit.defect is not None:
            trace: Json = {"exhibit": exhibit.number, "member": "", "offset": 0, "length": 0}
            yield {"code": "not_acquired_whole", "reason": exhibit.defect, "parser": "", "trace": trace}


def _defects(records: Records) -> Iterator[dict[str, Json]]:
    table = records.table(DEFECT).select("code", "reason", "parser", pl.col("^trace\\..*$")).head(MOST_DEFECTS).collect()
    for row in table.iter_rows(named=True):
        trace: Json = {name: row[f"trace.{name}"] for name in ("exhibit", "member", "offset", "length")}
        yield {"code": row["code"], "reason": row["reason"], "parser": row["parser"], "trace": trace}


def _defects_by_code(folder: Folder, records: Records) -> list[Json]:
    found = records.defects_by_code()
    unacquired = sum(each.defects for each in folder.manifests())
    if unacquired:
        found = {"not_acquired_whole": unacquired, **found}
    return [{"code": code, "count": count} for code, count in found.items()]


def _fields(request: Request) -> Mapping[str, Json]:
    encoded = encode_request(request)
    if not isinstance(encoded, Mapping):
        raise TypeError("a request is a JSON object")
    return encoded
