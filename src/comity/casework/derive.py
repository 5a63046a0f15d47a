"""From preserved exhibits to findings and requests, each step entered in the ledger; skipped when nothing it rests on has changed."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from comity import __version__
from comity.casework.analyse import Analysis, analyse, write_analysis
from comity.casework.clock import now
from comity.casework.drafts import DRAFTED, INDEX, digests, documents, encode_index
from comity.casework.folder import INSTRUMENT, Folder
from comity.casework.knowledge import Knowledge, know
from comity.casework.open_case import Actor, performer
from comity.casework.progress import Progress
from comity.casework.read_material import Read, parser_versions, read_material
from comity.casework.records import Records
from comity.casework.unit import described
from comity.cooperation.drafting import RequestingUnit
from comity.cooperation.preparation import prepare
from comity.evidence.authorization import decode, live
from comity.exchange.case_uco import FOLDER as GRAPH_FOLDER
from comity.exchange.case_uco import GRAPH
from comity.exchange.letter import Letterhead
from comity.ledger import Entry, current_files
from comity.reference.snapshot import World
from comity.terms.canonical import Json, canonical

RECORDS = "records:derived"
FINDINGS = "findings:derived"
REQUESTS = "requests:prepared"
EXAMPLE_WORLDS = "reference"
_OUTPUTS = ("report.html", GRAPH, "stix.json")


def derive(folder: Folder, act: Actor, *, example_world: Path | None, heuristics: bool, jobs: int, progress: Progress) -> None:
    """Read, analyse and draft, unless the ledger says it was done already for these exhibits, this law and this day.

    Needs a live authorization: reading opens exhibits. Without `heuristics`, findings that rest on them are left out, and
    the ledger says so.
    """
    authorization = live(folder.entries(), at=now())
    knowledge = know(example_world=example_world or _own_example_world(folder))
    basis = _basis(folder, knowledge, heuristics=heuristics, at=now())
    if _done(folder, basis):
        return
    derived = folder.path / "derived"
    read = read_material(folder, derived=derived, jobs=jobs, progress=progress)
    _enter_records(act, authorization, read)
    progress.begin("Analysing", total=None, unit="")
    analysis = analyse(Records(derived / "records"), knowledge, heuristics=heuristics)
    written = write_analysis(analysis, derived=derived)
    kept = keep_example_worlds(folder, knowledge)
    entry = act(
        FINDINGS,
        authorization=authorization,
        object={
            "snapshots": [{"snapshot": use.snapshot, "dated": use.dated, "sha256": use.sha256} for use in knowledge.uses],
            "law_sha256": knowledge.law_sha256,
            "heuristics": heuristics,
        },
        result={
            "files": {**{f"derived/{name}": digest for name, digest in written.items()}, **kept},
            "findings": len(analysis.findings),
            "left_out": dict(analysis.left_out),
        },
    )
    progress.begin("Drafting", total=None, unit="")
    _draft(folder, act, authorization, analysis, knowledge, rests_on=entry, basis=basis)
    progress.end()


def requesting_unit(folder: Folder, authorization: int) -> RequestingUnit:
    """Return who asks, by the authority of ledger entry `authorization`."""
    granted = decode(next(entry.object for entry in folder.entries() if entry.number == authorization))
    ground = f"{granted.basis.value}: {granted.reference}"
    said = described(folder.entries())
    return RequestingUnit(
        authority=folder.case.authority,
        state=folder.case.state,
        authorization=authorization,
        ground=ground,
        offence=said.offence,
        contact=said.contact,
    )


def letterhead(folder: Folder, *, drafter: str, rests_on: Entry) -> Letterhead:
    """Return what all letters of the case have in common."""
    return Letterhead(
        authority=folder.case.authority,
        state=folder.case.state,
        case_identity=folder.case.identity,
        case_title=folder.case.title,
        tool_version=INSTRUMENT,
        contact=described(folder.entries()).contact,
        drafter=drafter,
        head=f"ledger entry {rests_on.number}, SHA-256 {rests_on.digest}",
    )


def _draft(
    folder: Folder, act: Actor, authorization: int, analysis: Analysis, knowledge: Knowledge, *, rests_on: Entry, basis: str
) -> None:
    at = now()
    unit = requesting_unit(folder, authorization)
    prepared = prepare(
        analysis.findings, unit=unit, on=at.date(), corpus=knowledge.law, holder_of=knowledge.holder_of, bank_of=knowledge.bank_of
    )
    head = letterhead(folder, drafter=performer(folder.case), rests_on=rests_on)
    known_findings = {finding.identity: finding for finding in analysis.findings}
    for request in prepared.requests:
        files = documents(request, head, at=at, known=known_findings)
        for name, data in files.items():
            put(folder.path / name, data)
        act(
            DRAFTED,
            authorization=authorization,
            object={"request": request.identity, "instrument": request.instrument, "article": request.article,
                    "requested_state": request.requested_state, "custodian": request.custodian, "rests_on": rests_on.number},
            result={"files": digests(files), "standing": request.standing.value},
            at=at,
        )  # fmt: skip
    index = encode_index(prepared)
    put(folder.path / INDEX, index)
    act(
        REQUESTS,
        authorization=authorization,
        object={"basis": basis, "on": at.date().isoformat(), "rests_on": rests_on.number},
        result={"files": digests({INDEX: index}), "requests": len(prepared.requests)},
        at=at,
    )


def _enter_records(act: Actor, authorization: int, read: Read) -> None:
    act(
        RECORDS,
        authorization=authorization,
        object={"parsers": parser_versions(), "confinement": list(read.confinement)},
        result={"files": {f"derived/{name}": digest for name, digest in read.files.items()}, "rows": dict(read.rows)},
    )


def _basis(folder: Folder, knowledge: Knowledge, *, heuristics: bool, at: datetime) -> str:
    """Return what a derivation rests on as one digest: program, exhibits, snapshots, law, authorization, day, unit, heuristics or none."""
    value: Json = {
        "program": __version__,
        "parsers": parser_versions(),
        "erased": sorted(folder.erased),
        "manifests": [acquired.manifest_sha256.hex for acquired in folder.manifests()],
        "snapshots": [use.sha256 for use in knowledge.uses],
        "law": knowledge.law_sha256,
        "authorization": live(folder.entries(), at=at),
        "on": at.date().isoformat(),
        "unit": described(folder.entries()).as_json(),
        "heuristics": heuristics,
    }
    return hashlib.sha256(canonical(value)).hexdigest()


def _done(folder: Folder, basis: str) -> bool:
    """Return whether the ledger's last derivation rests on `basis` and its files are as it wrote them."""
    entries = folder.entries()
    last = max((entry.number for entry in entries if entry.event == REQUESTS), default=None)
    if last is None or entries[last - 1].object.get("basis") != basis:
        return False
    return all(_intact(folder.path / name, digest) for name, digest in current_files(entries).items() if not is_output(name))


