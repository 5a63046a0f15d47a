"""What the fields of JSON logs are commonly called, by the column they belong in; and which of them a log has.

Names are those of the Elastic Common Schema, nginx's variables, the usual ones of Apache and Logstash, Caddy's, Traefik's, Google's.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from comity.parsers.contract import Inferred
from comity.parsers.event_rows import peer
from comity.parsers.json_columns import Path
from comity.parsers.json_text import Object, Value
from comity.parsers.written_time import epochs, times, zoneless

TIME = "@timestamp"
ZONE = "zone"

_NAMES: Mapping[str, tuple[str, ...]] = {
    TIME: (
        "@timestamp",
        "timestamp",
        "time",
        "ts",
        "time_iso8601",
        "time_local",
        "datetime",
        "eventTime",
        "event_time",
        "StartUTC",
        "created_at",
        "createdAt",
        "logged_at",
        "asctime",
        "date",
        "msec",
        "@t",
        "Timestamp",
        "TimeGenerated",
        "event.created",
    ),
    "source.ip": (
        "source.ip",
        "client.ip",
        "remote_addr",
        "remote_ip",
        "client_ip",
        "clientip",
        "clientIp",
        "client_addr",
        "src_ip",
        "source_ip",
        "ip_address",
        "ipAddress",
        "ip",
        "remoteAddress",
        "remoteIp",
        "request.remote_ip",
        "request.remote_addr",
        "httpRequest.remoteIp",
        "httpRequest.clientIp",
        "ClientHost",
        "ClientIP",
        "ClientAddr",
        "req.remoteAddress",
        "source.address",
        "client.address",
        "clientIP",
        "client",
        "remote",
    ),
    "source.port": (
        "source.port",
        "client.port",
        "remote_port",
        "client_port",
        "src_port",
        "request.remote_port",
        "ClientPort",
        "req.remotePort",
    ),
    "network.forwarded_ip": ("http_x_forwarded_for", "x_forwarded_for", "forwarded_for", "xff", "http.request.headers.x-forwarded-for"),
    "destination.ip": ("destination.ip", "server.ip", "server_addr", "dst_ip", "dest_ip", "destination_ip"),
    "destination.port": ("destination.port", "server.port", "server_port", "dst_port", "dest_port"),
    "destination.domain": ("url.domain", "http_host", "request.host", "RequestHost", "ClientRequestHost", "server_name", "vhost"),
    "host.name": ("host.name", "hostname", "host.hostname", "computer_name"),
    "user.name": (
        "user.name",
        "remote_user",
        "username",
        "user_name",
        "user",
        "account",
        "login",
        "user.email",
        "user_email",
        "email",
        "ClientUsername",
    ),
    "user.id": ("user.id", "user_id", "userId"),
    "http.request.method": (
        "http.request.method",
        "request_method",
        "method",
        "verb",
        "http_method",
        "request.method",
        "RequestMethod",
        "ClientRequestMethod",
        "httpRequest.requestMethod",
        "req.method",
    ),
    "url.original": (
        "url.original",
        "url.full",
        "request_uri",
        "uri",
        "url",
        "request.uri",
        "request_url",
        "RequestPath",
        "ClientRequestURI",
        "httpRequest.requestUrl",
        "req.url",
        "url.path",
        "path",
    ),
    "http.version": ("http.version", "server_protocol", "httpversion", "http_version", "request.proto", "RequestProtocol"),
    "http.response.status_code": (
        "http.response.status_code",
        "status_code",
        "status",
        "response.status",
        "response",
        "DownstreamStatus",
        "EdgeResponseStatus",
        "httpRequest.status",
        "res.statusCode",
        "statusCode",
        "response_code",
    ),
    "http.response.body.bytes": (
        "http.response.body.bytes",
        "body_bytes_sent",
        "bytes_sent",
        "response_size",
        "bytes",
        "size",
        "DownstreamContentSize",
        "httpRequest.responseSize",
    ),
    "http.request.referrer": ("http.request.referrer", "http_referer", "http_referrer", "referer", "referrer", "httpRequest.referer"),
    "user_agent.original": (
        "user_agent.original",
        "http_user_agent",
        "user_agent",
        "userAgent",
        "useragent",
        "agent",
        "httpRequest.userAgent",
        "ClientRequestUserAgent",
    ),
    "message": ("message", "msg", "@m", "log", "MESSAGE", "short_message"),
    "process.name": ("process.name", "program", "process_name"),
    "process.pid": ("process.pid", "pid"),
    "event.provider": ("event.provider", "logger", "logger_name", "service.name", "service", "app"),
    "event.action": ("event.action", "action"),
    "event.code": ("event.code",),
    "event.id": ("event.id", "request_id", "requestId", "trace.id", "trace_id"),
    "request": ("request",),
}

_LEAST_SHARE = 0.5
_LEAST_REQUESTS = 0.1  # what is sent to a server need not be a request
_TEXT_COLUMNS_TOO = frozenset({"http.response.status_code", "http.response.body.bytes", "source.port", "destination.port", "process.pid"})


def known_names() -> frozenset[str]:
    """Return every name a time commonly has."""
    return frozenset(_NAMES[TIME])


def find(records: Sequence[Object]) -> Iterator[Inferred]:
    """Yield which field of `records`, the first of a log, belongs in which column: its path as a JSON list, and why.

    A field is taken for its name, if what it holds in at least half of the records that have it is of the column's kind. Also the
    zone, when times have none.
    """
    taken: set[Path] = set()
    for column, names in _NAMES.items():
        for path in (path for name in names for path in _paths(name)):
            values = [value for record in records if (value := _at(record, path)) is not None]
            least = _LEAST_REQUESTS if column == "request" else _LEAST_SHARE
            if path in taken or not values or sum(map(_fitting(column), values)) < least * len(values):
                continue
            taken.add(path)
            yield Inferred(
                name=column,
                value=json.dumps(path),
                why=f"a field of this name holds it in many logs, and {len(values)} of the first {len(records)} records have it",
            )
            if column == TIME and zoneless(pl.Series([value for value in values if isinstance(value, str)], dtype=pl.String)):
                yield Inferred(name=ZONE, value="UTC", why="the times give no zone; UTC is taken until the writer's zone is known")
            break


def read(inferred: Sequence[Inferred]) -> Mapping[str, Path]:
    """Return the paths that `find` gave, by column."""
    found: dict[str, Path] = {}
    for fact in inferred:
        if fact.name in _NAMES:
            path = json.loads(fact.value)
            found[fact.name] = tuple(path)
    return found


def _paths(name: str) -> tuple[Path, ...]:
    return ((name,), tuple(name.split("."))) if "." in name else ((name,),)


def _at(record: Object, path: Path) -> Value:
    value: Value = record
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _fitting(column: str) -> Callable[[Value], bool]:
    """Return what says whether a value is of the kind of `column`."""
    if column == TIME:
        return _is_time
    if column in {"source.ip", "destination.ip"}:
        return lambda value: isinstance(value, str) and (value in {"", "-"} or peer(value)[0] is not None)
    if column in _TEXT_COLUMNS_TOO:
        return lambda value: (type(value) is int and value >= 0) or (isinstance(value, str) and (value.isdigit() or value in {"", "-"}))
    if column == "request":
        return lambda value: isinstance(value, str) and " HTTP/" in value
    return lambda value: isinstance(value, str) or (type(value) is int and column in {"user.id", "event.id", "event.code"})


def _is_time(value: Value) -> bool:
    if isinstance(value, str):
        return bool(times(pl.Series([value[:64]], dtype=pl.String), zone=ZONE)["@timestamp"].count())
    return type(value) in {int, float} and bool(epochs(pl.Series([value], dtype=pl.Float64, strict=False))["@timestamp"].count())
