"""The objects of a journal, one after the other, and those that an entry names.

Memory: one window of the file, and the fields remembered because entries name the same ones again and again.
Source: systemd, "Journal File Format".
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.parsers.contract import Defect, Source, Structure
from comity.parsers.journal.layout import ALIGNMENT, DATA_COUNT_AT, ENTRY, ENTRY_ITEMS, OBJECT, Header, Kind, aligned
from comity.parsers.journal.payload import MOST_VALUE, PayloadError, read_payload

_WINDOW = 4 * 2**20
_LEAST_REACH = 4_096
_LIKELY_OBJECT = 65_536
_MOST_OBJECT = 8 * 2**20
_MOST_ITEMS = 16_384
_MOST_CHARACTERS = 4 * 2**20
_MOST_REMEMBERED = 32 * 2**20
_MOST_LISTED = 16 * 2**20
_LINKS_AT = 24
_COMPRESSED = 7
_LARGEST_FLAG = 4
_LEAST = {Kind.DATA: 64, Kind.FIELD: 40, Kind.ENTRY: ENTRY_ITEMS, Kind.ENTRY_ARRAY: 24, Kind.TAG: 64}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: where it lies, its number, its time and the time since the host's start in microseconds, the start's identity, its fields.

    `unread` counts fields that could not be read.
    """

    offset: int
    length: int
    number: int
    realtime: int
    monotonic: int
    boot: str
    fields: tuple[tuple[str, str], ...]
    unread: int