def is_output(name: str) -> bool:
    """Return whether `name` is the path of a file that shows the case (see `write_report.outputs`): nothing is derived from it."""
    return name in _OUTPUTS or name.startswith(GRAPH_FOLDER)


def _intact(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == digest
    except OSError:
        return False


def _own_example_world(folder: Folder) -> Path | None:
    """Return the example world an earlier run of this case rested on, so that nobody has to name it again."""
    return next(iter(sorted((folder.path / EXAMPLE_WORLDS).glob("*/"))), None)


def keep_example_worlds(folder: Folder, knowledge: Knowledge) -> dict[str, str]:
    """Copy the invented reference data the answers rest on into the case, so that it can be reproduced; return their digests."""
    kept: dict[str, str] = {}
    for snapshot in knowledge.snapshots:
        if snapshot.world is World.EXAMPLE:
            place = folder.path / EXAMPLE_WORLDS / snapshot.name
            place.mkdir(parents=True, exist_ok=True)
            for path in sorted(snapshot.folder.iterdir()):
                if path.is_file() and path.resolve() != (place / path.name).resolve():
                    shutil.copyfile(path, place / path.name)
                data = (place / path.name).read_bytes()
                kept[f"{EXAMPLE_WORLDS}/{snapshot.name}/{path.name}"] = hashlib.sha256(data).hexdigest()
    return kept


def put(path: Path, data: bytes) -> None:
    """Write a derived file whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(data)
    partial.replace(path)
