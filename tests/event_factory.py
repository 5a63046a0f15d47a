"""Rows of the event table for tests, as the parsers of logs write them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

from comity.observables import EVENT

TYPES = {
    "string": pl.String,
    "int32": pl.Int32,
    "int64": pl.Int64,
    "timestamp[us, tz=UTC]": pl.Datetime("us", "UTC"),
    "list<item: string>": pl.List(pl.String),
}
SCHEMA = {field.name: TYPES[str(field.type)] for field in EVENT.schema}
DEFAULTS = {"trace.exhibit": "1", "trace.member": "", "trace.length": 80, "event.precision": "second", "event.clock": ""}


def events(rows: Iterable[dict]) -> pl.LazyFrame:
    full = [{**DEFAULTS, "trace.offset": place * 100, **row} for place, row in enumerate(rows)]
    return pl.DataFrame(full, schema=SCHEMA).lazy()


def login(
    at: datetime | None,
    address: str,
    user: str | None,
    *,
    success: bool = False,
    port: int | None = 40000,
    message: str | None = None,
    **other,
) -> dict:
    return {
        "@timestamp": at, "event.dataset": "auth_log", "event.category": "authentication", "event.action": "ssh_login",
        "event.outcome": "success" if success else "failure", "source.ip": address, "source.port": port, "host.name": "web1",
        "process.name": "sshd", "user.name": user, "message": message or "password", "event.clock": "year+zone", **other,
    }  # fmt: skip


def request(
    at: datetime,
    address: str,
    target: str,
    status: int = 200,
    size: int | None = 1000,
    *,
    method: str = "GET",
    agent: str = "Mozilla/5.0",
    **other,
) -> dict:
    return {
        "@timestamp": at, "event.dataset": "access_log", "event.category": "web", "event.action": "request",
        "event.outcome": "success" if status < 400 else "failure", "source.ip": address, "http.request.method": method,
        "url.original": target, "http.version": "1.1", "http.response.status_code": status, "http.response.body.bytes": size,
        "user_agent.original": agent, **other,
    }  # fmt: skip


def every(start: datetime, step: timedelta, count: int) -> list[datetime]:
    return [start + step * number for number in range(count)]
