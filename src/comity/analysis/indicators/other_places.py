"""Places selectors stand in beyond mail, statements and the peers of logs: networks, browsers, accounts, documents."""

from collections.abc import Iterator, Sequence

import polars as pl

from comity.analysis.indicators.sightings import Place, Source
from comity.terms.selector import Kind

PASSED_BY = frozenset(
    {
        "name looked up",
        "answer of the name system",
        "host asked",
        "address asked",
        "page visited",
        "end of a conversation",
        "account in a log",
    }
)
"""Places that hold what a whole household or office uses every day: being in one connects only what a finding names."""


def network_places(*, events: pl.LazyFrame, flows: pl.LazyFrame) -> Iterator[Place]:
    """Yield the places of EVENT and FLOW rows that say who was asked, what was looked up, visited, claimed or run.

    Columns that no row fills are passed over. Of the answers of the name system addresses are read, not names.
    """
    visited = pl.when(pl.col("event.action") == "page_visited").then(pl.col("url.original"))
    answers = pl.col("dns.answers").list.join("\n", ignore_nulls=True)
    named = (Kind.DOMAIN,)
    of_events = (
        _logged(events, pl.col("destination.ip"), "address asked"),
        _logged(events, pl.col("destination.domain"), "host asked", loose=named),
        _logged(events, pl.col("dns.question.name"), "name looked up", loose=named),
        _logged(events, answers, "answer of the name system", whole=False),
        _logged(events, pl.col("user.name"), "account in a log"),
        _logged(events, visited, "page visited"),
        _logged(events, pl.col("network.forwarded_ip"), "address a proxy claimed to speak for", whole=False),
        _logged(events, pl.col("process.command_line"), "command run", whole=False),
    )
    of_flows = tuple(_logged(flows, pl.col(column), "end of a conversation") for column in ("source.ip", "destination.ip"))
    yield from (*_filled(events, of_events), *_filled(flows, of_flows))


def document_places(documents: pl.LazyFrame) -> Iterator[Place]:
    """Yield the places of DOCUMENT rows: their text and the targets of their links, dated as the document says it was created."""
    yield Place(rows=documents, column=pl.col("text"), at="created", source=Source.DOCUMENT, where="text of a document", whole=False)
    links = documents.explode("links")
    yield Place(rows=links, column=pl.col("links"), at="created", source=Source.DOCUMENT, where="link in a document", whole=True)


def _logged(rows: pl.LazyFrame, column: pl.Expr, where: str, *, whole: bool = True, loose: tuple[Kind, ...] = ()) -> Place:
    return Place(rows=rows, column=column, at="@timestamp", source=Source.LOG, where=where, whole=whole, loose=loose)


def _filled(rows: pl.LazyFrame, places: Sequence[Place]) -> Iterator[Place]:
    """Yield the places that hold anything: most logs fill few columns, and each place is gone through by itself."""
    counts = rows.select((place.column != "").any().alias(str(number)) for number, place in enumerate(places))
    found = counts.collect(engine="streaming").row(0)
    yield from (place for place, holds in zip(places, found, strict=True) if holds)
