"""Streams that say when they are read, so that a watcher sees a slow parser from a stuck one."""

import errno
import os
from collections.abc import Callable
from io import RawIOBase
from typing import BinaryIO


class Slice(RawIOBase):
    """`length` bytes at `offset` of an open file, seekable, read only; remembers how far it was read."""

    def __init__(self, descriptor: int, *, offset: int, length: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._offset = offset
        self._length = length
        self._position = 0
        self.furthest = 0
        self.on_read: Callable[[], None] = lambda: None

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to `offset` from the start, the position or the end of the slice; return the new position."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "seek before the start")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the stub's Buffer is not in 3.11
        """Fill `buffer` from the position; return the bytes read, 0 at the end of the slice."""
        self.on_read()
        wanted = max(0, min(len(buffer), self._length - self._position))
        if not wanted:
            return 0
        got = os.preadv(self._descriptor, [memoryview(buffer)[:wanted]], self._offset + self._position)
        self._position += got
        self.furthest = max(self.furthest, self._position)
        return got


class Watched(RawIOBase):
    """Another stream, calling `on_read` whenever it is read; closing it leaves the other open."""

    def __init__(self, stream: BinaryIO, on_read: Callable[[], None]) -> None:
        super().__init__()
        self._stream = stream
        self._on_read = on_read

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the other stream; return its new position."""
        self._stream.seek(offset, whence)
        return self._stream.tell()

    def tell(self) -> int:
        """Return the other stream's position."""
        return self._stream.tell()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the stub's Buffer is not in 3.11
        """Fill `buffer` from the other stream; return the bytes read."""
        self._on_read()
        data = self._stream.read(len(buffer))
        memoryview(buffer)[: len(data)] = data
        return len(data)
