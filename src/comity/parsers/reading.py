"""What is asked of the readers and what they answer: jobs, batches, limits, results."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comity.parsers.contract import Inferred
from comity.parsers.coverage import NOTHING, Coverage
from comity.terms.digest import Digest

BATCH_BYTES = 64 * 2**20
BATCH_EXHIBITS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One acquired exhibit to read: its number and display name, and where its bytes lie."""

    number: str
    name: str
    path: Path
    offset: int
    length: int
    modified: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A run of exhibits read together into one file per table; `id` names those files."""

    id: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one exhibit may cost its reader. All are generous to honest material.

    `memory` is address space of the reader in bytes. An exhibit may take `seconds` plus `seconds_per_mebibyte` of its
    size, and never `stalled_seconds` without any progress. What is inside it may go `depth` levels down, count `children`
    in all, and decode to `expansion` times its size or `expansion_floor` bytes, whichever is more, but never beyond `decoded_bytes`.
    """

    memory: int = 6 * 2**30
    seconds: float = 900
    seconds_per_mebibyte: float = 8
    stalled_seconds: float = 180
    depth: int = 8
    children: int = 1_000_000
    expansion: int = 200
    expansion_floor: int = 256 * 2**20
    decoded_bytes: int = 64 * 2**30

    def allowed_seconds(self, size: int) -> float:
        """Return the seconds an exhibit of `size` bytes may take."""
        return self.seconds + self.seconds_per_mebibyte * size / 2**20

    def allowed_decoding(self, size: int) -> int:
        """Return the bytes that everything inside an exhibit of `size` bytes may decode to, added up."""
        return min(self.decoded_bytes, max(self.expansion_floor, self.expansion * size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one exhibit, or one child that a parser claimed, was read.

    `member` is empty for an acquired exhibit; `parser` and `version` are empty when no parser claims the type. `rows` counts
    the rows of its own per table (children have their own Reading), `defects` its defects by code, `children` what was
    found directly inside it. `coverage` is what became of its bytes, `inside` the same of everything inside it, all levels added up.
    """

    number: str
    member: str
    name: str
    media_type: str
    parser: str
    version: str
    inferred: tuple[Inferred, ...]
    rows: tuple[tuple[str, int], ...]
    defects: tuple[tuple[str, int], ...]
    children: int
    coverage: Coverage = NOTHING
    inside: Coverage = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """One Parquet file of a batch: `path` relative to the folder of records, with "/"."""

    table: str
    path: str
    rows: int
    size: int
    sha256: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What reading a batch gave.

    `confinement` names what held the reader that finished it: memory, time, files (it could write only to its own scratch
    folder), network (it had none). It depends on the machine, so it belongs in no digest.
    """

    id: str
    readings: tuple[Reading, ...]
    files: tuple[TableFile, ...]
    confinement: tuple[str, ...]


def plan(jobs: Iterable[Job]) -> tuple[Batch, ...]:
    """Return `jobs` in their order as batches of at most 64 MiB and 2,000 exhibits; a larger exhibit stands alone.

    It depends on nothing but the jobs, so the files and their digests do not depend on the number of readers, and
    exhibits added at the end change at most the last batch.
    """
    runs: list[list[Job]] = []
    size = 0
    for job in jobs:
        if not runs or len(runs[-1]) == BATCH_EXHIBITS or size + job.length > BATCH_BYTES:
            runs.append([])
            size = 0
        runs[-1].append(job)
        size += job.length
    return tuple(Batch(id=f"{number:04d}", jobs=tuple(run)) for number, run in enumerate(runs, start=1))
