"""The headers of tar entries: ustar, pax, GNU and the oldest format, with sparse files.

Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic Tar Format" and
"Storing Sparse Files". Read by hand and not with the standard library, which loops and fills the memory on hostile headers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from comity.parsers.contract import Source
from comity.terms.errors import MaterialError

BLOCK = 512

_LARGEST_EXTENSION = 2**20
_MOST_EXTENSIONS = 16
_MOST_SEGMENTS = 100_000
_LONG_NAME, _LONG_LINK, _GNU_SPARSE = b"L", b"K", b"S"
_PAX = {b"x", b"X"}
_PAX_GLOBAL = b"g"
_WITHOUT_DATA = {b"1", b"2", b"3", b"4", b"5", b"6"}
_SEARCH = 2048 * BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `data` and `stored` are where its bytes lie, `following` where the next header is.

    `kind` is the type flag ("0" for a regular file). `segments` are (offset in the file, bytes) of what is stored of a
    sparse file, None for any other; `size` is what the file decodes to.
    """

    name: str
    kind: str
    target: str
    modified: datetime | None
    data: int
    stored: int
    size: int
    segments: tuple[tuple[int, int], ...] | None
    following: int


def is_header(block: bytes) -> bool:
    """Return whether the checksum of a header fits `block`."""
    if len(block) < BLOCK or not any(block):
        return False
    try:
        written = _number(block[148:156])
    except MaterialError:
        return False
    rest = block[:148] + b" " * 8 + block[156:BLOCK]
    unsigned = sum(rest)
    return written in (unsigned, unsigned - 256 * sum(byte > 127 for byte in rest))  # noqa: PLR2004 - old programs summed signed bytes


def find_header(source: Source, at: int) -> int:
    """Return the place of the next block, from `at` on, that holds anything; the size of the source when there is none."""
    while at < source.size:
        window = _read(source, at, _SEARCH)
        held = len(window) - len(window.lstrip(b"\x00"))
        if held < len(window):
            return at + held // BLOCK * BLOCK
        at += len(window)
    return source.size


def find_signature(source: Source, at: int) -> int:
    """Return the place of the next block, from `at` on, that is a header with signature; the size of the source when there is none."""
    while at < source.size:
        window = _read(source, at, _SEARCH)
        for begin in range(0, len(window), BLOCK):
            block = window[begin : begin + BLOCK]
            if block[257:262] == b"ustar" and is_header(block):
                return at + begin
        at += _SEARCH
    return source.size


def read_entry(source: Source, at: int) -> Entry:
    """Return the entry whose header, or first extended header, lies at `at`. MaterialError says why there is none."""
    fields: dict[str, str] = {}
    pairs: list[tuple[int, int]] = []
    for _ in range(_MOST_EXTENSIONS):
        block = _read(source, at, BLOCK)
        if not is_header(block):
            raise MaterialError("no header of an entry stands here" if len(block) == BLOCK else "the archive ends inside a header")
        kind, size = block[156:157], _number(block[124:136])
        if kind not in _PAX and kind not in {_LONG_NAME, _LONG_LINK, _PAX_GLOBAL}:
            return _entry(source, block, at + BLOCK, fields, pairs)
        if size > _LARGEST_EXTENSION:
            raise MaterialError(f"an extended header says it has {size} bytes")
        payload = _read(source, at + BLOCK, size)
        if kind in _PAX:
            records = _pax_records(payload)
            fields |= dict(records)
            pairs = _old_sparse_pairs(records)
        elif kind != _PAX_GLOBAL:
            fields["path" if kind == _LONG_NAME else "linkpath"] = _text(payload)
        at += BLOCK + _padded(size)
    raise MaterialError(f"more than {_MOST_EXTENSIONS} extended headers stand before one entry")


def _read(source: Source, at: int, length: int) -> bytes:
    source.stream.seek(at)
    return source.stream.read(max(0, min(length, source.size - at)))


def _entry(source: Source, block: bytes, data: int, fields: dict[str, str], pairs: Sequence[tuple[int, int]]) -> Entry:
    kind = block[156:157]
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\x00" else ""
    short = _text(block[:100])
    name = fields.get("GNU.sparse.name") or fields.get("path") or (f"{prefix}/{short}" if prefix else short)
    stored = _decimal(fields["size"]) if "size" in fields else _number(block[124:136])
    if kind in _WITHOUT_DATA or (kind == b"\x00" and name.endswith("/")):
        kind, stored = (b"5" if kind == b"\x00" else kind), 0
    following = data + _padded(stored)
    segments: Sequence[tuple[int, int]] | None = None
    size = stored
    if kind == _GNU_SPARSE:
        segments, data = _gnu_segments(source, block, data)
        size = _number(block[483:495])
        following = data + _padded(stored)
    elif fields.get("GNU.sparse.major") == "1":
        segments, used = _pax_segments(source, data, stored)
        data, stored = data + used, max(0, stored - used)
        size = _decimal(fields.get("GNU.sparse.realsize", "0"))
    elif "GNU.sparse.map" in fields:
        numbers = [_decimal(number) for number in fields["GNU.sparse.map"].split(",")[: 2 * _MOST_SEGMENTS]]
        segments, size = list(zip(numbers[::2], numbers[1::2], strict=False)), _decimal(fields.get("GNU.sparse.size", "0"))
    elif pairs:
        segments, size = pairs, _decimal(fields.get("GNU.sparse.size", "0"))
    return Entry(
        name=name,
        kind="0" if kind in {b"\x00", b"7", _GNU_SPARSE} else kind.decode("latin-1"),
        target=fields.get("linkpath") or _text(block[157:257]),
        modified=_instant(fields.get("mtime"), block[136:148]),
        data=data,
        stored=stored,
        size=size,
        segments=None if segments is None else tuple(segments),
        following=following,
    )


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _text(raw: bytes) -> str:
    return raw.partition(b"\x00")[0].decode("utf-8", errors="backslashreplace")


