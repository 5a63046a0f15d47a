"""Stopped in any way at any moment, the same command goes on; two at once, other particulars and new material are told apart.

The processes are real and so are the signals. What is killed is the command itself; its readers have to end by themselves.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest

from comity.casework.folder import Folder
from comity.ledger import current_files
from command_line import COMITY, CONSENT, done, here
from investigated_case import Investigated

PATIENCE = 120
TRIES = 5


@pytest.fixture(scope="module")
def material(investigated: Investigated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, smaller where that saves time, and a large file so that preserving takes long enough to be hit."""
    material = tmp_path_factory.mktemp("interrupted") / "material"
    shutil.copytree(investigated.material, material)
    (material / "server" / "access.log.1.gz").unlink()
    with (material / "image.raw").open("wb") as image:
        image.truncate(96 * 2**20)
    return material


@pytest.fixture(scope="module")
def whole(material: Path, investigated: Investigated) -> Path:
    """The case of a run that nothing disturbed."""
    case = material.parent / "whole"
    done("investigate", material, "--case", case, *CONSENT, "--reference", investigated.reference)
    return case


def events(case: Path) -> list[str]:
    return [json.loads(path.read_bytes())["event"] for path in sorted((case / "ledger").glob("*.json"))]


REACHED: dict[str, Callable[[Path], bool]] = {
    "preserving": lambda case: any((case / "acquisitions").glob("*.journal.jsonl")),
    "reading": lambda case: "exhibits:acquired" in events(case) and any((case / "derived" / "records").glob(".reading-*")),
    "analysing": lambda case: "records:derived" in events(case),
    "drafting": lambda case: "findings:derived" in events(case),
    "reporting": lambda case: "requests:prepared" in events(case),
}


def started(material: Path, case: Path, reference: Path) -> subprocess.Popen[str]:
    arguments = [COMITY, "investigate", material, "--case", case, *CONSENT, "--reference", reference]
    return subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def caught(process: subprocess.Popen[str], reached: Callable[[], bool]) -> bool:
    """Wait until `reached`; False when the process was quicker, as may be on a busy machine."""
    begun = time.monotonic()
    while not reached():
        if process.poll() is not None:
            output, errors = process.communicate()
            assert process.returncode == 0, output + errors
            return False
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.002)
    return True


def caught_in_all(
    phases: Iterable[str], *, case: Path, start: Callable[[], subprocess.Popen[str]], stop: Callable[[subprocess.Popen[str]], None]
) -> bool:
    """Run the command once for each phase and `stop` it there; False when one was missed, and the case is done already."""
    for phase in phases:
        process = start()
        if not caught(process, lambda phase=phase: REACHED[phase](case)):
            return False
        stop(process)
        assert left_alone(case), "readers outlive the command"
    return True


