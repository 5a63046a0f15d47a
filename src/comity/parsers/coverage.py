"""What became of the bytes of an exhibit: each counted once, as read or as not read.

Claims overlap (a hop lies inside its message, a remark on bytes that gave a row), so one of them counts. What anybody can check
again goes first: a row can be cut out and read again, a child can be extracted. A defect goes before structure, for
structure is the parser's word alone and must not hide a defect. What nobody claims is not parsed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

NOT_PARSED = "not_parsed"
"""The code of bytes that nothing claims."""

MOST_PLACES = 1_000
"""Places that nothing claims, told one by one; the others are told as one."""

_MOST_KINDS = 64  # names of structure are a parser's constants; if ever they are not, memory stays bounded all the same
_OTHER = "other structure"
_FEW = 16
_MOST_SPANS = 2**18
_MOST_SETTLED = 2**20
_UNSETTLED = 16 * 2**20

_Spans: TypeAlias = NDArray[np.int64]
"""Two rows: where spans begin, and where they end."""


class Claim(IntEnum):
    """What bytes are claimed to be; of claims that overlap the lowest number counts."""

    ROW = 0
    CHILD = 1
    DEFECT = 2
    STRUCTURE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What became of `size` bytes, each counted once.

    `rows` are bytes by table, `structure` by what it is, `unread` by the code of the defect that names them, `children` the bytes
    that were handed on as exhibits of their own; together they make `size`. `remarked` are those bytes of rows and children
    over which a defect lies, too, by its code; they stand beside the sum.
    """

    size: int = 0
    rows: tuple[tuple[str, int], ...] = ()
    children: int = 0
    structure: tuple[tuple[str, int], ...] = ()
    unread: tuple[tuple[str, int], ...] = ()
    remarked: tuple[tuple[str, int], ...] = ()

    @property
    def parsed(self) -> int:
        """The bytes that were read: in rows, in children, or as structure."""
        return _total(self.rows) + self.children + _total(self.structure)

    @property
    def not_parsed(self) -> int:
        """The bytes named as not read."""
        return _total(self.unread)

    @property
    def balanced(self) -> bool:
        """Whether every byte is accounted for, and none twice."""
        sums = (*self.rows, *self.structure, *self.unread, *self.remarked, ("", self.children))
        return self.parsed + self.not_parsed == self.size and all(count >= 0 for _, count in sums)

    def __add__(self, other: "Coverage") -> "Coverage":
        """Return what became of the bytes of both."""
        return Coverage(
            size=self.size + other.size,
            rows=_added(self.rows, other.rows),
            children=self.children + other.children,
            structure=_added(self.structure, other.structure),
            unread=_added(self.unread, other.unread),
            remarked=_added(self.remarked, other.remarked),
        )


NOTHING = Coverage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """The places nothing claimed: (offset, length) of the first; how many `more`, their bytes, and (offset, length) `around` these."""

    places: tuple[tuple[int, int], ...]
    more: int
    more_bytes: int
    around: tuple[int, int]


