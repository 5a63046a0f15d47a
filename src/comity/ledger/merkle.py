"""Merkle trees: one digest over many leaves, and short proofs that a leaf is among them.

Source: RFC 9162, 2.1 (SHA-256; leaf and node hashes are told apart by a first byte of 0 or 1).
"""

import hashlib
from collections.abc import Iterable, Sequence

from comity.terms.digest import Digest


class Tree:
    """A Merkle tree that grows by one leaf at a time and keeps one digest per level: memory is logarithmic."""

    __slots__ = ("_peaks", "count")

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[bytes] = []  # roots of the complete subtrees, largest first

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add `leaves` (their bytes, not their digests) at the end."""
        sha256, peaks, count = hashlib.sha256, self._peaks, self.count
        for leaf in leaves:
            node = sha256(b"\x00" + leaf).digest()
            complete = count
            while complete & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                complete >>= 1
            peaks.append(node)
            count += 1
        self.count = count

    def root(self) -> Digest:
        """Return the tree head over all leaves added so far (2.1.1); of none, the digest of nothing."""
        if not self._peaks:
            return Digest.of(b"")
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = _node(peak, node)
        return Digest(node.hex())


def inclusion_proof(leaves: Sequence[bytes], *, index: int) -> tuple[Digest, ...]:
    """Return the digests that lead from leaf `index` (from 0) to the root, nearest first (2.1.3.1); IndexError outside."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    proof: list[Digest] = []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            proof.append(Digest(level[beside].hex()))
        paired = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]  # a last one without a neighbour moves up as it is
        index >>= 1
    return tuple(proof)


def root_of_proof(leaf: bytes, *, index: int, size: int, proof: Sequence[Digest]) -> Digest:
    """Return the root that `proof` leads to from `leaf` at `index` of `size` leaves; the caller compares it (2.1.3.2).

    ValueError when the proof is too short or too long for that place.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    first, last = index, size - 1
    node = hashlib.sha256(b"\x00" + leaf).digest()
    for step in proof:
        if last == 0:
            raise ValueError("the proof is too long")
        if first & 1 or first == last:
            node = _node(bytes.fromhex(step.hex), node)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            node = _node(node, bytes.fromhex(step.hex))
        first, last = first >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return Digest(node.hex())


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
