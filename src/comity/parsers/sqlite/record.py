"""Records of SQLite: numbers of variable length, and rows of values."""

import struct
from typing import TypeAlias

Value: TypeAlias = int | float | str | bytes | None

LONGEST_NUMBER = 9
"""Bytes of the longest number of variable length."""

_MORE = 0x80
_WHOLE_BYTE = 8
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FLOAT, _ZERO, _ONE, _FIRST_OF_BYTES = 7, 8, 9, 12


def number(data: bytes, place: int) -> tuple[int, int]:
    """Return the number of variable length at `place` of `data` and where the next begins; ValueError when it is cut off.

    Source: SQLite database file format, 1.6 ("varint"): big-endian, seven bits a byte, all eight of the ninth; signed, 64 bits.
    """
    value = 0
    for count in range(LONGEST_NUMBER):
        if place + count >= len(data):
            raise ValueError("a number is cut off")
        byte = data[place + count]
        value = value << 8 | byte if count == _WHOLE_BYTE else value << 7 | byte & 0x7F
        if not byte & _MORE or count == _WHOLE_BYTE:
            return (value - 2**64 if value >= 2**63 else value), place + count + 1
    raise ValueError("a number is cut off")


def values(payload: bytes, *, count: int, charset: str) -> list[Value]:
    """Return the first `count` values of the record `payload`, None for those it does not have; ValueError when it is no record.

    Columns added to a table later are missing from older rows. Text that is not of `charset` keeps the replacement character.
    Source: SQLite database file format, 2.1.
    """
    header, place = number(payload, 0)
    if not 0 < header <= len(payload):
        raise ValueError("a record's header is longer than the record")
    found: list[Value] = []
    body = header
    while place < header and len(found) < count:
        kind, place = number(payload, place)
        length = _length(kind)
        if place > header or body + length > len(payload):
            raise ValueError("a value is longer than its record")
        found.append(_value(kind, payload[body : body + length], charset))
        body += length
    return found + [None] * (count - len(found))


def _length(kind: int) -> int:
    if kind >= _FIRST_OF_BYTES:
        return (kind - _FIRST_OF_BYTES) // 2
    if kind == _FLOAT:
        return 8
    if kind in {0, _ZERO, _ONE}:
        return 0
    if kind in _INTEGERS:
        return _INTEGERS[kind]
    raise ValueError("a value of an unknown kind")


def _value(kind: int, data: bytes, charset: str) -> Value:
    if kind in _INTEGERS:
        return int.from_bytes(data, "big", signed=True)
    if kind == _FLOAT:
        [value] = struct.unpack(">d", data)
        return None if value != value else float(value)  # noqa: PLR0124 - SQLite keeps NaN as null, a file may hold one all the same
    if kind in {_ZERO, _ONE}:
        return kind - _ZERO
    if kind == 0:
        return None
    return data if kind % 2 == 0 else data.decode(charset, errors="replace")
