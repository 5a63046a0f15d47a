"""The graph of a case as it was made: all acts, all exhibits and all findings, no loose end, told again the same in parts."""

from pathlib import Path

import polars as pl
import pytest
from rdflib import RDF, Literal

from case_validator import ACTION, CASE, CORE, TYPES, shortcomings, together, validated
from comity.casework.view import view_case
from comity.casework.write_report import REPORTED, outputs
from comity.exchange.case_uco import GRAPH
from comity.exchange.case_uco import graph as writing
from comity.ledger import current_files
from command_line import CONSENT, comity
from investigated_case import Investigated


def test_it_has_every_act_every_exhibit_and_every_finding_once(investigated: Investigated):
    entries = investigated.folder.entries()
    reported = max(number for number, entry in enumerate(entries) if entry.event == REPORTED)
    inside = pl.read_parquet(sorted((investigated.case / "derived/records/file").glob("*.parquet")))["number"].to_list()
    graph = together([investigated.case / GRAPH])
    exhibits = [one.number for one in investigated.folder.exhibits()]
    assert shortcomings(graph, acts=[entry.event for entry in entries[:reported]], exhibits=[*exhibits, *inside]) == []
    assert len(inside) > 5
    assert len(list(graph.subjects(RDF.type, CORE.Annotation))) == len(investigated.findings)
    digests = {str(value) for value in graph.objects(None, TYPES.hashValue)}
    assert {entry.digest.hex for entry in entries[:reported]} <= digests
    assert {one.sha256.hex for one in investigated.folder.exhibits() if one.sha256} <= digests
    assert set(current_files(entries[:reported]).values()) <= digests, "all that was derived is the result of an act"


def test_every_act_under_an_authorization_says_so(investigated: Investigated):
    graph = together([investigated.case / GRAPH])
    (authorization,) = graph.subjects(RDF.type, CASE.Authorization)
    resting = {entry.event for entry in investigated.folder.entries() if entry.authorization is not None}
    assert {str(graph.value(act, CORE.name)) for act in graph.subjects(CASE.relevantAuthorization, authorization)} - {None} >= resting
    assert graph.value(next(graph.subjects(CORE.name, Literal("authorization:granted"))), ACTION.result) is not None


@pytest.mark.slow
def test_in_parts_it_is_the_same_and_each_part_conforms(investigated: Investigated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "NODES_PER_PART", 150)
    entries = investigated.folder.entries()
    reported = next(entry for entry in reversed(entries) if entry.event == REPORTED)
    before = entries[: reported.number - 1]
    view = view_case(investigated.folder, entries=before, at=reported.at, tool=reported.instrument.rpartition(" ")[2])
    (tmp_path / "graph").mkdir()
    paths = []
    for name, data in outputs(view, entries=before):
        (tmp_path / name).write_bytes(data)
        paths += [tmp_path / name] if name.endswith(".jsonld") else []
    assert len(paths) > 3
    for chosen in (paths, *([path] for path in paths)):
        report = validated(chosen)
        assert (report.conforms, report.warnings) == (True, 0), report.text
    whole = together([investigated.case / GRAPH])
    stubs = {(one, RDF.type, CORE.Assertion) for one in whole.subjects(RDF.type, CORE.Annotation)}
    assert set(together(paths)) - stubs == set(whole) - stubs


@pytest.mark.slow
def test_a_case_of_several_parts_verifies_is_sealed_and_made_again(tmp_path: Path):
    material, case = tmp_path / "material", tmp_path / "case"
    material.mkdir()
    for number in range(1000):
        (material / f"note-{number:04d}.txt").write_text(f"A note of no importance, number {number}.\n")
    environment = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_DATA_HOME": str(tmp_path / "data")}

    def run(*arguments: str | Path) -> None:
        finished = comity(*arguments, environment=environment)
        assert finished.returncode == 0, finished.stdout + finished.stderr

    run("investigate", material, "--case", case, *CONSENT)
    assert sorted(path.relative_to(case).as_posix() for path in case.rglob("*.jsonld")) == [GRAPH, "graph/0002.jsonld"]
    run("verify", case)
    run("reproduce", case)
    run("seal", case, "-o", tmp_path / "bundle.zip")
    run("verify", tmp_path / "bundle.zip")
    (case / "graph" / "0002.jsonld").write_bytes(b"{}")
    finished = comity("verify", case, environment=environment)
    assert finished.returncode == 1
    assert "graph/0002.jsonld" in finished.stdout
