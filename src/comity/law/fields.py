"""Strict reading of one table of a law file: every key known, every value of its type, every complaint with its place."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

from comity.law.answer import Status
from comity.terms.citation import Citation
from comity.terms.digest import Digest
from comity.terms.errors import ReferenceDataError

_REMEDY = "Correct the law file, or restore the one that came with Comity; see docs/methods/routing.md."
_Choice = TypeVar("_Choice", bound=str)


def refuse(place: str, what: str) -> ReferenceDataError:
    """Return the error for a law datum that cannot be used: where, and what is wrong with it."""
    return ReferenceDataError(f"{place}: {what}", remedy=_REMEDY)


class Fields:
    """One table, read key by key; `finish` refuses the keys nobody asked for.

    Every method raises ReferenceDataError naming file and key when a value is missing or of another type.
    """

    def __init__(self, table: object, place: str) -> None:
        if not isinstance(table, Mapping):
            raise refuse(place, "must be a table")
        self._table: dict[str, object] = dict(table)
        self.place = place

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return a non-empty string; `default` when the key is absent."""
        value = self._take(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise refuse(f"{self.place}.{key}", "must be a text that is not empty")
        return value

    def choice(self, key: str, kinds: type[_Choice]) -> _Choice:
        """Return a member of the string enumeration `kinds`."""
        value = self.text(key)
        try:
            return kinds(value)
        except ValueError as error:
            raise refuse(f"{self.place}.{key}", f"{value[:40]!r} is not known") from error

    def status(self) -> Status:
        """Return the status, which has no default."""
        return self.choice("status", Status)

    def day(self, key: str) -> date:
        """Return a date."""
        value = self.optional_day(key)
        if value is None:
            raise refuse(f"{self.place}.{key}", "is missing")
        return value

    def optional_day(self, key: str) -> date | None:
        """Return a date, or None when the key is absent."""
        value = self._table.pop(key, None)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise refuse(f"{self.place}.{key}", "must be a date such as 2004-07-01")
        return value

    def whole(self, key: str) -> int:
        """Return a positive whole number."""
        value = self._take(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise refuse(f"{self.place}.{key}", "must be a positive whole number")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._take(key, None)
        if not isinstance(value, bool):
            raise refuse(f"{self.place}.{key}", "must be true or false")
        return value

    def digest(self, key: str) -> Digest | None:
        """Return a SHA-256, or None when the key is absent."""
        value = self.text(key, default="")
        try:
            return Digest(value) if value else None
        except ValueError as error:
            raise refuse(f"{self.place}.{key}", "must be 64 lower-case hexadecimal digits") from error

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings, which may be empty."""
        value = self._take(key, None)
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
            raise refuse(f"{self.place}.{key}", "must be a list of texts")
        return tuple(value)

    def choices(self, key: str, kinds: type[_Choice]) -> tuple[_Choice, ...]:
        """Return a list of members of the string enumeration `kinds`, which may not be empty."""
        try:
            chosen = tuple(kinds(value) for value in self.texts(key))
        except ValueError as error:
            raise refuse(f"{self.place}.{key}", str(error)) from error
        if not chosen:
            raise refuse(f"{self.place}.{key}", "must not be empty")
        return chosen

    def tables(self, key: str) -> tuple["Fields", ...]:
        """Return the tables of an array, () when the key is absent."""
        value = self._table.pop(key, [])
        if not isinstance(value, list):
            raise refuse(f"{self.place}.{key}", "must be an array of tables")
        return tuple(Fields(entry, f"{self.place}.{key}[{index}]") for index, entry in enumerate(value))

    def table(self, key: str) -> "Fields | None":
        """Return a table, or None when the key is absent."""
        value = self._table.pop(key, None)
        return None if value is None else Fields(value, f"{self.place}.{key}")

    def finish(self) -> None:
        """Refuse any key that was not read."""
        if self._table:
            raise refuse(f"{self.place}.{min(self._table)}", "is not a known key")

    def _take(self, key: str, default: object) -> object:
        value = self._table.pop(key, default)
        if value is None:
            raise refuse(f"{self.place}.{key}", "is missing")
        return value


def citation(instrument: str, text: str, place: str) -> Citation:
    """Return the citation written as "29(7)" or "32"; ReferenceDataError for another form."""
    article, bracket, paragraph = text.partition("(")
    if not article.isalnum() or (bracket and not (paragraph.endswith(")") and paragraph[:-1].isalnum())):
        raise refuse(place, f"{text[:40]!r} is not an article or article(paragraph)")
    return Citation(instrument=instrument, article=article, paragraph=paragraph.removesuffix(")"))
