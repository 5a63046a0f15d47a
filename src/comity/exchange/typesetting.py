"""Setting documents: archivable and accessible PDF, the same bytes for the same content.

Source: ISO 19005-2 (PDF/A-2, level A); ISO 14289-1 (PDF/UA-1).
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import fontpkg_noto_sans_arabic  # type: ignore[import-untyped]  # a folder of typefaces, without stubs
import noto_cjk_sans_otc  # type: ignore[import-untyped]  # the same
import typst

from comity.exchange.letter import remark
from comity.exchange.visible_text import code_point
from comity.terms.canonical import Json
from comity.terms.errors import StateError

_Ranges = tuple[tuple[int, int], ...]

_TEMPLATES: Final = Path(__file__).parent / "templates"
_TYPEFACES: Final = (Path(fontpkg_noto_sans_arabic.__file__).parent / "files", Path(noto_cjk_sans_otc.__file__).parent)

# Measured with the three typefaces of the template: every character in these ranges (holes apart) has a glyph.
_LATIN: Final = ((0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x24F), (0x1E00, 0x1EFF))
_GREEK_AND_CYRILLIC: Final = ((0x370, 0x3FF), (0x400, 0x4FF), (0x1F00, 0x1FFE))
_ARABIC: Final = ((0x606, 0x61B), (0x61D, 0x6DC), (0x6DE, 0x6FF), (0x750, 0x77F))
_EAST_ASIAN: Final = ((0x3001, 0x3096), (0x3099, 0x30FF), (0x4E00, 0x9FEF), (0xAC00, 0xD7A3), (0xFF01, 0xFF60))
_SIGNS: Final = (
    (0x2010, 0x2027),
    (0x2030, 0x2040),
    (0x2044, 0x2052),
    (0x2054, 0x205E),
    (0x20A0, 0x20BF),
    (0x2190, 0x2193),
    (0x27E8, 0x27E9),
)
_PLAIN: Final = ((0x20, 0x7E), (0x27E8, 0x27E9))
_SHOWN: Final = (*_LATIN, *_GREEK_AND_CYRILLIC, *_ARABIC, *_EAST_ASIAN, *_SIGNS)
_EUROPEAN_MARKS: Final = ((0x300, 0x36F),)
_DIGITS: Final = {"EN", "ES", "ET", "AN"}
_LEFT_TO_RIGHT: Final = "\u200e"


def typeset(template: str, content: Mapping[str, Json], *, what: str, inputs: Mapping[str, str], at: datetime) -> bytes:
    """Return `content` laid out by `template` (a file in templates/) as PDF/A-2a and PDF/UA-1, dated `at`.

    The template finds it as JSON in sys.inputs.letter, with `remark` added; it is data there and never read as markup. The
    typefaces show Latin, Greek, Cyrillic, Arabic, Chinese, Japanese and Korean writing; any other character is printed as
    ⟨U+…⟩ with a remark, never as an empty box. `inputs` are further texts for the template.

    StateError, naming `what`, when it cannot be set.
    """
    try:
        return _set(template, content, inputs, at=at, plain=False)
    except typst.TypstError:
        pass  # characters that have a glyph each, but none together: the second try writes all but Latin as code points
    try:
        return _set(template, content, inputs, at=at, plain=True)
    except typst.TypstError as error:
        raise StateError(
            f"{what} could not be set as PDF: {error.message[:300]}",
            remedy="Use the DOCX or the JSON of it, and report this text to the makers.",
        ) from error


def _set(template: str, content: Mapping[str, Json], inputs: Mapping[str, str], *, at: datetime, plain: bool) -> bytes:
    shown = {name: _printable(value, plain=plain) for name, value in content.items()}
    shown["remark"] = remark(str(shown))
    compiler = typst.Compiler(
        (_TEMPLATES / template).read_bytes(),
        root=_TEMPLATES,
        font_paths=_typefaces(),
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(shown), **inputs},
    )
    made = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=at.astimezone(UTC).replace(microsecond=0))
    if not isinstance(made, bytes):
        raise StateError("the typesetter gave no PDF", remedy="Check the installed version of typst.")
    return made


@cache
def _typefaces() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=list(_TYPEFACES))


def _printable(value: Json, *, plain: bool) -> Json:
    """Return `value` with the characters in its texts that the typefaces cannot show written as code points."""
    if isinstance(value, str):
        return _spelled(value, ranges=_PLAIN if plain else _SHOWN)
    if isinstance(value, Mapping):
        return {name: _printable(part, plain=plain) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [_printable(part, plain=plain) for part in value]
    return value


def _spelled(text: str, *, ranges: _Ranges) -> str:
    if text.isascii():
        return text
    out: list[str] = []
    before = letter = ""
    for character in text:
        if unicodedata.category(character) == "Zs":
            shown = " "
        elif _joins(before, character) or _within(character, ranges):
            shown = character
        else:
            shown = code_point(character)
        if _from_right(letter) and unicodedata.bidirectional(character) in _DIGITS:
            shown = _LEFT_TO_RIGHT + shown  # or an address after an Arabic name would stand before it
        out.append(shown)
        before = before if unicodedata.category(character).startswith("M") else character
        letter = character if unicodedata.category(character)[0] in "LN" else letter
    return "".join(out)


def _from_right(character: str) -> bool:
    return bool(character) and unicodedata.bidirectional(character) in {"R", "AL"}


def _within(character: str, ranges: _Ranges) -> bool:
    """Return whether `character` is one of its own (no mark, no hole in the standard) inside `ranges`."""
    return unicodedata.category(character) not in {"Cn", "Mn", "Me", "Mc"} and _inside(character, ranges)


def _inside(character: str, ranges: _Ranges) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


def _joins(before: str, mark: str) -> bool:
    """Return whether one typeface has both the letter `before` and the combining `mark`."""
    if not unicodedata.category(mark).startswith("M") or not unicodedata.category(before or " ").startswith("L"):
        return False
    if _inside(mark, _EUROPEAN_MARKS):
        return _within(before, (*_LATIN, *_GREEK_AND_CYRILLIC))
    return _within(before, _ARABIC) and _inside(mark, _ARABIC)
