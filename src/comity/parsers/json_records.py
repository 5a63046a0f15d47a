"""Records of JSON files with their places: objects one a line, in a list, in the list of an answer, or one after the other.

Each record is handed to its taker as soon as it is decoded, so that it never leaves the processor's cache. Every byte is accounted
for: in a record, as a defect, or as what stands between records.
"""

import re
from collections.abc import Callable, Generator, Iterator
from io import BytesIO
from itertools import islice
from typing import TypeAlias

import numpy as np

from comity.parsers.contract import Defect, Source, Structures
from comity.parsers.json_documents import LONGEST_RECORD, WRAPPER, Between, Element, elements, find
from comity.parsers.json_text import Object, UnreadableError, decode
from comity.parsers.lines import Block, blocks

Taker: TypeAlias = Callable[[Object, int, int], None]
"""Takes a record, its offset and its length; the line end is not among its bytes."""

_PIECE = 2**20
_MOST_RECORDS = 4_096
# reading anew behind broken records may read this much, and this many times the source
_READ_ANEW, _TIMES_ANEW = 64 * 2**20, 16
_LINES_TRIED = 50
_HEAD = 65_536
_SPACE = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"
_OPENING = ord("{")
_FIRST_KEY = re.compile(rb'\{\s*("(?:[^"\\]|\\.){1,100}")\s*:')
_ANY_RECORD = re.compile(rb'(?<=[\[,\s])\{\s{0,64}"[^"\\]{1,64}"\s{0,64}:')
_BETWEEN = "line ends, blank lines and what lists are made of"


class Beside:
    """What stands beside the records from `begin` on: defects, and what is between records and defects."""

    def __init__(self, begin: int) -> None:
        self._begin = begin
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.defects: list[Defect] = []

    def held(self, offset: int, length: int) -> None:
        """Note that the bytes there are a record's or a defect's; places come in order."""
        self._starts.append(offset)
        self._ends.append(offset + length)

    @property
    def full(self) -> bool:
        """Whether it is time to hand over."""
        return len(self._starts) >= _MOST_RECORDS

    def handed_over(self, end: int) -> Iterator[Defect | Structures]:
        """Yield what was noted up to `end` and begin anew from there."""
        yield from self.defects
        begins = np.array([self._begin, *self._ends], np.int64)
        yield Structures(what=_BETWEEN, offsets=begins, lengths=np.array([*self._starts, end], np.int64) - begins)
        self._begin, self._starts, self._ends, self.defects = end, [], [], []


def records(source: Source, take: Taker, *, answers: bool = False) -> Iterator[Defect | Structures]:
    """Call `take` for each object in `source`, in order; yield what is beside them, at least once for every MiB or few thousand records.

    What is no object is a Defect, `json_unreadable`. `json_irregular` is a Defect on a record that was taken all the same: a key stands
    twice, a number is NaN, bytes are no UTF-8. With `answers`, objects that hold a list of records ({"Records": [...]}) are looked into.
    """
    source.stream.seek(0)
    if in_lines(source.stream.read(_HEAD), answers=answers):
        for block in blocks(source):
            if isinstance(block, Defect):
                yield block
            else:
                yield from _of_lines(block, take)
    else:
        yield from _Documents(source, take, answers=answers).read()


def in_lines(head: bytes, *, answers: bool = False) -> bool:
    """Return whether a file that begins with `head` (65,536 bytes or all) has its objects one a line."""
    head = head.removeprefix(_MARK)
    if head.lstrip(_SPACE).startswith(b"[") or (answers and WRAPPER.match(head)):
        return False
    lines = [line.strip(_SPACE) for line in head.split(b"\n")[: _LINES_TRIED + 1]]
    # the last may be cut
    lines = [line for line in (lines[:-1] or lines) if line]
    whole = sum(line.startswith(b"{") and line.endswith(b"}") for line in lines)
    return whole * 2 >= len(lines) or (len(lines) == 1 and len(head) >= _HEAD)


def first_records(head: bytes, *, most: int = 20, answers: bool = False) -> list[Object]:
    """Return the first whole objects in `head`, at most `most`."""
    found: list[Object] = []
    if in_lines(head, answers=answers):
        texts: Iterator[bytes] = (line for line in head.removeprefix(_MARK).split(b"\n") if line.lstrip(_SPACE).startswith(b"{"))
    else:
        texts = (each.data for each in elements(_in_memory(head), answers=answers) if isinstance(each, Element) and each.whole)
    for text in islice(texts, 2 * most):
        try:
            found.append(decode(text)[0])
        except UnreadableError:
            continue
    return found[:most]


def _in_memory(data: bytes) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="")


