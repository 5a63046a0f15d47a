"""The first step: Ctrl-C while the program is still loading ends it in words, like later on."""

import sys

_INTERRUPTED = 130


def main() -> None:
    """Load the command line and run it."""
    try:
        from comity.cli.main import main as run  # noqa: PLC0415 - loading takes a second, in which a person may press Ctrl-C
    except KeyboardInterrupt:
        sys.stderr.write("Stopped before anything was begun.\n")
        sys.exit(_INTERRUPTED)
    run()
