"""Who this mailbox knows: the domains, names and threads that a lure imitates."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from comity.analysis.domain_name import Likeness, Suffixes, likenesses, registrable, skeleton
from comity.analysis.phishing.letter import domain_of
from comity.analysis.phishing.lists import FREE_MAIL_DOMAINS, FREE_MAIL_LABELS, MAILING_SERVICES

OFTEN = 3  # messages that make a domain or a name known
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """What is known before judging one message.

    `domains` counts messages per registrable domain of author and recipients; `look_alikes` gives, for a domain that
    came later and wrote less, the known domain it can be taken for; `names` gives, per author's name as drawn, the
    addresses it used often; `threads` the author's registrable domain per Message-ID.
    """

    domains: Mapping[str, int]
    look_alikes: Mapping[str, Likeness]
    names: Mapping[str, frozenset[str]]
    threads: Mapping[str, str]


NOBODY = Acquaintance(domains={}, look_alikes={}, names={}, threads={})


def free_mail(registered: str | None) -> bool:
    """Whether a registrable domain is one where anybody opens a mailbox."""
    return registered is not None and (registered in FREE_MAIL_DOMAINS or registered.partition(".")[0] in FREE_MAIL_LABELS)


def acquaintance(messages: pl.LazyFrame, suffixes: Suffixes) -> Acquaintance:
    """Return who the mailboxes of `messages` know, counted by columns over all messages."""
    rows = messages.select("from.address", "from.display_name", "message_id", "date", "to.address", "cc.address").collect()
    dated = rows.with_columns(pl.col("date").fill_null(_EARLIEST))
    authors = dated.select(pl.col("from.address").alias("address"), "date").drop_nulls("address")
    readers = dated.select(pl.concat_list(pl.col("to.address", "cc.address").fill_null([])).alias("address"), "date").explode("address")
    seen = pl.concat([authors, readers.drop_nulls("address")]).with_columns(
        pl.col("address").map_elements(domain_of, return_dtype=pl.String)
    )
    counted = seen.group_by("address").agg(pl.len().alias("count"), pl.col("date").min().alias("first")).sort("address")
    written = set(authors.get_column("address").map_elements(domain_of, return_dtype=pl.String).unique().to_list())
    counts: dict[str, int] = defaultdict(int)
    first: dict[str, datetime] = {}
    authoring: set[str] = set()
    for name, count, earliest in counted.iter_rows():
        registered = registrable(name, suffixes)
        if registered is not None:
            counts[registered] += count
            first[registered] = min(first.get(registered, earliest), earliest)
            if name in written:
                authoring.add(registered)
    known = [name for name, count in counts.items() if count >= OFTEN and not free_mail(name) and name not in MAILING_SERVICES]
    suspects = [name for name in authoring if not free_mail(name)]
    pairs = (
        pair
        for pair in likenesses(suspects, known)
        if counts[pair.suspect] < counts[pair.known] and first[pair.suspect] > first[pair.known]
    )
    return Acquaintance(
        domains=dict(counts), look_alikes={pair.suspect: pair for pair in pairs}, names=_names(rows), threads=_threads(rows, suffixes)
    )


def _names(rows: pl.DataFrame) -> dict[str, frozenset[str]]:
    often = (
        rows.drop_nulls(["from.display_name", "from.address"])
        .group_by("from.display_name", "from.address")
        .len()
        .filter(pl.col("len") >= OFTEN)
        .sort("from.display_name", "from.address")
    )
    names: dict[str, set[str]] = defaultdict(set)
    for name, address, _ in often.iter_rows():
        if " " in name.strip():
            names[skeleton(name.strip())].add(address.lower())
    return {name: frozenset(addresses) for name, addresses in names.items()}


def _threads(rows: pl.DataFrame, suffixes: Suffixes) -> dict[str, str]:
    pairs = rows.select("message_id", "from.address").drop_nulls()
    return {identity: registrable(domain_of(author), suffixes) or "" for identity, author in pairs.iter_rows()}
