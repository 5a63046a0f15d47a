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
    fields: dict[str, Json] = {"dns.id": message.identity}
    if message.operation:
        fields["dns.op_code"] = message.operation
    if not message.whole:
        fields["incomplete"] = True
    if message.answers:
        fields["dns.answers"] = [
            {"name": answer.name, "type": answer.type, "ttl": answer.seconds, "data": answer.data} for answer in message.answers
        ]
    event = _event(conversation, 1 - side if message.response else side, "dns")
    event["event.category"] = "network"
    if message.response:
        event["event.action"], event["event.code"] = "dns_response", message.code
        event["event.outcome"] = "success" if message.code == "NOERROR" else "failure"
    else:
        event["event.action"], event["event.outcome"] = "dns_query", "unknown"
    event["dns.question.name"], event["dns.question.type"] = message.name, message.type
    event["dns.answers"] = [answer.data for answer in message.answers] or None
    event["fields"] = _written(fields)
    return event


def hello_event(conversation: Conversation, side: int, hello: Hello) -> Event:
    """Return the row of a ClientHello that `side` sent."""
    fields: dict[str, Json] = {"tls.version": hello.version}
    if hello.protocols:
        fields["tls.client.alpn"] = list(hello.protocols)
    if not hello.whole:
        fields["incomplete"] = True
    event = _event(conversation, side, "tls")
    event["event.category"], event["event.action"], event["event.outcome"] = "network", "tls_client_hello", "unknown"
    event["destination.domain"] = hello.server
    event["fields"] = _written(fields)
    return event


def http_event(conversation: Conversation, side: int, head: Head) -> Event:
    """Return the row of a request or response that `side` sent."""
    headers = head.headers
    fields: dict[str, Json] = {name: headers[header] for header, name in _HEADERS.items() if header in headers}
    if not head.whole:
        fields["incomplete"] = True
    written = headers.get("content-length", "")
    length = int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None
    event = _event(conversation, side if head.status is None else 1 - side, "http")
    event["event.category"], event["http.version"] = "web", head.version
    if head.status is not None:
        event["event.action"], event["http.response.status_code"] = "http_response", head.status
        event["event.outcome"] = "success" if head.status < _FIRST_FAILURE else "failure"
        event["http.response.body.bytes"] = length
    else:
        host = headers.get("host")
        domain = _domain(host)
        if length is not None:
            fields["http.request.body.bytes"] = length
        if host != domain:
            fields["host"] = host
        event["event.action"], event["event.outcome"] = "http_request", "unknown"
        event["destination.domain"] = domain
        event["network.forwarded_ip"] = headers.get("x-forwarded-for")
        event["http.request.method"], event["url.original"] = head.method, head.target
        event["http.request.referrer"], event["user_agent.original"] = headers.get("referer"), headers.get("user-agent")
    event["fields"] = _written(fields)
    return event


def _event(conversation: Conversation, asking: int, service: str) -> Event:
    """Return the columns of the two ends; the conversation is of `service` from now on."""
    if service not in conversation.services:
        conversation.services += (service,)
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


def _domain(host: str | None) -> str | None:
    """Return the name in a Host header, in lower case without port and last dot; None for an address or what is no name."""
    name, colon, port = (host or "").rpartition(":")
    if not colon or not port.isdigit():
        name = host or ""
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
