"""The `fields` column: what a record says beyond the other columns, as canonical JSON of bounded size."""

import json

from comity.terms.canonical import Json, canonical

MOST_FIELDS = 65_536
"""Characters of the column at most."""

_LARGEST_EXACT = 2**53 - 1
_CUTS = (4_096, 256, 32)
_MOST_MEMBERS = 200
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def exact_integer(digits: str) -> int | str:
    """Return an integer of a JSON text as a number, or as written where JSON numbers would not hold it exactly (`parse_int`)."""
    number = int(digits) if len(digits) < len(str(_LARGEST_EXACT)) + 2 else _LARGEST_EXACT + 1
    return number if -_LARGEST_EXACT <= number <= _LARGEST_EXACT else digits


def record_fields(value: Json) -> str | None:
    """Return `value` as canonical JSON (RFC 8785), None when it is empty; numbers with a fraction are given as text.

    What would be longer than 65,536 characters has its long texts cut, each followed by how long it was.
    """
    if not value:
        return None
    text = _canonical(value)
    for most in _CUTS:
        if len(text) <= MOST_FIELDS:
            return text
        text = _canonical(_shortened(value, most))
    return text if len(text) <= MOST_FIELDS else canonical({"cut": f"{len(text)} characters"}).decode()


def _canonical(value: Json) -> str:
    text = _encode(value)
    # the quick way sorts by code points; only beyond the basic plane do UTF-16 code units sort otherwise
    if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
        return text
    return canonical(value).decode()


def _shortened(value: Json, most: int) -> Json:
    if isinstance(value, str):
        return value if len(value) <= most else f"{value[:most]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {_key(name, most): _shortened(each, most) for name, each in list(value.items())[:_MOST_MEMBERS]}
    if isinstance(value, list | tuple):
        return [_shortened(each, most) for each in value[:_MOST_MEMBERS]]
    return value


def _key(name: str, most: int) -> str:
    return name if len(name) <= most else name[:most] + "…"
