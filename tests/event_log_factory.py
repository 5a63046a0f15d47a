"""Windows event logs for tests and benchmarks, written from the published format: chunks, string and template tables, binary XML.

Source: MS-EVEN6, 2.2.12 to 2.2.17 (binary XML); libyal, "Windows XML Event Log (EVTX)" (file, chunk and record headers).
"""

import struct
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

CHUNK = 65_536
FILE_HEADER = 4_096
RECORDS = 512
_FRAGMENT = b"\x0f\x01\x01\x00"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_STRING, _UINT8, _UINT16, _UINT32, _UINT64, _FILETIME, _SID, _HEX64, _BINXML = 1, 4, 6, 8, 10, 17, 19, 21, 33
_NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One event to be written; `user_data` names the element within UserData that holds `data`, instead of EventData."""

    code: int
    provider: str = "Microsoft-Windows-Security-Auditing"
    channel: str = "Security"
    computer: str = "PC01.corp.example"
    at: datetime = datetime(2024, 3, 5, 10, 0, 0, 123456, tzinfo=UTC)
    data: Mapping[str, str | int] = field(default_factory=dict)
    user_data: str = ""
    sid: str = ""
    process: int = 640


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a template for the value `number` of an instance, of type `kind`."""

    number: int
    kind: int


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a template."""

    name: str
    attributes: tuple[tuple[str, str | Slot], ...] = ()
    content: tuple["str | Slot | Element", ...] = ()


def filetime(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * 10


def sid(text: str) -> bytes:
    parts = text.split("-")
    numbers = [int(part) for part in parts[3:]]
    return bytes([1, len(numbers)]) + int(parts[2]).to_bytes(6, "big") + b"".join(struct.pack("<I", number) for number in numbers)


class Chunk:
    """One 64 KiB chunk under way."""

    def __init__(self) -> None:
        self.data = bytearray(RECORDS)
        self.names: dict[str, int] = {}
        self.templates: dict[str, int] = {}
        self.records: list[tuple[int, int]] = []

    def add(self, number: int, event: Logged) -> bool:
        """Append the event; return False, with nothing changed, when it does not fit."""
        before = len(self.data), dict(self.names), dict(self.templates), bytes(self.data[:RECORDS])
        start = len(self.data)
        self.data += struct.pack("<IIQQ", 0x2A2A, 0, number, filetime(event.at))
        self._event(number, event)
        self.data += bytes(-(len(self.data) + 4) % 8)
        size = len(self.data) + 4 - start
        self.data += struct.pack("<I", size)
        struct.pack_into("<I", self.data, start + 4, size)
        if len(self.data) > CHUNK:
            length, self.names, self.templates, head = before
            del self.data[length:]
            self.data[:RECORDS] = head
            return False
        self.records.append((start, number))
        return True

    def finish(self) -> bytes:
        """Return the chunk with its header."""
        free = len(self.data)
        first, last = self.records[0][1], self.records[-1][1]
        data = self.data + bytes(CHUNK - free)
        struct.pack_into("<8sQQQQIII", data, 0, b"ElfChnk\x00", first, last, first, last, 128, self.records[-1][0], free)
        return bytes(seal_chunk(data))

    def _event(self, number: int, event: Logged) -> None:
        inner = Element("EventData", content=_fields(event.data))
        if event.user_data:
            inner = Element("UserData", content=(Element(event.user_data, (("xmlns", "urn:test"),), _fields(event.data, named=True)),))
        values: list[tuple[int, bytes]] = [
            (_UINT8, b"\x00"),
            (_UINT8, b"\x00"),
            (_UINT16, struct.pack("<H", 12_544)),
            (_UINT16, struct.pack("<H", event.code)),
            (_HEX64, struct.pack("<Q", 0x8020000000000000)),
            (_FILETIME, struct.pack("<Q", filetime(event.at))),
            (_UINT32, struct.pack("<I", event.process)),
            (_UINT32, struct.pack("<I", 708)),
            (_UINT64, struct.pack("<Q", number)),
            (_STRING, event.provider.encode("utf-16-le")),
            (_STRING, event.channel.encode("utf-16-le")),
            (_STRING, event.computer.encode("utf-16-le")),
            (_SID, sid(event.sid)) if event.sid else (0, b""),
        ]
        nested = [
            (_STRING, value.encode("utf-16-le")) if isinstance(value, str) else (_UINT64, struct.pack("<Q", value))
            for value in event.data.values()
        ]
        shape = f"{event.user_data}/{event.provider}/{event.code}/" + ",".join(event.data)
        self.data += _FRAGMENT
        self._instance("system", _SYSTEM)
        values.append((_BINXML, b""))
        head = len(self.data)
        self.data += struct.pack("<I", len(values)) + bytes(4 * len(values))
        for place, (kind, value) in enumerate(values[:-1]):
            struct.pack_into("<HBB", self.data, head + 4 + 4 * place, len(value), kind, 0)
            self.data += value
        start = len(self.data)
        self.data += _FRAGMENT
        self._instance(shape, inner)
        self.data += struct.pack("<I", len(nested))
        for kind, value in nested:
            self.data += struct.pack("<HBB", len(value), kind, 0)
        for _, value in nested:
            self.data += value
        self.data += b"\x00"
        struct.pack_into("<HBB", self.data, head + 4 * len(values), len(self.data) - start, _BINXML, 0)
        self.data += b"\x00"

    def _instance(self, shape: str, root: Element) -> None:
        """Write a template instance, with the definition of the template where it is the first of its chunk."""
        guid = uuid.uuid5(uuid.NAMESPACE_URL, shape).bytes_le
        identity = struct.unpack_from("<I", guid)[0]
        known = self.templates.get(shape)
        self.data += struct.pack("<BBII", 0x0C, 0x01, identity, known or len(self.data) + 10)
        if known:
            return
        self.templates[shape] = len(self.data)
        place = 384 + identity % 32 * 4
        before = struct.unpack_from("<I", self.data, place)[0]
        struct.pack_into("<I", self.data, place, len(self.data))
        self.data += struct.pack("<I", before) + guid
        size = len(self.data)
        self.data += bytes(4) + _FRAGMENT
        self._element(root)
        self.data += b"\x00"
        struct.pack_into("<I", self.data, size, len(self.data) - size - 4)

    def _element(self, element: Element) -> None:
        self.data += struct.pack("<BH", 0x41 if element.attributes else 0x01, 0xFFFF)
        size = len(self.data)
        self.data += bytes(4)
        self._name(element.name)
        if element.attributes:
            listed = len(self.data)
            self.data += bytes(4)
            for place, (name, value) in enumerate(element.attributes):
                self.data.append(0x06 if place == len(element.attributes) - 1 else 0x46)
                self._name(name)
                self._value(value)
            struct.pack_into("<I", self.data, listed, len(self.data) - listed - 4)
        self.data.append(0x02 if element.content else 0x03)
        for inner in element.content:
            if isinstance(inner, Element):
                self._element(inner)
            else:
                self._value(inner)
        if element.content:
            self.data.append(0x04)
        struct.pack_into("<I", self.data, size, len(self.data) - size - 4)

    def _value(self, value: str | Slot) -> None:
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            self.data += struct.pack("<BBH", 0x05, 0x01, len(text) // 2) + text
        else:
            self.data += struct.pack("<BHB", 0x0E, value.number, value.kind)

    def _name(self, name: str) -> None:
        known = self.names.get(name)
        if known:
            self.data += struct.pack("<I", known)
            return
        place = len(self.data) + 4
        self.names[name] = place
        hashed = 0
        for character in name:
            hashed = (hashed * 65_599 + ord(character)) & 0xFFFFFFFF
        bucket = 128 + (hashed & 0xFFFF) % 64 * 4
        before = struct.unpack_from("<I", self.data, bucket)[0]
        struct.pack_into("<I", self.data, bucket, place)
        self.data += struct.pack("<IIHH", place, before, hashed & 0xFFFF, len(name)) + name.encode("utf-16-le") + b"\x00\x00"


def _fields(data: Mapping[str, str | int], *, named: bool = False) -> tuple[Element, ...]:
    """Return the elements of `data`: <Data Name="x"> as in EventData, or `named` <x> as in UserData."""
    slots = {name: Slot(place, _STRING if isinstance(value, str) else _UINT64) for place, (name, value) in enumerate(data.items())}
    if named:
        return tuple(Element(name, content=(slot,)) for name, slot in slots.items())
    return tuple(Element("Data", (("Name", name),), (slot,)) for name, slot in slots.items())


_SYSTEM = Element(
    "Event",
    (("xmlns", _NAMESPACE),),
    (
        Element(
            "System",
            content=(
                Element("Provider", (("Name", Slot(9, _STRING)), ("Guid", "{54849625-5478-4994-A5BA-3E3B0328C30D}"))),
                Element("EventID", content=(Slot(3, _UINT16),)),
                Element("Version", content=(Slot(1, _UINT8),)),
                Element("Level", content=(Slot(0, _UINT8),)),
                Element("Task", content=(Slot(2, _UINT16),)),
                Element("Keywords", content=(Slot(4, _HEX64),)),
                Element("TimeCreated", (("SystemTime", Slot(5, _FILETIME)),)),
                Element("EventRecordID", content=(Slot(8, _UINT64),)),
                Element("Correlation"),
                Element("Execution", (("ProcessID", Slot(6, _UINT32)), ("ThreadID", Slot(7, _UINT32)))),
                Element("Channel", content=(Slot(10, _STRING),)),
                Element("Computer", content=(Slot(11, _STRING),)),
                Element("Security", (("UserID", Slot(12, _SID)),)),
            ),
        ),
        Slot(13, _BINXML),
    ),
)


def seal_chunk(chunk: bytes | bytearray) -> bytearray:
    """Return `chunk` with right checksums for what its header says."""
    data = bytearray(chunk)
    free = struct.unpack_from("<I", data, 48)[0]
    struct.pack_into("<I", data, 52, zlib.crc32(data[RECORDS:free]))
    struct.pack_into("<I", data, 124, zlib.crc32(data[:120] + data[128:RECORDS]))
    return data


def file_header(chunks: int, following: int, *, flags: int = 0) -> bytes:
    """Return the 4,096 bytes before the first chunk; `following` is the number the next record would have."""
    head = bytearray(FILE_HEADER)
    struct.pack_into("<8sQQQIHHHH", head, 0, b"ElfFile\x00", 0, max(chunks - 1, 0), following, 128, 1, 3, FILE_HEADER, chunks)
    struct.pack_into("<II", head, 120, flags, zlib.crc32(head[:120]))
    return bytes(head)


def event_log(events: Iterable[Logged], *, first: int = 1, flags: int = 0) -> bytes:
    """Return a whole event log with `events` in order, numbered from `first`."""
    chunks: list[bytes] = []
    chunk = Chunk()
    number = first
    for number, event in enumerate(events, first):
        if not chunk.add(number, event):
            chunks.append(chunk.finish())
            chunk = Chunk()
            assert chunk.add(number, event), "an event larger than a chunk"
    if chunk.records:
        chunks.append(chunk.finish())
    return file_header(len(chunks), number + 1, flags=flags) + b"".join(chunks)


def record_places(log: bytes) -> Sequence[tuple[int, int]]:
    """Return offset and length of the records in an undamaged `log`."""
    places = []
    for start in range(FILE_HEADER, len(log), CHUNK):
        free = struct.unpack_from("<I", log, start + 48)[0]
        at = RECORDS
        while at < free:
            size = struct.unpack_from("<I", log, start + at + 4)[0]
            places.append((start + at, size))
            at += size
    return places
