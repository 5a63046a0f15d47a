"""Rows of the event table from journal entries."""

from collections.abc import Sequence

import polars as pl

from comity.parsers.contract import Rows
from comity.parsers.daemon_messages import interpret
from comity.parsers.event_rows import Peers, event_rows
from comity.parsers.journal.objects import Entry
from comity.parsers.record_fields import record_fields
from comity.terms.canonical import Json

_COLUMNS = {
    "MESSAGE": "message",
    "MESSAGE_ID": "event.code",
    "_SYSTEMD_UNIT": "event.provider",
    "_HOSTNAME": "host.name",
    "_CMDLINE": "process.command_line",
}
"""Fields that are columns of their own, when an entry has them once."""

_SCHEMA = {
    "offset": pl.Int64, "length": pl.Int64, "at": pl.Int64, "event.id": pl.String, **dict.fromkeys(_COLUMNS.values(), pl.String),
    "process.name": pl.String, "pid": pl.String, "uid": pl.String, "fields": pl.String,
}  # fmt: skip
_LATEST_US = 253_402_300_800_000_000  # the year 10000
_MOST_MESSAGE = 65_536


class JournalRows:
    """Turns entries into rows."""

    def __init__(self) -> None:
        self._peers = Peers()

    def read(self, entries: Sequence[Entry]) -> tuple[Rows, pl.DataFrame]:
        """Return the rows of `entries`, and the frame they are from.

        What a daemon's message means is read as in a syslog. The account is the one a message names; the number of the process's own
        account counts only where none is named.
        """
        frame = pl.DataFrame([_row(entry) for entry in entries], schema=_SCHEMA, orient="row")
        frame = self._peers.read(interpret(frame), "peer")
        port = pl.col("port").cast(pl.Int32, strict=False)
        frame = frame.with_columns(
            pl.from_epoch(pl.col("at"), time_unit="us").dt.replace_time_zone("UTC").alias("@timestamp"),
            pl.lit("microsecond").alias("event.precision"),
            pl.lit("").alias("event.clock"),
            pl.lit("systemd_journal").alias("event.dataset"),
            pl.col("pid").cast(pl.Int32, strict=False).alias("process.pid"),
            pl.when(pl.col("user.name").is_null()).then("uid").alias("user.id"),
            pl.coalesce(port, "source.port").alias("source.port"),
        )
        return event_rows(frame), frame


def _row(entry: Entry) -> tuple[object, ...]:
    values: dict[str, Json] = {}
    for name, value in entry.fields:
        if name in values:
            before = values[name]
            values[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            values[name] = value
    columns = []
    for name in _COLUMNS:
        said = values.get(name)
        columns.append(said[:_MOST_MESSAGE] if isinstance(said, str) else None)
        if isinstance(said, str) and len(said) <= _MOST_MESSAGE:
            del values[name]
    program = _first(values, "SYSLOG_IDENTIFIER", "_COMM")
    pid = _first(values, "_PID", "SYSLOG_PID")
    uid = _first(values, "_UID")
    values |= {"__MONOTONIC_TIMESTAMP": str(entry.monotonic), "_BOOT_ID": entry.boot}
    if entry.unread:
        values["remarks"] = f"{entry.unread} fields of the entry could not be read"
    at = entry.realtime if 0 < entry.realtime < _LATEST_US else None
    return (entry.offset, entry.length, at, str(entry.number), *columns, program, pid, uid, record_fields(values))


def _first(values: dict[str, Json], *names: str) -> str | None:
    return next((value for name in names if isinstance(value := values.get(name), str)), None)
