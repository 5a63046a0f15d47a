"""Numbers at many places of a buffer at once."""

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
"""Indexes or byte positions."""

MARGIN = 128
"""Zero bytes behind the last byte of a buffer: fields of headers that are cut off may be gathered before they are judged."""


class Numbers:
    """Unsigned numbers of a buffer by byte position, no alignment needed. All give int64 but `wide`, which gives uint64."""

    def __init__(self, data: bytes) -> None:
        """Take `data`, whose last MARGIN bytes are none of its own."""
        self.data = data
        size = len(data)
        self.octets: npt.NDArray[np.uint8] = np.frombuffer(data, np.uint8)
        # overlapping views: one number begins at each byte
        self._big16 = np.ndarray((size - 1,), ">u2", data, strides=(1,))
        self._big32 = np.ndarray((size - 3,), ">u4", data, strides=(1,))
        self._little16 = np.ndarray((size - 1,), "<u2", data, strides=(1,))
        self._little32 = np.ndarray((size - 3,), "<u4", data, strides=(1,))
        self._big64 = np.ndarray((size - 7,), ">u8", data, strides=(1,))

    def octet(self, at: Places) -> Places:
        """Return the bytes at `at`."""
        return self.octets[at].astype(np.int64)

    def short(self, at: Places, *, big: bool = True) -> Places:
        """Return the numbers of two bytes at `at`."""
        return (self._big16 if big else self._little16)[at].astype(np.int64)

    def word(self, at: Places, *, big: bool = True) -> Places:
        """Return the numbers of four bytes at `at`."""
        return (self._big32 if big else self._little32)[at].astype(np.int64)

    def wide(self, at: Places) -> npt.NDArray[np.uint64]:
        """Return the numbers of eight bytes at `at`, the first byte the highest."""
        return self._big64[at].astype(np.uint64)
