"""Writing what a case gives to others: the report, the CASE/UCO graph, the STIX bundle; entered in the ledger."""

from collections.abc import Mapping

from comity import __version__
from comity.casework.clock import now
from comity.casework.derive import put
from comity.casework.drafts import digests
from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.casework.progress import Progress
from comity.casework.view import view_case
from comity.exchange import case_uco, report, stix
from comity.exchange.case_view import CaseView

REPORTED = "report:written"


def outputs(view: CaseView) -> Mapping[str, bytes]:
    """Return the files that show `view`, by path in the case folder; the same view gives the same bytes."""
    return {"report.html": report.render(view), "case.jsonld": case_uco.graph(view), "stix.json": stix.bundle(view)}


def write_report(folder: Folder, act: Actor, *, progress: Progress) -> None:
    """Write the outputs of the case as it stands, and enter their digests."""
    progress.begin("Reporting", total=None, unit="")
    at = now()
    entries = folder.entries()
    files = outputs(view_case(folder, entries=entries, at=at, tool=__version__))
    for name, data in files.items():
        put(folder.path / name, data)
    act(REPORTED, authorization=None, object={"as_of_entry": len(entries)}, result={"files": digests(files)}, at=at)
    progress.end()
