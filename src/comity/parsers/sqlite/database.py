"""The pages of a SQLite database: which table each belongs to, and the rows of a table with their places.

Nothing of SQLite itself runs on the bytes. What a write-ahead log beside the database holds is not in it and is not read.
Source: SQLite, "Database File Format" (sqlite.org/fileformat2.html).
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from comity.parsers.sqlite.record import Value, number, values

MAGIC = b"SQLite format 3\x00"

_HEADER = 100
_CHARSETS = {0: "utf-8", 1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_SMALLEST_PAGE, _LARGEST_PAGE = 512, 65_536
_LEAF, _INTERIOR, _INDEX_LEAF, _INDEX_INTERIOR = 13, 5, 10, 2
_POINTER = 4
_MOST_TABLES = 10_000
_LONGEST_ROW = 64 * 2**20
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTES = {'"': '"', "'": "'", "`": "`", "[": "]"}
_NOT_COLUMNS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its rowid, its values, and where its cell lies in the file."""

    rowid: int
    values: list[Value]
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that is not as the format demands, and why."""

    reason: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A table or index by the page its tree begins with; `columns` of a table in order, `alias` the one that is the rowid."""

    kind: str
    name: str
    root: int
    columns: tuple[str, ...] = ()
    alias: str | None = None


@dataclass(slots=True)
class Database:
    """An opened database. `damage` gathers what is wrong as pages are read; `pages` notes who owns each page read.

    ValueError when the header is none of a database.
    """

    stream: BinaryIO
    size: int
    page_size: int = 0
    charset: str = "utf-8"
    stored: dict[str, Stored] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    pages: dict[int, str] = field(default_factory=dict)
    _usable: int = 0

    def __post_init__(self) -> None:
        self.stream.seek(0)
        header = self.stream.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(MAGIC):
            raise ValueError("no header of a SQLite database")
        size = int.from_bytes(header[16:18], "big")
        self.page_size = _LARGEST_PAGE if size == 1 else size
        if not _SMALLEST_PAGE <= self.page_size <= _LARGEST_PAGE or self.page_size & self.page_size - 1:
            raise ValueError(f"pages of {self.page_size} bytes, which SQLite does not know")
        self._usable = self.page_size - header[20]
        charset = int.from_bytes(header[56:60], "big")
        if charset not in _CHARSETS or self._usable < _SMALLEST_PAGE - 32:
            raise ValueError("a header SQLite does not know")
        self.charset = _CHARSETS[charset]
        for row in self._rows(1, count=5, owner="schema"):
            if len(self.stored) >= _MOST_TABLES:
                self._damaged(f"more than {_MOST_TABLES} tables and indexes; the others are not read", 1)
                break
            kind, name, _, root, sql = row.values
            if isinstance(kind, str) and isinstance(name, str) and isinstance(root, int) and root > 0:
                columns, alias = _columns(sql) if kind == "table" and isinstance(sql, str) else ((), None)
                self.stored[name] = Stored(kind, name, root, columns, alias)

    @property
    def page_count(self) -> int:
        """How many pages the file has, the last one perhaps cut off."""
        return -(-self.size // self.page_size)

    def rows(self, name: str) -> Iterator[Row]:
        """Yield the rows of table `name` in order of rowid, values in the order of its columns."""
        table = self.stored[name]
        place = table.columns.index(table.alias) if table.alias in table.columns else None
        for row in self._rows(table.root, count=len(table.columns), owner=name):
            if place is not None and row.values[place] is None:
                row.values[place] = row.rowid  # it is stored once, as the rowid
            yield row

    def claim(self, name: str) -> int:
        """Note which pages the tree of `name` has, without reading its rows; return how many cells its leaves hold."""
        cells = 0
        for page, data, start in self._leaves(self.stored[name].root, owner=name):
            count = int.from_bytes(data[start + 3 : start + 5], "big")
            cells += count
            del page
        return cells

    def _rows(self, root: int, *, count: int, owner: str) -> Iterator[Row]:
        for page, data, start in self._leaves(root, owner=owner):
            if data[start] != _LEAF:
                self._damaged(f"a page of table {owner} is of another kind", page)
                continue
            for pointer in self._pointers(page, data, start, start + 8):
                try:
                    yield self._row(page, data, pointer, count=count, owner=owner)
                except ValueError as error:
                    self.damage.append(Damage(f"a row of table {owner}: {error}", self._offset(page) + pointer, 1))

    def _leaves(self, root: int, *, owner: str) -> Iterator[tuple[int, bytes, int]]:
        """Yield (page number, its bytes, where its own header begins) for the leaves below `root`, in order; each page once."""
        waiting = [root]
        while waiting:
            page = waiting.pop()
            if page in self.pages:
                self._damaged(f"page {page} belongs to {self.pages[page]} and to {owner}, which cannot be", page)
                continue
            data = self._page(page)
            start = _HEADER if page == 1 else 0
            if data is None:
                self.damage.append(Damage(f"page {page}, part of {owner}, is not in the file", max(0, self.size - 1), min(1, self.size)))
                continue
            self.pages[page] = owner
            kind = data[start]
            if kind in {_LEAF, _INDEX_LEAF}:
                yield page, data, start
            elif kind in {_INTERIOR, _INDEX_INTERIOR}:
                below = [struct.unpack_from(">I", data, place)[0] for place in self._pointers(page, data, start, start + 12)]
                waiting += [struct.unpack_from(">I", data, start + 8)[0], *reversed(below)]
            else:
                self._damaged(f"page {page}, part of {owner}, is no page of a tree", page)

    def _pointers(self, page: int, data: bytes, start: int, after: int) -> list[int]:
        """Return the places of the cells of a page, those outside it left out and noted."""
        count = int.from_bytes(data[start + 3 : start + 5], "big")
        held = min(count, (self._usable - after) // 2)
        places = struct.unpack_from(f">{held}H", data, after)
        good = [place for place in dict.fromkeys(places) if after <= place <= self._usable - _POINTER]
        if len(good) != count:
            self._damaged(f"page {page} counts {count} cells, of which {len(good)} lie within it", page)
        return good

    def _row(self, page: int, data: bytes, place: int, *, count: int, owner: str) -> Row:
        length, body = number(data, place)
        rowid, body = number(data, body)
        if not 0 <= length <= min(self.size, _LONGEST_ROW):
            raise ValueError(f"a length of {length} bytes")
        local = self._local(length)
        if body + local > self._usable:
            raise ValueError("it goes beyond its page")
        payload, end = data[body : body + local], body + local
        if local < length:
            payload += self._overflow(data, end, length - local, owner)
            end += _POINTER
        return Row(rowid, values(payload, count=count, charset=self.charset), self._offset(page) + place, end - place)

    def _local(self, length: int) -> int:
        """Return how much of a payload of `length` bytes lies in the leaf itself (1.6, "cell payload overflow")."""
        most = self._usable - 35
        if length <= most:
            return length
        least = (self._usable - 12) * 32 // 255 - 23
        spilled = least + (length - least) % (self._usable - 4)
        return spilled if spilled <= most else least

    def _overflow(self, data: bytes, place: int, missing: int, owner: str) -> bytes:
        pieces = []
        [page] = struct.unpack_from(">I", data, place)
        while missing:
            overflow = None if page in self.pages else self._page(page)
            if overflow is None:
                raise ValueError("its continuation is missing")
            self.pages[page] = owner
            piece = overflow[_POINTER : min(self._usable, _POINTER + missing)]
            pieces.append(piece)
            missing -= len(piece)
            [page] = struct.unpack_from(">I", overflow, 0)
        return b"".join(pieces)

    def _page(self, page: int) -> bytes | None:
        """Return the bytes of a page, None when the file does not hold all of it."""
        if not 0 < page <= self.size // self.page_size:
            return None
        self.stream.seek(self._offset(page))
        data = self.stream.read(self.page_size)
        return data if len(data) == self.page_size else None

    def _offset(self, page: int) -> int:
        return (page - 1) * self.page_size

    def _damaged(self, reason: str, page: int) -> None:
        start = min(self._offset(page), self.size)
        self.damage.append(Damage(reason, start, min(self.page_size, self.size - start)))


def _columns(sql: str) -> tuple[tuple[str, ...], str | None]:
    """Return the columns of a CREATE TABLE statement and the one that stands for the rowid; none when it cannot be told."""
    sql = _COMMENT.sub(" ", sql)
    body = sql.partition("(")[2].rpartition(")")[0]
    columns, alias = [], None
    for part in _parts(body):
        name, rest = _name(part)
        if not name or (name.upper() in _NOT_COLUMNS and part[:1] not in _QUOTES):
            continue
        columns.append(name)
        if re.match(r"INTEGER\s+PRIMARY\s+KEY\b(?!\s+DESC)", rest.strip(), re.IGNORECASE):
            alias = name
    return tuple(columns), alias


def _parts(body: str) -> list[str]:
    """Return `body` parted at the commas that stand in no quotes and no parentheses."""
    parts, begin, depth, closing = [], 0, 0, ""
    for place, sign in enumerate(body):
        if closing:
            closing = "" if sign == closing else closing
        elif sign in _QUOTES:
            closing = _QUOTES[sign]
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "," and depth == 0:
            parts.append(body[begin:place].strip())
            begin = place + 1
    return [*parts, body[begin:].strip()]


def _name(part: str) -> tuple[str, str]:
    if part[:1] in _QUOTES and part:
        name, _, rest = part[1:].partition(_QUOTES[part[0]])
        return name, rest
    name, _, rest = part.partition(" ")
    return name, rest
