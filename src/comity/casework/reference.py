"""Reference data on this machine: what is here, and bringing in newer."""

from collections.abc import Mapping
from pathlib import Path

from comity.reference import example_world, registry
from comity.reference.importing import Labels, read
from comity.reference.snapshot import Snapshot, read_snapshot
from comity.terms.errors import SettingsError


def reference_folder(environment: Mapping[str, str]) -> Path:
    """Return where imported snapshots are kept: $XDG_DATA_HOME/comity/reference, or the same below ~/.local/share.

    Source: XDG Base Directory Specification (a relative XDG_DATA_HOME is to be ignored).
    """
    data = Path(environment.get("XDG_DATA_HOME", ""))
    if data.is_absolute():
        return data / "comity" / "reference"
    home = environment.get("HOME", "")
    if not home:
        msg = "neither XDG_DATA_HOME nor HOME is set, so there is no place for reference data"
        raise SettingsError(msg, remedy="Set XDG_DATA_HOME to a folder of yours.")
    return Path(home) / ".local" / "share" / "comity" / "reference"


def available(folder: Path) -> tuple[Snapshot, ...]:
    """Return the shipped snapshots and those imported into `folder`, example worlds included, by name."""
    return tuple(sorted((*registry.shipped(), *registry.imported(folder)), key=lambda snapshot: (snapshot.name, not snapshot.shipped)))


def in_use(folder: Path, *, example: Path | None = None) -> tuple[Snapshot, ...]:
    """Return the snapshots an investigation rests on: the real ones at hand, and the example world `example` where given.

    `example` is a folder with an example world, or the name of an imported one. Raises ReferenceDataError when it is none.
    """
    here = available(folder)
    if example is None:
        return registry.real(here)
    named = next((snapshot for snapshot in here if snapshot.name == str(example)), None)
    if named is None:
        example_world.read(example)
        named = read_snapshot(example)
    return (*registry.real(here), named)


def import_reference(path: Path, labels: Labels, *, into: Path) -> tuple[Snapshot, bool]:
    """Keep what the file or folder `path` holds as a dated snapshot in `into`; return it, and whether it was new.

    All or nothing; a snapshot that is there already is never changed (see `reference.importing.read` for the forms).
    """
    files, snapshot = read(path, labels)
    return registry.put(files, snapshot, into=into)
