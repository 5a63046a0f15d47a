"""The layout of a systemd journal: its header and the kinds of objects behind it.

Source: systemd, "Journal File Format" (systemd.io/JOURNAL_FILE_FORMAT).
"""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from comity.parsers.contract import Defect

MAGIC = b"LPKSHHRH"
ALIGNMENT = 8
LEAST_HEADER = 208  # of the first releases
MOST_HEADER = 4_096
OBJECT = struct.Struct("<BB6sQ")
"""Type, flags, reserved bytes, size; an object's content follows."""

ENTRY = struct.Struct("<QQQ16sQ")
"""Behind an entry's object header: number, time, time since start (both in microseconds), identity of the start, checksum."""
ENTRY_ITEMS = OBJECT.size + ENTRY.size

DATA_COUNT_AT = 56
_DATA_PAYLOAD = 64
_DATA_PAYLOAD_COMPACT = 72
_FLAGS_AT = 8
_STATE_AT = 16
_SIZES_AT = 88
_TAIL_AT = 136
_ENTRIES_AT = 152
_ENTRY_ARRAY_AT = 176
_ONLINE = 1


class Kind(IntEnum):
    """Types of objects."""

    UNUSED = 0
    DATA = 1
    FIELD = 2
    ENTRY = 3
    DATA_HASH_TABLE = 4
    FIELD_HASH_TABLE = 5
    ENTRY_ARRAY = 6
    TAG = 7


class Flags(IntFlag):
    """What a reader must understand."""

    XZ = 1
    LZ4 = 2
    KEYED_HASH = 4
    ZSTD = 8
    COMPACT = 16


_KNOWN = int(Flags.XZ | Flags.LZ4 | Flags.KEYED_HASH | Flags.ZSTD | Flags.COMPACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the file says of itself.

    `size` bytes of header stand before `arena` bytes of objects; `tail` is where the last object begins, `entry_array` where the list of
    entries does, which names `entries` of them.
    """

    size: int
    arena: int
    compact: bool
    online: bool
    unknown_flags: int
    tail: int
    entries: int
    entry_array: int

    @property
    def payload(self) -> int:
        """Where in a data object its content begins."""
        return _DATA_PAYLOAD_COMPACT if self.compact else _DATA_PAYLOAD

    @property
    def item(self) -> int:
        """Bytes of one item of an entry."""
        return 4 if self.compact else 16

    @property
    def link(self) -> int:
        """Bytes of one item of a list of entries."""
        return 4 if self.compact else 8


def read_header(head: bytes) -> Header | Defect:
    """Return the header at the start of `head` (4,096 bytes or all), a Defect when objects cannot be found by it."""
    if len(head) < LEAST_HEADER:
        return Defect(code="truncated", reason="the file ends within its header", offset=0, length=len(head))
    flags = struct.unpack_from("<I", head, _FLAGS_AT + 4)[0]
    size = struct.unpack_from("<Q", head, _SIZES_AT)[0]
    if not LEAST_HEADER <= size <= MOST_HEADER or size % ALIGNMENT:
        reason = f"the header says that it is {size} bytes long, which no header of a journal is"
        return Defect(code="header_wrong", reason=reason, offset=_SIZES_AT, length=8)
    return Header(
        size=size,
        arena=struct.unpack_from("<Q", head, _SIZES_AT + 8)[0],
        compact=bool(flags & Flags.COMPACT),
        online=head[_STATE_AT] == _ONLINE,
        unknown_flags=flags & ~_KNOWN,
        tail=struct.unpack_from("<Q", head, _TAIL_AT)[0],
        entries=struct.unpack_from("<Q", head, _ENTRIES_AT)[0],
        entry_array=struct.unpack_from("<Q", head, _ENTRY_ARRAY_AT)[0],
    )


def header_defects(header: Header, *, size: int) -> list[Defect]:
    """Return what the header says against the journal of `size` bytes."""
    if header.unknown_flags:
        reason = f"the journal needs abilities (flags {header.unknown_flags:#x}) that this reader does not know; it may be misread"
        return [Defect(code="flags_unknown", reason=reason, offset=_FLAGS_AT + 4, length=4)]
    defects = []
    if header.online:
        reason = "the journal was not closed: its last entries may be missing or unfinished"
        defects.append(Defect(code="not_closed", reason=reason, offset=_STATE_AT, length=1))
    missing = header.size + header.arena - size
    if missing > 0:
        reason = f"the file ends {missing:,} bytes before the end its header gives"
        defects.append(Defect(code="truncated", reason=reason, offset=size, length=0))
    return defects


def aligned(offset: int) -> int:
    """Return the first place at or behind `offset` where an object may begin."""
    return (offset + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
