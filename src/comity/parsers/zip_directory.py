"""The entries of a ZIP archive: from its central directory, or one by one where the directory is missing.

Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5 and Appendix D; Info-ZIP extra fields 0x5455 and 0x7075.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from comity.parsers.contract import Defect, Source, Structure

MOST_ENTRIES = 100_000
"""Entries of one archive that are read."""

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 65_535
_UNKNOWN = 0xFFFFFFFF
_UTF8, _DESCRIPTOR = 1 << 11, 1 << 3
_ZIP64, _NTFS, _TIMES, _UNICODE_PATH = 0x0001, 0x000A, 0x5455, 0x7075
_UNIX = 3
_SEARCH = 2**20
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `offset` is where its local header lies; `size` and `checksum` are None where nothing says them.

    `mode` is the Unix mode, 0 when none is written; `modified` is None unless a time in UTC is written (the usual one has
    no zone).
    """

    index: int
    name: str
    flags: int
    method: int
    checksum: int | None
    compressed: int
    size: int | None
    offset: int
    mode: int
    modified: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The entries in the order written, what of the directory could not be read, and where what was read lies (without comments)."""

    entries: tuple[Entry, ...]
    defects: tuple[Defect, ...]
    structures: tuple[Structure, ...]


def read_directory(source: Source) -> Directory:
    """Return the entries of the archive `source`; without a usable central directory, those its local headers show."""
    end = _find_end(source)
    if end is not None:
        entries, defects, records = _central(source, end.start, end.size, end.shift)
        if entries or not end.size:
            return Directory(entries=tuple(entries), defects=tuple(defects), structures=(*records, *end.records))
    reason = "The archive has no readable directory; its entries were found by their own headers, some may be missing."
    lost = Defect(code="directory_missing", reason=reason, offset=source.size, length=0)
    return Directory(entries=tuple(_by_local_headers(source)), defects=(lost,), structures=())


def data_place(source: Source, entry: Entry) -> tuple[int, str] | None:
    """Return where the data of `entry` begins and the name in its local header, or None when there is no such header."""
    header = _at(source, entry.offset, _LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        return None
    flags, name_length, extra_length = _LOCAL.unpack(header)[2], *_LOCAL.unpack(header)[9:11]
    raw = _at(source, entry.offset + _LOCAL.size, name_length)
    extra = _at(source, entry.offset + _LOCAL.size + name_length, extra_length)
    return entry.offset + _LOCAL.size + name_length + extra_length, _name(raw, flags, _extras(extra))


def descriptor_size(source: Source, entry: Entry, at: int) -> int:
    """Return the bytes of the data descriptor of `entry` at `at`, where its data ends; 0 when none fits (4.3.9)."""
    if not entry.flags & _DESCRIPTOR or entry.checksum is None or entry.size is None:
        return 0
    for sign in (b"PK\x07\x08", b""):
        for sizes in ("<L2L", "<L2Q"):
            wide = struct.Struct(sizes)
            written = _at(source, at, len(sign) + wide.size)
            try:
                expected = sign + wide.pack(entry.checksum, entry.compressed, entry.size)
            except struct.error:
                continue
            if written == expected:
                return len(written)
    return 0


def _at(source: Source, offset: int, length: int) -> bytes:
    if not 0 <= offset < source.size:
        return b""
    source.stream.seek(offset)
    return source.stream.read(min(length, source.size - offset))


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Place and bytes of the central directory by its end records, and where these lie; `shift` is what stands before the archive."""

    start: int
    size: int
    shift: int
    records: tuple[Structure, ...]


def _find_end(source: Source) -> _End | None:
    """Return what the end records say; None without any that lead to a directory."""
    tail_size = min(source.size, _END.size + _LONGEST_COMMENT + 1)
    tail = _at(source, source.size - tail_size, tail_size)
    found = tail.rfind(b"PK\x05\x06")
    while found >= 0 and len(tail) - found < _END.size:
        found = tail.rfind(b"PK\x05\x06", 0, found)
    if found < 0:
        return None
    place = source.size - tail_size + found
    records = [Structure(what="directory", offset=place, length=_END.size)]
    size, offset = _END.unpack_from(tail, found)[5:7]
    located = _at(source, place - _LOCATOR.size, _LOCATOR.size) if place >= _LOCATOR.size else b""
    if len(located) == _LOCATOR.size and located[:4] == b"PK\x06\x07":
        records.append(Structure(what="directory", offset=place - _LOCATOR.size, length=_LOCATOR.size))
        for where in (_LOCATOR.unpack(located)[2], place - _LOCATOR.size - _END_64.size):
            record = _at(source, where, _END_64.size)
            if len(record) == _END_64.size and record[:4] == b"PK\x06\x06":
                size, offset = _END_64.unpack(record)[8:10]
                place = where
                records.append(Structure(what="directory", offset=where, length=_END_64.size))
                break
    start = place - size
    if start >= 0 and (not size or _at(source, start, 4) == b"PK\x01\x02"):
        return _End(start=start, size=size, shift=start - offset, records=tuple(records))
    return _End(start=offset, size=size, shift=0, records=tuple(records)) if _at(source, offset, 4) == b"PK\x01\x02" else None


