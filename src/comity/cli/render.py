"""What the terminal shows: tables, progress after two seconds, JSON; plain text when it is a pipe."""

import json
import shlex
import shutil
import sys
import time
from collections.abc import Sequence

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from comity.terms.canonical import Json

_PATIENCE = 2.0
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


class Bar:
    """A progress bar on standard error for steps that last longer than two seconds; nothing in a pipe."""

    def __init__(self) -> None:
        self._drawn: Progress | None = None
        self._label, self._unit, self._done, self._began = "", "", 0, 0.0
        self._total: int | None = None

    def begin(self, label: str, *, total: int | None, unit: str) -> None:
        """Remember the step; it is drawn only once it has taken two seconds."""
        self.end()
        self._label, self._total, self._unit, self._done = label, total, unit, 0
        self._began = time.monotonic()

    def advance(self, amount: int) -> None:
        """Add to the step's count and draw it when it has lasted long enough."""
        self._done += amount
        if self._drawn is None and sys.stderr.isatty() and time.monotonic() - self._began > _PATIENCE:
            self._draw()
        if self._drawn is not None:
            self._drawn.update(self._drawn.task_ids[0], completed=self._done)

    def end(self) -> None:
        """Take the bar away."""
        if self._drawn is not None:
            self._drawn.stop()
            self._drawn = None

    def _draw(self) -> None:
        count = DownloadColumn(binary_units=True) if self._unit == "bytes" else MofNCompleteColumn()
        self._drawn = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            count,
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._drawn.add_task(self._label, total=self._total)
        self._drawn.start()
