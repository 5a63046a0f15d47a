"""Reading one file of the material: once, without following links, noticing when it changes meanwhile."""

import hashlib
import os
import stat
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from comity.evidence.acquisition.copying import Copier
from comity.evidence.acquisition.pack import SMALL
from comity.evidence.acquisition.tree import Found
from comity.evidence.acquisition.unreadable import Source
from comity.evidence.exhibit import Place
from comity.evidence.manifest import is_sparse
from comity.evidence.store import Draft, FolderStore

_HASH: dict[str, Callable[[bytes], "hashlib._Hash"]] = {
    "sha256": hashlib.sha256,
    "md5": partial(hashlib.md5, usedforsecurity=False),
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
}
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Reading(NamedTuple):
    """What was read: `data` of a small file, `draft` of a large one, neither when nothing could be.

    `digests` by algorithm in hex; `problem` says what was wrong, None when nothing was. `filled` are places that could not
    be read and are zeros in what was kept.
    """

    status: os.stat_result | None
    length: int
    digests: dict[str, str]
    data: bytes | None
    draft: Draft | None
    problem: str | None
    filled: tuple[Place, ...] = ()


def read(found: Found, *, store: FolderStore, digests: tuple[str, ...], copier: Copier) -> Reading:
    """Return what reading the file `found` gave; problems of the material are in it, those of the store are raised."""
    try:
        descriptor = _open(found)
    except FileNotFoundError:
        return _nothing(None, "it was gone when it was to be read")
    except OSError as error:
        return _nothing(_status(found), f"it cannot be opened: {error.strerror}")
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return _nothing(status, "it was a file in the folder's listing and something else when it was opened")
        if status.st_size < SMALL:
            return _read_small(descriptor, status, digests)
        return _read_large(descriptor, status, store=store, copier=copier)
    finally:
        os.close(descriptor)


def _open(found: Found) -> int:
    try:  # without touching the access time, which only the owner and root may ask for
        return os.open(found.own_name, _OPEN_FILE | os.O_NOATIME, dir_fd=found.folder)
    except PermissionError:
        return os.open(found.own_name, _OPEN_FILE, dir_fd=found.folder)


def _read_small(descriptor: int, status: os.stat_result, digests: tuple[str, ...]) -> Reading:
    size, data, problem, filled = status.st_size, b"", None, tuple[Place, ...]()
    try:
        data = os.read(descriptor, size + 1)
        while len(data) < size and (more := os.read(descriptor, size + 1 - len(data))):
            data += more
    except OSError:
        buffer = memoryview(bytearray(size))
        source = Source(descriptor, size=size)
        source.read_into(buffer)
        problem, filled = source.problem, source.places
        if not source.got:
            return _nothing(status, source.problem or "it was empty when it was read")
        data = bytes(buffer[: source.position])
    grown = len(data) > size
    data = data[:size]
    taken = {name: _HASH[name](data).hexdigest() for name in digests}
    problem = problem or _change(descriptor, status, length=len(data), grown=grown)
    return Reading(status, len(data), taken, data, None, problem, filled)


def _read_large(descriptor: int, status: os.stat_result, *, store: FolderStore, copier: Copier) -> Reading:
    draft = store.draft()
    kept = False
    try:
        made = copier.copy(descriptor, draft.descriptor, size=status.st_size, sparse=is_sparse(status))
        kept = made.got > 0
    finally:
        if not kept:
            store.discard(draft)
    if not kept:
        return _nothing(status, made.problem or "it was empty when it was read")
    problem = made.problem or _change(descriptor, status, length=made.length, grown=False)
    return Reading(status, made.length, made.digests, None, draft, problem, made.filled)


def _change(descriptor: int, before: os.stat_result, *, length: int, grown: bool) -> str | None:
    """Return how the file differs from what it was when it was opened; None when it does not."""
    after = os.fstat(descriptor)
    if length < before.st_size or grown or after.st_size != before.st_size:
        return f"it changed while it was read: {before.st_size} bytes at first, {after.st_size} afterwards; the first {length} are kept"
    if (after.st_mtime_ns, after.st_ctime_ns) != (before.st_mtime_ns, before.st_ctime_ns):
        return "it changed while it was read: its times afterwards are not those at first"
    return None


def _status(found: Found) -> os.stat_result | None:
    try:
        return os.stat(found.own_name, dir_fd=found.folder, follow_symlinks=False)
    except OSError:
        return None


def _nothing(status: os.stat_result | None, problem: str) -> Reading:
    return Reading(status, 0, {}, None, None, problem)
