"""SHA-256 digests of record."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A SHA-256 digest as 64 lower-case hexadecimal digits.

    Raises ValueError when `hex` is anything else. Source: FIPS 180-4.
    """

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            msg = f"not a SHA-256 digest: {self.hex[:80]!r}"
            raise ValueError(msg)

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return the digest of `data`."""
        return cls(hashlib.sha256(data).hexdigest())

    def __str__(self) -> str:
        return self.hex


ZERO = Digest("0" * 64)
"""Stands where a first ledger entry names the one before it."""
