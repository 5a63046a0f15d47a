"""The lines between the sandbox and a reader: JSON objects, one a line, strictly checked on the way in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from comity.parsers.contract import Inferred
from comity.parsers.coverage import Coverage
from comity.parsers.reading import Batch, Job, Limits, Reading

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

LONGEST_LINE = 256 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Why an exhibit is not to be tried again."""

    number: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a reader is told: read `batch` into `folder` within `limits`, leaving out `excluded`."""

    batch: Batch
    folder: str
    limits: Limits
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The reader is up, and this holds it."""

    confinement: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """The exhibit at this place of the batch is under way."""

    index: int


@dataclass(frozen=True, slots=True)
class Reached:
    """So many bytes of the exhibit under way have been read."""

    size: int


@dataclass(frozen=True, slots=True)
class Closing:
    """All exhibits are read; the files are being finished."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The batch is read: the readings, and rows per table file in the folder."""

    readings: tuple[Reading, ...]
    tables: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DiskFull:
    """The reader cannot go on: there is no room to write."""


Message: TypeAlias = Ready | Begun | Reached | Closing | Finished | DiskFull


def encode_order(order: Order) -> bytes:
    """Return `order` as one line."""
    jobs = [
        {
            "number": job.number,
            "name": job.name,
            "path": str(job.path),
            "offset": job.offset,
            "length": job.length,
            "modified": None if job.modified is None else job.modified.isoformat(),
        }
        for job in order.batch.jobs
    ]
    limits = {name: getattr(order.limits, name) for name in Limits.__slots__}
    excluded = [[each.number, each.code, each.reason] for each in order.excluded]
    return _line({"id": order.batch.id, "folder": order.folder, "jobs": jobs, "limits": limits, "excluded": excluded})


def decode_order(line: bytes) -> Order:
    """Return the order on `line`, written by the sandbox and so trusted."""
    record = json.loads(line)
    jobs = tuple(
        Job(
            number=job["number"],
            name=job["name"],
            path=Path(job["path"]),
            offset=job["offset"],
            length=job["length"],
            modified=None if job["modified"] is None else datetime.fromisoformat(job["modified"]),
        )
        for job in record["jobs"]
    )
    excluded = tuple(Exclusion(number=number, code=code, reason=reason) for number, code, reason in record["excluded"])
    return Order(batch=Batch(id=record["id"], jobs=jobs), folder=record["folder"], limits=Limits(**record["limits"]), excluded=excluded)


def encode_message(message: Message) -> bytes:
    """Return `message` as one line."""
    match message:
        case Ready(confinement):
            return _line({"ready": list(confinement)})
        case Begun(index):
            return _line({"begun": index})
        case Reached(size):
            return _line({"reached": size})
        case Closing():
            return _line({"closing": True})
        case DiskFull():
            return _line({"disk_full": True})
        case Finished(readings, tables):
            return _line({"finished": [_reading_record(each) for each in readings], "tables": [[name, rows] for name, rows in tables]})


def decode_message(line: bytes) -> Message:
    """Return the message on `line`; ValueError when a reader wrote anything else, for what it says is not trusted."""
    try:
        record: JsonValue = json.loads(line)
    except RecursionError:
        raise ValueError("brackets within brackets") from None
    match record:
        case {"ready": list(names)}:
            return Ready(tuple(_text(name) for name in names))
        case {"begun": int(index)}:
            return Begun(index)
        case {"reached": int(size)}:
            return Reached(size)
        case {"closing": True}:
            return Closing()
        case {"disk_full": True}:
            return DiskFull()
        case {"finished": list(readings), "tables": list(tables)}:
            return Finished(tuple(_reading(each) for each in readings), _counts(tables))
    msg = f"not a message: {line[:80]!r}"
    raise ValueError(msg)


def _line(record: Mapping[str, object]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode("ascii") + b"\n"


def _reading_record(reading: Reading) -> JsonValue:
    return {
        "number": reading.number,
        "member": reading.member,
        "name": reading.name,
        "media_type": reading.media_type,
        "parser": reading.parser,
        "version": reading.version,
        "inferred": [[each.name, each.value, each.why] for each in reading.inferred],
        "rows": [[name, count] for name, count in reading.rows],
        "defects": [[code, count] for code, count in reading.defects],
        "children": reading.children,
        "coverage": _coverage_record(reading.coverage),
        "inside": _coverage_record(reading.inside),
    }


def _coverage_record(coverage: Coverage) -> JsonValue:
    return [
        coverage.size,
        coverage.children,
        [[name, count] for name, count in coverage.rows],
        [[name, count] for name, count in coverage.structure],
        [[name, count] for name, count in coverage.unread],
        [[name, count] for name, count in coverage.remarked],
    ]


def _reading(record: JsonValue) -> Reading:
    if not isinstance(record, dict):
        raise ValueError("not a reading")  # noqa: TRY004 - to the caller every malformed line is one thing
    match record:
        case {"inferred": list(inferred), "rows": list(rows), "defects": list(defects), "children": int(children)}:
            return Reading(
                number=_text(record.get("number")),
                member=_text(record.get("member")),
                name=_text(record.get("name")),
                media_type=_text(record.get("media_type")),
                parser=_text(record.get("parser")),
                version=_text(record.get("version")),
                inferred=tuple(_inferred(each) for each in inferred),
                rows=_counts(rows),
                defects=_counts(defects),
                children=children,
                coverage=_coverage(record.get("coverage")),
                inside=_coverage(record.get("inside")),
            )
    msg = "not a reading"
    raise ValueError(msg)


def _coverage(record: JsonValue) -> Coverage:
    match record:
        case [int(size), int(children), list(rows), list(structure), list(unread), list(remarked)]:
            coverage = Coverage(
                size=size,
                rows=_counts(rows),
                children=children,
                structure=_counts(structure),
                unread=_counts(unread),
                remarked=_counts(remarked),
            )
            if coverage.balanced:
                return coverage
    msg = "bytes that do not add up"
    raise ValueError(msg)


def _inferred(record: JsonValue) -> Inferred:
    match record:
        case [str(name), str(value), str(why)]:
            return Inferred(name=_text(name), value=_text(value), why=_text(why))
    msg = "not an inferred fact"
    raise ValueError(msg)


def _counts(records: list[JsonValue]) -> tuple[tuple[str, int], ...]:
    counts = []
    for record in records:
        match record:
            case [str(name), int(count)]:
                counts.append((_text(name), count))
            case _:
                msg = "not a count"
                raise ValueError(msg)
    return tuple(counts)


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        msg = "not a text"
        raise ValueError(msg)  # noqa: TRY004 - to the caller every malformed line is one thing
    value.encode("utf-8")  # UnicodeEncodeError, a ValueError, for halves of characters, which no file can hold
    return value
