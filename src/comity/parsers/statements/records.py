"""CSV records with the bytes they stand in."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_CHUNK: Final = 262_144
_LONGEST_LINE: Final = 65_536
_MOST_LINES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the bytes make records: encoding (a Python codec name), line end, delimiter. The quote is always the double one."""

    encoding: str
    newline: str
    delimiter: str

    @property
    def separator(self) -> bytes:
        """The bytes of a line end."""
        return self.newline.encode(self.encoding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The `fields` in `length` bytes at `offset`, line end included; `fields` is None when they cannot be told apart."""

    offset: int
    length: int
    fields: tuple[str, ...] | None


def records(stream: BinaryIO, layout: Layout, *, start: int) -> Iterator[Record]:
    """Yield the records from byte `start` on that are not blank.

    A quoted field may go over at most 50 lines; when no quote ends it, the first line stands alone and reading goes on with
    the next. A line over 64 KiB gives a record without fields.
    """
    waiting: list[tuple[int, int, str | None]] = []
    lines = _lines(stream, layout, start)
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        offset, length, text = line
        if text is None:
            yield Record(offset=offset, length=length, fields=None)
            continue
        if not text.strip("\ufeff\r\n \t"):
            continue
        taken = _closed(text, waiting, lines) if text.count('"') % 2 else 0
        whole = text + "".join(part[2] or "" for part in waiting[:taken])
        fields = _fields(whole, layout.delimiter)
        if fields is None and taken:
            taken, fields = 0, _fields(text, layout.delimiter)
        yield Record(offset=offset, length=length + sum(part[1] for part in waiting[:taken]), fields=fields)
        del waiting[:taken]


def _closed(text: str, waiting: list[tuple[int, int, str | None]], lines: Iterator[tuple[int, int, str | None]]) -> int:
    """Return how many further lines close the quote left open in `text`, 0 when none does; lines read go to `waiting`."""
    quotes, size = text.count('"'), len(text)
    for count in range(1, _MOST_LINES):
        while len(waiting) < count:
            line = next(lines, None)
            if line is None:
                return 0
            waiting.append(line)
        following = waiting[count - 1][2]
        if following is None:
            return 0
        quotes, size = quotes + following.count('"'), size + len(following)
        if size > _LONGEST_LINE:
            return 0
        if quotes % 2 == 0:
            return count
    return 0


def _fields(text: str, delimiter: str) -> tuple[str, ...] | None:
    if '"' not in text:
        return tuple(text.rstrip("\r\n").split(delimiter))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    return tuple(rows[0]) if len(rows) == 1 else None


def _lines(stream: BinaryIO, layout: Layout, start: int) -> Iterator[tuple[int, int, str | None]]:
    """Yield offset, length and text of each line with its end; the text is None for a line over 64 KiB."""
    stream.seek(start)
    separator = layout.separator
    offset, buffer, overlong = start, b"", 0
    while chunk := stream.read(_CHUNK):
        buffer += chunk
        position = 0
        while (end := _find(buffer, separator, position)) >= 0:
            end += len(separator)
            line = buffer[position:end]
            yield _line(offset, line, overlong, layout)
            offset, overlong, position = offset + overlong + len(line), 0, end
        buffer = buffer[position:]
        if len(buffer) > _LONGEST_LINE:
            # keep what might be the beginning of a line end
            kept = len(buffer) % len(separator) + len(separator)
            overlong, buffer = overlong + len(buffer) - kept, buffer[-kept:]
    if buffer or overlong:
        yield _line(offset, buffer, overlong, layout)


def _line(offset: int, line: bytes, overlong: int, layout: Layout) -> tuple[int, int, str | None]:
    length = overlong + len(line)
    return offset, length, None if length > _LONGEST_LINE else line.decode(layout.encoding, errors="backslashreplace")


def _find(buffer: bytes, separator: bytes, position: int) -> int:
    """Return where `separator` next stands in `buffer` on a character's boundary, -1 for nowhere."""
    found = buffer.find(separator, position)
    while found >= 0 and (found - position) % len(separator):
        found = buffer.find(separator, found + 1)
    return found
