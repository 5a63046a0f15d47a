"""Rows of the flow table from conversations that ended."""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

import polars as pl
import pyarrow as pa

from comity.observables import FLOW
from comity.parsers.contract import Rows
from comity.parsers.packets.conversation import Conversation
from comity.parsers.packets.record import PRECISIONS
from comity.parsers.packets.transport import ICMP, ICMP6, SCTP, TCP, UDP

_NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "ipv6-icmp", SCTP: "sctp"}
_SIZED = frozenset({TCP, UDP, ICMP, ICMP6})
_HISTORIES = frozenset({TCP, UDP})
_LATEST = 253_402_300_800_000_000  # the year 10000: beyond, no time can be written


@lru_cache(maxsize=200_000)
def address_text(version: int, high: int, low: int) -> str:
    """Return an address in canonical form. Source: RFC 5952."""
    if version == 4:
        return f"{low >> 24}.{low >> 16 & 255}.{low >> 8 & 255}.{low & 255}"
    return str(ipaddress.IPv6Address(high << 64 | low))


def end_of(conversation: Conversation, side: int) -> tuple[str, int | None]:
    """Return address and port of one side; the port is None where the protocol has none."""
    key = conversation.key
    high, low, port = key[2:5] if side == 0 else key[5:8]
    return address_text(key[0], high, low), port if key[1] in _NAMES else None


def transport_name(protocol: int) -> str:
    """Return the name of an IP protocol, else its number."""
    return _NAMES.get(protocol, str(protocol))


def written_time(time: int, precision: int) -> int | None:
    """Return `time` where there is one that a calendar has."""
    return time if precision and 0 <= time < _LATEST else None


def flow_rows(conversations: Sequence[Conversation]) -> Rows:
    """Return `conversations` as rows, in order of place."""
    ordered = sorted(conversations, key=lambda conversation: (conversation.begin, conversation.key))
    frame = pl.DataFrame([_row(conversation) for conversation in ordered], schema=_SCHEMA, orient="row", infer_schema_length=None)
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    columns = [table.column(field.name).combine_chunks().cast(field.type) for field in FLOW.own]
    return Rows(table=FLOW, batch=pa.RecordBatch.from_arrays([_one(column) for column in columns], schema=FLOW.own))


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


_KINDS = {pa.string(): pl.String(), pa.int32(): pl.Int32(), pa.int64(): pl.Int64(), pa.timestamp("us", tz="UTC"): pl.Datetime("us", "UTC")}
_SCHEMA = {field.name: _KINDS[field.type] for field in FLOW.own}


def _row(conversation: Conversation) -> tuple[object, ...]:
    source, target = conversation.origin, 1 - conversation.origin
    protocol, precision = conversation.key[1], conversation.precision
    address, port = end_of(conversation, source)
    other_address, other_port = end_of(conversation, target)
    sized = protocol in _SIZED
    return (
        conversation.begin,
        conversation.end - conversation.begin,
        written_time(conversation.first, precision),
        written_time(conversation.last, precision),
        PRECISIONS[precision] or None,
        "capture",
        None,
        transport_name(protocol),
        ",".join(sorted(conversation.services)) or None,
        conversation.identity(),
        address,
        port,
        other_address,
        other_port,
        conversation.packets(source),
        conversation.payload(source) if sized else None,
        conversation.total(source),
        conversation.packets(target),
        conversation.payload(target) if sized else None,
        conversation.total(target),
        conversation.state(),
        conversation.letters() if protocol in _HISTORIES else None,
        conversation.vlan if conversation.vlan >= 0 else None,
        None,
    )
