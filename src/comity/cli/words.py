"""What a person types as an option's text."""

import click

_NO_TEXT = range(0xD800, 0xE000)


def text(value: str) -> str:
    """Return `value` as it is; a usage error for bytes that are no UTF-8, which no ledger entry could hold."""
    if any(ord(character) in _NO_TEXT for character in value):
        shown = value.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
        raise click.BadParameter(f"{shown!r} is not UTF-8; is the terminal set to another encoding?")
    return value
