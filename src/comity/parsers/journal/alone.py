"""The shortest journal that holds one entry: what an expert can read alone, with any reader of journals.

Source: systemd, "Journal File Format".
"""

import struct

from comity.parsers.journal.layout import ENTRY_ITEMS, OBJECT, Header, Kind, aligned
from comity.parsers.journal.objects import Entry, Objects

_HASH_AT = 16
_DATA_LINKS = struct.Struct("<QQQQQ")  # next of the same hash, next of the same field, entry, list of entries, count
_DATA_LINKS_AT = 24
_BUCKETS = 16
_COMPACT_LIST_AT = 64
_MOST_FIELDS = 4_096


def journal_of(head: bytes, header: Header, objects: Objects, entry: Entry) -> bytes | None:
    """Return a journal of `entry` and its fields alone; `head` is the header of the one it is from.

    Header, entry and fields are as they were but for what leads from one to another, the counts and the list of names; seals are left
    out. None when a field cannot be taken along.
    """
    places = list(dict.fromkeys(objects.items(entry.offset, entry.length)))
    fields = [objects.object_at(place, Kind.DATA) for place in places[:_MOST_FIELDS]]
    if entry.unread or len(places) > _MOST_FIELDS or any(field is None for field in fields):
        return None
    table = aligned(header.size)
    names = table + OBJECT.size + _BUCKETS * 16
    at = names + OBJECT.size + 16
    moved = {}
    for place, field in zip(places, fields, strict=True):
        moved[place] = at
        at = aligned(at + len(field or b""))
    entry_at = at
    list_at = aligned(entry_at + entry.length)
    end = aligned(list_at + 24 + header.link)

    data = bytearray(end)
    data[: header.size] = head[: header.size]
    OBJECT.pack_into(data, table, Kind.DATA_HASH_TABLE, 0, b"", OBJECT.size + _BUCKETS * 16)
    OBJECT.pack_into(data, names, Kind.FIELD_HASH_TABLE, 0, b"", OBJECT.size + 16)
    for place, field in zip(places, fields, strict=True):
        _place_field(data, moved[place], field or b"", table=table + OBJECT.size, entry=entry_at, compact=header.compact)
    original = objects.object_at(entry.offset, Kind.ENTRY) or b""
    data[entry_at : entry_at + len(original)] = original
    for index, place in enumerate(objects.items(entry.offset, entry.length)):
        struct.pack_into("<I" if header.compact else "<Q", data, entry_at + ENTRY_ITEMS + index * header.item, moved[place])
    OBJECT.pack_into(data, list_at, Kind.ENTRY_ARRAY, 0, b"", 24 + header.link)
    struct.pack_into("<I" if header.compact else "<Q", data, list_at + 24, entry_at)
    _write_header(data, header, entry, table=table, names=names, entry_at=entry_at, list_at=list_at, fields=len(fields))
    return bytes(data)


def _place_field(data: bytearray, at: int, field: bytes, *, table: int, entry: int, compact: bool) -> None:
    """Write the data object `field` to `at` and hang it into the table of hashes that begins at `table`."""
    data[at : at + len(field)] = field
    _DATA_LINKS.pack_into(data, at + _DATA_LINKS_AT, 0, 0, entry, 0, 1)
    if compact:
        struct.pack_into("<II", data, at + _COMPACT_LIST_AT, 0, 0)
    bucket = table + struct.unpack_from("<Q", field, _HASH_AT)[0] % _BUCKETS * 16
    first, last = struct.unpack_from("<QQ", data, bucket)
    if first:
        struct.pack_into("<Q", data, last + _DATA_LINKS_AT, at)
    struct.pack_into("<QQ", data, bucket, first or at, at)


def _write_header(
    data: bytearray, header: Header, entry: Entry, *, table: int, names: int, entry_at: int, list_at: int, fields: int
) -> None:
    """Write the header's places and counts; its identities and flags stay, but for seals, and the state is archived."""
    compatible = struct.unpack_from("<I", data, 8)[0]
    struct.pack_into("<I", data, 8, compatible & ~_SEALED)
    data[16] = _ARCHIVED
    struct.pack_into("<Q", data, 96, len(data) - header.size)
    struct.pack_into("<QQQQ", data, 104, table + OBJECT.size, _BUCKETS * 16, names + OBJECT.size, 16)
    struct.pack_into("<QQQ", data, 136, list_at, fields + 4, 1)
    struct.pack_into("<QQQQQQ", data, 160, entry.number, entry.number, list_at, entry.realtime, entry.realtime, entry.monotonic)
    later = (fields, 0, 0, 1, fields, 0)  # counts of data, names, seals and lists; the longest chains
    for index, value in enumerate(later):
        if 208 + 8 * index + 8 <= header.size:
            struct.pack_into("<Q", data, 208 + 8 * index, value)
    if header.size >= 264:  # noqa: PLR2004 - where the fields of version 252 end
        struct.pack_into("<II", data, 256, list_at, 1)
    if header.size >= 272:  # noqa: PLR2004 - where that of version 254 ends
        struct.pack_into("<Q", data, 264, entry_at)


_SEALED = 1 | 4
_ARCHIVED = 2
