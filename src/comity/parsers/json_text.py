"""JSON text to values and back: by a compiled decoder, and with patience where that refuses or where keys stand twice.

Source: RFC 8259; RFC 8785 (what is written back).
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias, cast

import msgspec
import polars as pl

from comity.terms.canonical import canonical

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Object: TypeAlias = dict[str, Value]

MOST_CHARACTERS = 65_536
"""The longest text the column `fields` holds."""

LEFT_OUT = "comity.left_out"
"""The member of `fields` that names the members for which there was no room."""

_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()
_SORTED = msgspec.json.Encoder(order="sorted")
_LARGEST_EXACT = 2**53 - 1
_MOST_DEPTH = 200
_KEY_ENDS = (b'":', b'" :')
_HIDDEN = (b"\\u0022", b"\\u003a", b"\\u003A")  # a quote and a colon written as escapes
# what the compiled encoder writes otherwise than RFC 8785: whole, very small and very large floats, long integers; it sorts by code point
_UNCANONICAL = (r"\.0[,}\]]", r"[0-9]e-?[0-9]{1,3}[,}\]]", r"[0-9]{16}[,}\]]")
_ASTRAL = r"[\x{10000}-\x{10FFFF}]"


class UnreadableError(Exception):
    """Text that is no JSON object; says why in a few words."""


def decode(text: bytes) -> tuple[Object, str]:
    """Return the object that `text` is, and in words what is irregular about it ("" for nothing); UnreadableError when it is none.

    Of a key that stands twice the last value counts, NaN and Infinity are taken as text, and bytes that are no UTF-8 are written as
    escapes; each is said.
    """
    try:
        value = _DECODER.decode(text)
        if type(value) is dict:
            again = _ENCODER.encode(value)
            if again == text or _keys_kept(text, again):
                return value, ""
    except (ValueError, RecursionError):
        pass
    return _patiently(text)


def written(value: Object) -> str:
    """Return the object as text with its names in order, nearly canonical: see `canonical_texts`."""
    return _SORTED.encode(value).decode()


def encode(objects: Sequence[Object]) -> tuple[pl.Series, list[int]]:
    """Return each object as canonical JSON text for the column `fields`, and the places of those that had to be cut: `canonical_texts`."""
    return canonical_texts([written(value) for value in objects])


def restored(text: str, path: Sequence[str], value: Value) -> str:
    """Return the object `text` with `value` at `path`."""
    whole = cast("Object", _DECODER.decode(text))
    holder = whole
    for name in path[:-1]:
        within = holder.setdefault(name, {})
        holder = within if isinstance(within, dict) else {}
    holder[path[-1]] = value
    return _SORTED.encode(whole).decode()


def canonical_texts(texts: Sequence[str]) -> tuple[pl.Series, list[int]]:
    """Return what `written` returned as canonical JSON, null for an empty object, and the places of those that had to be cut.

    An object too long for the column loses its longest members, which `comity.left_out` names. Integers beyond 2^53-1,
    which canonical JSON does not know, become text.
    """
    text = pl.col("text")
    size = text.str.len_bytes()
    odd = pl.any_horizontal(size > MOST_CHARACTERS, *(text.str.contains(pattern) for pattern in _UNCANONICAL))
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)}).select(
        pl.when(text != "{}").then("text").alias("text"), odd.alias("odd"), (size != text.str.len_chars()).alias("wide")
    )
    places = frame["odd"].arg_true().to_list()
    if frame["wide"].any():
        astral = frame["text"].filter(frame["wide"]).str.contains(_ASTRAL)
        places = sorted({*places, *frame["wide"].arg_true().filter(astral).to_list()})
    if not places:
        return frame["text"], []
    fields = frame["text"].to_list()
    cut = []
    for place in places:
        value = cast("Object", json.loads(texts[place]))
        whole = _written(value)
        if whole is None or len(whole) > MOST_CHARACTERS:
            cut.append(place)
            whole = _shortened(value)
        fields[place] = whole
    return pl.Series(fields, dtype=pl.String), cut


def _keys_kept(text: bytes, again: bytes) -> bool:
    """Return whether decoding `text` lost no key: as many names end in what was encoded `again`.

    A name ends in a quote and a colon. Text inside values may have the two as well, but then both have them, unless an escape hides them.
    """
    if any(escape in text for escape in _HIDDEN):
        return False
    tight, loose = text.count(_KEY_ENDS[0]), again.count(_KEY_ENDS[0])
    return tight == loose or tight + text.count(_KEY_ENDS[1]) == loose + again.count(_KEY_ENDS[1])


def _patiently(text: bytes) -> tuple[Object, str]:
    notes: list[str] = []

    def pairs(members: list[tuple[str, Value]]) -> Object:
        value = dict(members)
        if len(value) < len(members) and not notes:
            [(twice, _)] = Counter(name for name, _ in members).most_common(1)
            notes.append(f"the key {_clean(twice)[:80]!r} stands more than once, the last value is taken")
        return value

    def constant(name: str) -> str:
        notes.append(f"{name} is no JSON and is taken as text")
        return name

    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        decoded = text.decode("utf-8", "surrogateescape")
        notes.append("bytes that are no UTF-8 are written as escapes")
    try:
        value = json.loads(decoded, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"no JSON: {error.msg.lower()} at character {error.pos}") from error
    except ValueError as error:
        raise UnreadableError("a number of more digits than can be read") from error
    except RecursionError as error:
        raise UnreadableError("nested too deeply") from error
    if not isinstance(value, dict):
        raise UnreadableError("JSON, but no object")
    return cast("Object", _cleaned(value, _MOST_DEPTH)), "; ".join(dict.fromkeys(notes))


def _cleaned(value: Value, depth: int) -> Value:
    """Return `value` without lone surrogates (bytes or escapes that are no character are written as escapes) and infinite numbers."""
    if depth == 0:
        raise UnreadableError("nested too deeply")
    match value:
        case str():
            return _clean(value)
        case dict():
            return {_clean(name): _cleaned(member, depth - 1) for name, member in value.items()}
        case list():
            return [_cleaned(member, depth - 1) for member in value]
        case float() if value in {float("inf"), float("-inf")}:
            raise UnreadableError("a number too large to be read")
    return value


def _clean(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _canonical_value(value: Value) -> Value:
    match value:
        case dict():
            return {name: _canonical_value(member) for name, member in value.items()}
        case list():
            return [_canonical_value(member) for member in value]
        case int() if abs(value) > _LARGEST_EXACT:
            return str(value)
    return value


def _written(value: Value) -> str | None:
    """Return `value` as canonical text, None when it is nested too deeply."""
    try:
        return canonical(_canonical_value(value)).decode()
    except RecursionError:
        return None


def _shortened(value: Object) -> str:
    """Return `value` as canonical text that fits, its longest members left out and named as far as there is room."""
    sizes = {name: len(_written({name: member}) or " " * MOST_CHARACTERS) for name, member in value.items()}
    kept: Object = {}
    room = MOST_CHARACTERS // 2
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        room -= sizes[name]
        if room < 0:
            break
        kept[name] = value[name]
    names: list[Value] = []
    room = MOST_CHARACTERS // 4
    for name in sorted(sizes.keys() - kept.keys()):
        room -= len(canonical(name))
        if room < 0:
            break
        names.append(name)
    return canonical(_canonical_value(kept | {LEFT_OUT: names})).decode()
