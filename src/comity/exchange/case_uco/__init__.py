"""The case as a CASE/UCO graph, so that other forensic tools can read who did what to which exhibit and what came of it.

`parts` writes it; `CONFIDENCE` are the figures it gives for the strengths of findings.
Source: CASE ontology 1.4 and 1.5 (caseontology.org), UCO 1.4 (unifiedcyberontology.org), written as JSON-LD 1.1.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from comity.exchange.case_uco.acts import Acts
from comity.exchange.case_uco.exhibits import MOST_DETAILED, acquired_exhibits, child_exhibits, missing_exhibit
from comity.exchange.case_uco.findings import CONFIDENCE, FIRST_TRACES, assertions
from comity.exchange.case_uco.graph import NODES_PER_PART, Graph, instant
from comity.exchange.case_view import CaseView

__all__ = ["CONFIDENCE", "FIRST_TRACES", "FOLDER", "GRAPH", "MOST_DETAILED", "NODES_PER_PART", "parts"]

GRAPH: Final = "case.jsonld"
"""The first part, or the whole graph of a case that fits in one."""

FOLDER: Final = "graph/"
"""Where further parts go, by number from 0002."""


def parts(view: CaseView, *, earlier: Iterable[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield the graph of `view` as JSON-LD documents, by path in the case folder; the same view gives the same bytes.

    The first part begins with the investigation, its authorizations and acts; then come findings, exhibits and what was found inside
    them. Each part is a valid graph alone and says the class of what another describes; together they are the whole.
    `earlier` are paths of parts that the ledger names already: those not needed any more are written without content, as a
    path the ledger names has to be there. Memory is that of one part.
    """
    graph = Graph(view.identity)
    names = _names()
    written = set()
    for _ in _described(graph, view):
        if graph.full:
            name = next(names)
            written.add(name)
            yield name, graph.cut()
    name = next(names)
    yield name, graph.cut()
    for left in sorted(set(earlier) - written - {name, GRAPH}):
        graph.add("superseded", left, "core:UcoObject", {"core:description": f"{left} is no longer a part of the graph."})
        yield left, graph.cut()


def _names() -> Iterator[str]:
    yield GRAPH
    number = 1
    while True:
        number += 1
        yield f"{FOLDER}{number:04d}.jsonld"


def _described(graph: Graph, view: CaseView) -> Iterator[None]:
    """Describe everything, pausing after each thing so that the part can be cut there."""
    unit = graph.add("organization", view.authority, "identity:Organization", {"core:name": view.authority})
    investigation = graph.reference("investigation", view.identity, "case:Investigation")
    acts = Acts(graph, view, investigation=investigation, unit=unit)
    graph.add(
        "investigation",
        view.identity,
        "case:Investigation",
        {
            "core:name": view.title,
            "core:description": f"Case {view.identity}, opened by {view.authority} ({view.state}).",
            "core:createdBy": unit,
            "core:startTime": instant(view.opened_at),
            "case:investigationForm": "case",
            "case:relevantAuthorization": tuple(acts.authorization(number) for number, _ in view.authorizations),
        },
    )
    _authorizations(graph, view)
    yield
    yield from acts.describe()
    yield from assertions(graph, view.findings, within=investigation, act=acts.newest.get("findings:derived"))
    missing = acts.exhibits | {trace.exhibit for finding in view.findings for trace in finding.traces[:FIRST_TRACES]}
    yield from acquired_exhibits(graph, view, acts.acquired, missing)
    yield from child_exhibits(graph, view.inside, acts.newest.get("records:derived"), missing)
    for number in sorted(missing):
        missing_exhibit(graph, number)
        yield


def _authorizations(graph: Graph, view: CaseView) -> None:
    for number, one in view.authorizations:
        graph.add(
            "authorization",
            str(number),
            "case:Authorization",
            {
                "case:authorizationType": str(one.basis),
                "case:authorizationIdentifier": one.reference,
                "core:description": f"Issued by {one.issuer}. Scope: {one.scope}. Ledger entry {number}.",
                "core:startTime": instant(one.period.start),
                "core:endTime": instant(one.period.end),
            },
        )
