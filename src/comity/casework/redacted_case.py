"""A case as somebody may see it: without the exhibits that are withheld, and without the acts that tell of them."""

import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from comity.casework.folder import CASE_FILE, Case, Folder, entry_name, without_erased
from comity.evidence import manifest
from comity.evidence.acquisition import Acquisition, acquisitions
from comity.evidence.exhibit import Exhibit, Place
from comity.evidence.redaction import (
    WITHHELD,
    WithheldLine,
    Withholding,
    copy_line,
    decode_withheld,
    fill,
    joined,
    leaf_of,
    withholdings,
    write_pack,
)  # fmt: skip
from comity.ledger import Entry, Tree, decode
from comity.ledger.entry import LARGEST_ENTRY
from comity.terms.canonical import canonical
from comity.terms.digest import ZERO, Digest
from comity.terms.errors import IntegrityError, StateError

DERIVED = "redaction:derived"
REDACTED = "bundle:redacted"
_READ_ONLY = 0o444
_SHOWN = frozenset(
    {
        "case:opened", "unit:described", "authorization:granted", "authorization:revoked", "acquisition:begun", "acquisition:resumed",
        "exhibits:acquired", "bundle:sealed", "timestamp:received", "checkpoint:cosigned", "retention:set", "erasure:ordered",
        "exhibit:erased", WITHHELD, DERIVED, REDACTED,
    }
)  # fmt: skip
"""Events whose entries say nothing of what is in an exhibit; any other may."""


class RedactedCase(Folder):
    """A case folder with withheld lines. `ledger` is the whole case while the redacted one is made, None once it stands alone.

    Acts that may tell of withheld exhibits are passed over by `entries`: numbers have gaps.
    """

    def __init__(self, path: Path, case: Case, *, ledger: Folder | None = None) -> None:
        super().__init__(path, case)
        self._ledger = ledger

    def entries(self) -> tuple[Entry, ...]:
        """Return the acts that are shown, oldest first."""
        if self._ledger is not None:
            whole = self._ledger.entries()
            return tuple(entry for entry in whole if entry.number not in hidden(whole))
        return tuple(self._standing())

    def acquired(self, entries: Sequence[Entry]) -> tuple[Acquisition, ...]:
        """Return the acquisitions that `entries` record, each with the bytes and defects of what is shown of it."""
        shown = []
        for one in acquisitions(entries):
            exhibits = [exhibit for exhibit, _ in self._lines(one) if exhibit is not None]
            size = sum(exhibit.size for exhibit in exhibits if exhibit.sha256 is not None)
            shown.append(replace(one, size=size, defects=sum(exhibit.defect is not None for exhibit in exhibits)))
        return tuple(shown)

    def exhibits(self) -> Iterator[Exhibit]:
        """Yield the exhibits that are shown, and the copies with filled ranges that stand for others."""
        for acquired in acquisitions(self.entries()):
            self._require_manifest(acquired)
            yield from (exhibit for exhibit, _ in self._lines(acquired) if exhibit is not None)

    def exhibit(self, number: str) -> Exhibit:
        """Return the exhibit `number`; StateError for one that is withheld, too."""
        root = number.partition(".")[0]
        for exhibit in self.exhibits():
            if exhibit.number == root:
                return exhibit
        raise StateError(f"there is no exhibit {number[:40]} here, or it is withheld", remedy="`comity report` lists the exhibits.")

    @property
    def withheld(self) -> tuple[Withholding, ...]:
        """What is withheld, by exhibit."""
        return withholdings(self.entries())

    def files(self) -> Mapping[str, str]:
        """Return the SHA-256 of what was made from the exhibits that are shown, by path."""
        found: dict[str, str] = {}
        for entry in self.entries():
            named = entry.result.get("redacted")
            if isinstance(named, Mapping):
                found.update({name: digest for name, digest in named.items() if isinstance(digest, str)})
        return found

    def _standing(self) -> Iterator[Entry]:
        digest = ZERO
        for number, name in enumerate(self.store.names("ledger"), 1):
            data = self.store.read(name, most=LARGEST_ENTRY)
            if name != entry_name(number):
                raise IntegrityError(f"{name} stands where {entry_name(number)} should")
            hash_ = hidden_digest(data, number=number)
            if hash_ is not None:
                digest = hash_
                continue
            entry = decode(data, where=f"{self.path / name}")
            if entry.previous != digest:
                raise IntegrityError(f"entry {number} of the ledger of {self.path} does not follow the one before it")
            digest = Digest.of(data)
            yield entry

    def _lines(self, acquired: Acquisition) -> Iterator[tuple[Exhibit | None, WithheldLine | None]]:
        erased = self.erased
        with self.store.open(acquired.manifest) as stream:
            for place, line in enumerate(manifest.lines(stream, where=acquired.manifest), 1):
                where = f"{acquired.manifest}, line {place}"
                stands = decode_withheld(line, where=where)
                shown = line if stands is None else stands.copy
                yield None if shown is None else without_erased(manifest.decode_line(shown, where=where), erased), stands

    def _require_manifest(self, acquired: Acquisition) -> None:
        """Check that the lines, and the leaves of those that are not shown, lead to the root that the ledger names."""
        tree = Tree()
        with self.store.open(acquired.manifest) as stream:
            for line in manifest.lines(stream, where=acquired.manifest):
                stands = decode_withheld(line, where=acquired.manifest)
                tree.add_hash(bytes.fromhex((leaf_of(line) if stands is None else stands.leaf).hex))
        if (tree.count, tree.root()) != (acquired.count, acquired.root):
            raise IntegrityError(f"{self.path / acquired.manifest} does not lead to the root that the ledger names")


