"""Who held an address at an instant: claims of dated snapshots, weighed by how they stand to that instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from comity.reference.claims import Layer, layers, said, weighed
from comity.reference.holder import Answer, Claim, Dating, Holder
from comity.reference.snapshot import Kind, Snapshot, World
from comity.reference.special import DOCUMENTATION, numbers

ATTRIBUTES = ("country", "network", "registry", "contact")
"""What is answered of an address, besides the notes."""

_ADDRESS_KINDS = {Kind.DELEGATIONS, Kind.ORIGINS, Kind.LISTED, Kind.EXAMPLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocations:
    """Snapshots ready to answer for addresses; make one with `load`. Real and invented layers never answer for each other.

    `names` are those of autonomous systems (columns asn and name), from the snapshot `named_by`.
    """

    real: tuple[Layer, ...]
    example: tuple[Layer, ...]
    names: pl.DataFrame
    named_by: Snapshot | None

    def holder_of(self, address: str, *, at: datetime) -> Holder:
        """Return who held `address` at the instant `at`; unknown stays unknown, with empty claims.

        `address` is in canonical text form. A special address has no claims, save a documentation address when an
        example world was loaded.
        """
        points = pl.DataFrame({"address": [address], "at": [at.astimezone(UTC)]})
        special, claims = self._claims(points)
        answers = {attribute: self._answer(claims, attribute, at) for attribute in ATTRIBUTES}
        notes = tuple(self._claim(row, at) for row in claims.filter(pl.col("attribute") == "listed").iter_rows(named=True))
        return Holder(address=address, special=str(special[0]), **answers, notes=(*notes, *self._name_note(answers["network"], at)))

    def holders(self, addresses: pl.DataFrame) -> pl.DataFrame:
        """Return `addresses` (columns address and at, an instant or null) with what is known of each row, in the same order.

        Columns added: special; for each of country, network, registry and contact: itself (null when unknown or in conflict),
        `.dating`, `.snapshot`, `.distance_days` (of the best claim) and `.claims`, all of them as "value (snapshot, day)";
        `notes`, a list of text. A row without time is unknown: an address has no holder but at some time.
        """
        points = addresses.select("address", "at")
        distinct = points.with_columns(pl.col("at").dt.date().alias("day")).unique(["address", "day"], maintain_order=True)
        special, claims = self._claims(distinct)
        answered = (
            distinct.select("address", "day")
            .with_columns(pl.Series("special", special, dtype=pl.String))
            .with_row_index("point")
            .cast({"point": pl.Int64})
        )
        named = self._written(claims.join(answered.select("point", "day"), on="point", how="left", maintain_order="left"))
        for attribute in ATTRIBUTES:
            answered = answered.join(_summary(named, attribute), on="point", how="left").with_columns(
                pl.col(f"{attribute}.dating").fill_null(Dating.UNKNOWN.value)
            )
        notes = named.filter(pl.col("attribute") == "listed").group_by("point").agg(pl.col("written").alias("notes"))
        answered = answered.join(notes, on="point", how="left").drop("point")
        return (
            addresses.with_columns(pl.col("at").dt.date().alias("day"))
            .join(answered, on=["address", "day"], how="left", nulls_equal=True, maintain_order="left")
            .drop("day")
        )

    def _claims(self, points: pl.DataFrame) -> tuple[np.ndarray, pl.DataFrame]:
        """Return the special range of each point, and the claims kept for it."""
        read = numbers(points["address"])
        dated = points["at"].is_not_null().to_numpy()
        days = points["at"].dt.date().to_physical().fill_null(0).to_numpy()
        found: list[pl.DataFrame] = []
        for place, layer in enumerate((*self.real, *self.example)):
            wanted = dated & (read.special == ("" if layer.snapshot.world is World.REAL else DOCUMENTATION))
            found += said(layer, place, read, days, wanted=wanted)
        return read.special, weighed(found)

    def _answer(self, claims: pl.DataFrame, attribute: str, at: datetime) -> Answer:
        own = claims.filter(pl.col("attribute") == attribute)
        if own.is_empty():
            return Answer(dating=Dating.UNKNOWN, claims=())
        return Answer(dating=Dating(own["dating"][0]), claims=tuple(self._claim(row, at) for row in own.iter_rows(named=True)))

    def _claim(self, row: dict[str, str | int], at: datetime) -> Claim:
        layer = (*self.real, *self.example)[int(row["layer"])]
        value = str(row["value"])
        if row["attribute"] == "network" and layer.snapshot.world is World.REAL:
            value = self._network(value)
        return Claim(
            value=value,
            snapshot=layer.snapshot.name,
            dated=at.astimezone(UTC).date() + timedelta(days=int(row["side"]) * int(row["distance"])),
            distance_days=int(row["distance"]),
            sha256=layer.snapshot.sha256,
        )

    def _network(self, number: str) -> str:
        place = int(self.names["asn"].search_sorted(int(number), side="left"))
        known = place < self.names.height and self.names["asn"][place] == int(number)
        return f"AS{number} {self.names['name'][place]}" if known else f"AS{number}"

    def _name_note(self, network: Answer, at: datetime) -> tuple[Claim, ...]:
        """Return a note that dates the network's name, which comes from another snapshot than its number."""
        if self.named_by is None or not network.claims or " " not in network.claims[0].value:
            return ()
        if network.claims[0].snapshot not in {layer.snapshot.name for layer in self.real}:
            return ()
        number, _, name = network.claims[0].value.partition(" ")
        return (
            Claim(
                value=f"{number} bears the name {name}",
                snapshot=self.named_by.name,
                dated=self.named_by.last,
                distance_days=abs((at.astimezone(UTC).date() - self.named_by.last).days),
                sha256=self.named_by.sha256,
            ),
        )

    def _written(self, claims: pl.DataFrame) -> pl.DataFrame:
        """Return `claims` (with `day`, the one asked about) with the networks' names, and each claim as text in `written`."""
        snapshots = [layer.snapshot for layer in (*self.real, *self.example)]
        about = pl.DataFrame(
            {
                "layer": range(len(snapshots)),
                "snapshot": [snapshot.name for snapshot in snapshots],
                "invented": [snapshot.world is World.EXAMPLE for snapshot in snapshots],
            },
            schema={"layer": pl.Int32, "snapshot": pl.String, "invented": pl.Boolean},
        )
        numbered = (pl.col("attribute") == "network") & ~pl.col("invented")
        named = claims.join(about, on="layer", how="left", maintain_order="left").with_columns(
            pl.when(numbered).then(pl.col("value")).cast(pl.UInt32, strict=False).alias("asn")
        )
        named = named.join(self.names, on="asn", how="left", maintain_order="left")
        value = pl.when(numbered).then(pl.concat_str(pl.lit("AS"), "value", pl.concat_str(pl.lit(" "), "name").fill_null("")))
        day = pl.col("day").dt.offset_by(pl.format("{}d", pl.col("side").cast(pl.Int32) * pl.col("distance")))
        return named.with_columns(value.otherwise("value").alias("value")).with_columns(
            pl.format("{} ({}, {})", "value", "snapshot", day.cast(pl.String)).alias("written")
        )


