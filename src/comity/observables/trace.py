"""The trace: where in the preserved bytes a row was read."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Trace:
    """`length` bytes from `offset` of exhibit `exhibit`.

    `exhibit` is an exhibit number: "12" for what was acquired, "12.3" for the third thing found inside it (an attachment,
    an archive member); offsets count in that exhibit's own (decoded, decompressed) bytes. `member` is the way from the
    acquired exhibit down to it, steps joined with "/" (see `parsers.member`), empty for an acquired exhibit.
    """

    exhibit: str
    member: str
    offset: int
    length: int


TRACE_FIELDS = (
    pa.field("trace.exhibit", pa.string(), nullable=False),
    pa.field("trace.member", pa.string(), nullable=False),
    pa.field("trace.offset", pa.int64(), nullable=False),
    pa.field("trace.length", pa.int64(), nullable=False),
)
"""The four columns that lead every table; parsers fill offset and length, the reading worker the other two."""
