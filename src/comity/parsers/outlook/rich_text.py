"""Rich text bodies: decompressed, and brought back to the HTML or text they were made from.

Source: MS-OXRTFCP 2.2 and 3.1 (compression); MS-OXRTFEX 2.1.3 and 3.1 (HTML inside RTF); RTF 1.9.1.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from comity.parsers.outlook.properties import charset
from comity.terms.errors import MaterialError

_DICTIONARY: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING: Final = 4_096
_HEADER: Final = 16
_LARGEST: Final = 8 * 2**20
_DEEPEST: Final = 1_000
_TOKEN = re.compile(rb"[{}]|\\'([0-9A-Fa-f]{2})|\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\([^a-zA-Z])|[\r\n]+|[^{}\\\r\n]+|\\")
_SIGNS: Final = {
    b"par": "\r\n", b"line": "\r\n", b"row": "\r\n", b"sect": "\r\n", b"tab": "\t", b"cell": "\t", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"bullet": "\u2022", b"endash": "\u2013", b"emdash": "\u2014",
}  # fmt: skip
_UNREAD: Final = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"mhtmltag", b"pntext", b"header", b"footer", b"listtable",
    b"listoverridetable", b"generator", b"themedata", b"datastore", b"fldinst",
}  # fmt: skip
_FONT_CHARSETS: Final = {
    0: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257,
    204: 1251, 222: 874, 238: 1250,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RichText:
    """What a rich text was made from: `text`, and whether that is HTML."""

    text: str
    html: bool


def read_rich_text(compressed: bytes) -> RichText:
    """Return what a compressed RTF body was made from; MaterialError when it is damaged or longer than 8 MiB."""
    return _read(decompress(compressed))


def decompress(compressed: bytes) -> bytes:
    """Return the RTF of a compressed body; MaterialError when it is none, is damaged, or decodes to more than 8 MiB."""
    size, kind = int.from_bytes(compressed[4:8], "little"), compressed[8:12]
    if len(compressed) < _HEADER or kind not in (b"LZFu", b"MELA"):
        raise MaterialError("the rich text body is not compressed as Outlook does it")
    if size > _LARGEST:
        raise MaterialError(f"the rich text body would be {size} bytes long; no more than {_LARGEST} are read")
    if kind == b"MELA":
        return compressed[_HEADER : _HEADER + size]
    ring = bytearray(_RING)
    ring[: len(_DICTIONARY)] = _DICTIONARY
    write = len(_DICTIONARY)
    out = bytearray()
    at = _HEADER
    while at < len(compressed) and len(out) < size:
        control = compressed[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                pair = compressed[at : at + 2]
                at += 2
                begin, length = (pair[0] << 4 | pair[1] >> 4, (pair[1] & 0xF) + 2) if len(pair) == 2 else (write, 0)  # noqa: PLR2004
                if begin == write:  # the end, 3.1.3.2
                    return bytes(out[:size])
                for step in range(length):
                    byte = ring[(begin + step) % _RING]
                    out.append(byte)
                    ring[write] = byte
                    write = (write + 1) % _RING
            elif at < len(compressed):
                out.append(compressed[at])
                ring[write] = compressed[at]
                write = (write + 1) % _RING
                at += 1
    return bytes(out[:size])


@dataclass(slots=True)
class _Group:
    """What holds until a group ends: whether its text is read, is a tag of HTML, is a form made for RTF only; its character set."""

    read: bool = True
    tag: bool = False
    suppressed: bool = False
    skip: int = 1
    charset: str = ""


@dataclass(slots=True)
class _Text:
    """Text as it comes: bytes of one character set are decoded together."""

    pieces: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    charset: str = ""

    def add(self, raw: bytes, charset: str) -> None:
        if charset != self.charset:
            self.flush()
            self.charset = charset
        self.raw += raw

    def write(self, text: str) -> None:
        self.flush()
        self.pieces.append(text)

    def flush(self) -> None:
        if self.raw:
            self.pieces.append(self.raw.decode(self.charset, errors="replace"))
            self.raw.clear()


@dataclass(slots=True)
class _Reading:
    """Where the reading of an RTF stands."""

    text: _Text = field(default_factory=_Text)
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    fonts: dict[int, str] = field(default_factory=dict)
    default: str = "windows-1252"
    font: int = 0
    in_fonts: int = 0
    html: bool = False
    starred: bool = False
    skipping: int = 0

    @property
    def shown(self) -> bool:
        group = self.groups[-1]
        return group.read and (group.tag or not group.suppressed)


def _read(rtf: bytes) -> RichText:
    reading = _Reading(html=b"\\fromhtml1" in rtf[:4_096])
    for token in _TOKEN.finditer(rtf):
        whole = token.group()
        if whole in (b"{", b"}"):
            _group(reading, begins=whole == b"{")
        elif token[1]:
            _characters(reading, bytes([int(token[1], 16)]))
        elif token[2]:
            _control(reading, token[2], int(token[3]) if token[3] else None)
        elif token[4]:
            _symbol(reading, token[4])
        elif whole[:1] not in b"\r\n\\":
            _characters(reading, whole)
    reading.text.flush()
    text = "".join(reading.text.pieces).replace("\x00", "")
    return RichText(text=text.encode("utf-8", errors="replace").decode("utf-8"), html=reading.html)


def _group(reading: _Reading, *, begins: bool) -> None:
    reading.skipping = 0
    if begins:
        if len(reading.groups) >= _DEEPEST:
            raise MaterialError(f"the rich text body has groups nested deeper than {_DEEPEST}")
        reading.groups.append(replace(reading.groups[-1]))
    elif len(reading.groups) > 1:
        reading.groups.pop()
        if len(reading.groups) < reading.in_fonts:
            reading.in_fonts = 0


def _characters(reading: _Reading, raw: bytes) -> None:
    if reading.skipping:  # what stands for a character given by number, for readers that do not know numbers
        dropped = min(reading.skipping, len(raw))
        reading.skipping -= dropped
        raw = raw[dropped:]
    if raw and reading.shown:
        reading.text.add(raw, reading.groups[-1].charset or reading.default)


def _symbol(reading: _Reading, symbol: bytes) -> None:
    if symbol == b"*":
        reading.starred = True
    elif symbol in b"{}\\":
        _characters(reading, symbol)
    elif symbol == b"~" and reading.shown:
        reading.text.write("&nbsp;" if reading.html else "\u00a0")
    elif symbol == b"_" and reading.shown:
        reading.text.write("&shy;" if reading.html else "\u00ad")
    elif symbol in b"\r\n" and reading.shown:
        reading.text.write("\r\n")


def _control(reading: _Reading, word: bytes, number: int | None) -> None:
    group = reading.groups[-1]
    starred, reading.starred = reading.starred, False
    if word == b"htmltag" and starred:
        group.tag, group.read = reading.html, reading.html
    elif word == b"htmlrtf":
        group.suppressed = reading.html and number != 0
    elif word in _UNREAD or starred:
        group.read = False
        if word == b"fonttbl":
            reading.in_fonts = len(reading.groups)
    elif word in _SIGNS:
        if reading.shown:
            reading.text.write(_SIGNS[word])
    elif number is not None:
        _numbered_control(reading, word, number)


def _numbered_control(reading: _Reading, word: bytes, number: int) -> None:
    group = reading.groups[-1]
    if word == b"u":
        if reading.shown:
            _numbered(reading, number & 0xFFFF)
        reading.skipping = group.skip
    elif word == b"f":
        reading.font = number
        group.charset = reading.fonts.get(number, "")
    elif word == b"uc":
        group.skip = max(0, min(number, 16))
    elif word == b"bin":
        reading.skipping = max(0, number)
    elif word == b"ansicpg":
        reading.default = charset(number) or reading.default
    elif word == b"fcharset" and reading.in_fonts and number in _FONT_CHARSETS and len(reading.fonts) < _RING:
        reading.fonts[reading.font] = charset(_FONT_CHARSETS[number]) or ""


def _numbered(reading: _Reading, unit: int) -> None:
    """Add a UTF-16 code unit, joined to the one before where the two are one character."""
    reading.text.flush()
    pieces = reading.text.pieces
    last = ord(pieces[-1]) if pieces and len(pieces[-1]) == 1 else 0
    if 0xDC00 <= unit <= 0xDFFF and 0xD800 <= last <= 0xDBFF:  # noqa: PLR2004 - surrogates
        pieces[-1] = chr(0x10000 + (last - 0xD800 << 10) + (unit - 0xDC00))
    else:
        pieces.append(chr(unit))
