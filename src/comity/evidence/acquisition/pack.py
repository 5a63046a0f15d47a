"""Pack segments: many small files in one append-only tar, opened by any tar."""

import os
from pathlib import Path

from comity.terms.errors import IntegrityError

SMALL = 2**20
"""Files below this many bytes go into packs."""

LARGEST_SEGMENT = 2**30

_BLOCK = 512
_END = bytes(2 * _BLOCK)
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


class Segment:
    """One segment under construction: members are collected, then written and synced together.

    Args:
        path: the file; made when it does not exist.
        keep: bytes to keep of an existing file, a multiple of 512; what lies beyond is discarded.
    """

    def __init__(self, path: Path, *, keep: int = 0) -> None:
        self.path = path
        if path.exists():
            path.chmod(0o600)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        size = os.fstat(self._descriptor).st_size
        if size < keep:
            os.close(self._descriptor)
            raise IntegrityError(f"{path} has {size} bytes; {keep} were recorded as preserved")
        self.discarded = size - keep
        os.ftruncate(self._descriptor, keep)
        self._written = keep
        self._pending: list[bytes] = []
        self.position = keep

    @property
    def pending(self) -> int:
        """Bytes collected and not yet written."""
        return self.position - self._written

    def add(self, name: str, data: bytes) -> int:
        """Collect `data` as member `name`; return the offset its bytes will have in the file."""
        length = len(data)
        padding = -length % _BLOCK
        self._pending += (header(name.encode("ascii"), length), data, _PADDING[:padding])
        offset = self.position + _BLOCK
        self.position = offset + length + padding
        return offset

    def flush(self) -> None:
        """Write what was collected and sync it.

        The first header goes last: until then there are zeros in its place, which tar takes for the end of the archive, so
        that the file is a good archive even when the process is killed in the middle.
        """
        if not self._pending:
            return
        first, rest = self._pending[0], memoryview(b"".join(self._pending[1:]))
        self._pending.clear()
        place = self._written + _BLOCK
        while rest:
            done = os.pwrite(self._descriptor, rest, place)
            place, rest = place + done, rest[done:]
        os.pwrite(self._descriptor, first, self._written)
        os.fdatasync(self._descriptor)
        self._written = self.position

    def finish(self) -> None:
        """Write the end-of-archive mark, sync, and make the file read-only."""
        self.flush()
        os.pwrite(self._descriptor, _END, self._written)
        os.fchmod(self._descriptor, 0o444)
        os.fsync(self._descriptor)
        os.close(self._descriptor)

    def abandon(self) -> None:
        """Close the file as it is; a later Segment takes up from what was recorded."""
        os.close(self._descriptor)
