"""What the terminal shows: tables, JSON; plain text when it is a pipe."""

import json
import shlex
import shutil
import sys
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from comity.terms.canonical import Json

_PIPE_WIDTH = 220
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), 127, *range(128, 160))}
_BIDI = {code: f"\\u{code:04x}" for code in (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)}
_NO_TEXT = {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(128, 256)}  # bytes of a file's name that are no UTF-8


def console() -> Console:
    """Return the console for tables: as wide as the terminal, without colour or wrapping tricks in a pipe."""
    terminal = sys.stdout.isatty()
    return Console(width=None if terminal else _PIPE_WIDTH, highlight=False, markup=False, emoji=False, no_color=not terminal)


def program() -> str:
    """Return the program as this person can call it: its name where that is found, else the path it was called by."""
    return "comity" if shutil.which("comity") else shlex.quote(sys.argv[0])


def safe(text: str) -> str:
    """Return `text` as one line, control and direction characters made visible: evidence must not drive the terminal."""
    return text.translate(_CONTROL | _BIDI | _NO_TEXT)


def emit_json(value: Json) -> None:
    """Print one JSON value and a newline."""
    click.echo(json.dumps(value, ensure_ascii=True, indent=2, sort_keys=False))


def table(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, right: tuple[int, ...] = ()) -> Table:
    """Return a quiet table; the columns numbered in `right` are right-aligned."""
    drawn = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, show_edge=False, header_style="dim")
    for number, heading in enumerate(headings):
        drawn.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*map(safe, row))
    return drawn
