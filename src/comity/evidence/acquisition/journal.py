"""The journal of an acquisition under way: what is in it is safe, what is not never happened."""

import hashlib
import os
import re
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from comity.evidence import manifest
from comity.evidence.acquisition.pack import END, LARGEST_SEGMENT, Batch, Segment
from comity.evidence.store import Draft, FolderStore, make_folder, sync_folder
from comity.ledger import Tree
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError

_PACKS = "objects/packs"
_SEGMENT = re.compile(r"objects/packs/([0-9]{6})\.tar")
_BLOCK = 512
_FLUSH_BYTES = 32 * 2**20
_FLUSH_LINES = 4096
_FLUSH_OBJECTS = 64
_PLACERS = 8
"""Threads that sync large files: a file system makes many syncs that come together durable at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A finished manifest: its lines counted, its Merkle root, its SHA-256, the bytes preserved, the lines with a defect."""

    count: int
    size: int
    defects: int
    root: Digest
    sha256: Digest


class Journal:
    """Takes lines and contents, and makes them durable together: objects and pack first, then journal.

    A thread writes one batch while the next is collected; others sync large files meanwhile.

    Opening reads what an interrupted run left: `done` has the names and `places` object and offset
    of their contents by SHA-256; `discarded` says how many
    bytes per file lay beyond the last whole line and what it names, and are gone. Nothing is made on disk before the first
    `keep` or `add`.

    Args:
        store: the case's store.
        acquisition: the acquisition's number.
        finished: object paths that belong to earlier acquisitions.
    """

    def __init__(self, store: FolderStore, *, acquisition: int, finished: Collection[str]) -> None:
        self._store = store
        self._path = store.path(f"acquisitions/{acquisition:04d}.journal.jsonl")
        self._manifest = manifest.manifest_name(acquisition)
        self._descriptor = -1
        self._segment: Segment | None = None
        self._lines: list[bytes] = []
        self._size = 0
        self._defects = 0
        self._tally = _Tally()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._writing: Future[tuple[int, int]] | None = None
        self._placer = ThreadPoolExecutor(max_workers=_PLACERS, thread_name_prefix="object")
        self._placing: list[Future[bool]] = []
        self.done: set[bytes] = set()
        self.places: dict[bytes, tuple[str, int]] = {}
        self.discarded: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        if self._path.exists():
            self._take_up()
        self._take_up_segments(finished)

    @property
    def full(self) -> bool:
        """Whether enough was collected to be flushed."""
        pending = 0 if self._segment is None else self._segment.pending
        return len(self._lines) >= _FLUSH_LINES or pending >= _FLUSH_BYTES or len(self._placing) >= _FLUSH_OBJECTS

    def keep(self, data: bytes, *, sha256: str) -> tuple[str, int]:
        """Put `data` into the pack; return object path and offset."""
        if self._segment is not None and self._segment.position + len(data) + 2 * _BLOCK > LARGEST_SEGMENT:
            self._finish_segment()
        if self._segment is None:
            self._segment = self._new_segment()
        offset = self._segment.add(sha256, data)
        return f"{_PACKS}/{self._segment.path.name}", offset

    def place(self, draft: Draft, *, sha256: str) -> tuple[str, int]:
        """Make `draft` an object of its own, durable before the next batch of lines; return object path and offset 0."""
        name = f"objects/sha256/{sha256[:2]}/{sha256}"
        self._placing.append(self._placer.submit(self._store.put_if_absent, name, draft))
        return name, 0

    def add(self, line: bytes, *, size: int, defect: bool) -> None:
        """Collect an exhibit's line; `size` bytes of content stand behind it."""
        self._lines.append(line)
        self._size += size
        self._defects += defect

    def flush(self) -> tuple[int, int]:
        """Hand over what was collected to be made durable; return how many lines and bytes have become so since last told."""
        safe = self.settle()
        if self._lines:
            batch = Batch(0, []) if self._segment is None else self._segment.cut()
            self._writing = self._writer.submit(
                self._write,
                placing=self._placing,
                segment=self._segment,
                batch=batch,
                lines=self._lines,
                size=self._size,
                defects=self._defects,
            )
            self._placing, self._lines, self._size, self._defects = [], [], 0, 0
        return safe

    def settle(self) -> tuple[int, int]:
        """Wait for what was handed over; return how many lines and bytes have become durable since last told."""
        if self._writing is None:
            return 0, 0
        writing, self._writing = self._writing, None
        return writing.result()

    def close(self) -> "Closed":
        """Finish the segment, turn the journal into the acquisition's manifest, and return what it holds. All is settled."""
        self._finish_segment()
        if self._descriptor < 0:
            self._open_file()
        descriptor, self._descriptor = self._descriptor, -1
        self._writer.shutdown()
        self._placer.shutdown()
        self._store.put_if_absent(self._manifest, Draft(path=self._path, descriptor=descriptor))
        return self._tally.closed()

    def abandon(self) -> None:
        """Let go of the files as they are; what was flushed stays."""
        self._writer.shutdown()
        self._placer.shutdown()
        if self._segment is not None:
            self._segment.abandon()
            self._segment = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(
        self, *, placing: list[Future[bool]], segment: Segment | None, batch: Batch, lines: list[bytes], size: int, defects: int
    ) -> tuple[int, int]:
        for placed in placing:
            placed.result()
        if segment is not None:
            segment.write(batch)
        if self._descriptor < 0:
            self._open_file()
        data = memoryview(b"\n".join([*lines, b""]))
        while data:
            data = data[os.write(self._descriptor, data) :]
        self._tally.add(lines, size=size, defects=defects)
        os.fdatasync(self._descriptor)
        return len(lines), size

    def _open_file(self) -> None:
        make_folder(self._path.parent, below=self._store.root)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        sync_folder(self._path.parent)

    def _finish_segment(self) -> None:
        """Write what was collected for the segment, and end it. Its lines follow with the next batch."""
        if self._segment is None:
            return
        if self._writing is not None:
            wait((self._writing,))
        self._segment.write(self._segment.cut())
        self._segment.finish()
        self._segment = None

    def _take_up(self) -> None:
        """Read the whole lines of an interrupted run and cut off what is not whole."""
        good = 0
        with self._path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n") or line.startswith(b"\0"):
                    break
                name, known, content = manifest.decode_known(line, where=f"{self._path.name}, line {number}")
                self.done.add(name)
                self._tally.add([line[:-1]], size=0 if content is None else content.length, defects=known.problem is not None)
                if content is not None:
                    self.places[bytes.fromhex(content.sha256)] = (content.object, content.offset)
                    self._ends[content.object] = max(self._ends.get(content.object, 0), content.offset + content.length)
                good += len(line)
            size = stream.seek(0, os.SEEK_END)
        self._open_file()
        if size > good:
            os.ftruncate(self._descriptor, good)
            self.discarded[f"acquisitions/{self._path.name}"] = size - good

    def _take_up_segments(self, finished: Collection[str]) -> None:
        """Go on with the newest segment that a line names; remove those that no line names."""
        ours = [name for name in self._store.names(_PACKS) if name not in finished and _SEGMENT.fullmatch(name)]
        for name in ours:
            if name not in self._ends:
                path = self._store.path(name)
                self.discarded[name] = path.stat().st_size
                path.unlink()
        named = sorted(name for name in self._ends if name not in finished and _SEGMENT.fullmatch(name))
        for name in named:
            if name not in ours:
                raise IntegrityError(f"{name} is missing; the journal of the acquisition names it as preserved")
        if named:
            last = named[-1]
            self._segment = Segment(self._store.path(last), keep=-(-self._ends[last] // _BLOCK) * _BLOCK)
            if self._segment.discarded:
                self.discarded[last] = self._segment.discarded

    def _new_segment(self) -> Segment:
        numbers = [int(match[1]) for name in self._store.names(_PACKS) if (match := _SEGMENT.fullmatch(name))]
        name = f"{_PACKS}/{max(numbers, default=0) + 1:06d}.tar"
        self._store.put_if_absent(name, END)  # an empty archive, where an empty file would be none
        return Segment(self._store.path(name))


def tally(store: FolderStore, name: str) -> Closed:
    """Return what the finished manifest `name` holds, read from its file."""
    running = _Tally()
    with store.open(name) as stream:
        for number, line in enumerate(manifest.lines(stream, where=name), 1):
            _, known, content = manifest.decode_known(line, where=f"{name}, line {number}")
            running.add([line], size=0 if content is None else content.length, defects=known.problem is not None)
    return running.closed()


class _Tally:
    """Counts and digests over lines as they come."""

    def __init__(self) -> None:
        self._tree = Tree()
        self._digest = hashlib.sha256()
        self._size = 0
        self._defects = 0

    def add(self, lines: list[bytes], *, size: int, defects: int) -> None:
        self._tree.extend(lines)
        self._digest.update(b"\n".join([*lines, b""]))
        self._size += size
        self._defects += defects

    def closed(self) -> Closed:
        digest = Digest(self._digest.hexdigest())
        return Closed(count=self._tree.count, size=self._size, defects=self._defects, root=self._tree.root(), sha256=digest)
