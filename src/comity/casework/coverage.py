"""The coverage of a case: for every byte preserved, which parser read it, or that none did, and why."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from comity.casework.derive import RECORDS
from comity.casework.folder import Folder
from comity.casework.read_material import READINGS, readings
from comity.casework.records import Records
from comity.casework.redacted_case import DERIVED
from comity.evidence.acquisition import ACQUIRED
from comity.evidence.exhibit import Exhibit
from comity.observables import DEFECT, FILE
from comity.parsers.coverage import NOTHING, Coverage
from comity.parsers.reading import Reading
from comity.terms.canonical import Json
from comity.terms.errors import IntegrityError, StateError

MOST_PLACES = 10_000
"""Places told one by one for one exhibit."""

_UNLISTED = "limit_readings"
_NO_FILE = "a {}: it has a name and no content of its own"
_READ_AGAIN = "Run the same `comity investigate` again; it reads anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One exhibit, acquired or found inside one: `coverage` of its own bytes, `inside` of everything unpacked from it.

    `type` is the media type by content, "" for what is no file; `parser` is "" when none reads it. `reason` says why less was
    acquired than there was, or nothing; "" when all was.
    """

    number: str
    name: str
    kind: str
    type: str
    parser: str
    coverage: Coverage
    inside: Coverage
    reason: str

    @property
    def whole(self) -> bool:
        """Whether all of it was acquired and read, and all that is inside it."""
        return not (self.coverage.not_parsed or self.inside.not_parsed or self.reason)

    def as_json(self) -> dict[str, Json]:
        """Return the line as a JSON object (shape: docs/json.md)."""
        return {
            "number": self.number,
            "name": self.name,
            "kind": self.kind,
            "type": self.type or None,
            "parser": self.parser or None,
            **coverage_json(self.coverage),
            "inside": coverage_json(self.inside),
            "reason": self.reason or None,
        }


@dataclass(slots=True)
class Sort:
    """What exhibits of one type by one parser come to."""

    exhibits: int = 0
    coverage: Coverage = NOTHING


@dataclass(slots=True)
class Totals:
    """What all acquired exhibits come to; grows with the lines that go through `counting`."""

    exhibits: int = 0
    whole: int = 0
    acquired: Coverage = NOTHING
    inside: Coverage = NOTHING
    sorts: dict[tuple[str, str], Sort] = field(default_factory=dict)

    def counting(self, lines: Iterator[Line]) -> Iterator[Line]:
        """Yield `lines`, adding each up."""
        for line in lines:
            self.exhibits += 1
            self.whole += line.whole
            self.acquired += line.coverage
            self.inside += line.inside
            sort = self.sorts.setdefault((line.type or line.kind, line.parser), Sort())
            sort.exhibits += 1
            sort.coverage += line.coverage
            yield line

    def by_size(self) -> list[tuple[tuple[str, str], Sort]]:
        """Return (type, parser) and what those exhibits come to, most bytes first."""
        return sorted(self.sorts.items(), key=lambda item: (-item[1].coverage.size, item[0]))

    def as_json(self) -> dict[str, Json]:
        """Return the totals as a JSON object (shape: docs/json.md)."""
        sorts: list[Json] = [
            {"type": kind, "parser": parser or None, "exhibits": sort.exhibits, "bytes": sort.coverage.size,
             "parsed": sort.coverage.parsed, "not_parsed": sort.coverage.not_parsed}
            for (kind, parser), sort in self.by_size()
        ]  # fmt: skip
        return {
            "exhibits": self.exhibits,
            "whole": self.whole,
            "acquired": coverage_json(self.acquired),
            "inside": coverage_json(self.inside),
            "types": sorts,
        }


def coverage_json(coverage: Coverage) -> dict[str, Json]:
    """Return `coverage` as a JSON object (shape: docs/json.md)."""
    return {
        "bytes": coverage.size,
        "parsed": coverage.parsed,
        "not_parsed": coverage.not_parsed,
        "rows": dict(coverage.rows),
        "structure": dict(coverage.structure),
        "children": coverage.children,
        "because": dict(coverage.unread),
        "remarked": dict(coverage.remarked),
    }


def account(folder: Folder) -> Iterator[Line]:
    """Yield a line for each acquired exhibit, in order, having checked that its bytes add up.

    StateError when the case was not read yet. IntegrityError when the readings are not the ones the ledger names, when an exhibit
    has none or one of another size, when parsed and not parsed are not all of its bytes, or when the exhibits are not all
    the bytes that the acquisitions preserved.
    """
    _require_recorded(folder)
    read = (reading for reading in readings(folder.path / "derived") if not reading.member)
    size = unpacked = erased = 0
    gone = folder.erased
    for exhibit in folder.exhibits():
        erased += exhibit.size if exhibit.number in gone and exhibit.sha256 is not None else 0
        line = _line(exhibit, None if exhibit.location is None else next(read, None))
        size += line.coverage.size
        unpacked += line.inside.size
        yield line
    left = next(read, None)
    if left is not None:
        raise IntegrityError(f"{READINGS} tells of exhibit {left.number}, which was not acquired")
    preserved = sum(acquired.size for acquired in folder.manifests()) - erased
    if size != preserved:
        raise IntegrityError(f"the exhibits account for {size} bytes; the ledger says that {preserved} were preserved")
    listed = Records(folder.path / "derived" / "records").table(FILE).select(pl.col("size").sum()).collect().item()
    if unpacked != listed:
        raise IntegrityError(f"{unpacked} bytes inside exhibits are accounted for; the table of files has {listed}")


