"""Reading: every exhibit of a case into tables, batch by batch; what was read once and is unchanged is not read again."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from comity.casework.folder import Folder
from comity.casework.progress import Progress
from comity.evidence.exhibit import Exhibit
from comity.parsers.contract import Inferred
from comity.parsers.coverage import Coverage
from comity.parsers.reading import Batch, BatchResult, Job, Limits, Reading, TableFile, plan
from comity.parsers.registry import PARSERS
from comity.parsers.sandbox import read
from comity.terms.canonical import Json, canonical
from comity.terms.digest import Digest
from comity.terms.errors import StateError

READINGS = "readings.jsonl"
_DONE = ".batches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What reading gave: `files` are paths below the derived folder with their SHA-256; `rows` counts by table."""

    files: dict[str, str]
    rows: dict[str, int]
    confinement: tuple[str, ...]


def read_material(folder: Folder, *, derived: Path, jobs: int, progress: Progress) -> Read:
    """Read all exhibits of `folder` into `derived`/records and `derived`/readings.jsonl.

    The files depend on the exhibits and the parsers' versions only. A stop in the middle costs the batches under way.
    """
    records, done = derived / "records", derived / _DONE
    done.mkdir(parents=True, exist_ok=True)
    batches = plan(_jobs(folder))
    digests = {exhibit.number: str(exhibit.sha256) for exhibit in folder.exhibits()}
    keys = {batch.id: _key(batch, digests) for batch in batches}
    kept = {batch.id: result for batch in batches if (result := _kept(done, batch.id, keys[batch.id], records)) is not None}
    missing = [batch for batch in batches if batch.id not in kept]
    progress.begin("Reading", total=sum(job.length for batch in missing for job in batch.jobs), unit="bytes")
    fresh = read(missing, out=records, jobs=jobs, limits=Limits(), progress=progress.advance)
    files: dict[str, str] = {}
    rows: dict[str, int] = {}
    confinement: set[str] = set()
    partial = derived / f".{READINGS}"
    with partial.open("wb") as out:
        for batch in batches:
            result = kept.get(batch.id)
            if result is None:
                result = next(fresh)
                _keep(done, batch.id, keys[batch.id], result)
            confinement.update(result.confinement)
            out.writelines(canonical(_line(reading)) + b"\n" for reading in result.readings)
            for file in result.files:
                files[f"records/{file.path}"] = str(file.sha256)
                rows[file.table] = rows.get(file.table, 0) + file.rows
        out.flush()
        os.fsync(out.fileno())
    progress.end()
    partial.replace(derived / READINGS)
    _remove_stale(records, files)
    with (derived / READINGS).open("rb") as written:
        files[READINGS] = hashlib.file_digest(written, "sha256").hexdigest()
    return Read(files=files, rows=rows, confinement=tuple(sorted(confinement)))


def readings(derived: Path) -> Iterator[Reading]:
    """Yield how each exhibit and each child that a parser claimed was read, in order."""
    with (derived / READINGS).open("rb") as lines:
        for line in lines:
            yield _reading(json.loads(line))


def parser_versions() -> str:
    """Return the names and versions of all parsers, the part of the method that reading depends on."""
    return " ".join(f"{parser.name}/{parser.version}" for parser in PARSERS)


def _jobs(folder: Folder) -> Iterator[Job]:
    for exhibit in folder.exhibits():
        if exhibit.location is not None:
            yield job_of(folder, exhibit)


def job_of(folder: Folder, exhibit: Exhibit) -> Job:
    """Return where the preserved bytes of `exhibit` lie, for a reader; ValueError when it has none."""
    location = exhibit.location
    if location is None:
        raise ValueError(exhibit.number)
    path = folder.path / location.path
    return Job(
        number=exhibit.number, name=exhibit.name, path=path, offset=location.offset, length=location.length, modified=exhibit.modified
    )


