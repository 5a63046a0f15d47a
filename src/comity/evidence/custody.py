"""Custody: opening what was preserved, and checking that it still is what it was."""

import hashlib
import io
import os
from collections.abc import Callable, Iterable
from typing import BinaryIO

from comity.evidence.exhibit import Exhibit, Location
from comity.evidence.store import Store
from comity.ledger import Check, Result, Verdict
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError, StateError

_CHUNK = 2**20


def open_exhibit(store: Store, exhibit: Exhibit) -> BinaryIO:
    """Return the preserved bytes of `exhibit`: read-only, seekable, no byte of its neighbours.

    StateError for what has no bytes (a link, a folder, an unreadable file); IntegrityError when its object is missing or
    too short.
    """
    if exhibit.location is None:
        why = exhibit.defect or f"it is a {exhibit.kind}"
        raise StateError(f"exhibit {exhibit.number} ({exhibit.name}) has no bytes: {why}", remedy="Choose another exhibit.")
    stream = store.open(exhibit.location.path)
    if stream.seek(0, os.SEEK_END) < exhibit.location.offset + exhibit.location.length:
        stream.close()
        raise IntegrityError(f"{exhibit.location.path} is too short for exhibit {exhibit.number} ({exhibit.name})")
    return io.BufferedReader(_Slice(stream, exhibit.location), buffer_size=2**16)


def check(store: Store, exhibits: Iterable[Exhibit], *, progress: Callable[[int], None] = lambda _size: None) -> Verdict:
    """Return whether the preserved bytes of `exhibits` still have their SHA-256, naming each exhibit that does not.

    One pass, in the order given, with the memory of one chunk. `progress` hears of bytes read.
    """
    broken, intact, without = [], 0, 0
    for exhibit in exhibits:
        if exhibit.sha256 is None or exhibit.location is None:
            without += 1
            continue
        words = _difference(store, exhibit, progress)
        if words is None:
            intact += 1
        else:
            subject = f"exhibit {exhibit.number} ({exhibit.name})"
            broken.append(Check(subject=subject, result=Result.BROKEN, words=words))
    words = f"{intact} exhibits have the SHA-256 recorded when they were acquired; {without} have no bytes to check"
    summary = Check(subject="exhibits", result=Result.BROKEN if broken else Result.HOLDS, words=words)
    return Verdict(checks=(summary, *broken))


def digest_of(stream: BinaryIO) -> Digest:
    """Return the SHA-256 of what is left in `stream`, read in chunks."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return Digest(digest.hexdigest())


def _difference(store: Store, exhibit: Exhibit, progress: Callable[[int], None]) -> str | None:
    digest = hashlib.sha256()
    try:
        with open_exhibit(store, exhibit) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                progress(len(chunk))
    except (IntegrityError, OSError) as error:
        return f"its bytes cannot be read: {error}"
    if exhibit.sha256 is None or digest.hexdigest() == exhibit.sha256.hex:
        return None
    return f"its bytes were changed: recorded {exhibit.sha256}, found {digest.hexdigest()}"


class _Slice(io.RawIOBase):
    """The bytes of one location in a stream, as a stream of their own."""

    def __init__(self, stream: BinaryIO, location: Location) -> None:
        super().__init__()
        self._stream = stream
        self._start = location.offset
        self._length = location.length
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        if position < 0:
            raise ValueError(f"no place {position} in an exhibit")
        self._position = position
        return position

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]  # the stub names a type that only exists in stubs
        wanted = min(len(buffer), max(self._length - self._position, 0))
        self._stream.seek(self._start + self._position)
        data = self._stream.read(wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
