"""Columns out of decoded JSON objects: each value is taken to where it belongs, and what is not taken stays for `fields`.

Which value belongs where is data, a Layout.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import polars as pl
import pyarrow as pa

from comity.observables import Table
from comity.parsers.event_rows import Peers
from comity.parsers.json_text import Object, Value, canonical_texts, restored, written
from comity.parsers.written_time import epochs, times

Path: TypeAlias = tuple[str, ...]
"""The names that lead to a value, outermost first."""

_MOST_PORT = 65_535
_MOST_DIGITS = 18
_INT32, _INT64 = 2**31 - 1, 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A column made by `read` of the object at `within` in each record, of which nothing is taken."""

    read: Callable[[Object], Value]
    within: Path = ()
    kind: type[pl.DataType] | pl.DataType = pl.String


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the values of one kind of record belong, by the columns of `table`; columns it has not are texts for `interpret`.

    Of several paths the first that leads to a usable value is taken, for each record by itself; the values at the others, and those
    that are not of the column's kind, stay for `fields`. So every value is in a column or in `fields`.

    `peers` are addresses, with or without port, or host names: they fill .ip, .port and .domain of their side. `times` are ISO text or
    numbers since 1970, see `written_time` for `zone` and `precision`. Where the member `kind` tells which nested objects a record
    has, `sections` says which to look into, by its value; in records of other kinds all are looked for.

    `interpret` gets all these columns, with `offset`, `length` and `fields`, and returns those of the table.
    """

    table: Table
    columns: Mapping[str, tuple[Path, ...]]
    peers: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    times: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    derived: Mapping[str, Derived] = field(default_factory=dict)
    zone: str | None = None
    precision: str | None = None
    kind: str = ""
    sections: Mapping[str, frozenset[str]] = field(default_factory=dict)
    interpret: Callable[[pl.DataFrame], pl.DataFrame]


_Step: TypeAlias = tuple[Path | None, tuple[str, ...], list[None], tuple[tuple[int, Callable[[Object], Value]], ...]]
"""Where to look (None: nowhere), the names of what to take there, as many blanks, and what else is made of it: its place, and how."""


class Drawn:
    """Rows drawn out of records as `layout` says, until they are made a frame.

    Taking is done record by record, while it is warm; whether values are of their column's kind is seen column by column.
    """

    def __init__(self, layout: Layout, peers: Peers) -> None:
        self.layout = layout
        self._peers = peers
        self._slots: list[Path] = []
        self._uses: dict[str, list[int]] = {}
        wanted = {**layout.columns, **layout.peers, **layout.times}
        for path in sorted({path for paths in wanted.values() for path in paths}, key=lambda path: (-len(path), path[:-1], path)):
            self._slots.append(path)
        for name, paths in wanted.items():
            self._uses[name] = [self._slots.index(path) for path in paths]
        self._count = len(layout.derived)
        self._plans = {kind: self._plan(sections) for kind, sections in layout.sections.items()}
        self._whole_plan = self._plan(None)
        # one run of values, row after row: a million small lists would keep the garbage collector busy
        self._values: list[Value] = []
        self.offsets: list[int] = []
        self.lengths: list[int] = []

    def _plan(self, sections: frozenset[str] | None) -> list[_Step]:
        """Return what to take from where, of the nested objects in `sections` only; the innermost first."""
        derived = list(enumerate(self.layout.derived.values()))
        every = {*(path[:-1] for path in self._slots), *(each.within for _, each in derived)}
        plan: list[_Step] = []
        for above in sorted(every, key=lambda path: (-len(path), path)):
            names = tuple(path[-1] for path in self._slots if path[:-1] == above)
            if sections is None or not above or above[0] in sections:
                plan.append((above, names, [None] * len(names), tuple((at, each.read) for at, each in derived if each.within == above)))
            elif plan and plan[-1][0] is None:
                plan[-1] = (None, (), [None] * (len(plan[-1][2]) + len(names)), ())
            else:
                plan.append((None, (), [None] * len(names), ()))
        return plan

    def take(self, record: Object, offset: int, length: int) -> None:
        """Take a row out of `record`, which is changed by it."""
        row: list[Value] = [None] * self._count
        kind = record.get(self.layout.kind)
        for path, names, blanks, derived in self._plans.get(kind, self._whole_plan) if type(kind) is str else self._whole_plan:
            section = _at(record, path) if path else record
            if section is None or path is None:
                row += blanks
                continue
            for at, read in derived:
                row[at] = read(section)
            pop = section.pop
            row += [pop(name, None) for name in names]
            if path and not section:
                _drop(record, path)
        row.append(written(record))
        self._values += row
        self.offsets.append(offset)
        self.lengths.append(length)

    def frame(self) -> tuple[pl.DataFrame, list[int]]:
        """Return the rows as the layout's `interpret` gets them, and the places of those whose `fields` had to be cut."""
        width = self._count + len(self._slots) + 1
        columns: list[Sequence[Value]] = [self._values[at::width] for at in range(width)]
        layout = self.layout
        texts = list(columns.pop())
        frame = pl.DataFrame({"offset": self.offsets, "length": self.lengths}, {"offset": pl.Int64, "length": pl.Int64})
        series = [_series(name, columns[at], each.kind) for at, (name, each) in enumerate(layout.derived.items())]
        slots = _Slots(self._slots, columns[len(layout.derived) :], cast("list[str]", texts))
        series += [
            _series(name, slots.first(self._uses[name], _fit(layout.table, name)), _polars_kind(layout.table, name))
            for name in layout.columns
        ]
        for side in layout.peers:
            series += self._side(side, slots)
        for name in layout.times:
            read = slots.times(self._uses[name], layout)
            series += [read["@timestamp"].alias(name), *([read["event.precision"], read["event.clock"]] if name == "@timestamp" else [])]
        fields, cut = canonical_texts(slots.texts)
        frame = frame.with_columns(*series, fields.alias("fields"))
        written_texts = [
            name for name, kind in frame.schema.items() if kind == pl.String and not name.startswith("event.") and name != "fields"
        ]
        blank = [name for name in written_texts if frame[name].null_count() < frame.height]
        frame = frame.with_columns(pl.when(~pl.col(name).is_in(["", "-"])).then(name).alias(name) for name in blank)
        doubled = [name for name in frame.columns if f"peer {name}" in frame.columns]
        return frame.with_columns(pl.coalesce(name, f"peer {name}").alias(name) for name in doubled), cut

    def _side(self, side: str, slots: "_Slots") -> list[pl.Series]:
        """Return address, port and name of one side; what is neither address nor name is put back."""
        texts = pl.Series("peer", slots.first(self._uses[side], _NAMED), dtype=pl.String)
        read = self._peers.read(pl.DataFrame([texts]), "peer")
        lost = texts.is_not_null() & read["source.ip"].is_null() & read["source.domain"].is_null()
        if lost.any():
            slots.return_text(self._uses[side], texts, lost)
        # a port or name of its own goes before what stands with the address
        own = {f"source.{part}": f"{side}.{part}" for part in ("ip", "port", "domain")}
        return [read[name].alias(f"peer {mine}" if mine in self.layout.columns else mine) for name, mine in own.items()]


