"""A snapshot: a dated, immutable copy of facts from outside, and what is known of the copy itself."""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from comity.terms.errors import ReferenceDataError

DESCRIPTION = "snapshot.toml"
_Choice = TypeVar("_Choice", bound=StrEnum)


class Kind(StrEnum):
    """What a snapshot says something about."""

    DELEGATIONS = "delegations"  # address ranges: country and registry
    ORIGINS = "origins"  # address ranges: autonomous system that announced them
    NETWORK_NAMES = "network-names"  # autonomous system numbers: name
    LISTED = "listed"  # address ranges: a note, such as Tor exit
    SUFFIXES = "suffixes"  # public suffixes of domain names
    PARTIES = "parties"  # states bound by an instrument
    EXAMPLE = "example-world"  # invented holders of documentation addresses


class World(StrEnum):
    """Whether a snapshot's facts are facts."""

    REAL = "real"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is known of a snapshot.

    It speaks for every day from `first` to `last`, both included; most speak for one day. `sha256` is the digest of its
    one data file, or, when there are several, of their `sha256sum` listing sorted by name. `folder` holds the data files
    beside `snapshot.toml`; `shipped` tells those that came with the program from those imported on this machine.
    """

    name: str
    kind: Kind
    first: date
    last: date
    world: World
    rows: int
    sha256: str
    licence: str
    source: str
    note: str
    folder: Path
    shipped: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """The data files, sorted by name."""
        return data_files(self.folder)

    def verified(self) -> "Snapshot":
        """Return self; a ReferenceDataError when the data files are not those that were described."""
        if digest_of_files(self.files) != self.sha256:
            msg = f"the data of snapshot {self.name} in {self.folder} are not what its description names"
            raise ReferenceDataError(msg, remedy="Remove the folder and import the snapshot again, or reinstall the program.")
        return self


def data_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of `folder` other than its description and any README, sorted by name."""
    return tuple(sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in {".parquet", ".csv", ".dat"}))


def digest_of_files(files: tuple[Path, ...]) -> str:
    """Return the digest `Snapshot.sha256` speaks of, 64 hexadecimal digits."""
    digests = [(hashlib.sha256(path.read_bytes()).hexdigest(), path.name) for path in files]
    return digest_of_listing(digests)


def digest_of_listing(digests: list[tuple[str, str]]) -> str:
    """Return the one digest of `digests` (digest, file name), or that of their `sha256sum` listing sorted by name."""
    if len(digests) == 1:
        return digests[0][0]
    listing = "".join(f"{digest}  {name}\n" for digest, name in sorted(digests, key=lambda pair: pair[1]))
    return hashlib.sha256(listing.encode()).hexdigest()


def read_snapshot(folder: Path, *, shipped: bool = False) -> Snapshot:
    """Return the snapshot described in `folder`; ReferenceDataError names the file and the key that is wrong.

    An example world written by hand need not give `kind`, `rows` or `sha256`: they are taken from its files.
    """
    path = folder / DESCRIPTION
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{path}: no readable description of a snapshot ({error})"
        raise ReferenceDataError(msg) from error
    last, first = _period(described, path)
    world = _one_of(World, described.get("world", "real"), path, "world")
    by_hand = world is World.EXAMPLE
    kind = Kind.EXAMPLE if by_hand else _one_of(Kind, described.get("kind", ""), path, "kind")
    rows = described.get("rows", 0)
    return Snapshot(
        name=_text(described, "name", path),
        kind=kind,
        first=first,
        last=last,
        world=world,
        rows=rows if isinstance(rows, int) and rows else _lines(folder),
        sha256=digest_of_files(data_files(folder)) if by_hand else _text(described, "sha256", path),
        licence=_text(described, "licence", path),
        source=_text(described, "source", path, optional=by_hand),
        note=_text(described, "note", path, optional=True),
        folder=folder,
        shipped=shipped,
    )


def description(snapshot: Snapshot) -> str:
    """Return the text of `snapshot.toml` for `snapshot`."""
    lines = {
        "name": _quoted(snapshot.name),
        "kind": _quoted(snapshot.kind),
        "dated": snapshot.last.isoformat(),
        "from": snapshot.first.isoformat(),
        "until": (snapshot.last + timedelta(days=1)).isoformat(),
        "world": _quoted(snapshot.world),
        "rows": str(snapshot.rows),
        "sha256": _quoted(snapshot.sha256),
        "licence": _quoted(snapshot.licence),
        "source": _quoted(snapshot.source),
        "note": _quoted(snapshot.note),
    }
    return "".join(f"{key} = {value}\n" for key, value in lines.items())


def _period(described: dict[str, object], path: Path) -> tuple[date, date]:
    """Return the last and the first day spoken for: `until` is exclusive, `from` and `until` default to `dated`."""
    dated = _day(described, "dated", path)
    if dated is None:
        msg = f"{path}: `dated` must be a day such as 2026-05-27"
        raise ReferenceDataError(msg)
    first = _day(described, "from", path) or dated
    until = _day(described, "until", path)
    last = until - timedelta(days=1) if until else max(first, dated)
    if last < first:
        msg = f"{path}: `until` ({until}) is not after `from` ({first})"
        raise ReferenceDataError(msg)
    return last, first


def _day(described: dict[str, object], key: str, path: Path) -> date | None:
    value = described.get(key)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = 0
    if isinstance(value, datetime):
        value = value.date()
    if value is not None and not isinstance(value, date):
        msg = f"{path}: `{key}` is not a day"
        raise ReferenceDataError(msg)
    return value


def _text(described: dict[str, object], key: str, path: Path, *, optional: bool = False) -> str:
    value = described.get(key, "" if optional else None)
    if not isinstance(value, str) or (not value and not optional):
        msg = f"{path}: `{key}` is missing or not a text"
        raise ReferenceDataError(msg)
    return value


def _one_of(choices: type[_Choice], value: object, path: Path, key: str) -> _Choice:
    try:
        return choices(str(value))
    except ValueError as error:
        msg = f"{path}: `{key}` is {value!r}, which is none of {', '.join(choices)}"
        raise ReferenceDataError(msg) from error


def _lines(folder: Path) -> int:
    return sum(max(path.read_bytes().count(b"\n") - 1, 0) for path in data_files(folder) if path.suffix == ".csv")


def _quoted(text: str) -> str:
    # a JSON string is a TOML basic string, but for DEL
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
