"""Reading past what cannot be read: smaller pieces around it, zeros in its stead, every place named."""

import errno
import os

from comity.evidence.exhibit import Place

BLOCK = 4096
SECTOR = 512
MOST_PLACES = 1000
MOST_BYTES = 16 * 2**20
"""Where reading is given up: a disk may take seconds over each bad sector, and there are tools made for dying disks."""

CHUNK = 2**20
_STEPS = (CHUNK, BLOCK, SECTOR)
_BAD_PLACE = (errno.EIO, errno.ENODATA, errno.EILSEQ, errno.EREMOTEIO, errno.EBADMSG, errno.EUCLEAN)


class Source:
    """The first `size` bytes of an open file, read once, in order.

    A place that cannot be read is tried again in blocks of 4 KiB and those in sectors of 512 bytes; a sector that still
    cannot be read becomes zeros and is in `places`. After 1,000 places or 16 MiB of zeros, or an error that is not of one
    place (the disk is gone), reading ends and `stopped` says why.
    """

    def __init__(self, descriptor: int, *, size: int) -> None:
        self._descriptor = descriptor
        self._size = size
        self._spans: list[tuple[int, int]] = []  # offset, end
        self._zeros = 0
        self._reason = ""
        self.position = 0
        self.stopped: str | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """What could not be read so far, in order; neighbours are one place."""
        return tuple(Place(offset=offset, length=end - offset) for offset, end in self._spans)

    @property
    def got(self) -> int:
        """Bytes that could be read."""
        return self.position - self._zeros

    @property
    def problem(self) -> str | None:
        """What was wrong, in words; None when nothing was."""
        if self._reason and not self.got:
            return f"nothing of it can be read: {self._reason}"
        parts = []
        if self._spans:
            count = "1 place" if len(self._spans) == 1 else f"{len(self._spans):,} places"
            first = self._spans[0][0]
            parts.append(f"{count} ({self._zeros:,} bytes) cannot be read ({self._reason}) and are zeros in the copy, from byte {first} on")
        if self.stopped is not None:
            parts.append(f"it cannot be read from byte {self.position} on: {self.stopped}")
        return "; ".join(parts) or None

    def read_into(self, buffer: memoryview) -> int:
        """Fill `buffer` with the bytes that come next; return how many: fewer than it holds only at the end."""
        count = self._read(buffer[: self._size - self.position], self.position, _STEPS)
        self.position += count
        return count

    def _read(self, buffer: memoryview, offset: int, steps: tuple[int, ...]) -> int:
        """Read in pieces of the first of `steps`, aligned to it; those that cannot be read, in pieces of the next."""
        step, *smaller = steps
        done = 0
        while done < len(buffer) and self.stopped is None:
            piece = buffer[done : done + step - (offset + done) % step]
            try:
                count = os.preadv(self._descriptor, [piece], offset + done)
            except OSError as error:
                self._reason = error.strerror or str(error)
                if error.errno not in _BAD_PLACE:
                    self.stopped = self._reason
                    break
                count = self._read(piece, offset + done, tuple(smaller)) if smaller else self._zero(piece, offset + done)
            if count == 0:
                break
            done += count
        return done

    def _zero(self, piece: memoryview, offset: int) -> int:
        """Put zeros where nothing can be read, and remember it."""
        length = len(piece)
        piece[:] = bytes(length)
        if self._spans and self._spans[-1][1] == offset:
            self._spans[-1] = self._spans[-1][0], offset + length
        else:
            self._spans.append((offset, offset + length))
        self._zeros += length
        if len(self._spans) >= MOST_PLACES or self._zeros >= MOST_BYTES:
            self.stopped = "too much of it is unreadable; image it with a tool for failing disks, such as ddrescue, and acquire the image"
        return length
