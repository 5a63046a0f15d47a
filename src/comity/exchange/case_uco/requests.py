"""Requests in the graph: a compilation of the letter, the findings it rests on and the selectors it asks about."""

from collections.abc import Sequence

from comity.cooperation.request import Request
from comity.exchange.case_uco.findings import finding_of, selector_of
from comity.exchange.case_uco.graph import Graph, Reference
from comity.exchange.case_view import EntryRow


def request(graph: Graph, entry: EntryRow, files: tuple[Reference, ...], drafted: Sequence[Request], *, known: frozenset[str]) -> Reference:
    """Describe the request that `entry` drafted into `files`, and return its name.

    What it asks about is added when the request is still one of those `drafted` last; `known` are the identities of findings that
    the graph describes.
    """
    said = entry.object
    identity = str(said.get("request"))
    article = f" Art. {said['article']}" if said.get("article") else ""
    items = [item for one in drafted if one.identity == identity for item in one.items]
    findings = sorted({finding for item in items for finding in item.findings} & known)
    selectors = sorted({item.selector for item in items})
    return graph.add(
        "request",
        f"{identity}:{entry.number}",
        "core:ContextualCompilation",
        {
            "core:name": f"Request {identity}",
            "core:description": f"{said.get('instrument')}{article}, to {said.get('custodian')} in {said.get('requested_state')}; "
            f"{entry.result.get('standing')}, drafted by ledger entry {entry.number}.",
            "core:tag": "request",
            "core:object": (
                *files,
                *(finding_of(graph, finding) for finding in findings),
                *(selector_of(graph, selector) for selector in selectors),
            ),
        },
    )
