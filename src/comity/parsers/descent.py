"""Reading one exhibit and everything inside it, down to the limits."""

import errno
import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from comity.observables import DEFECT, FILE
from comity.parsers import file_type, member
from comity.parsers.contract import Child, Defect, Inferred, Item, Parser, Rows, Source, Structure, Structures
from comity.parsers.coverage import NOTHING, Account, Claim, Coverage
from comity.parsers.reading import Limits, Reading
from comity.parsers.registry import choose, head_of
from comity.parsers.streams import Watched
from comity.parsers.table_files import TableFiles
from comity.terms.errors import MaterialError

_PIECE = 2**20
_IN_MEMORY = 8 * 2**20
_REASON_CHARACTERS = 300
_MOST_LISTED = 128 * 2**20  # characters, well below the longest line a reader may answer with
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(slots=True)
class _Budget:
    """What is left for everything inside one acquired exhibit, all levels added up."""

    children: int
    decoded: int
    unlisted: bool = False


@dataclass(slots=True, kw_only=True)
class _Visit:
    """One exhibit being read: which it is, what it is, and what was found so far.

    `reached` is the end of the last place its parser handed over. `coverage` stands when its reading is over; `inside` grows with
    what is read inside it.
    """

    source: Source
    number: str
    member: str
    depth: int
    budget: _Budget
    parser: Parser | None
    unread: file_type.FileType
    account: Account
    inferred: tuple[Inferred, ...] = ()
    rows: Counter[str] = field(default_factory=Counter)
    defects: Counter[str] = field(default_factory=Counter)
    children: int = 0
    reached: int = 0
    coverage: Coverage = NOTHING
    inside: Coverage = NOTHING

    @property
    def media_type(self) -> str:
        return self.unread.media_type if self.parser is None else self.parser.media_type

    def trace(self, offset: int, length: int) -> dict[str, object]:
        """Return the trace columns of a place, or of what of it lies within the exhibit."""
        offset = min(max(offset, 0), self.source.size)
        length = min(max(length, 0), self.source.size - offset)
        return {"trace.exhibit": self.number, "trace.member": self.member, "trace.offset": offset, "trace.length": length}

    def reading(self) -> Reading:
        return Reading(
            number=self.number,
            member=self.member,
            name=_clean(self.source.name),
            media_type=self.media_type,
            parser=self.parser.name if self.parser else "",
            version=self.parser.version if self.parser else "",
            inferred=self.inferred,
            rows=tuple(sorted(self.rows.items())),
            defects=tuple(sorted(self.defects.items())),
            children=self.children,
            coverage=self.coverage,
            inside=self.inside,
        )


