"""The case as a CASE/UCO graph, so that other forensic tools can read who did what to which exhibit and what came of it.

Source: CASE ontology 1.4 and 1.5 (caseontology.org), UCO 1.4 (unifiedcyberontology.org), written as JSON-LD 1.1.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

from comity.analysis.finding import Finding, Strength
from comity.evidence.exhibit import Exhibit
from comity.exchange.case_view import CaseView, ChildFile, Manifest
from comity.exchange.visible_text import encodable
from comity.observables import Trace
from comity.terms.canonical import Json
from comity.terms.selector import Kind, Selector

Node: TypeAlias = dict[str, Json]

MOST_EXHIBITS: Final = 2000
"""Beyond this many, exhibits that nothing refers to stand in the graph as one record per manifest, with its digest."""

CONFIDENCE: Final[Mapping[Strength, int]] = {Strength.STRONG: 85, Strength.MODERATE: 50, Strength.WEAK: 15}
"""High, medium and low on the scale of STIX 2.1, Appendix A; a rank in numbers, not a probability."""

_MOST_TRACES: Final = 5
_CONTEXT: Final[Node] = {
    "kb": "urn:uuid:",
    "case": "https://ontology.caseontology.org/case/investigation/",
    "action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
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


def graph(view: CaseView) -> bytes:
    """Return the case as JSON-LD: the investigation, its authorizations and acts, exhibits with digests, findings.

    Every identifier ends in a UUID that follows from the case's identity, so that the same view gives the same bytes.
    Findings are annotations (assertions about objects) with a confidence of 85, 50 or 15; at most five of each one's
    traces are nodes, all are in derived/findings.json. Beyond 2,000 exhibits see `MOST_EXHIBITS`.
    """
    writer = _Graph(view.identity)
    unit = writer.add("organization", view.authority, "identity:Organization", {"core:name": view.authority})
    tool = writer.add(
        "tool",
        view.tool_version,
        "tool:AnalyticTool",
        {"core:name": "Comity", "tool:toolType": "investigation", "tool:version": view.tool_version},
    )
    authorizations = {number: _authorization(writer, number, view) for number, _ in view.authorizations}
    records = _exhibits(writer, view)
    findings = [_finding(writer, finding) for finding in view.findings]
    actions = _actions(writer, view, tool=tool, records=records, findings=findings)
    writer.add(
        "investigation",
        view.identity,
        "case:Investigation",
        {
            "core:name": view.title,
            "core:description": f"Case {view.identity}, opened by {view.authority} ({view.state}).",
            "core:createdBy": unit,
            "core:startTime": _instant(view.opened_at),
            "case:investigationForm": "case",
            "case:relevantAuthorization": list(authorizations.values()),
            "core:object": [*records, *actions, *findings],
        },
    )
    document: Node = {"@context": _CONTEXT, "@graph": writer.nodes()}
    return encodable(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)).encode("utf-8") + b"\n"


class _Graph:
    """The nodes so far, each under an identifier made from the case, the kind of node and a key."""

    def __init__(self, case: str) -> None:
        self._space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:comity:case:{encodable(case)}")
        self._nodes: dict[str, Node] = {}

    def identifier(self, kind: str, key: str) -> str:
        return f"kb:{uuid.uuid5(self._space, encodable(f'{kind}:{key}'))}"

    def reference(self, kind: str, key: str) -> Json:
        return {"@id": self.identifier(kind, key)}

    def add(self, kind: str, key: str, type_: str, properties: Mapping[str, Json]) -> Json:
        """Add a node once and return a reference to it; properties that are empty are left out."""
        name = self.identifier(kind, key)
        filled = {term: value for term, value in properties.items() if value not in (None, "", [], ())}
        self._nodes.setdefault(name, {"@id": name, "@type": type_, **filled})
        return {"@id": name}

    def nodes(self) -> list[Node]:
        return [self._nodes[name] for name in sorted(self._nodes)]


def _instant(at: datetime | None) -> Json:
    if at is None:
        return None
    return {"@type": "xsd:dateTime", "@value": at.astimezone(UTC).isoformat().replace("+00:00", "Z")}


def _authorization(writer: _Graph, number: int, view: CaseView) -> Json:
    one = dict(view.authorizations)[number]
    return writer.add(
        "authorization",
        str(number),
        "case:Authorization",
        {
            "case:authorizationType": str(one.basis),
            "case:authorizationIdentifier": one.reference,
            "core:description": f"Issued by {one.issuer}. Scope: {one.scope}. Ledger entry {number}.",
            "core:startTime": _instant(one.period.start),
            "core:endTime": _instant(one.period.end),
        },
    )


def _exhibits(writer: _Graph, view: CaseView) -> list[Json]:
    """Add the exhibits with their digests and return their provenance records."""
    chosen: Sequence[Exhibit] = view.exhibits
    records: list[Json] = []
    if len(view.exhibits) > MOST_EXHIBITS:
        referred = {trace.exhibit.partition(".")[0] for finding in view.findings for trace in finding.traces}
        chosen = [exhibit for exhibit in view.exhibits if exhibit.number in referred]
        records += [_collection(writer, manifest) for manifest in view.manifests]
    for exhibit in chosen:
        file = _file(writer, exhibit)
        records.append(
            writer.add(
                "provenance",
                exhibit.number,
                "case:ProvenanceRecord",
                {"case:exhibitNumber": exhibit.number, "case:rootExhibitNumber": exhibit.number, "core:object": file},
            )
        )
    records += [_child(writer, child) for child in view.children]
    return records


def _collection(writer: _Graph, manifest: Manifest) -> Json:
    key = f"manifest:{manifest.path}"
    hashes = _hashes(writer, key, {"SHA256": manifest.sha256})
    content = writer.add("content", key, "observable:ContentDataFacet", {"observable:hash": hashes})
    named: Node = {"observable:fileName": manifest.path.rpartition("/")[2], "observable:filePath": manifest.path}
    name = writer.add("name", key, "observable:FileFacet", named)
    file = writer.add("file", key, "observable:File", {"core:hasFacet": [name, content]})
    text = f"{manifest.count} exhibits, listed one by one with their digests in this manifest; Merkle root {manifest.merkle_root}."
    return writer.add("provenance", key, "case:ProvenanceRecord", {"core:description": text, "core:object": file})


def _file(writer: _Graph, exhibit: Exhibit) -> Json:
    key = exhibit.number
    digests = {"SHA256": exhibit.sha256.hex if exhibit.sha256 else "", "MD5": exhibit.md5 or "", "SHA1": exhibit.sha1 or ""}
    name = writer.add(
        "name",
        key,
        "observable:FileFacet",
        {
            "observable:fileName": exhibit.name.rpartition("/")[2],
            "observable:filePath": exhibit.name,
            "observable:sizeInBytes": exhibit.size,
            "observable:isDirectory": exhibit.kind == "directory",
            "observable:modifiedTime": _instant(exhibit.modified),
            "observable:accessedTime": _instant(exhibit.accessed),
            "observable:metadataChangeTime": _instant(exhibit.changed),
        },
    )
    content = writer.add(
        "content",
        key,
        "observable:ContentDataFacet",
        {"observable:hash": _hashes(writer, key, digests), "observable:sizeInBytes": exhibit.size},
    )
    return writer.add("file", key, "observable:File", {"core:hasFacet": [name, content]})


def _child(writer: _Graph, child: ChildFile) -> Json:
    root = child.number.partition(".")[0]
    name = writer.add(
        "name", child.number, "observable:FileFacet", {"observable:fileName": child.name, "observable:sizeInBytes": child.size}
    )
    hashes = _hashes(writer, child.number, {"SHA256": child.sha256 or ""})
    content = writer.add(
        "content", child.number, "observable:ContentDataFacet", {"observable:hash": hashes, "observable:mimeType": child.detected_type}
    )
    file = writer.add("file", child.number, "observable:File", {"core:hasFacet": [name, content]})
    return writer.add(
        "provenance",
        child.number,
        "case:ProvenanceRecord",
        {
            "case:exhibitNumber": child.number,
            "case:rootExhibitNumber": root,
            "core:description": f"Found inside exhibit {root} at {child.member}: {child.why}",
            "core:object": file,
        },
    )


def _hashes(writer: _Graph, key: str, digests: Mapping[str, str]) -> list[Json]:
    return [
        writer.add(
            "hash",
            f"{key}:{method}",
            "types:Hash",
            {"types:hashMethod": method, "types:hashValue": {"@type": "xsd:hexBinary", "@value": digest}},
        )
        for method, digest in digests.items()
        if digest
    ]


def _finding(writer: _Graph, finding: Finding) -> Json:
    """Add a finding: an annotation of the selectors it names and of the pieces of exhibits it rests on."""
    confidence = writer.add(
        "confidence",
        finding.identity,
        "core:ConfidenceFacet",
        {"core:confidence": {"@type": "xsd:nonNegativeInteger", "@value": str(CONFIDENCE[finding.strength])}},
    )
    objects = [_piece(writer, trace) for trace in finding.traces[:_MOST_TRACES]]
    objects += [_selector(writer, selector) for selector in sorted({one.selector for one in finding.involved})]
    reasons = " ".join(f"{'Against: ' if reason.against else ''}{reason.text}" for reason in finding.reasons)
    limits = f" Limits: {' '.join(finding.limits)}" if finding.limits else ""
    return writer.add(
        "finding",
        finding.identity,
        "core:Annotation",
        {
            "core:name": f"{finding.identity}: {finding.title}",
            "core:statement": finding.statement,
            "core:description": f"Method {finding.method} {finding.method_version}, strength {finding.strength}. {reasons}{limits}",
            "core:tag": finding.kind,
            "core:hasFacet": confidence,
            "core:object": objects,
        },
    )


def _piece(writer: _Graph, trace: Trace) -> Json:
    """Add the bytes of `trace` as content data that lies within its exhibit."""
    key = f"{trace.exhibit}:{trace.offset}:{trace.length}"
    inside = f", {trace.member}" if trace.member else ""
    text = f"Exhibit {trace.exhibit}{inside}, {trace.length} bytes from {trace.offset}"
    piece = writer.add("piece", key, "observable:ContentData", {"core:description": text})
    span = writer.add(
        "range", key, "observable:DataRangeFacet", {"observable:rangeOffset": trace.offset, "observable:rangeSize": trace.length}
    )
    around = writer.add("file", trace.exhibit, "observable:File", {"core:description": f"Exhibit {trace.exhibit}{inside}"})
    writer.add(
        "within",
        key,
        "observable:ObservableRelationship",
        {
            "core:source": piece,
            "core:target": around,
            "core:kindOfRelationship": "Contained_Within",
            "core:isDirectional": True,
            "core:hasFacet": span,
        },
    )
    return piece


def _selector(writer: _Graph, selector: Selector) -> Json:
    key = f"{selector.kind}:{selector.value}"
    if selector.kind is Kind.SHA256:
        content = writer.add(
            "content", key, "observable:ContentDataFacet", {"observable:hash": _hashes(writer, key, {"SHA256": selector.value})}
        )
        return writer.add("selector", key, "observable:File", {"core:hasFacet": content})
    type_, facet_type, property_ = _SELECTORS[selector.kind]
    facet = writer.add("facet", key, facet_type, {property_: selector.value})
    return writer.add("selector", key, type_, {"core:tag": str(selector.kind), "core:hasFacet": facet})


def _actions(writer: _Graph, view: CaseView, *, tool: Json, records: Sequence[Json], findings: Sequence[Json]) -> list[Json]:
    """Add the acts of the ledger, each informed by the one before, and return them."""
    results = {"exhibits:acquired": records, "findings:derived": findings}
    actions: list[Json] = []
    for entry in view.entries:
        performer = writer.add("identity", entry.performer, "identity:Identity", {"core:name": entry.performer})
        basis = f" Under the authorization of ledger entry {entry.authorization}." if entry.authorization else ""
        actions.append(
            writer.add(
                "action",
                str(entry.number),
                "case:InvestigativeAction",
                {
                    "core:name": entry.event,
                    "core:description": f"Ledger entry {entry.number}, SHA-256 {entry.digest}. {entry.summary}{basis}",
                    "action:startTime": _instant(entry.at),
                    "action:endTime": _instant(entry.at),
                    "action:performer": performer,
                    "action:instrument": tool,
                    "action:result": list(results.get(entry.event, ())),
                    "case:wasInformedBy": actions[-1] if actions else None,
                },
            )
        )
    return actions
