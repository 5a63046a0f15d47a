"""Claims: what each snapshot says of each address on a day, and which of them count."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from comity.reference import example_world
from comity.reference.address_files import day_number
from comity.reference.holder import Dating
from comity.reference.intervals import Ranges, lay_out, prepared, range_of, read_ranges
from comity.reference.snapshot import Kind, Snapshot
from comity.reference.special import Numbers

NOTE_DAYS = 31
"""A list (Tor exits, hosting ranges) is quoted only when it is at most this many days away: such lists change by the day."""

NEAR = 4
"""When snapshots before and after disagree, the nearer one is believed only in the first or last 1/NEAR of the gap."""

SCHEMA = {
    "point": pl.Int64,
    "attribute": pl.String,
    "value": pl.String,
    "layer": pl.Int32,
    "side": pl.Int8,
    "distance": pl.Int32,
}
"""A claim: `layer` says `value` of the address at position `point`; `side` is -1 when the snapshot is older than the day
asked about, 0 when it covers it, 1 when it is newer; `distance` is in days."""

_ATTRIBUTE_OF_COLUMN = {
    "country": "country",
    "registry": "registry",
    "asn": "network",
    "network": "network",
    "contact": "contact",
    "listed": "listed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One snapshot's ranges in memory; `first` and `last` are the day numbers it speaks for."""

    snapshot: Snapshot
    first: int
    last: int
    ipv4: Ranges | None
    ipv6: Ranges | None


def layers(snapshot: Snapshot) -> tuple[Layer, ...]:
    """Return the ranges of `snapshot`, an example world's allocations and networks apart; ReferenceDataError when damaged."""
    if snapshot.kind is Kind.EXAMPLE:
        return tuple(_layer(snapshot, tables) for tables in _example_tables(snapshot) if tables)
    files = {path.stem: path for path in snapshot.files}
    return (_layer(snapshot, {name: read_ranges(files[name]) for name in ("v4", "v6") if name in files}),)


def said(layer: Layer, place: int, addresses: Numbers, days: np.ndarray, *, wanted: np.ndarray) -> list[pl.DataFrame]:
    """Return the claims of `layer`, known as number `place`, about the addresses `wanted` (booleans) on their `days`."""
    found = []
    for ranges, positions, values in ((layer.ipv4, addresses.ipv4, addresses.number4), (layer.ipv6, addresses.ipv6, addresses.number6)):
        if ranges is None or not len(positions):
            continue
        asked = wanted[positions]
        points, own = positions[asked], days[positions[asked]]
        nearest = np.clip(own, layer.first, layer.last)
        pair, row = ranges.find(values[asked], nearest)
        rows = ranges.rows[row]
        away = nearest[pair] - own[pair]
        about = pl.DataFrame({"point": points[pair], "side": np.sign(away), "distance": np.abs(away)})
        for column, attribute in _ATTRIBUTE_OF_COLUMN.items():
            if column not in rows.columns:
                continue
            claims = about.with_columns(
                rows[column].cast(pl.String).alias("value"), pl.lit(attribute).alias("attribute"), pl.lit(place).alias("layer")
            )
            found.append(claims.filter(pl.col("value") != "").select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()))
    return found


def weighed(claims: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the claims that count, best first within a point and attribute, with `dating` (null for notes).

    Claims that cover the day silence the others; otherwise the nearest before and the nearest after count. They are
    *within* or *bracketed* when they agree, *conflict* when claims of the same standing disagree, *one-sided* when all
    are older or all newer. When older and newer disagree, the nearer is *nearest* if the day lies in the first or last
    quarter of the gap, else nobody can say: *conflict*. A listing is a note: within NOTE_DAYS it is kept, beyond it is not.
    """
    every = pl.concat([pl.DataFrame(schema=SCHEMA), *claims])
    notes = every.filter((pl.col("attribute") == "listed") & (pl.col("distance") <= NOTE_DAYS)).unique(["point", "value"], keep="first")
    of_side = ["point", "attribute", "side"]
    group = ["point", "attribute"]
    kept = (
        every.filter(pl.col("attribute") != "listed")
        .filter((pl.col("side") == 0) | ~(pl.col("side") == 0).any().over(group))
        .filter(pl.col("distance") == pl.col("distance").min().over(of_side))
        .unique([*of_side, "value"], keep="first", maintain_order=True)
    )
    before, after = (pl.col("distance").filter(pl.col("side") == side).min().over(group) for side in (-1, 1))
    values = pl.col("value").n_unique().over(group)
    nearest_values = pl.col("value").filter(pl.col("distance") == pl.col("distance").min()).n_unique().over(group)
    near = pl.min_horizontal(before, after) * NEAR <= before + after
    dating = (
        pl.when((pl.col("side") == 0).any().over(group))
        .then(pl.when(values == 1).then(pl.lit(Dating.WITHIN.value)).otherwise(pl.lit(Dating.CONFLICT.value)))
        .when(values == 1)
        .then(
            pl.when(before.is_not_null() & after.is_not_null())
            .then(pl.lit(Dating.BRACKETED.value))
            .otherwise(pl.lit(Dating.ONE_SIDED.value))
        )
        .when(before.is_not_null() & after.is_not_null() & near & (nearest_values == 1))
        .then(pl.lit(Dating.NEAREST.value))
        .otherwise(pl.lit(Dating.CONFLICT.value))
    )
    both = pl.concat([kept.with_columns(dating.alias("dating")), notes.with_columns(pl.lit(None, dtype=pl.String).alias("dating"))])
    return both.sort("point", "attribute", "distance", "side", "value", "layer")


def _layer(snapshot: Snapshot, tables: dict[str, Ranges]) -> Layer:
    return Layer(
        snapshot=snapshot,
        first=day_number(snapshot.first),
        last=day_number(snapshot.last),
        ipv4=tables.get("v4"),
        ipv6=tables.get("v6"),
    )


def _example_tables(snapshot: Snapshot) -> tuple[dict[str, Ranges], ...]:
    allocated = [
        range_of(row["cidr"], (row["country"], row["registry"], row["contact"], f"registered to {row['holder']}" if row["holder"] else ""))
        for row in example_world.rows(snapshot.folder, example_world.ALLOCATIONS)
    ]
    networks = [
        range_of(row["cidr"], (f"AS{row['asn']} {row['name']}".rstrip(),))
        for row in example_world.rows(snapshot.folder, example_world.NETWORKS)
    ]
    laid = (
        lay_out(allocated, ("country", "registry", "contact", "listed"), most_specific=True),
        lay_out(networks, ("network",), most_specific=True),
    )
    return tuple({name: prepared(table, place=snapshot.name) for name, table in tables.items()} for tables in laid)
