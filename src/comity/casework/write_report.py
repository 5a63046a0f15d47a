"""Writing what a case gives to others: the report, the CASE/UCO graph, the STIX bundle; entered in the ledger."""

import hashlib
from collections.abc import Iterable, Iterator

from comity import __version__
from comity.casework.clock import now
from comity.casework.derive import put
from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.casework.progress import Progress
from comity.casework.view import view_case
from comity.exchange import case_uco, report, stix
from comity.exchange.case_view import CaseView
from comity.ledger import Entry, current_files
from comity.terms.canonical import Json

REPORTED = "report:written"


def outputs(view: CaseView, *, entries: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the files that show `view` by path in the case folder; the same view gives the same bytes.

    A graph in many parts is never held whole. `entries` are those of the view: a part that they name is written again.
    """
    yield "report.html", report.render(view)
    yield "stix.json", stix.bundle(view)
    yield from case_uco.parts(view, earlier=[name for name in current_files(entries) if name.startswith(case_uco.FOLDER)])


def write_report(folder: Folder, act: Actor, *, heuristics: bool = True, progress: Progress) -> None:
    """Write the outputs of the case as it stands, and enter their digests.

    Without `heuristics`, findings that rest on them are left out, and the entry says so.
    """
    progress.begin("Reporting", total=None, unit="")
    at = now()
    entries = folder.entries()
    files: dict[str, Json] = {}
    for name, data in outputs(view_case(folder, entries=entries, at=at, tool=__version__, heuristics=heuristics), entries=entries):
        put(folder.path / name, data)
        files[name] = hashlib.sha256(data).hexdigest()
    act(REPORTED, authorization=None, object={"as_of_entry": len(entries), "heuristics": heuristics}, result={"files": files}, at=at)
    progress.end()
