"""What a script may rely on: one JSON object as documented, nothing on standard error, no escape codes in a pipe, exit statuses."""

import json
import subprocess
from pathlib import Path

import pytest

from comity.cli import exit_codes, render
from command_line import COMITY, done, here
from investigated_case import Investigated

MEMBERS = ["case", "exhibits", "clocks", "coverage", "records", "defects", "defects_by_code", "findings", "requests", "left_out"]


def test_json_is_exactly_one_object_and_nothing_on_standard_error(investigated: Investigated):
    assert investigated.errors == ""
    summary, end = json.JSONDecoder().raw_decode(investigated.output)
    assert investigated.output[end:] == "\n"
    assert list(summary) == MEMBERS
    assert investigated.output.isascii()


def test_a_request_is_its_file_and_where_its_documents_are(investigated: Investigated):
    for request in investigated.summary["requests"]:
        files = request["files"]
        assert set(files) == {"pdf", "docx", "json"}
        assert all(Path(path).is_file() for path in files.values())
        assert json.loads(Path(files["json"]).read_bytes()) == {name: value for name, value in request.items() if name != "files"}


def test_a_trace_has_its_four_members(investigated: Investigated):
    for finding in investigated.summary["findings"]:
        for trace in finding["traces"]:
            assert set(trace) == {"exhibit", "member", "offset", "length"}


def test_the_report_command_prints_the_same_object(investigated: Investigated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert json.loads(done("requests", investigated.case, "--json")) == investigated.summary["requests"]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    summary = json.loads(done("report", investigated.copy(tmp_path), "--json"))
    assert summary["findings"] == investigated.summary["findings"]
    assert summary["case"]["ledger"]["entries"] == investigated.summary["case"]["ledger"]["entries"] + 1


@pytest.mark.parametrize("force", [{}, {"TERM": "xterm-256color", "FORCE_COLOR": ""}])
def test_a_pipe_gets_plain_text(investigated: Investigated, monkeypatch: pytest.MonkeyPatch, force: dict[str, str]):
    for name, value in force.items():
        monkeypatch.setenv(name, value)
    finding = investigated.findings[0].identity
    request = investigated.summary["requests"][0]["identity"]
    for arguments in (
        ("requests", investigated.case),
        ("explain", investigated.case, finding),
        ("explain", investigated.case, request),
        ("verify", investigated.case),
        ("reference", "list"),
    ):
        told = done(*arguments)
        assert told.strip()
        assert "\x1b" not in told


def test_the_table_at_the_end(investigated: Investigated):
    """What the person sees: counts, findings by strength, and what to ask for today, most perishable first."""
    told = done("requests", investigated.case)
    places = [told.index(request["identity"]) for request in investigated.summary["requests"]]
    assert places == sorted(places)
    assert "Ask for this today" in told
    for request in investigated.summary["requests"]:
        assert request["likely_gone"] in told


def test_explaining_shows_the_bytes(investigated: Investigated):
    guessed = next(finding for finding in investigated.findings if finding.kind == "intrusion.password_guessed")
    told = done("explain", investigated.case, guessed.identity)
    assert guessed.statement in told
    assert all(reason.text in told for reason in guessed.reasons)
    assert "Failed password for" in told
    asked = investigated.summary["requests"][0]
    told = done("explain", investigated.case, asked["identity"])
    assert asked["identity"] in told
    assert all(rejected["reason"] in told for rejected in asked["rejected"] if rejected["citations"])


def test_nothing_of_that_name(investigated: Investigated):
    finished = here("explain", investigated.case, "F-0000000000")
    assert (finished.returncode, finished.stdout) == (exit_codes.CANNOT, "")
    assert "no finding or request" in finished.stderr


@pytest.mark.parametrize("command", [("report",), ("requests",), ("explain", "F-1"), ("seal", "-o", "x.zip"), ("reproduce",)])
def test_a_folder_that_is_no_case(tmp_path: Path, command: tuple[str, ...]):
    finished = here(command[0], tmp_path, *command[1:])
    assert finished.returncode == exit_codes.CANNOT
    assert "is not a case folder" in finished.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_not_taken_for_something_broken(investigated: Investigated):
    process = subprocess.Popen(
        [COMITY, "explain", investigated.case, investigated.findings[0].identity], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == exit_codes.UNHEARD
    assert errors == b""


def test_a_fault_of_the_program_is_one_sentence_and_no_traceback(investigated: Investigated, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise KeyError("planted\x1b[31m")

    monkeypatch.setattr("comity.cli.commands.report.summarize", broken)
    finished = here("requests", investigated.case)
    assert finished.returncode == exit_codes.CANNOT
    assert "a fault in Comity itself: KeyError" in finished.stderr
    assert "test_output.py, line" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert "\x1b" not in finished.stderr


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – äöü 漢字 \t.", "plain – äöü 漢字 \t."),
        ("\x1b[31m\x07\x00\x7f\x9b", "\\x1b[31m\\x07\\x00\\x7f\\x9b"),
        ("two\nlines\r", "two\\x0alines\\x0d"),
        ("gpj.\u202eexe\u2066\u200b\ufeff", "gpj.\\u202eexe\\u2066\\u200b\\ufeff"),
        ("\udcff\udc80", "\\xff\\x80"),
    ],
)
def test_what_is_shown_of_evidence(text: str, shown: str):
    assert render.safe(text) == shown
