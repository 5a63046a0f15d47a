"""A capture file in stretches, each beginning where what was read of the one before ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from comity.parsers.contract import Source
from comity.parsers.packets.numbers import MARGIN, Numbers

STRETCH_BYTES = 16 * 2**20


@dataclass(slots=True, kw_only=True)
class Stretch:
    """`size` bytes from `base` of the source on, and a margin; `last` when nothing follows. Who reads it sets `used`."""

    numbers: Numbers
    size: int
    base: int
    last: bool
    used: int = 0


def stretches(source: Source, base: int) -> Iterator[Stretch]:
    """Yield the source from `base` on; where nothing of a stretch could be used, it comes again twice as long."""
    wanted = STRETCH_BYTES
    while True:
        source.stream.seek(base)
        data = source.stream.read(wanted + MARGIN)
        last = len(data) < wanted + MARGIN
        if last:
            data += bytes(MARGIN)
        stretch = Stretch(numbers=Numbers(data), size=len(data) - MARGIN, base=base, last=last)
        yield stretch
        base += stretch.used
        if last:
            return
        wanted = STRETCH_BYTES if stretch.used else wanted * 2
