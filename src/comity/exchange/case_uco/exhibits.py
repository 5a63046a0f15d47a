"""Exhibits in the graph: a provenance record each, their files with digests, the manifests that list them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from comity.evidence.exhibit import Exhibit
from comity.exchange.case_uco.graph import Graph, Reference, instant
from comity.exchange.case_view import CaseView, ChildFile, Manifest

MOST_DETAILED: Final = 2000
"""Up to so many exhibits the graph has their times and all their digests; beyond, name, size and SHA-256. The manifest has all."""

_HEX: Final = re.compile(r"([0-9a-fA-F]{2}){16,64}")
RECORD: Final = "case:ProvenanceRecord"
_FILE: Final = "observable:File"
_KINDS: Final[Mapping[str, str]] = {
    "file": _FILE,
    "directory": "observable:Directory",
    "symlink": "observable:SymbolicLink",
    "fifo": "observable:NamedPipe",
    "socket": "observable:Socket",
}


def file_named(graph: Graph, path: str, sha256: str, *, description: str = "") -> Reference:
    """Describe a file of the case folder, known by its path there and its SHA-256, and return its name."""
    key = f"{path}:{sha256}"
    digests = hashes(graph, key, {"SHA256": sha256})
    content = graph.add("content", key, "observable:ContentDataFacet", {"observable:hash": digests}) if digests else None
    return graph.add(
        "file", key, _FILE, {"core:name": path or "(without a name)", "core:description": description, "core:hasFacet": content}
    )


def file_of(graph: Graph, number: str) -> Reference:
    """Return the name of the file that exhibit `number` is."""
    return graph.reference("file", number, _FILE)


def record_of(graph: Graph, number: str) -> Reference:
    """Return the name of the provenance record of exhibit `number`."""
    return graph.reference("provenance", number, RECORD)


def manifest_record(graph: Graph, manifest: Manifest) -> Reference:
    """Describe an acquisition's manifest as one provenance record, and return its name."""
    text = f"{manifest.count} exhibits, listed one by one with their digests in this manifest; Merkle root {manifest.merkle_root}."
    file = file_named(graph, manifest.path, manifest.sha256)
    return graph.add("provenance", f"manifest:{manifest.path}", RECORD, {"core:description": text, "core:object": file})


def hashes(graph: Graph, key: str, digests: Mapping[str, str]) -> tuple[Reference, ...]:
    """Describe digests in hex by method, as the ontology's HashNameVocab spells it; what is no digest is left out."""
    return tuple(
        graph.add("hash", f"{key}:{method}", "types:Hash", {"types:hashMethod": method, "types:hashValue": digest})
        for method, digest in digests.items()
        if _HEX.fullmatch(digest)
    )


def acquired_exhibits(graph: Graph, view: CaseView, acts: Mapping[str, Reference], missing: set[str]) -> Iterator[None]:
    """Describe the acquired exhibits, in the order of their manifests, as results of the acts that acquired them; one a step.

    `acts` are those acts by the path of the manifest each wrote; the numbers described are taken out of `missing`.
    """
    detailed = len(view.exhibits) <= MOST_DETAILED
    exhibits = iter(view.exhibits)
    for manifest in view.manifests:
        act = acts.get(manifest.path)
        for exhibit in islice(exhibits, manifest.count):
            record = _acquired(graph, exhibit, detailed=detailed)
            if act is not None:
                graph.link(act, "action:result", record)
            missing.discard(exhibit.number)
            yield


def _acquired(graph: Graph, exhibit: Exhibit, *, detailed: bool) -> Reference:
    key = exhibit.number
    digests = {"SHA256": exhibit.sha256.hex if exhibit.sha256 else ""}
    if detailed:
        digests |= {"MD5": exhibit.md5 or "", "SHA1": exhibit.sha1 or ""}
    content = graph.add(
        "content",
        key,
        "observable:ContentDataFacet",
        {"observable:hash": hashes(graph, key, digests), "observable:sizeInBytes": exhibit.size},
    )
    facets = (content, _times(graph, exhibit)) if detailed else (content,)
    file = graph.add(
        "file", key, _KINDS.get(exhibit.kind, "observable:FileSystemObject"), {"core:name": exhibit.name, "core:hasFacet": facets}
    )
    return _record(graph, key, file, description="" if exhibit.defect is None else f"Not acquired whole: {exhibit.defect}")


def _times(graph: Graph, exhibit: Exhibit) -> Reference:
    return graph.add(
        "name",
        exhibit.number,
        "observable:FileFacet",
        {
            "observable:fileName": exhibit.name.rpartition("/")[2],
            "observable:filePath": exhibit.name,
            "observable:sizeInBytes": exhibit.size,
            "observable:isDirectory": exhibit.kind == "directory",
            "observable:modifiedTime": instant(exhibit.modified),
            "observable:accessedTime": instant(exhibit.accessed),
            "observable:metadataChangeTime": instant(exhibit.changed),
        },
    )


def child_exhibits(graph: Graph, children: Iterable[ChildFile], act: Reference | None, missing: set[str]) -> Iterator[None]:
    """Describe what was found inside exhibits, each derived from the exhibit around it, as results of the reading; one a step.

    The numbers described are taken out of `missing`.
    """
    for child in children:
        content = graph.add(
            "content",
            child.number,
            "observable:ContentDataFacet",
            {
                "observable:hash": hashes(graph, child.number, {"SHA256": child.sha256 or ""}),
                "observable:mimeType": child.detected_type,
                "observable:sizeInBytes": child.size,
            },
        )
        file = graph.add("file", child.number, _FILE, {"core:name": child.name, "core:hasFacet": content})
        record = _record(graph, child.number, file, description=f"Inside the exhibit it was derived from, at {child.member}")
        if act is not None:
            graph.link(act, "action:result", record)
        missing.discard(child.number)
        yield


def missing_exhibit(graph: Graph, number: str) -> None:
    """Describe an exhibit that an act or a finding names and neither the manifests nor the tables have: by that fact alone."""
    text = f"Exhibit {number}, which is named and is not among the exhibits as they are now."
    file = graph.add("file", number, _FILE, {"core:description": text})
    graph.add("provenance", number, RECORD, {"core:description": text, "core:object": file})


def _record(graph: Graph, number: str, file: Reference, *, description: str) -> Reference:
    around = number.rpartition(".")[0]
    return graph.add(
        "provenance",
        number,
        RECORD,
        {
            "case:exhibitNumber": number,
            "case:rootExhibitNumber": number.partition(".")[0],
            "case:wasDerivedFrom": record_of(graph, around) if around else None,
            "core:description": description,
            "core:object": file,
        },
    )
