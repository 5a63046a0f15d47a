"""Outlook stores (PST, OST): each item handed on as the mail it is, put together again from its properties."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from comity.observables import Table
from comity.parsers.contract import Child, Defect, Inferred, Source, Structure
from comity.parsers.contract import Item as Read
from comity.parsers.decoded_stream import spooled, stream_of
from comity.parsers.outlook import properties as own
from comity.parsers.outlook.reconstruction import name_of, reconstruct
from comity.parsers.outlook.store import Found, Store
from comity.terms.errors import MaterialError

_SIGNATURE: Final = b"!BDN"
_CONTENT: Final = (b"SM", b"SO", b"AB")  # personal store, offline store, address book


@dataclass(frozen=True, slots=True)
class OutlookStore:
    """Hands out the items of a store as RFC 5322 mail, one at a time; the store is read where it lies."""

    name: str = "outlook_store"
    version: str = "1"
    media_type: str = "application/vnd.ms-outlook-pst"
    tables: tuple[Table, ...] = ()

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the signature of a store and a kind of content it has, else 0."""
        del name
        return 3 if head.startswith(_SIGNATURE) and head[8:10] in _CONTENT else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: there are no rows."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Read]:
        """Yield each item, and after it a defect for each thing in it that could not be read."""
        del inferred
        try:
            store = Store(source.stream)
        except MaterialError as error:
            yield Defect(code="unreadable", reason=error.what, offset=0, length=source.size)
            return
        yield Structure(what="mail store, read as a whole", offset=0, length=source.size)
        for number, found in enumerate(store.items()):
            yield from _handed_on(source, number, found)
        for problem in store.problems:
            yield Defect(code="store_part_unreadable", reason=f"{problem}.", offset=0, length=0)

    def extract(self, source: Source, *, step: str) -> BinaryIO:
        """Return an item as it was put together, the same bytes each time."""
        kind, _, rest = step.partition(":")
        number = rest.partition(":")[0]
        if kind == "outlook" and number.isascii() and number.isdigit():
            for place, found in enumerate(Store(source.stream).items()):
                if place == int(number):
                    return spooled(reconstruct(found.item(), [], note=found.note))
        raise MaterialError(f"{source.name}: no item at {step[:80]!r}")


def _handed_on(source: Source, number: int, found: Found) -> Iterator[Read]:
    where = "/".join((*found.folders, str(found.place)))
    faults: list[str] = []
    try:
        item = found.item()
        name = "/".join((*found.folders, name_of(item)))
        yield Child(
            step=f"outlook:{number}:{name}",
            name=name,
            declared_type="message/rfc822",
            offset=0,
            length=source.size,
            size=0,
            modified=item.properties.instant(own.MODIFIED),
            stream=stream_of(reconstruct(item, faults, note=found.note)),
            used=lambda: 0,  # the library does not say which bytes hold what; they are the structure
        )
    except MaterialError as error:
        faults.append(error.what)
    for fault in faults:
        yield Defect(code="message_part_unreadable", reason=f"Within item {where[-200:]!r}: {fault}.", offset=0, length=0)


PARSER = OutlookStore()
