"""Inline styles, as far as they decide whether text is seen.

Source: CSS 2.2, 4.1.8 (declarations), 9.2.4 (display), 11.2 (visibility); CSS Color 3, 3.2 (opacity).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_LONGEST = 2_000
_ZERO = re.compile(r"0{0,9}(?:\.0{1,9})?(?:px|pt|em|rem|%)?")
_NAMED = {"white": "#ffffff", "black": "#000000", "red": "#ff0000"}
_NO_COLOUR = {"transparent", "inherit", "none", "initial", "unset", "currentcolor", "auto"}
_SHORT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Whether the style hides its element, and its text and background colour ("" when it sets none)."""

    hidden: bool
    colour: str
    background: str


@lru_cache(maxsize=4_096)
def read_style(written: str) -> Style:
    """Return what a `style` attribute does to the visibility of its text; the first 2,000 characters are read."""
    declared: dict[str, str] = {}
    for declaration in written[:_LONGEST].lower().split(";"):
        name, _, value = declaration.partition(":")
        declared[name.strip()] = value.replace("!important", "").strip()
    cut_off = declared.get("overflow") == "hidden" and any(
        _is_zero(declared.get(side, "")) for side in ("height", "max-height", "width", "max-width")
    )
    hidden = (
        declared.get("display") == "none"
        or declared.get("visibility") in {"hidden", "collapse"}
        or _is_zero(declared.get("opacity", ""))
        or _is_zero(declared.get("font-size", ""))
        or cut_off
    )
    background = declared.get("background-color", "") or declared.get("background", "").partition(" ")[0]
    return Style(hidden=hidden, colour=read_colour(declared.get("color", "")), background=read_colour(background))


def read_colour(written: str) -> str:
    """Return a colour in one form for comparison: six hexadecimal digits where that is easy, else as written; "" for none."""
    colour = written.strip().lower()[:40]
    colour = _NAMED.get(colour, colour)
    if len(colour) == _SHORT and colour.startswith("#"):
        return "#" + "".join(digit * 2 for digit in colour[1:])
    return "" if colour in _NO_COLOUR or colour.startswith("url") else colour


def _is_zero(value: str) -> bool:
    return bool(value) and _ZERO.fullmatch(value) is not None
