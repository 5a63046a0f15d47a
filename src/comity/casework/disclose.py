"""Disclosure: all findings, negative results, notes and unread parts of a case, written out for the other side."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comity import __version__
from comity.analysis.method import searched
from comity.casework.clock import now
from comity.casework.coverage import Totals, account
from comity.casework.derive import FINDINGS
from comity.casework.folder import Folder
from comity.casework.method_facts import methods
from comity.casework.note import notes
from comity.casework.open_case import Actor
from comity.casework.output_file import require_free
from comity.casework.performed import outcome
from comity.casework.progress import Progress
from comity.casework.read_material import readings
from comity.casework.records import Records
from comity.casework.redact import shown
from comity.casework.view import view_case
from comity.evidence.redaction import withholdings
from comity.exchange import disclosure
from comity.exchange.case_view import CaseView
from comity.exchange.disclosure import NoteRow, Rows, SearchRow
from comity.exchange.spreadsheet import write_rows
from comity.exchange.visible_text import visible
from comity.observables import DEFECT
from comity.terms.errors import StateError

DISCLOSED = "disclosure:written"
_SUMS = "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: the dates that matter are inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What was written: how many files, the SHA-256 of the list of their digests, findings, methods that found nothing, notes."""

    files: int
    sums_sha256: str
    findings: int
    negative: int
    notes: int


def disclose(folder: Folder, *, output: Path, progress: Progress) -> Disclosed:
    """Write the disclosure of the case to the new folder `output`, or to a ZIP when its name ends in .zip, and enter it.

    What the ledger withholds (`comity redact`) is left out, with all that was made from it: the rest is read and analysed again.
    StateError when nothing was derived yet, or `output` exists; IntegrityError when bytes are not accounted for.
    """
    require_free(folder, output)
    with folder.locked("comity disclose"):
        entries, at = folder.entries(), now()
        if not any(entry.event == FINDINGS for entry in entries):
            raise StateError("nothing was derived in this case yet", remedy="Run `comity investigate` first.")
        partial = output.with_name(f".{output.name}.{os.getpid()}.part")
        scratch = partial.with_suffix(".case")
        try:
            partial.mkdir(mode=0o700)
            case: Folder = folder
            if withholdings(entries):
                case = shown(folder, scratch, jobs=1, progress=progress)
                entries, at = case.entries(), now()
            view = view_case(case, entries=entries, at=at, tool=__version__)
            searches = _searches(view)
            noted = tuple(NoteRow(entry=n.entry, at=n.at, performer=n.performer, about=n.about, text=n.text) for n in notes(entries))
            _write(case, view, partial, searches=searches, noted=noted, at=at)
            sums = _sums(partial)
            _place(partial, output)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(scratch, ignore_errors=True)
        disclosed = Disclosed(
            files=sums.count(b"\n") + 1,
            sums_sha256=hashlib.sha256(sums).hexdigest(),
            findings=len(view.findings),
            negative=sum(not one.found and not view.left_out_findings.get(one.method.name) for one in searches),
            notes=len(noted),
        )
        Actor(folder)(
            DISCLOSED,
            authorization=None,
            object={"disclosure": visible(output.name), "as_of_entry": entries[-1].number},
            result={
                "files": disclosed.files,
                "sums_sha256": disclosed.sums_sha256,
                "findings": disclosed.findings,
                "notes": disclosed.notes,
            },
            at=at,
        )
    return disclosed


