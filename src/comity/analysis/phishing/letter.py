"""A letter: one message with its hops and links, as values the rules read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from comity.observables import Trace

AT_ONCE = 2_000
KEY = ["trace.exhibit", "trace.member", "message.offset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One Received header, names in lower case; `ip` as the receiving host saw it."""

    position: int
    helo: str
    ip: str | None
    reverse: str
    by: str
    protocol: str
    at: datetime | None
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link: the target as written, its host, what the reader sees."""

    url: str
    host: str | None
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message. Empty text where a header is absent; None where the difference matters (no result recorded)."""

    trace: Trace
    message_id: str
    date: datetime | None
    sender: str
    sender_name: str
    sender_count: int
    reply_to: tuple[str, ...]
    return_path: str
    recipients: tuple[str, ...]
    subject: str
    in_reply_to: str
    references: tuple[str, ...]
    list_id: str
    spf: str | None
    dkim: str | None
    dkim_domain: str
    dmarc: str | None
    text: str
    html: bool
    forms: int
    remote_images: int
    hidden_characters: int
    attachments: tuple[str, ...]
    attachment_count: int
    defects: tuple[str, ...]
    hops: tuple[Hop, ...]
    links: tuple[Link, ...]

    @property
    def sender_domain(self) -> str:
        """The part of the author's address after the last @, lower case; empty when there is none."""
        return domain_of(self.sender)

    @property
    def judged(self) -> bool:
        """Whether a receiver recorded any authentication result; without one nothing is known, and that is not held against it."""
        return any(result is not None for result in (self.spf, self.dkim, self.dmarc))


def domain_of(address: str) -> str:
    """Return the domain of a mail address in lower case without a final dot; empty when there is none."""
    return address.rpartition("@")[2].lower().strip(".> ") if "@" in address else ""


def letters(messages: pl.LazyFrame, hops: pl.LazyFrame, links: pl.LazyFrame) -> Iterator[Letter]:
    """Yield every message once, in the order of exhibit, member and offset; 2,000 at a time are held in memory."""
    order = messages.select("trace.exhibit", "trace.member", "trace.offset").with_row_index("row").collect()
    order = order.sort("trace.exhibit", "trace.member", "trace.offset")
    for start in range(0, order.height, AT_ONCE):
        wanted = order[start : start + AT_ONCE].select("trace.exhibit", "trace.member", pl.col("trace.offset").alias("message.offset"))
        rows = _of(messages.with_columns(pl.col("trace.offset").alias("message.offset")), wanted)
        by_hop = _grouped(_of(hops, wanted).sort(*KEY, "position"))
        by_link = _grouped(_of(links, wanted))
        for row in rows.sort("trace.exhibit", "trace.member", "trace.offset").iter_rows(named=True):
            key = (row["trace.exhibit"], row["trace.member"], row["trace.offset"])
            yield _letter(row, by_hop.get(key, ()), by_link.get(key, ()))


Row = Mapping[str, object]


def _of(table: pl.LazyFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `table` that belong to the messages `wanted` (columns KEY), in the order of the table."""
    first, last = wanted.row(0), wanted.row(-1)
    # said apart from the join, for the reader of the table to pass over what lies far away
    near = pl.col("trace.exhibit").is_between(pl.lit(first[0]), pl.lit(last[0]))
    if first[:2] == last[:2]:
        near &= pl.col("message.offset").is_between(first[2], last[2])
    return table.filter(near).join(wanted.lazy(), on=KEY, how="semi", maintain_order="left").collect(engine="streaming")


def _grouped(frame: pl.DataFrame) -> dict[tuple[str, str, int], list[Row]]:
    groups: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        groups[row["trace.exhibit"], row["trace.member"], row["message.offset"]].append(row)
    return groups


def _text(row: Row, name: str) -> str:
    value = row[name]
    return value if isinstance(value, str) else ""


def _maybe(row: Row, name: str) -> str | None:
    value = row[name]
    return value.lower() if isinstance(value, str) else None


def _number(row: Row, name: str) -> int:
    value = row[name]
    return int(value) if isinstance(value, int) else 0


def _several(row: Row, name: str) -> tuple[str, ...]:
    value = row[name]
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _instant(row: Row, name: str) -> datetime | None:
    value = row[name]
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def _trace(row: Row) -> Trace:
    return Trace(
        exhibit=_text(row, "trace.exhibit"),
        member=_text(row, "trace.member"),
        offset=_number(row, "trace.offset"),
        length=_number(row, "trace.length"),
    )


def _hop(row: Row) -> Hop:
    return Hop(
        position=_number(row, "position"),
        helo=_text(row, "from.domain").lower(),
        ip=_maybe(row, "from.ip"),
        reverse=_text(row, "from.reverse").lower(),
        by=_text(row, "by.domain").lower(),
        protocol=_text(row, "with").upper(),
        at=_instant(row, "@timestamp"),
        trace=_trace(row),
    )


def _link(row: Row) -> Link:
    return Link(url=_text(row, "url.full"), host=_maybe(row, "url.domain"), text=_text(row, "text"), source=_text(row, "source"))


def _letter(row: Row, hops: Sequence[Row], links: Sequence[Row]) -> Letter:
    return Letter(
        trace=_trace(row),
        message_id=_text(row, "message_id"),
        date=_instant(row, "date"),
        sender=_text(row, "from.address"),
        sender_name=_text(row, "from.display_name"),
        sender_count=_number(row, "from.count"),
        reply_to=_several(row, "reply_to.address"),
        return_path=_text(row, "return_path.address"),
        recipients=(*_several(row, "to.address"), *_several(row, "cc.address")),
        subject=_text(row, "subject"),
        in_reply_to=_text(row, "in_reply_to"),
        references=_several(row, "references"),
        list_id=_text(row, "list_id"),
        spf=_maybe(row, "spf.result"),
        dkim=_maybe(row, "dkim.result"),
        dkim_domain=_text(row, "dkim.domain").lower(),
        dmarc=_maybe(row, "dmarc.result"),
        text=_text(row, "body.text"),
        html=bool(row["body.html"]),
        forms=_number(row, "body.forms"),
        remote_images=_number(row, "body.remote_images"),
        hidden_characters=_number(row, "body.hidden_characters"),
        attachments=_several(row, "attachment.names"),
        attachment_count=_number(row, "attachment.count"),
        defects=_several(row, "defects"),
        hops=tuple(map(_hop, hops)),
        links=tuple(map(_link, links)),
    )
