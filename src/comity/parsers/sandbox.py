"""Reading hostile material in child processes that may die without loss.

The parent here never looks into an exhibit. It hands batches to readers, watches the clock, and when a reader dies tries
the batch again without the exhibit that killed it, which becomes a Defect.
"""

import hashlib
import os
import selectors
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from comity.observables import TABLES
from comity.parsers.reading import Batch, BatchResult, Job, Limits, TableFile
from comity.parsers.wire import (
    LONGEST_LINE,
    Begun,
    Closing,
    DiskFull,
    Exclusion,
    Finished,
    Message,
    Order,
    Reached,
    Ready,
    decode_message,
    encode_order,
)
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError, StateError

PROGRAM = (sys.executable, "-I", "-m", "comity.parsers.worker")
"""How a reader is started; it is given its memory in bytes, its scratch folder and the folders it may read as further arguments."""

_TRIES = 2
_TABLES = frozenset(table.name for table in TABLES)
_TAKEN_OVER = "An exhibit may have taken the reader over: look at this batch's exhibits on a machine that holds nothing else."
_MOST_FOLDERS = 1_000  # of the longest paths, far from what a command line may hold
_BROKEN_INSTALLATION = "Check that Comity is installed whole and that there is enough memory."
_TICK = 0.25
_START_SECONDS = 60
_DYING_SECONDS = 5
_PIECE = 2**20
_STDERR_TAIL = 4_000
_SIGNS_OF_NO_MEMORY = (b"memory allocation of", b"MemoryError", b"bad_alloc", b"Cannot allocate memory", b"OpenBLAS blas_thread_init")


def read(
    batches: Sequence[Batch], *, out: Path, jobs: int, limits: Limits, progress: Callable[[int], None] = lambda _: None,
    program: tuple[str, ...] = PROGRAM,
) -> Iterator[BatchResult]:  # fmt: skip
    """Yield the result of each batch in order, having written `out`/<table>/<batch id>.parquet.

    Results and files depend on the exhibits and the limits only, not on `jobs`. Closing the iterator, an exception or
    Ctrl-C ends all readers and leaves no half-written file.

    Args:
        batches: what to read, from `plan`.
        out: folder of the records; made when absent.
        jobs: how many readers at once, at least 1.
        limits: what one exhibit may cost.
        progress: told the bytes of exhibits newly read, each byte once.
        program: how a reader is started.

    Raises IntegrityError when preserved bytes are missing, StateError when readers cannot run or the disk is full.
    """
    out.mkdir(parents=True, exist_ok=True)
    for stale in out.glob(".reading-*"):
        shutil.rmtree(stale, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix=".reading-", dir=out) as scratch,
        _Crew(
            size=max(1, jobs),
            scratch=Path(scratch),
            limits=limits,
            program=(*program, str(limits.memory)),
            readable=_folders(batches),
            progress=progress,
        ) as crew,
    ):
        done: dict[str, BatchResult] = {}
        waiting = deque(_Attempt(batch=batch) for batch in batches)
        for batch in batches:
            while batch.id not in done:
                for attempt, worker, finished in crew.work(waiting):
                    done[attempt.batch.id] = _collect(attempt, worker, finished, out)
            yield done.pop(batch.id)


@dataclass(slots=True)
class _Attempt:
    """A batch under way: which exhibits killed a reader how often, which are left out, how much was reported as read."""

    batch: Batch
    deaths: Counter[str] = field(default_factory=Counter)
    excluded: list[Exclusion] = field(default_factory=list)
    reported: int = 0


