"""What a use case tells while it works; a face (terminal, page) shows it as it likes."""

from typing import Protocol


class Progress(Protocol):
    """One line of progress at a time."""

    def begin(self, label: str, *, total: int | None, unit: str) -> None:
        """Start a step of `total` units ("bytes", "exhibits", "" for none); None when the total is not known."""
        ...

    def advance(self, amount: int) -> None:
        """Report `amount` more units done and safe on disk."""
        ...

    def end(self) -> None:
        """Finish the step."""
        ...


class Silent:
    """Tells nothing."""

    def begin(self, label: str, *, total: int | None, unit: str) -> None:
        """Do nothing."""

    def advance(self, amount: int) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""
