"""Folders that are empty, single, unreadable or badly named; and names that would like to drive the terminal."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from command_line import COMITY, CONSENT, done, here
from trace_bounds import outside

ESCAPE = "\x1b[31m\x1b]0;owned\x07"
LURE = (
    f'From: "Bank {ESCAPE}" <a@b.example>\r\nReply-To: z@other.example\r\nTo: c@d.example\r\nSubject: {ESCAPE} pay \u202eevil\r\n'
    "Date: Mon, 5 Oct 2026 10:00:00 +0000\r\nAuthentication-Results: mx.d.example; spf=fail; dmarc=fail\r\n"
    f"Message-ID: <x@{ESCAPE}>\r\n\r\nnew bank account {ESCAPE} http://198.51.100.9/login\r\n"
).encode()
AUTH_LOG = (
    b"".join(
        b"Oct  5 10:%02d:%02d h sshd[1]: Failed password for %s from 198.51.100.9 port 22 ssh2\n" % (*divmod(second, 60), ESCAPE.encode())
        for second in range(90)
    )
    + b"Oct  5 10:05:00 h sshd[1]: Accepted password for %s from 198.51.100.9 port 22 ssh2\n" % ESCAPE.encode()
)
NAMES = {
    b"new\nline FORGED.eml": LURE,
    b"\xff\xfe no utf-8.dat": b"\x00\x9b31m\x85" * 50,
    b"esc\x1b[2J\x1b]0;title\x07.bin": bytes(range(256)) * 10,
    "rtl \u202egpj.exe".encode(): b"MZ\x90\x00" * 30,
    b"auth.log": AUTH_LOG,
    b"[bold]markup[].txt": b"no format known\n" * 5,
    b"-rf": b"x",
}


def investigate(material: Path, case: Path) -> dict:
    return json.loads(done("investigate", material, "--case", case, *CONSENT, "--json"))


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    place = tmp_path_factory.mktemp("names")
    # the folder's own name becomes the title of the case
    material = Path(os.fsdecode(os.fsencode(place) + b"/title \x1b[31m\xff"))
    material.mkdir()
    for name, data in NAMES.items():
        (material / os.fsdecode(name)).write_bytes(data)
    return place / "case", investigate(material, place / "case")


def test_badly_named_files_are_kept_read_and_told(named: tuple[Path, dict]):
    case, summary = named
    assert len(summary["exhibits"]) == len(NAMES)
    assert {one["name"] for one in summary["exhibits"]} >= {"\\xff\\xfe no utf-8.dat", "new\nline FORGED.eml", "-rf"}
    kinds = {finding["kind"] for finding in summary["findings"]}
    assert {"intrusion.password_guessed", "phishing.message"} <= kinds
    assert outside(case) == []
    assert here("verify", case).returncode == 0
    assert here("reproduce", case).returncode == 0


def test_nothing_in_evidence_drives_the_terminal(named: tuple[Path, dict]):
    case, summary = named
    told = [done("report", case), done("requests", case), done("verify", case), done("reproduce", case)]
    told += [done("explain", case, finding["identity"]) for finding in summary["findings"]]
    told.append(done("report", case, "--json"))
    for text in told:
        bad = {character for character in text if unicodedata.category(character) in {"Cc", "Cf", "Cs"}} - {"\n", "\t"}
        assert bad == set(), [line for line in text.splitlines() if bad & set(line)]
    explained = "".join(told)
    assert "\\x1b[31m" in explained, "what was there is shown, made harmless"
    assert not re.search(r"^line FORGED", explained, flags=re.MULTILINE), "a name does not begin a line of its own"


def test_an_empty_folder_is_a_case_with_nothing_in_it(tmp_path: Path):
    (tmp_path / "material").mkdir()
    told = done("investigate", tmp_path / "material", "--case", tmp_path / "case", *CONSENT)
    assert re.search(r"exhibits +0 ", told)
    assert "Ask for this today: nothing" in told
    assert done("verify", tmp_path / "case")
    assert done("reproduce", tmp_path / "case")
    refused = here("seal", tmp_path / "case", "-o", tmp_path / "bundle.zip")
    assert refused.returncode == 2
    assert "nothing was acquired" in refused.stderr


@pytest.mark.parametrize("form", ["folder", "file"])
def test_a_single_file(tmp_path: Path, form: str):
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "auth.log").write_bytes(AUTH_LOG)
    given = tmp_path / "material" / ("auth.log" if form == "file" else "")
    summary = investigate(given, tmp_path / "case")
    (exhibit,) = summary["exhibits"]
    assert (exhibit["name"], exhibit["size"]) == ("auth.log", len(AUTH_LOG))
    assert summary["records"]["event"] == 91
    assert here("verify", tmp_path / "case").returncode == 0


def test_what_is_not_there_is_said(tmp_path: Path):
    finished = here("investigate", tmp_path / "nothing", "--case", tmp_path / "case", *CONSENT)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "there is no" in finished.stderr
    assert not (tmp_path / "case").exists()


DENYING = """
import os, sys
real = os.open
def denied(path, *arguments, **named):
    if os.fsencode(path).endswith(b"locked.eml"):
        raise PermissionError(13, "Permission denied", path)
    return real(path, *arguments, **named)
