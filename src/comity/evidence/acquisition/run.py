"""A run: everything below a folder, copied and hashed in one read, numbered, and entered in the ledger."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from comity.evidence.acquisition.copying import ALGORITHMS, Copier
from comity.evidence.acquisition.journal import Journal, tally
from comity.evidence.acquisition.material import Reading, read
from comity.evidence.acquisition.memory import Memory
from comity.evidence.acquisition.record import (
    BEGUN,
    RESUMED,
    Acquisition,
    Append,
    Record,
    acquisitions,
    enter_acquired,
    source_fields,
    source_of,
)
from comity.evidence.acquisition.tree import Found, walk
from comity.evidence.authorization import live
from comity.evidence.clock_state import ClockState
from comity.evidence.clock_state import encode as encode_clock
from comity.evidence.exhibit import Place
from comity.evidence.manifest import Content, encode_line, manifest_name, new_salt
from comity.evidence.store import FolderStore
from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.errors import SettingsError, StateError


def acquire(
    source: Path,
    *,
    store: FolderStore,
    entries: Sequence[Entry],
    append: Append,
    at: datetime,
    digests: tuple[str, ...] = ("sha256",),
    clock: Callable[[], ClockState] | None = None,
    progress: Callable[[int, int], None] = lambda _exhibits, _size: None,
    copied: Callable[[int], None] = lambda _size: None,
) -> Acquisition | None:
    """Preserve what is new or changed in `source` and return what was acquired; None when nothing is new.

    An interrupted acquisition of the same source is gone on with: what its journal names is kept, what lies beyond that in
    the store is discarded, and the ledger says so. One of another source is closed first, as far as it came. A file is
    entered again only when its path is new, or its size, time or inode and then its digest differ. The source is only read.

    Args:
        source: a folder, or one file.
        store: the case's store; the caller holds the case's lock.
        entries: the ledger so far; it must hold an authorization that is live at `at`.
        append: writes a ledger entry.
        at: the present instant.
        digests: "sha256" and any of "md5", "sha1".
        clock: tells the state of the machine's clock, which then is in each entry's result.
        progress: hears of (exhibits, bytes) that have become safe on disk since its last call.
        copied: hears of bytes of large files as they are copied, before they are safe.

    Raises AuthorizationError, SettingsError (no such source), StateError (the source is the case), IntegrityError (what was
    preserved before is damaged), and the operating system's errors of writing, such as no space.
    """
    authorization = live(entries, at=at)
    if set(digests) - set(ALGORITHMS) or "sha256" not in digests:
        raise SettingsError(f"unknown digests: {', '.join(digests)}", remedy="Give sha256, and md5 and sha1 if wanted.")
    source = _usable(source, store.root)
    record: Record = partial(append, authorization=authorization)
    if clock is not None:
        record = _Clocked(record, clock)
    finished = list(acquisitions(entries))
    journal = _take_up(entries, finished, store=store, record=record, source=source)
    memory = _memory(store, finished, source)
    if journal is not None:
        memory.places.update(journal.places)
    run = _Run(
        source,
        store=store,
        memory=memory,
        journal=journal,
        finished=finished,
        record=record,
        digests=digests,
        progress=progress,
        copied=copied,
    )
    try:
        for found in walk(source, excluded=store.root):
            run.take(found)
        return run.close()
    finally:
        run.abandon()


class _Clocked:
    """A record whose entries tell the state of the machine's clock."""

    def __init__(self, record: Record, clock: Callable[[], ClockState]) -> None:
        self._record = record
        self._clock = clock

    def __call__(self, event: str, *, object: Mapping[str, Json], result: Mapping[str, Json]) -> Entry:  # noqa: A002  UCO's word, action:object
        return self._record(event, object=object, result={**result, "clock": encode_clock(self._clock())})


