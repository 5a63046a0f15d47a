"""JSON logs of any program: web servers' access logs, applications', what Logstash and its like write.

No format says what the fields are called. Time, address, user, request and answer are found by names that many logs use and by
what they hold; which were taken is inferred and said. All else stays in `fields`.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from comity.observables import EVENT, Table
from comity.parsers import json_names
from comity.parsers.contract import Inferred, Item, Source
from comity.parsers.json_columns import Layout, Path
from comity.parsers.json_records import first_records, in_lines
from comity.parsers.json_rows import rows

_HEAD = 65_536
_RECORDS_TRIED = 200
_SURE_SHARE = 0.6
_LEAST_LINES = 2
_FIRST_FAILURE = 400  # RFC 9110, 15.5 and 15.6
_LOG_NAMES = (".json", ".jsonl", ".ndjson", ".log")
_REQUEST = r"^(?<method>[A-Z][A-Z_-]{0,31}) (?<target>.*?)(?: HTTP/(?<version>[0-9.]{1,4}))?$"


class JsonLines:
    """Reads JSON objects one a line, or in a list, as events."""

    name = "json_lines"
    version = "1"
    media_type = "application/x-ndjson"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 1 for lines that are JSON objects, and for a list of objects with times; 2 when the name says so, too."""
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        if not text.startswith((b"{", b"[")):
            return 0
        first = first_records(head)
        lines = in_lines(head)
        timed = sum(bool(record.keys() & json_names.known_names()) for record in first)
        if not first or (timed < _SURE_SHARE * len(first) and not (lines and len(first) >= _LEAST_LINES)):
            return 0
        return 2 if name.lower().endswith(_LOG_NAMES) else 1

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return which field was taken for what, and the zone when times have none."""
        source.stream.seek(0)
        return tuple(json_names.find(first_records(source.stream.read(_HEAD), most=_RECORDS_TRIED)))

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the objects as events."""
        zone = next((fact.value for fact in inferred if fact.name == json_names.ZONE), None)
        layout = _layout(json_names.read(inferred), zone=zone)
        return rows(source, lambda _: layout)


def _layout(paths: Mapping[str, Path], *, zone: str | None) -> Layout:
    peers = {name.removesuffix(".ip"): (path,) for name, path in paths.items() if name in {"source.ip", "destination.ip"}}
    beside = {json_names.TIME, "source.ip", "destination.ip"}
    columns: dict[str, tuple[Path, ...]] = {name: (path,) for name, path in paths.items() if name not in beside}
    return Layout(
        table=EVENT,
        columns=columns,
        peers=peers,
        times={"@timestamp": (paths[json_names.TIME],) if json_names.TIME in paths else ()},
        zone=zone,
        interpret=_requests if "request" in paths else _interpreted,
    )


def _requests(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with the request line, as nginx and Apache write it, taken apart."""
    parts = pl.col("request").str.extract_groups(_REQUEST).struct
    found = {"http.request.method": "method", "url.original": "target", "http.version": "version"}
    taken = {name: pl.coalesce(name, parts.field(part)) if name in frame.columns else parts.field(part) for name, part in found.items()}
    # what is no request line is the target as it was sent
    taken["url.original"] = pl.coalesce(taken["url.original"], "request")
    return _interpreted(frame.with_columns(**taken).drop("request"))


def _interpreted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` as web requests where a record has target and answer, else as what it says it is."""
    status, target = (pl.col(name) if name in frame.columns else pl.lit(None) for name in ("http.response.status_code", "url.original"))
    web = status.is_not_null() & target.is_not_null()
    action = pl.col("event.action") if "event.action" in frame.columns else pl.lit(None, pl.String)
    answered = pl.when(status < _FIRST_FAILURE).then(pl.lit("success")).otherwise(pl.lit("failure"))
    version = [pl.col("http.version").str.strip_prefix("HTTP/")] if "http.version" in frame.columns else []
    return frame.with_columns(
        pl.lit("json_lines").alias("event.dataset"),
        pl.when(web).then(pl.lit("web")).alias("event.category"),
        pl.coalesce(action, pl.when(web).then(pl.lit("request"))).alias("event.action"),
        pl.when(web).then(answered).alias("event.outcome"),
        *version,
    )


PARSER = JsonLines()
