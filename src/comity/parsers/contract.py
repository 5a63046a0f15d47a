"""What every parser offers, and what it hands back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from comity.observables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The bytes of one exhibit, opened for reading.

    `stream` is seekable and may be a file, a slice of a pack segment or bytes in memory; a parser reads it in chunks
    and assumes nothing of its position. `modified` is the file's modification time as preserved, None when unknown.
    `origin` is where the stream begins in the exhibit when it was cut out of it: 0 for a whole exhibit. Rows are placed
    from the start of the stream all the same; `origin` only tells which of several inferred contexts a cut belongs to.
    """

    stream: BinaryIO
    size: int
    name: str
    modified: datetime | None = None
    origin: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """A fact the rows need and the bytes do not say (a log's year, a CSV's date order): value and why it was taken.

    Recorded with the reading and shown to the person; the same facts given back to `read` give the same rows.
    """

    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of one table: `batch` has the columns of `table.own` (trace.offset, trace.length, then the rest), in order."""

    table: Table
    batch: pa.RecordBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """`length` bytes at `offset` that could not be read: a stable code and one sentence saying why."""

    code: str
    reason: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """Something whole inside the source: an attachment, an archive member, the content of a compressed file.

    `step` leads to it from its parent and is enough to find it again (`Container.extract`); `offset` and `length` are
    where its encoded bytes lie in the parent. `stream` is valid until the next item is asked for. `used`, asked when the stream has
    ended or failed, says how many of those bytes, from the first, are in what it gave and hold; None for all or, when it failed, none.
    """

    step: str
    name: str
    declared_type: str | None
    offset: int
    length: int
    size: int
    modified: datetime | None
    stream: BinaryIO
    used: Callable[[], int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """`length` bytes at `offset` that were read and hold no row of their own; `what` names them in two or three words.

    A file header, an index, a separator, blank lines, padding, a checksum. With rows, defects and children they cover every byte of
    the source; what nothing covers is recorded as not parsed. Neighbouring places of one kind may be given as one.
    """

    what: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Structures:
    """Many places of one kind of structure at once, as line ends are: two arrays of equal size, in bytes; a length may be 0."""

    what: str
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]


Item = Rows | Defect | Child | Structure | Structures


class Parser(Protocol):
    """Reads one format. Modules in this room each hold one, as the constant PARSER.

    Law: for each row read, a Source of only the bytes its trace names, read with the same inferred facts, yields a row
    with the same values (apart from the trace). Where those bytes mean nothing alone, see Excerpts.
    """

    @property
    def name(self) -> str:
        """Return the parser's name, as its module's."""
        ...

    @property
    def version(self) -> str:
        """Return what changes whenever the same bytes may give other rows."""
        ...

    @property
    def media_type(self) -> str:
        """Return the media type of what it reads."""
        ...

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return the tables it may fill."""
        ...

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return how surely `head` (the first 65,536 bytes or all) is this format: 0 no, 1 maybe, 2 yes, 3 by signature.

        Decided by content; `name` may only raise a 1 to a 2.
        """
        ...

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return the facts the rows need and do not say; empty when each row stands alone."""
        ...

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield everything in `source`; what cannot be read is a Defect with its place, never an exception.

        Memory stays bounded by the batch, not the source.
        """
        ...


class Excerpts(Parser, Protocol):
    """A parser of a format whose rows need more than their own bytes: a file header, a table of names, a page."""

    def excerpt(self, source: Source, *, offset: int, length: int) -> bytes:
        """Return the least material of the same format that an expert can read alone and that holds the row traced to that place.

        Law: read with the same inferred facts, it yields a row with the same values (apart from the trace). Where a format knows no
        smaller whole, it is all of the source.
        """
        ...


class Container(Parser, Protocol):
    """A parser whose format holds children."""

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return the decoded bytes of the child that `step` leads to; MaterialError when it leads nowhere."""
        ...
