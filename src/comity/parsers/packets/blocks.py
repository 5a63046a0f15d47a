"""Capture files of blocks (pcapng): several sections, interfaces and units of time; either byte order.

Source: draft-ietf-opsawg-pcapng.
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.parsers.contract import Defect, Source, Structure
from comity.parsers.packets.numbers import Numbers, Places
from comity.parsers.packets.record import LONGEST_RECORD, Part, Records
from comity.parsers.packets.stretch import Stretch, stretches

SECTION = b"\x0a\x0d\x0d\x0a"
_LONGEST_BLOCK = 16 * 2**20 - 4
_MOST_RECORDS = 262_144
_MOST_INTERFACES = 65_536
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_ORDERS = {b"\x1a\x2b\x3c\x4d": True, b"\x4d\x3c\x2b\x1a": False}
_NAMES = {4: "resolved names", 5: "interface statistics", 10: "decryption secrets"}
_HEADERS = {_PACKET: 28, _OLD_PACKET: 28, _SIMPLE_PACKET: 12}
_RESOLUTION, _OFFSET = 9, 14
_LONGEST_SHIFT = 63
_KNOWN = (_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, 4, 5, _PACKET)
_SEEN_AHEAD = 4 * 2**20
_WINDOW = 2**16
_TRUNCATED = "the capture ends within a block"
_MALFORMED = "no block of a capture: a length no block can have, or not repeated at its end; read on at the next whole one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Where packets were seen: link type, units of time in a second, seconds to add, name of the unit, bytes kept of a packet."""

    link: int
    units: int
    offset: int
    precision: int
    kept: int


@dataclass(frozen=True, slots=True)
class Described:
    """A place that tells how packets are to be read: a section's header or an interface."""

    section: bool
    offset: int
    length: int


def read_blocks(source: Source) -> Iterator[Part]:
    """Yield the packets of a capture of blocks, 16 MiB at a time, and its other blocks as structure."""
    for part in walk(source):
        if not isinstance(part, Described):
            yield part


def walk(source: Source, *, until: int | None = None) -> Iterator[Part | Described]:
    """Yield as `read_blocks`, and each description of a section or interface after its structure; end at `until` of the source."""
    blocks = _Blocks()
    for stretch in stretches(source, 0):
        stretch.used = yield from blocks.read(stretch)
        if stretch.last and stretch.used < stretch.size:
            yield Defect(code="truncated", reason=_TRUNCATED, offset=stretch.base + stretch.used, length=stretch.size - stretch.used)
        if until is not None and stretch.base + stretch.used >= until:
            return


