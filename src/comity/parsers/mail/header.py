"""The header of a message or part: its fields, each with its place.

Source: RFC 5322, 2.2 and 4.5 (obsolete forms); RFC 2045, 5.1 and RFC 2231 (parameters).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.parsers.mail.charset import decode
from comity.parsers.mail.encoded_word import decode_words

MOST_FIELDS = 5_000
"""Fields kept of one header; what follows them is skipped to the empty line."""

LONGEST_VALUE = 65_536
"""Bytes kept of one field's value."""

_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_LINE_END = re.compile(rb"\n(?![ \t])")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FOLD = re.compile(rb"\r*\n")
_LONGEST_NAME = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One header field: lower-case name, unfolded value bytes, and its place (offset and length, line end included)."""

    name: str
    raw: bytes
    offset: int
    length: int

    @property
    def text(self) -> str:
        """The value as text, encoded words left as they are."""
        return decode(self.raw, "")[0].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The fields in the order they stand (outermost first), where the body begins, and what is malformed."""

    fields: tuple[Field, ...]
    body: int
    defects: tuple[str, ...]

    def all(self, name: str) -> list[Field]:
        """Return the fields called `name` (lower case), outermost first."""
        return [field for field in self.fields if field.name == name]

    def first(self, name: str) -> str | None:
        """Return the text of the first field called `name`, encoded words left as they are; None when there is none."""
        for field in self.fields:
            if field.name == name:
                return field.text
        return None

    def decoded(self, name: str) -> tuple[str | None, str]:
        """Return the text of the first field called `name` with encoded words decoded, and what is wrong with it."""
        for field in self.fields:
            if field.name == name:
                text, unstated = decode(field.raw, "")
                words, fault = decode_words(text.strip())
                return words.strip(), fault or unstated
        return None, ""


def read_header(data: bytes, start: int, end: int) -> Header:
    """Return the header that begins at `start` of `data` and lies before `end`.

    It ends at the first empty line, or at the first line that is no field (a defect): the body begins there.
    """
    fields: list[Field] = []
    defects: list[str] = []
    at = start
    while at < end:
        if data[at : at + 1] == b"\n" or data[at : at + 2] == b"\r\n":
            at += 1 if data[at : at + 1] == b"\n" else 2
            break
        if len(fields) >= MOST_FIELDS:
            defects.append(f"more than {MOST_FIELDS} header fields")
            found = _EMPTY_LINE.search(data, max(at - 2, start), end)
            at = end if found is None else found.end()
            break
        name = _NAME.match(data, at, min(end, at + _LONGEST_NAME))
        if name is None:
            if fields and data.startswith((b"From ", b">From "), at):  # an envelope line some programs leave inside
                at = _line_end(data, at, end)
                defects.append("envelope line inside the header")
                continue
            defects.append("line in the header that is no field" if fields else "no header")
            break
        stop = _line_end(data, at, end)
        raw = data[name.end() : min(stop, name.end() + LONGEST_VALUE)]
        if stop - name.end() > LONGEST_VALUE:
            defects.append(f"header field longer than {LONGEST_VALUE} bytes")
        fields.append(Field(name=name[1].decode("ascii").lower(), raw=_FOLD.sub(b"", raw), offset=at, length=stop - at))
        at = stop
    return Header(fields=tuple(fields), body=at, defects=tuple(dict.fromkeys(defects)))


def _line_end(data: bytes, at: int, end: int) -> int:
    found = _LINE_END.search(data, at, end)
    return end if found is None else found.end()


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the first item of a Content-Type or Content-Disposition value in lower case, and its parameters decoded.

    Continuations (name*0, name*1) are joined, extended values (name*=charset'language'%41) decoded; encoded words in
    a quoted value are decoded too, as mail programs do against RFC 2047, 5. A parameter given twice keeps its first value.
    """
    items = _split(value)
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for item in items[1:]:
        name, equals, content = item.partition("=")
        name = name.strip().lower()
        if not equals or not name:
            continue
        content = _unquoted(content.strip())
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(content)[0])
            continue
        number = rest.removesuffix("*")
        if number.isascii() and number.isdigit() and len(number) <= 3:  # noqa: PLR2004 - a thousand pieces is enough
            pieces.setdefault(base, {}).setdefault(int(number), (content, rest.endswith("*")))
        elif not rest:
            pieces.setdefault(base, {}).setdefault(0, (content, True))
    for name, numbered in pieces.items():
        plain[name] = _joined([numbered[number] for number in sorted(numbered)])
    return (items[0].strip().lower() if items else ""), plain


def _joined(pieces: Sequence[tuple[str, bool]]) -> str:
    """Return the value that RFC 2231 pieces, each with whether it is percent-encoded, make together."""
    charset = ""
    raw = b""
    for place, (content, extended) in enumerate(pieces):
        value = content
        if extended and place == 0:
            charset, _, rest = content.partition("'")
            _, quote, value = rest.partition("'")
            charset, value = (charset, value) if quote else ("", content)
        raw += _percent_decoded(value) if extended else value.encode("utf-8", errors="replace")
    return decode(raw, charset)[0]


_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def _percent_decoded(text: str) -> bytes:
    return _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), text.encode("utf-8", errors="replace"))


def _split(value: str) -> list[str]:
    """Return `value` split at semicolons outside quotes."""
    if '"' not in value:
        return value.split(";")
    items: list[str] = []
    begin = 0
    quoted = escaped = False
    for place, character in enumerate(value):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            items.append(value[begin:place])
            begin = place + 1
    items.append(value[begin:])
    return items


_ESCAPED = re.compile(r"\\(.)")


def _unquoted(content: str) -> str:
    if content.startswith('"'):
        inner = content[1:-1] if content.endswith('"') and len(content) > 1 else content[1:]
        return _ESCAPED.sub(r"\1", inner)
    return content.strip("'")
