"""Redaction: lines that stand for withheld exhibits, packs without them, copies with filled ranges; and bytes that are erased.

A withheld line shows the exhibit's number, the hash of its leaf in the Merkle tree of its acquisition, and the ledger entry that says
why. The leaf holds 128 random bits, so the hash lets nobody find name, size or content by guessing; it still leads to the root.

Source: RFC 9162, 2.1.1 (leaf hashes).
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from comity.evidence.acquisition.pack import header
from comity.evidence.exhibit import Place
from comity.ledger import Entry
from comity.terms.canonical import Json, canonical
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError, StateError

WITHHELD = "exhibit:withheld"

FILL = b"\n"
"""What withheld ranges are filled with: blank lines, which no parser of texts takes for a record."""

_CHUNK = 2**20
_BLOCK = 512
_MEMBER = b"withheld".ljust(64, b"-")
_HEADERS = 2**16
"""Bytes before an attachment's body that are searched for the boundary its part begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """Exhibit `number` is withheld on `ground`, as ledger entry `entry` says: whole, or the bytes at `places` only."""

    number: str
    ground: str
    entry: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldLine:
    """A manifest line that stands for another: `leaf` is the leaf hash of that one, `entry` the ledger entry that withholds it.

    `copy` is the manifest line of a copy with filled ranges that is shown in its place, None when nothing is.
    """

    number: str
    leaf: Digest
    entry: int
    copy: bytes | None = None

    def encode(self) -> bytes:
        """Return the line, without newline."""
        fields: dict[str, Json] = {"number": self.number, "leaf": self.leaf.hex, "withheld": self.entry}
        return canonical(fields if self.copy is None else {**fields, "copy": self.copy.decode()})


def decode_withheld(line: bytes, *, where: str) -> WithheldLine | None:
    """Return what a manifest line stands for, None for one that is an exhibit's own; IntegrityError for neither."""
    try:
        fields = json.loads(line)
        if "withheld" not in fields:
            return None
        copy = fields.get("copy")
        return WithheldLine(
            number=str(fields["number"]),
            leaf=Digest(fields["leaf"]),
            entry=int(fields["withheld"]),
            copy=None if copy is None else str(copy).encode(),
        )
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
        raise IntegrityError(f"{where} is no line of a manifest: {error}") from error


def withholdings(entries: Iterable[Entry]) -> tuple[Withholding, ...]:
    """Return what the ledger says is withheld, by exhibit; a later entry about the same exhibit counts."""
    found: dict[str, Withholding] = {}
    for entry in entries:
        if entry.event == WITHHELD:
            number, listed = str(entry.object.get("exhibit")), entry.object.get("ranges")
            ranges = listed if isinstance(listed, Sequence) else ()
            places = tuple(Place(offset=int(str(one[0])), length=int(str(one[1]))) for one in ranges if isinstance(one, Sequence))
            found[number] = Withholding(number=number, ground=str(entry.object.get("ground")), entry=entry.number, places=places)
    return tuple(sorted(found.values(), key=lambda one: int(one.number)))


def leaf_of(line: bytes) -> Digest:
    """Return the leaf hash of a manifest line (RFC 9162, 2.1.1)."""
    return Digest(hashlib.sha256(b"\0" + line).hexdigest())


def copy_line(line: bytes, *, object_: str, sha256: Digest, salt: str, filled: Sequence[Place]) -> bytes:
    """Return the manifest line of a copy of the exhibit of `line`: another digest, place and salt, and which ranges are filled.

    Digests of the original are left out: with all but the filled bytes at hand, they would confirm a guess of these.
    """
    fields = json.loads(line)
    kept = {name: value for name, value in fields.items() if name not in {"md5", "sha1"}}
    ranges: list[Json] = [[place.offset, place.length] for place in filled]
    return canonical({**kept, "object": object_, "offset": 0, "sha256": sha256.hex, "salt": salt, "redacted": ranges})


def fill(source: BinaryIO, target: BinaryIO, places: Sequence[Place]) -> Digest:
    """Copy `source` to `target` with `places` (in order, not overlapping) filled; return the digest of the copy."""
    digest, at = hashlib.sha256(), 0
    ends = [*places, Place(offset=2**63, length=0)]
    for place in ends:
        while at < place.offset and (chunk := source.read(min(_CHUNK, place.offset - at))):
            digest.update(chunk)
            target.write(chunk)
            at += len(chunk)
        left = place.length
        while left:
            chunk = FILL * min(_CHUNK, left)
            source.seek(len(chunk), os.SEEK_CUR)
            digest.update(chunk)
            target.write(chunk)
            at, left = at + len(chunk), left - len(chunk)
    return Digest(digest.hexdigest())


def joined(places: Sequence[Place]) -> tuple[Place, ...]:
    """Return `places` in order, those that touch or overlap made one."""
    found: list[Place] = []
    for place in sorted(places, key=lambda one: one.offset):
        if found and place.offset <= found[-1].offset + found[-1].length:
            end = max(found[-1].offset + found[-1].length, place.offset + place.length)
            found[-1] = Place(offset=found[-1].offset, length=end - found[-1].offset)
        else:
            found.append(place)
    return tuple(found)


def part_around(source: BinaryIO, body: Place, *, where: str) -> Place:
    """Return the place of a mail's whole part, headers and all, whose encoded body is at `body`; StateError when none is found.

    The part begins after the boundary line before it (RFC 2046, 5.1.1).
    """
    start = max(0, body.offset - _HEADERS)
    source.seek(start)
    before = source.read(body.offset - start)
    line = before.rfind(b"\n--")
    end = before.find(b"\n", line + 1) + 1
    if line < 0 or not end:
        raise StateError(f"{where} has no boundary before it", remedy="Withhold the whole exhibit, or name a range of bytes.")
    return Place(offset=start + end, length=body.offset - start - end + body.length)


def write_pack(source: BinaryIO, target: BinaryIO, kept: Sequence[Place]) -> None:
    """Copy the pack `source` to `target` with nothing but the contents at `kept` (in order): these stay where they are.

    What lay between becomes one member of zeros, "withheld-…", so that the file stays an archive; what lay after the last is cut off.
    """
    at = 0
    for place in kept:
        if place.offset < at:  # the same content again, an exhibit more
            continue
        gap = place.offset - _BLOCK - at
        if gap:
            target.write(header(_MEMBER, gap - _BLOCK))
            target.seek(gap - _BLOCK, os.SEEK_CUR)  # zeros
        length = _BLOCK + place.length + (-place.length % _BLOCK)
        source.seek(place.offset - _BLOCK)
        target.writelines(_chunks(source, length))
        at = place.offset - _BLOCK + length
    target.write(bytes(2 * _BLOCK))


def _chunks(source: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (chunk := source.read(min(_CHUNK, length))):
        yield chunk
        length -= len(chunk)


def erase_file(path: Path) -> None:
    """Overwrite the file `path` (see `overwrite`) and take its name away, durably."""
    overwrite(path, Place(offset=0, length=path.stat().st_size))
    path.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def overwrite(path: Path, place: Place) -> None:
    """Put zeros at `place` of the file `path`, synced. What a disk keeps elsewhere (journal, snapshot, spare cells) is out of reach."""
    path.chmod(0o600)
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        at, end = place.offset, min(place.offset + place.length, os.fstat(descriptor).st_size)
        while at < end:
            at += os.pwrite(descriptor, bytes(min(_CHUNK, end - at)), at)
        os.fsync(descriptor)
        os.fchmod(descriptor, 0o444)
    finally:
        os.close(descriptor)