def _key(batch: Batch, digests: dict[str, str]) -> str:
    """Return what a batch's result depends on as one digest: the exhibits' bytes, names and times, and the parsers."""
    lines = [[job.number, job.name, digests[job.number], "" if job.modified is None else job.modified.isoformat()] for job in batch.jobs]
    return hashlib.sha256(canonical([parser_versions(), *lines])).hexdigest()


def _keep(done: Path, identity: str, key: str, result: BatchResult) -> None:
    value: Json = {
        "key": key,
        "readings": [_line(reading) for reading in result.readings],
        "files": [{"table": f.table, "path": f.path, "rows": f.rows, "size": f.size, "sha256": str(f.sha256)} for f in result.files],
        "confinement": list(result.confinement),
    }
    partial = done / f".{identity}.json"
    partial.write_bytes(canonical(value))
    partial.replace(done / f"{identity}.json")


def _kept(done: Path, identity: str, key: str, records: Path) -> BatchResult | None:
    """Return the result kept for a batch when it is of the same key and its files are as they were; None otherwise."""
    try:
        value = json.loads((done / f"{identity}.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    if value["key"] != key:
        return None
    files = tuple(TableFile(**(file | {"sha256": Digest(file["sha256"])})) for file in value["files"])
    for file in files:
        try:
            with (records / file.path).open("rb") as written:
                if hashlib.file_digest(written, "sha256").hexdigest() != str(file.sha256):
                    return None
        except FileNotFoundError:
            return None
    return BatchResult(id=identity, readings=tuple(map(_reading, value["readings"])), files=files, confinement=tuple(value["confinement"]))


def _line(reading: Reading) -> dict[str, Json]:
    return {
        "number": reading.number,
        "member": reading.member,
        "name": reading.name,
        "media_type": reading.media_type,
        "parser": reading.parser,
        "version": reading.version,
        "inferred": [{"name": one.name, "value": one.value, "why": one.why} for one in reading.inferred],
        "rows": dict(reading.rows),
        "defects": dict(reading.defects),
        "children": reading.children,
        "coverage": _coverage_line(reading.coverage),
        "inside": _coverage_line(reading.inside),
    }


def _coverage_line(coverage: Coverage) -> dict[str, Json]:
    return {
        "size": coverage.size,
        "rows": dict(coverage.rows),
        "children": coverage.children,
        "structure": dict(coverage.structure),
        "unread": dict(coverage.unread),
        "remarked": dict(coverage.remarked),
    }


def _coverage(value: object) -> Coverage:
    match value:
        case {"size": int(size), "rows": dict(rows), "children": int(children), "structure": dict(structure),
              "unread": dict(unread), "remarked": dict(remarked)}:  # fmt: skip
            return Coverage(
                size=size,
                rows=tuple(rows.items()),
                children=children,
                structure=tuple(structure.items()),
                unread=tuple(unread.items()),
                remarked=tuple(remarked.items()),
            )
    raise StateError(
        "the case was read by a version that kept no account of the bytes", remedy="Run the same `comity investigate` again; it reads anew."
    )


def _reading(value: dict[str, object]) -> Reading:
    coverage = {name: _coverage(value.get(name)) for name in ("coverage", "inside")}
    plain = Reading(**(value | {"inferred": (), "rows": (), "defects": ()} | coverage))  # type: ignore[arg-type]  # our own file, of the shape above
    inferred, rows, defects = value["inferred"], value["rows"], value["defects"]
    if not isinstance(inferred, list) or not isinstance(rows, dict) or not isinstance(defects, dict):
        raise TypeError("readings.jsonl is not ours")
    return replace(plain, inferred=tuple(Inferred(**one) for one in inferred), rows=tuple(rows.items()), defects=tuple(defects.items()))


def _remove_stale(records: Path, files: dict[str, str]) -> None:
    """Take away tables of an earlier reading that the present one has not."""
    for path in records.glob("*/*.parquet"):
        if f"records/{path.relative_to(records).as_posix()}" not in files:
            path.unlink()
