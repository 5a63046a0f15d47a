"""What the unit says of itself for its letters: the offence in its own law, and who answers queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.casework.open_case import Actor
from comity.ledger import Entry
from comity.terms.canonical import Json

DESCRIBED = "unit:described"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The provision of the unit's own law, "" when not given, and contact lines (name, telephone, electronic mail, hours)."""

    offence: str = ""
    contact: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """Return the `object` of the ledger entry that records this."""
        return {"offence": self.offence, "contact": list(self.contact)}


def described(entries: Iterable[Entry]) -> Description:
    """Return the newest description in the ledger; an empty one when there is none."""
    newest = Description()
    for entry in entries:
        if entry.event == DESCRIBED:
            contact = entry.object.get("contact")
            lines = tuple(map(str, contact)) if isinstance(contact, Sequence) and not isinstance(contact, str) else ()
            newest = Description(offence=str(entry.object.get("offence", "")), contact=lines)
    return newest


def describe(act: Actor, entries: Iterable[Entry], given: Description) -> None:
    """Record what is `given`; parts left out stay as they were, and nothing new is no entry."""
    before = described(entries)
    wanted = Description(offence=given.offence or before.offence, contact=given.contact or before.contact)
    if wanted != before:
        act(DESCRIBED, authorization=None, object=wanted.as_json(), result={})
