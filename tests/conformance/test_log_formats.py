"""Signed notes, checkpoints, cosignatures and tiles: the examples of the C2SP specifications themselves, and their counts."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from comity.ledger import Checkpoint, KeyKind, Note, Tree, VerifierKey, tiles
from comity.ledger.note import cosigned_at, cosigned_message
from comity.verify import ed25519_holds

# c2sp.org/tlog-cosignature: a checkpoint signed by its log and cosigned by a witness
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
# The key of the Go checksum database, which the whole Go ecosystem carries in this form.
GO_SUM = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
# The signed note in the documentation of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


def test_the_example_of_the_specification_is_read_and_written_alike():
    note = Note.decode(EXAMPLE.encode())
    assert note.encode() == EXAMPLE.encode()
    checkpoint = Checkpoint.decode(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == note.text
    at, signature = cosigned_at(note.signatures[1].data)
    assert at == 1679315147
    assert len(signature) == 64
    # the message that tlog-cosignature prints
    assert cosigned_message(note.text, at=at).decode() == "cosignature/v1\ntime 1679315147\n" + note.text


def test_a_known_key_is_read_and_its_id_is_its_own():
    key = VerifierKey.decode(GO_SUM)
    assert key.kind is KeyKind.NOTE
    assert key.identity.hex() == "033de0ae"
    assert key.encode() == GO_SUM
    # the example above names the same four bytes, under another name: it is not by this key
    assert Note.decode(EXAMPLE.encode()).signatures[0].identity == key.identity
    assert not Note.decode(EXAMPLE.encode()).signatures[0].by(key)


def test_a_known_note_is_read_and_its_signature_holds():
    key, note = VerifierKey.decode(PETER), Note.decode(PETER_NOTE.encode())
    (signature,) = note.signatures
    assert signature.by(key)
    Ed25519PublicKey.from_public_bytes(key.public).verify(signature.data, note.text.encode())
    assert ed25519_holds(key.public, note.text.encode(), signature.data)


@pytest.mark.parametrize(
    "text",
    [GO_SUM.replace("033de0ae", "033de0af"), GO_SUM.replace("sum.", "bum."), GO_SUM[:-4], "x", "", "a b+033de0ae+AAAA", GO_SUM + "="],
)
def test_a_key_not_copied_whole_is_refused(text: str):
    with pytest.raises(ValueError, match=r"\S"):
        VerifierKey.decode(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n\n", "\n"),
        ("\u2014 ", "- "),
        ("==\n", "==\n\n"),
        ("==\n", "=="),
        ("\u2014 example.com/behind-the-sofa", "\u2014 a b"),
        ("Az3g", "A z3g"),
        ("behind-the-sofa\n", "behind-the\x1b[2Jsofa\n"),
        ("qnA==", "qnB=="),
    ],
)
def test_other_spellings_of_a_note_are_refused(old: str, new: str):
    with pytest.raises(ValueError, match=r"\S"):
        Note.decode(EXAMPLE.replace(old, new).encode())


@pytest.mark.parametrize(
    ("old", "new"), [("20852163", "020852163"), ("20852163", "-1"), ("20852163\n", "20852163\next\n"), ("q2I=", "q2J=")]
)
def test_other_spellings_of_a_checkpoint_are_refused(old: str, new: str):
    text = Note.decode(EXAMPLE.encode()).text
    if new.endswith("ext\n"):
        text += "an extension\n"
    else:
        text = text.replace(old, new)
    with pytest.raises(ValueError, match=r"\S"):
        Checkpoint.decode(text)


def test_a_tree_of_seventy_thousand_is_cut_as_the_specification_counts():
    log = [number.to_bytes(32, "big") for number in range(70_000)]
    found = dict(tiles(log))
    kinds = {kind: [name for name in found if name.startswith(f"tile/{kind}/")] for kind in ("0", "1", "2", "3", "entries")}
    assert {kind: len(names) for kind, names in kinds.items()} == {"0": 274, "1": 2, "2": 1, "3": 0, "entries": 274}
    assert len(found["tile/0/000"]) == 8192
    assert len(found["tile/0/273.p/112"]) == 112 * 32
    assert len(found["tile/1/001.p/17"]) == 17 * 32
    assert len(found["tile/2/000.p/1"]) == 32
    first = Tree()
    first.extend(log[: 256 * 256])
    assert found["tile/2/000.p/1"].hex() == first.root().hex
    assert found["tile/entries/273.p/112"][:34] == b"\x00\x20" + log[273 * 256]
    assert found["tile/0/273.p/112"][-32:] == hashlib.sha256(b"\0" + log[-1]).digest()


def test_a_full_tile_has_one_above():
    assert [name for name, _ in tiles([bytes(32)] * 256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]


def test_the_names_of_large_tiles_are_those_of_the_specification():
    from comity.ledger.tiles import _path  # noqa: PLC0415  a log of 1234067 * 256 entries does not fit a test

    assert _path(1234067) == "x001/x234/067"
    assert _path(0) == "000"
    assert _path(1000) == "x001/000"
