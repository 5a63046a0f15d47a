"""Logs whose lines stand under lines that begin with # and name their fields: Zeek's, and the W3C's extended format."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl

from comity.parsers.contract import Defect, Item, Source, Structures
from comity.parsers.lines import blanks, blocks, split, unreadable

Header: TypeAlias = Mapping[str, str]
"""What header lines say, by the name they begin with."""

Reading: TypeAlias = Callable[[str, Header], Header]
"""Returns what is said after a line that begins with #, from that line and what was said before; the same for a remark."""

_MOST_HEADERS = 256
_MANY = "under more kinds of headers than are looked at in one stretch"
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines under one header: a frame of offset, length (without the line end) and line."""

    header: Header
    frame: pl.DataFrame


def headed(source: Source, reading: Reading) -> Iterator[Lines | Item]:
    """Yield the lines of `source` that are no header lines, about 8 MiB at a time, and what is beside them."""
    header: Header = {}
    for block in blocks(source):
        if isinstance(block, Defect):
            yield block
            continue
        lines = split(block)
        frame = lines.frame
        if lines.odd:
            frame = pl.concat([frame, pl.DataFrame(lines.odd, schema=frame.schema, orient="row")]).sort("offset")
        headings = frame["line"].str.starts_with("#")
        if headings.any():
            header = yield from _under(header, frame, headings, reading)
            said = frame.filter(headings)
            yield Structures(what="header lines", offsets=said["offset"].to_numpy(), lengths=said["length"].to_numpy())
        else:
            yield Lines(header, frame)
        yield blanks(block, lines)


def _under(header: Header, frame: pl.DataFrame, headings: pl.Series, reading: Reading) -> Generator[Lines | Item, None, Header]:
    """Yield the lines of `frame` by their header, `header` being in force before it; return the one in force after it."""
    kinds: dict[tuple[tuple[str, str], ...], int] = {tuple(header.items()): 0}
    held = [0]
    for line in frame["line"].filter(headings):
        header = reading(line, header)
        held.append(kinds.setdefault(tuple(header.items()), len(kinds)))
    frame = frame.with_columns(pl.Series("kind", np.array(held, np.int64)[np.cumsum(headings.to_numpy())])).filter(~headings)
    present = frame["kind"].unique().to_list()
    for said, kind in kinds.items():
        if kind < _MOST_HEADERS and kind in present:
            yield Lines(dict(said), frame.filter(pl.col("kind") == kind).drop("kind"))
    yield from unreadable(list(frame.filter(pl.col("kind") >= _MOST_HEADERS).select("offset", "length").iter_rows()), _MANY)
    return header


def header_before(source: Source, reading: Reading, *, offset: int) -> bytes:
    """Return the header lines in force at `offset`, as they are written, each with a line end."""
    header: Header = {}
    lines: dict[str, bytes] = {}
    for block in blocks(source):
        if isinstance(block, Defect):
            continue
        if block.offset >= offset:
            break
        for line in _headings(block.data[: offset - block.offset]):
            said = reading(line.decode("utf-8", "backslashreplace"), header)
            for name in said:
                if said[name] != header.get(name):
                    lines[name] = line
            lines = {name: lines[name] for name in said}
            header = said
    return b"".join(line + b"\n" for line in lines.values())


def _headings(data: bytes) -> Iterator[bytes]:
    """Yield the lines of `data` that begin with #."""
    at = len(_MARK) if data.startswith(_MARK + b"#") else 0 if data.startswith(b"#") else data.find(b"\n#") + 1 or -1
    while at >= 0:
        end = data.find(b"\n", at)
        yield data[at : end if end >= 0 else len(data)].removesuffix(b"\r")
        at = (data.find(b"\n#", end) + 1 or -1) if end >= 0 else -1
