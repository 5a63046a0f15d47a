"""Checkpoints of a case: signed here, sent to witnesses, and taken in when a witness has cosigned.

What leaves is the name of the log (a digest), a number and a root. Source: C2SP tlog-witness (the request), tlog-cosignature.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from comity.casework.folder import Folder
from comity.casework.log import COSIGNED, LOG, cosigned, holder_key, write_log
from comity.casework.node_key import node_key
from comity.casework.open_case import Actor
from comity.casework.outgoing import read_small, require_free, write_new
from comity.ledger import Checkpoint, KeyKind, Note, VerifierKey, checkpoint_of, consistency_proof, leaves
from comity.ledger.note import cosigned_at, cosigned_message
from comity.terms.digest import Digest
from comity.terms.errors import PeerError, SettingsError, StateError
from comity.terms.instant import format_instant
from comity.verify import ed25519_holds

SIGNED = "checkpoint:signed"
LARGEST_NOTE = 2**16
_LARGEST_TIME = 2**37


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed checkpoint: entries, root, the key others check it with, and since which size growth is shown (0: from nothing)."""

    size: int
    root: Digest
    key: VerifierKey
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A cosignature that was taken in: over how many entries, by which key, when by the witness's clock, in which ledger entry."""

    size: int
    key: VerifierKey
    at: datetime
    entry: int


def sign_checkpoint(folder: Folder, *, output: Path | None, since: int | None) -> Signed:
    """Sign how far the ledger is, write it and its tiles into the case, and the request for a witness to `output`.

    `since` is the size the witness signed last, 0 when it never did; None takes the newest that the ledger knows of.
    StateError when `output` exists, or `since` is no size this ledger had.
    """
    if output is not None:
        require_free(output)
    key = node_key()
    with folder.locked("comity checkpoint"):
        entries = folder.entries()
        if since is None:
            known = cosigned(folder, entries, least=1)
            since = 0 if known is None else known[1].size
        if not 0 <= since <= len(entries):
            raise StateError(f"this ledger never had {since} entries", remedy="Give --since the number that the witness signed last.")
        named = holder_key(entries, key)
        Actor(folder)(
            SIGNED, authorization=None, object={"for": None if output is None else output.name}, result={"log_key": named.encode()}
        )
        entries = folder.entries()
        log = leaves(entries)
        checkpoint = checkpoint_of(log)
        note = key.sign(checkpoint)
        write_log(folder, entries, note)
    if output is not None:
        write_new(output, _request(note, log, since=since))
    return Signed(size=checkpoint.size, root=checkpoint.root, key=named, since=since)


def take_cosigned(folder: Folder, file: Path, *, witness: VerifierKey) -> Witnessed:
    """Verify that `file` is a checkpoint of this ledger cosigned by `witness`, keep it, and enter it in the ledger.

    The file is the checkpoint with the cosignature added, or the lines of cosignatures alone (then they are under the newest
    checkpoint in the case). PeerError when it is not of this ledger, or the signature is not the witness's.
    """
    if witness.kind is not KeyKind.COSIGNATURE:
        raise SettingsError(f"{witness.name} is not the key of a witness", remedy="Ask the witness for the key it cosigns with.")
    data = read_small(file, most=LARGEST_NOTE)
    with folder.locked("comity checkpoint"):
        if data.startswith("\u2014 ".encode()):
            data = folder.store.read(f"{LOG}/checkpoint", most=LARGEST_NOTE) + data
        entries = folder.entries()
        note, checkpoint = _decoded(data, where=file)
        log = leaves(entries)
        if not 0 < checkpoint.size <= len(log) or checkpoint_of(log[: checkpoint.size]) != checkpoint:
            raise PeerError(f"{file} is not a checkpoint of this ledger", remedy="Name the file that came back for this case.")
        holder = holder_key(entries, node_key())
        if not any(one.by(holder) and ed25519_holds(holder.public, note.text.encode(), one.data) for one in note.signatures):
            raise PeerError(f"{file} does not carry this node's signature", remedy="Name the file that came back for this case.")
        at = _witnessed_at(note, witness, where=file)
        digest = Digest.of(data)
        name = f"kept/{digest}.checkpoint"
        folder.store.put_if_absent(name, data)
        entry = Actor(folder)(
            COSIGNED,
            authorization=None,
            object={"checkpoint": name, "size": checkpoint.size, "root": checkpoint.root.hex},
            result={"witness_key": witness.encode(), "cosigned_at": format_instant(at), "kept": {name: digest.hex}},
        )
    return Witnessed(size=checkpoint.size, key=witness, at=at, entry=entry.number)


def _request(note: Note, log: Sequence[bytes], *, since: int) -> bytes:
    """Return what a witness is sent: the old size, the proof of growth, the checkpoint."""
    proof = consistency_proof(log, first=since) if since else ()
    lines = [f"old {since}", *(b64encode(bytes.fromhex(digest.hex)).decode() for digest in proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + note.encode()


def _decoded(data: bytes, *, where: Path) -> tuple[Note, Checkpoint]:
    try:
        note = Note.decode(data)
        return note, Checkpoint.decode(note.text)
    except ValueError as error:
        raise PeerError(f"{where} is not a signed checkpoint: {error}", remedy="Name the file as the witness sent it.") from error


def _witnessed_at(note: Note, witness: VerifierKey, *, where: Path) -> datetime:
    made = [signature for signature in note.signatures if signature.by(witness)]
    if not made:
        raise PeerError(f"{where} carries no signature of {witness.name}", remedy="Give the key that belongs to this witness.")
    for signature in made:
        try:
            at, data = cosigned_at(signature.data)
        except ValueError as error:
            raise PeerError(f"{where}: {error}", remedy="Ask the witness again.") from error
        if at > _LARGEST_TIME or not ed25519_holds(witness.public, cosigned_message(note.text, at=at), data):
            raise PeerError(f"{where}: a signature in the name of {witness.name} is not by its key", remedy="Ask the witness again.")
    return datetime.fromtimestamp(at, tz=UTC)
