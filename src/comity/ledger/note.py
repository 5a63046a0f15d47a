"""Signed notes: a text and the signatures under it, in the form that public logs and their witnesses use.

Source: C2SP signed-note; tlog-cosignature (Ed25519).
"""

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

_DASH = "\u2014"
_KEY_SIZE = 32
_MOST_SIGNATURES = 64
_LARGEST = 2**16


class KeyKind(IntEnum):
    """What a key signs: a note's text, or that a witness saw it at a time."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """An Ed25519 public key (32 bytes) under a name; ValueError for a name with spaces or "+", or another length."""

    name: str
    kind: KeyKind
    public: bytes

    def __post_init__(self) -> None:
        if not _proper_name(self.name):
            raise ValueError(f"the name of a key has no spaces and no +: {self.name[:80]!r}")
        if len(self.public) != _KEY_SIZE:
            raise ValueError(f"a key has {_KEY_SIZE} bytes, not {len(self.public)}")

    @property
    def identity(self) -> bytes:
        """The four bytes that tell which key signed: of SHA-256 over name, newline, kind and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return the key that `text` (NAME+ID+KEY) is; ValueError when it is none, or the ID is another key's."""
        name, _, rest = text.strip().partition("+")
        identity, _, coded = rest.partition("+")
        material = b64decode(coded, validate=True)
        if not material or material[0] not in tuple(KeyKind):
            raise ValueError(f"not a key of the form NAME+ID+KEY that is known here: {text[:120]!r}")
        key = cls(name=name, kind=KeyKind(material[0]), public=material[1:])
        if key.encode() != text.strip():
            raise ValueError(f"the key of {name[:80]!r} does not have the ID {identity[:40]!r}: it was not copied whole")
        return key

    def encode(self) -> str:
        """Return NAME+ID+KEY: what a person hands on."""
        return f"{self.name}+{self.identity.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature under a note: the key's name, its four bytes, and what the key made."""

    name: str
    identity: bytes
    data: bytes

    def by(self, key: VerifierKey) -> bool:
        """Return whether it is in the name of `key`; whether it holds is another question."""
        return (self.name, self.identity) == (key.name, key.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`text` ends in a newline, which is signed, too."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return the note as a file."""
        lines = (f"{_DASH} {one.name} {b64encode(one.identity + one.data).decode()}\n" for one in self.signatures)
        return f"{self.text}\n{''.join(lines)}".encode()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return the note in `data`; ValueError, in words, for anything else, for another spelling, for more than 64 signatures."""
        if len(data) > _LARGEST:
            raise ValueError(f"a signed note has at most {_LARGEST} bytes, not {len(data)}")
        text, blank, lines = data.decode().rpartition("\n\n")
        signatures = tuple(_signature(line) for line in lines.removesuffix("\n").split("\n"))
        note = cls(text=text + "\n", signatures=signatures)
        if any(character < " " and character != "\n" for character in text):
            raise ValueError("a signed note has no control characters but newlines")
        if not blank or len(signatures) > _MOST_SIGNATURES or note.encode() != data:
            raise ValueError("not a signed note as it is written: a text, an empty line, lines with signatures")
        return note


def cosigned_message(text: str, *, at: int) -> bytes:
    """Return what a witness signs who saw the note `text` at `at` (seconds since 1970)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosignature(signature: bytes, *, at: int) -> bytes:
    """Return the data of a witness's signature: when, then the 64 bytes."""
    return at.to_bytes(8, "big") + signature


def cosigned_at(data: bytes) -> tuple[int, bytes]:
    """Return when (seconds since 1970), and the 64 bytes, of the data of a witness's signature; ValueError for another length."""
    if len(data) != 8 + 64:
        raise ValueError("a cosignature has 72 bytes")
    return int.from_bytes(data[:8], "big"), data[8:]


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != len(("dash", "name", "data")) or parts[0] != _DASH or not _proper_name(parts[1]):
        raise ValueError(f"not the line of a signature: {line[:120]!r}")
    data = b64decode(parts[2], validate=True)
    return Signature(name=parts[1], identity=data[:4], data=data[4:])


def _proper_name(name: str) -> bool:
    return name != "" and name.isprintable() and not any(character.isspace() or character == "+" for character in name)