def readers_of(case: Path) -> list[str]:
    """The processes that were started for `case` and live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if bytes(case) in line:
            found.append(line.decode(errors="replace"))
    return found


def left_alone(case: Path) -> bool:
    begun = time.monotonic()
    while readers_of(case) and time.monotonic() - begun < PATIENCE:
        time.sleep(0.1)
    return not readers_of(case)


def check(case: Path, whole: Path, material: Path, reference: Path) -> None:
    """The same command finishes, and leaves what an undisturbed run leaves."""
    summary = json.loads(done("investigate", material, "--case", case, *CONSENT, "--reference", reference, "--json"))
    ours, theirs = Folder.open(case), Folder.open(whole)
    assert [(e.number, e.name_bytes, e.kind, e.sha256) for e in ours.exhibits()] == [
        (e.number, e.name_bytes, e.kind, e.sha256) for e in theirs.exhibits()
    ]
    names = Counter(exhibit["name"] for exhibit in summary["exhibits"])
    assert set(names.values()) == {1}, "no exhibit is entered twice"
    derived = [{n: d for n, d in current_files(f.entries()).items() if n.startswith("derived/")} for f in (ours, theirs)]
    assert derived[0] == derived[1]
    assert Counter(events(case))["case:opened"] == 1
    assert not list((case / "drafts").iterdir())
    assert not [path for path in (case / "derived").rglob(".*") if path.name != ".batches" and ".batches" not in path.parts]
    assert here("verify", case).returncode == 0
    reproduced = here("reproduce", case)
    assert reproduced.returncode == 0, reproduced.stdout


@pytest.mark.slow
def test_killed_in_every_phase_of_one_case(material: Path, whole: Path, investigated: Investigated, tmp_path: Path):
    chance = random.Random(20261123)  # noqa: S311  moments, not secrets

    def kill(process: subprocess.Popen[str]) -> None:
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        process.communicate()

    for attempt in range(TRIES):
        case = tmp_path / str(attempt)
        if caught_in_all(REACHED, case=case, start=partial(started, material, case, investigated.reference), stop=kill):
            check(case, whole, material, investigated.reference)
            return
    pytest.fail("the command was always quicker than this test")


@pytest.mark.slow
def test_killed_at_any_time(material: Path, whole: Path, investigated: Investigated):
    case, chance = material.parent / "killed at random", random.Random(7)  # noqa: S311  moments, not secrets
    for longest in (1.5, 3, 5, 7):
        process = started(material, case, investigated.reference)
        time.sleep(chance.uniform(0.5, longest))
        process.kill()
        process.communicate()
    assert left_alone(case)
    check(case, whole, material, investigated.reference)


def test_stopped_from_the_keyboard(material: Path, whole: Path, investigated: Investigated, tmp_path: Path):
    def press(process: subprocess.Popen[str]) -> None:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everything in the foreground
        output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130, errors
        assert errors.strip() == "Stopped. What was reported as preserved is kept; the same command goes on from here."
        assert output == ""

    for attempt in range(TRIES):
        case = tmp_path / str(attempt)
        phases = ("preserving", "reading", "drafting")
        if caught_in_all(phases, case=case, start=partial(started, material, case, investigated.reference), stop=press):
            check(case, whole, material, investigated.reference)
            return
    pytest.fail("the command was always quicker than this test")


def test_a_second_process_is_told_who_holds_the_case(material: Path, whole: Path):
    before = events(whole)
    with Folder.open(whole).locked("comity something"):
        for arguments in (
            ("investigate", material, "--case", whole, *CONSENT),
            ("report", whole),
            ("seal", whole, "-o", whole.parent / "b.zip"),
        ):
            refused = here(*arguments)
            assert refused.returncode == 2
            assert "is held by comity something (process " in refused.stderr
    assert events(whole) == before
    assert not (whole.parent / "b.zip").exists()


def test_again_enters_nothing_twice_and_makes_nothing_again(material: Path, whole: Path, investigated: Investigated):
    before, derived = events(whole), {path: path.stat().st_mtime_ns for path in (whole / "derived").rglob("*") if path.is_file()}
    assert derived
    done("investigate", material, "--case", whole, *CONSENT, "--reference", investigated.reference)
    assert events(whole) == [*before, "report:written"]
    assert {path: path.stat().st_mtime_ns for path in (whole / "derived").rglob("*") if path.is_file()} == derived


@pytest.mark.parametrize(("option", "value"), [("--state", "DE"), ("--authority", "Another unit"), ("--title", "Another case")])
def test_again_with_other_particulars_is_refused(material: Path, whole: Path, option: str, value: str):
    before = events(whole)
    refused = here("investigate", material, "--case", whole, *CONSENT, option, value)
    assert refused.returncode == 2
    assert option in refused.stderr
    assert value in refused.stderr
    assert events(whole) == before


def test_again_after_a_derived_file_was_lost_or_changed_makes_it_again(material: Path, investigated: Investigated, tmp_path: Path):
    small = tmp_path / "material"
    shutil.copytree(material / "mail", small)
    arguments = ("investigate", small, "--case", tmp_path / "case", *CONSENT)
    done(*arguments)
    digests = {n: d for n, d in current_files(Folder.open(tmp_path / "case").entries()).items() if n.startswith("derived/")}
    findings = tmp_path / "case" / "derived" / "findings.json"
    kept = findings.read_bytes()
    findings.write_bytes(kept.replace(b"weak", b"strong"))
    (table,) = (tmp_path / "case" / "derived" / "records" / "message").iterdir()
    table.unlink()
    done(*arguments)
    assert findings.read_bytes() == kept
    assert {n: d for n, d in current_files(Folder.open(tmp_path / "case").entries()).items() if n.startswith("derived/")} == digests
    assert here("verify", tmp_path / "case").returncode == 0


def test_new_material_is_a_second_acquisition_with_findings_of_its_own(material: Path, tmp_path: Path):
    here_now = tmp_path / "material"
    here_now.mkdir()
    shutil.copy2(material / "mail" / "marina.duarte.mbox", here_now)
    arguments = ("investigate", here_now, "--case", tmp_path / "case", *CONSENT, "--json")
    first = json.loads(done(*arguments))
    shutil.copy2(material / "server" / "auth.log", here_now)
    second = json.loads(done(*arguments))
    assert Counter(events(tmp_path / "case"))["exhibits:acquired"] == 2
    assert [(one["number"], one["name"]) for one in second["exhibits"]] == [("1", "marina.duarte.mbox"), ("2", "auth.log")]
    kinds = [{finding["kind"] for finding in summary["findings"]} for summary in (first, second)]
    assert "intrusion.password_guessed" in kinds[1] - kinds[0]
    assert {one["identity"] for one in first["findings"]} <= {one["identity"] for one in second["findings"]}
    assert here("verify", tmp_path / "case").returncode == 0
    assert here("reproduce", tmp_path / "case").returncode == 0
