"""The law corpus as bytes: the pure room `law` reads no files, so they are handed to it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import comity.law
from comity.reference import registry
from comity.reference.snapshot import Kind, Snapshot
from comity.terms.errors import ReferenceDataError

PARTIES = "ets-185-parties.csv"


def law_files(snapshots: Iterable[Snapshot] = ()) -> Mapping[str, bytes]:
    """Return the TOML and CSV files of the law corpus by name.

    The list of parties to ETS 185 is the one with the latest day among `snapshots`, or the shipped one when there is none.
    """
    texts = Path(comity.law.__file__).parent / "texts"
    files = {path.name: path.read_bytes() for path in sorted(texts.iterdir()) if path.suffix in {".toml", ".csv"}}
    latest = _latest(snapshots) or _latest(registry.shipped())
    if latest is None:
        raise ReferenceDataError("no list of the parties to ETS 185 is at hand")
    files[PARTIES] = latest.verified().files[0].read_bytes()
    if not latest.shipped:
        files[f"{PARTIES}.dated"] = latest.last.isoformat().encode()  # so that answers say of when the imported list is
    return files


def _latest(snapshots: Iterable[Snapshot]) -> Snapshot | None:
    parties = [snapshot for snapshot in snapshots if snapshot.kind is Kind.PARTIES]
    return max(parties, key=lambda snapshot: (snapshot.last, snapshot.name), default=None)
