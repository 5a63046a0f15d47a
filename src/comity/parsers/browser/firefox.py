"""Firefox and its kin: the file places.sqlite.

Source: the sources of Firefox, toolkit/components/places (moz_places, moz_historyvisits, moz_annos; nsINavHistoryService.idl for the
types of visits). Times are microseconds since 1970.
"""

from collections.abc import Iterator

import polars as pl

from comity.parsers.browser.profile import Profile, Tables, events, instant, slices

_VISITS = {
    1: "link", 2: "typed", 3: "bookmark", 4: "embedded", 5: "permanent redirect", 6: "temporary redirect", 7: "download", 8: "framed link",
    9: "reload",
}  # fmt: skip
_DESTINATION = "downloads/destinationFileURI"


def _read(tables: Tables) -> Iterator[pl.DataFrame]:
    places = tables.frame("moz_places", {"id": pl.Int64, "url": pl.String, "title": pl.String, "visit_count": pl.Int64, "typed": pl.Int64})
    places = places.drop("offset", "length").unique("id", keep="first", maintain_order=True)
    numbers = ("id", "from_visit", "place_id", "visit_date", "visit_type")
    visits = tables.frame("moz_historyvisits", dict.fromkeys(numbers, pl.Int64))
    came = visits.select(pl.col("id").alias("from_visit"), pl.col("place_id").alias("from_place")).unique("from_visit", keep="first")
    said = {"kind": "transition", "visit_count": "visit_count", "typed": "typed"}
    for piece in slices(visits):
        frame = (
            piece.join(places, left_on="place_id", right_on="id", how="left", maintain_order="left")
            .join(came, on="from_visit", how="left", maintain_order="left")
            .join(places.select("id", referrer="url"), left_on="from_place", right_on="id", how="left", maintain_order="left")
            .with_columns(
                instant(pl.col("visit_date")).alias("@timestamp"),
                pl.lit("microsecond").alias("event.precision"),
                pl.col("visit_type").alias("kind"),
                pl.col("title").alias("message"),
                pl.col("id").cast(pl.String).alias("event.id"),
                pl.col("referrer").alias("http.request.referrer"),
            )
        )
        yield events(frame, action="page_visited", category="web", address="url", said=said, numbers=_VISITS)
    yield from _downloads(tables, places)


def _downloads(tables: Tables, places: pl.DataFrame) -> Iterator[pl.DataFrame]:
    names = tables.frame("moz_anno_attributes", {"id": pl.Int64, "name": pl.String})
    wanted = names.filter(pl.col("name") == _DESTINATION)["id"]
    kinds = {"id": pl.Int64, "place_id": pl.Int64, "anno_attribute_id": pl.Int64, "content": pl.String, "dateAdded": pl.Int64}
    notes = tables.frame("moz_annos", kinds).filter(pl.col("anno_attribute_id").is_in(wanted.to_list()))
    for piece in slices(notes):
        frame = piece.join(places, left_on="place_id", right_on="id", how="left", maintain_order="left").with_columns(
            instant(pl.col("dateAdded")).alias("@timestamp"),
            pl.lit("microsecond").alias("event.precision"),
            pl.col("content").alias("file.path"),
            pl.col("id").cast(pl.String).alias("event.id"),
        )
        yield events(frame, action="file_downloaded", category="file", address="url", said={"title": "title"}, numbers={})


PROFILE = Profile(browser="Firefox", needs=frozenset({"moz_places", "moz_historyvisits"}), read=_read)
