"""An external program that reads hostile material, confined like a reader but for being run.

Run as `python -I -m comity.parsers.launch MEMORY SECONDS SCRATCH READABLE... -- RUNNABLE... -- PROGRAM ARGUMENT...`: the parent
starts it with the program's own folder among RUNNABLE; programs elsewhere stay out of reach. Standard input, output and error are the
program's.
"""

import os
import sys
from pathlib import Path

from comity.parsers.confinement import allow_seconds, confine


def main(arguments: list[str]) -> None:
    """Confine this process, then become the program; exit status 126 when it cannot be run."""
    memory, seconds, scratch, *rest = arguments
    first = rest.index("--")
    second = rest.index("--", first + 1)
    readable, runnable, program = rest[:first], rest[first + 1 : second], rest[second + 1 :]
    confine(memory=int(memory), scratch=Path(scratch), readable=map(Path, readable), runnable=map(Path, runnable))
    allow_seconds(float(seconds))
    try:
        os.execv(program[0], program)  # noqa: S606 - the one program the parent names; there is no shell
    except OSError as error:
        sys.stderr.write(f"{program[0]} cannot be run: {error.strerror}\n")
        raise SystemExit(126) from error


if __name__ == "__main__":
    main(sys.argv[1:])
