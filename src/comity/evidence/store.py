"""The write-once store: names and bytes, and one way to write, put if absent."""

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from comity.terms.errors import IntegrityError, StateError

READ_ONLY = 0o444
_DRAFTS = "drafts"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,7}")
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file being filled beside the store, not yet part of it."""

    path: Path
    descriptor: int


class Store(Protocol):
    """What an object store can offer as well as a folder. Names are relative, with "/"."""

    def put_if_absent(self, name: str, content: bytes | Draft) -> bool:
        """Keep `content` under `name`, durable when this returns; False, and nothing written, when the name is taken."""
        ...

    def draft(self) -> Draft:
        """Return a new draft, for content whose name is known only at its end."""
        ...

    def discard(self, draft: Draft) -> None:
        """Forget `draft`."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Return the bytes of `name`, seekable; IntegrityError when there is none."""
        ...

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names in the folder `prefix`, sorted, folders below it included."""
        ...


class FolderStore:
    """A store in a directory. Written files are read-only and never opened for writing again."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """Return where `name` lies; ValueError for a name that could lead elsewhere."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name in the store: {name[:120]!r}")
        return self.root / name

    def put_if_absent(self, name: str, content: bytes | Draft) -> bool:
        """See Store. The name appears at once and whole: the bytes are synced before it is linked."""
        target = self.path(name)
        draft = content if isinstance(content, Draft) else self._filled(content)
        try:
            os.fsync(draft.descriptor)
            os.fchmod(draft.descriptor, READ_ONLY)
            make_folder(target.parent, below=self.root)
            placed = _place(draft.path, target)
            if placed:
                sync_folder(target.parent)
        finally:
            self.discard(draft)
        return placed

    def draft(self) -> Draft:
        """See Store."""
        folder = self.root / _DRAFTS
        folder.mkdir(exist_ok=True)
        path = folder / os.urandom(16).hex()  # any unused name: it never leaves this folder
        return Draft(path=path, descriptor=os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    def discard(self, draft: Draft) -> None:
        """See Store."""
        os.close(draft.descriptor)
        draft.path.unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        """See Store. A link in the place of an object is refused."""
        try:
            descriptor = os.open(self.path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IntegrityError(f"{name} is missing from the case folder {self.root}") from error
        except OSError as error:
            raise IntegrityError(f"{name} in the case folder {self.root} cannot be opened: {error.strerror}") from error
        return os.fdopen(descriptor, "rb")

    def read(self, name: str, *, most: int) -> bytes:
        """Return all of `name`; IntegrityError when it is missing or larger than `most` bytes."""
        with self.open(name) as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise IntegrityError(f"{name} is larger than it can be: more than {most} bytes")
        return data

    def names(self, prefix: str) -> Iterator[str]:
        """See Store."""
        for folder, folders, files in os.walk(self.path(prefix)):
            folders.sort()
            for file in sorted(files):
                yield (Path(folder) / file).relative_to(self.root).as_posix()

    def clear_drafts(self) -> int:
        """Remove what a killed run left unfinished; return how many drafts. Only while holding the case's lock."""
        left = 0
        folder = self.root / _DRAFTS
        if folder.is_dir():
            for path in folder.iterdir():
                path.unlink()
                left += 1
        return left

    def _filled(self, data: bytes) -> Draft:
        draft = self.draft()
        view = memoryview(data)
        while view:
            view = view[os.write(draft.descriptor, view) :]
        return draft


def _place(draft: Path, target: Path) -> bool:
    """Give the file `draft` the name `target` unless that is taken."""
    try:
        os.link(draft, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # exFAT and some network disks have no hard links; the case's lock keeps other writers away
        if target.exists():
            return False
        draft.rename(target)
    return True


def make_folder(folder: Path, *, below: Path) -> None:
    """Make `folder` and what is missing between it and `below`, durably."""
    missing = []
    while not folder.is_dir():
        if folder in (below, folder.parent):
            raise StateError(f"the case folder {below} is gone", remedy="Check that its disk is still mounted.")
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
