"""The reader that cuts: a confined child that opens exhibits for a person who asks to see bytes inside them.

Run as `python -I -m comity.parsers.cutter MEMORY SCRATCH FOLDER...`; one JSON object per line on standard input, one answer for each.
"""

import base64
import json
import os
import sys
from io import BufferedReader
from pathlib import Path

from comity.parsers.confinement import allow_seconds, confine


def main(arguments: list[str]) -> None:
    """Confine this process, then answer each line with the bytes it asks for, or with why there are none."""
    memory, scratch, *readable = arguments
    confine(memory=int(memory), scratch=Path(scratch), readable=map(Path, readable))
    # born confined, as in the worker
    from comity.observables import Trace  # noqa: PLC0415 - see above
    from comity.parsers.contract import Source  # noqa: PLC0415 - see above
    from comity.parsers.extraction import cut  # noqa: PLC0415 - see above
    from comity.parsers.streams import Slice  # noqa: PLC0415 - see above
    from comity.terms.errors import MaterialError  # noqa: PLC0415 - see above

    for line in sys.stdin.buffer:
        asked = json.loads(line)
        allow_seconds(asked["seconds"])
        trace = Trace(exhibit=asked["exhibit"], member=asked["member"], offset=asked["offset"], length=asked["length"])
        descriptor = os.open(asked["path"], os.O_RDONLY | os.O_CLOEXEC)
        try:
            raw = Slice(descriptor, offset=asked["begin"], length=asked["size"])
            data = cut(Source(stream=BufferedReader(raw), size=asked["size"], name=asked["name"]), trace)
            answer = {"data": base64.b64encode(data[: asked["most"]]).decode("ascii")}
        except MaterialError as error:
            answer = {"problem": error.what}
        except (MemoryError, RecursionError) as error:
            answer = {"problem": f"it could not be opened: {type(error).__name__}"}
        finally:
            os.close(descriptor)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
