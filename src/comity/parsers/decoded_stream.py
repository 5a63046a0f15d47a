"""Streams of decoded bytes: what containers hand out as children, and how far they go.

A stream raises MaterialError where its bytes cannot be decoded further, after it has given all that could be: who reads
it keeps those and knows that they are not the whole.
"""

import bz2
import io
import lzma
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from comity.terms.errors import MaterialError

PIECE = 2**18
"""Bytes read or decoded at a time."""

MOST_DECODED = 16 * 2**30
"""Bytes one member may decode to."""

FREE_OF_RATIO = 64 * 2**20
"""Bytes a member may decode to whatever its ratio."""

MOST_RATIO = 300
"""Times a larger member may exceed its encoded bytes; logs reach 30, deflate can reach 1,032."""

MAGIC = {"gzip": b"\x1f\x8b\x08", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
"""How compressed files begin."""

_IN_MEMORY = 16 * 2**20
_XZ_MEMORY = 2**28


@dataclass(slots=True)
class Used:
    """How many encoded bytes, from the first, were decoded and hold (their checksum, where there is one)."""

    size: int = 0

    def __call__(self) -> int:
        """Return them."""
        return self.size


class DecodedStream(io.RawIOBase):
    """A readable stream over `pieces`, which may end with a MaterialError."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stubs ask for any buffer, io gives this one
        """Fill `buffer` as far as the current piece goes; 0 at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def stream_of(pieces: Iterator[bytes]) -> BinaryIO:
    """Return `pieces` as a stream."""
    return cast("BinaryIO", DecodedStream(pieces))


def spooled(pieces: Iterator[bytes]) -> BinaryIO:
    """Return a seekable stream, at its start, of what `pieces` give before they end or fail; large ones lie in a nameless file."""
    spool = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed by who reads it
    try:
        for piece in pieces:
            spool.write(piece)
    except MaterialError:
        pass  # reading recorded it as a defect; what was decoded can still be looked at
    spool.seek(0)
    return spool


def pieces_of(stream: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    """Yield `length` bytes from `offset` in pieces; fewer when the stream ends before."""
    while length > 0:
        stream.seek(offset)
        piece = stream.read(min(PIECE, length))
        if not piece:
            return
        yield piece
        offset += len(piece)
        length -= len(piece)


class _Decompressor(Protocol):
    """What the bz2 and lzma modules offer."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


class _Inflater:
    """zlib in the manner of bz2 and lzma."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)
        self._before = self._inner.copy()
        self._pending = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = PIECE) -> bytes:
        self._pending = self._inner.unconsumed_tail or data
        self._before = self._inner.copy()
        return self._inner.decompress(self._pending, max_length)

    def salvaged(self) -> bytes:
        """Return what the call that failed had decoded up to the damage, and would not give: byte by byte, it does."""
        decoded = bytearray()
        for at in range(len(self._pending)):
            try:
                decoded += self._before.decompress(self._pending[at : at + 1])
            except zlib.error:
                break
            if len(decoded) >= PIECE:  # the call had no more room
                break
        return bytes(decoded)


_GZIP_WINDOW = 31
_RAW_WINDOW = -15


def _decompressor(kind: str) -> _Decompressor:
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    return _Inflater(_GZIP_WINDOW if kind == "gzip" else _RAW_WINDOW)


class _Feed:
    """Encoded bytes that can be given back."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._back = b""
        self.taken = 0

    def take(self) -> bytes:
        """Return the next bytes, b"" at the end."""
        piece, self._back = self._back or next(self._pieces, b""), b""
        self.taken += len(piece)
        return piece

    def give_back(self, piece: bytes) -> None:
        """Put `piece` before what comes next."""
        self._back = piece
        self.taken -= len(piece)

    def skip_zeros(self) -> bytes:
        """Pass over padding; return some of the bytes that follow, which stay, b"" at the end."""
        while piece := self.take():
            rest = piece.lstrip(b"\x00")
            if rest:
                self.give_back(rest)
                return rest
        return b""


def decompressed(encoded: Iterator[bytes], kind: str, *, several: bool, used: Used) -> Iterator[bytes]:
    """Yield what `encoded` decompresses to, in bounded pieces.

    Args:
        encoded: the compressed bytes.
        kind: deflate, gzip, bzip2 or xz.
        several: whether more compressed streams may follow the first, as in gzip files that were appended to; otherwise
            what follows is left alone.
        used: told the encoded bytes of each stream that was decoded to its end, and of padding after it.

    Raises MaterialError, after all that could be decoded, when the data is damaged or ends early, when bytes follow that
    are no stream, and when a limit is passed.
    """
    feed = _Feed(encoded)
    given = 0
    while True:
        worker = _decompressor(kind)
        while not worker.eof:
            data = feed.take() if worker.needs_input else b""
            try:
                out = worker.decompress(data, PIECE)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                if isinstance(worker, _Inflater) and (rest := worker.salvaged()):
                    given += len(rest)
                    yield rest
                raise MaterialError(f"the {kind} data is damaged after {given} decoded bytes ({error})") from error
            if out:
                given += len(out)
                yield out
                check_limits(given, feed.taken)
            elif not data and not worker.eof:
                raise MaterialError(f"the {kind} data ends early, after {given} decoded bytes")
        feed.give_back(worker.unused_data)
        following = feed.skip_zeros() if several else b""
        used.size = feed.taken
        if not following:
            return
        if not following.startswith(MAGIC[kind][: len(following)]):
            raise MaterialError(f"bytes follow the {kind} data that are not compressed by it, after {given} decoded bytes")


def check_limits(given: int, taken: int) -> None:
    """Raise MaterialError where `given` decoded bytes from `taken` encoded ones pass a limit."""
    if given > MOST_DECODED:
        raise MaterialError(f"decodes to more than {MOST_DECODED} bytes; read no further")
    if given > FREE_OF_RATIO and given > MOST_RATIO * taken:
        raise MaterialError(
            f"decodes to more than {MOST_RATIO} times its size, as a decompression bomb does; read no further than {given} bytes"
        )