class _Blocks:
    """Goes from block to block; knows the section's byte order and interfaces."""

    def __init__(self) -> None:
        self._big = False
        self._interfaces: list[Interface] = []
        self._lost = False
        self._cut = False

    def read(self, stretch: Stretch) -> Generator[Part | Described, None, int]:
        """Yield what `stretch` holds whole; return the bytes used."""
        numbers, size, base, last = stretch.numbers, stretch.size, stretch.base, stretch.last
        data, at = numbers.data, 0
        while True:
            if self._lost:
                found = self._find(numbers, at, size, last=last)
                if found > at:
                    code, reason = ("truncated", _TRUNCATED) if self._cut and self._lost else ("block_malformed", _MALFORMED)
                    yield Defect(code=code, reason=reason, offset=base + at, length=found - at)
                at = found
                if self._lost:
                    return at
            kind, starts, following = self._run(data, at, size, last=last)
            if kind in _HEADERS and starts:
                yield from self._packets(numbers, base, kind, np.array(starts, np.int64))
            elif kind is not None and starts:
                yield from self._other(data, base, kind, at, following)
            at = following
            if not starts and not self._lost:
                return at

    def _run(self, data: bytes, at: int, size: int, *, last: bool) -> tuple[int | None, list[int], int]:
        """Return the type of the block at `at`, where blocks of that type begin from there on, and where the next other block would."""
        starts: list[int] = []
        first: int | None = None
        while at + 12 <= size and len(starts) < _MOST_RECORDS:
            if starts and data[at : at + 4] == SECTION:
                break
            kind, total = self._head(data, at)
            if first is None:
                first = kind
            if kind != first or (starts and kind not in _HEADERS):
                break
            if total < 12 + _HEADERS.get(kind, 8) - 8 or total % 4 or total > _LONGEST_BLOCK:
                self._lost = True
                break
            following = at + total
            if following > size:
                self._lost = self._cut = last
                break
            if data[at + 4 : at + 8] != data[following - 4 : following]:
                self._lost = True
                break
            starts.append(at)
            at = following
        return first, starts, at

    def _head(self, data: bytes, at: int) -> tuple[int, int]:
        """Return type and length of the block at `at`; a section's own byte order counts for itself and what follows."""
        if data[at : at + 4] == SECTION:
            order = _ORDERS.get(data[at + 8 : at + 12])
            if order is None:
                return _SECTION, 0
            self._big = order
        kind, total = struct.unpack_from(">II" if self._big else "<II", data, at)
        return kind, total

    def _other(self, data: bytes, base: int, kind: int, at: int, end: int) -> Iterator[Structure | Defect | Described]:
        offset, length = base + at, end - at
        if kind == _SECTION:
            self._interfaces = []
            yield Structure(what="section header", offset=offset, length=length)
            yield Described(section=True, offset=offset, length=length)
        elif kind == _INTERFACE:
            if length < 20 or len(self._interfaces) == _MOST_INTERFACES:
                reason = "an interface's description too short, or one of more than 65,536; packets seen there are not read"
                yield Defect(code="block_malformed", reason=reason, offset=offset, length=length)
                return
            self._interfaces.append(_interface(data[at + 8 : end - 4], big=self._big))
            yield Structure(what="interface description", offset=offset, length=length)
            yield Described(section=False, offset=offset, length=length)
        else:
            yield Structure(what=_NAMES.get(kind, f"block of type {kind}"), offset=offset, length=length)

    def _packets(self, numbers: Numbers, base: int, kind: int, starts: Places) -> Iterator[Records | Defect]:
        """Yield the packets of blocks of one type; those that name no interface, or more bytes than they have, as defects."""
        big = self._big
        total = numbers.word(starts + 4, big=big)
        if kind == _SIMPLE_PACKET:
            interface = np.zeros(len(starts), np.int64)
            wire = numbers.word(starts + 8, big=big)
            kept = self._interfaces[0].kept if self._interfaces else 0
            captured = np.minimum(np.minimum(wire, total - 16), kept or LONGEST_RECORD)
        else:
            interface = numbers.word(starts + 8, big=big) if kind == _PACKET else numbers.short(starts + 8, big=big)
            captured, wire = numbers.word(starts + 20, big=big), numbers.word(starts + 24, big=big)
        header = _HEADERS[kind]
        good = (interface < len(self._interfaces)) & (captured <= total - header - 4) & (captured <= LONGEST_RECORD)
        for place, length in zip(starts[~good].tolist(), total[~good].tolist(), strict=True):
            reason = "a packet of an interface that is not described, or with more bytes than its block"
            yield Defect(code="block_malformed", reason=reason, offset=base + place, length=length)
        starts, total, interface, captured, wire = (column[good] for column in (starts, total, interface, captured, wire))
        if not len(starts):
            return
        links = np.array([known.link for known in self._interfaces], np.int64)
        if kind == _SIMPLE_PACKET:
            time, precision = np.zeros(len(starts), np.int64), np.zeros(len(starts), np.int8)
        else:
            written = numbers.word(starts + 12, big=big).astype(np.uint64) << np.uint64(32)
            time, precision = self._times(written | numbers.word(starts + 16, big=big).astype(np.uint64), interface)
        yield Records(
            numbers=numbers,
            begin=base + starts,
            end=base + starts + total,
            frame=starts + header,
            captured=captured,
            wire=wire,
            time=time,
            precision=precision,
            link=links[interface],
        )

    def _times(self, written: npt.NDArray[np.uint64], interface: Places) -> tuple[Places, npt.NDArray[np.int8]]:
        """Return microseconds since 1970 and units; a time outside what can be stored is none."""
        time = np.zeros(len(written), np.int64)
        precision = np.zeros(len(written), np.int8)
        for number in np.unique(interface).tolist():
            known = self._interfaces[number]
            here = interface == number
            seconds, rest = written[here] // np.uint64(known.units), written[here] % np.uint64(known.units)
            if known.units >= 1_000_000_000_000:  # the rest times a million would not fit
                parts = rest // np.uint64(known.units // 1_000_000)
            else:
                parts = rest * np.uint64(1_000_000) // np.uint64(known.units)
            fits = seconds < np.uint64(2**38)
            value = (np.where(fits, seconds, np.uint64(0)).astype(np.int64) + known.offset) * 1_000_000 + parts.astype(np.int64)
            time[here] = np.where(fits, value, 0)
            precision[here] = np.where(fits, known.precision, 0)
        return time, precision

    def _find(self, numbers: Numbers, at: int, size: int, *, last: bool) -> int:
        """Return where a whole block begins, after `at`; what could be searched, still lost, when nowhere."""
        end = size if last else size - _SEEN_AHEAD
        for start in range(at + 1, end, _WINDOW):
            places = np.arange(start, min(start + _WINDOW, end), dtype=np.int64)
            known = np.isin(numbers.word(places, big=self._big), _KNOWN)
            for place in places[known].tolist():
                if self._whole(numbers.data, place, size):
                    self._lost = False
                    return int(place)
        return max(at, end)

    def _whole(self, data: bytes, at: int, size: int) -> bool:
        """Return whether there is a block at `at`, with its length at both ends."""
        order = self._big
        total = self._head(data, at)[1] if at + 12 <= size else 0
        fits = 12 <= total <= _LONGEST_BLOCK and not total % 4 and at + total <= size
        if fits and data[at + 4 : at + 8] == data[at + total - 4 : at + total]:
            return True
        self._big = order
        return False


def _interface(body: bytes, *, big: bool) -> Interface:
    """Return what an interface's block says: link type, and of its options the unit and the offset of times."""
    order = ">" if big else "<"
    link, _, kept = struct.unpack_from(order + "HHI", body)
    units, seconds = 1_000_000, 0
    at = 8
    while at + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if code == 0 or len(value) < length:
            break
        if code == _RESOLUTION and length == 1:
            power = value[0] & 0x7F
            units = min(2**power if value[0] & 0x80 else 10**power, 2**_LONGEST_SHIFT)
        elif code == _OFFSET and length == 8:
            seconds = struct.unpack(order + "q", value)[0]
        at += 4 + (length + 3) // 4 * 4
    known = sum(units >= 1_000**step for step in range(4)) if units < 2**_LONGEST_SHIFT else 0
    return Interface(link=link, units=units, offset=max(-(2**38), min(seconds, 2**38)), precision=known, kept=kept)
