"""Papers for a court: certificates and the error annex, drafted from the ledger and entered in it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comity import __version__
from comity.casework.clock import now
from comity.casework.derive import FINDINGS
from comity.casework.folder import Folder
from comity.casework.method_facts import methods
from comity.casework.open_case import Actor
from comity.casework.output_file import place, require_free
from comity.casework.progress import Progress
from comity.casework.view import entry_row, view_case
from comity.evidence import custody
from comity.evidence.authorization import live
from comity.exchange import paper
from comity.exchange.case_view import CaseView, EntryRow
from comity.exchange.certificate import Kind, draft
from comity.exchange.error_annex import chapters
from comity.exchange.paper import Paper, renumbered
from comity.exchange.visible_text import moment, state_name, visible
from comity.terms.canonical import Json
from comity.terms.errors import IntegrityError, SettingsError, StateError

CHECKED = "exhibits:checked"
CERTIFICATE = "certificate:drafted"
ANNEX = "annex:drafted"
_FORMS = (".pdf", ".docx", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file that was written, with its SHA-256."""

    path: Path
    sha256: str


def write_certificate(
    folder: Folder, kind: Kind, *, outputs: Sequence[Path], exhibits: Sequence[str], progress: Progress
) -> tuple[Written, ...]:
    """Draft the certificate of `kind` and write it to `outputs`, whose suffixes (.pdf, .docx, .json) say the form.

    For a certificate of copies the preserved bytes are read and hashed again first, and that is entered: the certificate says
    nothing the ledger does not. `exhibits` are numbers, all when empty. StateError when nothing was derived yet, for an
    exhibit that does not exist and for an output that does; IntegrityError when a copy is not what was acquired.
    """
    _require_outputs(folder, outputs)
    for number in exhibits:
        if "." in number:
            raise StateError(f"{number} is inside an exhibit", remedy="Name the exhibit it lies in: the part before the first point.")
        folder.exhibit(number)
    with folder.locked("comity certificate"):
        checked = None if kind is Kind.PROCESS else _check(folder, exhibits, progress)
        at = now()
        view = _view(folder, at=at)
        drafted = draft(kind, view, annex=view.annex, methods=methods(), checked=checked, exhibits=exhibits, at=at)
        return _write(folder, drafted, outputs, event=CERTIFICATE, about={"kind": kind.value, "exhibits": list(exhibits)}, at=at)


def write_annex(folder: Folder, *, outputs: Sequence[Path]) -> tuple[Written, ...]:
    """Write the error annex of the case to `outputs`; errors as `write_certificate`."""
    _require_outputs(folder, outputs)
    with folder.locked("comity annex"):
        at = now()
        view = _view(folder, at=at)
        head = view.head
        drafted = Paper(
            title="Error annex: known weaknesses of each step performed",
            reference=f"annex {view.identity[:8]}",
            authority=visible(view.authority),
            state=state_name(view.state),
            banner="",
            facts=(
                ("Case", visible(f"{view.title} ({view.identity})")),
                ("Ledger as of", "no entry" if head is None else f"entry {head.number}, {moment(head.at)}, SHA-256 {head.digest}"),
                ("Weaknesses as known on", methods().as_of.isoformat()),
            ),
            opening=(
                "For each step that was performed in this case: what was done, what is known to go wrong with the technique, what this "
                "program does against it, and what remains. A weakness is a possibility, not a finding that it happened."
            ),
            chapters=tuple(renumbered(chapters(view.annex))),
            blanks=(),
            closing="",
            made=f"Made with Comity {__version__} on {moment(at)}.",
        )
        return _write(folder, drafted, outputs, event=ANNEX, about={}, at=at)


def _view(folder: Folder, *, at: datetime) -> CaseView:
    entries = folder.entries()
    if not any(entry.event == FINDINGS for entry in entries):
        raise StateError("nothing was derived in this case yet", remedy="Run `comity investigate` first.")
    return view_case(folder, entries=entries, at=at, tool=__version__)


def _check(folder: Folder, exhibits: Sequence[str], progress: Progress) -> EntryRow:
    """Read and hash the copies again and enter it; IntegrityError when one is not what was acquired. Needs a live authorization."""
    authorization = live(folder.entries(), at=now())
    chosen = [one for one in folder.exhibits() if one.location is not None and (not exhibits or one.number in exhibits)]
    size = sum(one.size for one in chosen)
    progress.begin("Checking the copies", total=size, unit="bytes")
    verdict = custody.check(folder.store, chosen, progress=progress.advance)
    progress.end()
    if verdict.broken:
        changed = "; ".join(f"{one.subject}: {one.words}" for one in verdict.broken[:5])
        raise IntegrityError(f"the copies are not as acquired: {changed}")
    numbers: list[Json] = list(exhibits)
    entry = Actor(folder)(
        CHECKED,
        authorization=authorization,
        object={"exhibits": numbers or "all", "manifests": [one.manifest_sha256.hex for one in folder.manifests()]},
        result={"exhibits": len(chosen), "bytes": size, "different": 0},
    )
    return entry_row(entry)


def _write(
    folder: Folder, drafted: Paper, outputs: Sequence[Path], *, event: str, about: Mapping[str, Json], at: datetime
) -> tuple[Written, ...]:
    """Write `drafted` in the form each of `outputs` asks for, and enter what was written."""
    written: list[Written] = []
    for output in outputs:
        if output.suffix == ".pdf":
            data = paper.pdf(drafted, at=at)
        else:
            data = paper.docx(drafted, at=at) if output.suffix == ".docx" else paper.encode(drafted)
        place(output, data)
        written.append(Written(path=output, sha256=hashlib.sha256(data).hexdigest()))
    names: dict[str, Json] = {visible(one.path.name): one.sha256 for one in written}
    Actor(folder)(event, authorization=None, object={**about, "as_of_entry": len(folder.entries())}, result={"written": names}, at=at)
    return tuple(written)


def _require_outputs(folder: Folder, outputs: Sequence[Path]) -> None:
    if len({output.name for output in outputs}) < len(outputs):
        raise SettingsError("two outputs have the same name", remedy="Name each file once.")
    for output in outputs:
        if output.suffix not in _FORMS:
            raise SettingsError(f"{output} says no form", remedy=f"End its name with {', '.join(_FORMS[:-1])} or {_FORMS[-1]}.")
        require_free(folder, output)
