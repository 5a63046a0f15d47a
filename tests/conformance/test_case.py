"""The CASE/UCO graph against the ontology's own shapes: the exit status counts, not the text."""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from case_view_factory import case_view
from comity.exchange.case_uco import MOST_EXHIBITS, graph


def validate(path: Path, version: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "case_validate"
    return subprocess.run([program, "--built-version", version, path], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", ["case-1.4.0", "case-1.5.0"])
def test_graph_conforms(tmp_path, version):
    path = tmp_path / "case.jsonld"
    path.write_bytes(graph(case_view()))
    done = validate(path, version)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_notices_a_misspelt_property(tmp_path):
    document = json.loads(graph(case_view()))
    document["@graph"][0]["core:descriptoin"] = "x"
    path = tmp_path / "case.jsonld"
    path.write_text(json.dumps(document))
    assert validate(path, "case-1.5.0").returncode != 0


def test_many_exhibits_become_one_record_that_names_the_manifest(tmp_path):
    view = case_view(exhibit_count=MOST_EXHIBITS + 1)
    document = json.loads(graph(view))
    records = [node for node in document["@graph"] if node["@type"] == "case:ProvenanceRecord"]
    numbers = {node.get("case:exhibitNumber") for node in records}
    assert {"1", "2", "3", "4", "1.2", None} == numbers, "what findings rest on stays by itself"
    assert view.manifests[0].sha256 in graph(view).decode()
    path = tmp_path / "case.jsonld"
    path.write_bytes(graph(view))
    assert validate(path, "case-1.5.0").returncode == 0


def test_identifiers_end_in_a_uuid_and_references_lead_somewhere():
    nodes = {node["@id"]: node for node in json.loads(graph(case_view()))["@graph"]}
    for name in nodes:
        assert uuid.UUID(name.removeprefix("kb:")).version == 5

    def references(value):
        if isinstance(value, dict):
            if "@id" in value:
                yield value["@id"]
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    mentioned = {name for node in nodes.values() for value in node.values() for name in references(value)}
    assert mentioned <= nodes.keys()


def test_digests_offsets_and_strength_are_those_of_the_case():
    view = case_view()
    nodes = json.loads(graph(view))["@graph"]
    hashes = {node["types:hashValue"]["@value"] for node in nodes if node["@type"] == "types:Hash"}
    assert {exhibit.sha256.hex for exhibit in view.exhibits} <= hashes
    ranges = {
        (node["observable:rangeOffset"], node["observable:rangeSize"]) for node in nodes if node["@type"] == "observable:DataRangeFacet"
    }
    assert {(trace.offset, trace.length) for finding in view.findings for trace in finding.traces[:5]} == ranges
    confidence = sorted(int(node["core:confidence"]["@value"]) for node in nodes if node["@type"] == "core:ConfidenceFacet")
    assert confidence == [15, 50, 85, 85]
    assert graph(view) == graph(case_view())
