"""The verifier as an expert has it: one file, run by a bare Python; or, quicker, its functions in this process. Comity is not imported."""

import functools
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).parents[2] / "src" / "comity" / "verify.py"
VECTOR = Path(__file__).parent / "vector"
WITNESS = (VECTOR / "witness.txt").read_text().strip()
KEY = (VECTOR / "key.txt").read_text().strip()
ROOT = VECTOR / "root.pem"


def run(*arguments: str | Path) -> tuple[int, str]:
    """Return exit status and output of the program; it writes nothing to the error stream, whatever it is given."""
    done = subprocess.run([sys.executable, "-I", "-S", PROGRAM, *arguments], capture_output=True, text=True, check=False, env={})
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


def functions() -> dict[str, Any]:
    """Return what the file defines; signatures and timestamps that were judged once are not judged again."""
    defined = runpy.run_path(str(PROGRAM))
    space = defined["ed25519_holds"].__globals__
    for name in ("ed25519_holds", "_stamp"):
        space[name] = functools.cache(space[name])
    return space
