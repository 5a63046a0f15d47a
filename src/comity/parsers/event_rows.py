"""Rows of the event table from frames, and what several logs write alike: addresses."""

import ipaddress
import re

import polars as pl
import pyarrow as pa

from comity.observables import EVENT
from comity.parsers.contract import Rows

_INSTANT = pl.Datetime("us", "UTC")
_KINDS: dict[pa.DataType, type[pl.DataType] | pl.DataType] = {
    pa.string(): pl.String,
    pa.int32(): pl.Int32,
    pa.int64(): pl.Int64,
    pa.timestamp("us", tz="UTC"): _INSTANT,
    pa.list_(pa.string()): pl.List(pl.String),
}
_COLUMNS = {field.name: _KINDS[field.type] for field in EVENT.own}
_MOST_REMEMBERED = 200_000
_LONGEST_NAME = 253

# no leading zeros: 010 is eight to some programs and ten to others
IPV4 = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}"
_IPV4_PORT = re.compile(rf"({IPV4}):([0-9]{{1,5}})")
_IPV6_PORT = re.compile(r"\[([0-9A-Fa-f:.%]{2,60})\](?::([0-9]{1,5}))?")
_NAME = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_.-]{0,251}[0-9A-Za-z_.])?")
_MOST_PORT = 65_535


def event_rows(frame: pl.DataFrame) -> Rows:
    """Return `frame` as rows of the event table in order of offset.

    It has `offset`, `length` and any of the event's own columns by name; columns it lacks are null.
    """
    frame = frame.sort("offset").rename({"offset": "trace.offset", "length": "trace.length"})
    frame = frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name) for name, kind in _COLUMNS.items()
    )
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(
        pa.schema([field.with_nullable(nullable=True) for field in EVENT.own])
    )
    batches = table.combine_chunks().to_batches()
    columns = batches[0].columns if batches else [pa.array([], field.type) for field in EVENT.own]
    return Rows(table=EVENT, batch=pa.RecordBatch.from_arrays(columns, schema=EVENT.own))


def peer(text: str) -> tuple[str | None, int | None, str | None]:
    """Return what a log wrote for its peer as (address, port, name): the address canonical, the name only when there is no address.

    An IPv4 address mapped into IPv6 (::ffff:192.0.2.1) is given as the IPv4 address it stands for. All None for "-" and
    for what is neither an address nor a host name. Source: RFC 5952; RFC 4291, 2.5.5.2.
    """
    port: str | None = None
    for form in (_IPV4_PORT, _IPV6_PORT):
        match = form.fullmatch(text)
        if match:
            text, port = match[1], match[2]
    number = int(port) if port and int(port) <= _MOST_PORT else None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        named = text != "-" and len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) and any(map(str.isalpha, text))
        return None, None, text if named else None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address), number, None


class Peers:
    """Reads columns of peers, each distinct one once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str | None, int | None, str | None]] = {}

    def read(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """Return `frame` with `source.ip`, `source.port` and `source.domain` from the text in `column`, which goes."""
        texts = frame[column].drop_nulls().unique()
        odd = texts.filter(~texts.str.contains(f"^{IPV4}$"))
        if odd.is_empty():
            empty = (pl.lit(None, pl.Int32).alias("source.port"), pl.lit(None, pl.String).alias("source.domain"))
            return frame.rename({column: "source.ip"}).with_columns(*empty)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        for text in odd:
            if text not in self._known:
                self._known[text] = peer(text)
        rows = [(text, *self._known[text]) for text in odd]
        kinds = {"peer": pl.String, "odd.ip": pl.String, "source.port": pl.Int32, "source.domain": pl.String}
        read = pl.DataFrame(rows, schema=kinds, orient="row").with_columns(odd=pl.lit(value=True))
        joined = frame.join(read, left_on=column, right_on="peer", how="left", maintain_order="left")
        address = pl.when(pl.col("odd")).then("odd.ip").otherwise(column).alias("source.ip")
        return joined.with_columns(address).drop(column, "odd", "odd.ip")
