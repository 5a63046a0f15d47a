"""Notes: what a person wants to have on record, in their own words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.errors import SettingsError

WRITTEN = "note:written"
_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note: the ledger entry that holds it, when and by whose account it was written, what it is about ("" for the case)."""

    entry: int
    at: datetime
    performer: str
    about: str
    text: str


def write_note(folder: Folder, text: str, *, about: str = "") -> Entry:
    """Enter `text` in the ledger and return the entry; nothing can take it out again.

    `about` is the number of an exhibit, "" for the case as a whole. SettingsError for an empty or overlong text, StateError
    for an exhibit that does not exist.
    """
    words = text.strip()
    if not words:
        raise SettingsError("a note needs words", remedy='For example: comity note DIR "The owner was present when the disk was opened."')
    if len(words) > _LONGEST:
        raise SettingsError(
            f"a note of {len(words):,} characters is too long", remedy=f"Write at most {_LONGEST:,}, or acquire it as a file."
        )
    if about:
        folder.exhibit(about)
    fields: dict[str, Json] = {"text": words, "exhibit": about} if about else {"text": words}
    with folder.locked("comity note"):
        return Actor(folder)(WRITTEN, authorization=None, object=fields, result={})


def notes(entries: Iterable[Entry]) -> Iterator[Note]:
    """Yield the notes in the ledger, oldest first."""
    for entry in entries:
        if entry.event == WRITTEN:
            text, about = str(entry.object.get("text", "")), str(entry.object.get("exhibit", ""))
            yield Note(entry=entry.number, at=entry.at, performer=entry.performer, about=about, text=text)
