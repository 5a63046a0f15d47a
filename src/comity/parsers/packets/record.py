"""What both capture formats are read into: runs of packet records."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.parsers.contract import Defect, Structure
from comity.parsers.packets.numbers import Numbers, Places

LONGEST_RECORD = 262_144
"""Bytes of a packet; the formats allow more, but no network that is read here has such (libpcap and Wireshark refuse them too)."""

PRECISIONS = ("", "second", "millisecond", "microsecond", "nanosecond")
"""Units of written times; 0 where a record has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A run of packet records: the bytes they lie in, and a column per property, in the order of the file.

    `begin` and `end` are where a record begins and ends in the source, `frame` where its packet begins in `numbers`,
    `captured` the bytes of it there, `wire` those it had, `time` microseconds since 1970 (finer is cut off; where a record
    has no time, that of the record before), `precision` an index of PRECISIONS, `link` the link type.
    """

    numbers: Numbers
    begin: Places
    end: Places
    frame: Places
    captured: Places
    wire: Places
    time: Places
    precision: npt.NDArray[np.int8]
    link: Places


Part = Records | Structure | Defect
"""What a capture file consists of."""