class Account:
    """Takes the claims on `size` bytes, in any order, and adds them up.

    Neighbours are joined, so memory depends on how scattered the claims are. Beyond 262,144 separate spans those more than
    16 MiB behind the furthest are settled: a claim that overlaps a settled one and comes later counts for nothing, whatever it is.
    """

    def __init__(self, size: int, *, tables: Sequence[str]) -> None:
        self._size = size
        self._tables = list(tables)
        self._single: dict[tuple[Claim, str], list[tuple[int, int]]] = {}
        self._many: dict[tuple[Claim, str], list[_Spans]] = {}
        self._waiting = 0
        self._limit = _MOST_SPANS
        self._settled = _NONE
        self._counted: Counter[tuple[Claim, str]] = Counter()
        self._remarked: Counter[str] = Counter()
        self._gaps: list[_Spans] = []
        self._kinds: set[str] = set()
        self.outside = 0
        """Claims that do not lie within the bytes; only what lies within counts."""

    def claim(self, kind: Claim, name: str, offset: int, length: int) -> None:
        """Take the claim that `length` bytes at `offset` are `kind`, a table, code or structure called `name`."""
        start, end = max(offset, 0), min(offset + length, self._size)
        self.outside += (start, end) != (offset, offset + length)
        if start < end:
            self._single.setdefault(self._key(kind, name), []).append((start, end))
            self._count(1)

    def claim_all(self, kind: Claim, name: str, offsets: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
        """Take many claims of one kind; both arrays are of one size."""
        if offsets.size <= _FEW:
            for offset, length in zip(offsets.tolist(), lengths.tolist(), strict=True):
                self.claim(kind, name, offset, length)
            return
        ends = offsets + lengths
        if offsets.min() < 0 or lengths.min() < 0 or ends.max() > self._size or ends.min() < 0:  # the last when a sum overflowed
            wrong = (offsets < 0) | (lengths < 0) | (ends > self._size) | (ends < offsets)
            self.outside += int(np.count_nonzero(wrong))
            offsets, ends = np.clip(offsets, 0, self._size), np.clip(ends, 0, self._size)
        spans = np.stack((offsets, ends))
        if lengths.min() <= 0 or self.outside:
            spans = spans[:, spans[0] < spans[1]]
        self._many.setdefault(self._key(kind, name), []).append(spans)
        self._count(offsets.size)

    def close(self) -> tuple[Coverage, Gaps]:
        """Return what became of the bytes and the places that nothing claimed; no claims are taken after it."""
        self._settle(self._taken())
        gaps = self._unclaimed()
        unread = _added(self._named(Claim.DEFECT), ((NOT_PARSED, _measure(gaps)),) if gaps.size else ())
        coverage = Coverage(
            size=self._size,
            rows=self._named(Claim.ROW),
            children=self._counted[Claim.CHILD, ""],
            structure=self._named(Claim.STRUCTURE),
            unread=unread,
            remarked=tuple(sorted((code, count) for code, count in self._remarked.items() if count)),
        )
        return coverage, _told(gaps)

    def _unclaimed(self) -> _Spans:
        """Return what no claim was settled on."""
        if not self._gaps and self._is_all(self._settled):
            return _NONE
        ends = _spans([(0, 0)]), _spans([(self._size, self._size)])
        gaps = np.concatenate((*self._gaps, _between(np.concatenate((ends[0], self._settled, ends[1]), axis=1))), axis=1)
        return gaps[:, np.argsort(gaps[0], kind="stable")]

    def _is_all(self, spans: _Spans) -> bool:
        """Return whether `spans` (in order, apart) are one, of all bytes."""
        return spans.shape[1] == 1 and int(spans[1, 0]) - int(spans[0, 0]) == self._size

    def _key(self, kind: Claim, name: str) -> tuple[Claim, str]:
        if kind is Claim.STRUCTURE and name not in self._kinds:
            if len(self._kinds) >= _MOST_KINDS:
                name = _OTHER
            self._kinds.add(name)
        return kind, name

    def _count(self, count: int) -> None:
        self._waiting += count
        if self._waiting > self._limit:
            claims = self._taken()
            if sum(spans.shape[1] for spans in claims.values()) > _MOST_SPANS // 2:
                claims = self._settle_behind(claims)
            self._single, self._many = {}, {key: [spans] for key, spans in claims.items()}
            self._waiting = sum(spans.shape[1] for spans in claims.values())
            self._limit = max(_MOST_SPANS, 2 * self._waiting)

    def _taken(self) -> dict[tuple[Claim, str], _Spans]:
        """Return the claims joined, by kind and name."""
        claims: dict[tuple[Claim, str], list[_Spans]] = {key: list(spans) for key, spans in self._many.items()}
        for key, places in self._single.items():
            claims.setdefault(key, []).append(_spans(places))
        return {key: _union(*spans) for key, spans in claims.items()}

    def _settle_behind(self, claims: dict[tuple[Claim, str], _Spans]) -> dict[tuple[Claim, str], _Spans]:
        """Settle what lies well behind the furthest claim; return the rest of `claims`."""
        cut = max(int(spans[1, -1]) for spans in claims.values() if spans.size) - _UNSETTLED
        parted = {key: _parted(spans, cut) for key, spans in claims.items()}
        self._settle({key: before for key, (before, _) in parted.items()})
        if self._settled.shape[1] > _MOST_SETTLED:
            self._gaps.append(_between(self._settled))
            self._settled = self._settled[:, [0, -1]]
            self._settled = np.array([[self._settled[0, 0]], [self._settled[1, 1]]])
        return {key: after for key, (_, after) in parted.items()}

    def _settle(self, claims: dict[tuple[Claim, str], _Spans]) -> None:
        """Add `claims` up, each byte for the first claim on it in the order of `_rank`."""
        covered = self._settled
        parsed: _Spans | None = None
        for key in sorted(claims, key=lambda key: self._rank(key, claims[key])):
            kind, name = key
            spans = claims[key]
            before = covered
            if not self._is_all(before):
                covered = _union(before, spans)
                self._counted[key] += _measure(covered) - _measure(before)
            if kind is Claim.DEFECT:
                if parsed is None:
                    parsed = _union(*(each for (kind, _), each in claims.items() if kind in {Claim.ROW, Claim.CHILD}))
                self._remarked[name] += _common(parsed, spans)
        self._settled = covered

    def _rank(self, key: tuple[Claim, str], spans: _Spans) -> tuple[int, int, str]:
        """Return what orders claims: tables as the parser lists them; of defects and structures the narrower first."""
        kind, name = key
        if kind is Claim.ROW:
            return kind, self._tables.index(name) if name in self._tables else len(self._tables), name
        return kind, _measure(spans), name

    def _named(self, kind: Claim) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((name, count) for (of, name), count in self._counted.items() if of is kind and count))


