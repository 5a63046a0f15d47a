"""The node's key: made once, for its owner alone."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from comity.casework.node_key import node_key
from comity.ledger import Checkpoint, KeyKind
from comity.ledger.note import cosigned_at
from comity.terms.digest import ZERO
from comity.terms.errors import SettingsError
from comity.verify import ed25519_holds


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "comity"


def test_it_is_made_on_first_use_and_stays(home: Path):
    first = node_key()
    assert node_key().public == first.public
    assert stat.S_IMODE((home / "node.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert [p.name for p in home.iterdir()] == ["node.key"]


def test_its_seal_holds(home: Path):
    key, checkpoint = node_key(), Checkpoint(origin="comity/x", size=1, root=ZERO)
    (signature,) = key.sign(checkpoint).signatures
    assert signature.by(key.known_as("comity/x", KeyKind.NOTE))
    assert ed25519_holds(key.public, checkpoint.text.encode(), signature.data)


def test_its_cosignature_holds_and_states_its_time(home: Path):
    key = node_key()
    note = key.sign(Checkpoint(origin="comity/x", size=1, root=ZERO))
    signature = key.cosign(note, name="unit7.example/witness", at=1679315147).signatures[-1]
    assert signature.by(key.known_as("unit7.example/witness", KeyKind.COSIGNATURE))
    at, made = cosigned_at(signature.data)
    assert at == 1679315147
    assert ed25519_holds(key.public, b"cosignature/v1\ntime 1679315147\n" + note.text.encode(), made)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_open_to_others_is_refused(home: Path, mode: int):
    node_key()
    (home / "node.key").chmod(mode)
    with pytest.raises(SettingsError, match="open to others") as refused:
        node_key()
    assert "chmod 600" in refused.value.remedy


def test_a_folder_open_to_others_is_refused(home: Path):
    node_key()
    home.chmod(0o755)
    with pytest.raises(SettingsError, match="open to others"):
        node_key()


def test_what_is_no_ed25519_key_is_refused(home: Path):
    home.mkdir(mode=0o700)
    path = home / "node.key"
    path.write_bytes(b"not a key")
    path.chmod(0o600)
    with pytest.raises(SettingsError, match="not a private key"):
        node_key()
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(other)
    with pytest.raises(SettingsError, match="not an Ed25519"):
        node_key()


def test_its_text_does_not_show_it(home: Path):
    secret = (home / "node.key").read_text() if (home / "node.key").exists() else ""
    key = node_key()
    secret = (home / "node.key").read_text().splitlines()[1]
    assert secret not in repr(key)
    assert secret not in str(key)
