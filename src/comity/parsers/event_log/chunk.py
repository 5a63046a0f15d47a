"""The frame of a Windows event log: its header, its chunks of 64 KiB, and where each record lies in them.

What a chunk's header says of its records is believed only when its checksum is right. Records are found by walking from one to the
next; where that fails the walk goes on at the next place that has all of a record's marks.
Source: libyal, "Windows XML Event Log (EVTX)", sections 2 to 4; MS-EVEN6, 2.2.12.
"""

import struct
import zlib
from dataclasses import dataclass

from comity.parsers.contract import Defect

FILE_HEADER = 4_096
CHUNK = 65_536
CHUNK_HEADER = 512
FILE_MAGIC = b"ElfFile\x00"
CHUNK_MAGIC = b"ElfChnk\x00"

_RECORD_MAGIC = b"**\x00\x00"
_RECORD = struct.Struct("<4sIQQ")
_NO_CONTENT = 0
_LEAST_RECORD = _RECORD.size + 4
_SIZE = struct.Struct("<I")
_NUMBER = struct.Struct("<Q")
_NUMBERS = struct.Struct("<QQQQ")
_NUMBERS_AT = 8
_OFFSETS = struct.Struct("<II")
_OFFSETS_AT = 44
_CHECKSUM_AT = 52
_CHUNK_FLAGS_AT = 120
_HEADER_CHECKSUM_AT = 124
_TABLES_AT = 128
_NO_CHECKSUM = 2

_FILE_FLAGS_AT = 120
_FILE_CHECKSUM_AT = 124
_DIRTY = 1
_FILE_NO_CHECKSUM = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A record: `length` bytes at `offset` of its chunk, its number in the log, and when it was written (FILETIME)."""

    offset: int
    length: int
    number: int
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What was found in a chunk: its records in order, what is wrong (placed from the chunk's start), where the records end.

    `checked` is false when a checksum is wrong.
    """

    places: tuple[Place, ...]
    defects: tuple[Defect, ...]
    end: int
    checked: bool


def file_defects(header: bytes) -> list[Defect]:
    """Return what `header` (the first 4,096 bytes or fewer) says against the log."""
    defects = []
    if len(header) < FILE_HEADER:
        return [Defect(code="truncated", reason="the file ends within its header", offset=0, length=len(header))]
    flags = _SIZE.unpack_from(header, _FILE_FLAGS_AT)[0]
    if flags & _DIRTY:
        reason = "the log was not closed: records may be missing that had not been written out"
        defects.append(Defect(code="not_closed", reason=reason, offset=_FILE_FLAGS_AT, length=4))
    if not flags & _FILE_NO_CHECKSUM and zlib.crc32(header[:_FILE_FLAGS_AT]) != _SIZE.unpack_from(header, _FILE_CHECKSUM_AT)[0]:
        reason = "the checksum of the file's header does not fit: it was damaged or changed"
        defects.append(Defect(code="checksum_wrong", reason=reason, offset=_FILE_CHECKSUM_AT, length=4))
    return defects


def alone(header: bytes) -> bytes:
    """Return `header` made to be that of a log of one chunk."""
    data = bytearray(header)
    struct.pack_into("<QQ", data, 8, 0, 0)
    struct.pack_into("<H", data, 42, 1)
    _SIZE.pack_into(data, _FILE_CHECKSUM_AT, zlib.crc32(data[:_FILE_FLAGS_AT]))
    return bytes(data)


def walk(chunk: bytes) -> Chunk:
    """Return where the records of `chunk` lie: 65,536 bytes with the chunk's signature, or fewer at a file's end."""
    if len(chunk) < CHUNK_HEADER:
        reason = "the file ends within the header of a chunk"
        return Chunk(
            places=(), defects=(Defect(code="truncated", reason=reason, offset=0, length=len(chunk)),), end=len(chunk), checked=False
        )
    defects, free = _checks(chunk)
    trusted = free is not None
    walked = _Walk(chunk)
    walked.through(free if free is not None else len(chunk), rising=not trusted)
    if trusted:
        walked.beyond()
    if len(chunk) < CHUNK:
        reason = f"the file ends {CHUNK - len(chunk):,} bytes before the end of this chunk"
        defects.append(Defect(code="truncated", reason=reason, offset=len(chunk), length=0))
    return Chunk(places=tuple(walked.places), defects=(*defects, *walked.defects), end=walked.at, checked=not defects)


def rewritten(chunk: bytes, found: Chunk) -> bytes:
    """Return a log of one chunk for the library that reads binary XML: the records of `found`, where they were.

    They are numbered from 0, so that each answer tells which record it is of; bytes that are no record are made part of the one before;
    the tables of names and templates, which only save searching, are left empty, since they may lead anywhere.
    """
    data = bytearray(chunk.ljust(CHUNK, b"\x00"))
    data[_TABLES_AT:CHUNK_HEADER] = bytes(CHUNK_HEADER - _TABLES_AT)
    last = len(found.places) - 1
    _NUMBERS.pack_into(data, _NUMBERS_AT, 0, last, 0, last)
    _OFFSETS.pack_into(data, _OFFSETS_AT, found.places[-1].offset, found.places[-1].offset + found.places[-1].length)
    first = found.places[0].offset
    if first > CHUNK_HEADER:
        _RECORD.pack_into(data, CHUNK_HEADER, _RECORD_MAGIC, first - CHUNK_HEADER, last + 1, 0)
        data[CHUNK_HEADER + _RECORD.size] = _NO_CONTENT  # the rest stays: later records may use names and templates in it
    ends = [place.offset for place in found.places[1:]]
    ends.append(found.places[-1].offset + found.places[-1].length)
    for index, (place, end) in enumerate(zip(found.places, ends, strict=True)):
        _SIZE.pack_into(data, place.offset + 4, end - place.offset)
        _NUMBER.pack_into(data, place.offset + 8, index)
    return _ONE_CHUNK + bytes(data)


