"""Heads of HTTP/1 messages: request or status line and headers.

Source: RFC 9112, 2 to 6; RFC 9110, 5, 7.2 and 15.
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import re
from typing import NamedTuple

METHODS = (
    b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"CONNECT", b"TRACE", b"PATCH", b"PROPFIND", b"PROPPATCH", b"MKCOL", b"COPY",
    b"MOVE", b"LOCK", b"UNLOCK", b"REPORT", b"SEARCH", b"SUBSCRIBE", b"NOTIFY", b"M-SEARCH",
)  # fmt: skip
"""Methods by which a request is known; others exist, but any text could be one."""

LONGEST_HEAD = 65_536
_REQUEST = re.compile(rb"(" + b"|".join(METHODS) + rb") +([^ \r\n]{1,65536}) +HTTP/(1\.[01])")
_STATUS = re.compile(rb"HTTP/(1\.[01]) +([1-5][0-9]{2})(?: .{0,4096})?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_END = re.compile(rb"\r?\n\r?\n")
_MOST_HEADERS = 500
_WITHOUT_BODY = frozenset({204, 304})


class Head(NamedTuple):
    """A request (`method`, `target`) or a response (`status`); `headers` by name in lower case, of several of one name the first.

    `length` are the bytes of the head; `whole` is False when its end is missing.
    """

    method: str | None
    target: str | None
    status: int | None
    version: str
    headers: dict[str, str]
    length: int
    whole: bool

    def body(self, answered: str | None) -> int | None:
        """Return the bytes of the body, None when the head does not say; `answered` is the method a response is the answer to."""
        if self.status is not None and (self.status < 200 or self.status in _WITHOUT_BODY or answered == "HEAD"):
            return 0
        if "transfer-encoding" in self.headers or (self.status is not None and answered in {None, "CONNECT"}):
            return None
        written = self.headers.get("content-length")
        if written is None:
            return 0 if self.status is None else None
        return int(written) if written.isascii() and written.isdigit() and len(written) < 18 else None


def read_head(data: bytes, *, final: bool) -> Head | None:
    """Return the head that `data` begins with, None when it begins with none or its end has not come yet.

    With `final` nothing more will come: then a head without its end is returned as far as it goes, if its first line is whole.
    """
    end = _END.search(data, 0, LONGEST_HEAD)
    if end is None and not (final or len(data) >= LONGEST_HEAD):
        return None
    text = data[: end.start()] if end else data[: data.rfind(b"\n", 0, LONGEST_HEAD)] if b"\n" in data else b""
    first, *lines = text.replace(b"\r\n", b"\n").split(b"\n")
    request, status = _REQUEST.fullmatch(first), _STATUS.fullmatch(first)
    if request is None and status is None:
        return None
    return Head(
        method=request[1].decode("ascii") if request else None,
        target=request[2].decode("utf-8", "backslashreplace") if request else None,
        status=int(status[2]) if status else None,
        version=(request[3] if request else status[1] if status else b"").decode("ascii"),
        headers=_headers(lines[:_MOST_HEADERS]),
        length=end.end() if end else len(text),
        whole=end is not None,
    )


def _headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    last: str | None = None
    for line in lines:
        name, colon, value = line.partition(b":")
        if line[:1] in {b" ", b"\t"} and last is not None:  # folded, as RFC 9112, 5.2 still knows
            headers[last] += " " + line.strip().decode("utf-8", "backslashreplace")
        elif colon and _NAME.fullmatch(name):
            last = name.decode("ascii").lower()
            if last in headers:
                last = None
            else:
                headers[last] = value.strip().decode("utf-8", "backslashreplace")
    return headers