class _Run:
    """One run over the material: takes what is found, in order, and enters what is new."""

    def __init__(
        self,
        source: Path,
        *,
        store: FolderStore,
        memory: Memory,
        journal: Journal | None,
        finished: Sequence[Acquisition],
        record: Record,
        digests: tuple[str, ...],
        progress: Callable[[int, int], None],
        copied: Callable[[int], None],
    ) -> None:
        self._source = os.fsencode(source)
        self._store = store
        self._digests = digests
        self._progress = progress
        self._copier = Copier(digests=digests, copied=copied)
        self._memory = memory
        self._record = record
        self._journal = journal
        self._number = len(finished) + 1
        self._first = 1 + sum(past.count for past in finished)
        self._done: frozenset[bytes] = frozenset() if journal is None else frozenset(journal.done)
        self._next = self._first + len(self._done)

    def take(self, found: Found) -> None:
        """Enter what was found, unless it is preserved already."""
        if found.name in self._done:
            return
        if found.problem is not None:
            if not self._memory.holds(found.name, kind=found.kind, sha256=None, link_target=None, problem=found.problem):
                self._enter(found, status=None, problem=found.problem)
        elif found.kind == "file":
            self._take_file(found)
        else:
            self._take_other(found)
        if self._journal is not None and self._journal.full:
            self._progress(*self._journal.flush())

    def close(self) -> Acquisition | None:
        """Finish the acquisition, if there is one."""
        if self._journal is None:
            return None
        self._progress(*self._journal.flush())
        self._progress(*self._journal.settle())
        closed = self._journal.close()
        self._journal = None
        return enter_acquired(closed, self._record, number=self._number, first=self._first, source=self._source, complete=True)

    def abandon(self) -> None:
        """Let go of everything as it is; does nothing after `close`."""
        if self._journal is not None:
            self._journal.abandon()
            self._journal = None

    def _begun(self) -> Journal:
        """Return the journal; an acquisition begins, in the ledger too, when there is something to enter."""
        if self._journal is None:
            begun: dict[str, Json] = {"acquisition": self._number, **source_fields(self._source)}
            self._record(BEGUN, object=begun, result={"first": self._first})
            self._journal = Journal(self._store, acquisition=self._number, finished=_objects(self._memory))
        return self._journal

    def _take_file(self, found: Found) -> None:
        if found.name in self._memory.known:
            try:
                status = os.stat(found.own_name, dir_fd=found.folder, follow_symlinks=False)
            except OSError:
                status = None  # reading it will say why
            if status is not None and self._memory.unchanged(found.name, status):
                return
        reading = read(found, store=self._store, digests=self._digests, copier=self._copier)
        sha256 = reading.digests.get("sha256")
        if self._memory.holds(found.name, kind="file", sha256=sha256, link_target=None, problem=reading.problem):
            if reading.draft is not None:
                self._store.discard(reading.draft)
            return
        content = None if sha256 is None else self._keep(reading, sha256)
        self._enter(found, status=reading.status, content=content, problem=reading.problem, filled=reading.filled)

    def _keep(self, reading: Reading, sha256: str) -> Content:
        """Put the content into the store, unless the same bytes are there."""
        key = bytes.fromhex(sha256)
        place = self._memory.places.get(key)
        if place is not None:
            if reading.draft is not None:
                self._store.discard(reading.draft)
        else:
            journal = self._begun()
            if reading.draft is not None:
                place = journal.place(reading.draft, sha256=sha256)
            else:
                place = journal.keep(reading.data or b"", sha256=sha256)
            self._memory.places[key] = place
        return Content(reading.length, sha256, reading.digests.get("md5"), reading.digests.get("sha1"), *place)

    def _take_other(self, found: Found) -> None:
        """Record a link, a device, a pipe, a socket or an empty folder; none is opened."""
        status = target = problem = None
        try:
            status = os.stat(found.own_name, dir_fd=found.folder, follow_symlinks=False)
            if found.kind == "symlink":
                target = os.readlink(found.own_name, dir_fd=found.folder)
        except OSError as error:
            problem = f"it cannot be examined: {error.strerror}"
        if not self._memory.holds(found.name, kind=found.kind, sha256=None, link_target=target, problem=problem):
            self._enter(found, status=status, link_target=target, problem=problem)

    def _enter(
        self,
        found: Found,
        *,
        status: os.stat_result | None,
        content: Content | None = None,
        link_target: bytes | None = None,
        problem: str | None = None,
        filled: tuple[Place, ...] = (),
    ) -> None:
        line = encode_line(
            number=self._next,
            name=found.name,
            kind=found.kind,
            status=status,
            content=content,
            link_target=link_target,
            problem=problem,
            filled=filled,
            salt=new_salt(),
        )
        self._begun().add(line, size=0 if content is None else content.length, defect=problem is not None)
        self._next += 1


def _take_up(entries: Sequence[Entry], finished: list[Acquisition], *, store: FolderStore, record: Record, source: Path) -> Journal | None:
    """Return the journal of an interrupted acquisition of `source`; one of another source is closed and joins `finished`."""
    drafts = store.clear_drafts()
    begun = [entry for entry in entries if entry.event == BEGUN]
    if len(begun) == len(finished):
        return None
    number = len(begun)
    its_source = source_of(begun[-1].object, where=f"ledger entry {begun[-1].number}")
    same = its_source == os.fsencode(source)
    if not store.path(manifest_name(number)).exists():
        journal = Journal(store, acquisition=number, finished=_objects(_memory(store, finished, source)))
        discarded: dict[str, Json] = {**journal.discarded, **({"drafts": drafts} if drafts else {})}
        record(RESUMED, object={"acquisition": number}, result={"kept": len(journal.done), "discarded": discarded})
        if same:
            return journal
        closed = journal.close()
    else:  # killed after the manifest was written and before the ledger said so
        closed = tally(store, manifest_name(number))
    first = 1 + sum(past.count for past in finished)
    finished.append(enter_acquired(closed, record, number=number, first=first, source=its_source, complete=same))
    return None


def _memory(store: FolderStore, finished: Sequence[Acquisition], source: Path) -> Memory:
    memory = Memory()
    for past in finished:
        memory.absorb(store, past.manifest, digest=past.manifest_sha256, same_source=past.source == os.fsencode(source))
    return memory


def _objects(memory: Memory) -> frozenset[str]:
    return frozenset(place for place, _ in memory.places.values())


def _usable(source: Path, case: Path) -> Path:
    """Return `source` without links, refusing what cannot be acquired into `case`."""
    try:
        resolved = source.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise SettingsError(f"there is no {source} to acquire", remedy="Name a folder or a file that exists.") from error
    if not (resolved.is_dir() or resolved.is_file()):
        raise SettingsError(f"{source} is neither a folder nor a file", remedy="Name a folder or a file.")
    if resolved.is_relative_to(case.resolve()):
        raise StateError(f"{source} lies inside the case folder {case}", remedy="Keep the material outside; the case folder keeps copies.")
    return resolved
