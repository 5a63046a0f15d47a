"""From rows of the event table to what a finding quotes: traces, selectors, a bounded choice of rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from comity.analysis.finding import Involved
from comity.observables import Trace
from comity.terms.errors import MaterialError
from comity.terms.selector import normalize_address

MOST_TRACES = 50
"""A finding quotes at most so many records; its statement names the number of all."""

TRACE = ("trace.exhibit", "trace.member", "trace.offset", "trace.length")
"""The columns a trace is made of."""

ORDER = ("@timestamp", *TRACE[:3])
"""By time, then by place: the order of all event rows."""

LONGEST_NAME = 100
"""Characters of a name that a sentence bears."""

Row = Mapping[str, object]
"""One row of a frame, by column."""


def chosen(frame: pl.DataFrame, *, most: int = MOST_TRACES) -> pl.DataFrame:
    """Return `frame` when it has at most `most` rows, else its first and last and rows spread evenly between."""
    if frame.height <= most:
        return frame
    return frame[[round(place * (frame.height - 1) / (most - 1)) for place in range(most)]]


def traces(frame: pl.DataFrame) -> tuple[Trace, ...]:
    """Return the traces of the rows of `frame`, each once, in order."""
    rows = frame.select(TRACE).unique(maintain_order=True).iter_rows()
    return tuple(Trace(exhibit=exhibit, member=member, offset=offset, length=length) for exhibit, member, offset, length in rows)


def trace(row: Row) -> Trace:
    """Return the trace of one row."""
    exhibit, member, offset, length = (row[column] for column in TRACE)
    return Trace(exhibit=str(exhibit), member=str(member), offset=int(str(offset)), length=int(str(length)))


def involved(row: Row, *, role: str) -> tuple[Involved, ...]:
    """Return the peer of an event row as `role`, with its instant, port, precision and clock; () when it has no address."""
    address = row["source.ip"]
    if not isinstance(address, str):
        return ()
    try:
        selector = normalize_address(address)
    except MaterialError:
        return ()
    at, port = row["@timestamp"], row["source.port"]
    return (
        Involved(
            selector=selector,
            role=role,
            at=at if isinstance(at, datetime) else None,
            port=port if isinstance(port, int) else None,
            precision=str(row["event.precision"] or ""),
            clock=str(row["event.clock"] or ""),
            trace=trace(row),
        ),
    )


def listed(names: Sequence[str | None], *, most: int = 5) -> str:
    """Return `names` for a sentence, "a, b and c" or "a, b and 7 more"; those that are null or empty are left out."""
    known = [name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…" for name in names if name]
    rest = len(known) - most
    if rest > 0:
        return ", ".join(known[:most]) + f" and {rest} more"
    return " and ".join(part for part in (", ".join(known[:-1]), known[-1]) if part) if known else ""


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return "1 request", "2 requests"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def span(frame: pl.DataFrame) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last instant of the event rows in `frame`; None where no row has a time."""
    first, last = frame["@timestamp"].min(), frame["@timestamp"].max()
    return (first if isinstance(first, datetime) else None), (last if isinstance(last, datetime) else None)


def clock_limits(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return what the clocks of `frame` do not show: inferred years and zones, missing times."""
    said = []
    inferred = sorted(clock for clock in frame["event.clock"].drop_nulls().unique().to_list() if clock)
    if inferred:
        parts = sorted({part for clock in inferred for part in clock.split("+")}, reverse=True)
        said.append(
            f"The {' and the '.join(parts)} of the times were inferred, not written in the log: settle them before naming a subscriber."
        )
    if frame["@timestamp"].null_count():
        said.append("Some records have no usable time; their order is that of the log.")
    return tuple(said)
