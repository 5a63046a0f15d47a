"""What was performed in a case, step by step, in figures and ledger entries: what the error annex is made for."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from comity.analysis.finding import Finding
from comity.analysis.method import searched
from comity.casework.derive import RECORDS
from comity.casework.drafts import DRAFTED
from comity.casework.folder import Folder
from comity.casework.method_facts import methods
from comity.casework.read_material import READINGS, readings
from comity.casework.redacted_case import DERIVED, analyses
from comity.evidence.acquisition.record import ACQUIRED
from comity.exchange.error_annex import PARSER, AnnexStep, Performed, annex
from comity.ledger import Entry


def error_annex(
    folder: Folder, entries: Sequence[Entry], *, findings: Sequence[Finding], left_out: Mapping[str, int], rows: Mapping[str, int]
) -> tuple[AnnexStep, ...]:
    """Return the annex of `folder` as of its ledger `entries`.

    `rows` counts the records by table, `left_out` the findings that were made and are not among `findings`, by method.
    """
    derived = bool(analyses(entries))
    found = searched(methods(), findings, rows) if derived else ()
    return annex(
        tuple(_steps(folder, entries, rows)),
        methods=[(method, outcome(looked, made, left_out.get(method.name, 0))) for method, looked, made in found],
    )


def outcome(looked: int, made: int, left_out: int) -> str:
    """Return in words what a method gave: a method that found nothing says so, and so does one whose findings were left out."""
    if not looked:
        return "There were no records for it to look through."
    through = f"It looked through {looked:,} record{'s' if looked != 1 else ''}"
    if left_out:
        return f"{through}; {left_out:,} finding{'s' if left_out != 1 else ''} were left out, as the ledger says, {made:,} are here."
    return f"{through} and made {made:,} finding{'s' if made != 1 else ''}." if made else f"{through} and found nothing."


def _steps(folder: Folder, entries: Sequence[Entry], rows: Mapping[str, int]) -> Iterator[Performed]:
    acquired = folder.acquired(entries)
    if acquired:
        count, size, defects = (sum(getattr(one, name) for one in acquired) for name in ("count", "size", "defects"))
        done = f"{count:,} exhibits, {size:,} bytes; {defects:,} of them not acquired whole."
        yield Performed(key="preserve", done=done, entries=_numbers(entries, ACQUIRED))
    yield Performed(key="ledger", done=f"{len(entries):,} entries.", entries=(entries[-1].number,) if entries else ())
    read = (_numbers(entries, RECORDS) or _numbers(entries, DERIVED))[-1:]
    if read:
        yield from _reading(folder.path / "derived", read)
    if found := tuple(entry.number for entry in analyses(entries)[-1:]):
        yield Performed(key="timeline", done=f"{sum(rows.values()):,} records in all tables.", entries=found)
    if drafted := _numbers(entries, DRAFTED):
        yield Performed(key="route", done=f"{len(drafted):,} drafts of requests were entered.", entries=drafted[-20:])
        yield Performed(key="draft", done="Requests, certificates, this annex and the report.", entries=drafted[-20:])


def _reading(derived: Path, entries: tuple[int, ...]) -> Iterator[Performed]:
    if not (derived / READINGS).exists():
        return
    parts, records, defects = Counter[str](), Counter[str](), Counter[str]()
    versions: dict[str, str] = {}
    for reading in readings(derived):
        parts[reading.parser] += 1
        records[reading.parser] += sum(number for _, number in reading.rows)
        defects[reading.parser] += sum(number for _, number in reading.defects)
        versions[reading.parser] = reading.version
    known = parts.total() - parts[""]
    yield Performed(key="recognize", done=f"{known:,} files and parts of files had a known type, {parts['']:,} had none.", entries=entries)
    if known:
        yield Performed(key=PARSER, done=f"{known:,} files and parts of files were read.", entries=entries)
    for parser in sorted(set(parts) - {""}):
        done = (
            f"Parser {parser}, version {versions[parser]}: {parts[parser]:,} read, {records[parser]:,} records, "
            f"{defects[parser]:,} places not read."
        )
        yield Performed(key=f"{PARSER}:{parser}", done=done, entries=entries)


def _numbers(entries: Sequence[Entry], event: str) -> tuple[int, ...]:
    return tuple(entry.number for entry in entries if entry.event == event)