def _checks(chunk: bytes) -> tuple[list[Defect], int | None]:
    """Return what is wrong with the header of `chunk`, and where it says its records end; None when that cannot be believed."""
    if _SIZE.unpack_from(chunk, _CHUNK_FLAGS_AT)[0] & _NO_CHECKSUM:
        right = True
    else:
        header = zlib.crc32(chunk[_TABLES_AT:CHUNK_HEADER], zlib.crc32(chunk[:_CHUNK_FLAGS_AT]))
        right = header == _SIZE.unpack_from(chunk, _HEADER_CHECKSUM_AT)[0]
    free: int = _OFFSETS.unpack_from(chunk, _OFFSETS_AT)[1]
    if not right:
        reason = "the checksum of the chunk's header does not fit: it was damaged or changed; its records were looked for one by one"
        return [Defect(code="checksum_wrong", reason=reason, offset=_HEADER_CHECKSUM_AT, length=4)], None
    if not CHUNK_HEADER <= free <= CHUNK:
        reason = "the chunk's header says that its records end outside of it; they were looked for one by one"
        return [Defect(code="header_wrong", reason=reason, offset=_OFFSETS_AT + 4, length=4)], None
    if free > len(chunk):
        return [], len(chunk)
    unchecked = _SIZE.unpack_from(chunk, _CHUNK_FLAGS_AT)[0] & _NO_CHECKSUM
    if not unchecked and zlib.crc32(chunk[CHUNK_HEADER:free]) != _SIZE.unpack_from(chunk, _CHECKSUM_AT)[0]:
        reason = "the checksum of the chunk's records does not fit: something in them was damaged or changed"
        return [Defect(code="checksum_wrong", reason=reason, offset=_CHECKSUM_AT, length=4)], free
    return [], free


class _Walk:
    """Goes through a chunk from record to record; `at` is how far it came."""

    def __init__(self, chunk: bytes) -> None:
        self._chunk = chunk
        self.at = CHUNK_HEADER
        self.places: list[Place] = []
        self.defects: list[Defect] = []

    def through(self, end: int, *, rising: bool) -> None:
        """Take the records before `end`.

        `rising`: only those whose numbers rise, for nobody says where the records end, and remains of older ones follow them.
        """
        while self.at < end:
            place = self._record(self.at, end, rising=rising)
            if place is None:
                following = self._next(end, rising=rising)
                if following is None and rising:
                    return
                until = end if following is None else following.offset
                reason = "no record of the log can be made out here"
                self.defects.append(Defect(code="record_damaged", reason=reason, offset=self.at, length=until - self.at))
                place, self.at = following, until
            if place is not None:
                self.places.append(place)
                self.at = place.offset + place.length

    def beyond(self) -> None:
        """Take records that carry on without a gap behind the end that the header gives: it was not brought up to date."""
        start = self.at
        while self.places:
            place = self._record(self.at, len(self._chunk), rising=False)
            if place is None or place.number != self.places[-1].number + 1:
                break
            self.places.append(place)
            self.at += place.length
        if self.at > start:
            reason = "records that the chunk's header does not count yet; they follow the others in number and place"
            self.defects.append(Defect(code="record_uncounted", reason=reason, offset=start, length=self.at - start))

    def _record(self, at: int, end: int, *, rising: bool) -> Place | None:
        """Return the record at `at`, None when there is none: its size must be there again at its end."""
        if end - at < _LEAST_RECORD:
            return None
        magic, size, number, written = _RECORD.unpack_from(self._chunk, at)
        if magic != _RECORD_MAGIC or not _LEAST_RECORD <= size <= end - at:
            return None
        if _SIZE.unpack_from(self._chunk, at + size - 4)[0] != size and self._chunk[at + size : at + size + 4] != _RECORD_MAGIC:
            return None
        if rising and self.places and number <= self.places[-1].number:
            return None
        return Place(at, size, number, written)

    def _next(self, end: int, *, rising: bool) -> Place | None:
        # before the first record there must be room for one that stands in for what is passed over
        at = self.at + (4 if self.places else _LEAST_RECORD)
        while (at := self._chunk.find(_RECORD_MAGIC, at, end)) >= 0:
            place = self._record(at, end, rising=rising)
            if place is not None:
                return place
            at += 1
        return None


def _one_chunk() -> bytes:
    header = bytearray(FILE_HEADER)
    struct.pack_into("<8sQQQIHHHH", header, 0, FILE_MAGIC, 0, 0, 0, 128, 1, 3, FILE_HEADER, 1)
    return alone(bytes(header))


_ONE_CHUNK = _one_chunk()
