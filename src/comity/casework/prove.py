"""Proofs for others: one exhibit without the rest of the case, or that the ledger grew from what somebody holds."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from comity.casework.folder import Folder
from comity.casework.log import cosigned, holder_key
from comity.casework.node_key import node_key
from comity.casework.open_case import Actor
from comity.casework.outgoing import require_free, write_new
from comity.evidence import manifest
from comity.evidence.acquisition import ACQUIRED, Acquisition
from comity.ledger import (
    Entry,
    ExhibitProof,
    GrowthProof,
    Note,
    VerifierKey,
    checkpoint_of,
    consistency_proof,
    encode,
    inclusion_proof,
    leaves,
)
from comity.terms.errors import IntegrityError, StateError

PROVED = "proof:made"


def prove_exhibit(folder: Folder, *, number: str, output: Path) -> ExhibitProof:
    """Write to `output` that exhibit `number` was acquired in this case, and return the proof; enter that it was made.

    It shows the exhibit's manifest line, the entry of its acquisition (source, counts, times, who) and a checkpoint: the
    newest one that a witness cosigned, where one is over that entry, else one signed now. Of other exhibits and entries it
    has digests that tell nothing. StateError when there is no such exhibit, or `output` exists.
    """
    require_free(output)
    place = _place(folder, number)
    key = node_key()
    with folder.locked("comity prove"):
        _, acquired, index = place
        named = _enter(folder, {"exhibit": number, "file": output.name}, key=holder_key(folder.entries(), key))
        entries = folder.entries()
        entry = _entry_of(entries, acquired)
        note, size = _checkpoint(folder, entries, entry.number)
    proof = ExhibitProof(
        line=next(line for at, line in enumerate(_lines(folder, acquired)) if at == index),
        line_index=index,
        line_path=inclusion_proof(_lines(folder, acquired), index=index),
        entry=encode(entry),
        path=inclusion_proof(leaves(entries[:size]), index=entry.number - 1),
        checkpoint=note,
        log_key=named,
    )
    write_new(output, proof.encode())
    return proof


def prove_growth(folder: Folder, *, since: int, output: Path) -> GrowthProof:
    """Write to `output` that the ledger, as it is now, begins with the `since` entries it had; return the proof; enter it.

    StateError when the ledger never had so many, or `output` exists.
    """
    require_free(output)
    key = node_key()
    with folder.locked("comity prove"):
        if not 0 < since <= len(folder.entries()):
            raise StateError(f"this ledger never had {since} entries", remedy="Give the number in the checkpoint that the reader holds.")
        named = _enter(folder, {"since": since, "file": output.name}, key=holder_key(folder.entries(), key))
        log = leaves(folder.entries())
        note = key.sign(checkpoint_of(log))
    proof = GrowthProof(
        size=since, root=checkpoint_of(log[:since]).root, path=consistency_proof(log, first=since), checkpoint=note, log_key=named
    )
    write_new(output, proof.encode())
    return proof


def _enter(folder: Folder, about: dict[str, str | int], *, key: VerifierKey) -> VerifierKey:
    Actor(folder)(PROVED, authorization=None, object=about, result={"log_key": key.encode()})
    return key


def _place(folder: Folder, number: str) -> tuple[str, Acquisition, int]:
    """Return the exhibit's number, its acquisition and its place (from 0) there."""
    wanted = int(number) if number.isascii() and number.isdecimal() else 0
    for acquired in folder.manifests():
        if acquired.first <= wanted < acquired.first + acquired.count:
            return number, acquired, wanted - acquired.first
    what = "inside another exhibit; prove the one it came from" if "." in number else "not in this case"
    raise StateError(f"exhibit {number[:40]} is {what}", remedy="`comity report` lists the exhibits.")


def _lines(folder: Folder, acquired: Acquisition) -> Iterator[bytes]:
    with folder.store.open(acquired.manifest) as stream:
        yield from manifest.lines(stream, where=acquired.manifest)


def _entry_of(entries: Sequence[Entry], acquired: Acquisition) -> Entry:
    for entry in entries:
        if entry.event == ACQUIRED and entry.object.get("acquisition") == acquired.number:
            return entry
    raise IntegrityError(f"the ledger does not have the end of acquisition {acquired.number}")


def _checkpoint(folder: Folder, entries: Sequence[Entry], least: int) -> tuple[Note, int]:
    witnessed = cosigned(folder, entries, least=least)
    if witnessed is not None:
        return witnessed[0], witnessed[1].size
    return node_key().sign(checkpoint_of(leaves(entries))), len(entries)
