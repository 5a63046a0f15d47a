"""JSON documents as bytes: where the records in them begin and end, without decoding any and without holding more than a window.

A file is a run of documents with white space between. A list is a run of records; so is the list in an object that
answers a query ({"Records": [...]}, and fields beside it that hold one value each); any other object is a record itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.parsers.contract import Source

LONGEST_RECORD = 4 * 2**20
"""Bytes of one record; a longer one is not read."""

_WINDOW = 2**20
_PIECE = 2**20
_SCALAR = rb'(?:"(?:[^"\\]|\\.){0,4096}"|[0-9.eE+-]{1,40}|true|false|null)'
_LISTS = rb'"(?:Records|Events|records|items|entries|value)"'
WRAPPER = re.compile(
    rb'\s{0,4096}\{(?:\s{0,64}"[^"\\]{0,256}"\s{0,64}:\s{0,64}' + _SCALAR + rb"\s{0,64},){0,20}\s{0,64}" + _LISTS + rb"\s{0,64}:\s{0,64}\["
)
"""How an object begins that holds a list of records."""

_QUOTE, _BACKSLASH, _OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_LIST, _CLOSE_LIST, _LINE_END = b'"\\{}[]\n'
_TOKENS = np.zeros(256, np.bool_)
_TOKENS[[_QUOTE, _BACKSLASH, _OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_LIST, _CLOSE_LIST, _LINE_END]] = True
_STEPS = np.zeros(256, np.int64)
_STEPS[[_OPEN_OBJECT, _OPEN_LIST]] = 1
_STEPS[[_CLOSE_OBJECT, _CLOSE_LIST]] = -1


_MEMBER = rb'"[^"\\]{0,256}"\s{0,64}:\s{0,64}' + _SCALAR
_TAIL = re.compile(rb"\s*\]\s*(?:,\s*" + _MEMBER + rb"\s*){0,20}\}\s*")
_LIST_EDGE = re.compile(rb"[\[\]]")
_MOST_PARTS = 64
_WRAPPER_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class Element:
    """The bytes of one record, or of what stands where one should, and where they begin; `whole` when it is seen to end.

    `level` is how many brackets are open around it.
    """

    offset: int
    data: bytes
    level: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Between:
    """The bytes between two records, before the first or after the last."""

    offset: int
    data: bytes

    @property
    def regular(self) -> bool:
        """Whether they are what JSON has there: commas, white space, how a list begins or ends."""
        rest = self.data.strip()
        if rest == b",":
            return True
        for _ in range(_MOST_PARTS):
            part = _TAIL.match(rest) or WRAPPER.match(rest) or _LIST_EDGE.match(rest)
            if part is None:
                break
            rest = rest[part.end() :].strip()
        return not rest


def elements(source: Source, *, answers: bool, start: int = 0, level: int | None = None) -> Iterator[Element | Between]:  # noqa: C901 - one pass over one buffer
    """Yield what `source` holds from `start` on, every byte once and in order.

    With `answers`, objects that hold a list of records are taken for what holds records. `level` is None where a document begins,
    else the brackets open around the records there. Of a record longer than LONGEST_RECORD
    that much is given, not whole, and nothing after it.
    """
    scan = _Scan(depth=level or 0)
    walk = _Walk(source=source, answers=answers, level=level, listing=level == _IN_WRAPPER)
    held, at, done = b"", start, start
    while True:
        source.stream.seek(at + len(held))
        window = source.stream.read(_WINDOW)
        if not window:
            break
        offset = at + len(held)
        held += window
        for bracket in scan.shallow(window):
            found = walk.step(bracket, offset, held, at)
            if found is None:
                continue
            begin, end, around = found
            if begin > done:
                yield Between(done, held[done - at : begin - at])
            yield Element(begin, held[begin - at : end - at], around)
            done = end
        begun = walk.begun
        if begun is None:
            # what is no record is handed over in pieces; the last bytes may be half of something
            keep = max(done, at + len(held) - _WRAPPER_BYTES) if len(held) > 2 * _WINDOW else done
            if keep > done:
                yield Between(done, held[done - at : keep - at])
                done = keep
        elif at + len(held) - begun > LONGEST_RECORD:
            break
        held, at = held[done - at :], done
    if walk.begun is not None:
        if walk.begun > done:
            yield Between(done, held[done - at : walk.begun - at])
        yield Element(walk.begun, held[walk.begun - at :], walk.level or 0, whole=False)
    elif at + len(held) > done:
        yield Between(done, held[done - at :])


def find(source: Source, pattern: re.Pattern[bytes], *, start: int) -> int | None:
    """Return where `pattern` (of less than 4 KiB) first matches from `start` on, None when nowhere."""
    at = start
    while True:
        source.stream.seek(at)
        piece = source.stream.read(_PIECE)
        match = pattern.search(piece)
        if match:
            return at + match.start()
        if len(piece) < _PIECE:
            return None
        at += _PIECE - 4096


_IN_WRAPPER = 2


@dataclass(slots=True)
class _Walk:
    """Which brackets begin and end records.

    `level` is how many are open around the records of the document under way, None between documents; `listing` whether
    the list of an object that answers a query is open; `begun` where the record under way begins.
    """

    source: Source
    answers: bool
    level: int | None
    listing: bool
    begun: int | None = None

    def step(self, bracket: tuple[int, int, int], offset: int, held: bytes, at: int) -> tuple[int, int, int] | None:
        """Take the next bracket (place in the window, code, brackets open after it); return begin, end and level of a record it ends."""
        place, kind, after = bracket
        if kind in {_CLOSE_OBJECT, _CLOSE_LIST}:
            return self._close(offset + place + 1, after)
        if self.begun is None:
            self._open(offset + place, kind, after, held, at)
        return None

    def _close(self, end: int, after: int) -> tuple[int, int, int] | None:
        if self.begun is not None and after == self.level:
            begin, self.begun, level = self.begun, None, self.level
            self.level = level or None
            return begin, end, level
        if self.begun is None:
            self.listing = self.listing and after >= _IN_WRAPPER
            self.level = self.level if after else None
        return None

    def _open(self, place: int, kind: int, after: int, held: bytes, at: int) -> None:
        if self.level is None:
            if kind == _OPEN_LIST:
                self.level = 1
            elif self.answers and self._wraps(place, held, at):
                self.level, self.listing = _IN_WRAPPER, False
            else:
                self.level, self.begun = 0, place
        elif self.level == _IN_WRAPPER and after == _IN_WRAPPER and kind == _OPEN_LIST:
            self.listing = True
        elif after == self.level + 1 and (self.level != _IN_WRAPPER or self.listing):
            self.begun = place

    def _wraps(self, place: int, held: bytes, at: int) -> bool:
        """Return whether the object that begins at `place` holds a list of records."""
        head = held[place - at : place - at + _WRAPPER_BYTES]
        if len(head) < _WRAPPER_BYTES:
            self.source.stream.seek(place)
            head = self.source.stream.read(_WRAPPER_BYTES)
        return WRAPPER.match(head) is not None


@dataclass(slots=True)
class _Scan:
    """Where brackets stand outside of strings, window by window.

    A string ends with its line at the latest, since none may hold a line end: a lost quote costs no more than its line.
    """

    depth: int
    in_string: bool = False
    escaped: bool = False

    def shallow(self, window: bytes) -> Iterator[tuple[int, int, int]]:
        """Yield place, code and how many are open after it for the outer brackets in `window`, which follows the one before."""
        places, kinds = self._brackets(window)
        if not len(places):
            return
        steps = _STEPS[kinds]
        depths = self.depth + np.cumsum(steps)
        # what closes nothing counts for nothing
        depths -= np.minimum(np.minimum.accumulate(depths), 0)
        self.depth = int(depths[-1])
        outer = np.minimum(depths, depths - steps) <= _IN_WRAPPER
        yield from zip(places[outer].tolist(), kinds[outer].tolist(), depths[outer].tolist(), strict=True)

    def _brackets(self, window: bytes) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Return the places in `window` of the brackets that are no text, and the brackets."""
        codes = np.frombuffer(window, np.uint8)
        places = np.flatnonzero(_TOKENS[codes])
        kinds = codes[places]
        if self.escaped or (kinds == _BACKSLASH).any():
            places, kinds = self._unescaped(places, kinds, len(window))
        quotes = kinds == _QUOTE
        ends = kinds == _LINE_END
        inside = (np.cumsum(quotes) + self.in_string) & 1
        if ends.any():
            # counted anew from each line end
            before = np.cumsum(quotes)
            last = np.maximum.accumulate(np.where(ends, np.arange(len(ends)), -1))
            inside = np.where(last < 0, inside, (before - before[last]) & 1)
        self.in_string = bool(inside[-1]) if len(inside) else self.in_string
        outside = (_STEPS[kinds] != 0) & (inside == 0)
        return places[outside], kinds[outside]

    def _unescaped(self, places: NDArray[np.int64], kinds: NDArray[np.uint8], size: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Return the tokens without backslashes and without what a backslash takes the meaning of."""
        slashes = places[kinds == _BACKSLASH]
        begins = np.ones(len(slashes), np.bool_)
        begins[1:] = np.diff(slashes) != 1
        # of a run of backslashes the first, third, ... escape what follows
        run_starts = np.maximum.accumulate(np.where(begins, slashes, -1)) if len(slashes) else slashes
        parity = (slashes - run_starts) & 1
        if self.escaped and len(slashes) and slashes[0] == 0:
            parity = np.where(run_starts == 0, 1 - parity, parity)
        taken = slashes[parity == 0] + 1
        if self.escaped:
            taken = np.append(taken, 0)
        self.escaped = bool((taken == size).any())
        keep = ~np.isin(places, taken) | (kinds == _LINE_END)
        keep &= kinds != _BACKSLASH
        return places[keep], kinds[keep]
