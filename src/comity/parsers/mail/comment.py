"""Comments in structured header fields: text in round brackets, nested and escaped.

Source: RFC 5322, 3.2.2.
"""

import re

_MARK = re.compile(r"[()\\]")


def split_comments(text: str) -> list[tuple[bool, str]]:
    """Return `text` in pieces, each with whether it is a comment (outermost brackets taken off). One that never closes ends with it."""
    pieces: list[tuple[bool, str]] = []
    depth = begin = at = 0
    while (found := _MARK.search(text, at)) is not None:
        at = found.end()
        mark = found.group()
        if mark == "\\":
            at += 1
        elif mark == "(":
            if depth == 0:
                pieces.append((False, text[begin : found.start()]))
                begin = at
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                pieces.append((True, text[begin : found.start()]))
                begin = at
    pieces.append((depth > 0, text[begin:]))
    return [piece for piece in pieces if piece[1].strip()]


def without_comments(text: str) -> str:
    """Return `text` with each comment replaced by a space."""
    if "(" not in text:
        return text
    return " ".join(piece for is_comment, piece in split_comments(text) if not is_comment)
