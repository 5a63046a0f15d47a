"""What a message is made of in Outlook, wherever it was kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.parsers.outlook.properties import Properties

BY_VALUE: Final = 1
EMBEDDED: Final = 5
OLE: Final = 6

DEEPEST: Final = 10
"""Messages inside messages that are opened."""

MOST_ATTACHMENTS: Final = 2_000
MOST_RECIPIENTS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment: `content` yields its bytes in pieces, None when it is not kept; `item` is the message it is, when it is one.

    Both may fail with MaterialError, `content` while it is read.
    """

    properties: Properties
    content: Callable[[], Iterator[bytes]] | None
    item: Callable[[], "Item"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A message: its own properties, a set for each recipient, and its attachments, opened one at a time.

    `faults` says in words what of it could not be read.
    """

    properties: Properties
    recipients: tuple[Properties, ...]
    attachments: Callable[[], Iterator[Attachment]]
    faults: tuple[str, ...] = ()
