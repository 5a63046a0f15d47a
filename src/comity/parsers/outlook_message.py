"""Outlook messages (.msg): handed on as the mail they hold, put together again from their properties."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from comity.observables import Table
from comity.parsers.contract import Child, Defect, Inferred, Item, Source, Structure
from comity.parsers.decoded_stream import spooled, stream_of
from comity.parsers.outlook import properties as own
from comity.parsers.outlook.compound import CompoundMessage
from comity.parsers.outlook.reconstruction import name_of, reconstruct
from comity.terms.errors import MaterialError

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS: Final = tuple(name.encode("utf-16-le") for name in ("__properties_version1.0", "__nameid_version1.0"))
_OTHERS: Final = tuple(name.encode("utf-16-le") for name in ("WordDocument", "Workbook", "PowerPoint Document", "VisioDocument"))


@dataclass(frozen=True, slots=True)
class OutlookMessage:
    """Hands out the one message of a .msg file, with all inside it, as RFC 5322 mail."""

    name: str = "outlook_message"
    version: str = "1"
    media_type: str = "application/vnd.ms-outlook"
    tables: tuple[Table, ...] = ()

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for a compound file with a message's entries, 2 for one called .msg, 1 for one that may be, else 0."""
        if not head.startswith(_COMPOUND) or any(mark in head for mark in _OTHERS):
            return 0
        if any(mark in head for mark in _MARKS):
            return 3
        return 2 if name.lower().endswith((".msg", ".oft")) else 1

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: there are no rows."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield the message and, after it was read, a defect for each thing in it that could not be."""
        del inferred
        try:
            opened = CompoundMessage(source.stream, source.size)
            item = opened.item()
        except MaterialError as error:
            yield Defect(code="unreadable", reason=error.what, offset=0, length=source.size)
            return
        faults: list[str] = []
        yield Structure(what="message file, read as a whole", offset=0, length=source.size)
        yield Child(
            step=f"outlook:0:{name_of(item)}",
            name=name_of(item),
            declared_type="message/rfc822",
            offset=0,
            length=source.size,
            size=0,
            modified=item.properties.instant(own.MODIFIED),
            stream=stream_of(reconstruct(item, faults)),
            used=lambda: 0,  # which bytes hold what is not followed; they are the structure
        )
        for fault in [*faults, *opened.problems()]:
            yield Defect(code="message_part_unreadable", reason=f"Within the message: {fault}.", offset=0, length=0)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return the message as it was put together, the same bytes each time."""
        if not step.startswith("outlook:0:"):
            raise MaterialError(f"{source.name}: no message at {step[:80]!r}")
        return spooled(reconstruct(CompoundMessage(source.stream, source.size).item(), []))


PARSER = OutlookMessage()
