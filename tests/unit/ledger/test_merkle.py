"""Merkle trees against known roots and against the recursive definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.ledger import Tree, inclusion_proof, root_of_proof
from comity.terms.digest import Digest

# The leaves and roots that Certificate Transparency implementations test against (google/certificate-transparency, merkletree).
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


def root(leaves: list[bytes]) -> Digest:
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


@pytest.mark.parametrize("count", range(9))
def test_known_roots(count: int):
    assert root(LEAVES[:count]).hex == ROOTS[count]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_streaming_root_is_the_defined_one(leaves):
    assert root(leaves).hex == recursive_root(leaves).hex()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_a_proof_leads_to_the_root_and_no_other_leaf_does(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(leaves, index=index)
    assert root_of_proof(leaves[index], index=index, size=len(leaves), proof=proof) == root(leaves)
    assert root_of_proof(leaves[index] + b"x", index=index, size=len(leaves), proof=proof) != root(leaves)
    with pytest.raises(ValueError, match="too long"):
        root_of_proof(leaves[index], index=index, size=len(leaves), proof=(*proof, root(leaves)))
    if proof:
        with pytest.raises(ValueError, match="too short"):
            root_of_proof(leaves[index], index=index, size=len(leaves), proof=proof[:-1])


def test_memory_stays_logarithmic():
    tree = Tree()
    tree.extend(b"%d" % i for i in range(100_000))
    assert tree.count == 100_000
    assert len(tree._peaks) == (100_000).bit_count()
