"""Running the installed command as a person or a script does, or, quicker, its door in this process."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from comity.cli.main import run

COMITY = Path(sys.executable).with_name("comity")
CONSENT = ("--state", "BR", "--authority", "Unit 7", "--basis", 'consent:"A. Lima, owner of the mailbox"')


def comity(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, umask: int = -1, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Return the finished command; its output as text, with whatever is no UTF-8 as surrogates."""
    return subprocess.run(
        [COMITY, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env={**os.environ, **(environment or {})},
        umask=umask,
        timeout=seconds,
        check=False,
    )


def here(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Return what the same command does when it is called in this process, as into a pipe."""
    output, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        status = run(list(map(str, arguments)))
    return subprocess.CompletedProcess(arguments, status, output.getvalue(), errors.getvalue())


def done(*arguments: str | Path) -> str:
    """Return what a command that must succeed printed; called in this process."""
    finished = here(*arguments)
    assert finished.returncode == 0, f"comity {' '.join(map(str, arguments))}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout
