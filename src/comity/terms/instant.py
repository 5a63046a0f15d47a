"""Instants: points of time in UTC, written as RFC 3339 with `Z`."""

from datetime import UTC, datetime

from comity.terms.errors import MaterialError


def format_instant(at: datetime) -> str:
    """Return `at` as `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`; a naive datetime is a ValueError. Source: RFC 3339."""
    if at.tzinfo is None:
        msg = "an instant needs a zone"
        raise ValueError(msg)
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """Return the UTC instant written in `text`; a time without zone is a MaterialError, never assumed to be UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"not a time: {text[:40]!r}"
        raise MaterialError(msg, remedy="Write it as 2026-11-23T14:05:00Z or with an offset, +02:00.") from error
    if at.tzinfo is None:
        msg = f"a time without zone: {text[:40]!r}"
        raise MaterialError(msg, remedy="Add Z for UTC or an offset such as -03:00.")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        msg = f"a time beyond the years 1 to 9999 in UTC: {text[:40]!r}"
        raise MaterialError(msg) from error
