"""Everything that is made from exhibits, made in another folder: to compare it, or to show it without what is withheld."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comity.casework.analyse import analyse, write_analysis
from comity.casework.derive import letterhead, put, requesting_unit
from comity.casework.drafts import INDEX, digests, documents, encode_index
from comity.casework.folder import Folder
from comity.casework.knowledge import Knowledge
from comity.casework.progress import Progress
from comity.casework.read_material import read_material
from comity.casework.records import Records
from comity.cooperation.preparation import prepare
from comity.ledger import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """What letters take from the ledger: the instant, who draws them up, the entry of the authorization, the entry they rest on."""

    at: datetime
    drafter: str
    authorization: int
    rests_on: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`files` are paths as in a case folder with their SHA-256; rows by table; findings, and those left out by method."""

    files: Mapping[str, str]
    rows: Mapping[str, int]
    confinement: tuple[str, ...]
    findings: int
    left_out: Mapping[str, int]
    requests: int


def derive_again(
    folder: Folder, known: Knowledge, drafting: Drafting, *, target: Path, heuristics: bool, jobs: int, progress: Progress
) -> Made:
    """Read the exhibits of `folder`, analyse and draft; write all below `target` and return what was made.

    The files depend on the exhibits, `known`, `drafting` and `heuristics` only.
    """
    derived = target / "derived"
    read = read_material(folder, derived=derived, jobs=jobs, progress=progress)
    made = {f"derived/{name}": digest for name, digest in read.files.items()}
    progress.begin("Analysing", total=None, unit="")
    analysis = analyse(Records(derived / "records"), known, heuristics=heuristics)
    made |= {f"derived/{name}": digest for name, digest in write_analysis(analysis, derived=derived).items()}
    unit = requesting_unit(folder, drafting.authorization)
    prepared = prepare(
        analysis.findings, unit=unit, on=drafting.at.date(), corpus=known.law, holder_of=known.holder_of, bank_of=known.bank_of
    )
    head = letterhead(folder, drafter=drafting.drafter, rests_on=drafting.rests_on)
    found = {finding.identity: finding for finding in analysis.findings}
    files = {INDEX: encode_index(prepared)}
    for request in prepared.requests:
        files.update(documents(request, head, at=drafting.at, known=found))
    for name, data in files.items():
        put(target / name, data)
    progress.end()
    return Made(
        files=made | {name: str(digest) for name, digest in digests(files).items()},
        rows=read.rows,
        confinement=read.confinement,
        findings=len(analysis.findings),
        left_out=analysis.left_out,
        requests=len(prepared.requests),
    )
