"""Reading bytes with one parser, as the tests of logs need it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from comity.parsers.contract import Defect, Parser, Rows, Source, Structure, Structures


@dataclass(frozen=True)
class Read:
    """All rows with a value by table, the defects, and how many bytes nothing covers."""

    rows: list[dict[str, Any]]
    defects: list[Defect]
    uncovered: int

    @property
    def codes(self) -> list[str]:
        return sorted(defect.code for defect in self.defects)


def source(data: bytes, name: str = "sample") -> Source:
    return Source(stream=BytesIO(data), size=len(data), name=name)


def read(parser: Parser, data: bytes) -> Read:
    covered = bytearray(len(data))
    rows: list[dict[str, Any]] = []
    defects: list[Defect] = []
    for item in parser.read(source(data), inferred=parser.infer(source(data))):
        if isinstance(item, Rows):
            for row in item.batch.to_pylist():
                rows.append({"table": item.table.name} | {name: value for name, value in row.items() if value is not None})
                _cover(covered, row["trace.offset"], row["trace.length"])
        elif isinstance(item, Structures):
            for offset, length in zip(item.offsets.tolist(), item.lengths.tolist(), strict=True):
                _cover(covered, offset, length)
        elif isinstance(item, Defect | Structure):
            _cover(covered, item.offset, item.length)
            if isinstance(item, Defect):
                defects.append(item)
    rows.sort(key=lambda row: row["trace.offset"])
    return Read(rows, defects, covered.count(0))


def _cover(covered: bytearray, offset: int, length: int) -> None:
    assert 0 <= offset <= offset + length <= len(covered), (offset, length, len(covered))
    covered[offset : offset + length] = b"\1" * length