@dataclass(frozen=True, slots=True)
class _Fit:
    """Which values belong in a column: `one` makes None of a value that does not.

    `all` does so for a whole column of values of these types at once, None when it has to be seen one by one.
    """

    one: Callable[[Value], Value]
    all: Callable[[Sequence[Value], set[type]], Sequence[Value] | None]


class _Slots:
    """What was taken, by slot, and the texts to put back what does not belong in a column."""

    def __init__(self, paths: list[Path], values: list[Sequence[Value]], texts: list[str]) -> None:
        self._paths = paths
        self._values = values
        self.texts = texts

    def first(self, slots: Sequence[int], fit: _Fit) -> Sequence[Value]:
        """Return for each row the first value that fits; the others are put back."""
        found: Sequence[Value] | None = None
        for slot in slots:
            values = self._values[slot]
            if values.count(None) == len(values):
                continue
            kinds = set(map(type, values)) - {type(None)}
            fitting = fit.all(values, kinds)
            if fitting is None:
                fitting = [None if value is None else fit.one(value) for value in values]
                self._put_back(
                    slot,
                    [at for at, (value, fitted) in enumerate(zip(values, fitting, strict=True)) if value is not None and fitted is None],
                )
            if found is None:
                found = fitting
                continue
            self._put_back(
                slot,
                [at for at, (known, fitted) in enumerate(zip(found, fitting, strict=True)) if known is not None and fitted is not None],
            )
            found = [fitted if known is None else known for known, fitted in zip(found, fitting, strict=True)]
        return found or [None] * len(self.texts)

    def _put_back(self, slot: int, places: Sequence[int]) -> None:
        """Put the values at `places` back where they were taken from."""
        for place in places:
            self.texts[place] = restored(self.texts[place], self._paths[slot], self._values[slot][place])

    def return_text(self, slots: Sequence[int], texts: pl.Series, lost: pl.Series) -> None:
        """Put the texts that are `lost` back."""
        for place in lost.arg_true().to_list():
            self._put_back(next(slot for slot in slots if self._values[slot][place] == texts[place]), [place])

    def times(self, slots: Sequence[int], layout: Layout) -> pl.DataFrame:
        """Return `@timestamp`, `event.precision` and `event.clock` of each row's first value that is a time; the others are put back."""
        found: pl.DataFrame | None = None
        for slot in slots:
            values = self._values[slot]
            if found is not None and not any(value is not None for value in values):
                continue
            read = _times(values, layout)
            usable = read["@timestamp"].is_not_null()
            if found is not None:
                usable &= found["@timestamp"].is_null()
            if not usable.all():
                self._put_back(slot, [place for place in (~usable).arg_true().to_list() if values[place] is not None])
            found = read if found is None else pl.DataFrame([read[name].zip_with(usable, found[name]) for name in read.columns])
        return _times([None] * len(self.texts), layout) if found is None else found


