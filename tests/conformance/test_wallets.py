"""Vectors of BIP 173, BIP 350 and EIP-55; Keccak beside the standard library's SHA-3."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.terms.errors import MaterialError
from comity.terms.keccak import keccak_256
from comity.terms.selector import Kind, normalize

SEGWIT = [
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "BC1SW50QGDZ25J",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
]
WRONG_SEGWIT = [
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "bc1pw5dgrnzv",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "bc1gmk9yu",
    "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
    "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
]
BASE58 = ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"]
ETHEREUM = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
]


@pytest.mark.parametrize("address", SEGWIT)
def test_segwit(address: str) -> None:
    assert normalize(Kind.BITCOIN, address).value == address.lower()


@pytest.mark.parametrize(
    "address", [*WRONG_SEGWIT, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "", "1", "0OIl", "1" * 90]
)
def test_what_is_no_bitcoin_address(address: str) -> None:
    with pytest.raises(MaterialError):
        normalize(Kind.BITCOIN, address)


@pytest.mark.parametrize("address", BASE58)
def test_base58(address: str) -> None:
    assert normalize(Kind.BITCOIN, address).value == address


@pytest.mark.parametrize("address", ETHEREUM)
def test_ethereum(address: str) -> None:
    assert normalize(Kind.ETHEREUM, address).value == address
    assert normalize(Kind.ETHEREUM, address.lower()).value == address


@given(st.sampled_from(ETHEREUM[:4]), st.integers(2, 41))
def test_one_letter_in_the_wrong_case_is_found(address: str, place: int) -> None:
    changed = address[:place] + address[place].swapcase() + address[place + 1 :]
    if changed != address:
        with pytest.raises(MaterialError):
            normalize(Kind.ETHEREUM, changed)


@given(st.binary(max_size=500))
def test_keccak_is_sha3_but_for_the_padding(data: bytes) -> None:
    assert keccak_256(data, padding=0x06) == hashlib.sha3_256(data).digest()


def test_keccak_of_nothing() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