def analyses(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the acts of analysis among `entries`: the case's own, or, where these are not shown, those of the redacted case."""
    own = tuple(entry for entry in entries if entry.event == "findings:derived")
    return own or tuple(entry for entry in entries if entry.event == DERIVED)


def hidden(entries: Sequence[Entry]) -> frozenset[int]:
    """Return the numbers of the acts that may tell of withheld exhibits: they are not shown.

    Of derivations of redacted cases, all but those that rest on everything that is withheld now.
    """
    newest = max((entry.number for entry in entries if entry.event == WITHHELD), default=0)
    last = {entry.event: entry.number for entry in entries}
    out = {entry.number for entry in entries if entry.event not in _SHOWN}
    out |= {
        entry.number
        for entry in entries
        if entry.event in (DERIVED, REDACTED) and (entry.number < newest or entry.number != last[entry.event])
    }
    stamped = {entry.number for entry in entries if entry.event == "timestamp:received" and entry.object.get("entry") in out}
    return frozenset(out | stamped)


def hidden_entry(entry: Entry) -> bytes:
    """Return the file that stands for an act that is not shown: its number and the SHA-256 of its file."""
    return canonical({"number": entry.number, "withheld": entry.digest.hex})


def hidden_digest(data: bytes, *, number: int) -> Digest | None:
    """Return the SHA-256 of the act that the file `data` stands for; None when it is an act itself."""
    try:
        fields = json.loads(data)
        return Digest(fields["withheld"]) if fields.keys() == {"number", "withheld"} and fields["number"] == number else None
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return None


def stage(folder: Folder, target: Path) -> RedactedCase:
    """Lay out, in the new folder `target`, the case `folder` without what its ledger says is withheld; return it.

    Objects are linked where the disk allows; packs that hold withheld contents are written again without them. Nothing is
    derived yet.
    """
    out = {one.number: one for one in withholdings(folder.entries())}
    (target / "acquisitions").mkdir(parents=True)
    _link(folder.path / CASE_FILE, target / CASE_FILE)
    gone = {str(_object(folder, number)) for number in out}
    kept: dict[str, list[Place]] = {}
    for acquired in folder.manifests():
        with folder.store.open(acquired.manifest) as stream, (target / acquired.manifest).open("xb") as lines:
            for line in manifest.lines(stream, where=acquired.manifest):
                exhibit = manifest.decode_line(line, where=acquired.manifest)
                one = out.get(exhibit.number)
                if one is None:
                    if exhibit.location is not None:
                        place = Place(offset=exhibit.location.offset, length=exhibit.location.length)
                        kept.setdefault(exhibit.location.path, []).append(place)
                    lines.write(line + b"\n")
                    continue
                copy = _copy(folder, exhibit, line, one.places, target) if one.places else None
                lines.write(WithheldLine(number=one.number, leaf=leaf_of(line), entry=one.entry, copy=copy).encode() + b"\n")
    erased = folder.erased
    for name, places in kept.items():
        if not (folder.path / name).exists() and erased:
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if name in gone and name.endswith(".tar"):
            with folder.store.open(name) as source, (target / name).open("xb") as pack:
                write_pack(source, pack, sorted(places, key=lambda place: place.offset))
        elif name not in gone:
            _link(folder.path / name, target / name)
    return RedactedCase(target, folder.case, ledger=folder)


def put_ledger(folder: Folder, target: Path) -> None:
    """Write the ledger of `folder` into the redacted case `target`, files standing for what is not shown; and what others sent about it."""
    whole = folder.entries()
    out = hidden(whole)
    (target / "ledger").mkdir()
    for entry in whole:
        if entry.number in out:
            (target / entry_name(entry.number)).write_bytes(hidden_entry(entry))
        else:
            _link(folder.path / entry_name(entry.number), target / entry_name(entry.number))
            for name in _names(entry.result.get("kept")):
                if not (target / name).exists():
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    _link(folder.path / name, target / name)


def _names(named: object) -> Collection[str]:
    return named.keys() if isinstance(named, Mapping) else ()


def _object(folder: Folder, number: str) -> str | None:
    location = folder.exhibit(number).location
    return None if location is None else location.path


def _copy(folder: Folder, exhibit: Exhibit, line: bytes, places: Sequence[Place], target: Path) -> bytes:
    """Write the copy of `exhibit` with `places` filled below `target`; return its manifest line."""
    filled = joined(places)
    partial = target / f".copy-{exhibit.number}"
    with folder.open_exhibit(exhibit) as source, partial.open("xb") as out:
        digest = fill(source, out, filled)
    name = f"objects/sha256/{digest.hex[:2]}/{digest.hex}"
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    partial.chmod(_READ_ONLY)
    partial.replace(target / name)
    return copy_line(line, object_=name, sha256=digest, salt=manifest.new_salt(), filled=filled)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another disk, or one without hard links
        shutil.copyfile(source, target, follow_symlinks=False)
