"""Reproducing: everything read and analysed again from the originals, every digest compared with the ledger's."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from comity import __version__
from comity.casework.derive import EXAMPLE_WORLDS, FINDINGS, RECORDS, REQUESTS, is_output
from comity.casework.derive_again import Drafting, derive_again
from comity.casework.folder import INSTRUMENT, Folder
from comity.casework.knowledge import Knowledge, know_again
from comity.casework.progress import Progress
from comity.casework.read_material import parser_versions
from comity.casework.redacted_case import DERIVED, REDACTED
from comity.casework.view import reference_uses, view_case
from comity.casework.write_report import REPORTED, outputs
from comity.evidence import custody
from comity.ledger import Entry
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
    run = _run(entries)
    _require_originals(folder, progress)
    known = know_again(reference_uses(run.found.object.get("snapshots")), example_worlds=folder.path / EXAMPLE_WORLDS)
    heuristics = run.found.object.get("heuristics") is not False
    with tempfile.TemporaryDirectory(prefix="comity-reproduce-") as scratch:
        again = derive_again(folder, known, run.drafting, target=Path(scratch), heuristics=heuristics, jobs=jobs, progress=progress)
    made = dict(again.files)
    recorded = {name: digest for name, digest in folder.files().items() if not name.startswith(f"{EXAMPLE_WORLDS}/")}
    drafts = {name for name in made if name.startswith("requests/")}
    # requests of an earlier day stay in the ledger; only those of the last drafting can be made again now
    recorded = {name: digest for name, digest in recorded.items() if not name.startswith("requests/") or name in drafts}
    comparisons = [
        Comparison(path=name, recorded=recorded.get(name, ""), made=made.get(name, "")) for name in sorted(recorded.keys() | made.keys())
    ]
    if run.reported is not None and all(one.recorded == one.made for one in comparisons if not is_output(one.path)):
        shown = _outputs_again(folder, entries, run.reported)
        comparisons = [Comparison(path=one.path, recorded=one.recorded, made=shown.get(one.path, one.made)) for one in comparisons]
    return Reproduction(comparisons=tuple(comparisons), notes=_notes(run, known))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """The acts that derived what is compared: reading, analysis, the report if there is one, and what letters take from the ledger."""

    read: Entry
    found: Entry
    reported: Entry | None
    drafting: Drafting


def _run(entries: Sequence[Entry]) -> _Run:
    """Return the newest acts of deriving; in a redacted case these are its own."""
    last = {entry.event: entry for entry in entries}
    if REQUESTS in last:
        drafted = last[REQUESTS]
        drafting = Drafting(at=drafted.at, drafter=drafted.performer, authorization=drafted.authorization or 0, rests_on=last[FINDINGS])
        return _Run(read=last[RECORDS], found=last[FINDINGS], reported=last.get(REPORTED), drafting=drafting)
    if DERIVED in last:
        act = last[DERIVED]
        rests_on = next(entry for entry in entries if entry.number == act.object.get("rests_on"))
        granted = act.object.get("granted")
        drafting = Drafting(at=act.at, drafter=act.performer, authorization=granted if isinstance(granted, int) else 0, rests_on=rests_on)
        return _Run(read=act, found=act, reported=last.get(REDACTED), drafting=drafting)
    raise StateError("nothing was derived in this case yet", remedy="Run `comity investigate` first.")


def _require_originals(folder: Folder, progress: Progress) -> None:
    progress.begin("Checking the originals", total=sum(each.size for each in folder.manifests()), unit="bytes")
    verdict = custody.check(folder.store, folder.exhibits(), progress=progress.advance)
    progress.end()
    if verdict.broken:
        changed = "; ".join(f"{one.subject}: {one.words}" for one in verdict.broken[:5])
        raise IntegrityError(f"the originals are not as acquired: {changed}")


def _outputs_again(folder: Folder, entries: tuple[Entry, ...], reported: Entry) -> dict[str, str]:
    """Return the digests of the report and its companions as they would be written at the instant of `reported`."""
    heuristics = reported.object.get("heuristics", _run(entries).found.object.get("heuristics")) is not False
    before = tuple(entry for entry in entries if entry.number < reported.number)
    view = view_case(folder, entries=before, at=reported.at, tool=__version__, heuristics=heuristics)
    earlier = () if reported.event == REDACTED else before  # a redacted bundle has no graph before its own
    return {name: hashlib.sha256(data).hexdigest() for name, data in outputs(view, entries=earlier)}


def _notes(run: _Run, known: Knowledge) -> tuple[str, ...]:
    notes = []
    if run.read.instrument != INSTRUMENT:
        notes.append(f"The case was read with {run.read.instrument}; this is {INSTRUMENT}.")
    if run.read.object.get("parsers") != parser_versions():
        notes.append(f"Parsers then: {run.read.object.get('parsers')}; now: {parser_versions()}.")
    if run.found.object.get("law_sha256") != known.law_sha256:
        notes.append("The law data are other than those the requests were drafted with.")
    return tuple(notes)
