"""Ledger entries: who did what, with what, on which ground, to what, with which result."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, TypeAlias

from comity.terms.canonical import Json, canonical
from comity.terms.digest import Digest
from comity.terms.errors import ComityError, IntegrityError
from comity.terms.instant import format_instant, parse_instant

LARGEST_ENTRY = 4 * 2**20
"""Bytes of the largest entry that is read or written; an entry names files by digest and stays far below."""

_SALT = re.compile(r"[0-9a-f]{32}")
_EVENT = re.compile(r"[a-z_]{1,40}:[a-z_]{1,40}")
_FIELDS = frozenset({"number", "previous", "at", "event", "performer", "instrument", "authorization", "object", "result", "salt"})

Fields: TypeAlias = Mapping[str, Json]
"""The free part of an entry: a JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act. Source: UCO action:Action (performer, instrument, object, result), CASE InvestigativeAction.

    `number` counts from 1; `previous` is the digest of the entry before, zeros for the first. `event` is a noun and a
    past participle ("exhibits:acquired"); `instrument` is program and version; `authorization` is the number of the
    entry that allows the act, None where none is needed. `salt` is 128 random bits in hex: whoever sees the digest of an
    entry, and not the entry, cannot find out by guessing what it says. Raises ValueError for anything else.
    """

    number: int
    previous: Digest
    at: datetime
    event: str
    performer: str
    instrument: str
    authorization: int | None
    object: Fields
    result: Fields
    salt: str

    def __post_init__(self) -> None:
        if self.number < 1:
            msg = f"entries are numbered from 1, not {self.number}"
            raise ValueError(msg)
        if not _EVENT.fullmatch(self.event):
            msg = f"an event is noun:past-participle, not {self.event[:80]!r}"
            raise ValueError(msg)
        if not _SALT.fullmatch(self.salt):
            msg = f"a salt is 32 hexadecimal digits, not {self.salt[:40]!r}"
            raise ValueError(msg)
        if self.authorization is not None and not 1 <= self.authorization < self.number:
            msg = f"an authorization is an earlier entry, not {self.authorization}"
            raise ValueError(msg)

    @property
    def digest(self) -> Digest:
        """The SHA-256 of the whole encoded entry, which the next entry names."""
        return Digest.of(encode(self))


def encode(entry: Entry) -> bytes:
    """Return the bytes of `entry`'s file: canonical JSON, no newline. ValueError for what JSON cannot say."""
    return canonical(
        {
            "number": entry.number,
            "previous": entry.previous.hex,
            "at": format_instant(entry.at),
            "event": entry.event,
            "performer": entry.performer,
            "instrument": entry.instrument,
            "authorization": entry.authorization,
            "object": entry.object,
            "result": entry.result,
            "salt": entry.salt,
        }
    )


def decode(data: bytes, *, where: str) -> Entry:
    """Return the entry that `data` is; only the bytes that `encode` would write are accepted.

    So one entry has one digest. IntegrityError, naming `where`, for anything else: other fields, duplicate keys,
    spaces, another order, another spelling of a number or a time.
    """
    if len(data) > LARGEST_ENTRY:
        raise IntegrityError(f"{where} is larger than an entry can be: {len(data)} bytes")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant)
        entry = _entry(value)
        exact = encode(entry) == data
    except (ValueError, TypeError, RecursionError, ComityError) as error:
        raise IntegrityError(f"{where} is not a ledger entry: {error}") from error
    if not exact:
        raise IntegrityError(f"{where} is not in canonical form, so its digest cannot be trusted")
    return entry


def _entry(value: Json) -> Entry:
    if not isinstance(value, Mapping) or value.keys() != _FIELDS:
        present = set(value) if isinstance(value, Mapping) else set()
        raise ValueError(f"missing {sorted(_FIELDS - present)}, unknown {sorted(present - _FIELDS)}")
    number, authorization = value["number"], value["authorization"]
    if type(number) is not int or not (authorization is None or type(authorization) is int):
        raise ValueError("number and authorization are integers")
    return Entry(
        number=number,
        previous=Digest(_string(value, "previous")),
        at=parse_instant(_string(value, "at")),
        event=_string(value, "event"),
        performer=_string(value, "performer"),
        instrument=_string(value, "instrument"),
        authorization=authorization,
        object=_fields(value, "object"),
        result=_fields(value, "result"),
        salt=_string(value, "salt"),
    )


def _string(value: Fields, name: str) -> str:
    text = value[name]
    if not isinstance(text, str):
        raise TypeError(f"{name} is not a string")
    return text


def _fields(value: Fields, name: str) -> Fields:
    fields = value[name]
    if not isinstance(fields, Mapping):
        raise TypeError(f"{name} is not an object")
    return fields


def _object(pairs: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
