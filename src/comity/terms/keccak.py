"""Keccak-256 as Ethereum uses it: the sponge of SHA-3 with the padding it had before FIPS 202."""

from typing import Final

_LANE: Final = (1 << 64) - 1
_RATE: Final = 136
_OLD_PADDING: Final = 0x01


def _rotate(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _LANE if by else lane


def _constants() -> tuple[int, ...]:
    """Return the 24 round constants, bit by bit from the register of FIPS 202, algorithm 5."""
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return tuple(constants)


_ROUNDS: Final = _constants()


def _permute(state: list[int]) -> None:
    """Apply Keccak-f[1600] to 25 lanes, lane (x, y) at x + 5y. Source: FIPS 202, 3.2 and 3.3."""
    for constant in _ROUNDS:
        column = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        for x in range(5):
            change = column[(x + 4) % 5] ^ _rotate(column[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                state[x + y] ^= change
        x, y, carried = 1, 0, state[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            place = x + 5 * y
            carried, state[place] = state[place], _rotate(carried, (step + 1) * (step + 2) // 2 % 64)
        for y in range(0, 25, 5):
            row = state[y : y + 5]
            for x in range(5):
                state[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & _LANE)
        state[0] ^= constant


def keccak_256(data: bytes, *, padding: int = _OLD_PADDING) -> bytes:
    """Return the 32-byte Keccak-256 digest of `data`; with `padding` 0x06 it is SHA3-256. For short inputs: it is slow."""
    padded = bytearray(data)
    padded.append(padding)
    padded.extend(bytes(-len(padded) % _RATE))
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])
