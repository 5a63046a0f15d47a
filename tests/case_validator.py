"""What a CASE/UCO graph is held to: `case_validate` without parsing the same few queries again for every node: same shapes, same reports, a tenth of the time; and that it is whole.

Run as a program it prints what is wrong and exits with 1, as `case_validate` does: python tests/case_validator.py PART...
"""

import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from case_utils.case_validate import validate
from rdflib import RDF, Graph, Namespace, URIRef, plugin
from rdflib.plugins.sparql.processor import SPARQLProcessor, prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Processor

NEWEST = "case-1.5.0"
CASE = Namespace("https://ontology.caseontology.org/case/investigation/")
UCO = "https://ontology.unifiedcyberontology.org/uco/"
ACTION, CORE, OBSERVABLE, TOOL, TYPES = (Namespace(f"{UCO}{name}/") for name in ("action", "core", "observable", "tool", "types"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the validator says of a graph: whether nothing at all is wrong with it, and each thing that is."""

    conforms: bool
    warnings: int
    text: str


def validated(parts: Sequence[Path], version: str = NEWEST) -> Report:
    """Return what `case_validate` says of `parts` taken together; a warning or a piece of advice is a failure, too."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = validate([str(part) for part in parts], case_version=version, allow_warnings=False, allow_infos=False)
    # what concerns the graph; libraries warn about each other, too
    about = [str(one.message) for one in caught if "cdo" in one.category.__name__.lower()]
    return Report(
        conforms=bool(result.conforms), warnings=len(about) + len(result.undefined_concepts), text="\n".join([result.text, *about])
    )


def together(paths: Iterable[Path]) -> Graph:
    """Return the parts as one graph."""
    graph = Graph()
    for path in paths:
        graph.parse(path)
    return graph


def shortcomings(graph: Graph, *, acts: Iterable[str], exhibits: Iterable[str]) -> list[str]:
    """Return what a whole graph may not have: an act or an exhibit missing or twice, an act that leaves something unsaid, loose ends.

    `acts` are the events of the ledger, `exhibits` the numbers of all exhibits, those inside others included.
    """
    found = []
    actions = list(graph.subjects(RDF.type, CASE.InvestigativeAction))
    if Counter(str(graph.value(act, CORE.name)) for act in actions) != Counter(acts):
        found.append("acts and actions differ")
    said = ("performer", "instrument", "object", "result", "startTime", "endTime")
    found += [f"{act} has no {term}" for act in actions for term in said if (act, ACTION[term], None) not in graph]
    if Counter(str(number) for number in graph.objects(None, CASE.exhibitNumber)) != Counter(exhibits):
        found.append("exhibits and provenance records differ")
    records = graph.subjects(CASE.exhibitNumber)
    found += [
        f"{record} is the result of other than one act" for record in records if len(list(graph.subjects(ACTION.result, record))) != 1
    ]
    described = {subject for subject, term in graph.subject_predicates() if term != RDF.type}
    spoken_of = {one for one in graph.objects() if isinstance(one, URIRef) and str(one).startswith("urn:uuid:")}
    return found + [f"{one} is only spoken of" for one in spoken_of - described]


_parsed: dict[tuple[str, str | None, tuple[tuple[str, str], ...]], Query] = {}


class _Remembering(SPARQLProcessor):
    """rdflib's processor, which parses a query again each time it is asked, with a memory."""

    def query(self, query, bindings=None, names=None, base=None):
        if isinstance(query, str):
            key = query, base, tuple(sorted((prefix, str(space)) for prefix, space in (names or {}).items()))
            query = _parsed.get(key) or _parsed.setdefault(key, prepareQuery(query, names, base))
        return super().query(query, bindings, names, base)


plugin.register("sparql", Processor, __name__, "_Remembering")


if __name__ == "__main__":
    report = validated([Path(name) for name in sys.argv[1:]])
    sys.stdout.write(report.text)
    sys.exit(0 if report.conforms and not report.warnings else 1)
