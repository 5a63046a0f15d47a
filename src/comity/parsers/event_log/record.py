"""One Windows event record, as the library writes it out in JSON, taken apart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from comity.parsers.event_log.chunk import Place
from comity.parsers.event_log.meaning import ANONYMOUS, ANONYMOUS_SID, MEANINGS, SECURITY, UNKNOWN, Meaning
from comity.parsers.record_fields import exact_integer, record_fields
from comity.terms.canonical import Json

_Members: TypeAlias = Mapping[str, Json]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FILETIME_TO_1970 = 11_644_473_600_000_000
_LATEST = 253_402_300_800_000_000  # the year 10000
_APART = 1_000_000
_MICROSECOND = timedelta(microseconds=1)
_MOST_MESSAGE = 1_000
_MOST_LISTED = 300
_NAMESPACE = "xmlns"
_IN_COLUMNS = frozenset({"EventID", "EventRecordID", "Channel", "Computer", "TimeCreated_attributes", "Provider_attributes"})
_decoder = json.JSONDecoder(parse_float=str, parse_int=exact_integer)


@dataclass(frozen=True, slots=True)
class Written:
    """One record: where it begins in the log, its place in its chunk, what the library wrote, and what is to be remarked on it."""

    start: int
    place: Place
    text: str
    remarks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A record taken apart: its meaning, values of columns by name, and its own values by theirs."""

    meaning: Meaning
    values: Mapping[str, object]
    data: Mapping[str, Json]


def take_apart(written: Written) -> Taken:
    """Return what `written` says. ValueError or RecursionError when its text is not JSON or nested beyond measure."""
    event = _members(_members(_decoder.decode(written.text)).get("Event"))
    system = _members(event.get("System"))
    data = _data(event)
    provider = text_of(_members(system.get("Provider_attributes")).get("Name"))
    code = text_of(system.get("EventID"))
    channel = text_of(system.get("Channel"))
    meaning = MEANINGS.get((provider or "", code or ""), UNKNOWN)
    if code == "4624" and provider == SECURITY and data.get("TargetUserSid") == ANONYMOUS_SID:
        meaning = ANONYMOUS
    at, remark = _instant(system, written.place.written)
    number = str(written.place.number)
    remarks = dict(written.remarks)
    if remark:
        remarks["record_written"] = remark
    if text_of(system.get("EventRecordID")) not in {None, number}:
        remarks["event_record_id"] = text_of(system.get("EventRecordID")) or ""
    values: dict[str, object] = {
        "offset": written.start,
        "length": written.place.length,
        "at": at,
        "event.code": code,
        "event.provider": f"{channel or ''}/{provider or ''}" if channel or provider else None,
        "event.id": number,
        "host.name": text_of(system.get("Computer")),
        "writer": text_of(_members(system.get("Security_attributes")).get("UserID")),
        "fields": record_fields(_rest(event, system, remarks)),
        "message": _message(meaning, data),
    }
    return Taken(meaning, values, data)


def text_of(value: Json) -> str | None:
    """Return a value as text: itself, or JSON of what is more than one."""
    if value is None or isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, dict) and set(value) == {"#text"}:
        return text_of(value["#text"])
    return json.dumps(value, ensure_ascii=False)


def _members(value: Json) -> _Members:
    return value if isinstance(value, dict) else {}


def _data(event: _Members) -> _Members:
    """Return the event's own values: of EventData, or of the one element within UserData."""
    if isinstance(event.get("EventData"), dict):
        return _members(event["EventData"])
    elements = _members(event.get("UserData"))
    return next((_members(value) for name, value in elements.items() if not name.endswith("_attributes")), {})


def _rest(event: _Members, system: _Members, remarks: Mapping[str, str]) -> Json:
    """Return what has no column of its own."""
    left: dict[str, Json] = {name: value for name, value in event.items() if name != "System" and value is not None}
    header: dict[str, Json] = {name: value for name, value in system.items() if name not in _IN_COLUMNS and value is not None}
    provider = {name: value for name, value in _members(system.get("Provider_attributes")).items() if name != "Name"}
    if provider:
        header["Provider_attributes"] = provider
    if header:
        left["System"] = header
    if remarks:
        left["remarks"] = dict(remarks)
    return left


def _instant(system: _Members, filetime: int) -> tuple[int | None, str | None]:
    """Return the event's time in microseconds, and the record's own (RFC 3339) where it is a second or more apart or missing.

    An event without a usable time has that at which its record was written.
    """
    recorded: int | None = filetime // 10 - _FILETIME_TO_1970
    if not filetime or recorded is None or recorded >= _LATEST:
        recorded = None
    created = _created(text_of(_members(system.get("TimeCreated_attributes")).get("SystemTime")))
    if created is None:
        return recorded, None
    if recorded is None or abs(created - recorded) < _APART:
        return created, None
    return created, (_EPOCH + recorded * _MICROSECOND).isoformat()


def _created(text: str | None) -> int | None:
    try:
        created = (datetime.fromisoformat(text or "") - _EPOCH) // _MICROSECOND
    except (ValueError, TypeError):
        return None
    return None if created == -_FILETIME_TO_1970 else created


class _Words(dict[str, Json]):
    """The values of an event as text; what it does not say is left out of its message."""

    def __getitem__(self, name: str) -> str:
        return text_of(self.get(name)) or ""


def _message(meaning: Meaning, data: _Members) -> str | None:
    if meaning.message:
        return meaning.message.format_map(_Words(data))[:_MOST_MESSAGE]
    listed: list[str] = []
    room = _MOST_LISTED
    for name, value in data.items():
        text = text_of(value)
        if text and not name.endswith("_attributes"):
            listed.append((text if name == "Data" else f"{name}: {text}")[:room])
            room -= len(listed[-1])
            if room <= 0:
                break
    return "; ".join(listed) or None
