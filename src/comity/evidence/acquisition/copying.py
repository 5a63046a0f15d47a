"""Copying large files: one read, hashed and written beside each other."""

import errno
import fcntl
import hashlib
import mmap
import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue

from comity.evidence.acquisition.unreadable import CHUNK, Source
from comity.evidence.exhibit import Place

_RING = 8
_ALIGNED = 4096

ALGORITHMS = ("sha256", "md5", "sha1")
"""What may be asked for; SHA-256 always is. MD5 and SHA-1 serve older tools' lists and prove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """`length` bytes were stored, of which `got` could be read; `digests` of what was stored by algorithm, in hex.

    `problem` says what could not be read, None when all could; `filled` are the places that are zeros for that reason.
    """

    length: int
    got: int
    digests: dict[str, str]
    problem: str | None
    filled: tuple[Place, ...]


class Copier:
    """Copies files one after the other, all through the same memory: to touch new memory costs about as much as to hash it.

    Args:
        digests: the algorithms.
        copied: hears of each chunk's bytes.
    """

    def __init__(self, *, digests: tuple[str, ...], copied: Callable[[int], None]) -> None:
        self._digests = digests
        self._copied = copied
        self._memory: memoryview | None = None

    def copy(self, source: int, target: int, *, size: int, sparse: bool) -> Copied:
        """Copy `size` bytes (fewer when it ends, or cannot be read on) from descriptor `source` to the empty file `target`.

        One thread reads, one writes, one per algorithm hashes (hashlib and the system let go of the interpreter); all see the
        same memory, so that the digests are those of the very bytes written. What is written goes past the page cache where
        the file system allows: it is on its way to the disk at once, and need not be copied there. The caller still syncs.
        With `sparse`, runs of zeros become holes. Errors of `target` are raised, those of `source` are in the answer (see
        `Source`).
        """
        reader, writer = Source(source, size=size), _Writer(target, sparse=sparse)
        hashers = [_Hasher(name) for name in self._digests]
        consumers = (*hashers, writer)
        for thread in consumers:
            thread.start()
        try:
            for count in self._distribute(reader, consumers):
                self._copied(count)
                if writer.problem is not None:
                    break
        finally:
            for thread in consumers:
                thread.finish()
        if writer.problem is not None:
            raise writer.problem
        if sparse:  # a hole at the end has not been written
            os.ftruncate(target, reader.position)
        taken = {hasher.algorithm: hasher.digest.hexdigest() for hasher in hashers}
        return Copied(length=reader.position, got=reader.got, digests=taken, problem=reader.problem, filled=reader.places)

    def _distribute(self, reader: Source, consumers: Sequence["_Consumer"]) -> Iterator[int]:
        """Give all that `reader` reads to the consumers, chunk by chunk; yield their sizes. A chunk's memory is used again."""
        if self._memory is None:
            self._memory = memoryview(mmap.mmap(-1, _RING * CHUNK))  # begins on a page, as writing past the cache demands
        turn, count = 0, CHUNK
        while count == CHUNK:
            if turn >= _RING:
                for consumer in consumers:  # each is done with what this part of the memory held before
                    consumer.done.get()
            start = turn % _RING * CHUNK
            count = reader.read_into(self._memory[start : start + CHUNK])
            if count:
                for consumer in consumers:
                    consumer.work.put(self._memory[start : start + count])
                yield count
            turn += 1


class _Consumer(threading.Thread):
    """Takes the chunks put into `work`, in order; `done` gets one token per chunk."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.work: SimpleQueue[memoryview | None] = SimpleQueue()
        self.done: SimpleQueue[None] = SimpleQueue()

    @abstractmethod
    def take(self, chunk: memoryview) -> None:
        """Use `chunk`, which is not to be touched afterwards."""

    def run(self) -> None:
        while (chunk := self.work.get()) is not None:
            self.take(chunk)
            self.done.put(None)

    def finish(self) -> None:
        self.work.put(None)
        self.join()


class _Hasher(_Consumer):
    """One algorithm."""

    def __init__(self, algorithm: str) -> None:
        super().__init__(f"hash {algorithm}")
        self.algorithm = algorithm
        self.digest = hashlib.new(algorithm, usedforsecurity=algorithm == "sha256")

    def take(self, chunk: memoryview) -> None:
        self.digest.update(chunk)


class _Writer(_Consumer):
    """Writes to `target` from its beginning; `problem` holds what the disk answered (such as no space)."""

    def __init__(self, target: int, *, sparse: bool) -> None:
        super().__init__("write")
        self._target = target
        self._sparse = sparse
        self._offset = 0
        self._flags = fcntl.fcntl(target, fcntl.F_GETFL)
        self._able = True
        self._direct = False
        self.problem: OSError | None = None

    def take(self, chunk: memoryview) -> None:
        offset, self._offset = self._offset, self._offset + len(chunk)
        if self.problem is not None or (self._sparse and bytes(chunk).count(0) == len(chunk)):
            return
        try:
            self._write(chunk, offset)
        except OSError as error:
            self.problem = error

    def _write(self, chunk: memoryview, offset: int) -> None:
        while chunk:
            # a whole chunk begins and ends on a page; the last one need not, and what is left of one written in part
            self._pass_cache(wanted=len(chunk) % _ALIGNED == 0)
            try:
                done = os.pwrite(self._target, chunk, offset)
            except OSError as error:
                if error.errno != errno.EINVAL or not self._direct:
                    raise
                self._able = False  # a file system with demands of its own
                continue
            if not self._direct:  # begin to send it to the disk, so that little is left to wait for at the end
                os.posix_fadvise(self._target, offset, done, os.POSIX_FADV_DONTNEED)
            chunk, offset = chunk[done:], offset + done

    def _pass_cache(self, *, wanted: bool) -> None:
        direct = wanted and self._able
        if direct == self._direct:
            return
        try:
            fcntl.fcntl(self._target, fcntl.F_SETFL, self._flags | os.O_DIRECT if direct else self._flags)
            self._direct = direct
        except OSError:
            self._able = False  # a file system that cannot