class Objects:
    """Reads the objects of the journal in `source`."""

    def __init__(self, source: Source, header: Header) -> None:
        self._stream = source.stream
        self._size = source.size
        self._header = header
        self._start = 0
        self._window = b""
        self._known: dict[int, tuple[str, str]] = {}
        self._weight = 0

    def walk(self) -> Iterator[Entry | Defect | Structure]:
        """Yield the entries in order of place, Defects for what cannot be read, and as Structure all else that was read."""
        at = since = self._header.size
        while at + OBJECT.size <= self._size:
            kind, flags, reserved, size = OBJECT.unpack(self._bytes(at, OBJECT.size))
            if not self._plausible(at, kind, flags, reserved, size):
                if at > since:
                    yield Structure(what="data and indexes", offset=since, length=at - since)
                following = self._resume(at)
                yield self._gap(at, following)
                at = since = following
                continue
            if kind == Kind.DATA:
                yield from self._data(at, flags, size)
            elif kind == Kind.ENTRY:
                yield self._entry(at, size)
            at = min(aligned(at + size), self._size)
        if self._size > since:
            yield Structure(what="data and indexes", offset=since, length=self._size - since)

    def entry_at(self, offset: int) -> Entry | None:
        """Return the entry at `offset`, None when there is none."""
        if offset + OBJECT.size > self._size:
            return None
        kind, flags, reserved, size = OBJECT.unpack(self._bytes(offset, OBJECT.size))
        return self._entry(offset, size) if kind == Kind.ENTRY and self._plausible(offset, kind, flags, reserved, size) else None

    def listed(self) -> NDArray[np.int64]:
        """Return where the entries lie that the journal's own list names, in order; at most what its header counts."""
        offset, left = self._header.entry_array, min(self._header.entries, _MOST_LISTED)
        parts: list[NDArray[np.int64]] = []
        while offset and left > 0:
            found = self.object_at(offset, Kind.ENTRY_ARRAY)
            if found is None:
                break
            following = struct.unpack_from("<Q", found, OBJECT.size)[0]
            width = self._header.link
            links = found[_LINKS_AT : _LINKS_AT + min((len(found) - _LINKS_AT) // width, left) * width]
            parts.append(np.frombuffer(links, "<u4" if width == 4 else "<u8").astype(np.int64))  # noqa: PLR2004 - the narrow form
            left -= len(parts[-1])
            # each list is made after the one before: a way back would have no end
            offset = following if following > offset else 0
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)

    def items(self, offset: int, length: int) -> tuple[int, ...]:
        """Return where the data objects lie that the entry of `length` bytes at `offset` names."""
        width = self._header.item
        count = min((length - ENTRY_ITEMS) // width, _MOST_ITEMS)
        raw = self._bytes(offset + ENTRY_ITEMS, count * width)
        if self._header.compact:
            return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
        return struct.unpack(f"<{len(raw) // 8}Q", raw[: len(raw) // 8 * 8])[::2]

    def object_at(self, offset: int, kind: Kind) -> bytes | None:
        """Return the whole object of `kind` at `offset`, None when there is none; at most 8 MiB of it."""
        if offset % ALIGNMENT or not self._header.size <= offset <= self._size - OBJECT.size:
            return None
        found, flags, reserved, size = OBJECT.unpack(self._bytes(offset, OBJECT.size))
        if found != kind or not self._plausible(offset, found, flags, reserved, size):
            return None
        return self._bytes(offset, min(size, _MOST_OBJECT))

    def _entry(self, at: int, size: int) -> Entry:
        number, realtime, monotonic, boot, _ = ENTRY.unpack(self._bytes(at + OBJECT.size, ENTRY.size))
        fields = []
        unread = max((size - ENTRY_ITEMS) // self._header.item - _MOST_ITEMS, 0)
        room = _MOST_CHARACTERS
        for place in dict.fromkeys(self.items(at, size)):
            known = self._known.get(place) or self._field(place)
            if known is None or room < len(known[1]):
                unread += 1
            else:
                fields.append(known)
                room -= len(known[1])
        return Entry(at, size, number, realtime, monotonic, boot.hex(), tuple(fields), unread)

    def _data(self, at: int, flags: int, size: int) -> Iterator[Defect]:
        head = self._bytes(at, min(size, self._header.payload))
        try:
            self._remember(at, flags, self._bytes(at + self._header.payload, self._held(size, flags)))
        except PayloadError as error:
            yield Defect(code="data_unreadable", reason=str(error), offset=at, length=size)
            return
        if not struct.unpack_from("<Q", head, DATA_COUNT_AT)[0]:
            reason = "data that no entry of the journal names: the entry was not finished, or is gone"
            yield Defect(code="data_unused", reason=reason, offset=at, length=size)

    def _field(self, at: int) -> tuple[str, str] | None:
        """Return the field at `at` that is no longer, or not yet, remembered."""
        found = self.object_at(at, Kind.DATA)
        if found is None:
            return None
        flags, size = found[1], len(found)
        try:
            return self._remember(at, flags, found[self._header.payload : self._header.payload + self._held(size, flags)])
        except PayloadError:
            return None

    def _held(self, size: int, flags: int) -> int:
        """Return how many bytes of a payload are needed: all of what is compressed, of the rest what is kept of a value."""
        return max(min(size - self._header.payload, _MOST_OBJECT if flags & _COMPRESSED else MOST_VALUE + 1_024), 0)

    def _remember(self, at: int, flags: int, payload: bytes) -> tuple[str, str]:
        read = read_payload(payload, flags)
        self._weight += len(read[0]) + len(read[1])
        if self._weight > _MOST_REMEMBERED:
            self._known.clear()
            self._weight = 0
        self._known[at] = read
        return read

    def _plausible(self, at: int, kind: int, flags: int, reserved: bytes, size: int) -> bool:
        least = _LEAST.get(Kind(kind), OBJECT.size) if Kind.DATA <= kind <= Kind.TAG else self._size + 1
        single = flags & (flags - 1) == 0 and flags <= _LARGEST_FLAG and (kind == Kind.DATA or not flags)
        return single and not any(reserved) and least <= size <= self._size - at

    def _gap(self, at: int, end: int) -> Structure | Defect:
        """Return what the bytes from `at` to `end` are: room nothing was written to yet, or damage."""
        position = at
        while position < end:
            piece = self._bytes(position, min(_WINDOW, end - position))
            if not piece or piece.count(0) != len(piece):
                reason = "no object of a journal can be made out here"
                if end == self._size and at <= self._header.tail:
                    reason += "; the file may end too early"
                return Defect(code="object_damaged", reason=reason, offset=at, length=end - at)
            position += len(piece)
        return Structure(what="unused space", offset=at, length=end - at)

    def _resume(self, at: int) -> int:
        """Return the next place behind `at` where an object begins that leads to another, or the file's end."""
        position, reach = aligned(at + 1), _LEAST_REACH
        while position + OBJECT.size <= self._size:
            piece = self._bytes(position, reach)
            words = np.frombuffer(piece[: len(piece) // ALIGNMENT * ALIGNMENT], "<u8")
            sizes = words[1:]
            begins = _begins(words)[:-1] & (sizes >= OBJECT.size) & (sizes <= self._size - position)
            places = np.flatnonzero(begins)
            following = places + (np.minimum(sizes[places], self._size) + ALIGNMENT - 1).astype(np.int64) // ALIGNMENT
            seen = following < len(words)
            leads = np.where(seen, _begins(words)[np.minimum(following, len(words) - 1)], sizes[places] <= _LIKELY_OBJECT)
            found = places[leads]
            if len(found):
                return position + int(found[0]) * ALIGNMENT
            if len(words) < 2:  # noqa: PLR2004 - a type and a size
                break
            position += (len(words) - 1) * ALIGNMENT
            reach = min(2 * reach, _WINDOW)
        return self._size

    def _bytes(self, at: int, length: int) -> bytes:
        """Return `length` bytes at `at`, fewer at the file's end."""
        inside = at - self._start
        if inside < 0 or inside + length > len(self._window):
            self._stream.seek(at)
            if length > _WINDOW:
                return self._stream.read(length)
            # backwards only a little is needed: an old field of a new entry
            if at < self._start:
                return self._stream.read(length)
            self._start, inside = at, 0
            self._window = self._stream.read(_WINDOW)
        return self._window[inside : inside + length]


def _begins(words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which words may begin an object: its type and flags, and six empty bytes."""
    kinds: NDArray[np.uint64] = words & np.uint64(0xFF)
    begins: NDArray[np.bool_] = (kinds >= Kind.DATA) & (kinds <= Kind.TAG) & (words >> np.uint64(8) <= _LARGEST_FLAG)
    return begins
