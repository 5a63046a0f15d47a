"""Retention: until when content is kept, and on which ground, as a person enters it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.errors import ComityError, SettingsError
from comity.terms.instant import format_instant, parse_instant

RETAINED = "retention:set"


def retain(folder: Folder, exhibits: Sequence[str], *, until: str, ground: str) -> Entry:
    """Enter that `exhibits` (numbers; all when empty) are kept until the instant `until` (RFC 3339) on `ground`; return the entry.

    A later entry about an exhibit replaces an earlier one. SettingsError for an instant or ground that is none, StateError for an
    exhibit that does not exist.
    """
    try:
        end = parse_instant(until if "T" in until else f"{until}T00:00:00Z")
    except (ValueError, ComityError) as error:
        raise SettingsError(f"{until[:60]!r} is no day and no instant", remedy="Such as 2031-12-31 (midnight UTC begins it).") from error
    if not ground.strip():
        raise SettingsError("no ground is given", remedy='Such as --ground "five years, art. 16".')
    for number in exhibits:
        folder.exhibit(number)
    numbers: list[Json] = list(exhibits)
    with folder.locked("comity retain"):
        about: dict[str, Json] = {"exhibits": numbers or "all", "until": format_instant(end), "ground": ground.strip()}
        return Actor(folder)(RETAINED, authorization=None, object=about, result={})


def due(folder: Folder, *, at: datetime) -> Mapping[str, str]:
    """Return the exhibits with content whose retention has ended by `at`, and the ground in words, by number."""
    ends: dict[str, tuple[datetime, str]] = {}
    default: tuple[datetime, str] | None = None
    for entry in folder.entries():
        if entry.event != RETAINED:
            continue
        until = parse_instant(str(entry.object["until"]))
        rule = until, f"retention until {format_instant(until)} has ended (entry {entry.number}): {entry.object['ground']}"
        named = entry.object["exhibits"]
        if isinstance(named, str):
            default, ends = rule, {}
        elif isinstance(named, Sequence):
            ends.update({str(number): rule for number in named})
    held = [exhibit.number for exhibit in folder.exhibits() if exhibit.location is not None]
    rules = {number: ends.get(number, default) for number in held}
    return {number: rule[1] for number, rule in rules.items() if rule is not None and rule[0] <= at}
