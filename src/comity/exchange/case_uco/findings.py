"""Findings in the graph: assertions about exhibits and selectors, with a confidence and the first of their traces."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from comity.analysis.finding import Finding, Strength
from comity.exchange.case_uco.exhibits import file_of, hashes
from comity.exchange.case_uco.graph import Graph, Reference
from comity.observables import Trace
from comity.terms.selector import Kind, Selector

CONFIDENCE: Final[Mapping[Strength, int]] = {Strength.STRONG: 85, Strength.MODERATE: 50, Strength.WEAK: 15}
"""High, medium and low on the scale of STIX 2.1, Appendix A; a rank in numbers, not a probability."""

FIRST_TRACES: Final = 2
"""How many traces of a finding are nodes; how many there are is said, and all are in derived/findings.json."""

_SELECTORS: Final[Mapping[Kind, tuple[str, str, str]]] = {
    Kind.IPV4: ("observable:IPv4Address", "observable:IPv4AddressFacet", "observable:addressValue"),
    Kind.IPV6: ("observable:IPv6Address", "observable:IPv6AddressFacet", "observable:addressValue"),
    Kind.DOMAIN: ("observable:DomainName", "observable:DomainNameFacet", "observable:value"),
    Kind.URL: ("observable:URL", "observable:URLFacet", "observable:fullValue"),
    Kind.EMAIL: ("observable:EmailAddress", "observable:EmailAddressFacet", "observable:addressValue"),
    Kind.IBAN: ("observable:Account", "observable:AccountFacet", "observable:accountIdentifier"),
    Kind.ACCOUNT: ("observable:Account", "observable:AccountFacet", "observable:accountIdentifier"),
    Kind.BITCOIN: ("observable:DigitalAccount", "observable:AccountFacet", "observable:accountIdentifier"),
    Kind.ETHEREUM: ("observable:DigitalAccount", "observable:AccountFacet", "observable:accountIdentifier"),
}


def finding_of(graph: Graph, identity: str) -> Reference:
    """Return the name of the finding `identity`, as an assertion: an annotation has to say about what where it is called one."""
    return graph.reference("finding", identity, "core:Assertion")


def assertions(graph: Graph, findings: Sequence[Finding], *, within: Reference, act: Reference | None) -> Iterator[None]:
    """Describe `findings` as part of the investigation `within` and as results of `act`; one a step."""
    for finding in findings:
        name = _assertion(graph, finding)
        graph.link(within, "core:object", name)
        if act is not None:
            graph.link(act, "action:result", name)
        yield


def _assertion(graph: Graph, finding: Finding) -> Reference:
    confidence = graph.add("confidence", finding.identity, "core:ConfidenceFacet", {"core:confidence": str(CONFIDENCE[finding.strength])})
    selectors = sorted({one.selector for one in finding.involved})
    reasons = [f"{'Against: ' if reason.against else ''}{reason.text}" for reason in finding.reasons]
    shown = min(FIRST_TRACES, len(finding.traces))
    return graph.add(
        "finding",
        finding.identity,
        "core:Annotation",
        {
            "core:name": f"{finding.identity}: {finding.title}",
            "core:statement": finding.statement,
            "core:description": " ".join(
                [
                    f"Method {finding.method} {finding.method_version}, strength {finding.strength}.",
                    *reasons,
                    *(["Limits:", *finding.limits] if finding.limits else []),
                    f"Traces: {len(finding.traces)}, the first {shown} here, all in derived/findings.json.",
                ]
            ),
            "core:tag": finding.kind,
            "core:hasFacet": confidence,
            "core:object": (
                *(_piece(graph, trace) for trace in finding.traces[:FIRST_TRACES]),
                *(selector_of(graph, selector) for selector in selectors),
            ),
        },
    )


def _piece(graph: Graph, trace: Trace) -> Reference:
    """Describe the bytes of `trace` as content data that lies within its exhibit."""
    key = f"{trace.exhibit}:{trace.offset}:{trace.length}"
    text = f"Exhibit {trace.exhibit}, {trace.length} bytes from {trace.offset}"
    piece = graph.add("piece", key, "observable:ContentData", {"core:description": text})
    span = graph.add(
        "range", key, "observable:DataRangeFacet", {"observable:rangeOffset": trace.offset, "observable:rangeSize": trace.length}
    )
    graph.add(
        "within",
        key,
        "observable:ObservableRelationship",
        {
            "core:source": piece,
            "core:target": file_of(graph, trace.exhibit),
            "core:kindOfRelationship": "Contained_Within",
            "core:isDirectional": True,
            "core:hasFacet": span,
        },
    )
    return piece


def selector_of(graph: Graph, selector: Selector) -> Reference:
    """Describe an address, an account, a domain or the like, and return its name."""
    key = f"{selector.kind}:{selector.value}"
    if selector.kind is Kind.SHA256:
        digests = hashes(graph, key, {"SHA256": selector.value})
        content = graph.add("content", key, "observable:ContentDataFacet", {"observable:hash": digests})
        return graph.add("selector", key, "observable:File", {"core:hasFacet": content})
    type_, facet_type, property_ = _SELECTORS[selector.kind]
    facet = graph.add("facet", key, facet_type, {property_: selector.value})
    return graph.add("selector", key, type_, {"core:tag": str(selector.kind), "core:hasFacet": facet})
