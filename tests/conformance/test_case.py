"""The CASE/UCO graph against the ontology's own shapes and against the case: the exit status counts, not the text."""

import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rdflib import RDF, XSD, Graph, Literal, URIRef

from case_validator import ACTION, CASE, CORE, NEWEST, OBSERVABLE, TOOL, TYPES, shortcomings, together, validated
from case_view_factory import OPENED, case_view
from comity.exchange.case_uco import FIRST_TRACES, FOLDER, GRAPH, MOST_DETAILED, parts
from comity.exchange.case_uco import graph as writing
from comity.exchange.case_view import CaseView, EntryRow

MANY = 30


def written(folder: Path, view: CaseView, *, earlier: Iterable[str] = ()) -> list[Path]:
    (folder / FOLDER).mkdir(exist_ok=True)
    for name, data in parts(view, earlier=earlier):
        (folder / name).write_bytes(data)
    return [folder / name for name, _ in parts(view, earlier=earlier)]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "NODES_PER_PART", 60)


def case_validate(path: Path, version: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "case_validate"
    return subprocess.run([program, "--built-version", version, path], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", ["case-1.4.0", NEWEST])
def test_graph_conforms(tmp_path, version):
    (path,) = written(tmp_path, case_view())
    done = case_validate(path, version)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr


def test_the_checks_notice_a_misspelt_property_and_a_wrong_class(tmp_path):
    path = tmp_path / "case.jsonld"
    for term, value in (("core:descriptoin", "x"), ("core:createdBy", {"@id": "kb:f0e7c27a-16b4-5c29-8d5e-0e27d1e8b0aa"})):
        document = json.loads(next(parts(case_view()))[1])
        next(node for node in document["@graph"] if node["@type"] == "case:Investigation")[term] = value
        path.write_text(json.dumps(document))
        ours = validated([path])
        theirs = case_validate(path, NEWEST)
        assert not ours.conforms
        assert theirs.returncode == 1
        assert re.findall(r"Results \(\d+\)", ours.text) == re.findall(r"Results \(\d+\)", theirs.stdout), "the shorter way finds as much"


def test_each_part_conforms_alone_and_all_together(tmp_path, small_parts):
    paths = written(tmp_path, case_view(exhibit_count=MANY))
    assert [path.relative_to(tmp_path).as_posix() for path in paths[:3]] == [GRAPH, "graph/0002.jsonld", "graph/0003.jsonld"]
    assert len(paths) > 4
    for chosen in (*([path] for path in paths), paths):
        report = validated(chosen)
        assert (report.conforms, report.warnings) == (True, 0), report.text


def assert_whole(graph: Graph, view: CaseView) -> None:
    exhibits = [one.number for one in (*view.exhibits, *view.inside)]
    assert shortcomings(graph, acts=[entry.event for entry in view.entries], exhibits=exhibits) == []


def test_acts_and_exhibits_are_there_once_and_nothing_dangles(tmp_path, small_parts):
    view = case_view(exhibit_count=MANY)
    graph = together(written(tmp_path, view))
    assert_whole(graph, view)
    digests = {str(value).lower() for value in graph.objects(None, TYPES.hashValue)}
    assert {one.sha256.hex for one in view.exhibits} | {one.sha256 for one in view.inside} | {view.manifests[0].sha256} <= digests
    assert set(graph.objects(None, TYPES.hashMethod)) == {Literal("SHA256"), Literal("MD5"), Literal("SHA1")}, (
        "plain strings of the vocabulary"
    )


def test_parts_and_whole_say_the_same(tmp_path, monkeypatch):
    view = case_view(exhibit_count=MANY)
    whole = together(written(tmp_path, view))
    monkeypatch.setattr(writing, "NODES_PER_PART", 60)
    (tmp_path / "parts").mkdir()
    # where another part describes a finding, it is called what an annotation is a kind of
    stubs = {(one, RDF.type, CORE.Assertion) for one in whole.subjects(RDF.type, CORE.Annotation)}
    assert set(together(written(tmp_path / "parts", view))) - stubs == set(whole) - stubs


def test_values_have_the_types_the_ontology_asks_for(tmp_path):
    graph = together(written(tmp_path, case_view()))
    for term, datatype in (
        (TYPES.hashValue, XSD.hexBinary),
        (ACTION.startTime, XSD.dateTime),
        (CORE.startTime, XSD.dateTime),
        (OBSERVABLE.modifiedTime, XSD.dateTime),
        (CORE.confidence, XSD.nonNegativeInteger),
        (OBSERVABLE.sizeInBytes, XSD.integer),
    ):
        assert {value.datatype for value in graph.objects(None, term)} == {datatype}, term


def act(graph: Graph, event: str) -> URIRef:
    (found,) = graph.subjects(CORE.name, Literal(event))
    return found


def test_acts_say_by_what_right_on_what_and_with_what_result(tmp_path):
    graph = together(written(tmp_path, case_view()))
    granted, read = act(graph, "authorization:granted"), act(graph, "records:derived")
    (authorization,) = graph.subjects(RDF.type, CASE.Authorization)
    assert (granted, ACTION.result, authorization) in graph
    assert set(graph.objects(read, CASE.relevantAuthorization)) == {authorization}
    assert (granted, CASE.relevantAuthorization, None) not in graph
    tools = {(str(graph.value(tool, CORE.name)), str(graph.value(tool, TOOL.version))) for tool in graph.objects(read, ACTION.instrument)}
    assert tools == {("Comity", "0.1.0"), ("Comity parser mail", "3"), ("Comity parser access_log", "2")}
    results = {str(graph.value(one, CORE.name)) for one in graph.objects(act(graph, "findings:derived"), ACTION.result)}
    assert {"derived/findings.json", "ledger/000000000006.json"} <= results
    assert sum(name.startswith("F-") for name in results) == 4
    asked = act(graph, "request:drafted")
    assert {graph.value(one, RDF.type) for one in graph.objects(asked, ACTION.result)} == {CORE.ContextualCompilation, OBSERVABLE.File}
    assert act(graph, "findings:derived") in set(graph.objects(asked, CASE.wasInformedBy))
    acquired = act(graph, "exhibits:acquired")
    assert graph.value(acquired, ACTION.startTime).value == OPENED + timedelta(seconds=3), "it began when the ledger says it was begun"
    assert graph.value(acquired, ACTION.endTime).value == OPENED + timedelta(seconds=4)


def test_an_event_nobody_knew_is_an_act_with_what_it_names(tmp_path):
    graph = together(written(tmp_path, case_view()))
    stamped = act(graph, "timestamp:granted")
    assert {str(graph.value(one, CORE.name)) for one in graph.objects(stamped, ACTION.result)} == {
        "seals/0001.tsr",
        "ledger/000000000008.json",
    }
    done_to = set(graph.objects(stamped, ACTION.object))
    assert {str(graph.value(one, CASE.exhibitNumber)) for one in done_to if (one, RDF.type, CASE.ProvenanceRecord) in graph} == {"1", "1.2"}
    assert act(graph, "request:drafted") in set(graph.objects(stamped, CASE.wasInformedBy))


@pytest.mark.parametrize(
    "said",
    [
        {
            "files": ["a", "b"],
            "entry": True,
            "exhibits": 7,
            "snapshots": "x",
            "parsers": [1],
            "acquisition": [1],
            "manifest": None,
            "request": 3,
        },
        {
            "files": {"a/b": 3, "c": None},
            "entry": 99,
            "rests_on": -1,
            "exhibit": {"1": "2"},
            "snapshots": [1, {"snapshot": None}],
            "source": 5,
        },
        {"files": {"": "", "x": "not hex"}, "exhibits": ["", "no such exhibit", "1.99"], "as_of_entry": 2.5, "parsers": {"": None}},
    ],
)
def test_odd_entries_are_acts_too_and_name_nothing_that_is_not_there(tmp_path, said: Mapping):
    view = case_view()
    odd = [
        EntryRow(number=9 + n, at=OPENED, event=event, performer="\udcff\x00", instrument="", authorization=5, summary="", digest=view.entries[0].digest,
                 object=said, result=said)
        for n, event in enumerate(("thing:happened", "request:drafted", "exhibits:acquired", "acquisition:begun", "findings:derived"))
    ]  # fmt: skip
    view = replace(view, entries=(*view.entries, *odd))
    paths = written(tmp_path, view)
    report = validated(paths)
    assert report.conforms, report.text
    assert_whole(together(paths), view)


def test_children_lead_to_the_exhibit_they_came_from(tmp_path):
    graph = together(written(tmp_path, case_view()))
    (record,) = graph.subjects(CASE.exhibitNumber, Literal("1.2"))
    assert graph.value(record, CASE.rootExhibitNumber) == Literal("1")
    assert graph.value(graph.value(record, CASE.wasDerivedFrom), CASE.exhibitNumber) == Literal("1")


def test_findings_name_their_first_traces_and_say_how_many_there_are(tmp_path):
    view = case_view()
    graph = together(written(tmp_path, view))
    ranges = {
        (int(graph.value(one, OBSERVABLE.rangeOffset)), int(graph.value(one, OBSERVABLE.rangeSize)))
        for one in graph.subjects(RDF.type, OBSERVABLE.DataRangeFacet)
    }
    assert ranges == {(trace.offset, trace.length) for finding in view.findings for trace in finding.traces[:FIRST_TRACES]}
    for finding in view.findings:
        (name,) = graph.subjects(CORE.statement, Literal(finding.statement))
        assert f"Traces: {len(finding.traces)}," in graph.value(name, CORE.description)
    assert sorted(int(value) for value in graph.objects(None, CORE.confidence)) == [15, 50, 85, 85]


def test_ten_thousand_findings_are_no_burden(tmp_path):
    view = case_view()
    longest = view.findings[2]
    many = tuple(replace(longest, at=longest.at + timedelta(seconds=n)) for n in range(10_000))
    sizes = [len(data) for _, data in parts(replace(view, findings=many))]
    assert sum(sizes) < 25_000_000
    assert max(sizes) < 8_000_000


def test_beyond_a_number_of_exhibits_times_are_left_to_the_manifest():
    few, many = (b"".join(data for _, data in parts(case_view(exhibit_count=count))) for count in (MOST_DETAILED, MOST_DETAILED + 1))
    assert few.count(b"observable:FileFacet") == few.count(b'"case:exhibitNumber"') - 1 == MOST_DETAILED
    assert b"observable:FileFacet" not in many
    assert many.count(b'"case:exhibitNumber"') == MOST_DETAILED + 2


def test_a_part_the_ledger_names_is_written_again_when_the_graph_has_become_smaller(tmp_path):
    view = case_view()
    paths = written(tmp_path, view, earlier=["graph/0002.jsonld", "graph/0003.jsonld"])
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [GRAPH, "graph/0002.jsonld", "graph/0003.jsonld"]
    assert validated(paths).conforms
    assert_whole(together(paths), view)


def test_same_view_same_bytes_and_identifiers_end_in_a_uuid(small_parts):
    made = list(parts(case_view(exhibit_count=MANY)))
    assert made == list(parts(case_view(exhibit_count=MANY)))
    for _, data in made:
        for node in json.loads(data)["@graph"]:
            assert uuid.UUID(node["@id"].removeprefix("kb:")).version == 5
