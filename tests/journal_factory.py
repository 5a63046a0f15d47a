"""systemd journals for tests, written from the published format: compact or not, fields compressed in each of the ways.

Source: systemd, "Journal File Format". Hashes are no hashes of the fields here: nothing that only reads looks at them.
"""

import lzma
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa

HEADER = 264
_OBJECT = struct.Struct("<BB6xQ")
_FLAGS = {"": 0, "xz": 1, "lz4": 2, "zstd": 8}
_OBJECT_FLAGS = {"": 0, "xz": 1, "lz4": 2, "zstd": 4}
_BUCKETS = 8
_LEAST_COMPRESSED = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry to be written: microseconds since 1970, and its fields."""

    at: int
    fields: tuple[tuple[str, str | bytes], ...]


class Journal:
    """A journal under way."""

    def __init__(self, *, compact: bool = False, compression: str = "") -> None:
        self.data = bytearray(HEADER)
        self.compact = compact
        self.compression = compression
        self.known: dict[bytes, int] = {}
        self.entries: list[int] = []
        self.counts = dict.fromkeys(range(8), 0)
        self.tail = 0
        self.times: list[int] = []
        self.table = self._object(4, bytes(16 * _BUCKETS))
        self.names = self._object(5, bytes(16))

    def add(self, kept: Kept) -> int:
        """Write the fields that are new, then the entry; return where it lies."""
        items = [self._field(name.encode() + b"=" + (value if isinstance(value, bytes) else value.encode())) for name, value in kept.fields]
        number = len(self.entries) + 1
        body = struct.pack("<QQQ16sQ", number, kept.at, kept.at % 10**9, bytes.fromhex("ab" * 16), 0)
        for item in items:
            body += struct.pack("<I", item) if self.compact else struct.pack("<QQ", item, struct.unpack_from("<Q", self.data, item + 16)[0])
        place = self._object(3, body)
        for item in items:
            struct.pack_into("<Q", self.data, item + 56, struct.unpack_from("<Q", self.data, item + 56)[0] + 1)
            if not struct.unpack_from("<Q", self.data, item + 40)[0]:
                struct.pack_into("<Q", self.data, item + 40, place)
        self.entries.append(place)
        self.times.append(kept.at)
        return place

    def finish(self, *, state: int = 0, unused: int = 0, unlisted: int = 0) -> bytes:
        """Return the journal with its lists of entries (two, the first of one entry) and header; the last `unlisted` in no list."""
        named = self.entries[: len(self.entries) - unlisted]
        lists = [part for part in (named[:1], named[1:]) if part]
        width = "I" if self.compact else "Q"
        places = [self._object(6, struct.pack(f"<Q{len(part)}{width}", 0, *part)) for part in lists]
        for place, following in pairwise(places):
            struct.pack_into("<Q", self.data, place + 16, following)
        data = self.data + bytes(unused)
        incompatible = _FLAGS[self.compression] | (16 if self.compact else 0)
        struct.pack_into("<8sIIB", data, 0, b"LPKSHHRH", 0, incompatible, state)
        struct.pack_into("<16s16s16s16s", data, 24, b"f" * 16, b"m" * 16, bytes.fromhex("ab" * 16), b"s" * 16)
        struct.pack_into("<QQ", data, 88, HEADER, len(data) - HEADER)
        struct.pack_into("<QQQQ", data, 104, self.table + 16, 16 * _BUCKETS, self.names + 16, 16)
        struct.pack_into("<QQQ", data, 136, self.tail, sum(self.counts.values()), len(named))
        first, last = (self.times[0], self.times[len(named) - 1]) if named else (0, 0)
        struct.pack_into("<QQQQQQ", data, 160, len(named), min(len(named), 1), places[0] if places else 0, first, last, last % 10**9)
        struct.pack_into("<QQQQ", data, 208, self.counts[1], 0, 0, len(places))
        return bytes(data)

    def _field(self, plain: bytes) -> int:
        known = self.known.get(plain)
        if known:
            return known
        flags, payload = 0, plain
        if self.compression and len(plain) >= _LEAST_COMPRESSED:
            flags, payload = _OBJECT_FLAGS[self.compression], compressed(plain, self.compression)
        hashed = zlib.crc32(plain)
        body = struct.pack("<QQQQQQ", hashed, 0, 0, 0, 0, 0) + (bytes(8) if self.compact else b"") + payload
        place = self._object(1, body, flags)
        bucket = self.table + 16 + hashed % _BUCKETS * 16
        first, last = struct.unpack_from("<QQ", self.data, bucket)
        if first:
            struct.pack_into("<Q", self.data, last + 24, place)
        struct.pack_into("<QQ", self.data, bucket, first or place, place)
        self.known[plain] = place
        return place

    def _object(self, kind: int, body: bytes, flags: int = 0) -> int:
        self.data += bytes(-len(self.data) % 8)
        place = len(self.data)
        self.data += _OBJECT.pack(kind, flags, _OBJECT.size + len(body)) + body
        self.counts[kind] += 1
        self.tail = place
        return place


def compressed(plain: bytes, how: str) -> bytes:
    """Return `plain` as a data object holds it."""
    if how == "xz":
        return lzma.compress(plain, check=lzma.CHECK_NONE)
    if how == "lz4":
        return struct.pack("<Q", len(plain)) + pa.compress(plain, codec="lz4_raw", asbytes=True)
    return pa.compress(plain, codec="zstd", asbytes=True)


def journal(entries: Sequence[Kept], *, compact: bool = False, compression: str = "", unused: int = 0) -> bytes:
    """Return a whole, closed journal."""
    made = Journal(compact=compact, compression=compression)
    for entry in entries:
        made.add(entry)
    return made.finish(unused=unused)
