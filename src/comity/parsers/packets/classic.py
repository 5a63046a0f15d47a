"""Capture files in the classic form of libpcap, with microseconds or nanoseconds, in either byte order.

Source: draft-ietf-opsawg-pcap (the form), and for the variant with 24-byte record headers libpcap's sf-pcap.
"""

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.parsers.contract import Defect, Source, Structure
from comity.parsers.packets.numbers import Numbers, Places
from comity.parsers.packets.record import LONGEST_RECORD, PRECISIONS, Part, Records
from comity.parsers.packets.stretch import Stretch, stretches

HEADER_BYTES = 24
_MOST_RECORDS = 262_144
_NANOSECONDS = 0xA1B23C4D
_MAGICS = {0xA1B2C3D4: 16, _NANOSECONDS: 16, 0xA1B2CD34: 24}
_FARTHEST = 32 * 86_400  # a record found again after damage lies within a month of the last good one
_CHAIN = 3
_SEEN_AHEAD = (_CHAIN + 1) * (LONGEST_RECORD + 24)
_WINDOW = 2**16
_TRUNCATED = "the capture ends within a record"
_MALFORMED = "no record of a packet: its header claims more bytes than a packet can have; read on at the next plausible one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first 24 bytes say: byte order, bytes of a record's header, fractions of a second, link type."""

    big: bool
    record: int
    fractions: int
    link: int


def read_header(head: bytes) -> Header | None:
    """Return the header of a classic capture file, None when `head` begins no such file."""
    if len(head) < HEADER_BYTES:
        return None
    for big in (True, False):
        magic, _, _, _, _, _, link = struct.unpack_from(">IHHiIII" if big else "<IHHiIII", head)
        if magic in _MAGICS:
            fractions = 1_000_000_000 if magic == _NANOSECONDS else 1_000_000
            # the upper half tells of a checksum behind each frame, which the lengths inside make harmless
            return Header(big=big, record=_MAGICS[magic], fractions=fractions, link=link & 0xFFFF)
    return None


def read_classic(source: Source) -> Iterator[Part]:
    """Yield the records of a classic capture file, 16 MiB at a time."""
    source.stream.seek(0)
    header = read_header(source.stream.read(HEADER_BYTES))
    if header is None:
        yield Defect(code="truncated", reason="the capture ends within its header", offset=0, length=source.size)
        return
    yield Structure(what="file header", offset=0, length=HEADER_BYTES)
    walk = _Walk(header)
    for stretch in stretches(source, HEADER_BYTES):
        stretch.used = yield from walk.read(stretch)
        if stretch.last and stretch.used < stretch.size:
            yield Defect(code="truncated", reason=_TRUNCATED, offset=stretch.base + stretch.used, length=stretch.size - stretch.used)


class _Walk:
    """Goes from record to record; remembers the last good time, by which records are found again after damage."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._seconds_of = struct.Struct(">I" if header.big else "<I").unpack_from
        self._captured_of = struct.Struct(">8xI" if header.big else "<8xI").unpack_from
        self._seconds: int | None = None
        self._lost = False
        self._cut = False

    def read(self, stretch: Stretch) -> Generator[Part, None, int]:
        """Yield what `stretch` holds whole; return the bytes used."""
        numbers, size, base, last = stretch.numbers, stretch.size, stretch.base, stretch.last
        data, at = numbers.data, 0
        while True:
            if self._lost:
                found = self._find(numbers, at, size, last=last)
                if found > at:
                    code, reason = ("truncated", _TRUNCATED) if self._cut and self._lost else ("record_malformed", _MALFORMED)
                    yield Defect(code=code, reason=reason, offset=base + at, length=found - at)
                at = found
                if self._lost:
                    return at
            starts, at = self._follow(data, at, size, last=last)
            if starts:
                yield self._records(numbers, base, np.array(starts, np.int64))
                self._seconds = self._seconds_of(data, starts[-1])[0]
            if not self._lost and len(starts) < _MOST_RECORDS:
                return at

    def _follow(self, data: bytes, at: int, size: int, *, last: bool) -> tuple[list[int], int]:
        """Return where records begin from `at` on, as far as they are whole, and where the next one would."""
        captured_of, header = self._captured_of, self._header.record
        starts: list[int] = []
        while at + header <= size and len(starts) < _MOST_RECORDS:
            (captured,) = captured_of(data, at)
            if captured > LONGEST_RECORD:
                self._lost = True
                break
            following = at + header + captured
            if following > size:
                self._lost = self._cut = last
                break
            starts.append(at)
            at = following
        return starts, at

    def _records(self, numbers: Numbers, base: int, starts: Places) -> Records:
        header = self._header
        seconds, fraction, captured, wire = (numbers.word(starts + field, big=header.big) for field in (0, 4, 8, 12))
        unit = header.fractions // 1_000_000
        precision = PRECISIONS.index("microsecond" if unit == 1 else "nanosecond")
        return Records(
            numbers=numbers,
            begin=base + starts,
            end=base + starts + header.record + captured,
            frame=starts + header.record,
            captured=captured,
            wire=wire,
            time=seconds * 1_000_000 + fraction // unit,
            precision=np.full(len(starts), precision, np.int8),
            link=np.full(len(starts), header.link, np.int64),
        )

    def _find(self, numbers: Numbers, at: int, size: int, *, last: bool) -> int:
        """Return where records go on, at `at` or later; what could be searched, still lost, when nowhere."""
        end = size if last else max(at, size - _SEEN_AHEAD)
        for start in range(at, end, _WINDOW):
            places = np.arange(start, min(start + _WINDOW, end), dtype=np.int64)
            for place in places[self._plausible(numbers, places)].tolist():
                if self._leads_on(numbers, place, size, last=last):
                    self._lost = False
                    return int(place)
        return end

    def _leads_on(self, numbers: Numbers, place: int, size: int, *, last: bool) -> bool:
        """Return whether plausible records follow the one at `place`, as far as can be seen."""
        header = self._header
        for _ in range(_CHAIN):
            place += header.record + int(numbers.word(np.array([place + 8]), big=header.big)[0])
            if place + header.record > size:
                return place <= size or not last
            if not self._plausible(numbers, np.array([place]))[0]:
                return False
        return True

    def _plausible(self, numbers: Numbers, places: Places) -> npt.NDArray[np.bool_]:
        """Return which places may begin a record: a time near the last good one, a length a packet may have."""
        header = self._header
        seconds, fraction, captured, wire = (numbers.word(places + field, big=header.big) for field in (0, 4, 8, 12))
        good = (captured > 0) & (captured <= LONGEST_RECORD) & (wire >= captured) & (wire <= LONGEST_RECORD)
        good &= fraction < header.fractions
        if self._seconds is not None:
            good &= np.abs(seconds - self._seconds) < _FARTHEST
        return good
