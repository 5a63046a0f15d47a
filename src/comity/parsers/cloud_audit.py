"""Audit logs of cloud services: AWS CloudTrail, Microsoft 365 and Entra, Google Workspace and Google Cloud.

In JSON, one record a line, in a list, or in the list of an answer; of Microsoft 365 also the CSV of its portal, whose column AuditData
holds the record. Source: RFC 4180; see `cloud` for the records.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial

import polars as pl

from comity.observables import EVENT, Table
from comity.parsers.cloud.amazon import CLOUDTRAIL
from comity.parsers.cloud.google import ACTIVITY, ENTRY
from comity.parsers.cloud.kind import Kind
from comity.parsers.cloud.microsoft import DIRECTORY, EXPORTED_SIGN_IN, SIGN_IN, UNIFIED
from comity.parsers.contract import Defect, Inferred, Item, Source, Structures
from comity.parsers.json_columns import Layout
from comity.parsers.json_records import Beside, Taker, first_records, records, unreadable
from comity.parsers.json_rows import rows
from comity.parsers.json_text import Object, UnreadableError, decode
from comity.parsers.lines import blocks

KINDS: tuple[Kind, ...] = (UNIFIED, CLOUDTRAIL, ENTRY, ACTIVITY, SIGN_IN, EXPORTED_SIGN_IN, DIRECTORY)

_SURE_SHARE = 0.5
_MARK = b"\xef\xbb\xbf"
_CELL = b'"{""'
_HEADING = re.compile(rb"^(?:[^\r\n{]{0,500},)?\"?AuditData\"?(?:,[^\r\n{]{0,500})?$")
# of records longer than what is looked at
_SIGNS = (rb'"eventVersion"\s*:.*"eventSource"\s*:', rb'"eventSource"\s*:.*"eventVersion"\s*:', rb'"CreationTime"\s*:.*"RecordType"\s*:')


class CloudAudit:
    """Reads audit logs of cloud services; nothing is inferred, for their makers say what their times mean."""

    name = "cloud_audit"
    version = "1"
    media_type = "application/x-cloud-audit"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 2 when most of the first records are of a known kind."""
        del name
        if _is_csv(head):
            first = [_record(_cell(line)) for line in head.split(b"\n")[:20] if _CELL in line and line.rstrip(b"\r").endswith(b'"')]
        elif head.lstrip(b" \t\r\n\xef\xbb\xbf").startswith((b"{", b"[")):
            first = list(first_records(head, answers=True))
            if not first:
                return 2 if any(re.search(sign, head, re.DOTALL) for sign in _SIGNS) else 0
        else:
            return 0
        known = sum(each is not None and _layout(each) is not OTHER for each in first)
        return 2 if known and known >= _SURE_SHARE * len(first) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the records as events; one of no known kind keeps all it says in `fields`."""
        del inferred
        source.stream.seek(0)
        reading = _table if _is_csv(source.stream.read(65_536)) else partial(records, answers=True)
        return rows(source, _layout, reading=reading)


def _kind(record: Object) -> Kind | None:
    return next((kind for kind in KINDS if kind.fits(record)), None)


def _layout(record: Object) -> Layout:
    within = record.get("CloudTrailEvent")
    if isinstance(within, str):
        # the answer of lookup-events holds each record as text
        found = _record(within.encode("utf-8", "replace"))
        if found is not None and CLOUDTRAIL.fits(found):
            record.pop("CloudTrailEvent")
            for name, value in found.items():
                record.setdefault(name, value)
    kind = _kind(record)
    return OTHER if kind is None else kind.layout


def _without_time(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias("@timestamp"))


OTHER = Layout(table=EVENT, columns={}, times={}, interpret=_without_time)
"""The layout of records of no known kind."""


def _is_csv(head: bytes) -> bool:
    first = head.removeprefix(_MARK).split(b"\n", 1)[0].rstrip(b"\r")
    return _HEADING.match(first) is not None or (not first.lstrip().startswith((b"{", b"[")) and _CELL in first)


def _cell(line: bytes) -> bytes:
    """Return the text in the first cell of a line that holds an object, b"" when none does. Source: RFC 4180, 2.5 and 2.7."""
    begin = line.find(_CELL) + 1
    rest = line[begin:] if begin else b""
    # of quotes inside a cell there are two each, so the first one alone ends it
    return rest[: max(0, rest.replace(b'""', b"  ").find(b'"'))].replace(b'""', b'"')


def _record(text: bytes) -> Object | None:
    try:
        return decode(text)[0]
    except UnreadableError:
        return None


def _table(source: Source, take: Taker) -> Iterator[Defect | Structures]:
    """Take the records in the lines of the portal's CSV; its other columns repeat what they say."""
    for block in blocks(source):
        if isinstance(block, Defect):
            yield block
            continue
        mark = len(_MARK) if block.offset == 0 and block.data.startswith(_MARK) else 0
        at = block.offset + mark
        beside = Beside(block.offset)
        run: list[tuple[int, int, str]] = []
        for line in block.data[mark:].split(b"\n"):
            text = line.removesuffix(b"\r")
            if text.strip() and not _HEADING.match(text):
                beside.held(at, len(text))
                try:
                    record = decode(_cell(text))[0]
                except UnreadableError:
                    run.append((at, at + len(text), "a line without a cell that holds a record"))
                else:
                    beside.defects += unreadable(run)
                    take(record, at, len(text))
            at += len(line) + 1
        beside.defects += unreadable(run)
        yield from beside.handed_over(block.offset + len(block.data))


PARSER = CloudAudit()
