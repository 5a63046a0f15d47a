"""The parts of a message, each with its place, and the decoding of their transfer encoding.

Source: RFC 2045, 6; RFC 2046, 5.1.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from comity.parsers.mail.encoded_word import decode_base64
from comity.parsers.mail.header import Header, read_header, read_parameters

DEEPEST = 32
"""Multiparts inside one another that are opened."""

MOST_PARTS = 1_000
"""Parts of one message that are read."""

_LONGEST_BOUNDARY = 1_000
_IDENTITY = {"", "7bit", "8bit", "binary"}
_BAD_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,80}(?:\r?\n|\Z))")
_UUENCODE = {"x-uuencode", "x-uue", "uuencode", "x-uu"}
_QUOTED_FROM = re.compile(rb"^>(>{0,80}From )", re.MULTILINE)


@dataclass(slots=True, kw_only=True)
class Part:
    """One part: `start` to `body` is its header, `body` to `end` its encoded content, in bytes of the message.

    `number` counts as IMAP does (RFC 3501, 6.4.5): "2.1" is the first part of the second; a message without parts is "1".
    `parts` is empty for a leaf. `name` is the file name ("" for none), `kind` type/subtype in lower case.
    """

    number: str
    kind: str
    charset: str
    name: str
    disposition: str
    encoding: str
    start: int
    body: int
    end: int
    parts: list["Part"]

    def leaves(self) -> Iterator["Part"]:
        """Yield the parts that hold content, in order. Depth is bounded by DEEPEST."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(slots=True)
class _Reading:
    """What is counted over a whole message."""

    data: bytes
    defects: list[str]
    count: int = 0


def read_parts(data: bytes, header: Header, end: int) -> tuple[Part, tuple[str, ...]]:
    """Return the message whose header is `header` and whose body lies before `end` as a tree of parts, and what is malformed."""
    reading = _Reading(data, [])
    root = _part(reading, header, header.body, end, number="", default="text/plain", depth=0)
    return root, tuple(dict.fromkeys(reading.defects))


def _part(reading: _Reading, header: Header, start: int, end: int, *, number: str, default: str, depth: int) -> Part:
    reading.count += 1
    kind, parameters = read_parameters(header.first("content-type") or default)
    if kind.count("/") != 1 or kind.startswith("/") or kind.endswith("/"):
        reading.defects.append("malformed Content-Type")
        kind = "text/plain"
    disposition, about = read_parameters(header.first("content-disposition") or "")
    encoding = (header.first("content-transfer-encoding") or "").split(";")[0].split("(")[0].strip().strip("\"'").lower()
    part = Part(
        number=number or "1",
        kind=kind,
        charset=parameters.get("charset", ""),
        name=about.get("filename", "") or parameters.get("name", ""),
        disposition=disposition,
        encoding=encoding,
        start=start,
        body=header.body,
        end=end,
        parts=[],
    )
    if kind.startswith("multipart/"):
        _open(reading, part, parameters.get("boundary", ""), number=number, depth=depth)
    return part


def _open(reading: _Reading, part: Part, boundary: str, *, number: str, depth: int) -> None:
    """Find the parts of a multipart; one that cannot be opened stays a leaf, read as text, or kept whole when it lies too deep."""
    delimiter = b"--" + boundary.rstrip().encode("utf-8", errors="replace")[:_LONGEST_BOUNDARY]
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    if not boundary:
        reading.defects.append("multipart without boundary")
    elif depth >= DEEPEST:
        reading.defects.append(f"parts nested deeper than {DEEPEST}")
    else:
        for place, (begin, stop, closed) in enumerate(_between(reading.data, delimiter, part.body, part.end), start=1):
            if reading.count >= MOST_PARTS:
                reading.defects.append(f"more than {MOST_PARTS} parts")
                break
            inner = read_header(reading.data, begin, stop)
            reading.defects += [defect for defect in inner.defects if defect != "no header"]
            below = f"{number}.{place}" if number else str(place)
            part.parts.append(_part(reading, inner, begin, stop, number=below, default=default, depth=depth + 1))
            if not closed:
                reading.defects.append("closing boundary missing")
        if not part.parts:
            reading.defects.append("boundary never found")
    if not part.parts:
        part.kind = "text/plain" if depth < DEEPEST else "application/octet-stream"


def _between(data: bytes, delimiter: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (begin, end, whether a delimiter follows) of what lies between the lines that `delimiter` makes."""
    begin = -1
    at = start
    while (found := data.find(delimiter, at, end)) >= 0:
        at = found + len(delimiter)
        if found != start and data[found - 1 : found] != b"\n":
            continue
        line_end = data.find(b"\n", at, end)
        line_end = end if line_end < 0 else line_end + 1
        rest = data[at : min(line_end, at + 200)]
        closing = rest.startswith(b"--")
        if rest.removeprefix(b"--").strip():
            continue  # a longer boundary that begins the same
        if begin >= 0:
            yield begin, max(begin, found - (2 if data[found - 2 : found] == b"\r\n" else 1)), True
        if closing:
            return
        begin = at = line_end
    if begin >= 0:
        yield begin, end, False


def decode_part(data: bytes, part: Part, *, quoted: bool) -> tuple[bytes, str]:
    """Return the content of a leaf with its transfer encoding undone, and what is wrong with it ("" for nothing).

    `quoted`: the message stands in a mailbox file, where ">From " at the start of a line was "From ". Faulty content
    gives what can be decoded.
    """
    raw = data[part.body : part.end]
    if part.encoding == "base64":
        decoded, faulty = decode_base64(raw)
        return decoded, "bad base64" if faulty else ""
    if quoted and b">From " in raw:
        raw = _QUOTED_FROM.sub(rb"\1", raw)
    if part.encoding == "quoted-printable":
        return binascii.a2b_qp(raw), "bad quoted-printable" if _BAD_QUOTED.search(raw) else ""
    if part.encoding in _UUENCODE:
        return _uudecoded(raw)
    return raw, "" if part.encoding in _IDENTITY else f"unknown transfer encoding {part.encoding[:40]}"


def _uudecoded(raw: bytes) -> tuple[bytes, str]:
    out: list[bytes] = []
    fault = "uuencode without begin line"
    inside = False
    for line in raw.splitlines():
        if not inside:
            inside = line.startswith(b"begin ")
            fault = "uuencode without end line" if inside else fault
            continue
        if line.strip() == b"end":
            return b"".join(out), ""
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            fault = "bad uuencode"
    return b"".join(out), fault
