"""Address ranges valid over days: laid out without overlap once, looked up by columns ever after."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl

from comity.terms.errors import ReferenceDataError

FOREVER = 2**31 - 1
"""Day number of an interval that has no end, or, negated, no beginning. Days count from 1970-01-01."""

_MOST_PIECES = 20_000_000
_HALF = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Addresses `start` to `end` (numbers, both included) of `family` 4 or 6, from day `since` to before day `until`.

    `values` are what the source says of them, in the order of the columns they are laid out under.
    """

    family: int
    start: int
    end: int
    values: tuple[str | int, ...]
    since: int = -FOREVER
    until: int = FOREVER


def range_of(prefix: str, values: tuple[str | int, ...], *, since: int = -FOREVER, until: int = FOREVER) -> Range:
    """Return the range of the CIDR `prefix`; ValueError when it is none or has bits set beyond its length."""
    network = ipaddress.ip_network(prefix)
    return Range(
        family=network.version,
        start=int(network.network_address),
        end=int(network.broadcast_address),
        values=values,
        since=since,
        until=until,
    )


def lay_out(ranges: Sequence[Range], columns: Sequence[str], *, most_specific: bool) -> dict[str, pl.DataFrame]:
    """Return tables "v4" and "v6" (a family without rows has none) of `ranges` laid side by side.

    In a table two rows cover either the same addresses or none in common. With `most_specific` the shortest range
    decides, as in routing; without, all of them stay, as claims that may disagree. Columns: start and end (uint32), or
    start_high, start_low, end_high and end_low (uint64); since and until (day numbers, only when some row has them); `columns`.
    """
    families = {f"v{family}": [each for each in ranges if each.family == family] for family in (4, 6)}
    return {name: _frame(own, columns, family=own[0].family, most_specific=most_specific) for name, own in families.items() if own}


def as_parquet(tables: Mapping[str, pl.DataFrame]) -> dict[str, bytes]:
    """Return `tables` as Parquet files, "v4" as "v4.parquet"."""
    files: dict[str, bytes] = {}
    for name, frame in tables.items():
        out = BytesIO()
        frame.write_parquet(out, compression="zstd", compression_level=19, statistics=False)
        files[f"{name}.parquet"] = out.getvalue()
    return files


def _frame(ranges: Sequence[Range], columns: Sequence[str], *, family: int, most_specific: bool) -> pl.DataFrame:
    edges = sorted({each.start for each in ranges} | {each.end + 1 for each in ranges})
    rank = {edge: place for place, edge in enumerate(edges)}
    low = np.array([rank[each.start] for each in ranges], dtype=np.int64)
    high = np.array([rank[each.end + 1] for each in ranges], dtype=np.int64)
    content = {column: [each.values[place] for each in ranges] for place, column in enumerate(columns)}
    sources = pl.DataFrame({"since": [each.since for each in ranges], "until": [each.until for each in ranges], **content})
    sources = sources.with_columns(pl.struct(pl.all()).rank("dense").alias("content"))
    pieces = _owners(ranges, low, high, len(edges)) if most_specific else _all_pieces(low, high)
    laid = _merged(pieces.join(sources.with_row_index("source"), on="source"), len(edges))
    starts = [edges[place] for place in laid["piece"].to_list()]
    ends = [edges[place + 1] - 1 for place in laid["last"].to_list()]
    dated = any(each.since != -FOREVER or each.until != FOREVER for each in ranges)
    kept = laid.select([*(["since", "until"] if dated else []), *columns])
    return pl.concat([_bounds(starts, ends, family), kept], how="horizontal")


def _owners(ranges: Sequence[Range], low: np.ndarray, high: np.ndarray, edges: int) -> pl.DataFrame:
    """Return which range decides each piece between edges: painted widest first, narrowest last, of equals the later."""
    owner = np.full(edges, -1, dtype=np.int64)
    for each in sorted(range(len(ranges)), key=lambda each: ranges[each].start - ranges[each].end):
        owner[low[each] : high[each]] = each
    piece = np.flatnonzero(owner >= 0)
    return pl.DataFrame({"piece": piece, "source": owner[piece].astype(np.uint32)})


def _all_pieces(low: np.ndarray, high: np.ndarray) -> pl.DataFrame:
    width = high - low
    if int(width.sum()) > _MOST_PIECES:
        msg = f"the ranges overlap so much that they fall into {int(width.sum())} pieces"
        raise ReferenceDataError(msg, remedy="Import the tables one registry or one day at a time.")
    source = np.repeat(np.arange(len(low)), width)
    within = np.arange(len(source)) - np.repeat(np.cumsum(width) - width, width)
    return pl.DataFrame({"piece": low[source] + within, "source": source.astype(np.uint32)})


