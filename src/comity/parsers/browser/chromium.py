"""Chrome, Edge, Brave, Opera and other kin of Chromium: the file History.

Source: the sources of Chromium, components/history/core/browser (tables urls, visits, downloads, keyword_search_terms) and
ui/base/page_transition_types.h. Times are microseconds since 1601.
"""

from collections.abc import Iterator

import polars as pl

from comity.parsers.browser.profile import Profile, Tables, events, instant, slices

_TO_1970 = 11_644_473_600_000_000
_CORE = 0xFF
_TRANSITIONS = {
    0: "link", 1: "typed", 2: "bookmark", 3: "subframe", 4: "subframe chosen", 5: "generated", 6: "start page", 7: "form", 8: "reload",
    9: "keyword", 10: "keyword generated",
}  # fmt: skip
_STATES = {0: "in progress", 1: "complete", 2: "cancelled", 3: "interrupted", 4: "interrupted"}
_DANGERS = {
    0: "not dangerous", 1: "dangerous file", 2: "dangerous address", 3: "dangerous content", 4: "perhaps dangerous", 5: "uncommon",
    6: "kept by the user", 7: "dangerous host", 8: "potentially unwanted",
}  # fmt: skip


def _read(tables: Tables) -> Iterator[pl.DataFrame]:
    urls = tables.frame("urls", {"id": pl.Int64, "url": pl.String, "title": pl.String, "visit_count": pl.Int64, "typed_count": pl.Int64})
    urls = urls.drop("offset", "length").unique("id", keep="first", maintain_order=True)
    terms = tables.frame("keyword_search_terms", {"url_id": pl.Int64, "term": pl.String})
    terms = terms.select("url_id", "term").unique("url_id", keep="first", maintain_order=True)
    kinds = {
        "id": pl.Int64,
        "url": pl.Int64,
        "visit_time": pl.Int64,
        "from_visit": pl.Int64,
        "transition": pl.Int64,
        "visit_duration": pl.Int64,
    }
    visits = tables.frame("visits", kinds)
    came = visits.select(pl.col("id").alias("from_visit"), pl.col("url").alias("from_url")).unique("from_visit", keep="first")
    for piece in slices(visits):
        frame = (
            piece.rename({"url": "url_id"})
            .join(urls, left_on="url_id", right_on="id", how="left", maintain_order="left")
            .join(terms, on="url_id", how="left", maintain_order="left")
            .join(came, on="from_visit", how="left", maintain_order="left")
            .join(urls.select("id", referrer="url"), left_on="from_url", right_on="id", how="left", maintain_order="left")
        )
        said = {
            "kind": "transition",
            "visit_count": "visit_count",
            "typed_count": "typed_count",
            "visit_duration": "visit_duration_us",
            "term": "search_terms",
        }
        yield events(
            frame.with_columns(
                _instant("visit_time").alias("@timestamp"),
                pl.lit("microsecond").alias("event.precision"),
                (pl.col("transition") & _CORE).alias("kind"),
                pl.col("title").alias("message"),
                pl.col("id").cast(pl.String).alias("event.id"),
                pl.col("referrer").alias("http.request.referrer"),
            ),
            action="page_visited", category="web", address="url", said=said, numbers=_TRANSITIONS,
        )  # fmt: skip
    yield from _downloads(tables)


def _downloads(tables: Tables) -> Iterator[pl.DataFrame]:
    chains = tables.frame("downloads_url_chains", {"id": pl.Int64, "chain_index": pl.Int64, "url": pl.String})
    last = chains.sort("chain_index", maintain_order=True).group_by("id", maintain_order=True).agg(pl.col("url").last())
    texts = ("guid", "target_path", "current_path", "referrer", "tab_url", "mime_type")
    numbers = ("id", "start_time", "end_time", "received_bytes", "total_bytes", "state", "danger_type", "opened")
    downloads = tables.frame("downloads", {**dict.fromkeys(numbers, pl.Int64), **dict.fromkeys(texts, pl.String)})
    said = {
        "kind": "state", "danger": "danger", "received_bytes": "received_bytes", "total_bytes": "total_bytes", "opened": "opened",
        "mime_type": "mime_type", "tab_url": "tab_url", "ended": "ended", "guid": "guid",
    }  # fmt: skip
    for piece in slices(downloads):
        frame = piece.join(last, on="id", how="left", maintain_order="left").with_columns(
            _instant("start_time").alias("@timestamp"),
            pl.lit("microsecond").alias("event.precision"),
            _instant("end_time").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").alias("ended"),
            pl.col("state").alias("kind"),
            pl.col("danger_type").replace_strict(_DANGERS, default=None, return_dtype=pl.String)
            .fill_null(pl.col("danger_type").cast(pl.String)).alias("danger"),
            pl.when(pl.col("target_path") != "").then("target_path").otherwise("current_path").alias("file.path"),
            pl.col("referrer").alias("http.request.referrer"),
            pl.col("id").cast(pl.String).alias("event.id"),
            pl.when(pl.col("state") == 1).then(pl.lit("success")).otherwise(pl.lit("unknown")).alias("event.outcome"),
        )  # fmt: skip
        yield events(frame, action="file_downloaded", category="file", address="url", said=said, numbers=_STATES)


def _instant(column: str) -> pl.Expr:
    return instant(pl.when(pl.col(column) > _TO_1970).then(pl.col(column) - _TO_1970))


PROFILE = Profile(browser="Chromium", needs=frozenset({"urls", "visits"}), read=_read)
