"""Progress at a terminal: shown when a step lasts, never in a pipe, and the terminal is given back however it ends."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from comity.cli.progress_bar import ProgressBar
from command_line import CONSENT

IMPATIENT = """
import sys
from comity.cli import progress_bar
progress_bar.PATIENCE = 0.02
from comity.cli.main import main
main(sys.argv[1:])
"""
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture
def material(tmp_path: Path) -> Path:
    (tmp_path / "material").mkdir()
    with (tmp_path / "material" / "image.raw").open("wb") as image:
        image.truncate(64 * 2**20)
    (tmp_path / "material" / "a.eml").write_bytes(b"From: a@b.example\r\nSubject: s\r\nDate: Mon, 5 Oct 2026 10:00:00 +0000\r\n\r\nx\r\n")
    return tmp_path / "material"


def at_a_terminal(material: Path, *, stop_at: str = "") -> tuple[int, str]:
    """Return status and what a terminal was sent; Ctrl-C when `stop_at` was shown."""
    master, slave = pty.openpty()
    arguments = [sys.executable, "-c", IMPATIENT, "investigate", material, "--case", material.parent / "case", *CONSENT]
    process = subprocess.Popen(
        arguments, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env={**os.environ, "TERM": "xterm"}
    )
    os.close(slave)
    sent, stopped = "", False
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break  # the other end is closed
        sent += piece.decode(errors="replace")
        if stop_at and stop_at in sent and not stopped:
            os.killpg(process.pid, signal.SIGINT)
            stopped = True
    os.close(master)
    return process.wait(120), sent


def test_every_step_that_lasts_is_shown(material: Path):
    status, sent = at_a_terminal(material)
    assert status == 0
    for label in ("Preserving", "Reading", "Analysing"):
        assert label in sent
    assert "MiB" in sent
    assert sent.count(HIDDEN) == sent.count(SHOWN) > 0
    assert "Ask for this today" in sent


@pytest.mark.parametrize("step", ["Preserving", "Reading", "Analysing"])
def test_the_terminal_is_given_back_after_ctrl_c(material: Path, step: str):
    status, sent = at_a_terminal(material, stop_at=step)
    assert status == 130
    assert sent.rindex(SHOWN) > sent.rindex(HIDDEN), "the cursor stays hidden"
    assert sent.rstrip().endswith("the same command goes on from here.")


def test_a_pipe_is_told_nothing(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("comity.cli.progress_bar.PATIENCE", 0.0)
    with ProgressBar() as progress:
        progress.begin("Reading", total=10, unit="bytes")
        progress.advance(5)
    assert capfd.readouterr() == ("", "")