def _times(values: Sequence[Value], layout: Layout) -> pl.DataFrame:
    texts = pl.Series([value if type(value) is str else None for value in values], dtype=pl.String)
    if texts.null_count() == 0:
        return times(texts, zone=layout.zone)
    numbers = pl.Series([_counted(value) for value in values], dtype=pl.Float64)
    counted = epochs(numbers, precision=layout.precision)
    if numbers.null_count() == 0:
        return counted
    text = times(texts, zone=layout.zone)
    is_text = texts.is_not_null()
    return pl.DataFrame([text[name].zip_with(is_text, counted[name]) for name in text.columns])


def _counted(value: Value) -> float | None:
    return float(value) if type(value) is float or (type(value) is int and abs(value) <= _INT64) else None


def _series(name: str, values: Sequence[Value], kind: type[pl.DataType] | pl.DataType) -> pl.Series:
    if not values or values.count(None) == len(values):
        return pl.Series(name, [], kind).extend_constant(None, len(values))
    if kind != pl.List(pl.String):
        return pl.Series(name, values, kind)
    # a list at a time polars is slow
    lists_of = [(row, value) for row, value in enumerate(values) if type(value) is list]
    rows = [row for row, value in lists_of for _ in value]
    members = [member for _, value in lists_of for member in value]
    lists = pl.DataFrame({"row": rows, name: members}, {"row": pl.Int64, name: pl.String}).group_by("row", maintain_order=True).agg(name)
    return pl.DataFrame({"row": range(len(values))}, {"row": pl.Int64}).join(lists, on="row", how="left", maintain_order="left")[name]


def _polars_kind(table: Table, name: str) -> type[pl.DataType] | pl.DataType:
    kind = table.schema.field(name).type if name in table.schema.names else pa.string()
    if kind == pa.list_(pa.string()):
        return pl.List(pl.String)
    return pl.Int32 if kind == pa.int32() else pl.Int64 if kind == pa.int64() else pl.String


def _text(value: Value) -> str | None:
    return value if type(value) is str else str(value) if type(value) is int else None


def _whole(value: Value) -> int | None:
    if type(value) is str and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        return int(value)
    return value if type(value) is int and abs(value) <= _INT64 else None


def _small(value: Value) -> int | None:
    number = _whole(value)
    return number if number is not None and abs(number) <= _INT32 else None


def _port(value: Value) -> int | None:
    number = _whole(value)
    return number if number is not None and 0 <= number <= _MOST_PORT else None


def _texts(value: Value) -> list[Value] | None:
    if type(value) is list:
        return value if value and all(type(member) is str for member in value) else None
    return [value] if type(value) is str and value not in {"", "-"} else None


def _named(value: Value) -> str | None:
    return value if type(value) is str and value not in {"", "-"} else None


def _all_texts(values: Sequence[Value], kinds: set[type]) -> Sequence[Value] | None:
    if kinds == {str}:
        return values
    return [None if value is None else str(value) for value in values] if kinds <= {str, int} else None


def _all_numbers(least: int, most: int) -> Callable[[Sequence[Value], set[type]], Sequence[Value] | None]:
    def fitting(values: Sequence[Value], kinds: set[type]) -> Sequence[Value] | None:
        if kinds != {int}:
            return None
        numbers = [value for value in values if type(value) is int]
        return values if min(numbers) >= least and max(numbers) <= most else None

    return fitting


_NAMED = _Fit(_named, lambda values, kinds: values if kinds == {str} else None)
_TEXT = _Fit(_text, _all_texts)
_SMALL = _Fit(_small, _all_numbers(-_INT32, _INT32))
_WHOLE = _Fit(_whole, _all_numbers(-_INT64, _INT64))
_PORT = _Fit(_port, _all_numbers(0, _MOST_PORT))
_TEXTS = _Fit(_texts, lambda values, kinds: None)  # noqa: ARG005 - a list is looked at one by one


def _fit(table: Table, name: str) -> _Fit:
    if name.endswith(".port"):
        return _PORT
    if name not in table.schema.names:
        return _TEXT
    kind = table.schema.field(name).type
    return _TEXT if kind == pa.string() else _SMALL if kind == pa.int32() else _WHOLE if kind == pa.int64() else _TEXTS


def _at(record: Object, path: Path) -> Object | None:
    """Return the object at `path` in `record`."""
    for name in path:
        section = record.get(name)
        if type(section) is not dict:
            return None
        record = section
    return record


def _drop(record: Object, path: Path) -> None:
    """Take the empty object at `path` out of `record`, and those around it that are empty without it."""
    holders = [record]
    for name in path[:-1]:
        within = holders[-1].get(name)
        if type(within) is not dict:
            return
        holders.append(within)
    for holder, name in zip(reversed(holders), reversed(path), strict=True):
        if holder.get(name) != {}:
            return
        del holder[name]
