"""The law corpus as bytes: the pure room `law` reads no files, so they are handed to it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import comity.law
from comity.reference.snapshot import Kind, Snapshot

PARTIES = "ets-185-parties.csv"


def law_files(snapshots: Iterable[Snapshot] = ()) -> Mapping[str, bytes]:
    """Return the TOML and CSV files of the law corpus by name.

    A newer list of parties among `snapshots` stands in for the shipped one; of several, the one with the latest day.
    """
    texts = Path(comity.law.__file__).parent / "texts"
    files = {path.name: path.read_bytes() for path in sorted(texts.iterdir()) if path.suffix in {".toml", ".csv"}}
    parties = sorted(
        (snapshot for snapshot in snapshots if snapshot.kind is Kind.PARTIES), key=lambda snapshot: (snapshot.last, snapshot.name)
    )
    if parties:
        files[PARTIES] = parties[-1].verified().files[0].read_bytes()
        files[f"{PARTIES}.dated"] = parties[-1].last.isoformat().encode()  # so that answers say of when the imported list is
    return files
