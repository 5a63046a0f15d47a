"""An external program is run confined: it reads what it is given, and nothing else is run, read or written."""

import subprocess
import sys
from pathlib import Path

import pytest

from comity.parsers.protections import try_out


def launch(scratch: Path, *program: str, readable: Path, runnable: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "comity.parsers.launch", str(2**30), "20", scratch, readable, "--", runnable, "--", *program]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=scratch)


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path, Path]:
    for name in ("scratch", "given", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    return tmp_path / "scratch", tmp_path / "given", tmp_path / "elsewhere"


def test_it_reads_what_it_is_given(places: tuple[Path, Path, Path]) -> None:
    scratch, given, _ = places
    assert launch(scratch, "/usr/bin/cat", str(given / "file"), readable=given, runnable="/usr/bin").stdout == "given"


def test_it_may_start_its_own_programs(places: tuple[Path, Path, Path]) -> None:
    scratch, given, _ = places
    done = launch(scratch, "/usr/bin/env", "cat", str(given / "file"), readable=given, runnable="/usr/bin")
    assert done.stdout == "given", done.stderr


@pytest.mark.parametrize("script", ["cat {}/file", "echo x > {}/new", "ls {}"])
def test_it_reaches_nothing_else(places: tuple[Path, Path, Path], script: str) -> None:
    if not {one.name: one.holds for one in try_out()}["files"]:
        pytest.skip("this kernel has no Landlock")
    scratch, given, elsewhere = places
    done = launch(scratch, "/usr/bin/env", "sh", "-c", script.format(elsewhere), readable=given, runnable="/usr/bin")
    assert done.returncode != 0
    assert "ermission denied" in done.stderr
    assert not (elsewhere / "new").exists()


def test_what_is_not_to_be_run_is_not_run(places: tuple[Path, Path, Path]) -> None:
    if not {one.name: one.holds for one in try_out()}["files"]:
        pytest.skip("this kernel has no Landlock")
    scratch, given, elsewhere = places
    program = elsewhere / "program"
    program.write_bytes(Path("/usr/bin/true").read_bytes())
    program.chmod(0o755)
    assert launch(scratch, str(program), readable=given, runnable="/usr/bin").returncode == 126
