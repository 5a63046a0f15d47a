"""Acquisitions in the ledger: how they begin, are gone on with and end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.evidence.acquisition.journal import Closed
from comity.evidence.manifest import manifest_name, shown
from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError

BEGUN = "acquisition:begun"
RESUMED = "acquisition:resumed"
ACQUIRED = "exhibits:acquired"


class Append(Protocol):
    """Writes the next ledger entry, at the present instant and in the name of whoever performs the act."""

    def __call__(self, event: str, *, authorization: int, object: Mapping[str, Json], result: Mapping[str, Json]) -> Entry:  # noqa: A002  UCO's word, action:object
        """Return the entry written."""
        ...


class Record(Protocol):
    """Append with the authorization given already."""

    def __call__(self, event: str, *, object: Mapping[str, Json], result: Mapping[str, Json]) -> Entry:  # noqa: A002  UCO's word, action:object
        """Return the entry written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """What one acquisition preserved: exhibits `first` to `first + count - 1`, `size` bytes, under one Merkle root.

    `defects` of them could not be acquired as they should (see `Exhibit.defect`). `complete` is False for one that was
    interrupted and closed because other material came next. `source` is the path of the material, as bytes.
    """

    number: int
    source: bytes
    first: int
    count: int
    size: int
    defects: int
    root: Digest
    manifest: str
    manifest_sha256: Digest
    complete: bool


def acquisitions(entries: Sequence[Entry]) -> tuple[Acquisition, ...]:
    """Return the finished acquisitions that `entries` record, oldest first; IntegrityError for an entry that is not one."""
    first, found = 1, []
    for entry in entries:
        if entry.event != ACQUIRED:
            continue
        try:
            found.append(_decode(entry, first=first))
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"ledger entry {entry.number} does not record an acquisition: {error}") from error
        first += found[-1].count
    return tuple(found)


def enter_acquired(closed: Closed, record: Record, *, number: int, first: int, source: bytes, complete: bool) -> Acquisition:
    """Write the ledger entry that ends an acquisition whose manifest is in the store, and return it."""
    entry = record(
        ACQUIRED,
        object={"acquisition": number, "manifest": manifest_name(number), **source_fields(source)},
        result={
            "bytes": closed.size,
            "complete": complete,
            "count": closed.count,
            "defects": closed.defects,
            "manifest_sha256": closed.sha256.hex,
            "root": closed.root.hex,
        },
    )
    return _decode(entry, first=first)


def _decode(entry: Entry, *, first: int) -> Acquisition:
    number, name = entry.object["acquisition"], entry.object["manifest"]
    count, size, defects = (entry.result[field] for field in ("count", "bytes", "defects"))
    root, digest = entry.result["root"], entry.result["manifest_sha256"]
    if not (isinstance(number, int) and isinstance(count, int) and isinstance(size, int) and isinstance(defects, int)):
        raise TypeError("acquisition, count, bytes and defects are integers")
    if not (isinstance(root, str) and isinstance(digest, str)) or name != manifest_name(number):
        raise TypeError("root and manifest_sha256 are digests, manifest is the acquisition's")
    return Acquisition(
        number=number,
        source=source_of(entry.object, where=f"ledger entry {entry.number}"),
        first=first,
        count=count,
        size=size,
        defects=defects,
        root=Digest(root),
        manifest=manifest_name(number),
        manifest_sha256=Digest(digest),
        complete=entry.result["complete"] is True,
    )


def source_fields(source: bytes) -> dict[str, Json]:
    """Return the members of an entry's object that name the material: `source`, and `source_hex` when that is not UTF-8."""
    fields: dict[str, Json] = {"source": shown(source)}
    try:
        source.decode()
    except UnicodeDecodeError:
        fields["source_hex"] = source.hex()
    return fields


def source_of(fields: Mapping[str, Json], *, where: str) -> bytes:
    """Return the path in an entry's object as bytes; IntegrityError, naming `where`, without one."""
    text = fields.get("source_hex", fields.get("source"))
    if not isinstance(text, str):
        raise IntegrityError(f"{where} does not name its source")
    try:
        return bytes.fromhex(text) if "source_hex" in fields else text.encode()
    except ValueError as error:
        raise IntegrityError(f"{where} does not name its source: {error}") from error
