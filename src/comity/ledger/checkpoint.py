"""Checkpoints: how far a ledger came, and the root over its entries, as public logs and witnesses write it.

The log of a ledger has one entry per ledger entry: the SHA-256 of its file, 32 bytes. Each file holds 128 random bits, so
neither a root nor such a digest lets anybody find out what the file says. The log's name is that of its beginning: the
digest of the first entry.

Source: C2SP tlog-checkpoint; RFC 9162, 2.1.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from comity.ledger.entry import Entry
from comity.ledger.merkle import Tree
from comity.terms.digest import Digest

_SIZE = re.compile("0|[1-9][0-9]{0,15}")
_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log `origin` has `size` entries, of Merkle root `root`."""

    origin: str
    size: int
    root: Digest

    @property
    def text(self) -> str:
        """The text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(bytes.fromhex(self.root.hex)).decode()}\n"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return the checkpoint that `text` is; ValueError for anything else, lines of extensions included."""
        lines = text.split("\n")
        if len(lines) != _LINES + 1 or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise ValueError("not a checkpoint: origin, size and root, a line each")
        checkpoint = cls(origin=lines[0], size=int(lines[1]), root=Digest(b64decode(lines[2], validate=True).hex()))
        if checkpoint.text != text:
            raise ValueError("not a checkpoint as it is written")
        return checkpoint


def leaves(entries: Iterable[Entry]) -> tuple[bytes, ...]:
    """Return the entries of a ledger's log: the 32 bytes of each entry's digest."""
    return tuple(bytes.fromhex(entry.digest.hex) for entry in entries)


def checkpoint_of(log: Sequence[bytes]) -> Checkpoint:
    """Return the checkpoint over `log`, the `leaves` of a ledger; ValueError for an empty one."""
    if not log:
        raise ValueError("a ledger without entries has no checkpoint")
    tree = Tree()
    tree.extend(log)
    return Checkpoint(origin=f"comity/{log[0].hex()}", size=len(log), root=tree.root())