os.open = denied
from comity.cli.main import main
main(sys.argv[1:])
"""


def test_a_file_that_may_not_be_read_is_a_defect_and_the_rest_goes_on(tmp_path: Path):
    """As another user would see it; root may read everything, so the system's refusal is played."""
    material = tmp_path / "material"
    material.mkdir()
    (material / "locked.eml").write_bytes(LURE)
    (material / "open.eml").write_bytes(LURE)
    finished = subprocess.run(
        [sys.executable, "-c", DENYING, "investigate", material, "--case", tmp_path / "case", *CONSENT, "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    summary = json.loads(finished.stdout)
    (defect,) = [one for one in summary["defects"] if one["code"] == "not_acquired_whole"]
    locked = next(one for one in summary["exhibits"] if one["name"] == "locked.eml")
    assert defect["trace"]["exhibit"] == locked["number"]
    assert "Permission denied" in defect["reason"]
    assert locked["sha256"] is None
    assert summary["records"]["message"] == 1
    # once it may be read, the same command takes it
    summary = investigate(material, tmp_path / "case")
    assert summary["records"]["message"] == 2
    assert done("verify", tmp_path / "case")


@pytest.mark.parametrize("name", [b"line\nbreak", b"\xff"])
def test_a_case_folder_that_cannot_be_told_to_the_readers_is_refused(tmp_path: Path, name: bytes):
    (tmp_path / "material").mkdir()
    case = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    finished = here("investigate", tmp_path / "material", "--case", case, *CONSENT)
    assert finished.returncode == 2
    assert "Give its folder a name" in finished.stderr
    assert not Path(case).exists()


def test_an_option_that_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / "material").mkdir()
    authority = os.fsdecode(b"Unit \xff")
    arguments = ["investigate", tmp_path / "material", "--case", tmp_path / "case", *CONSENT, "--authority", authority]
    finished = subprocess.run([COMITY, *arguments], capture_output=True, check=False)
    assert finished.returncode == 2
    assert b"not UTF-8" in finished.stderr
    assert not (tmp_path / "case").exists()


def test_the_case_inside_the_material_is_left_out(tmp_path: Path):
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "a.eml").write_bytes(LURE)
    case = tmp_path / "material" / "case"
    for _ in range(2):
        summary = investigate(tmp_path / "material", case)
        assert [(one["name"], one["kind"]) for one in summary["exhibits"]] == [("a.eml", "file"), ("case", "directory")]
        (defect,) = [one for one in summary["defects"] if one["code"] == "not_acquired_whole"]
        assert defect["trace"]["exhibit"] == "2"
    inside = here("investigate", case / "objects", "--case", case, *CONSENT)
    assert inside.returncode == 2
    assert "inside the case" in inside.stderr


def test_a_folder_that_is_something_else_does_not_become_a_case(tmp_path: Path):
    (tmp_path / "material").mkdir()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "beach.jpg").write_bytes(b"x")
    finished = here("investigate", tmp_path / "material", "--case", tmp_path / "photos", *CONSENT)
    assert finished.returncode == 2
    assert "not empty" in finished.stderr
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["beach.jpg"]
    (tmp_path / "note").write_text("x")
    finished = here("investigate", tmp_path / "material", "--case", tmp_path / "note", *CONSENT)
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr
