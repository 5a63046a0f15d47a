"""docs/tutorial.md is true: its commands are run in order, and what it shows is what they print."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MARK = "----- next command -----"
LEFT_OUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of the page and the lines shown below it."""

    command: str
    shown: tuple[str, ...]


def steps(page: str) -> list[Step]:
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *lines = part.splitlines()
            more = [line[2:] for line in lines if line.startswith("> ")]
            shown = tuple(line.rstrip() for line in lines if line.strip() and not line.startswith("> "))
            found.append(Step(command="\n".join([first, *more]), shown=shown))
    return found


STEPS = steps((REPOSITORY / "docs" / "tutorial.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each step prints, all in one shell; `make demo` is the Makefile's own, with this Python and a scratch case."""
    place = tmp_path_factory.mktemp("tutorial")
    programs = Path(sys.executable).parent
    demo = f'make() {{ command make -s --no-print-directory -C "{REPOSITORY}" -o .venv/.run "$@" BIN="{programs}" CASE="$PWD/demo-case"; }}'
    script = "\n".join([demo, *(f"{step.command}\nstatus=$?; echo; echo '{MARK}'; (exit $status)" for step in STEPS)])
    shell = subprocess.run(
        ["bash"],
        input=script,
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"},
        timeout=300,
        check=False,
    )
    parts = shell.stdout.split(MARK)
    assert len(parts) == len(STEPS) + 1, shell.stdout
    return parts


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.command.splitlines()[0][:60] for step in STEPS])
def test_what_is_shown_is_what_is_printed(printed: list[str], number: int) -> None:
    lines = [line.rstrip() for line in printed[number].splitlines() if line.strip()]
    assert mismatch(STEPS[number].shown, lines) is None, "\n".join(lines)


def test_the_comparison_can_fail() -> None:
    assert mismatch(("a", LEFT_OUT, "d … f"), ["a", "b", "c", "d e f"]) is None
    assert mismatch(("a",), ["a", "b"]) == "more was printed: b"
    assert mismatch(("a", LEFT_OUT, "z"), ["a", "b"]) == "not printed: z"
    assert mismatch(("a", "c"), ["a", "b", "c"]) == "not printed: c"
    assert len(STEPS) > 15


def mismatch(shown: tuple[str, ...], printed: list[str]) -> str | None:
    """Return how `printed` differs from `shown`, in which a line of "…" stands for any lines and "…" in a line for any characters.

    How wide a table's columns are is not compared: it depends on what else stands in them.
    """
    at, anywhere = 0, False
    printed = [" ".join(line.split()) for line in printed]
    for line in (" ".join(line.split()) for line in shown):
        if line.strip() == LEFT_OUT:
            anywhere = True
            continue
        pattern = re.compile(".*".join(map(re.escape, line.split(LEFT_OUT))))
        places = range(at, len(printed) if anywhere else min(at + 1, len(printed)))
        place = next((place for place in places if pattern.fullmatch(printed[place])), None)
        if place is None:
            return f"not printed: {line}"
        at, anywhere = place + 1, False
    return None if anywhere or at == len(printed) else f"more was printed: {printed[at]}"
