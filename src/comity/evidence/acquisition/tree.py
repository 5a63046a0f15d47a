"""Walking the material: everything below a folder, in one order, following nothing out."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KEPT_OPEN = 64
_DEEPEST = 2_000
_LONGEST_PATH = 64 * 2**10

_TOO_FAR = f"more than {_DEEPEST} levels, or {_LONGEST_PATH} bytes of path, below the material; acquire this folder by itself"

KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFLNK: "symlink",
    stat.S_IFDIR: "directory",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


class Found(NamedTuple):
    """One thing in the material: `name` is its path below the root, `own_name` its name in the open folder `folder`.

    `folder` is valid until the next is asked for. Directories are found only when they are empty or have a `problem`,
    which says why nothing below is found; their `folder` is then -1.
    """

    name: bytes
    own_name: bytes
    folder: int
    kind: str
    problem: str | None


class _Level:
    """A folder that is being walked: its own name, its identity, what is still to be visited (last first)."""

    __slots__ = ("descriptor", "identity", "name", "prefix", "rest")

    def __init__(self, *, name: bytes, prefix: bytes, descriptor: int, rest: list[tuple[bytes, bytes, str]]) -> None:
        self.name = name
        self.prefix = prefix
        self.descriptor = descriptor
        self.rest = rest
        status = os.fstat(descriptor)
        self.identity = (status.st_dev, status.st_ino)


def walk(root: Path, *, excluded: Path) -> Iterator[Found]:
    """Yield everything below `root` in the order of path bytes, a folder's path taken with a "/" at its end.

    Folders are opened one below the other without following links, so that nothing swapped in during the walk leads
    outside. The folder `excluded` is found as a directory with a problem and not entered. A `root` that is a file is found
    alone. Memory is that of the listings of the folders on the way down. A folder deeper than 2,000 levels, or whose path is
    longer than 64 KiB, is found with a problem: whoever makes such a tree means to hold up those who walk it.
    """
    apart = excluded.stat()
    stack = [_root_level(root)]
    try:
        while stack:
            level = stack[-1]
            if not level.rest:
                os.close(stack.pop().descriptor)
                while stack and stack[-1].descriptor < 0 and not _reopen(stack):
                    gone = stack.pop()
                    lost = f"the folder was moved while it was read; {len(gone.rest)} entries were not read"
                    yield Found(gone.prefix[:-1], gone.name, -1, "directory", lost)
                continue
            _, own, kind = level.rest.pop()
            name = level.prefix + own
            if kind != "directory":
                yield Found(name, own, level.descriptor, kind, None)
                continue
            too_far = len(stack) > _DEEPEST or len(name) > _LONGEST_PATH
            below = _TOO_FAR if too_far else _enter(level, own, name, (apart.st_dev, apart.st_ino))
            if isinstance(below, str):
                yield Found(name, own, -1, "directory", below)
            elif not below.rest:
                os.close(below.descriptor)
                yield Found(name, own, level.descriptor, "directory", None)
            else:
                stack.append(below)
                if len(stack) > _KEPT_OPEN:  # any depth with a bounded number of open files
                    _shut(stack[-_KEPT_OPEN])
    finally:
        for level in stack:
            _shut(level)


def survey(root: Path, *, excluded: Path) -> tuple[int, int]:
    """Return how many things and how many bytes of files there are below `root` (as of now; for a progress bar)."""
    things = size = 0
    for found in walk(root, excluded=excluded):
        things += 1
        if found.kind == "file":
            try:
                size += os.stat(found.own_name, dir_fd=found.folder, follow_symlinks=False).st_size
            except OSError:
                continue  # gone or unreadable: acquiring it will record that
    return things, size


def _root_level(root: Path) -> _Level:
    if not root.is_dir():
        parent = os.open(root.parent, _OPEN_FOLDER)
        return _Level(name=b"", prefix=b"", descriptor=parent, rest=[(b"", os.fsencode(root.name), "file")])
    descriptor = os.open(root, _OPEN_FOLDER)
    return _Level(name=b"", prefix=b"", descriptor=descriptor, rest=_listing(descriptor))


def _listing(descriptor: int) -> list[tuple[bytes, bytes, str]]:
    """Return (sort key, name, kind) of all in the folder, last first."""
    listing = []
    with os.scandir(descriptor) as entries:
        for entry in entries:
            name = os.fsencode(entry.name)
            if entry.is_file(follow_symlinks=False):
                listing.append((name, name, "file"))
            elif entry.is_dir(follow_symlinks=False):
                listing.append((name + b"/", name, "directory"))
            elif entry.is_symlink():
                listing.append((name, name, "symlink"))
            else:
                listing.append((name, name, _rare_kind(entry)))
    listing.sort(reverse=True)
    return listing


def _rare_kind(entry: os.DirEntry[str]) -> str:
    try:
        return KINDS[stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode)]
    except (OSError, KeyError):
        return "file"  # gone already, or of no known kind: opening it will say so


def _enter(level: _Level, own: bytes, name: bytes, apart: tuple[int, int]) -> _Level | str:
    """Return the folder `own` inside `level`, or why it cannot be entered."""
    try:
        descriptor = os.open(own, _OPEN_FOLDER, dir_fd=level.descriptor)
    except OSError as error:
        return f"the folder cannot be opened: {error.strerror}"
    try:
        below = _Level(name=own, prefix=name + b"/", descriptor=descriptor, rest=_listing(descriptor))
    except OSError as error:
        os.close(descriptor)
        return f"the folder cannot be read: {error.strerror}"
    if below.identity == apart:
        os.close(descriptor)
        return "this is the case folder itself, which is not part of the material"
    return below


def _shut(level: _Level) -> None:
    if level.descriptor >= 0:
        os.close(level.descriptor)
        level.descriptor = -1


def _reopen(stack: list[_Level]) -> bool:
    """Open the innermost folder again, by name from the root down; False when what is there now is not that folder."""
    descriptor = os.dup(stack[0].descriptor)
    for level in stack[1:]:
        outer = descriptor
        try:
            descriptor = os.open(level.name, _OPEN_FOLDER, dir_fd=outer)
        except OSError:
            return False
        finally:
            os.close(outer)
    status = os.fstat(descriptor)
    if (status.st_dev, status.st_ino) != stack[-1].identity:
        os.close(descriptor)
        return False
    stack[-1].descriptor = descriptor
    return True
