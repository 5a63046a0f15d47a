"""Which protections hold a reader on this machine, found out by a reader that tries to break them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from comity.parsers.confinement import PROTECTIONS
from comity.parsers.trial import RAN
from comity.terms.errors import StateError

PROGRAM = (sys.executable, "-I", "-m", "comity.parsers.trial")
_MEMORY = 2**30
_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was tried against a protection; `refused` is the system's name for the refusal, None when it succeeded."""

    what: str
    refused: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """A protection of readers: whether the reader says it is in force, and what was tried against it."""

    name: str
    said: bool
    attempts: tuple[Attempt, ...]

    @property
    def holds(self) -> bool:
        """Return whether it is said to be in force and nothing that was tried got through."""
        return self.said and bool(self.attempts) and all(attempt.refused is not None for attempt in self.attempts)


def try_out(*, program: tuple[str, ...] = PROGRAM) -> tuple[Protection, ...]:
    """Return all protections in the order of PROTECTIONS, each tried in a confined child; takes about two seconds.

    StateError when the child cannot be started or ends before it has tried everything.
    """
    with tempfile.TemporaryDirectory(prefix="comity-trial-") as place:
        scratch, outside = Path(place, "scratch"), Path(place, "outside")
        scratch.mkdir()
        outside.mkdir()
        (outside / "secret").write_text("secret")
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                [*program, str(_MEMORY), scratch, outside],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=scratch,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                timeout=_SECONDS,
                check=False,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StateError(f"the trial of the readers' protections did not end: {error}", remedy=_REMEDY) from error
    said, *tried = _lines(done.stdout)
    attempts: dict[str, list[Attempt]] = {name: [] for name in PROTECTIONS}
    for line in tried:
        attempts[str(line["protection"])].append(Attempt(what=str(line["attempt"]), refused=_text(line["refused"])))
    if RAN.encode() in done.stdout:
        attempts["programs"].append(Attempt(what="run a program", refused=None))
        attempts["time"].append(Attempt(what="use more processor time than allowed", refused="not tried: another program ran instead"))
    else:
        ended = "SIGXCPU" if done.returncode == -signal.SIGXCPU else None
        attempts["time"].append(Attempt(what="use more processor time than allowed", refused=ended))
    held = said["held"]
    in_force = frozenset(map(str, held)) if isinstance(held, list) else frozenset[str]()
    return tuple(Protection(name=name, said=name in in_force, attempts=tuple(tries)) for name, tries in attempts.items())


_REMEDY = "Check that Comity is installed whole and that there is enough memory."


def _lines(output: bytes) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in output.splitlines() if line != RAN.encode()]
    if not lines or "held" not in lines[0]:
        raise StateError("the trial of the readers' protections said nothing", remedy=_REMEDY)
    return lines


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
