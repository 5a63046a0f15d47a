"""A reader whose only parser does what its exhibit says: for tests of the sandbox. Run like comity.parsers.worker."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from comity.parsers.confinement import confine

memory, scratch, *readable = sys.argv[1:]
held = confine(memory=int(memory), scratch=Path(scratch), readable=map(Path, readable))

import numpy as np  # noqa: E402 - libraries come after confinement, as in the real reader
import polars as pl  # noqa: E402 - libraries come after confinement, as in the real reader

from comity.observables import EVENT, Table  # noqa: E402
from comity.parsers.contract import Child, Defect, Inferred, Item, Source, Structure, Structures  # noqa: E402
from comity.parsers.event_rows import event_rows  # noqa: E402
from comity.parsers.service import serve  # noqa: E402


class Obedient:
    """Reads exhibits that begin with FAULTY and name a fault; hands over one row, then commits it."""

    name = "obedient"
    version = "1"
    media_type = "text/x-faulty"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        if head.startswith(b"FAULTY recognition"):
            raise ValueError("I cannot even tell")
        return 3 if head.startswith(b"FAULTY") else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        source.stream.seek(0)
        words = source.stream.read().decode().split()
        yield event_rows(pl.DataFrame({"offset": [0], "length": [6], "message": [words[1]]}))
        yield from getattr(self, words[1])(source, words)
        if words[1] != "silence":
            yield Structure(what="the fault's name", offset=6, length=source.size - 6)

    def well(self, source: Source, words: list[str]) -> Iterator[Item]:
        yield Defect(code="odd", reason="just odd", offset=2, length=1)

    def outside(self, source: Source, words: list[str]) -> Iterator[Item]:
        for offset, length in ((2**80, 1), (-5, 2), (3, 2**80), (7, -9)):
            yield Defect(code="far", reason="out there", offset=offset, length=length)
        yield Structure(what="far", offset=-(2**80), length=2**90)
        yield Structures(what="far", offsets=np.array([-1, 2**62]), lengths=np.array([2**62, 2**62]))
        yield event_rows(pl.DataFrame({"offset": [source.size - 1], "length": [9], "message": ["beyond the end"]}))
        yield from self.children(source, [BytesIO(b"FAULTY well")], length=2**80)

    def silence(self, source: Source, words: list[str]) -> Iterator[Item]:
        return
        yield

    def exception(self, source: Source, words: list[str]) -> Iterator[Item]:
        raise ZeroDivisionError("unheard of")
        yield

    def recursion(self, source: Source, words: list[str]) -> Iterator[Item]:
        yield from self.recursion(source, words)

    def forever(self, source: Source, words: list[str]) -> Iterator[Item]:
        while True:
            time.sleep(0.01)
            yield Defect(code="again", reason="and again", offset=0, length=1)

    def stall(self, source: Source, words: list[str]) -> Iterator[Item]:
        while True:
            pass
        yield

    def kill(self, source: Source, words: list[str]) -> Iterator[Item]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield

    def segfault(self, source: Source, words: list[str]) -> Iterator[Item]:
        ctypes.string_at(0)
        yield

    def leave(self, source: Source, words: list[str]) -> Iterator[Item]:
        os._exit(3)
        yield

    def hoard(self, source: Source, words: list[str]) -> Iterator[Item]:
        hoard = []
        while True:
            hoard.append(bytearray(64 * 2**20))
        yield

    def hoard_in_polars(self, source: Source, words: list[str]) -> Iterator[Item]:
        frames = [pl.DataFrame({"a": range(1_000_000)})]
        while True:
            frames.append(pl.concat([frames[-1], frames[-1]]).sort("a"))
        yield

    def write_elsewhere(self, source: Source, words: list[str]) -> Iterator[Item]:
        Path(words[2]).write_text("changed")
        yield

    def run_a_program(self, source: Source, words: list[str]) -> Iterator[Item]:
        os.execv("/bin/true", ["true"])  # noqa: S606 - that it fails is the test
        yield

    def phone_home(self, source: Source, words: list[str]) -> Iterator[Item]:
        # no address outside this machine is tried: with no network there is not even a loopback
        with socket.create_connection(("127.0.0.1", int(words[2])), timeout=2):
            yield Defect(code="connected", reason="reached the network", offset=0, length=1)

    def chatter(self, source: Source, words: list[str]) -> Iterator[Item]:
        print('{"finished": [], "tables": []}', flush=True)  # noqa: T201 - what a library might do
        yield Defect(code="spoke", reason="printed", offset=0, length=1)

    def nest(self, source: Source, words: list[str]) -> Iterator[Item]:
        yield from self.children(source, [BytesIO(b"FAULTY nest")])

    def many(self, source: Source, words: list[str]) -> Iterator[Item]:
        yield from self.children(source, [BytesIO(b"hello")] * int(words[2]))

    def swell(self, source: Source, words: list[str]) -> Iterator[Item]:
        yield from self.children(source, [Endless(), BytesIO(b"hello")])

    def broken_child(self, source: Source, words: list[str]) -> Iterator[Item]:
        yield from self.children(source, [Broken(), BytesIO(b"FAULTY well")])

    def children(self, source: Source, streams: Sequence[BytesIO], length: int = 6) -> Iterator[Item]:
        for number, stream in enumerate(streams):
            yield Child(
                step=f"x:{number}",
                name=f"child {number}",
                declared_type="text/plain",
                offset=0,
                length=length,
                size=5,
                modified=None,
                stream=stream,
            )


class Endless(BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        return b"0" * (size or 1)


class Broken(BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise EOFError("ends early")
        self.seek(1)
        return b"begun"


if __name__ == "__main__":
    serve(parsers=(Obedient(),), confinement=held, scratch=Path(scratch))
