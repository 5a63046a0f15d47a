"""Reproducing: everything read and analysed again from the originals, every digest compared with the ledger's."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from comity import __version__
from comity.casework.analyse import analyse, write_analysis
from comity.casework.derive import EXAMPLE_WORLDS, FINDINGS, RECORDS, REQUESTS, is_output, letterhead, requesting_unit
from comity.casework.drafts import INDEX, digests, documents, encode_index
from comity.casework.folder import INSTRUMENT, Folder
from comity.casework.knowledge import Knowledge, know_again
from comity.casework.progress import Progress
from comity.casework.read_material import parser_versions, read_material
from comity.casework.records import Records
from comity.casework.view import reference_uses, view_case
from comity.casework.write_report import REPORTED, outputs
from comity.cooperation.preparation import prepare
from comity.evidence import custody
from comity.ledger import Entry, current_files
from comity.terms.canonical import Json
from comity.terms.errors import IntegrityError, StateError


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One file: the digest the ledger names and the one made again; either is "" when there is none."""

    path: str
    recorded: str
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """All comparisons, and notes on what may explain a difference (another version of the program or a parser)."""

    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...]

    @property
    def different(self) -> tuple[Comparison, ...]:
        """The files whose digests do not agree."""
        return tuple(one for one in self.comparisons if one.recorded != one.made)

    @property
    def agrees(self) -> bool:
        """Whether there was something to compare and every digest agrees."""
        return bool(self.comparisons) and not self.different

    def lines(self) -> tuple[str, ...]:
        """Return the outcome in words."""
        agreed = len(self.comparisons) - len(self.different)
        head = f"{agreed} of {len(self.comparisons)} files made again from the originals have the digest the ledger names."
        return (
            head,
            *(f"different: {one.path}: recorded {one.recorded or 'nothing'}, made again {one.made or 'nothing'}" for one in self.different),
            *self.notes,
            "Reproduced." if self.agrees else "Not reproduced.",
        )

    def as_json(self) -> Json:
        """Return the outcome as a JSON object: `agrees`, `files` (path, recorded, made), `notes`."""
        files: list[Json] = [{"path": one.path, "recorded": one.recorded, "made": one.made} for one in self.comparisons]
        return {"agrees": self.agrees, "files": files, "notes": list(self.notes)}


def reproduce(folder: Folder, *, jobs: int, progress: Progress) -> Reproduction:
    """Check the originals, read and analyse them again in a scratch folder, and compare with what the ledger names.

    Nothing in the case changes. StateError when nothing was derived yet; IntegrityError when an original was changed.
    """
    entries = folder.entries()
    last = {event: entry for entry in entries for event in (entry.event,)}
    if REQUESTS not in last:
        raise StateError("nothing was derived in this case yet", remedy="Run `comity investigate` first.")
    _require_originals(folder, progress)
    known = know_again(reference_uses(last[FINDINGS].object.get("snapshots")), example_worlds=folder.path / EXAMPLE_WORLDS)
    with tempfile.TemporaryDirectory(prefix="comity-reproduce-") as scratch:
        made = _again(folder, known, last, Path(scratch), jobs=jobs, progress=progress)
    recorded = {name: digest for name, digest in current_files(entries).items() if not name.startswith(f"{EXAMPLE_WORLDS}/")}
    drafts = {name for name in made if name.startswith("requests/")}
    # requests of an earlier day stay in the ledger; only those of the last drafting can be made again now
    recorded = {name: digest for name, digest in recorded.items() if not name.startswith("requests/") or name in drafts}
    comparisons = [
        Comparison(path=name, recorded=recorded.get(name, ""), made=made.get(name, "")) for name in sorted(recorded.keys() | made.keys())
    ]
    if REPORTED in last and all(one.recorded == one.made for one in comparisons if not is_output(one.path)):
        again = _outputs_again(folder, entries, last[REPORTED])
        comparisons = [Comparison(path=one.path, recorded=one.recorded, made=again.get(one.path, one.made)) for one in comparisons]
    return Reproduction(comparisons=tuple(comparisons), notes=_notes(last[RECORDS], last[FINDINGS], known))


def _require_originals(folder: Folder, progress: Progress) -> None:
    progress.begin("Checking the originals", total=sum(each.size for each in folder.manifests()), unit="bytes")
    verdict = custody.check(folder.store, folder.exhibits(), progress=progress.advance)
    progress.end()
    if verdict.broken:
        changed = "; ".join(f"{one.subject}: {one.words}" for one in verdict.broken[:5])
        raise IntegrityError(f"the originals are not as acquired: {changed}")


def _again(folder: Folder, known: Knowledge, last: Mapping[str, Entry], scratch: Path, *, jobs: int, progress: Progress) -> dict[str, str]:
    """Return the digests of everything derived anew below `scratch`, by path in the case folder."""
    read = read_material(folder, derived=scratch, jobs=jobs, progress=progress)
    made = {f"derived/{name}": digest for name, digest in read.files.items()}
    progress.begin("Analysing", total=None, unit="")
    analysis = analyse(Records(scratch / "records"), known, heuristics=last[FINDINGS].object.get("heuristics") is not False)
    made |= {f"derived/{name}": digest for name, digest in write_analysis(analysis, derived=scratch).items()}
    drafted = last[REQUESTS]
    unit = requesting_unit(folder, drafted.authorization or 0)
    prepared = prepare(
        analysis.findings, unit=unit, on=drafted.at.date(), corpus=known.law, holder_of=known.holder_of, bank_of=known.bank_of
    )
    head = letterhead(folder, drafter=drafted.performer, rests_on=last[FINDINGS])
    found = {finding.identity: finding for finding in analysis.findings}
    for request in prepared.requests:
        made |= _texts(digests(documents(request, head, at=drafted.at, known=found)))
    made |= _texts(digests({INDEX: encode_index(prepared)}))
    progress.end()
    return made


def _outputs_again(folder: Folder, entries: tuple[Entry, ...], reported: Entry) -> dict[str, str]:
    """Return the digests of the report and its companions as they would be written at the instant of `reported`."""
    heuristics = reported.object.get("heuristics") is not False
    view = view_case(folder, entries=entries[: reported.number - 1], at=reported.at, tool=__version__, heuristics=heuristics)
    return {name: hashlib.sha256(data).hexdigest() for name, data in outputs(view, entries=entries[: reported.number - 1])}


def _notes(read: Entry, found: Entry, known: Knowledge) -> tuple[str, ...]:
    notes = []
    if read.instrument != INSTRUMENT:
        notes.append(f"The case was read with {read.instrument}; this is {INSTRUMENT}.")
    if read.object.get("parsers") != parser_versions():
        notes.append(f"Parsers then: {read.object.get('parsers')}; now: {parser_versions()}.")
    if found.object.get("law_sha256") != known.law_sha256:
        notes.append("The law data are other than those the requests were drafted with.")
    return tuple(notes)


def _texts(named: Mapping[str, Json]) -> dict[str, str]:
    return {name: str(digest) for name, digest in named.items()}
