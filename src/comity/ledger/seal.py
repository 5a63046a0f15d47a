"""Seals: what is signed when a case leaves the house."""

from dataclasses import dataclass
from datetime import datetime

from comity.terms.canonical import canonical
from comity.terms.digest import Digest
from comity.terms.instant import format_instant

FORMAT = "comity-seal-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a seal says: at `at`, case `case` had `count` entries, the newest of digest `head`."""

    case: str
    count: int
    head: Digest
    at: datetime

    def encode(self) -> bytes:
        """Return the bytes that are signed: canonical JSON of `format` and the four facts."""
        return canonical({"format": FORMAT, "case": self.case, "count": self.count, "head": self.head.hex, "at": format_instant(self.at)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A statement with its Ed25519 signature (64 bytes) and the public key (32 bytes) that checks it. Source: RFC 8032."""

    statement: Statement
    public_key: bytes
    signature: bytes

    def encode(self) -> bytes:
        """Return seal.json: canonical JSON of the signed text (as a string, exactly as signed), key and signature in hex."""
        return canonical(
            {
                "algorithm": "Ed25519",
                "signed": self.statement.encode().decode(),
                "public_key": self.public_key.hex(),
                "signature": self.signature.hex(),
            }
        )
