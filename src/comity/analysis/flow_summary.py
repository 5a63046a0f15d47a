"""Conversations as entries of the timeline: one by one when they are few, summed up per endpoints and hour when they are many."""

from collections.abc import Sequence

import polars as pl

ONE_BY_ONE = 20_000
"""Conversations of a case that stand in the timeline each by itself."""
MOST_SUMS = 2**19
"""Sums held: with more, conversations are summed up by fewer of their endpoints."""

_TRACE = ("trace.exhibit", "trace.member", "trace.offset", "trace.length")
_FROM_PLACE = ("trace.exhibit", "trace.member", "network.transport", "event.precision")
_STEPS = (("source.ip", "destination.ip", "destination.port"), ("source.ip", "destination.port"), ("source.ip",))


def flow_entries(flows: pl.LazyFrame) -> pl.LazyFrame:
    """Return entries of the timeline for FLOW rows (the columns of `timeline.COLUMNS`).

    Up to ONE_BY_ONE flows are an entry each. More are summed up for each hour, originator, responder and port, and if these
    are more than MOST_SUMS, without responder, then without port: a scan of a network is one entry an hour. A sum has the
    time of its first flow and the trace of the first in its exhibit.
    """
    timed = flows.filter(pl.col("@timestamp").is_not_null())
    if timed.select(pl.len()).collect(engine="streaming").item() <= ONE_BY_ONE:
        return _one_by_one(timed)
    hour = pl.col("@timestamp").dt.truncate("1h").alias("hour")
    step: Sequence[str] = ()
    for step in _STEPS:
        keys = [*_FROM_PLACE, *step]
        if timed.select(pl.struct(*keys, hour).hash().n_unique()).collect(engine="streaming").item() <= MOST_SUMS:
            break
    return _summed(timed, hour, step)


def _one_by_one(flows: pl.LazyFrame) -> pl.LazyFrame:
    payload = pl.sum_horizontal("source.bytes", "destination.bytes")
    protocol = pl.coalesce("network.protocol", "network.transport").fill_null("conversation")
    port = pl.format(" port {}", "destination.port").fill_null("")
    return flows.select(
        "@timestamp",
        pl.lit("network").alias("kind"),
        pl.format("{} to {}{}, {} bytes", protocol, pl.col("destination.ip").fill_null("?"), port, payload).alias("what"),
        pl.lit(None, dtype=pl.String).alias("actor"),
        pl.col("destination.ip").alias("object"),
        pl.col("source.ip").alias("address"),
        pl.col("event.precision").fill_null("").alias("precision"),
        pl.lit("").alias("clock"),
        *_TRACE,
    )


def _summed(flows: pl.LazyFrame, hour: pl.Expr, step: Sequence[str]) -> pl.LazyFrame:
    # every conversation begins at a packet or line of its own, so the first place finds its length again
    sums = (
        flows.group_by(*_FROM_PLACE, *step, hour)
        .agg(
            pl.col("@timestamp").min(),
            pl.len().alias("conversations"),
            pl.col("source.bytes").sum() + pl.col("destination.bytes").sum(),
            pl.col("trace.offset").min(),
        )
        .collect(engine="streaming")
    )
    place = list(_TRACE[:3])
    lengths = flows.join(sums.lazy().select(place), on=place, how="semi").select(_TRACE).unique(place, keep="first", maintain_order=True)
    summed = sums.lazy().join(lengths, on=place, how="left", maintain_order="left")
    target = pl.col("destination.ip").fill_null("?") if "destination.ip" in step else pl.lit("several hosts")
    port = pl.format(" port {}", "destination.port").fill_null("") if "destination.port" in step else pl.lit(", several ports")
    return (
        summed.select(
            "@timestamp",
            pl.lit("network").alias("kind"),
            pl.format(
                "{} {} conversations to {}{} within the hour, {} bytes",
                "conversations",
                pl.col("network.transport").fill_null("unknown"),
                target,
                port,
                "source.bytes",
            ).alias("what"),
            pl.lit(None, dtype=pl.String).alias("actor"),
            (pl.col("destination.ip") if "destination.ip" in step else pl.lit(None, dtype=pl.String)).alias("object"),
            pl.col("source.ip").alias("address"),
            pl.col("event.precision").fill_null("").alias("precision"),
            pl.lit("").alias("clock"),
            *_TRACE,
        )
        .collect()
        .lazy()
    )
