"""Tables as CSV that a spreadsheet shows and does not run.

Source: RFC 4180 (CSV); OWASP, CSV Injection (cells that a spreadsheet takes for formulas).
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import IO

_FORMULA = "=+-@\t\r\n"
_BLANK = " \u00a0\u200b\ufeff"


def cell(value: object) -> str:
    """Return `value` as the text of a cell; text that a spreadsheet could take for a formula begins with an apostrophe.

    Numbers stay numbers, None is an empty cell. Lone surrogates, which no file can hold, become "?", NUL becomes U+FFFD.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value).encode("utf-8", errors="replace").decode("utf-8").replace("\x00", "\ufffd")
    first = unicodedata.normalize("NFKC", text.lstrip(_BLANK)[:1])  # full-width signs are taken for formulas, too
    return f"'{text}" if first and first in _FORMULA else text


def write_rows(target: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write `head` and `rows` as CSV in UTF-8 to `target` and return how many rows there were; they are gone through once."""
    stream = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([cell(one) for one in head])
    count = 0
    for row in rows:
        writer.writerow([cell(one) for one in row])
        count += 1
    stream.detach()
    return count
