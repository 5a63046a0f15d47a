"""Proofs that a tree begins with an earlier one, and inclusion proofs made in one pass: against RFC 9162's own words."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.ledger import Tree, consistency_proof, inclusion_proof, roots_of_growth
from comity.terms.digest import Digest


def mth(leaves: list[bytes]) -> bytes:
    """2.1.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def numbered(count: int) -> list[bytes]:
    return [number.to_bytes(2, "big") for number in range(count)]


def root(leaves: list[bytes]) -> Digest:
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


@settings(deadline=None)
@given(st.integers(1, 140), st.data())
def test_the_proofs_are_the_defined_ones(size: int, data):
    leaves = numbered(size)
    index = data.draw(st.integers(0, size - 1))
    assert [bytes.fromhex(d.hex) for d in inclusion_proof(iter(leaves), index=index)] == path(index, leaves)
    first = data.draw(st.integers(1, size))
    assert [bytes.fromhex(d.hex) for d in consistency_proof(leaves, first=first)] == subproof(first, leaves, whole=True)


@settings(deadline=None)
@given(st.integers(2, 140), st.data())
def test_growth_leads_to_both_roots_and_a_rewritten_past_to_neither(size: int, data):
    leaves = numbered(size)
    first = data.draw(st.integers(1, size - 1))
    proof = consistency_proof(leaves, first=first)
    old, new = root(leaves[:first]), root(leaves)
    assert roots_of_growth(old, first=first, second=size, proof=proof) == (old, new)
    forged = list(leaves)
    forged[data.draw(st.integers(0, first - 1))] = b"forged"
    lie = consistency_proof(forged, first=first)
    assert roots_of_growth(old, first=first, second=size, proof=lie) != (old, root(forged))
    with pytest.raises(ValueError, match="too"):
        roots_of_growth(old, first=first, second=size, proof=[*proof, old])


@pytest.mark.parametrize(("first", "second"), [(0, 3), (3, 3), (4, 3)])
def test_what_is_no_growth_is_refused(first: int, second: int):
    with pytest.raises(ValueError, match="does not grow"):
        roots_of_growth(Digest("0" * 64), first=first, second=second, proof=())


@pytest.mark.parametrize("first", [0, 8, -1])
def test_a_proof_is_of_a_tree_that_was(first: int):
    with pytest.raises(IndexError):
        consistency_proof(numbered(7), first=first)