def _of_lines(block: Block, take: Taker) -> Iterator[Defect | Structures]:
    """Take what the lines of `block` hold, about 1 MiB at a time."""
    begin = len(_MARK) if block.offset == 0 and block.data.startswith(_MARK) else 0
    done = 0
    while done < len(block.data):
        end = block.data.find(b"\n", begin + _PIECE) + 1 or len(block.data)
        beside = Beside(block.offset + done)
        _take_lines(block.data[begin:end], block.offset + begin, take, beside)
        yield from beside.handed_over(block.offset + end)
        begin = done = end


def _take_lines(data: bytes, at: int, take: Taker, beside: Beside) -> None:
    run: list[tuple[int, int, str]] = []
    for line in data.split(b"\n"):
        text = line.removesuffix(b"\r")
        if text and (text[0] == _OPENING or text.strip(_SPACE)):
            length = len(text)
            beside.held(at, length)
            try:
                record, irregular = decode(text)
            except UnreadableError as error:
                run.append((at, at + length, str(error)))
            else:
                if run:
                    beside.defects += unreadable(run)
                take(record, at, length)
                if irregular:
                    beside.defects.append(_irregular(at, length, irregular))
        at += len(line) + 1
    beside.defects += unreadable(run)


def unreadable(run: list[tuple[int, int, str]]) -> list[Defect]:
    """Return the lines in `run` (begin, end, why) as one defect, none for none, and empty it."""
    if not run:
        return []
    words = f"{len(run)} lines, of the first: " if len(run) > 1 else ""
    defect = Defect(code="json_unreadable", reason=words + run[0][2], offset=run[0][0], length=run[-1][1] - run[0][0])
    run.clear()
    return [defect]


def _irregular(offset: int, length: int, words: str) -> Defect:
    return Defect(code="json_irregular", reason=f"read all the same: {words}", offset=offset, length=length)


class _Documents:
    """Reads a source that is no run of lines. Where a record is broken, reading goes on where one begins as the first does."""

    def __init__(self, source: Source, take: Taker, *, answers: bool) -> None:
        self._source = source
        self._answers = answers
        self._take = take
        self._beside = Beside(0)
        self._opening: re.Pattern[bytes] | None = None
        self._garbled = False
        self._anew = 0

    def read(self) -> Iterator[Defect | Structures]:
        source = self._source
        source.stream.seek(0)
        position: int | None = len(_MARK) if source.stream.read(len(_MARK)) == _MARK else 0
        level: int | None = None
        while position is not None:
            position, level = yield from self._run(position, level)
        yield from self._beside.handed_over(source.size)

    def _run(self, position: int, level: int | None) -> Generator[Defect | Structures, None, tuple[int | None, int | None]]:
        """Read from `position` until a record is broken; return where to go on, and the brackets open around the records there."""
        for each in elements(self._source, answers=self._answers, start=position, level=level):
            if self._beside.full:
                yield from self._beside.handed_over(each.offset)
            if isinstance(each, Between):
                if not each.regular:
                    self._broken("neither a record nor what stands between records", each.offset, len(each.data))
                continue
            reason = self._taken(each)
            if reason is not None:
                following = self._following(each)
                end = following or (each.offset + len(each.data) if each.whole else self._source.size)
                self._broken(reason, each.offset, end - each.offset)
                if following is not None or not each.whole:
                    return following, each.level or None
        return None, None

    def _taken(self, each: Element) -> str | None:
        """Hand the record over; return why not when it is none."""
        size = len(each.data)
        if self._opening is None:
            begin = _FIRST_KEY.match(each.data)
            self._opening = re.compile(rb"\{\s*" + re.escape(begin[1]) + rb"\s*:") if begin else None
            self._garbled = begin is None
        if not each.whole:
            return f"a record of more than {LONGEST_RECORD} bytes" if size > LONGEST_RECORD else "a record that does not end"
        try:
            record, irregular = decode(each.data)
        except UnreadableError as error:
            return str(error)
        self._take(record, each.offset, size)
        self._beside.held(each.offset, size)
        if irregular:
            self._beside.defects.append(_irregular(each.offset, size, irregular))
        return None

    def _broken(self, reason: str, offset: int, length: int) -> None:
        self._beside.held(offset, length)
        self._beside.defects.append(Defect(code="json_unreadable", reason=reason, offset=offset, length=length))

    def _following(self, broken: Element) -> int | None:
        """Return where reading is to go on after `broken`: at a record within it when it took others in, None to go by brackets."""
        opening = _ANY_RECORD if self._garbled else self._opening
        if opening is None or self._anew > _READ_ANEW + _TIMES_ANEW * self._source.size:
            return None
        if broken.whole:
            inside = opening.search(broken.data, 1)
            following = broken.offset + inside.start() if inside else None
        else:
            following = find(self._source, opening, start=broken.offset + 1)
        self._anew += len(broken.data)
        return following
