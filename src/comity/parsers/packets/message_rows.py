"""Columns of the event table for messages found in packets. The source is always who asked, also in the row of an answer."""

# ruff: noqa: PLR2004 - lengths of numbers that fit a column

import json
from typing import TypeAlias

import polars as pl

from comity.parsers.packets.conversation import Conversation
from comity.parsers.packets.dns_message import DnsMessage
from comity.parsers.packets.flow_rows import end_of, transport_name, written_time
from comity.parsers.packets.http_message import Head
from comity.parsers.packets.record import PRECISIONS
from comity.parsers.packets.segment import Segment
from comity.parsers.packets.tls_hello import HOST, Hello
from comity.terms.canonical import Json

Event: TypeAlias = dict[str, object]
"""A row by column."""

COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "offset": pl.Int64,
    "length": pl.Int64,
    "@timestamp": pl.Datetime("us", "UTC"),
    "event.precision": pl.String,
    "event.clock": pl.String,
    "event.dataset": pl.String,
    "event.category": pl.String,
    "event.action": pl.String,
    "event.outcome": pl.String,
    "event.code": pl.String,
    "event.id": pl.String,
    "source.ip": pl.String,
    "source.port": pl.Int32,
    "destination.ip": pl.String,
    "destination.port": pl.Int32,
    "destination.domain": pl.String,
    "network.transport": pl.String,
    "network.forwarded_ip": pl.String,
    "dns.question.name": pl.String,
    "dns.question.type": pl.String,
    "dns.answers": pl.List(pl.String),
    "http.request.method": pl.String,
    "url.original": pl.String,
    "http.version": pl.String,
    "http.response.status_code": pl.Int32,
    "http.response.body.bytes": pl.Int64,
    "http.request.referrer": pl.String,
    "user_agent.original": pl.String,
    "fields": pl.String,
}
_LONGEST_FIELDS = 65_536
# the canonical form of RFC 8785 for what is written here: names in ASCII, texts and small whole numbers
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_FIRST_FAILURE = 400
_HEADERS = {"content-type": "content_type", "server": "server", "location": "location", "content-disposition": "content_disposition"}


def placed(begin: int, end: int, first: Segment) -> Event:
    """Return the columns that say where in the source a message lies, and when its first segment was recorded."""
    time = written_time(first.time, first.precision)
    return {
        "offset": begin,
        "length": end - begin,
        "@timestamp": time,
        "event.precision": None if time is None else PRECISIONS[first.precision],
    }


def dns_event(conversation: Conversation, side: int, message: DnsMessage) -> Event:
    """Return the row of a DNS message that `side` sent."""
    _service(conversation, "dns")
    fields: dict[str, Json] = {"dns.id": message.identity}
    if message.operation:
        fields["dns.op_code"] = message.operation
    if not message.whole:
        fields["incomplete"] = True
    if message.answers:
        fields["dns.answers"] = [
            {"name": answer.name, "type": answer.type, "ttl": answer.seconds, "data": answer.data} for answer in message.answers
        ]
    outcome = ("success" if message.code == "NOERROR" else "failure") if message.response else "unknown"
    return _ends(conversation, 1 - side if message.response else side) | {
        "event.category": "network",
        "event.action": "dns_response" if message.response else "dns_query",
        "event.outcome": outcome,
        "event.code": message.code if message.response else None,
        "dns.question.name": message.name,
        "dns.question.type": message.type,
        "dns.answers": [answer.data for answer in message.answers] if message.answers else None,
        "fields": _written(fields),
    }


def hello_event(conversation: Conversation, side: int, hello: Hello) -> Event:
    """Return the row of a ClientHello that `side` sent."""
    _service(conversation, "tls")
    fields: dict[str, Json] = {"tls.version": hello.version}
    if hello.protocols:
        fields["tls.client.alpn"] = list(hello.protocols)
    if not hello.whole:
        fields["incomplete"] = True
    return _ends(conversation, side) | {
        "event.category": "network",
        "event.action": "tls_client_hello",
        "event.outcome": "unknown",
        "destination.domain": hello.server,
        "fields": _written(fields),
    }


def http_event(conversation: Conversation, side: int, head: Head) -> Event:
    """Return the row of a request or response that `side` sent."""
    _service(conversation, "http")
    headers = head.headers
    fields: dict[str, Json] = {name: headers[header] for header, name in _HEADERS.items() if header in headers}
    if not head.whole:
        fields["incomplete"] = True
    written = headers.get("content-length", "")
    length = int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None
    common: Event = {"event.category": "web", "http.version": head.version}
    if head.status is not None:
        outcome = "success" if head.status < _FIRST_FAILURE else "failure"
        answer: Event = {"event.action": "http_response", "event.outcome": outcome, "http.response.status_code": head.status}
        return _ends(conversation, 1 - side) | common | answer | {"http.response.body.bytes": length, "fields": _written(fields)}
    if length is not None:
        fields["http.request.body.bytes"] = length
    if "host" in headers:
        fields["host"] = headers["host"]
    return (
        _ends(conversation, side)
        | common
        | {
            "event.action": "http_request",
            "event.outcome": "unknown",
            "destination.domain": _domain(headers.get("host")),
            "network.forwarded_ip": headers.get("x-forwarded-for"),
            "http.request.method": head.method,
            "url.original": head.target,
            "http.request.referrer": headers.get("referer"),
            "user_agent.original": headers.get("user-agent"),
            "fields": _written(fields),
        }
    )


def _ends(conversation: Conversation, asking: int) -> Event:
    source, port = end_of(conversation, asking)
    target, other_port = end_of(conversation, 1 - asking)
    return {
        "event.clock": "",
        "event.dataset": "capture",
        "event.id": conversation.identity(),
        "source.ip": source,
        "source.port": port,
        "destination.ip": target,
        "destination.port": other_port,
        "network.transport": transport_name(conversation.key[1]),
    }


def _service(conversation: Conversation, name: str) -> None:
    if name not in conversation.services:
        conversation.services += (name,)


def _domain(host: str | None) -> str | None:
    """Return the name in a Host header, in lower case without port and last dot; None for an address or what is no name."""
    name = (host or "").rpartition(":")[0] if (host or "").rpartition(":")[2].isdigit() and ":" in (host or "") else host or ""
    if not HOST.fullmatch(name) or name.replace(".", "").isdigit():
        return None
    return name.lower().removesuffix(".")


def _written(fields: dict[str, Json]) -> str | None:
    """Return `fields` as canonical JSON; without the longest of them where that is too long to store."""
    while fields:
        text = _ENCODER.encode(fields)
        if len(text) <= _LONGEST_FIELDS:
            return text
        fields = {name: value for name, value in fields.items() if name != max(fields, key=lambda key: len(_ENCODER.encode(fields[key])))}
        fields["shortened"] = True
    return None