def _merged(pieces: pl.DataFrame, edges: int) -> pl.DataFrame:
    """Return `pieces` with neighbours of the same content joined: columns of `pieces`, and `last`, the piece it ends with."""
    whole = pieces.unique(["piece", "content"]).sort("piece", "since", "content")
    alike = whole.group_by("piece", maintain_order=True).agg(pl.col("content").cast(pl.String).str.join(","))
    broken = (alike["content"] != alike["content"].shift(1)) | (alike["piece"] != alike["piece"].shift(1, fill_value=-edges) + 1)
    alike = alike.with_columns(broken.fill_null(value=True).cum_sum().alias("run"))
    runs = alike.group_by("run", maintain_order=True).agg(pl.col("piece").first(), pl.col("piece").last().alias("last"))
    return whole.join(runs.select("piece", "last"), on="piece", how="inner", maintain_order="left")


def _bounds(starts: list[int], ends: list[int], family: int) -> pl.DataFrame:
    if family == 4:  # noqa: PLR2004 – the family's name
        return pl.DataFrame({"start": starts, "end": ends}, schema={"start": pl.UInt32, "end": pl.UInt32})
    mask = (1 << _HALF) - 1
    halves = {
        "start_high": [number >> _HALF for number in starts],
        "start_low": [number & mask for number in starts],
        "end_high": [number >> _HALF for number in ends],
        "end_low": [number & mask for number in ends],
    }
    return pl.DataFrame(halves, schema=dict.fromkeys(halves, pl.UInt64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """The rows of one laid-out family, ready for looking up.

    `starts` and `ends` are the distinct ranges in order; rows `first[i]` to before `first[i + 1]` of `rows` belong to
    range i; `since` and `until` are those rows' days, None when they hold always.
    """

    starts: np.ndarray
    ends: np.ndarray
    first: np.ndarray
    since: np.ndarray | None
    until: np.ndarray | None
    rows: pl.DataFrame

    def find(self, addresses: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return pairs (position in `addresses`, row) of the rows that cover each address on its day (an integer)."""
        place = np.searchsorted(self.starts, addresses, side="right") - 1
        inside = np.flatnonzero((place >= 0) & (addresses <= self.ends[place]))
        begin = self.first[place[inside]]
        width = self.first[place[inside] + 1] - begin
        position = np.repeat(inside, width)
        row = np.repeat(begin, width) + np.arange(int(width.sum())) - np.repeat(np.cumsum(width) - width, width)
        if self.since is None or self.until is None:
            return position, row
        valid = (self.since[row] <= days[position]) & (days[position] < self.until[row])
        return position[valid], row[valid]


def read_ranges(path: Path) -> Ranges:
    """Return the rows of a laid-out Parquet file; ReferenceDataError when it is not one or its ranges are out of order."""
    try:
        return prepared(pl.read_parquet(path), place=str(path))
    except (OSError, pl.exceptions.PolarsError) as error:
        msg = f"{path}: not a table of address ranges ({error})"
        raise ReferenceDataError(msg) from error


def prepared(rows: pl.DataFrame, *, place: str) -> Ranges:
    """Return a laid-out table ready for looking up; `place` names it in errors."""
    four = "start" in rows.columns
    starts = rows["start"].to_numpy() if four else _sixteen(rows, "start")
    ends = rows["end"].to_numpy() if four else _sixteen(rows, "end")
    new = np.concatenate([[True], starts[1:] != starts[:-1]]) if len(starts) else np.empty(0, dtype=bool)
    first = np.concatenate([np.flatnonzero(new), [len(starts)]])
    starts, ends = starts[new], ends[new]
    if np.any(starts > ends) or np.any(starts[1:] <= ends[:-1]):
        msg = f"{place}: its address ranges overlap or are out of order"
        raise ReferenceDataError(msg)
    dated = "since" in rows.columns
    return Ranges(
        starts=starts,
        ends=ends,
        first=first,
        since=rows["since"].to_numpy() if dated else None,
        until=rows["until"].to_numpy() if dated else None,
        rows=rows,
    )


def _sixteen(rows: pl.DataFrame, bound: str) -> np.ndarray:
    """Return a bound of IPv6 ranges as sixteen bytes in network order, which compare as the numbers do."""
    both = np.empty((rows.height, 2), dtype=">u8")
    both[:, 0] = rows[f"{bound}_high"].to_numpy()
    both[:, 1] = rows[f"{bound}_low"].to_numpy()
    return both.reshape(-1).view("S16")
