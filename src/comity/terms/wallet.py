"""Addresses of Bitcoin and Ethereum, with their checksums."""

import hashlib
import re
from typing import Final

from comity.terms.errors import MaterialError
from comity.terms.keccak import keccak_256

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUM: Final = 1
_BECH32M_SUM: Final = 0x2BC830A3
_MAIN_NETWORK_VERSIONS: Final = (0x00, 0x05)
_LONGEST: Final = 90
_BASE58_BYTES: Final = 25
_CHECKSUM_CHARACTERS: Final = 6
_LAST_WITNESS_VERSION: Final = 16
_ETHEREUM = re.compile("0x[0-9a-fA-F]{40}")
_REMEDY = "Compare it with the original, character by character."


def normalize_bitcoin(text: str) -> str:
    """Return a Bitcoin address of the main network, segwit addresses in lower case.

    Base58Check (P2PKH, P2SH) and segwit (Bech32 for version 0, Bech32m above) with checksums checked; addresses of test
    networks and other chains are a MaterialError. Source: BIP 13, BIP 173, BIP 350.
    """
    address = text.strip()
    if len(address) > _LONGEST:
        raise MaterialError(f"too long for a Bitcoin address: {address[:_LONGEST]!r}", remedy=_REMEDY)
    if address[:3].lower() == "bc1":
        return _segwit(address)
    return _base58_check(address)


def _base58_check(address: str) -> str:
    number = 0
    for character in address:
        digit = _BASE58.find(character)
        if digit < 0:
            raise MaterialError(f"not a Bitcoin address: {address!r} has {character!r}", remedy=_REMEDY)
        number = number * 58 + digit
    zeros = len(address) - len(address.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(raw) != _BASE58_BYTES or hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] != raw[21:]:
        raise MaterialError(f"the checksum of the Bitcoin address does not fit: {address!r}", remedy=_REMEDY)
    if raw[0] not in _MAIN_NETWORK_VERSIONS:
        raise MaterialError(f"not an address of Bitcoin's main network: {address!r} has version {raw[0]}", remedy=_REMEDY)
    return address


def _segwit(address: str) -> str:
    if address not in {address.lower(), address.upper()}:
        raise MaterialError(f"a segwit address in mixed case: {address!r}", remedy=_REMEDY)
    lower = address.lower()
    values = [_BECH32.find(character) for character in lower[3:]]
    if -1 in values or len(values) <= _CHECKSUM_CHARACTERS:
        raise MaterialError(f"not a segwit address: {address!r}", remedy=_REMEDY)
    # BIP 173: the human-readable part enters as high bits, a zero, low bits
    checksum = _polymod([ord(c) >> 5 for c in "bc"] + [0] + [ord(c) & 31 for c in "bc"] + values)
    version, program = values[0], _eight_bits(values[1:-_CHECKSUM_CHARACTERS])
    # BIP 350: version 0 keeps Bech32, all others use Bech32m
    right_sum = checksum == (_BECH32_SUM if version == 0 else _BECH32M_SUM)
    right_length = program is not None and (len(program) in {20, 32} if version == 0 else 2 <= len(program) <= 40)  # noqa: PLR2004 - BIP 141
    if not right_sum or not right_length or version > _LAST_WITNESS_VERSION:
        raise MaterialError(f"the checksum or length of the segwit address does not fit: {address!r}", remedy=_REMEDY)
    return lower


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for position, generator in enumerate(_GENERATORS):
            if top >> position & 1:
                checksum ^= generator
    return checksum


def _eight_bits(fives: list[int]) -> bytes | None:
    """Return groups of five bits as bytes; None when the bits left over are not a short run of zeros."""
    number = 0
    for five in fives:
        number = number << 5 | five
    left = len(fives) * 5 % 8
    if left >= 5 or number & ((1 << left) - 1):  # noqa: PLR2004 - five bits are a whole character too many
        return None
    return (number >> left).to_bytes(len(fives) * 5 // 8, "big")


def normalize_ethereum(text: str) -> str:
    """Return an Ethereum address with its mixed-case checksum.

    A mixed-case address must carry the right checksum; one in a single case carries none and only its form is checked.
    Source: EIP-55.
    """
    address = text.strip()
    if not _ETHEREUM.fullmatch(address):
        raise MaterialError(f"not an Ethereum address: {address[:_LONGEST]!r}", remedy=_REMEDY)
    lower = address[2:].lower()
    digest = keccak_256(lower.encode("ascii")).hex()
    checked = "0x" + "".join(c.upper() if int(nibble, 16) >= 8 else c for c, nibble in zip(lower, digest, strict=False))  # noqa: PLR2004 - top bit
    if address[2:] not in {lower, lower.upper(), checked[2:]}:
        raise MaterialError(f"the checksum of the Ethereum address does not fit: {address!r}", remedy=_REMEDY)
    return checked
