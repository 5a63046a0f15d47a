"""Accounts named in mail or in documents attached to it: which message carried a number first, and how far it can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from comity.observables import Trace

_PLACE: Final = ("trace.exhibit", "trace.member", "trace.offset")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachments:
    """DOCUMENT rows, and the FILE rows that say where each lies."""

    documents: pl.LazyFrame
    files: pl.LazyFrame


def mentions(messages: pl.LazyFrame, accounts: Sequence[str], attachments: Attachments | None = None) -> Mapping[str, tuple[Mention, ...]]:
    """Return, by account, the dated messages whose text names it, or that of a document in them, oldest first.

    Spaces, points and hyphens do not count. Documents inside archives inside a message are not looked at.
    """
    wanted = [account for account in accounts if len(account) >= _SHORTEST]
    if not wanted:
        return {}
    domain = pl.col("from.address").str.split("@").list.last().str.to_lowercase()
    known = messages.with_columns(domain.alias("from.domain"))
    since = known.filter(pl.col("date").is_not_null()).group_by("from.domain").agg(pl.col("date").min().alias("since"))
    if attachments is not None:
        known = known.join(_attached(messages, attachments, wanted), on=list(_PLACE), how="left")
    texts = [_compact("body.text"), *([pl.col("attached")] if attachments is not None else [])]
    rows = (
        known.with_columns(pl.concat_str(texts, separator="\n", ignore_nulls=True).alias("compact"))
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


def _attached(messages: pl.LazyFrame, attachments: Attachments, wanted: Sequence[str]) -> pl.LazyFrame:
    """Return the places of messages that hold a document which names one of the accounts, and `attached`, the texts of these."""
    text = _compact("text")
    naming = attachments.documents.select(pl.col("trace.exhibit").alias("number"), text.alias("attached")).filter(
        pl.col("attached").str.contains_any(list(wanted))
    )
    placed = attachments.files.select("number", *_PLACE[:2], pl.col("trace.offset").alias("place")).join(naming, on="number")
    begin, end = pl.col("trace.offset"), pl.col("trace.offset") + pl.col("trace.length")
    return (
        messages.select(*_PLACE, "trace.length")
        .join(placed, on=list(_PLACE[:2]))
        .filter((pl.col("place") >= begin) & (pl.col("place") < end))
        .group_by(_PLACE)
        .agg(pl.col("attached").sort().str.join("\n"))
    )


def _compact(column: str) -> pl.Expr:
    return pl.col(column).str.to_uppercase().str.replace_all(r"[\s\-.]", "")


def _doubts(domain: str | None, reply_to: Sequence[str], dmarc: str | None) -> tuple[str, ...]:
    doubts = []
    if (dmarc or "").lower() == "fail":
        doubts.append("DMARC failed, so the sender's domain is not shown to have sent it")
    others = {address.rpartition("@")[2].lower() for address in reply_to} - {domain or ""}
    if others:
        doubts.append(f"answers go to another domain ({', '.join(sorted(others))})")
    return tuple(doubts)
