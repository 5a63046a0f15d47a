"""Rows of the event table from Windows event records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from comity.parsers.contract import Defect, Item
from comity.parsers.event_log.meaning import Meaning
from comity.parsers.event_log.record import Taken, Written, take_apart, text_of
from comity.parsers.event_rows import Peers, event_rows, peer
from comity.parsers.lines import timeless

_OUTCOMES = ("success", "failure", "unknown")
_NOTHING = ("", "-", "LOCAL", "N/A", "S-1-0-0")
_UNTOUCHED = ("message", "fields", "event.outcome", "event.provider")
_NUMBERS = {"offset": pl.Int64, "length": pl.Int64, "at": pl.Int64}
_TEXTS = (
    "user.name", "user.domain", "user.id", "writer", "program", "process.pid", "process.command_line", "file.path", "url.original", "peer",
    "name", "source.port", "destination.ip", "destination.port", "destination.domain", "network.transport", "dns.question.name", "answers",
)  # fmt: skip
_MOST_ANSWERS = 200
_BATCH_RECORDS = 8_192
_BATCH_CHARACTERS = 16 * 2**20


@dataclass(slots=True)
class _Group:
    """Records of one meaning."""

    meaning: Meaning
    columns: dict[str, list[object]] = field(default_factory=dict)

    def add(self, taken: Taken) -> None:
        own = {name: text_of(taken.data.get(source)) for name, source in self.meaning.columns.items()}
        if self.meaning.outcome not in _OUTCOMES:
            own["status"] = text_of(taken.data.get(self.meaning.outcome))
        for name, value in {**taken.values, **own}.items():
            self.columns.setdefault(name, []).append(value)

    def frame(self) -> pl.DataFrame:
        kinds = {name: _NUMBERS.get(name, pl.String) for name in self.columns}
        frame = pl.DataFrame(self.columns, schema=kinds)
        outcome = pl.lit(self.meaning.outcome)
        if "status" in self.columns:
            given = pl.when(pl.col("status").is_in(["0x0", "0x00000000", "0"])).then(pl.lit("success")).otherwise(pl.lit("failure"))
            outcome = pl.when(pl.col("status").is_null()).then(pl.lit("unknown")).otherwise(given)
        if self.meaning.category == "process" and "file.path" not in self.columns and "program" in self.columns:
            frame = frame.with_columns(pl.col("program").alias("file.path"))
        return frame.with_columns(
            pl.lit(self.meaning.category).alias("event.category"),
            pl.lit(self.meaning.action).alias("event.action"),
            outcome.alias("event.outcome"),
        )


class EventRows:
    """Gathers records, each taken apart as it comes, and gives their rows a batch at a time."""

    def __init__(self) -> None:
        self._peers = Peers()
        self._groups: dict[int, _Group] = {}
        self._records = 0
        self._characters = 0

    @property
    def full(self) -> bool:
        """Whether enough for a batch has been gathered."""
        return self._records >= _BATCH_RECORDS or self._characters >= _BATCH_CHARACTERS

    def add(self, written: Written) -> Defect | None:
        """Take a record in; return a Defect when it cannot be taken apart."""
        try:
            taken = take_apart(written)
        except (ValueError, RecursionError) as error:
            reason = f"its content is nested too deeply or is no text: {type(error).__name__}"
            return Defect(code="record_unreadable", reason=reason, offset=written.start, length=written.place.length)
        self._groups.setdefault(id(taken.meaning), _Group(taken.meaning)).add(taken)
        self._records += 1
        self._characters += len(written.text)
        return None

    def batch(self) -> Iterator[Item]:
        """Yield the rows of what was gathered, in order of place, and a Defect for those without a usable time; then begin anew."""
        groups, self._groups, self._records, self._characters = self._groups, {}, 0, 0
        if groups:
            events = _events(self._peers, pl.concat([group.frame() for group in groups.values()], how="diagonal"))
            yield event_rows(events)
            yield from timeless(events)


def _events(peers: Peers, frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in frame.columns]
    frame = frame.with_columns(*missing)
    written = pl.col(pl.String).exclude(_UNTOUCHED)
    frame = frame.with_columns(pl.when(~written.str.strip_chars().is_in(_NOTHING)).then(written).name.keep())
    frame = peers.read(frame.rename({"source.port": "port", "name": "machine"}), "peer")
    account = pl.col("user.name").str.extract_groups(r"^(?<domain>[^\\=,]+)\\(?<name>[^\\]+)$")
    whole = pl.col("user.domain").is_null() & account.struct.field("name").is_not_null()
    machine = pl.when(pl.col("source.ip").is_null()).then(pl.col("machine").str.strip_chars_start("\\"))
    return frame.with_columns(
        pl.from_epoch(pl.col("at"), time_unit="us").dt.replace_time_zone("UTC").alias("@timestamp"),
        pl.lit("microsecond").alias("event.precision"),
        pl.lit("").alias("event.clock"),
        pl.lit("windows_event").alias("event.dataset"),
        pl.when(whole).then(account.struct.field("name")).otherwise("user.name").alias("user.name"),
        pl.when(whole).then(account.struct.field("domain")).otherwise("user.domain").alias("user.domain"),
        pl.coalesce("user.id", "writer").alias("user.id"),
        pl.coalesce("source.domain", machine).alias("source.domain"),
        pl.coalesce(_number("port"), "source.port").alias("source.port"),
        _number("destination.port").alias("destination.port"),
        _number("process.pid").alias("process.pid"),
        pl.col("program").str.extract(r"([^\\/]+)$").alias("process.name"),
        pl.col("network.transport").str.to_lowercase(),
        pl.col("dns.question.name").str.to_lowercase().str.strip_chars_end("."),
        _by_value(frame, "destination.ip", {text: peer(text)[0] for text in _distinct(frame, "destination.ip")}, pl.String),
        _by_value(frame, "answers", {text: _answers(text) for text in _distinct(frame, "answers")}, pl.List(pl.String)).alias(
            "dns.answers"
        ),
    )


def _number(column: str) -> pl.Expr:
    """Return a port or process number, written in decimal or as 0x and hexadecimal; null when it is neither or too large."""
    text = pl.col(column)
    hexadecimal = text.str.extract("^0[xX]([0-9A-Fa-f]{1,8})$").str.to_integer(base=16, strict=False, dtype=pl.Int64)
    decimal = text.str.extract("^([0-9]{1,10})$").cast(pl.Int64)
    return pl.coalesce(hexadecimal, decimal).cast(pl.Int32, strict=False)


def _distinct(frame: pl.DataFrame, column: str) -> list[str]:
    return frame[column].drop_nulls().unique().to_list()


def _by_value(frame: pl.DataFrame, column: str, values: Mapping[str, object], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series(column, [None if text is None else values[text] for text in frame[column]], dtype=kind)


def _answers(text: str) -> list[str] | None:
    """Return the answers to a query as Sysmon lists them: "type:  5 name;::ffff:192.0.2.1;"."""
    answers = []
    for part in text.split(";", _MOST_ANSWERS)[:_MOST_ANSWERS]:
        words = part.split()
        if words:
            answers.append(peer(words[-1])[0] or words[-1])
    return answers or None
