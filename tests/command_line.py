"""Running the installed command as a person or a script does."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

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


def done(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """Return what a command that must succeed printed."""
    finished = comity(*arguments, environment=environment)
    assert finished.returncode == 0, f"comity {' '.join(map(str, arguments))}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout
