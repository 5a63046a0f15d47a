"""Logs as blocks of whole lines: flat memory for any size, offsets exact to the byte."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from comity.parsers.contract import Defect, Source, Structures

LONGEST_LINE = 2**20
_BLOCK = 8 * 2**20
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines: the bytes from `offset` of the source, ending with a line end or with the source."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a block that are not blank.

    `frame` has `offset`, `length` (bytes without the line end) and `line` (text) of those that are UTF-8; `odd` the offset, length
    and text of the others, bytes that are no character
    written as escapes.
    """

    frame: pl.DataFrame
    odd: tuple[tuple[int, int, str], ...]


def blocks(source: Source) -> Iterator[Block | Defect]:
    """Yield the source as blocks of about 8 MiB; a line longer than 1 MiB is a Defect of its own with its end, never held in memory."""
    stream = source.stream
    stream.seek(0)
    position = 0
    rest = b""
    skipped: int | None = None
    while piece := stream.read(_BLOCK):
        if skipped is not None:
            found = piece.find(b"\n")
            if found < 0:
                position += len(piece)
                continue
            yield _too_long(skipped, position + found + 1 - skipped)
            skipped = None
            position += found + 1
            piece = piece[found + 1 :]
        data = rest + piece
        start = position - len(rest)
        position += len(piece)
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        if cut:
            yield from _bounded(Block(start, data[:cut]))
        if len(rest) > LONGEST_LINE:
            skipped, rest = position - len(rest), b""
    if skipped is not None:
        yield _too_long(skipped, position - skipped)
    elif rest:
        yield from _bounded(Block(position - len(rest), rest))


def split(block: Block) -> Lines:
    """Return the lines of `block`, cut at LF with a CR before it taken off."""
    data = block.data
    skip = len(_MARK) if block.offset == 0 and data.startswith(_MARK) else 0
    starts, ends = _bounds(data)
    starts[0] += skip
    wrong = _not_text(data, starts, ends)
    lengths = ends - starts
    returns = lengths > 0
    returns[returns] = np.frombuffer(data, np.uint8)[ends[returns] - 1] == ord("\r")
    lengths = lengths - returns
    shown = [(at, data[starts[at] : starts[at] + lengths[at]].decode("utf-8", "backslashreplace")) for at in wrong if lengths[at]]
    odd = tuple((block.offset + int(starts[at]), int(lengths[at]), text) for at, text in shown)
    # Arrow strings lie end to end, so each takes its line end along and loses it in polars, where cutting is free
    limits = np.append(starts, len(data))
    text = pa.Array.from_buffers(pa.large_binary(), len(starts), [None, pa.py_buffer(limits), pa.py_buffer(data)])
    frame = pl.DataFrame({"offset": starts + block.offset, "length": lengths, "line": pl.from_arrow(text)})
    keep = lengths > 0
    keep[wrong] = False
    frame = frame.filter(pl.Series(keep)) if not keep.all() else frame
    frame = frame.with_columns(pl.col("line").cast(pl.String).str.strip_suffix("\n").str.strip_suffix("\r"))
    return Lines(frame.filter(pl.col("line").str.strip_chars_start() != ""), odd)


def blanks(block: Block, lines: Lines) -> Structures:
    """Return what stands between the lines of `block` that are not blank: line ends, blank lines, a byte order mark.

    A parser that yields it answers for every line in `lines`, by a row or a defect.
    """
    offsets, ends = lines.frame["offset"].to_numpy(), (lines.frame["offset"] + lines.frame["length"]).to_numpy()
    if lines.odd:
        odd = np.array([(offset, offset + length) for offset, length, _ in lines.odd], np.int64).T
        # lines do not overlap, so starts and ends fall into the same order
        offsets, ends = np.sort(np.append(offsets, odd[0])), np.sort(np.append(ends, odd[1]))
    begins = np.append(block.offset, ends)
    return Structures(what="line ends and blank lines", offsets=begins, lengths=np.append(offsets, block.offset + len(block.data)) - begins)


def unreadable(places: list[tuple[int, int]], reason: str) -> Iterator[Defect]:
    """Yield a Defect `line_unreadable` for each run of neighbouring lines among `places` (offset, length; in order)."""
    for count, offset, length in _runs(places):
        yield Defect(code="line_unreadable", reason=count + reason, offset=offset, length=length)


def timeless(frame: pl.DataFrame) -> Iterator[Defect]:
    """Yield a Defect `time_unreadable` for each run of neighbouring lines of `frame` (offset, length, @timestamp) without a time."""
    places = frame.filter(pl.col("@timestamp").is_null()).sort("offset").select("offset", "length")
    for count, offset, length in _runs(list(places.iter_rows())):
        reason = "no usable time: none is written, or no zone, or one that no clock shows; the line is kept without a time"
        yield Defect(code="time_unreadable", reason=count + reason, offset=offset, length=length)


def _runs(places: list[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield for each run of neighbouring lines how many they are, in words when several, and where the run begins and how long it is."""
    run: list[tuple[int, int]] = []
    for place in [*places, None]:
        if run and (place is None or place[0] > run[-1][0] + run[-1][1] + 2):
            count = f"{len(run)} lines: " if len(run) > 1 else ""
            yield count, run[0][0], run[-1][0] + run[-1][1] - run[0][0]
            run = []
        if place is not None:
            run.append(place)


def _too_long(offset: int, length: int) -> Defect:
    """Return the defect of a line with its end; no shorter stretch is read as one."""
    return Defect(code="line_too_long", reason=f"a line of {length} bytes; {LONGEST_LINE} is the most", offset=offset, length=length)


def _bounds(data: bytes) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return where the lines of `data` start, and where their LF is (or the end of `data`)."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")).astype(np.int64)
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    return starts, ends


def _not_text(
    data: bytes, starts: np.ndarray[tuple[int], np.dtype[np.int64]], ends: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[int]:
    """Return the indices of the lines that are not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        high = np.flatnonzero(np.frombuffer(data, np.uint8) >= 128)  # noqa: PLR2004 - beyond ASCII
        wrong = []
        for at in np.unique(np.maximum(np.searchsorted(starts, high, side="right") - 1, 0)):  # a byte order mark lies before the first
            try:
                data[starts[at] : ends[at]].decode("utf-8")
            except UnicodeDecodeError:
                wrong.append(int(at))
        return wrong
    return []


def _bounded(block: Block) -> Iterator[Block | Defect]:
    """Yield `block`, parted around lines longer than the longest allowed."""
    if len(block.data) <= LONGEST_LINE:
        yield block
        return
    starts, ends = _bounds(block.data)
    done = 0
    for at in np.flatnonzero(ends - starts > LONGEST_LINE):
        start, end = int(starts[at]), int(ends[at])
        if start > done:
            yield Block(block.offset + done, block.data[done:start])
        done = min(end + 1, len(block.data))
        yield _too_long(block.offset + start, done - start)
    if done == 0:
        yield block
    elif done < len(block.data):
        yield Block(block.offset + done, block.data[done:])
