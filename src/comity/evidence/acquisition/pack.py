"""Pack segments: many small files in one append-only tar, opened by any tar."""

import os
from pathlib import Path
from typing import NamedTuple

from comity.terms.errors import IntegrityError

SMALL = 2**20
"""Files below this many bytes go into packs."""

LARGEST_SEGMENT = 2**30

_BLOCK = 512
END = bytes(2 * _BLOCK)
"""What ends an archive: two blocks of zeros."""

_PADDING = bytes(_BLOCK)

# ustar header (POSIX.1-1988): name, mode, user, group, size, time, checksum, type, link, magic, version, names, device, prefix
_BEFORE_SIZE = b"\0" * 36 + b"0000444\0" + b"0000000\0" * 2
_TIME = b"00000000000\0"
_AFTER_CHECKSUM = b"0" + b"\0" * 100 + b"ustar\0" + b"00" + b"\0" * 64 + b"0000000\0" * 2 + b"\0" * 167
_CONSTANT_SUM = sum(_BEFORE_SIZE) + sum(_TIME) + 8 * ord(" ") + sum(_AFTER_CHECKSUM)


def header(name: bytes, size: int) -> bytes:
    """Return the 512-byte tar header of a member: `name` is 64 ASCII bytes, `size` below 8 GiB.

    Times and owners are zero: the manifest has them, and one content may be many exhibits.
    """
    octal = b"%011o\0" % size
    checksum = _CONSTANT_SUM + sum(name) + sum(octal)
    return b"".join((name, _BEFORE_SIZE, octal, _TIME, b"%06o\0 " % checksum, _AFTER_CHECKSUM))


class Batch(NamedTuple):
    """Headers, contents and paddings that belong at `place`, one after the other."""

    place: int
    parts: list[bytes]


class Segment:
    """One segment under construction: members are collected, then written and synced together.

    Args:
        path: the file, which exists.
        keep: bytes to keep of an existing file, a multiple of 512; what lies beyond is discarded.
    """

    def __init__(self, path: Path, *, keep: int = 0) -> None:
        self.path = path
        path.chmod(0o600)
        self._descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        size = os.fstat(self._descriptor).st_size
        if size < keep:
            os.close(self._descriptor)
            raise IntegrityError(f"{path} has {size} bytes; {keep} were recorded as preserved")
        self.discarded = 0 if size == keep + len(END) else size - keep
        os.pwrite(self._descriptor, END, keep)  # first, so that the file is an archive at every moment
        os.ftruncate(self._descriptor, keep + len(END))
        self._cut = keep
        self._pending: list[bytes] = []
        self.position = keep

    @property
    def pending(self) -> int:
        """Bytes collected and not yet cut."""
        return self.position - self._cut

    def add(self, name: str, data: bytes) -> int:
        """Collect `data` as member `name`; return the offset its bytes will have in the file."""
        length = len(data)
        padding = -length % _BLOCK
        self._pending += (header(name.encode("ascii"), length), data, _PADDING[:padding])
        offset = self.position + _BLOCK
        self.position = offset + length + padding
        return offset

    def cut(self) -> "Batch":
        """Return what was collected since the last cut, to be written by `write`, in the order of cutting."""
        batch = Batch(place=self._cut, parts=self._pending)
        self._pending, self._cut = [], self.position
        return batch

    def write(self, batch: "Batch") -> None:
        """Write and sync `batch`.

        The first two blocks go last: until then there are zeros in their place, which tar takes for the end of the archive,
        so that the file is a good archive even when the process is killed in the middle.
        """
        data = memoryview(b"".join(batch.parts))
        place, rest = batch.place + len(END), data[len(END) :]
        while rest:
            done = os.pwrite(self._descriptor, rest, place)
            place, rest = place + done, rest[done:]
        if data:
            os.pwrite(self._descriptor, data[: len(END)], batch.place)
        os.fdatasync(self._descriptor)

    def finish(self) -> None:
        """Write the end-of-archive mark, sync, and make the file read-only. All batches are written."""
        os.pwrite(self._descriptor, END, self._cut)
        os.fchmod(self._descriptor, 0o444)
        os.fsync(self._descriptor)
        os.close(self._descriptor)

    def abandon(self) -> None:
        """Close the file as it is; a later Segment takes up from what was recorded."""
        os.close(self._descriptor)
