"""Explaining: a finding down to its bytes, a request down to its law."""

from collections.abc import Iterator

from comity.analysis.finding import Finding
from comity.casework.drafts import drafted
from comity.casework.findings_file import decode
from comity.casework.folder import Folder
from comity.casework.knowledge import know_again
from comity.casework.method_facts import methods
from comity.casework.read_material import job_of
from comity.casework.view import reference_uses
from comity.cooperation.explanation import explain as explain_request
from comity.cooperation.request import Request
from comity.evidence.exhibit import Exhibit
from comity.law.provision import Need
from comity.law.route import route
from comity.observables import Trace
from comity.parsers.contract import Source
from comity.parsers.cutting import Cutter
from comity.parsers.extraction import cut
from comity.terms.errors import MaterialError, StateError
from comity.terms.instant import format_instant

_MOST_TRACES = 20
_MOST_BYTES = 1000
_MOST_LINES = 16


def explain(folder: Folder, *, identity: str) -> Iterator[str]:
    """Yield the explanation of the finding or request `identity` line by line; StateError when the case has none of that name."""
    path = folder.path / "derived" / "findings.json"
    findings = {finding.identity: finding for finding in decode(path.read_bytes())} if path.exists() else {}
    if (finding := findings.get(identity)) is not None:
        yield from _finding(folder, finding)
        return
    request = next((each for each, _ in drafted(folder) if each.identity == identity), None)
    if request is None:
        raise StateError(
            f"this case has no finding or request {identity[:40]!r}",
            remedy="report.html lists findings and requests.",
        )
    yield from _request(folder, request, findings)


def _request(folder: Folder, request: Request, findings: dict[str, Finding]) -> Iterator[str]:
    derived = [entry for entry in folder.entries() if entry.event == "findings:derived"]
    known = know_again(reference_uses(derived[-1].object.get("snapshots")), example_worlds=folder.path / "reference")
    routing = route(request.requesting_state, request.requested_state, need=Need.PRESERVATION, on=request.on, corpus=known.law)
    yield from explain_request(request, routing=routing, findings=findings)


def _finding(folder: Folder, finding: Finding) -> Iterator[str]:
    yield f"{finding.identity}  {finding.kind}  {finding.strength.value}"
    yield finding.title
    yield f"  {finding.statement}"
    yield "For:"
    yield from (f"  + {reason.text} ({reason.code})" for reason in finding.reasons if not reason.against)
    if any(reason.against for reason in finding.reasons):
        yield "Against:"
        yield from (f"  - {reason.text} ({reason.code})" for reason in finding.reasons if reason.against)
    if finding.limits:
        yield "What it does not show:"
        yield from (f"  {limit}" for limit in finding.limits)
    method = methods().of(finding)
    yield f"Method: {finding.method}, version {finding.method_version}{f' ({method.nature})' if method else ''}"
    yield f"Error of the method, {method.error}" if method else "Error of the method: not known for this version"
    for use in finding.references:
        yield f"Rests on: {use.snapshot}, facts of {use.dated}, SHA-256 {use.sha256}"
    for each in finding.involved:
        at = "at an unknown time" if each.at is None else format_instant(each.at)
        yield f"Names: {each.selector.value} ({each.role}) {at}"
    yield f"Traces ({len(finding.traces)}):"
    with Cutter() as cutter:
        for trace in finding.traces[:_MOST_TRACES]:
            yield from _trace(folder, trace, cutter=cutter, named=tuple(each.selector.value for each in finding.involved))
    if len(finding.traces) > _MOST_TRACES:
        yield f"  … and {len(finding.traces) - _MOST_TRACES} more, in derived/findings.json"


def _trace(folder: Folder, trace: Trace, *, cutter: Cutter, named: tuple[str, ...]) -> Iterator[str]:
    """Yield the place and the very bytes, cut out of the preserved exhibit now; of many, those around what the finding names."""
    exhibit = folder.exhibit(trace.exhibit)
    inside = f", {trace.member}" if trace.member else ""
    yield f"  exhibit {trace.exhibit} ({exhibit.name}{inside}), {trace.length} bytes at {trace.offset}:"
    try:
        data = _bytes(folder, exhibit, trace, cutter)
    except MaterialError as error:
        yield f"    {error.what}"
        return
    begin = _begin(data, named)
    if begin:
        yield f"    | … {begin} bytes before"
    shown = data[begin : begin + _MOST_BYTES].decode("utf-8", errors="backslashreplace")
    yield from (f"    | {line}" for line in shown.splitlines()[:_MOST_LINES])
    if len(data) > begin + _MOST_BYTES:
        yield f"    | … {len(data) - begin - _MOST_BYTES} bytes more"


def _bytes(folder: Folder, exhibit: Exhibit, trace: Trace, cutter: Cutter) -> bytes:
    """Return the bytes of `trace`; what lies inside the exhibit is opened by a confined child, never here."""
    if trace.member:
        return cutter.cut(job_of(folder, exhibit), trace)
    with folder.open_exhibit(exhibit) as stream:
        return cut(Source(stream=stream, size=exhibit.size, name=exhibit.name, modified=exhibit.modified), trace)


def _begin(data: bytes, named: tuple[str, ...]) -> int:
    """Return where to begin showing `data`: at its start, or a little before the first name that would not be seen there."""
    places = [place for place in (data.find(name.encode()) for name in named) if place >= 0]
    if not places or min(places) < _MOST_BYTES // 2:
        return 0
    return data.rfind(b"\n", 0, max(0, min(places) - _MOST_BYTES // 4)) + 1
