"""Tiles: a log's entries and the hashes above them as plain files, from which anybody can make any proof.

Source: C2SP tlog-tiles (tiles of height 8; partial tiles end in .p/WIDTH).
"""

import hashlib
from collections.abc import Iterator, Sequence

_WIDTH = 256
_DIGITS = 3


def tiles(log: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield path ("tile/0/000.p/7", "tile/entries/000.p/7") and bytes of each tile and bundle of entries.

    ValueError for an entry of 64 KiB or more.
    """
    if any(len(leaf) >= 2**16 for leaf in log):
        raise ValueError("an entry of a tiled log is shorter than 64 KiB")
    yield from _row("entries", [len(leaf).to_bytes(2, "big") + leaf for leaf in log])
    level, hashes = 0, [hashlib.sha256(b"\x00" + leaf).digest() for leaf in log]
    while hashes:
        yield from _row(str(level), hashes)
        whole = range(0, len(hashes) - _WIDTH + 1, _WIDTH)
        level, hashes = level + 1, [_root(hashes[start : start + _WIDTH]) for start in whole]


def _row(kind: str, parts: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    for start in range(0, len(parts), _WIDTH):
        part = parts[start : start + _WIDTH]
        partial = "" if len(part) == _WIDTH else f".p/{len(part)}"
        yield f"tile/{kind}/{_path(start // _WIDTH)}{partial}", b"".join(part)


def _path(number: int) -> str:
    """Return 1234067 as x001/x234/067."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // _DIGITS) * _DIGITS)
    groups = [digits[place : place + _DIGITS] for place in range(0, len(digits), _DIGITS)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]
