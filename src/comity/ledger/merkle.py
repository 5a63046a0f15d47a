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

    def add_hash(self, node: bytes) -> None:
        """Add the leaf of hash `node` at the end: a leaf that is not shown."""
        complete = self.count
        while complete & 1:
            node = hashlib.sha256(b"\x01" + self._peaks.pop() + node).digest()
            complete >>= 1
        self._peaks.append(node)
        self.count += 1

    def root(self) -> Digest:
        """Return the tree head over all leaves added so far (2.1.1); of none, the digest of nothing."""
        if not self._peaks:
            return Digest.of(b"")
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = _node(peak, node)
        return Digest(node.hex())


def inclusion_proof(leaves: Iterable[bytes], *, index: int) -> tuple[Digest, ...]:
    """Return the digests that lead from leaf `index` (from 0) to the root, nearest first (2.1.3.1); IndexError outside.

    Leaves are gone through once; memory is logarithmic.
    """
    proof: list[Digest] = []
    peaks: list[tuple[bytes, bool]] = []  # roots of complete subtrees, and whether the leaf is below
    count = 0
    for leaf in leaves:
        peaks.append((hashlib.sha256(b"\x00" + leaf).digest(), count == index))
        complete = count
        while complete & 1:
            _join(peaks, proof)
            complete >>= 1
        count += 1
    if not 0 <= index < count:
        raise IndexError(f"no leaf {index} among {count}")
    while len(peaks) > 1:
        _join(peaks, proof)
    return tuple(proof)


def _join(peaks: list[tuple[bytes, bool]], proof: list[Digest]) -> None:
    """Make one of the last two subtrees; the one beside the leaf's belongs to the proof."""
    right, below_right = peaks.pop()
    left, below_left = peaks.pop()
    if below_left or below_right:
        proof.append(Digest((left if below_right else right).hex()))
    peaks.append((_node(left, right), below_left or below_right))


def consistency_proof(leaves: Sequence[bytes], *, first: int) -> tuple[Digest, ...]:
    """Return the digests that show the tree over `leaves` to begin with the tree over the `first` of them (2.1.4.1).

    Empty when `first` is all of them; IndexError when there are not so many, or it is not positive.
    """
    if not 0 < first <= len(leaves):
        raise IndexError(f"no tree of {first} among {len(leaves)} leaves")
    proof: list[Digest] = []
    start, end, whole = 0, len(leaves), True  # the subtree looked at; whether the earlier tree begins where it begins
    while first != end - start:
        split = 1 << ((end - start - 1).bit_length() - 1)  # the largest power of two smaller than its size
        if first <= split:
            proof.append(_root(leaves[start + split : end]))
            end = start + split
        else:
            proof.append(_root(leaves[start : start + split]))
            start, first, whole = start + split, first - split, False
    if not whole:
        proof.append(_root(leaves[start:end]))
    return tuple(reversed(proof))


def roots_of_growth(first_root: Digest, *, first: int, second: int, proof: Sequence[Digest]) -> tuple[Digest, Digest]:
    """Return the roots of `first` and of `second` leaves that `proof` leads to; the caller compares both (2.1.4.2).

    `first_root` is the root the caller knows for `first`, which the proof itself leaves out where that is a power of two.
    ValueError when the proof is too short or too long for these sizes.
    """
    if not 0 < first < second:
        raise ValueError(f"a tree of {first} does not grow to one of {second}")
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        raise ValueError("the proof is too short")
    index, last = first - 1, second - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = bytes.fromhex(path[0].hex)
    for digest in path[1:]:
        beside = bytes.fromhex(digest.hex)
        if last == 0:
            raise ValueError("the proof is too long")
        if index & 1 or index == last:
            old, new = _node(beside, old), _node(beside, new)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            new = _node(new, beside)
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return Digest(old.hex()), Digest(new.hex())


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


def _root(leaves: Sequence[bytes]) -> Digest:
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
