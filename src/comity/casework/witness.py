"""Witnessing another authority's ledger: cosigning its checkpoint, and never one that is not consistent with the last.

What is seen of the ledger is its name, a number and a root. Source: C2SP tlog-witness, add-checkpoint.
"""

import fcntl
import json
import os
import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comity.casework.clock import now
from comity.casework.node_key import NodeKey, node_key, state_home
from comity.ledger import Checkpoint, KeyKind, Note, VerifierKey, roots_of_growth
from comity.terms.canonical import canonical
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError, PeerError, SettingsError
from comity.verify import ed25519_holds

_MOST_PROOF_LINES = 63
_ZERO_SIZE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """What was cosigned: the checkpoint with the signature added, over how many entries, since how many, under which key."""

    note: Note
    checkpoint: Checkpoint
    since: int
    key: VerifierKey
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The last checkpoint of a log that this node cosigned, and the key the log signs with."""

    key: VerifierKey
    size: int
    root: Digest


def witness_key(key: NodeKey, *, name: str | None) -> VerifierKey:
    """Return the key this node cosigns with, under `name`; SettingsError for a name that cannot be one."""
    try:
        return key.known_as(name or f"comity/{key.fingerprint[:16]}", KeyKind.COSIGNATURE)
    except ValueError as error:
        raise SettingsError(str(error), remedy="Give --name such as unit7.example/witness.") from error


def cosign(request: bytes, *, log: VerifierKey | None, name: str | None) -> Cosigned:
    """Return the checkpoint in `request` cosigned, once it is shown to be the growth of the last one cosigned for that log.

    Args:
        request: the old size, the proof of growth and the checkpoint; or a checkpoint alone, for a log never seen before.
        log: the key of the log's holder; needed the first time, remembered then.
        name: the witness's name, one made of the node key's fingerprint when None.

    IntegrityError when the checkpoint contradicts what this node cosigned before: the past was rewritten. PeerError when the
    request is malformed, not signed by the log's key, or the old size is not the one this node signed last. The new state is
    on the disk before the signature is made.
    """
    since, proof, note, checkpoint = _decoded(request)
    own = node_key()
    key = witness_key(own, name=name)
    with _state(checkpoint.origin) as path:
        known = _recall(path)
        holder = _holder(known, log, origin=checkpoint.origin)
        if not any(one.by(holder) and ed25519_holds(holder.public, note.text.encode(), one.data) for one in note.signatures):
            raise PeerError(
                "the checkpoint is not signed by the log's key", remedy="Give --log as the holder told you, over another channel."
            )
        last = _ZERO_SIZE if known is None else known.size
        if since != last:
            raise PeerError(
                f"this node last cosigned {last} entries of that log; the request starts from {since}",
                remedy=f"Ask the holder for: comity checkpoint CASE --since {last} -o REQUEST",
            )
        if known is not None:
            _require_growth(known, checkpoint, proof)
        _remember(path, _Known(key=holder, size=checkpoint.size, root=checkpoint.root), origin=checkpoint.origin)
        at = now()
        note = own.cosign(note, name=key.name, at=int(at.timestamp()))
    return Cosigned(note=note, checkpoint=checkpoint, since=since, key=key, at=at)


def _require_growth(known: _Known, checkpoint: Checkpoint, proof: Sequence[Digest]) -> None:
    rewritten = "Do not cosign. Keep this file: it is signed, and shows that the past of that ledger was rewritten."
    if checkpoint.size < known.size:
        raise IntegrityError(f"this node cosigned {known.size} entries; now there are said to be {checkpoint.size}", remedy=rewritten)
    if checkpoint.size == known.size:
        reached = (checkpoint.root, known.root) if not proof else None
    else:
        try:
            old, new = roots_of_growth(known.root, first=known.size, second=checkpoint.size, proof=proof)
        except ValueError as error:
            raise PeerError(f"the proof of growth is not one: {error}", remedy="Ask the holder for the request again.") from error
        reached = (old, known.root) if new == checkpoint.root else None
    if reached is None or reached[0] != reached[1]:
        raise IntegrityError(
            f"the checkpoint over {checkpoint.size} entries does not grow from the {known.size} that this node cosigned", remedy=rewritten
        )


def _decoded(request: bytes) -> tuple[int, tuple[Digest, ...], Note, Checkpoint]:
    try:
        return _parts(request)
    except ValueError as error:
        raise PeerError(
            f"this is not a checkpoint to cosign: {error}", remedy="Ask the holder for: comity checkpoint CASE -o REQUEST"
        ) from error


def _parts(request: bytes) -> tuple[int, tuple[Digest, ...], Note, Checkpoint]:
    since, proof = 0, tuple[Digest, ...]()
    if request.startswith(b"old "):
        head, _, request = request.partition(b"\n\n")
        first, *lines = head.decode("ascii").split("\n")
        if len(lines) > _MOST_PROOF_LINES or not re.fullmatch("old (0|[1-9][0-9]{0,15})", first):
            raise ValueError("its head is not that of a request to a witness")
        since = int(first.removeprefix("old "))
        proof = tuple(Digest(b64decode(line, validate=True).hex()) for line in lines)
    note = Note.decode(request)
    checkpoint = Checkpoint.decode(note.text)
    if checkpoint.size == 0 or since > checkpoint.size:
        raise ValueError("it is over no entry, or over fewer than it starts from")
    return since, proof, note, checkpoint


def _holder(known: _Known | None, given: VerifierKey | None, *, origin: str) -> VerifierKey:
    if given is not None and given.kind is not KeyKind.NOTE:
        raise SettingsError(f"{given.name} is the key of a witness, not of a log", remedy="Ask the holder for the key of the log.")
    if known is None and given is None:
        raise SettingsError(f"this node never saw the log {origin[:80]}", remedy="Give --log NAME+ID+KEY as its holder told you.")
    if known is not None and given is not None and known.key != given:
        raise SettingsError(f"the log {origin[:80]} was cosigned under another key", remedy="Settle with its holder why the key changed.")
    key = given if known is None else known.key
    if key is None:
        raise SettingsError("no key of the log is known")
    return key


@contextmanager
def _state(origin: str) -> Iterator[Path]:
    """Hold this node's memory as a witness, and yield where what it knows of `origin` is kept."""
    place = state_home() / "witness"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(place / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(f"{place} cannot be written: {error.strerror}", remedy="Make it writable; a witness must remember.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # checking and remembering are one act
        yield place / f"{Digest.of(origin.encode())}.json"
    finally:
        os.close(descriptor)


def _recall(path: Path) -> _Known | None:
    try:
        fields = json.loads(path.read_bytes())
        return _Known(key=VerifierKey.decode(fields["key"]), size=int(fields["size"]), root=Digest(fields["root"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(
            f"{path} is not what a witness remembers: {error}", remedy="Restore it; without it nothing is cosigned."
        ) from error


def _remember(path: Path, known: _Known, *, origin: str) -> None:
    data = canonical({"origin": origin, "key": known.key.encode(), "size": known.size, "root": known.root.hex})
    draft = path.with_suffix(".draft")
    with draft.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
