"""Logs in columns of text: each value to its column, and the rest as JSON text, without an object for each line."""

import json
from collections.abc import Callable, Mapping

import polars as pl
import pyarrow as pa

from comity.observables import Table
from comity.parsers.event_rows import Peers
from comity.parsers.json_text import MOST_CHARACTERS, canonical_texts

_WHOLE = r"^(?:0|-?[1-9][0-9]{0,14})$"
# what a double holds well enough to be written back alike: fifteen digits, or microseconds below 2^32
_FRACTION = r"^-?(?:0|[1-9][0-9]{0,8}|[1-3][0-9]{9})\.[0-9]{1,6}$"
_ZERO = r"^-?0(?:\.0+)?$"
_SPECIAL = r'["\\\x00-\x1f]'
_MOST_PORT = 65_535


class TextColumns:
    """Columns of text, null where nothing is said; a value that fits its column is used up, the others are left for `rest`."""

    def __init__(self, texts: Mapping[str, pl.Series]) -> None:
        self._left = dict(texts)
        self.height = len(next(iter(texts.values()))) if texts else 0

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def look(self, name: str) -> pl.Series:
        """Return the texts called `name`, which stay."""
        return self._left[name]

    def use(self, name: str, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
        """Return what `read` makes of the texts called `name`, null where it cannot; there the text is left."""
        texts = self._left[name]
        values = read(texts)
        self._left[name] = pl.select(pl.when(values.is_null()).then(texts).alias(name))[name]
        return values

    def peer(self, name: str, side: str, peers: Peers) -> list[pl.Series]:
        """Return the columns .ip, .port and .domain of `side` from addresses or host names."""
        read: list[pl.DataFrame] = []

        def known(texts: pl.Series) -> pl.Series:
            read.append(peers.read(pl.DataFrame([texts.alias("peer")]), "peer"))
            return read[0].select(pl.coalesce("source.ip", "source.domain").alias("peer"))["peer"]

        self.use(name, known)
        return [read[0][f"source.{part}"].alias(f"{side}.{part}") for part in ("ip", "port", "domain")]

    def rest(self, writer: Callable[[str], Callable[[pl.Series], pl.Series]]) -> tuple[pl.Series, list[int]]:
        """Return what is left as canonical JSON, null when nothing is, and the places of those cut; `writer` tells how to write."""
        left = {name: text for name, text in self._left.items() if text.null_count() < len(text)}
        if not left:
            return pl.Series([None] * self.height, dtype=pl.String), []
        return json_objects({name: writer(name)(text) for name, text in left.items()})


def reader(table: Table, column: str) -> Callable[[pl.Series], pl.Series]:
    """Return what makes values of `column` of `table` from texts, null where one is none."""
    kind = table.schema.field(column).type
    if kind == pa.string():
        return lambda texts: texts
    if kind == pa.int64():
        return lambda texts: texts.cast(pl.Int64, strict=False)
    if column.endswith(".port"):
        return lambda texts: _bounded(texts.cast(pl.Int32, strict=False))
    return lambda texts: texts.cast(pl.Int32, strict=False)


def _bounded(ports: pl.Series) -> pl.Series:
    return pl.select(pl.when(ports.is_between(0, _MOST_PORT)).then(ports).alias("port"))["port"]


def json_objects(members: Mapping[str, pl.Series]) -> tuple[pl.Series, list[int]]:
    """Return for each row a canonical JSON object of `members` (JSON text by name), null when all are null, and the places of those cut."""
    names = sorted(members, key=lambda name: name.encode("utf-16-be", "replace"))
    pieces = [pl.lit(json.dumps(name, ensure_ascii=False) + ":") + members[name] for name in names]
    objects = pl.select(pl.concat_str(pieces, separator=",", ignore_nulls=True).alias("all")).select(
        pl.when(pl.col("all") != "").then(pl.concat_str(pl.lit("{"), "all", pl.lit("}"))).alias("all")
    )["all"]
    if (objects.str.len_bytes() > MOST_CHARACTERS).any():
        return canonical_texts(objects.fill_null("{}").to_list())
    return objects, []


def strings(column: pl.Series) -> pl.Series:
    """Return texts as JSON strings."""
    special = column.str.contains(_SPECIAL)
    frame = pl.DataFrame([column.alias("text"), special.alias("special")])
    quoted = frame.select(pl.concat_str(pl.lit('"'), pl.col("text"), pl.lit('"')).alias("text"))["text"]
    if not special.any():
        return quoted
    written = {text: json.dumps(text, ensure_ascii=False) for text in column.filter(special).unique()}
    return frame.select(
        pl.when("special")
        .then(pl.col("text").replace_strict(written, default=None, return_dtype=pl.String))
        .otherwise(quoted)
        .alias("text")
    )["text"]


def numbers(column: pl.Series) -> pl.Series:
    """Return numbers as they are written, without zeros at their end; as strings what a double does not hold exactly, or what is none."""
    whole, fraction = column.str.contains(_WHOLE), column.str.contains(_FRACTION)
    zeros = column.str.contains(_ZERO)
    short = column.str.strip_chars_end("0").str.strip_suffix(".")
    frame = pl.DataFrame(
        [column.alias("c"), whole.alias("w"), fraction.alias("f"), zeros.alias("z"), short.alias("s"), strings(column).alias("t")]
    )
    return frame.select(pl.when("z").then(pl.lit("0")).when("w").then("c").when("f").then("s").otherwise("t").alias("c"))["c"]


def truths(column: pl.Series) -> pl.Series:
    """Return T and F as true and false, all else as strings."""
    frame = pl.DataFrame([column.alias("c"), strings(column).alias("t")])
    return frame.select(
        pl.when(pl.col("c") == "T").then(pl.lit("true")).when(pl.col("c") == "F").then(pl.lit("false")).otherwise("t").alias("c")
    )["c"]