class _Worker:
    """One reader process and what it is at."""

    def __init__(self, *, program: tuple[str, ...], folder: Path, readable: tuple[Path, ...], limits: Limits) -> None:
        folder.mkdir()
        self.folder = folder
        self.limits = limits
        self.confinement: tuple[str, ...] = ()
        self.attempt: _Attempt | None = None
        self.current: Job | None = None
        self.read_before = 0
        self.closing = False
        self._line = bytearray()
        self._stderr: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as the process
        # one thread each: the machine is shared among the readers, and the order of rows must not depend on it
        threads = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "TMPDIR": str(folder), **threads}
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [*program, folder, *readable],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise StateError(f"a reader cannot be started: {error}", remedy=_BROKEN_INSTALLATION) from error
        if self.process.stdin is None or self.process.stdout is None:
            raise StateError("a reader has no pipes", remedy=_BROKEN_INSTALLATION)
        self._stdin = self.process.stdin
        self.stdout = self.process.stdout
        os.set_blocking(self.stdout.fileno(), False)
        self._heard = self._began = time.monotonic()

    def give(self, attempt: _Attempt) -> None:
        """Hand over a batch."""
        self.attempt, self.current, self.read_before, self.closing = attempt, None, 0, False
        self._heard = self._began = time.monotonic()
        folder = self.folder / attempt.batch.id
        order = Order(batch=attempt.batch, folder=str(folder), limits=self.limits, excluded=tuple(attempt.excluded))
        # by a file, because a reader that does not listen could block a long write for ever
        written = self.folder / "order.json"
        written.write_bytes(encode_order(order))
        try:
            self._stdin.write(os.fsencode(written) + b"\n")
            self._stdin.flush()
        except BrokenPipeError:
            return  # it is dead; its closed output says so next

    def hear(self) -> tuple[Message, ...] | None:
        """Return what it said since; None when it has ended. ValueError when it does not keep to the form."""
        try:
            piece = os.read(self.stdout.fileno(), _PIECE)
        except BlockingIOError:
            return ()
        if not piece:
            return None
        self._heard = time.monotonic()
        self._line += piece
        if len(self._line) > LONGEST_LINE:
            raise ValueError("a line without end")
        if b"\n" not in piece:
            return ()
        *lines, self._line = self._line.split(b"\n")
        return tuple(decode_message(bytes(line)) for line in lines)

    def begin(self, index: int) -> None:
        """Note that the exhibit at `index` of its batch is under way. ValueError when there is none."""
        if self.attempt is None or not 0 <= index < len(self.attempt.batch.jobs):
            raise ValueError("no such exhibit in the batch")
        self.read_before += self.current.length if self.current else 0
        self.current = self.attempt.batch.jobs[index]
        self._began = time.monotonic()

    def overdue(self) -> str:
        """Return why the exhibit under way has had its time, or "" when it has not."""
        if self.attempt is None:
            return ""
        now = time.monotonic()
        # a reader on a busy machine needs a while to start
        patience = self.limits.stalled_seconds if self.current else max(self.limits.stalled_seconds, _START_SECONDS)
        if now - self._heard > patience:
            return f"the reader made no progress for {patience:g} seconds"
        if self.current is not None and not self.closing:
            allowed = self.limits.allowed_seconds(self.current.length)
            if now - self._began > allowed:
                return f"reading took longer than the {allowed:g} seconds allowed for its size"
        return ""

    def end(self, *, patience: float = 0) -> tuple[int, bytes]:
        """Give it `patience` seconds to die by itself, then kill and bury it; return its exit status and the end of its standard error."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self.process.kill()
        status = self.process.wait()
        self._stdin.close()
        self.stdout.close()
        length = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, length - _STDERR_TAIL))
        tail = self._stderr.read()
        self._stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status, tail


class _Crew:
    """The readers, started when there is work for them."""

    def __init__(
        self, *, size: int, scratch: Path, limits: Limits, program: tuple[str, ...], readable: tuple[Path, ...],
        progress: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._size = size
        self._scratch = scratch
        self._limits = limits
        self._program = program
        self._readable = readable
        self._progress = progress
        self._started = 0
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._idle, *self._busy):
            worker.end()
        self._selector.close()

    def work(self, waiting: deque[_Attempt]) -> Iterator[tuple[_Attempt, _Worker, Finished]]:
        """Hand out batches from `waiting`, hear all readers once, and yield each batch that was finished."""
        while waiting and len(self._busy) < self._size:
            attempt = waiting.popleft()
            _check_presence(attempt.batch)
            worker = self._idle.pop() if self._idle else self._start()
            worker.give(attempt)
            self._busy.append(worker)
        for key, _ in self._selector.select(_TICK):
            worker = key.data
            attempt = worker.attempt
            finished, fate = self._hear(worker)
            if fate is not None:
                self._lose(worker, waiting, fate)
            elif finished is not None and attempt is not None:
                self._report(attempt, sum(job.length for job in attempt.batch.jobs))
                yield attempt, worker, finished
                worker.attempt = worker.current = None
                self._busy.remove(worker)
                self._idle.append(worker)
        for worker in tuple(self._busy):
            late = worker.overdue()
            if late:
                self._lose(worker, waiting, late, late=True)

    def _start(self) -> _Worker:
        self._started += 1
        folder = self._scratch / f"reader-{self._started}"
        worker = _Worker(program=self._program, folder=folder, readable=self._readable, limits=self._limits)
        self._selector.register(worker.stdout, selectors.EVENT_READ, worker)
        return worker

    def _hear(self, worker: _Worker) -> tuple[Finished | None, str | None]:
        """Return the batch it finished, if so, and what it did wrong, if anything ("" when it just died)."""
        try:
            messages = worker.hear()
            if messages is None:
                return None, ""
            finished = None
            for message in messages:
                match message:
                    case Ready(confinement):
                        worker.confinement = confinement
                    case Begun(index):
                        worker.begin(index)
                        self._report(worker.attempt, worker.read_before)
                    case Reached(size):
                        self._report(worker.attempt, worker.read_before + min(size, worker.current.length if worker.current else 0))
                    case Closing():
                        worker.closing = True
                    case DiskFull():
                        raise StateError(
                            "no room left on the disk while reading", remedy="Make room, then run the same command again; it resumes."
                        )
                    case Finished():
                        finished = _checked(message, worker.attempt)
        except ValueError as error:
            return None, f"the reader answered nonsense ({str(error)[:80]})"
        return finished, None

    def _report(self, attempt: _Attempt | None, size: int) -> None:
        if attempt is not None and size > attempt.reported:
            self._progress(size - attempt.reported)
            attempt.reported = size

    def _lose(self, worker: _Worker, waiting: deque[_Attempt], fate: str, *, late: bool = False) -> None:
        """Bury a reader and put its batch back in front, leaving out the exhibit under way when it is to blame."""
        self._selector.unregister(worker.stdout)
        died = not fate
        status, tail = worker.end(patience=_DYING_SECONDS if died else 0)
        if worker in self._idle:
            self._idle.remove(worker)
            return
        self._busy.remove(worker)
        attempt = worker.attempt
        if attempt is None:
            return
        code, reason = ("limit_time", fate) if late else _cause(status, tail) if died else ("parser_crashed", fate)
        culprit = worker.current.number if worker.current and not worker.closing else ""
        attempt.deaths[culprit] += 1
        # what ran out of time once would only do it again; a crash may have been the machine's
        if culprit and (code == "limit_time" or attempt.deaths[culprit] >= _TRIES):
            attempt.excluded.append(Exclusion(number=culprit, code=code, reason=f"{reason}; the exhibit was left out"))
        elif attempt.deaths[culprit] >= _TRIES:
            last = tail.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise StateError(
                f"the readers cannot work: {reason} {last[:200]}".strip(),
                remedy=_BROKEN_INSTALLATION,
            )
        waiting.appendleft(attempt)


def _cause(status: int, tail: bytes) -> tuple[str, str]:
    """Return the code and the reason for a reader that ended by itself with exit `status`."""
    if status == -signal.SIGXCPU:
        return "limit_time", "reading took more processor time than allowed for its size"
    if any(sign in tail for sign in _SIGNS_OF_NO_MEMORY):
        return "limit_memory", "the reader needed more memory than it is allowed"
    if status == -signal.SIGKILL:
        return "limit_memory", "the reader was killed from outside, as happens when the machine runs out of memory"
    if status < 0:
        return "parser_crashed", f"the reader was ended by {signal.Signals(-status).name}"
    return "parser_crashed", f"the reader ended with status {status}"


def _folders(batches: Sequence[Batch]) -> tuple[Path, ...]:
    """Return the folders a reader must look into: those that hold the preserved bytes, or the one around them all when they are many."""
    found = sorted({job.path.parent for batch in batches for job in batch.jobs})
    return tuple(found) if len(found) <= _MOST_FOLDERS else (Path(os.path.commonpath(found)),)


def _check_presence(batch: Batch) -> None:
    sizes: dict[Path, int] = {}
    for job in batch.jobs:
        if job.path not in sizes:
            sizes[job.path] = job.path.stat().st_size if job.path.is_file() else -1
        if sizes[job.path] < job.offset + job.length:
            raise IntegrityError(f"the preserved bytes of exhibit {job.number} ({job.name}) are missing from {job.path}")


def _checked(finished: Finished, attempt: _Attempt | None) -> Finished:
    """Return `finished` when it speaks of known tables, once each, and of the exhibits of the batch; ValueError otherwise."""
    tables = [name for name, _ in finished.tables]
    if len(tables) != len(set(tables)) or not set(tables) <= _TABLES:
        raise ValueError("tables nobody knows")
    numbers = frozenset(job.number for job in attempt.batch.jobs) if attempt else frozenset[str]()
    if not all(reading.number.partition(".")[0] in numbers for reading in finished.readings):
        raise ValueError("an exhibit it was not given")
    return finished


def _collect(attempt: _Attempt, worker: _Worker, finished: Finished, out: Path) -> BatchResult:
    """Move the finished files of a batch to their place and hash them here, outside the reader; StateError when one is no file."""
    files = []
    for table, rows in finished.tables:
        written = worker.folder / attempt.batch.id / f"{table}.parquet"
        place = out / table / f"{attempt.batch.id}.parquet"
        place.parent.mkdir(exist_ok=True)
        try:
            written.replace(place)
            status = place.lstat()
            # a reader that was taken over could hand over a link to what it may not read itself; where it lies now, it cannot change it
            if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
                shutil.rmtree(place) if stat.S_ISDIR(status.st_mode) else place.unlink()
                raise StateError(f"a reader handed over something else than a table for {table}", remedy=_TAKEN_OVER)
        except FileNotFoundError as error:
            raise StateError(f"a reader named a table it had not written, {table}", remedy=_TAKEN_OVER) from error
        with place.open("rb") as stream:
            digest = Digest(hashlib.file_digest(stream, "sha256").hexdigest())
        files.append(TableFile(table=table, path=f"{table}/{place.name}", rows=rows, size=status.st_size, sha256=digest))
    shutil.rmtree(worker.folder / attempt.batch.id, ignore_errors=True)
    return BatchResult(id=attempt.batch.id, readings=finished.readings, files=tuple(files), confinement=worker.confinement)
