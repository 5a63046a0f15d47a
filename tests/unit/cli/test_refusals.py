"""Without an authorization nothing happens: no case folder, nothing opened; and it is said what is missing."""

import json
import os
import pty
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from case_factory import new_case
from comity.evidence.authorization import Authorization, Basis
from comity.terms.period import Period
from command_line import COMITY, here

OPENING = ("--state", "BR", "--authority", "Unit 7")
WARRANT = 'basis = "warrant"\nreference = "Order 12/2026"\nissuer = "3rd Criminal Court"\nuntil = {until}\n'


@pytest.fixture
def material(tmp_path: Path) -> Path:
    material = tmp_path / "material"
    material.mkdir()
    (material / "a.eml").write_bytes(b"From: a@b.example\r\nSubject: s\r\nDate: Mon, 5 Oct 2026 10:00:00 +0000\r\n\r\nx\r\n")
    return material


def refused(material: Path, *options: str | Path) -> str:
    """Return what is said; and make sure that nothing was made."""
    case = material.parent / "case"
    finished = here("investigate", material, "--case", case, *options)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert not case.exists()
    return finished.stderr


def test_nothing_given_says_all_that_is_missing_and_shows_an_example(material: Path):
    said = refused(material, *OPENING)
    for words in ("missing", "the basis", "what it rests on", "--basis consent:", "--authorization FILE.toml", "error authorization"):
        assert words in said


def test_a_new_case_needs_its_particulars(material: Path):
    said = refused(material, "--basis", "consent:A. Lima")
    assert "--state" in said
    assert "--authority" in said
    assert "--authority" in refused(material, "--basis", "consent:A. Lima", "--state", "BR", "--authority", " ")
    assert "XX" in refused(material, "--basis", "consent:A. Lima", "--state", "XX", "--authority", "Unit 7")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--basis", "warrant:Order 12/2026", "--issuer", "Court"), "--until"),
        (("--basis", "consent:A. Lima", "--until", "2020-01-01T00:00:00Z"), "ended on 2020-01-01"),
        (("--basis", "consent:A. Lima", "--from", "2999-01-01T00:00:00Z"), "begins only on 2999-01-01"),
        (("--basis", "consent:A. Lima", "--until", "tomorrow"), "not a time"),
        (("--basis", "hunch:a feeling"), "unknown basis"),
        (("--authorization", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_does_not_authorize_now(material: Path, options: tuple[str, ...], words: str):
    assert words in refused(material, *OPENING, *options)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (WARRANT.format(until="2020-01-01T00:00:00Z"), "ended on"),
        (WARRANT.format(until='"whenever"'), "not a time"),
        ('basis = "warrant"\nreference = "Order"\nissuer = "Court"', "--until"),
        ("this is no TOML", "not a TOML file"),
    ],
)
def test_a_file_that_does_not_authorize(material: Path, tmp_path: Path, content: str, words: str):
    (tmp_path / "authorization.toml").write_text(content, "utf-8")
    assert words in refused(material, *OPENING, "--authorization", tmp_path / "authorization.toml")


def test_a_file_that_authorizes(material: Path, tmp_path: Path):
    (tmp_path / "authorization.toml").write_text(WARRANT.format(until="2999-01-01T00:00:00Z"), "utf-8")
    finished = here(
        "investigate", material, "--case", tmp_path / "case", *OPENING, "--authorization", tmp_path / "authorization.toml", "--json"
    )
    assert finished.returncode == 0, finished.stderr
    (granted,) = json.loads(finished.stdout)["case"]["authorizations"]
    assert (granted["basis"], granted["issuer"], granted["until"]) == ("warrant", "3rd Criminal Court", "2999-01-01T00:00:00Z")
    both = here(
        "investigate",
        material,
        "--case",
        tmp_path / "other",
        *OPENING,
        "--authorization",
        tmp_path / "authorization.toml",
        "--basis",
        "consent:x",
    )
    assert both.returncode == 2
    assert "not both" in both.stderr


