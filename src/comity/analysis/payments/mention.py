"""Accounts named in mail: which message first carried the number of an account, and how far that message can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from comity.observables import Trace

_SHORTEST: Final = 10
"""Shorter account numbers stand in any text by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A message that names an account.

    `doubts` are what speaks against the message itself, in words; `vouched` is true when DMARC passed, so that the sender's
    domain did send it; `sender_since` is the date of the first message from the same domain, None when the sender has none.
    """

    trace: Trace
    at: datetime
    sender: str
    doubts: tuple[str, ...]
    vouched: bool
    sender_since: datetime | None


def mentions(messages: pl.LazyFrame, accounts: Sequence[str]) -> Mapping[str, tuple[Mention, ...]]:
    """Return, by account, the dated messages whose text names it, oldest first; spaces, points and hyphens do not count."""
    wanted = [account for account in accounts if len(account) >= _SHORTEST]
    if not wanted:
        return {}
    domain = pl.col("from.address").str.split("@").list.last().str.to_lowercase()
    known = messages.with_columns(domain.alias("from.domain"))
    since = known.filter(pl.col("date").is_not_null()).group_by("from.domain").agg(pl.col("date").min().alias("since"))
    compact = pl.col("body.text").str.to_uppercase().str.replace_all(r"[\s\-.]", "")
    rows = (
        known.with_columns(compact.alias("compact"))
        .filter(pl.col("date").is_not_null() & pl.col("compact").str.contains_any(wanted))
        .join(since, on="from.domain", how="left")
        .select(
            "trace.exhibit", "trace.member", "trace.offset", "trace.length", "date", "from.address", "from.domain", "reply_to.address",
            "dmarc.result", "since", "compact",
        )
        .sort("date", "trace.exhibit", "trace.member", "trace.offset")
        .collect()
    )  # fmt: skip
    found: dict[str, list[Mention]] = {}
    for row in rows.iter_rows(named=True):
        mention = Mention(
            trace=Trace(exhibit=row["trace.exhibit"], member=row["trace.member"], offset=row["trace.offset"], length=row["trace.length"]),
            at=row["date"],
            sender=row["from.address"] or "an unnamed sender",
            doubts=_doubts(row["from.domain"], row["reply_to.address"] or [], row["dmarc.result"]),
            vouched=(row["dmarc.result"] or "").lower() == "pass",
            sender_since=row["since"] if row["from.domain"] else None,
        )
        for account in wanted:
            if account in row["compact"]:
                found.setdefault(account, []).append(mention)
    return {account: tuple(listed) for account, listed in found.items()}


def _doubts(domain: str | None, reply_to: Sequence[str], dmarc: str | None) -> tuple[str, ...]:
    doubts = []
    if (dmarc or "").lower() == "fail":
        doubts.append("DMARC failed, so the sender's domain is not shown to have sent it")
    others = {address.rpartition("@")[2].lower() for address in reply_to} - {domain or ""}
    if others:
        doubts.append(f"answers go to another domain ({', '.join(sorted(others))})")
    return tuple(doubts)