def _write(folder: Folder, view: CaseView, target: Path, *, searches: Sequence[SearchRow], noted: Sequence[NoteRow], at: datetime) -> None:
    known, totals = methods(), Totals()
    tables: Mapping[str, Rows] = {
        "findings": disclosure.findings_table(view.findings, known),
        "traces": disclosure.traces_table(view.findings),
        "searches": disclosure.searches_table(searches),
        "methods": disclosure.methods_table(known),
        "weaknesses": disclosure.weaknesses_table(view.annex),
        "notes": disclosure.notes_table(noted),
        "ledger": disclosure.ledger_table(view),
        "exhibits": disclosure.exhibits_table(view),
        "inside": disclosure.inside_table(view),
        "coverage": _coverage(folder, totals),
        "unread": _unread(folder),
        "inferred": _inferred(folder),
    }
    counts: dict[str, int] = {}
    for name, (head, rows) in tables.items():
        with (target / f"{name}.csv").open("xb") as stream:
            counts[name] = write_rows(stream, head, rows)
    shutil.copyfile(folder.path / "derived" / "findings.json", target / "findings.json")
    (target / "README.txt").write_text(disclosure.README, encoding="utf-8")
    became = {
        "acquired": totals.acquired.size,
        "read": totals.acquired.parsed,
        "named as not read": totals.acquired.not_parsed,
        "found inside exhibits": totals.inside.size,
        "of these, named as not read": totals.inside.not_parsed,
    }
    page = disclosure.page(view, searches=searches, notes=noted, inferred=counts["inferred"], totals=became, at=at)
    (target / "index.html").write_bytes(page)


def _searches(view: CaseView) -> tuple[SearchRow, ...]:
    return tuple(
        SearchRow(method=method, looked=looked, found=found, words=outcome(looked, found, view.left_out_findings.get(method.name, 0)))
        for method, looked, found in searched(methods(), view.findings, view.records)
    )


def _coverage(folder: Folder, totals: Totals) -> Rows:
    """Return what became of the bytes of each exhibit, adding them up in `totals` as they are gone through."""
    head = ("exhibit", "name", "type", "parser", "bytes", "read", "not_read", "inside_bytes", "inside_not_read", "reasons", "not_acquired")
    rows = (
        (
            line.number, line.name, line.type or line.kind, line.parser, line.coverage.size, line.coverage.parsed, line.coverage.not_parsed,
            line.inside.size, line.inside.not_parsed, " ".join(f"{code}={size}" for code, size in line.coverage.unread), line.reason,
        )
        for line in totals.counting(account(folder))
    )  # fmt: skip
    return head, rows


def _unread(folder: Folder) -> Rows:
    return ("exhibit", "member", "offset", "length", "code", "reason", "parser"), _places(folder)


def _places(folder: Folder) -> Iterator[Sequence[object]]:
    names = ("trace.exhibit", "trace.member", "trace.offset", "trace.length", "code", "reason", "parser")
    for exhibit in folder.exhibits():
        if exhibit.defect is not None:
            yield exhibit.number, "", 0, 0, "not_acquired_whole", exhibit.defect, ""
    for batch in Records(folder.path / "derived" / "records").batches(DEFECT):
        for row in batch.to_pylist():
            yield tuple(row[name] for name in names)


def _inferred(folder: Folder) -> Rows:
    rows = (
        (reading.number, reading.name, one.name, one.value, one.why)
        for reading in readings(folder.path / "derived")
        for one in reading.inferred
    )
    return ("exhibit", "name", "fact", "value", "why"), rows


def _sums(target: Path) -> bytes:
    """Write the list of digests into `target` and return it."""
    lines = []
    for path in sorted(target.iterdir()):
        with path.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {path.name}\n")
    data = "".join(lines).encode()
    (target / _SUMS).write_bytes(data)
    return data


def _place(partial: Path, output: Path) -> None:
    if output.suffix != ".zip":
        partial.rename(output)
        return
    packed = partial.with_name(f"{partial.name}.zip")
    try:
        with zipfile.ZipFile(packed, "x", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for path in sorted(partial.iterdir()):
                member = zipfile.ZipInfo(f"{output.stem}/{path.name}", date_time=_EPOCH)
                member.compress_type = zipfile.ZIP_DEFLATED
                with path.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, 2**20)
        packed.rename(output)
    finally:
        packed.unlink(missing_ok=True)
