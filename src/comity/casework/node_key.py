"""The node's key: signs the heads of ledgers, made on first use, never leaves its file."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from comity.ledger import Checkpoint, KeyKind, Note, Signature, VerifierKey
from comity.ledger.note import cosignature, cosigned_message
from comity.terms.digest import Digest
from comity.terms.errors import SettingsError

_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_LARGEST = 4096


@dataclass(frozen=True, slots=True, repr=False)
class NodeKey:
    """An Ed25519 key pair. The private part is in no text this object makes. Source: RFC 8032."""

    _private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key in hex: what two people compare over the telephone."""
        return Digest.of(self.public).hex

    def known_as(self, name: str, kind: KeyKind) -> VerifierKey:
        """Return what others check this key's signatures with; ValueError for a name with spaces or "+"."""
        return VerifierKey(name=name, kind=kind, public=self.public)

    def sign(self, checkpoint: Checkpoint) -> Note:
        """Return `checkpoint` signed under its own name: this is how far the ledger kept here came."""
        key = self.known_as(checkpoint.origin, KeyKind.NOTE)
        made = Signature(name=key.name, identity=key.identity, data=self._private.sign(checkpoint.text.encode()))
        return Note(text=checkpoint.text, signatures=(made,))

    def cosign(self, note: Note, *, name: str, at: int) -> Note:
        """Return the checkpoint `note`, cosigned by this node as the witness `name` at `at` (seconds since 1970)."""
        key = self.known_as(name, KeyKind.COSIGNATURE)
        signature = self._private.sign(cosigned_message(note.text, at=at))
        made = Signature(name=name, identity=key.identity, data=cosignature(signature, at=at))
        return Note(text=note.text, signatures=(*note.signatures, made))


def node_key() -> NodeKey:
    """Return this node's key from $XDG_DATA_HOME/comity/node.key, made there on first use (0600, its folder 0700).

    SettingsError when the file or its folder is open to others, belongs to another user, or is no Ed25519 key.
    """
    path = data_home() / "node.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
    if not path.exists():
        _make(path)
    return _load(path)


def data_home() -> Path:
    """Return the folder of this node's own data; it need not exist."""
    return _xdg("XDG_DATA_HOME", ".local/share")


def state_home() -> Path:
    """Return the folder of what this node remembers; it need not exist."""
    return _xdg("XDG_STATE_HOME", ".local/state")


def _xdg(variable: str, default: str) -> Path:
    given = Path(os.environ.get(variable, ""))
    # the XDG specification says to ignore a relative path
    return (given if given.is_absolute() else Path.home() / default) / "comity"


def _make(path: Path) -> None:
    """Write a new key under a name of its own, then give it its name unless another run was faster."""
    data = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f"node.key.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE_FILE)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other run's key is as good
    finally:
        draft.unlink()


def _load(path: Path) -> NodeKey:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        for status, what, mode in ((os.fstat(descriptor), path, _PRIVATE_FILE), (path.parent.stat(), path.parent, _PRIVATE_FOLDER)):
            if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
                raise SettingsError(
                    f"{what} is open to others than its owner, so the key in it may be known to them",
                    remedy=f"If nobody else can have read it: chmod {mode:o} {what}. Otherwise move it away and seal again with a new key.",
                )
        data = os.read(descriptor, _LARGEST)
    finally:
        os.close(descriptor)
    try:
        private = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{path} is not a private key", remedy="Move it away; a new key is made at the next seal.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SettingsError(f"{path} is not an Ed25519 key", remedy="Move it away; a new key is made at the next seal.")
    return NodeKey(private)
