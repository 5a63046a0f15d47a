"""Proofs that leave the house: one exhibit, or the growth of a ledger, shown under a signed checkpoint and nothing else shown.

What stands beside the way in a Merkle tree are digests of manifest lines and entries, each of which holds 128 random bits:
whoever has the digest cannot find by guessing what it is the digest of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.ledger.note import Note, VerifierKey
from comity.terms.canonical import canonical
from comity.terms.digest import Digest

EXHIBIT_PROOF = "comity-exhibit-proof-1"
GROWTH_PROOF = "comity-growth-proof-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitProof:
    """The manifest line `line`, `line_index` (from 0) of its acquisition; the ledger entry's bytes; the ways up from both.

    `checkpoint` is over a ledger that holds the entry; `log_key` is the key of who keeps it.
    """

    line: bytes
    line_index: int
    line_path: Sequence[Digest]
    entry: bytes
    path: Sequence[Digest]
    checkpoint: Note
    log_key: VerifierKey

    def encode(self) -> bytes:
        """Return the proof as a file: one JSON object."""
        return canonical(
            {
                "format": EXHIBIT_PROOF,
                "line": self.line.decode(),
                "line_index": self.line_index,
                "line_path": [digest.hex for digest in self.line_path],
                "entry": self.entry.decode(),
                "path": [digest.hex for digest in self.path],
                "checkpoint": self.checkpoint.encode().decode(),
                "log_key": self.log_key.encode(),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthProof:
    """The ledger of `checkpoint` begins with the `size` entries of root `root`; `path` shows it."""

    size: int
    root: Digest
    path: Sequence[Digest]
    checkpoint: Note
    log_key: VerifierKey

    def encode(self) -> bytes:
        """Return the proof as a file: one JSON object."""
        return canonical(
            {
                "format": GROWTH_PROOF,
                "size": self.size,
                "root": self.root.hex,
                "path": [digest.hex for digest in self.path],
                "line_path": [],
                "checkpoint": self.checkpoint.encode().decode(),
                "log_key": self.log_key.encode(),
            }
        )
