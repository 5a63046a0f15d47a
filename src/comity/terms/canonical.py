"""Canonical JSON: one value, one sequence of bytes.

Source: RFC 8785 (JSON Canonicalization Scheme); number form from ECMA-262, Number::toString.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""A JSON value; mappings have string keys, numbers are I-JSON (RFC 7493) numbers."""

_LARGEST_EXACT = 2**53 - 1
_MOST_PLAIN_DIGITS = 21
_MOST_LEADING_ZEROS = 6


def canonical(value: Json) -> bytes:
    """Return `value` in canonical form, UTF-8.

    Raises ValueError for what has no canonical form: NaN, infinities, integers beyond 2^53-1, lone surrogates,
    keys that are not strings, other types.
    """
    return _text(value).encode("utf-8", errors="strict")


def _text(value: Json) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > _LARGEST_EXACT:
            msg = f"integer beyond 2^53-1: {value}"
            raise ValueError(msg)
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        # 3.2.3: members sorted by the UTF-16 code units of their names
        if not all(isinstance(name, str) for name in value):
            raise ValueError("keys are strings")
        names = sorted(value, key=lambda name: name.encode("utf-16-be", errors="strict"))
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_text(value[name])}" for name in names) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return "[" + ",".join(map(_text, value)) + "]"
    msg = f"not a JSON value: {type(value).__name__}"
    raise ValueError(msg)


def _number(value: float) -> str:
    """Return the shortest decimal that reads back to `value`, laid out as ECMA-262 does."""
    if not math.isfinite(value):
        msg = "NaN and infinities have no canonical form"
        raise ValueError(msg)
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # the value is 0.digits * 10^point
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len((whole + fraction).lstrip("0")))
    digits = digits.rstrip("0")
    if len(digits) <= point <= _MOST_PLAIN_DIGITS:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= _MOST_PLAIN_DIGITS:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -_MOST_LEADING_ZEROS < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = point - 1
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if power > 0 else '-'}{abs(power)}"
