"""A case's ledger as a log: signed checkpoints, and the plain files from which anybody can make proofs."""

import os
import shutil
from collections.abc import Sequence

from comity.casework.folder import Folder
from comity.casework.node_key import NodeKey
from comity.ledger import Checkpoint, Entry, KeyKind, Note, VerifierKey, checkpoint_of, kept_files, leaves, tiles
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError

LOG = "log"
"""Folder in the case with the newest checkpoint and its tiles; made again at will."""

COSIGNED = "checkpoint:cosigned"


def holder_key(entries: Sequence[Entry], key: NodeKey) -> VerifierKey:
    """Return what others check this ledger's checkpoints with when `key` signs them."""
    return key.known_as(checkpoint_of(leaves(entries[:1])).origin, KeyKind.NOTE)


def write_log(folder: Folder, entries: Sequence[Entry], note: Note) -> None:
    """Put `note`, a checkpoint over `entries`, and their tiles in the place of what the case's log folder held."""
    place, fresh, old = (folder.path / name for name in (LOG, f".{LOG}.{os.getpid()}", f".{LOG}.old.{os.getpid()}"))
    shutil.rmtree(fresh, ignore_errors=True)
    for name, data in (("checkpoint", note.encode()), *tiles(leaves(entries))):
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def cosigned(folder: Folder, entries: Sequence[Entry], *, least: int) -> tuple[Note, Checkpoint] | None:
    """Return the newest checkpoint over at least the first `least` entries that a witness cosigned; None when there is none."""
    for entry in reversed(entries):
        size, name = entry.object.get("size"), entry.object.get("checkpoint")
        if entry.event == COSIGNED and isinstance(size, int) and size >= least and isinstance(name, str):
            data = folder.store.read(name, most=2**16)
            if kept_files((entry,)).get(name) != Digest.of(data).hex:
                raise IntegrityError(f"{folder.path / name} is not the checkpoint that ledger entry {entry.number} names")
            note = Note.decode(data)
            return note, Checkpoint.decode(note.text)
    return None
