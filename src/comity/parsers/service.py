"""The worker loop: orders in, tables written, messages out."""

import errno
import os
import sys
import time
from collections.abc import Callable, Sequence
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from comity.parsers.confinement import allow_seconds
from comity.parsers.contract import Parser, Source
from comity.parsers.descent import Descent
from comity.parsers.reading import Job, Reading
from comity.parsers.streams import Slice
from comity.parsers.table_files import TableFiles
from comity.parsers.wire import Begun, Closing, DiskFull, Finished, Message, Order, Reached, Ready, decode_order, encode_message

_BUFFER = 2**20
_SECONDS_BETWEEN_PULSES = 0.2


def serve(*, parsers: Sequence[Parser], confinement: tuple[str, ...], scratch: Path) -> None:
    """Carry out the orders whose files are named on standard input, one a line, until it ends.

    Standard output belongs to the messages alone: what a library prints goes to standard error.
    """
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(message: Message) -> None:
        line = memoryview(encode_message(message))
        while line:
            line = line[replies.write(line) or 0 :]

    say(Ready(confinement))
    for line in sys.stdin.buffer:
        try:
            order = decode_order(Path(os.fsdecode(line.rstrip(b"\n"))).read_bytes())
            say(_carry_out(order, parsers=parsers, scratch=scratch, say=say))
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            say(DiskFull())


def _carry_out(order: Order, *, parsers: Sequence[Parser], scratch: Path, say: Callable[[Message], None]) -> Finished:
    excluded = {each.number: each for each in order.excluded}
    folder = Path(order.folder)
    folder.mkdir(exist_ok=True)
    readings: list[Reading] = []
    with TableFiles(folder) as tables:
        descent = Descent(tables=tables, parsers=parsers, limits=order.limits, scratch=scratch)
        for index, job in enumerate(order.batch.jobs):
            say(Begun(index))
            allow_seconds(order.limits.allowed_seconds(job.length))
            descriptor = os.open(job.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                raw = Slice(descriptor, offset=job.offset, length=job.length)
                raw.on_read = _Pulse(raw, say)
                source = _source(job, BufferedReader(raw, _BUFFER))
                why = excluded.get(job.number)
                if why is None:
                    readings += descent.read(source, number=job.number, pulse=raw.on_read)
                else:
                    readings += descent.exclude(source, number=job.number, code=why.code, reason=why.reason)
            finally:
                os.close(descriptor)
        say(Closing())
        return Finished(tuple(readings), tables.close())


def _source(job: Job, stream: BinaryIO) -> Source:
    return Source(stream=stream, size=job.length, name=job.name, modified=job.modified)


class _Pulse:
    """Says now and then how far the exhibit under way has been read."""

    def __init__(self, raw: Slice, say: Callable[[Message], None]) -> None:
        self._raw = raw
        self._say = say
        self._last = time.monotonic()

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_PULSES:
            self._last = now
            self._say(Reached(self._raw.furthest))
