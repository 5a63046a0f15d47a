"""Safari: the file History.db.

Times are seconds since 2001 with a fraction. Source: the tables history_items and history_visits as they are found; Apple documents
only the epoch (NSDate, timeIntervalSinceReferenceDate).
"""

from collections.abc import Iterator

import polars as pl

from comity.parsers.browser.profile import Profile, Tables, events, instant, slices

_TO_2001 = 978_307_200
_MICROS = 1_000_000
_MOST_SECONDS = 10**12


def _read(tables: Tables) -> Iterator[pl.DataFrame]:
    items = tables.frame("history_items", {"id": pl.Int64, "url": pl.String, "visit_count": pl.Int64})
    items = items.drop("offset", "length").unique("id", keep="first", maintain_order=True)
    kinds = {"id": pl.Int64, "history_item": pl.Int64, "visit_time": pl.Float64, "title": pl.String, "redirect_source": pl.Int64}
    visits = tables.frame("history_visits", kinds)
    came = visits.select(pl.col("id").alias("redirect_source"), pl.col("history_item").alias("from_item")).unique(
        "redirect_source", keep="first"
    )
    time = pl.when(pl.col("visit_time").abs() < _MOST_SECONDS).then((pl.col("visit_time") + _TO_2001) * _MICROS)
    for piece in slices(visits):
        frame = (
            piece.join(items, left_on="history_item", right_on="id", how="left", maintain_order="left")
            .join(came, on="redirect_source", how="left", maintain_order="left")
            .join(items.select("id", referrer="url"), left_on="from_item", right_on="id", how="left", maintain_order="left")
            .with_columns(
                instant(time.round(0).cast(pl.Int64, strict=False)).alias("@timestamp"),
                pl.lit("microsecond").alias("event.precision"),
                pl.col("title").alias("message"),
                pl.col("id").cast(pl.String).alias("event.id"),
                pl.col("referrer").alias("http.request.referrer"),
            )
        )
        yield events(frame, action="page_visited", category="web", address="url", said={"visit_count": "visit_count"}, numbers={})


PROFILE = Profile(browser="Safari", needs=frozenset({"history_items", "history_visits"}), read=_read)
