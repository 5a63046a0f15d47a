"""A graph in parts: nodes under lasting identifiers, written as JSON-LD of bounded size, each part whole by itself.

Source: JSON-LD 1.1 (W3C, 2020), 4.2.3 (type coercion) and 3.3 (a node may be described in several documents); RFC 9562, 5.5 (UUIDv5).
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from comity.exchange.visible_text import encodable
from comity.terms.canonical import Json

NODES_PER_PART: Final = 4000
"""A part is closed at the first chance beyond this many nodes: a thousand exhibits, which a validator does in minutes."""

_CONTEXT: Final[Mapping[str, Json]] = {
    "kb": "urn:uuid:",
    "case": "https://ontology.caseontology.org/case/investigation/",
    "action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{
        term: {"@type": type_}
        for type_, terms in {
            "xsd:dateTime": (
                "action:startTime",
                "action:endTime",
                "core:startTime",
                "core:endTime",
                "observable:modifiedTime",
                "observable:accessedTime",
                "observable:metadataChangeTime",
            ),
            "xsd:hexBinary": ("types:hashValue",),
            "xsd:nonNegativeInteger": ("core:confidence",),
        }.items()
        for term in terms
    },
}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Reference:
    """A node by name: its identifier, and the class it is of, so that it can be named where it is not described."""

    identifier: str
    type: str


Property: TypeAlias = Json | Reference | tuple[Reference, ...]
"""A literal, a list of literals, or one or more nodes."""


class Graph:
    """The part being written: nodes and what they say, and the links between them.

    Each node is named by a UUID made from the case, the kind of node and a key, so that the same case gives the same names and
    every part may speak of what another describes.
    """

    def __init__(self, case: str) -> None:
        self._space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:comity:case:{encodable(case)}")
        self._nodes: dict[str, dict[str, Json]] = {}
        self._named: dict[str, str] = {}
        self._links: dict[tuple[str, str], dict[str, None]] = {}

    @property
    def full(self) -> bool:
        """Whether the part should be cut before anything is added."""
        return len(self._nodes) >= NODES_PER_PART

    def reference(self, kind: str, key: str, type_: str) -> Reference:
        """Return the name of a node of class `type_` that is described here, earlier or later."""
        return Reference(f"kb:{uuid.uuid5(self._space, encodable(f'{kind}:{key}'))}", type_)

    def add(self, kind: str, key: str, type_: str, properties: Mapping[str, Property]) -> Reference:
        """Describe a node, once per part, and return its name; properties that are empty are left out."""
        name = self.reference(kind, key, type_)
        if name.identifier in self._nodes:
            return name
        node: dict[str, Json] = {"@id": name.identifier, "@type": type_}
        self._nodes[name.identifier] = node
        for term, value in properties.items():
            if isinstance(value, Reference):
                self.link(name, term, value)
            elif isinstance(value, tuple):
                self.link(name, term, *value)
            elif value not in (None, "", []):
                node[term] = value
        return name

    def link(self, subject: Reference, term: str, *objects: Reference) -> None:
        """Say that `subject` has `objects`, too; subject and objects need not be described in this part."""
        if objects:
            self._named[subject.identifier] = subject.type
            self._named.update((each.identifier, each.type) for each in objects)
            self._links.setdefault((subject.identifier, term), {}).update(dict.fromkeys(each.identifier for each in objects))

    def cut(self) -> bytes:
        """Return the part as JSON-LD, a node a line, and begin the next.

        Nodes that are only referred to are given with their class, as the ontology's shapes ask for it.
        """
        for name, type_ in self._named.items():
            self._nodes.setdefault(name, {"@id": name, "@type": type_})
        for (subject, term), objects in self._links.items():
            references: list[Json] = [{"@id": name} for name in objects]
            self._nodes[subject][term] = references if len(references) > 1 else references[0]
        lines = ",\n".join(map(_encode, self._nodes.values()))
        text = f'{{"@context":{_encode(_CONTEXT)},\n"@graph":[\n{lines}\n]}}\n'
        self._nodes, self._named, self._links = {}, {}, {}
        return encodable(text).encode("utf-8")


def instant(at: datetime | None) -> Json:
    """Return `at` as xsd:dateTime in UTC, None for None."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
