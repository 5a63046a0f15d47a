"""The reader: a child process that reads batches it is told of and answers on its standard output, one JSON line each.

It confines itself before anything else is imported. Run as `python -I -m comity.parsers.worker MEMORY SCRATCH FOLDER...`.
"""

import sys
from pathlib import Path

from comity.parsers.confinement import confine


def main(arguments: list[str]) -> None:
    """Confine this process to MEMORY bytes, writing below SCRATCH and reading below the FOLDERs, then serve until standard input ends."""
    memory, scratch, *readable = arguments
    confinement = confine(memory=int(memory), scratch=Path(scratch), readable=map(Path, readable))
    # the libraries start threads on import, and those must be born confined
    from comity.parsers.registry import PARSERS  # noqa: PLC0415 - see above
    from comity.parsers.service import serve  # noqa: PLC0415 - see above

    serve(parsers=PARSERS, confinement=confinement, scratch=Path(scratch))


if __name__ == "__main__":
    main(sys.argv[1:])
