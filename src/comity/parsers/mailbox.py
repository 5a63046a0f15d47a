"""Mailbox files: many messages, each after a line that begins with "From ".

The trace of a message begins with that line and ends before the next one. Source: RFC 4155, Appendix A, and the mboxrd
and mboxo forms found in use; Content-Length is not trusted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from comity.observables import Table
from comity.parsers.contract import Defect, Inferred, Item, Source
from comity.parsers.mail.reading import TABLES, extract_part, read_messages, read_step
from comity.terms.errors import MaterialError

_CHUNK = 4 * 1024 * 1024
_LOOK_AHEAD = 4_096  # bytes a separator line and the field name after it fit into
_MARK = b"\nFrom "
_LONGEST_LINE = 2_000
_STAMP_WITHIN = 100  # bytes before the line's end: weekday, day, time, year and zone in whatever order
_STAMP = re.compile(rb"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\n]{0,40}?\d{1,2}:\d{2}")
_FIELD = re.compile(rb"(?:>?From [^\n]{0,1500}\n)?[!-9;-~]{1,200}[ \t]{0,5}:")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?(?:\r?\n){0,1000}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Reads a mailbox file message by message, in memory that does not grow with the file."""

    name: str = "mailbox"
    version: str = "2"
    media_type: str = "application/mbox"
    tables: tuple[Table, ...] = TABLES

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 when it begins with a separator line and a header field, else 0."""
        del name
        begin = _BEGINNING.match(head)
        return 3 if _is_separator(head, 0 if begin is None else begin.end()) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: each message stands alone."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield each message with its hops, links and attachments, and lines that may be separators but follow no empty line."""
        del inferred
        doubtful: list[int] = []
        for item in read_messages(source, messages(source, doubtful), quoted=True):
            yield from _said(doubtful)
            yield item
        yield from _said(doubtful)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return the decoded content of an attachment."""
        offset, number = read_step(step)
        place = next(messages(source, [], begin=offset), None) if offset < source.size else None
        if place is None:
            raise MaterialError(f"{source.name}: no message at byte {offset}")
        return extract_part(source, *place, number, quoted=True)


def messages(source: Source, doubtful: list[int], *, begin: int = 0) -> Iterator[tuple[int, int]]:
    """Yield offset and length of each message from `begin` on; together they cover the source.

    A message begins at a line that looks as delivery agents write it, after an empty line and before a header field;
    the places of those that follow no empty line are appended to `doubtful` and separate nothing.
    """
    start = begin
    for place, separates in _separators(source, begin):
        if place == start:
            continue
        if separates:
            yield start, place - start
            start = place
        else:
            doubtful.append(place)
    if start < source.size:
        yield start, source.size - start


def _separators(source: Source, begin: int) -> Iterator[tuple[int, bool]]:
    """Yield the place of each line that looks like a separator after `begin`, and whether an empty line stands before it."""
    window = b""
    base = begin  # where `window` lies
    decided = 0  # lines that begin in `window` before this have been looked at
    while True:
        source.stream.seek(base + len(window))
        chunk = source.stream.read(_CHUNK)
        window += chunk
        limit = len(window) if not chunk else max(decided, len(window) - _LOOK_AHEAD)
        at = window.find(_MARK, decided, limit + len(_MARK) - 1)
        while at >= 0:
            if _is_separator(window, at + 1):
                yield base + at + 1, at == 0 or window[at - 1 : at] == b"\n" or window[max(0, at - 2) : at] == b"\n\r"
            at = window.find(_MARK, at + 1, limit + len(_MARK) - 1)
        if not chunk:
            return
        kept = max(0, limit - 2)  # two bytes tell an empty line
        base, window, decided = base + kept, window[kept:], limit - kept


def _is_separator(data: bytes, at: int) -> bool:
    """Return whether the line at `at` is "From ", a sender and a date, and a header field follows it."""
    if not data.startswith(b"From ", at):
        return False
    end = data.find(b"\n", at, at + _LONGEST_LINE)
    return end >= 0 and _STAMP.search(data, max(at + 5, end - _STAMP_WITHIN), end) is not None and _FIELD.match(data, end + 1) is not None


def _said(doubtful: list[int]) -> Iterator[Defect]:
    while doubtful:
        place = doubtful.pop(0)
        reason = "A line that looks like the beginning of a message but follows no empty line was left inside the message before it."
        yield Defect(code="separator_unclear", reason=reason, offset=place, length=5)


PARSER = Mailbox()
