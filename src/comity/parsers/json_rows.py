"""Rows from JSON files: records are read, drawn into columns by their layouts, and handed over some ten thousand at a time."""

from collections.abc import Callable, Iterable, Iterator

from comity.observables import FLOW
from comity.parsers.contract import Defect, Item, Source, Structures
from comity.parsers.event_rows import Peers, event_rows
from comity.parsers.flow_rows import flow_rows
from comity.parsers.json_columns import Drawn, Layout
from comity.parsers.json_records import Taker, records
from comity.parsers.json_text import LEFT_OUT, Object
from comity.parsers.lines import timeless

_MOST_ROWS = 8_192
CUT = f"says more than the column fields holds; what is missing there is named in its {LEFT_OUT} and stands in the record"


def rows(
    source: Source, choose: Callable[[Object], Layout], *, reading: Callable[[Source, Taker], Iterator[Defect | Structures]] = records
) -> Iterator[Item]:
    """Yield what the records of `source` say; `choose` gives the layout of each, `reading` finds them.

    A record whose time cannot be read has a Defect `time_unreadable`, one that says more than `fields` can hold `fields_cut`.
    """
    drawn: dict[int, Drawn] = {}
    peers = Peers()

    def take(record: Object, offset: int, length: int) -> None:
        layout = choose(record)
        columns = drawn.get(id(layout))
        if columns is None:
            columns = drawn[id(layout)] = Drawn(layout, peers)
        columns.take(record, offset, length)

    for item in reading(source, take):
        yield item
        if sum(len(columns.offsets) for columns in drawn.values()) >= _MOST_ROWS:
            yield from _handed_over(drawn.values())
            drawn.clear()
    yield from _handed_over(drawn.values())


def _handed_over(drawn: Iterable[Drawn]) -> Iterator[Item]:
    for columns in drawn:
        frame, cut = columns.frame()
        frame = columns.layout.interpret(frame)
        yield flow_rows(frame) if columns.layout.table is FLOW else event_rows(frame)
        yield from timeless(frame)
        for place in cut:
            yield Defect(code="fields_cut", reason=CUT, offset=columns.offsets[place], length=columns.lengths[place])
