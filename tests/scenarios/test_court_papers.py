"""What the court asks, on the command line: certificates that say no more than the ledger, the annex, and the switch for heuristics."""

import io
import json
import re
import zipfile
from pathlib import Path

import pikepdf
import pytest

from comity.analysis.method import Nature
from comity.casework.folder import Folder
from comity.casework.method_facts import methods
from comity.cli import exit_codes
from command_line import done, here
from investigated_case import Investigated

KINDS = ("902-13", "902-14", "expert")


@pytest.fixture
def case(investigated: Investigated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return investigated.copy(tmp_path)


def texts(paper: dict) -> list[str]:
    return [one["text"] for chapter in paper["chapters"] for one in chapter["paragraphs"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_is_a_draft_whose_statements_rest_on_the_ledger(case: Path, tmp_path: Path, kind: str):
    outputs = [tmp_path / f"paper{suffix}" for suffix in (".pdf", ".docx", ".json")]
    told = done("certificate", case, "--kind", kind, *(part for one in outputs for part in ("-o", one)))
    assert all(str(one) in told for one in outputs)
    paper = json.loads(outputs[2].read_bytes())
    entries = Folder.open(case).entries()
    assert paper["banner"].startswith("DRAFT")
    assert ("not among the law" in paper["banner"]) == (kind != "expert")
    assert any("Qualifications" in blank for blank in paper["blanks"])
    assert "Signature" in paper["blanks"]
    numbers = [one["number"] for chapter in paper["chapters"] for one in chapter["paragraphs"]]
    assert numbers == list(range(1, len(numbers) + 1))
    digests = {str(entry.number): entry.digest.hex for entry in entries}
    (listed,) = [chapter for chapter in paper["chapters"] if chapter["heading"] == "Ledger entries named above"]
    rows = listed["tables"][0]["rows"]
    assert rows
    assert all(digests[number] == sha256 for number, _, _, sha256 in rows)
    named = {
        name for chapter in paper["chapters"] for one in chapter["paragraphs"] for name in one["support"] if name.startswith("ledger entry")
    }
    assert named == {f"ledger entry {number}" for number, *_ in rows}
    last = entries[-1]
    assert (last.event, last.object["kind"]) == ("certificate:drafted", kind)
    assert set(last.result["written"]) == {one.name for one in outputs}
    with pikepdf.open(outputs[0]) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")
    assert zipfile.ZipFile(io.BytesIO(outputs[1].read_bytes())).testzip() is None
    assert "VERIFIED" in done("verify", case)


def test_the_copies_are_hashed_again_before_it_is_stated(case: Path, tmp_path: Path):
    done("certificate", case, "--kind", "902-14", "-o", tmp_path / "c.json")
    checked = Folder.open(case).entries()[-2]
    assert (checked.event, checked.object["exhibits"], checked.result["different"]) == ("exhibits:checked", "all", 0)
    assert checked.authorization is not None
    paper = json.loads((tmp_path / "c.json").read_bytes())
    assert any("hashed again" in text and f"{checked.result['exhibits']} copies" in text for text in texts(paper))
    (listed,) = [chapter for chapter in paper["chapters"] if chapter["heading"].startswith("The exhibits")]
    shown = {row[0]: row[3] for row in listed["tables"][0]["rows"]}
    assert shown == {one.number: one.sha256.hex for one in Folder.open(case).exhibits()}
    some = tmp_path / "some.json"
    done("certificate", case, "--kind", "902-14", "--exhibit", "3", "-o", some)
    (listed,) = [chapter for chapter in json.loads(some.read_bytes())["chapters"] if chapter["heading"].startswith("The exhibits")]
    assert [row[0] for row in listed["tables"][0]["rows"]] == ["3"]
    assert Folder.open(case).entries()[-2].object["exhibits"] == ["3"]
    for pack in (case / "objects" / "packs").glob("*.tar"):
        pack.chmod(0o600)
        data = bytearray(pack.read_bytes())
        data[1000] ^= 1
        pack.write_bytes(data)
    refused = here("certificate", case, "--kind", "902-14", "-o", tmp_path / "never.json")
    assert refused.returncode == exit_codes.BROKEN
    assert "not as acquired" in refused.stderr
    assert not (tmp_path / "never.json").exists()


def test_what_cannot_be_drafted_says_why(case: Path, tmp_path: Path):
    (tmp_path / "taken.pdf").write_text("mine")
    before = len(Folder.open(case).entries())
    for arguments, words in (
        (("-o", tmp_path / "x.odt"), "says no form"),
        (("-o", tmp_path / "taken.pdf"), "exists already"),
        (("-o", case / "x.pdf"), "inside the case"),
        (("-o", tmp_path / "no" / "x.pdf"), "no folder"),
        (("-o", tmp_path / "x.pdf", "--exhibit", "999"), "no exhibit 999"),
        (("-o", tmp_path / "x.pdf", "--exhibit", "3.1"), "inside an exhibit"),
    ):
        finished = here("certificate", case, "--kind", "902-14", *arguments)
        assert finished.returncode == exit_codes.CANNOT, arguments
        assert words in finished.stderr
    assert len(Folder.open(case).entries()) == before
    assert (tmp_path / "taken.pdf").read_text() == "mine"


def test_the_annex_is_of_the_steps_that_were_performed(case: Path, tmp_path: Path):
    done("annex", case, "-o", tmp_path / "a.json", "-o", tmp_path / "a.pdf")
    paper = json.loads((tmp_path / "a.json").read_bytes())
    headings = " ".join(chapter["heading"] for chapter in paper["chapters"])
    for wanted in ("Copying files", "Reading system logs", "Reading web access logs", "Reading ISO 20022", "Analysis: messages that bear"):
        assert wanted in headings
    assert "MT940" not in headings, "no such statement was read"
    said = " ".join(texts(paper))
    assert "145 of 157" in said
    assert "not measured" in said
    assert all(table["rows"] for chapter in paper["chapters"] for table in chapter["tables"])
    assert Folder.open(case).entries()[-1].event == "annex:drafted"
    report = (case / "report.html").read_text("utf-8")
    assert "What is known to go wrong" in report
    assert "145 of 157" in report


def test_the_switch_leaves_heuristics_out_of_analysis_report_and_bundle(case: Path, investigated: Investigated, tmp_path: Path):
    refused = here("seal", case, "-o", tmp_path / "b.zip", "--no-heuristics")
    assert (refused.returncode, "made with heuristics" in refused.stderr) == (exit_codes.CANNOT, True)
    heuristic = {one.name for one in methods().methods if one.nature is Nature.HEURISTIC}
    before = json.loads((case / "derived" / "findings.json").read_bytes())
    gone = sum(one["method"] in heuristic for one in before)
    assert gone > 5
    done("report", case, "--no-heuristics")
    page = (case / "report.html").read_text("utf-8")
    assert "findings that rest on heuristics were left out" in page
    assert not any(one["identity"] in page for one in before if one["method"] in heuristic)
    assert json.loads((case / "derived" / "findings.json").read_bytes()) == before, "the analysis is as it was"
    assert Folder.open(case).entries()[-1].object["heuristics"] is False
    assert "Reproduced." in done("reproduce", case)
    assert here("seal", case, "-o", tmp_path / "b.zip", "--no-heuristics").returncode == exit_codes.CANNOT
    done("investigate", investigated.material, "--case", case, "--no-heuristics")
    entries = Folder.open(case).entries()
    derived = [one for one in entries if one.event == "findings:derived"][-1]
    assert derived.object["heuristics"] is False
    assert sum(derived.result["left_out"].values()) == gone
    after = json.loads((case / "derived" / "findings.json").read_bytes())
    assert after
    assert not {one["method"] for one in after} & heuristic
    assert not re.search(r"F-[0-9a-f]{10}", json.dumps([one["reasons"] for one in after])), "no reason rests on what was left out"
    assert done("requests", case).startswith("Ask for this today: nothing yet")
    done("seal", case, "-o", tmp_path / "b.zip", "--no-heuristics")
    assert "VERIFIED" in done("verify", tmp_path / "b.zip")
    assert "Reproduced." in done("reproduce", case)


def test_explaining_names_nature_and_error(investigated: Investigated):
    lure = next(one for one in investigated.findings if one.kind == "phishing.message")
    told = done("explain", investigated.case, lure.identity)
    assert "(heuristic)" in told
    assert "302 of 330" in told