_NONE: _Spans = np.empty((2, 0), np.int64)


def _spans(places: Sequence[tuple[int, int]]) -> _Spans:
    """Return (start, end) pairs as spans."""
    return np.array(places, np.int64).reshape(-1, 2).T


def _union(*several: _Spans) -> _Spans:
    """Return the bytes of `several`, none of whose spans is empty, as spans in order that neither overlap nor touch."""
    held = [spans for spans in several if spans.size]
    if not held:
        return _NONE
    joined = np.concatenate(held, axis=1) if len(held) > 1 else held[0]
    starts, ends = joined
    if (starts[1:] > ends[:-1]).all():
        return joined
    if (starts[1:] < starts[:-1]).any():
        order = np.argsort(starts, kind="stable")  # which merges runs that are in order already
        starts, ends = starts[order], ends[order]
    reached = np.maximum.accumulate(ends)
    breaks = np.flatnonzero(starts[1:] > reached[:-1])
    return np.stack((starts[np.append(0, breaks + 1)], reached[np.append(breaks, starts.size - 1)]))


def _measure(spans: _Spans) -> int:
    return int((spans[1] - spans[0]).sum())


def _common(some: _Spans, others: _Spans) -> int:
    """Return how many bytes lie in both."""
    return _measure(some) + _measure(others) - _measure(_union(some, others)) if some.size and others.size else 0


def _parted(spans: _Spans, cut: int) -> tuple[_Spans, _Spans]:
    """Return what of `spans` (in order, apart) lies before `cut` and what after."""
    begun, ended = np.searchsorted(spans[0], cut), np.searchsorted(spans[1], cut, side="right")
    before, after = spans[:, :begun].copy(), spans[:, ended:].copy()
    if begun > ended:
        before[1, -1] = after[0, 0] = cut
    return before, after


def _between(spans: _Spans) -> _Spans:
    """Return what lies between `spans` (in order, apart)."""
    between = np.stack((spans[1, :-1], spans[0, 1:]))
    return between[:, between[1] > between[0]]


def _told(gaps: _Spans) -> Gaps:
    starts, ends = gaps
    places = tuple((start, end - start) for start, end in zip(starts[:MOST_PLACES].tolist(), ends[:MOST_PLACES].tolist(), strict=True))
    rest = gaps[:, MOST_PLACES:]
    around = (int(rest[0, 0]), int(rest[1, -1] - rest[0, 0])) if rest.size else (0, 0)
    return Gaps(places=places, more=rest.shape[1], more_bytes=_measure(rest), around=around)


def _total(counts: Iterable[tuple[str, int]]) -> int:
    return sum(count for _, count in counts)


def _added(some: tuple[tuple[str, int], ...], others: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    if not others:
        return some
    sums: Counter[str] = Counter(dict(some))
    for name, count in others:
        sums[name] += count
    return tuple(sorted(sums.items()))