def _number(raw: bytes) -> int:
    """Return a number field: octal digits, or base 256 when its first bit is set (GNU)."""
    if raw[:1] in {b"\x80", b"\x81"}:
        return int.from_bytes(bytes([raw[0] & 0x7F]) + raw[1:], "big")
    digits = raw.strip(b" \x00").partition(b"\x00")[0].strip()
    if digits and not set(digits) <= set(b"01234567"):
        raise MaterialError(f"a number field holds {raw[:12]!r}")
    return int(digits or b"0", 8)


_LONGEST_NUMBER = 19


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise MaterialError(f"an extended header holds {text[:40]!r} where a number belongs")
    return int(text)


def _instant(written: str | None, raw: bytes) -> datetime | None:
    """Return the modification time (seconds since 1970, UTC), None for none that can be and for 0, which says that none was kept."""
    try:
        seconds = float(written[:40]) if written else float(_number(raw))
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds) if seconds else None
    except (ValueError, OverflowError, MaterialError):
        return None


def _pax_records(payload: bytes) -> list[tuple[str, str]]:
    """Return the records of an extended header in order: "length keyword=value", the length counting itself."""
    records: list[tuple[str, str]] = []
    at = 0
    while at < len(payload) and payload[at : at + 1] != b"\x00":
        space = payload.find(b" ", at, at + _LONGEST_NUMBER)
        if space < 0:
            raise MaterialError("an extended header is malformed")
        length = _decimal(payload[at:space].decode("latin-1"))
        if length <= space - at or payload[at + length - 1 : at + length] != b"\n":
            raise MaterialError("an extended header is malformed")
        keyword, _, value = payload[space + 1 : at + length - 1].partition(b"=")
        records.append((_text(keyword), value.decode("utf-8", errors="backslashreplace")))
        at += length
    return records


def _old_sparse_pairs(records: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    """Return the segments that version 0.0 writes as repeated records."""
    offsets = [_decimal(value) for keyword, value in records if keyword == "GNU.sparse.offset"]
    sizes = [_decimal(value) for keyword, value in records if keyword == "GNU.sparse.numbytes"]
    return list(zip(offsets, sizes, strict=False))


def _gnu_segments(source: Source, block: bytes, data: int) -> tuple[list[tuple[int, int]], int]:
    """Return the segments of an old GNU header and the blocks that extend it, and where the data then begins."""
    segments = _number_pairs(block[386:482])
    extended = block[482]
    while extended and len(segments) < _MOST_SEGMENTS:
        more = _read(source, data, BLOCK)
        if len(more) < BLOCK:
            raise MaterialError("the archive ends inside the map of a sparse file")
        segments += _number_pairs(more[:504])
        extended = more[504]
        data += BLOCK
    return segments, data


def _number_pairs(raw: bytes) -> list[tuple[int, int]]:
    pairs = [(_number(raw[at : at + 12]), _number(raw[at + 12 : at + 24])) for at in range(0, len(raw), 24) if any(raw[at : at + 24])]
    return [(offset, size) for offset, size in pairs if size]


def _pax_segments(source: Source, data: int, stored: int) -> tuple[list[tuple[int, int]], int]:
    """Return the segments that version 1.0 writes as decimal lines before the data, and how many bytes they take."""
    raw = _read(source, data, min(stored, _LARGEST_EXTENSION))
    first, _, rest = raw.partition(b"\n")
    count = _decimal(first[: _LONGEST_NUMBER + 1].decode("latin-1"))
    lines = rest.split(b"\n", 2 * count)[: 2 * count] if count <= _MOST_SEGMENTS else []
    if len(lines) < 2 * count or count > _MOST_SEGMENTS:
        raise MaterialError("the map of a sparse file is malformed")
    numbers = [_decimal(line[: _LONGEST_NUMBER + 1].decode("latin-1")) for line in lines]
    used = _padded(len(first) + 1 + sum(len(line) + 1 for line in lines))
    return list(zip(numbers[::2], numbers[1::2], strict=True)), used
