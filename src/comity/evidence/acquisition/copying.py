"""Copying large files: one read, hashed beside the copy."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue

CHUNK = 2**19
_RING = 4
_SYNC_EVERY = 128 * 2**20

ALGORITHMS = ("sha256", "md5", "sha1")
"""What may be asked for; SHA-256 always is. MD5 and SHA-1 serve older tools' lists and prove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """`length` bytes were read; `digests` by algorithm, in hex. `problem` says why reading stopped early, None if it did not."""

    length: int
    digests: dict[str, str]
    problem: str | None


def copy(source: int, target: int, *, size: int, digests: tuple[str, ...], sparse: bool, copied: Callable[[int], None]) -> Copied:
    """Copy `size` bytes (fewer when it ends, or cannot be read) from descriptor `source` to `target`, hashing them on the way.

    Each algorithm has its own thread (hashlib lets go of the interpreter), each sees the very bytes that are written.
    Written bytes are sent to the disk every 128 MiB by one more thread, so that little is left to wait for at the end; the
    caller still syncs. With `sparse`, runs of zeros become holes. `copied` hears of each chunk's bytes.
    """
    hashers = [_Hasher(name) for name in digests]
    syncer = _Syncer(target)
    for thread in (*hashers, syncer):
        thread.start()
    length, problem = 0, None
    try:
        for chunk in _chunks(source, size, hashers):
            _write(target, chunk, length, sparse=sparse)
            length += len(chunk)
            syncer.written(length)
            copied(len(chunk))
    except _UnreadableError as error:
        problem = f"cannot be read from byte {length} on: {error}"
    finally:
        for hasher in hashers:
            hasher.finish()
        syncer.finish()
    if syncer.problem is not None:
        raise syncer.problem
    if sparse:  # a hole at the end has not been written
        os.ftruncate(target, length)
    return Copied(length=length, digests={hasher.algorithm: hasher.digest.hexdigest() for hasher in hashers}, problem=problem)


class _UnreadableError(Exception):
    """The source, not the target, answered with an error."""


def _chunks(source: int, size: int, hashers: Sequence["_Hasher"]) -> Iterator[memoryview]:
    """Yield the first `size` bytes of `source` in chunks that the hashers get too; a chunk's memory is used again later."""
    ring = [memoryview(bytearray(min(CHUNK, max(size, 1)))) for _ in range(_RING)]
    left, turn = size, 0
    while left > 0:
        buffer = ring[turn % _RING]
        if turn >= _RING:
            for hasher in hashers:  # each is done with what this buffer held before
                hasher.done.get()
        try:
            count = os.readv(source, [buffer[:left]])
        except OSError as error:
            raise _UnreadableError(error.strerror) from error
        if count == 0:
            return
        for hasher in hashers:
            hasher.work.put(buffer[:count])
        yield buffer[:count]
        left, turn = left - count, turn + 1


def _write(target: int, chunk: memoryview, offset: int, *, sparse: bool) -> None:
    if sparse and bytes(chunk).count(0) == len(chunk):
        return
    while chunk:
        done = os.pwrite(target, chunk, offset)
        chunk, offset = chunk[done:], offset + done


class _Hasher(threading.Thread):
    """One algorithm over the chunks put into `work`; `done` gets one token per chunk."""

    def __init__(self, algorithm: str) -> None:
        super().__init__(name=f"hash {algorithm}", daemon=True)
        self.algorithm = algorithm
        self.digest = hashlib.new(algorithm, usedforsecurity=algorithm == "sha256")
        self.work: SimpleQueue[memoryview | None] = SimpleQueue()
        self.done: SimpleQueue[None] = SimpleQueue()

    def run(self) -> None:
        while (chunk := self.work.get()) is not None:
            self.digest.update(chunk)
            self.done.put(None)

    def finish(self) -> None:
        self.work.put(None)
        self.join()


class _Syncer(threading.Thread):
    """Sends written bytes to the disk while more are read; `problem` holds what the disk answered (such as no space)."""

    def __init__(self, target: int) -> None:
        super().__init__(name="sync", daemon=True)
        self._target = target
        self._asked = 0
        self._work: SimpleQueue[int | None] = SimpleQueue()
        self.problem: OSError | None = None

    def written(self, length: int) -> None:
        if length - self._asked >= _SYNC_EVERY:
            self._asked = length
            self._work.put(length)

    def run(self) -> None:
        while self._work.get() is not None:
            try:
                os.fdatasync(self._target)
            except OSError as error:
                self.problem = error
                return

    def finish(self) -> None:
        self._work.put(None)
        self.join()