@pytest.mark.parametrize("authorized", [None, "ended", "begins later"])
def test_a_case_whose_authorization_does_not_hold_is_not_gone_on_with(material: Path, tmp_path: Path, authorized: str | None):
    at = datetime.now(UTC)  # noqa: TID251  the command reads the clock too
    periods = {
        "ended": Period(start=at - timedelta(9), end=at - timedelta(1)),
        "begins later": Period(start=at + timedelta(1), end=at + timedelta(9)),
    }
    granted = authorized and Authorization(basis=Basis.WARRANT, reference="Order", issuer="Court", scope="all", period=periods[authorized])
    folder = new_case(tmp_path / "case", authorization=granted or None)
    before = folder.entries()
    finished = here("investigate", material, "--case", tmp_path / "case")
    assert finished.returncode == 2
    assert "error authorization" in finished.stderr
    assert folder.entries() == before
    assert not any((tmp_path / "case" / "objects").rglob("*.*"))
    # a new one that holds is enough
    assert here("investigate", material, "--case", tmp_path / "case", "--basis", "consent:A. Lima").returncode == 0


WATCHING = """
import os, sys
watched, note = os.fsencode(sys.argv[1]), os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def watch(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and arguments and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.path.abspath(os.fsencode(arguments[0]))
        if path == watched or path.startswith(watched + b"/"):
            os.write(note, event.encode() + b" " + path + b"\\n")
sys.addaudithook(watch)
from comity.cli.main import main
main(sys.argv[3:])
"""


@pytest.mark.parametrize(
    ("basis", "opens"),
    [([], False), (["--basis", "consent:A. Lima", "--from", "2999-01-01T00:00:00Z"], False), (["--basis", "consent:A. Lima"], True)],
)
def test_nothing_of_the_material_is_opened_without_one(material: Path, tmp_path: Path, basis: list[str], *, opens: bool):
    """Every opening and listing is seen from inside the interpreter; with an authorization there are some."""
    subprocess.run(
        [sys.executable, "-c", WATCHING, material, tmp_path / "note", "investigate", material, "--case", tmp_path / "case", *OPENING, *basis],
        capture_output=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert bool((tmp_path / "note").read_bytes()) is opens


def at_a_terminal(arguments: list[str | Path], answers: list[tuple[str, str]]) -> tuple[int, str, str]:
    """Run the command at a pseudo-terminal and answer its questions; return status, what was shown there, and its output."""
    master, slave = pty.openpty()
    process = subprocess.Popen([COMITY, *arguments], stdin=slave, stderr=slave, stdout=subprocess.PIPE, text=True, close_fds=True)
    os.close(slave)
    shown = ""
    for question, answer in answers:
        while question not in shown:
            shown += os.read(master, 4096).decode()
        os.write(master, answer.encode() + b"\n")
        shown += "\n--\n"
    output, _ = process.communicate(timeout=120)
    time.sleep(0.05)
    try:
        while piece := os.read(master, 4096):
            shown += piece.decode()
    except OSError:
        pass  # the other end is closed: all was read
    os.close(master)
    return process.returncode, shown, output


def test_at_a_terminal_it_is_asked_for(material: Path, tmp_path: Path):
    answers = [
        ("Basis (consent, warrant, statute, emergency)", "warrant"),
        ("Which order", "Order 12/2026"),
        ("Issued by", "3rd Criminal Court"),
        ("Valid until", "2999-01-01T00:00:00Z"),
    ]
    status, shown, output = at_a_terminal(["investigate", material, "--case", tmp_path / "case", *OPENING], answers)
    assert status == 0, shown
    assert "What allows you" in shown
    assert "Ask for this today" in output
    granted = json.loads((tmp_path / "case" / "ledger" / "000000000002.json").read_bytes())
    assert granted["event"] == "authorization:granted"
    assert (granted["object"]["basis"], granted["object"]["reference"]) == ("warrant", "Order 12/2026")


def test_at_a_terminal_only_what_is_missing_is_asked_for(material: Path, tmp_path: Path):
    status, shown, _ = at_a_terminal(
        ["investigate", material, "--case", tmp_path / "case", *OPENING, "--basis", "consent"], [("Who consents", "A. Lima")]
    )
    assert status == 0, shown
    assert "Basis" not in shown


def test_an_answer_that_does_not_hold_is_refused_too(material: Path, tmp_path: Path):
    answers = [("Basis", "emergency"), ("Which danger", "child at risk"), ("Valid until", "2020-01-01T00:00:00Z")]
    status, shown, _ = at_a_terminal(["investigate", material, "--case", tmp_path / "case", *OPENING], answers)
    assert status == 2
    assert "ended on 2020-01-01" in shown
    assert not (tmp_path / "case").exists()


def test_leaving_at_the_prompt(material: Path, tmp_path: Path):
    status, shown, _ = at_a_terminal(["investigate", material, "--case", tmp_path / "case", *OPENING], [("Basis", "\x04")])
    assert status == 130
    assert "Stopped" in shown
    assert not (tmp_path / "case").exists()