def totals(folder: Folder) -> Totals:
    """Return what all exhibits come to; raises as `account` does."""
    sums = Totals()
    for _ in sums.counting(account(folder)):
        pass
    return sums


def one(folder: Folder, number: str) -> tuple[Line, ...]:
    """Return the line of exhibit `number`, acquired or found inside one, and the lines of what was found directly inside it.

    StateError when there is none of that number.
    """
    _require_recorded(folder)
    root, told = number.partition(".")[0], {}
    for reading in readings(folder.path / "derived"):
        if reading.number.partition(".")[0] == root:
            told[reading.number] = reading
    if number == root:
        exhibit = folder.exhibit(number)
        first = _line(exhibit, told.get(number))
    else:
        found = _children(folder, told, pl.col("number") == number)
        if not found:
            remedy = f"`--exhibit {root[:40]}` lists what is inside that exhibit."
            raise StateError(f"nothing inside exhibit {root[:40]} has the number {number[:40]}", remedy=remedy)
        (first,) = found
    return first, *_children(folder, told, pl.col("trace.exhibit") == number)


def places(folder: Folder, number: str) -> list[Json]:
    """Return the places in exhibit `number` that have a defect, in order: `offset`, `length`, `code`, `reason`; at most 10,000."""
    table = Records(folder.path / "derived" / "records").table(DEFECT).filter(pl.col("trace.exhibit") == number)
    columns = {"offset": pl.col("trace.offset"), "length": pl.col("trace.length"), "code": pl.col("code"), "reason": pl.col("reason")}
    found = table.select(**columns).sort("offset", "length", "code").head(MOST_PLACES).collect()
    return list(found.iter_rows(named=True))


def _line(exhibit: Exhibit, reading: Reading | None) -> Line:
    size = 0 if exhibit.location is None else exhibit.location.length
    coverage, inside = (NOTHING, NOTHING) if reading is None else (reading.coverage, reading.inside)
    if exhibit.location is not None and (reading is None or reading.number != exhibit.number):
        raise IntegrityError(f"{READINGS} does not tell of exhibit {exhibit.number} ({exhibit.name})", remedy=_READ_AGAIN)
    if coverage.size != size:
        raise IntegrityError(f"exhibit {exhibit.number} ({exhibit.name}) has {size} bytes; {coverage.size} are accounted for")
    for what, sums in (("exhibit", coverage), ("what is inside exhibit", inside)):
        if not sums.balanced:
            told = f"{sums.parsed} parsed and {sums.not_parsed} not parsed are not its {sums.size} bytes"
            raise IntegrityError(f"the account of {what} {exhibit.number} ({exhibit.name}) does not add up: {told}")
    return Line(
        number=exhibit.number,
        name=exhibit.name,
        kind=exhibit.kind,
        type="" if reading is None else reading.media_type,
        parser="" if reading is None else reading.parser,
        coverage=coverage,
        inside=inside,
        reason=exhibit.defect or ("" if exhibit.kind == "file" else _NO_FILE.format(exhibit.kind)),
    )


def _children(folder: Folder, told: Mapping[str, Reading], wanted: pl.Expr) -> tuple[Line, ...]:
    """Return the lines of the children that are `wanted` from the table of files."""
    records = Records(folder.path / "derived" / "records")
    files = records.table(FILE).filter(wanted).select("number", "name", "size", "detected_type", "parser").head(MOST_PLACES).collect()
    of_them = pl.col("trace.exhibit").is_in(files["number"].implode())
    codes = dict(records.table(DEFECT).filter(of_them).select("trace.exhibit", "code").collect().iter_rows())
    return tuple(_child(row, told.get(row["number"]), codes.get(row["number"], "")) for row in files.iter_rows(named=True))


def _child(row: Mapping[str, Any], reading: Reading | None, code: str) -> Line:
    """Return the line of a child; one without a reading was not read, unless so much is inside that readings are not listed."""
    unlisted = reading is None and bool(row["parser"])
    unread = Coverage(size=row["size"], unread=((_UNLISTED if unlisted else code, row["size"]),) if row["size"] else ())
    return Line(
        number=row["number"],
        name=row["name"],
        kind="file",
        type=row["detected_type"],
        parser=row["parser"],
        coverage=unread if reading is None else reading.coverage,
        inside=NOTHING if reading is None else reading.inside,
        reason="how it was read is not listed; what was read is in the tables and in the sum of its exhibit" if unlisted else "",
    )


def _require_recorded(folder: Folder) -> None:
    """Check that the readings are those that the ledger names, and of all acquisitions."""
    entries = folder.entries()
    recorded = folder.files().get(f"derived/{READINGS}")
    if recorded is None:
        raise StateError("nothing was read in this case yet", remedy="Run `comity investigate` first.")
    last = {entry.event: entry.number for entry in entries}
    if last.get(ACQUIRED, 0) > max(last.get(RECORDS, 0), last.get(DERIVED, 0)):
        raise StateError("exhibits were acquired that were not read yet", remedy="Run the same `comity investigate` again; it goes on.")
    path = folder.path / "derived" / READINGS
    if not path.exists():
        raise StateError(f"{path} is missing", remedy=_READ_AGAIN)
    with path.open("rb") as written:
        if hashlib.file_digest(written, "sha256").hexdigest() != recorded:
            raise IntegrityError(f"{path} is not the file that the ledger names", remedy=_READ_AGAIN)
