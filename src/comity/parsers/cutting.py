"""Looking at bytes inside an exhibit without opening it in this process: a confined child does, and may die of it."""

import base64
import binascii
import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from comity.observables import Trace
from comity.parsers.reading import Job, Limits
from comity.terms.errors import MaterialError

PROGRAM = (sys.executable, "-I", "-m", "comity.parsers.cutter")
MOST_BYTES = 64 * 2**20
"""Of one cut, what is handed over."""


class Cutter:
    """Cuts traced bytes out of what lies inside exhibits; the child starts with the first cut and ends with the context."""

    def __init__(self, *, limits: Limits | None = None, program: tuple[str, ...] = PROGRAM) -> None:
        self._limits = limits or Limits()
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        self._scratch = tempfile.TemporaryDirectory(prefix="comity-cut-")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()
        self._scratch.cleanup()

    def cut(self, job: Job, trace: Trace) -> bytes:
        """Return the bytes that `trace` names inside the exhibit `job`, at most MOST_BYTES of them; MaterialError when there are none."""
        seconds = self._limits.allowed_seconds(job.length)
        process = self._child(job.path.parent)
        asked = {
            "path": str(job.path), "begin": job.offset, "size": job.length, "name": job.name, "seconds": seconds, "most": MOST_BYTES,
            "exhibit": trace.exhibit, "member": trace.member, "offset": trace.offset, "length": trace.length,
        }  # fmt: skip
        line = b""
        if process.stdin is not None and process.stdout is not None:
            try:
                process.stdin.write(json.dumps(asked).encode() + b"\n")
                process.stdin.flush()
                if select.select([process.stdout], [], [], seconds)[0]:
                    line = process.stdout.readline(2 * MOST_BYTES)
            except BrokenPipeError:
                pass  # it is dead; so its answer says
        try:
            answer = json.loads(line)
            if "problem" in answer:
                raise MaterialError(str(answer["problem"]))
            return base64.b64decode(answer["data"], validate=True)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            self._end()
            reason = "the reader that was to open it was ended; its records stand as they were read"
            raise MaterialError(f"exhibit {trace.exhibit} cannot be opened again here: {reason}") from error

    def _child(self, folder: Path) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._folder == folder and self._process.poll() is None:
            return self._process
        self._end()
        self._folder = folder
        scratch = self._scratch.name
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [*self._program, str(self._limits.memory), scratch, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": scratch, "POLARS_MAX_THREADS": "1"},
            start_new_session=True,
        )
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None
