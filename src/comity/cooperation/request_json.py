"""Requests and routings as JSON, and back: every field of the dataclass under its own name.

Dates are YYYY-MM-DD, instants RFC 3339 in UTC, enumerations their values, tuples arrays, absent values null.
"""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import TypeVar, get_args, get_origin, get_type_hints

from comity.cooperation.request import Request
from comity.law.route import Routing
from comity.terms.canonical import Json
from comity.terms.errors import MaterialError
from comity.terms.instant import format_instant, parse_instant

_Value = TypeVar("_Value")
_REMEDY = "The file is not one Comity wrote, or it was changed; draw the request up again from the case."


def encode(value: Request | Routing) -> Json:
    """Return `value` as a JSON object, ready for `terms.canonical`."""
    return _encoded(value)


def decode_request(data: Json) -> Request:
    """Return the request in `data`; MaterialError naming the place for unknown, missing or mistyped fields."""
    return _checked(Request, data)


def decode_routing(data: Json) -> Routing:
    """Return the routing in `data`; MaterialError naming the place for unknown, missing or mistyped fields."""
    return _checked(Routing, data)


def _encoded(value: object) -> Json:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_encoded(entry) for entry in value]
    if is_dataclass(value):
        return {field.name: _encoded(getattr(value, field.name)) for field in fields(value)}
    if value is None or isinstance(value, bool | int | str):
        return value
    msg = f"a request holds no {type(value).__name__}"
    raise TypeError(msg)


def _checked(kind: type[_Value], data: Json) -> _Value:
    value = _decoded(kind, data, kind.__name__.lower())
    if not isinstance(value, kind):
        raise _refuse(kind.__name__.lower(), "is not an object")
    return value


def _decoded(kind: object, data: Json, place: str) -> object:
    if isinstance(kind, UnionType):
        if data is None and NoneType in get_args(kind):
            return None
        return _decoded(next(each for each in get_args(kind) if each is not NoneType), data, place)
    if get_origin(kind) is tuple:
        if not isinstance(data, list):
            raise _refuse(place, "must be an array")
        return tuple(_decoded(get_args(kind)[0], entry, f"{place}[{index}]") for index, entry in enumerate(data))
    if not isinstance(kind, type):
        msg = f"no rule for {kind}"
        raise TypeError(msg)
    if is_dataclass(kind):
        return _decoded_object(kind, data, place)
    if kind is bool or kind is int or kind is str:
        # a JSON true is no number, whatever Python thinks
        if type(data) is not kind:
            raise _refuse(place, f"must be a {kind.__name__}")
        return data
    if not isinstance(data, str):
        raise _refuse(place, "must be a text")
    return _decoded_text(kind, data, place)


def _decoded_text(kind: type, data: str, place: str) -> object:
    try:
        if issubclass(kind, StrEnum):
            return kind(data)
        return parse_instant(data) if issubclass(kind, datetime) else date.fromisoformat(data)
    except (ValueError, MaterialError) as error:
        raise _refuse(place, f"{data[:40]!r} is not a {kind.__name__.lower()}") from error


def _decoded_object(kind: type, data: Json, place: str) -> object:
    if not isinstance(data, dict):
        raise _refuse(place, "must be an object")
    names = {field.name for field in fields(kind)}
    if set(data) != names:
        different = sorted(set(map(str, data)) ^ names)
        raise _refuse(place, f"has other fields than it should: {', '.join(different)[:200]}")
    hints = get_type_hints(kind)
    values = {name: _decoded(hints[name], data[name], f"{place}.{name}") for name in sorted(names)}
    try:
        return kind(**values)
    except ValueError as error:
        raise _refuse(place, str(error)) from error


def _refuse(place: str, what: str) -> MaterialError:
    return MaterialError(f"{place}: {what}", remedy=_REMEDY)
