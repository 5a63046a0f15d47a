"""Progress on the terminal: a bar for steps that last longer than two seconds, nothing in a pipe."""

import sys
from threading import Lock, Timer
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

PATIENCE = 2.0
"""Seconds a step may take before it is shown."""


class ProgressBar:
    """Shows one step at a time on standard error. Leaving it, however, gives the terminal back as it was."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._lock = Lock()
        self._timer: Timer | None = None
        self._drawn: Progress | None = None
        self._label, self._unit, self._done = "", "", 0
        self._total: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    def begin(self, label: str, *, total: int | None, unit: str) -> None:
        """Remember the step; it is drawn only once it has taken two seconds."""
        self.end()
        self._label, self._total, self._unit, self._done = label, total, unit, 0
        if self._shown:
            self._timer = Timer(PATIENCE, self._draw)
            self._timer.daemon = True
            self._timer.start()

    def advance(self, amount: int) -> None:
        """Add to the step's count."""
        with self._lock:
            self._done += amount
            if self._drawn is not None:
                self._drawn.update(self._drawn.task_ids[0], completed=self._done)

    def end(self) -> None:
        """Take the bar away."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._drawn is not None:
                self._drawn.stop()
                self._drawn = None

    def _draw(self) -> None:
        columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}")]
        if self._total is not None:
            count = DownloadColumn(binary_units=True) if self._unit == "bytes" else MofNCompleteColumn()
            columns += [BarColumn(), count, TimeRemainingColumn()]
        with self._lock:
            if self._timer is None:
                return  # the step ended meanwhile
            self._drawn = Progress(*columns, console=Console(stderr=True), transient=True)
            self._drawn.add_task(self._label, total=self._total, completed=self._done)
            self._drawn.start()
