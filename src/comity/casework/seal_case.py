"""Sealing: the last entry, the signature over the head, the bundle."""

import os
from dataclasses import dataclass
from pathlib import Path

from comity.casework.clock import now
from comity.casework.derive import FINDINGS
from comity.casework.folder import Folder
from comity.casework.node_key import node_key
from comity.casework.open_case import Actor
from comity.casework.progress import Progress
from comity.casework.write_report import REPORTED
from comity.exchange.bundle import write
from comity.ledger import KeyKind, checkpoint_of, current_files, leaves
from comity.terms.errors import StateError

SEALED = "bundle:sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What was sealed: number of entries, digest of the newest, fingerprint of the key, size of the bundle in bytes."""

    entries: int
    head: str
    fingerprint: str
    bytes: int


def seal_case(folder: Folder, *, output: Path, originals: bool, heuristics: bool = True, progress: Progress) -> Sealed:
    """Enter the sealing, sign the ledger's head with the node's key, and write the bundle to `output`.

    Without `originals` only their manifests go in. Without `heuristics` it must be so that findings and report have none.
    StateError when it is not, when `output` exists or nothing was acquired.
    """
    if output.exists():
        raise StateError(f"{output} exists already", remedy="Name a new file; a bundle is never overwritten.")
    if not output.resolve().parent.is_dir():
        raise StateError(f"there is no folder {output.resolve().parent}", remedy="Make it first.")
    if output.resolve().is_relative_to(folder.path):
        raise StateError(f"{output} lies inside the case", remedy="Write the bundle outside the case folder.")
    if not folder.manifests():
        raise StateError("nothing was acquired in this case yet", remedy="Run `comity investigate` first.")
    if not heuristics:
        _require_none(folder)
    key = node_key()
    with folder.locked("comity seal"):
        at = now()
        opened = checkpoint_of(leaves(folder.entries()))
        entry = Actor(folder)(
            SEALED,
            authorization=None,
            object={"bundle": os.fsencode(output.name).decode("utf-8", errors="backslashreplace"), "originals": originals},
            result={"key": key.fingerprint, "log_key": key.known_as(opened.origin, KeyKind.NOTE).encode()},
            at=at,
        )
        entries = folder.entries()
        checkpoint = key.sign(checkpoint_of(leaves(entries)))
        size = sum((folder.path / name).stat().st_size for name in current_files(entries) if (folder.path / name).exists())
        progress.begin("Sealing", total=size + (sum(one.size for one in folder.manifests()) if originals else 0), unit="bytes")
        bundle = write(output, case=folder.path, entries=entries, checkpoint=checkpoint, originals=originals, progress=progress.advance)
        progress.end()
    return Sealed(entries=len(entries), head=entry.digest.hex, fingerprint=key.fingerprint, bytes=bundle.size)


def _require_none(folder: Folder) -> None:
    """Raise StateError unless the last analysis and the last report left heuristic findings out."""
    last = {entry.event: entry for entry in folder.entries() if entry.event in (FINDINGS, REPORTED)}
    for event, what in ((FINDINGS, "findings"), (REPORTED, "report")):
        if event not in last or last[event].object.get("heuristics") is not False:
            raise StateError(
                f"the {what} of this case were made with heuristics",
                remedy="Give the same `comity investigate FOLDER --case DIR` again with --no-heuristics, then seal.",
            )