def load(snapshots: Iterable[Snapshot]) -> Allocations:
    """Return `snapshots` in memory, their digests checked; other kinds than address ranges and network names are passed over.

    An example world among them answers for documentation addresses. Raises ReferenceDataError when data are damaged.
    """
    given = sorted(snapshots, key=lambda snapshot: (snapshot.last, snapshot.name))
    ready = [layer for snapshot in given if snapshot.kind in _ADDRESS_KINDS for layer in layers(snapshot.verified())]
    named_by = next((snapshot.verified() for snapshot in reversed(given) if snapshot.kind is Kind.NETWORK_NAMES), None)
    schema = pl.Schema({"asn": pl.UInt32(), "name": pl.String()})
    names = pl.read_parquet(named_by.files[0]).cast(schema).sort("asn") if named_by else pl.DataFrame(schema=schema)
    return Allocations(
        real=tuple(layer for layer in ready if layer.snapshot.world is World.REAL),
        example=tuple(layer for layer in ready if layer.snapshot.world is World.EXAMPLE),
        names=names,
        named_by=named_by,
    )


def _summary(claims: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """Return one row per point of `claims` about `attribute`; the value is null when they are in conflict."""
    best = pl.when(pl.col("dating").first() != Dating.CONFLICT.value).then(pl.col("value").first())
    return (
        claims.filter(pl.col("attribute") == attribute)
        .group_by("point", maintain_order=True)
        .agg(
            best.alias(attribute),
            pl.col("dating").first().alias(f"{attribute}.dating"),
            pl.col("snapshot").first().alias(f"{attribute}.snapshot"),
            pl.col("distance").first().alias(f"{attribute}.distance_days"),
            pl.col("written").alias(f"{attribute}.claims"),
        )
    )
