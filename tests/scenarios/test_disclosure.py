"""What the defence gets: everything, also what was not found and not read; and nothing in it runs."""

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.casework.folder import Folder
from comity.casework.method_facts import methods
from comity.cli import exit_codes
from comity.exchange.spreadsheet import cell, write_rows
from command_line import done, here
from investigated_case import Investigated

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def case(investigated: Investigated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return investigated.copy(tmp_path)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_everything_is_in_it_and_sums_up(case: Path, tmp_path: Path):
    done("note", case, f"{FORMULA} <script>alert(1)</script> \x1b[31m the owner was present")
    done("note", case, "Found unlocked.", "--exhibit", "3")
    output = tmp_path / "disclosure"
    done("disclose", case, "-o", output)
    findings = json.loads((case / "derived" / "findings.json").read_bytes())
    assert json.loads((output / "findings.json").read_bytes()) == findings
    rows = table(output, "findings")
    assert [row["finding"] for row in rows] == [one["identity"] for one in findings]
    assert "weak" in {row["strength"] for row in rows}
    assert all(row["error"] and row["nature"] in {"heuristic", "deterministic"} for row in rows)
    assert len(table(output, "traces")) == sum(len(one["traces"]) for one in findings)
    searches = {row["method"]: row for row in table(output, "searches")}
    assert set(searches) == {one.name for one in methods().methods}
    assert sum(int(row["findings"]) for row in searches.values()) == len(findings)
    assert searches["payments.reconciliation"]["result"].endswith("found nothing.")
    unread = table(output, "unread")
    summary = json.loads(done("report", case, "--json"))
    assert len(unread) == sum(one["count"] for one in summary["defects_by_code"])
    coverage = table(output, "coverage")
    assert sum(int(row["bytes"]) for row in coverage) == sum(one["size"] for one in summary["exhibits"])
    assert all(int(row["bytes"]) == int(row["read"]) + int(row["not_read"]) for row in coverage)
    assert len(table(output, "exhibits")) == len(summary["exhibits"])
    assert table(output, "inferred")
    assert table(output, "weaknesses")
    notes = table(output, "notes")
    assert [(row["exhibit"], row["note"][:2]) for row in notes] == [("", "'="), ("3", "Fo")]
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=output, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert {path.name for path in output.iterdir()} == {
        line.split("  ")[1] for line in (output / "SHA256SUMS").read_text().splitlines()
    } | {"SHA256SUMS"}
    entry = next(one for one in reversed(Folder.open(case).entries()) if one.event == "disclosure:written")
    assert entry.result["sums_sha256"] == hashlib.sha256((output / "SHA256SUMS").read_bytes()).hexdigest()
    assert "VERIFIED" in done("verify", case)


def test_the_page_runs_and_loads_nothing(case: Path, tmp_path: Path):
    done("note", case, "<img src=x onerror=alert(1)><script>alert(1)</script>")
    done("disclose", case, "-o", tmp_path / "d")
    page = lxml.html.fromstring((tmp_path / "d" / "index.html").read_bytes())
    assert not page.xpath("//script|//img|//iframe|//object|//embed|//link|//form|//base|//*[@onclick or @onerror or @onload]")
    assert all((tmp_path / "d" / href).is_file() for href in page.xpath("//a/@href"))
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    assert "onerror=alert(1)" in page.text_content()


def test_a_zip_holds_the_same(case: Path, tmp_path: Path):
    done("disclose", case, "-o", tmp_path / "d.zip")
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        assert archive.testzip() is None
        names = {name.partition("/")[2] for name in archive.namelist()}
        assert {"index.html", "findings.csv", "searches.csv", "unread.csv", "notes.csv", "SHA256SUMS"} <= names
        assert all(name.startswith("d/") for name in archive.namelist())
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_what_cannot_be_disclosed_or_noted_says_why(case: Path, tmp_path: Path):
    (tmp_path / "taken").mkdir()
    for arguments, words in (
        (("disclose", case, "-o", tmp_path / "taken"), "exists already"),
        (("disclose", case, "-o", case / "d"), "inside the case"),
        (("note", case, "   "), "needs words"),
        (("note", case, "x" * 20_001), "too long"),
        (("note", case, "words", "--exhibit", "999"), "no exhibit 999"),
    ):
        finished = here(*arguments)
        assert finished.returncode == exit_codes.CANNOT, arguments
        assert words in finished.stderr
    assert not any(one.event in {"note:written", "disclosure:written"} for one in Folder.open(case).entries())


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\uff1d1", "\uff20x", "\ufeff=1", FORMULA]
)
def test_no_cell_is_a_formula(text: str):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "198.51.100.7", "'=1", " ", "Ação"])
def test_other_text_is_left_as_it_is(text: str):
    assert cell(text) == text


def test_numbers_stay_numbers():
    assert [cell(one) for one in (-12, 0, None, 3)] == ["-12", "0", "", "3"]


@given(st.lists(st.tuples(st.text(), st.text(st.characters()), st.integers()), max_size=5))
def test_what_is_written_is_read_back_cell_by_cell(rows):
    stream = io.BytesIO()
    assert write_rows(stream, ("a", "b", "c"), rows) == len(rows)
    back = list(csv.reader(io.StringIO(stream.getvalue().decode("utf-8"), newline="")))
    assert back == [["a", "b", "c"], *([cell(value) for value in row] for row in rows)]