def _central(source: Source, start: int, size: int, shift: int) -> tuple[list[Entry], list[Defect], list[Structure]]:
    entries: list[Entry] = []
    records: list[Structure] = []
    at, end = start, min(start + size, source.size)
    while at < end:
        record = _at(source, at, _CENTRAL.size)
        if len(record) < _CENTRAL.size or record[:4] != b"PK\x01\x02":
            reason = f"The directory is damaged after {len(entries)} entries; what it named from here on is not read."
            return entries, [Defect(code="directory_damaged", reason=reason, offset=at, length=end - at)], records
        if len(entries) >= MOST_ENTRIES:
            reason = f"The archive has more than {MOST_ENTRIES} entries; no more are read."
            return entries, [Defect(code="limit_entries", reason=reason, offset=at, length=end - at)], records
        fields = _CENTRAL.unpack(record)
        name_length, extra_length, comment_length = fields[10:13]
        rest = _at(source, at + _CENTRAL.size, name_length + extra_length)
        entry = _entry(len(entries), fields, rest[:name_length], rest[name_length:])
        # a shift is right for what stands before the archive, wrong for what was lost or put inside it
        moved = _at(source, entry.offset + shift, 4) == b"PK\x03\x04"
        entries.append(replace(entry, offset=entry.offset + shift) if moved else entry)
        records.append(Structure(what="directory", offset=at, length=_CENTRAL.size + len(rest)))
        at += _CENTRAL.size + name_length + extra_length + comment_length
    return entries, [], records


def _entry(index: int, fields: tuple[int, ...], raw_name: bytes, raw_extra: bytes) -> Entry:
    made_by, flags, method, checksum, compressed, size = fields[1], fields[3], fields[4], *fields[7:10]
    attributes, offset = fields[15], fields[16]
    extras = _extras(raw_extra)
    # 4.5.3: the 64-bit values stand in this order, each only where its 32-bit field is full
    wide = extras.get(_ZIP64, b"")
    values = iter(struct.unpack(f"<{len(wide) // 8}Q", wide[: len(wide) // 8 * 8]))
    size = next(values, size) if size == _UNKNOWN else size
    compressed = next(values, compressed) if compressed == _UNKNOWN else compressed
    offset = next(values, offset) if offset == _UNKNOWN else offset
    return Entry(
        index=index,
        name=_name(raw_name, flags, extras),
        flags=flags,
        method=method,
        checksum=checksum,
        compressed=compressed,
        size=size,
        offset=offset,
        mode=attributes >> 16 if made_by >> 8 == _UNIX else 0,
        modified=_modified(extras),
    )


def _by_local_headers(source: Source) -> Iterator[Entry]:
    """Yield the entries that local headers show, from the first signature on."""
    at = _next_signature(source, 0)
    index = 0
    while at is not None and index < MOST_ENTRIES:
        header = _at(source, at, _LOCAL.size)
        if len(header) < _LOCAL.size:
            return
        fields = _LOCAL.unpack(header)
        flags, method, checksum, compressed, size, name_length, extra_length = fields[2], fields[3], *fields[6:11]
        rest = _at(source, at + _LOCAL.size, name_length + extra_length)
        extras = _extras(rest[name_length:])
        begin = at + _LOCAL.size + name_length + extra_length
        known = not flags & _DESCRIPTOR and compressed != _UNKNOWN
        following = _next_signature(source, begin + compressed if known else begin)
        if not known:
            compressed = (source.size if following is None else following) - begin
        yield Entry(
            index=index,
            name=_name(rest[:name_length], flags, extras),
            flags=flags,
            method=method,
            checksum=checksum if known else None,
            compressed=max(0, compressed),
            size=size if known else None,
            offset=at,
            mode=0,
            modified=_modified(extras),
        )
        at, index = following, index + 1


def _next_signature(source: Source, at: int) -> int | None:
    """Return the place of the next local header at or after `at`."""
    while at < source.size:
        window = _at(source, at, _SEARCH)
        found = window.find(b"PK\x03\x04")
        if found >= 0:
            return at + found
        at += max(1, len(window) - 3)
        if len(window) < _SEARCH:
            return None
    return None


def _extras(raw: bytes) -> dict[int, bytes]:
    """Return the extra fields by their header identifier; the first of each counts."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(raw):
        identifier, size = struct.unpack_from("<2H", raw, at)
        fields.setdefault(identifier, raw[at + 4 : at + 4 + size])
        at += 4 + size
    return fields


def _name(raw: bytes, flags: int, extras: dict[int, bytes]) -> str:
    """Return the name as text: as UTF-8 when said or when it fits, else as code page 437 (Appendix D)."""
    unicode_path = extras.get(_UNICODE_PATH, b"")
    if len(unicode_path) > 5 and int.from_bytes(unicode_path[1:5], "little") == zlib.crc32(raw):  # noqa: PLR2004 - version and checksum stand before
        raw, flags = unicode_path[5:], flags | _UTF8
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", errors="backslashreplace") if flags & _UTF8 else raw.decode("cp437")


def _modified(extras: dict[int, bytes]) -> datetime | None:
    """Return the modification time of the extended timestamp or NTFS field, which are in UTC."""
    times = extras.get(_TIMES, b"")
    if len(times) >= 5 and times[0] & 1:  # noqa: PLR2004 - flags and a 32-bit time
        seconds = int.from_bytes(times[1:5], "little", signed=True)
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds) if seconds else None
    ntfs = extras.get(_NTFS, b"")
    if len(ntfs) >= 16 and ntfs[4:8] == b"\x01\x00\x18\x00":  # noqa: PLR2004 - reserved, tag 1 of 24 bytes, first time
        ticks = int.from_bytes(ntfs[8:16], "little")
        try:
            return _FILETIME_EPOCH + timedelta(microseconds=ticks // 10)
        except OverflowError:
            return None
    return None
