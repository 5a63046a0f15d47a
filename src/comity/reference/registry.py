"""The snapshots at hand: those shipped with the program and those imported on this machine."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from comity.reference.snapshot import DESCRIPTION, Snapshot, World, description, digest_of_listing, read_snapshot
from comity.terms.errors import ReferenceDataError

SHIPPED = Path(__file__).parent / "data"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


def shipped() -> tuple[Snapshot, ...]:
    """Return the snapshots that came with the program, by name."""
    return _in_folder(SHIPPED, shipped=True)


def imported(folder: Path) -> tuple[Snapshot, ...]:
    """Return the snapshots imported into `folder`, by name; none when it does not exist."""
    return _in_folder(folder, shipped=False) if folder.is_dir() else ()


def real(snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """Return those of `snapshots` that state facts: an example world is used only where it is named."""
    return tuple(snapshot for snapshot in snapshots if snapshot.world is World.REAL)


def put(files: Mapping[str, bytes], snapshot: Snapshot, *, into: Path) -> tuple[Snapshot, bool]:
    """Store `files` (name to bytes) under `into` as `snapshot` and return it, with whether it was new.

    Put if absent, whole or not at all: a snapshot that is there already with the same data is left alone; one of the
    same name with other data, or a name that is not lower-case letters, digits, "." and "-", is a ReferenceDataError.
    """
    if not _NAME.fullmatch(snapshot.name):
        msg = f"{snapshot.name!r} cannot name a snapshot"
        raise ReferenceDataError(msg, remedy="Give --name in lower-case letters, digits, points and hyphens.")
    digest = digest_of_listing([(hashlib.sha256(data).hexdigest(), name) for name, data in files.items()])
    target = into / snapshot.name
    stored = replace(snapshot, sha256=digest, folder=target)
    into.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=".importing-", dir=into))
    try:
        for name, data in {**files, DESCRIPTION: description(stored).encode()}.items():
            with (workplace / name).open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
        workplace.chmod(0o755)
        try:
            # renaming a folder onto one that holds something fails, so two imports cannot mix
            workplace.rename(target)
        except OSError:
            return _already_there(stored, target), False
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return stored, True


def _already_there(stored: Snapshot, target: Path) -> Snapshot:
    present = read_snapshot(target)
    if present.sha256 != stored.sha256:
        msg = f"snapshot {stored.name} is there already with other data (SHA-256 {present.sha256[:16]}…)"
        raise ReferenceDataError(msg, remedy="A dated snapshot is never overwritten: import under another --name, or remove its folder.")
    return present


def _in_folder(folder: Path, *, shipped: bool) -> tuple[Snapshot, ...]:
    found = sorted(path.parent for path in folder.glob(f"*/{DESCRIPTION}") if not path.parent.name.startswith("."))
    return tuple(read_snapshot(path, shipped=shipped) for path in found)