class Descent:
    """Reads the acquired exhibits of one batch into `tables`, each with what it holds.

    Args:
        tables: where all rows go.
        parsers: the formats known.
        limits: how deep and how much.
        scratch: folder for what is too big for memory; nothing keeps a name there.
    """

    def __init__(self, *, tables: TableFiles, parsers: Sequence[Parser], limits: Limits, scratch: Path) -> None:
        self._tables = tables
        self._parsers = parsers
        self._limits = limits
        self._scratch = scratch
        self._pulse: Callable[[], None] = lambda: None
        self._room = _MOST_LISTED
        self._readings: list[Reading] = []

    def read(self, source: Source, *, number: str, pulse: Callable[[], None] = lambda: None) -> tuple[Reading, ...]:
        """Read the acquired exhibit `number` and all inside it; return its Reading, then those of its children that a parser claimed.

        `pulse` is called at every step, so that a watcher sees progress. Rows of a child stand at the child's place among its
        parent's. Nothing the material does raises; a full disk does (OSError).
        """
        self._readings = []
        self._pulse = pulse
        budget = _Budget(self._limits.children, self._limits.allowed_decoding(source.size))
        self._read(self._visit(source, number=number, path="", depth=0, budget=budget))
        return tuple(self._readings)

    def exclude(self, source: Source, *, number: str, code: str, reason: str) -> tuple[Reading, ...]:
        """Record that the acquired exhibit `number` is not read, because it ended an earlier reader."""
        unread = file_type.detect(head_of(source.stream))
        account = Account(source.size, tables=())
        visit = _Visit(source=source, number=number, member="", depth=0, budget=_Budget(0, 0), parser=None, unread=unread, account=account)
        self._defect(visit, Defect(code=code, reason=reason, offset=0, length=source.size))
        self._close(visit)
        return (visit.reading(),)

    def _visit(self, source: Source, *, number: str, path: str, depth: int, budget: _Budget) -> _Visit:
        head = head_of(source.stream)
        visit = _Visit(
            source=source, number=number, member=path, depth=depth, budget=budget,
            parser=None, unread=file_type.UNDECIDED, account=Account(source.size, tables=()),
        )  # fmt: skip
        with self._boundary(visit, 0, source.size):
            visit.parser = choose(head, name=source.name, parsers=self._parsers)
            if visit.parser is None:
                visit.unread = file_type.detect(head)
            else:
                visit.account = Account(source.size, tables=[table.name for table in visit.parser.tables])
        return visit

    def _read(self, visit: _Visit) -> None:
        source, parser = visit.source, visit.parser
        if parser is None:
            reason = f"{visit.media_type}: {visit.unread.reason}"
            self._defect(visit, Defect(code="type_unknown", reason=reason, offset=0, length=source.size))
            self._close(visit)
            if not visit.member:
                self._readings.append(visit.reading())
            return
        listed = self._room > 0 or not visit.member
        if not listed and not visit.budget.unlisted:
            visit.budget.unlisted = True
            reason = "so much is inside that how each part was read is not listed from here on; what was read is in the tables"
            self._defect(visit, Defect(code="limit_readings", reason=reason, offset=0, length=0))
        position = len(self._readings)
        with self._boundary(visit, None, source.size):
            visit.inferred = tuple(parser.infer(source))
            for item in parser.read(source, inferred=visit.inferred):
                self._pulse()
                self._take(visit, item)
        self._close(visit)
        if listed:
            reading = visit.reading()
            self._readings.insert(position, reading)
            self._room -= _weight(reading)

    def _take(self, visit: _Visit, item: Item) -> None:
        match item:
            case Rows():
                self._rows(visit, item)
                return
            case Structures(what=what, offsets=offsets, lengths=lengths):
                visit.account.claim_all(Claim.STRUCTURE, what, offsets, lengths)
                visit.reached = int(offsets[-1] + lengths[-1]) if offsets.size else visit.reached
                return
            case Structure(what=what, offset=offset, length=length):
                visit.account.claim(Claim.STRUCTURE, what, offset, length)
            case Defect():
                self._defect(visit, item)
            case Child():
                self._child(visit, item)
        visit.reached = item.offset + item.length

    def _rows(self, visit: _Visit, rows: Rows) -> None:
        count = rows.batch.num_rows
        if not count:
            return
        offsets, lengths = (rows.batch.column(name).to_numpy() for name in ("trace.offset", "trace.length"))
        self._tables.write(rows.table, rows.batch, exhibit=visit.number, member=visit.member)
        visit.rows[rows.table.name] += count
        visit.account.claim_all(Claim.ROW, rows.table.name, offsets, lengths)
        visit.reached = int(offsets[-1] + lengths[-1])

    def _close(self, visit: _Visit) -> None:
        """Add up what became of the bytes of `visit`; what nothing claimed is a Defect."""
        visit.coverage, gaps = visit.account.close()
        reader = "the reader" if visit.parser is None else f"the parser {visit.parser.name}"
        for offset, length in gaps.places:
            reason = f"{reader} made nothing of these {length} bytes and gave no reason"
            self._tell(visit, Defect(code="not_parsed", reason=reason, offset=offset, length=length))
        if gaps.more:
            reason = f"{reader} made nothing of {gaps.more_bytes} bytes in {gaps.more} further places hereabouts and gave no reason"
            self._tell(visit, Defect(code="not_parsed", reason=reason, offset=gaps.around[0], length=gaps.around[1]))
        if visit.account.outside:
            reason = f"{reader} named {visit.account.outside} places that do not lie within the exhibit; only what does was counted as read"
            self._tell(visit, Defect(code="place_outside", reason=reason, offset=0, length=0))

    def _child(self, parent: _Visit, child: Child) -> None:
        parent.children += 1
        budget = parent.budget
        if not budget.children or not budget.decoded:
            self._skip(parent, child)
            return
        budget.children -= 1
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(self._scratch)) as spool:
            size, digest = self._copy(parent, child, cast("BinaryIO", spool))
            used = child.used() if child.used is not None else 0 if digest is None else child.length
            parent.account.claim(Claim.CHILD, "", child.offset, min(used, child.length))
            stream = BufferedReader(Watched(cast("BinaryIO", spool), self._pulse), _PIECE)
            visit = self._visit(
                # what holds it was written after it: the next best bound where a container keeps no time, as xz does not
                Source(stream=stream, size=size, name=child.name, modified=child.modified or parent.source.modified),
                number=f"{parent.number}.{parent.children}",
                path=member.join(parent.member, _clean(child.step)),
                depth=parent.depth + 1,
                budget=budget,
            )
            too_deep = visit.depth > self._limits.depth
            self._file(parent, child, visit, digest, "" if visit.parser is None or too_deep else visit.parser.name)
            if too_deep:
                reason = f"lies {visit.depth} levels inside; no more than {self._limits.depth} are opened"
                self._defect(visit, Defect(code="limit_depth", reason=reason, offset=0, length=size))
                self._close(visit)
            else:
                self._read(visit)
            parent.inside += visit.coverage + visit.inside

    def _skip(self, parent: _Visit, child: Child) -> None:
        """Name a child as not opened; why is said once for each exhibit."""
        if parent.budget.children:
            code, reason = "limit_size", "what is inside this exhibit decodes to more than the limits allow; from here on nothing is opened"
        else:
            code, reason = (
                "limit_children",
                f"more than {self._limits.children} things are inside this exhibit; from here on none is opened",
            )
        if parent.defects["limit_children"] or parent.defects["limit_size"]:
            parent.account.claim(Claim.DEFECT, code, child.offset, child.length)
        else:
            self._defect(parent, Defect(code=code, reason=reason, offset=child.offset, length=child.length))

    def _copy(self, parent: _Visit, child: Child, into: BinaryIO) -> tuple[int, str | None]:
        """Decode `child` into `into`; return the bytes got and their SHA-256, None when that is not all of it."""
        sha256 = hashlib.sha256()
        size = 0
        whole = False
        budget = parent.budget
        with self._boundary(parent, child.offset, child.offset + child.length):
            while piece := child.stream.read(min(_PIECE, budget.decoded + 1)):
                self._pulse()
                kept = piece[: budget.decoded]
                into.write(kept)
                sha256.update(kept)
                size += len(kept)
                budget.decoded -= len(kept)
                if len(kept) < len(piece):
                    reason = f"decodes to more than the limits allow; only its first {size} bytes are read"
                    self._defect(parent, Defect(code="limit_size", reason=reason, offset=child.offset, length=child.length))
                    break
            else:
                whole = True
        return size, sha256.hexdigest() if whole else None

    @contextmanager
    def _boundary(self, visit: _Visit, start: int | None, end: int) -> Iterator[None]:
        """Turn whatever a parser raises between `start` (None: as far as it came) and `end` into a Defect; what was read is kept."""
        try:
            yield
        except MemoryError:
            code, reason = "limit_memory", "needs more memory than a reader is allowed; what was read before is kept"
        except Exception as error:  # the parser sandbox: one of the three named boundaries
            if isinstance(error, OSError) and error.errno in _FULL:
                raise
            code = "unreadable" if isinstance(error, MaterialError) else "parser_failed"
            reason = _reason(error)
        else:
            return
        begin = min(visit.reached, end) if start is None else start
        self._defect(visit, Defect(code=code, reason=reason, offset=begin, length=end - begin))

    def _defect(self, visit: _Visit, defect: Defect) -> None:
        visit.account.claim(Claim.DEFECT, defect.code, defect.offset, defect.length)
        self._tell(visit, defect)

    def _tell(self, visit: _Visit, defect: Defect) -> None:
        visit.defects[defect.code] += 1
        row = visit.trace(defect.offset, defect.length)
        row |= {"code": defect.code, "reason": _clean(defect.reason), "parser": visit.parser.name if visit.parser else ""}
        self._tables.add(DEFECT, row)

    def _file(self, parent: _Visit, child: Child, visit: _Visit, digest: str | None, parser: str) -> None:
        row = parent.trace(child.offset, child.length)
        row |= {"number": visit.number, "member": visit.member, "name": _clean(child.name), "size": visit.source.size, "sha256": digest}
        row["declared_type"] = None if child.declared_type is None else _clean(child.declared_type)
        row |= {"detected_type": visit.media_type, "modified": child.modified, "parser": parser}
        self._tables.add(FILE, row)


def _weight(reading: Reading) -> int:
    """Return about how many characters it takes to tell of `reading`."""
    return 300 + len(reading.name) + len(reading.member) + sum(len(fact.value) + len(fact.why) for fact in reading.inferred)


def _clean(text: str) -> str:
    """Return `text` with lone surrogates (bytes that were no character) written as escapes, so that it can be stored."""
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _reason(error: Exception) -> str:
    if isinstance(error, MaterialError):
        return error.what[:_REASON_CHARACTERS]
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    place = "" if innermost is None else f" in {Path(innermost.tb_frame.f_code.co_filename).name}, line {innermost.tb_lineno}"
    return f"the parser failed: {type(error).__name__}{place}: {str(error)[:_REASON_CHARACTERS]}"
