"""A device's clock against true time: a statement that is recorded and shown, and never applied to a record in silence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.errors import ComityError, IntegrityError, SettingsError
from comity.terms.instant import format_instant, parse_instant

COMPARED = "clock:compared"
_MOST_RANGES = 200
_RANGE = re.compile(r"([1-9][0-9]{0,11})(?:-([1-9][0-9]{0,11}))?")
_EXAMPLE = "Name them as 3, 3-9 or 3-9,12; `comity report` lists the exhibits."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockComparison:
    """What a person saw: the clock of `device` showed `shown` when it was `true`.

    `exhibits` are the numbers that came from the device, as ranges with both ends in; `how` says what true time was taken from
    and by whom.
    """

    exhibits: tuple[tuple[int, int], ...]
    device: str
    shown: datetime
    true: datetime
    how: str

    @property
    def ahead(self) -> timedelta:
        """How far the device's clock was ahead; negative when it was behind."""
        return self.shown - self.true


def exhibit_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges in "3-9,12", in order; SettingsError when it is no such list, or a range runs backwards or into another."""
    parts = text.replace(" ", "").split(",")
    if len(parts) > _MOST_RANGES:
        raise SettingsError(f"more than {_MOST_RANGES} ranges of exhibits", remedy="Give the command once for each part of them.")
    found = []
    for part in parts:
        match = _RANGE.fullmatch(part)
        if match is None:
            raise SettingsError(f"not exhibits: {part[:40]!r}", remedy=_EXAMPLE)
        found.append((int(match[1]), int(match[2] or match[1])))
    found.sort()
    if any(first > last for first, last in found) or any(one[1] >= other[0] for one, other in pairwise(found)):
        raise SettingsError(f"exhibits are named twice or backwards: {text[:80]!r}", remedy=_EXAMPLE)
    return tuple(found)


def shown_ranges(ranges: Sequence[tuple[int, int]]) -> str:
    """Return ranges as `exhibit_ranges` reads them."""
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def given_instant(text: str, *, option: str) -> datetime:
    """Return the instant a person typed; SettingsError naming `option` for one without zone or that is none."""
    try:
        return parse_instant(text)
    except ComityError as error:
        remedy = f"{error.remedy} A clock that shows no zone: give the offset of the zone it is set to." if error.remedy else ""
        raise SettingsError(f"{option}: {error.what}", remedy=remedy) from error


def compare_clock(folder: Folder, act: Actor, comparison: ClockComparison) -> Entry:
    """Record `comparison` and return its entry; SettingsError for exhibits the case has not, or without device or manner."""
    for option, text in (("--device", comparison.device), ("--how", comparison.how)):
        if not text.strip():
            raise SettingsError(f"{option} says nothing", remedy='For example: --device "recorder of the shop" --how "beside time.gov"')
    there = sum(acquired.count for acquired in folder.manifests())
    beyond = [last for _, last in comparison.exhibits if last > there]
    if beyond or not comparison.exhibits:
        raise SettingsError(f"there is no exhibit {beyond[0] if beyond else ''} in this case; it has {there}", remedy=_EXAMPLE)
    return act(
        COMPARED,
        authorization=None,
        object={"device": comparison.device.strip(), "exhibit_ranges": shown_ranges(comparison.exhibits)},
        result={
            "shown": format_instant(comparison.shown),
            "true_time": format_instant(comparison.true),
            "ahead_us": comparison.ahead // timedelta(microseconds=1),
            "how": comparison.how.strip(),
        },
    )


def comparisons(entries: Sequence[Entry]) -> Iterator[tuple[int, ClockComparison]]:
    """Yield the comparisons in the ledger with the numbers of their entries; IntegrityError for an entry that is none."""
    for entry in entries:
        if entry.event == COMPARED:
            try:
                yield entry.number, _decode(entry)
            except (ComityError, KeyError) as error:
                raise IntegrityError(f"ledger entry {entry.number} does not compare a clock: {error}") from error


def _decode(entry: Entry) -> ClockComparison:
    texts = {name: str(value) for name, value in {**entry.object, **entry.result}.items()}
    return ClockComparison(
        exhibits=exhibit_ranges(texts["exhibit_ranges"]),
        device=texts["device"],
        shown=parse_instant(texts["shown"]),
        true=parse_instant(texts["true_time"]),
        how=texts["how"],
    )


def as_json(number: int, comparison: ClockComparison) -> dict[str, Json]:
    """Return a comparison as the case summary tells it (see docs/json.md)."""
    return {
        "entry": number,
        "device": comparison.device,
        "exhibits": shown_ranges(comparison.exhibits),
        "shown": format_instant(comparison.shown),
        "true_time": format_instant(comparison.true),
        "ahead": in_words(comparison.ahead),
        "how": comparison.how,
    }


def in_words(ahead: timedelta) -> str:
    """Return a difference as "5 min 32 s ahead", "1 h 0 min 0.25 s behind" or "no difference"."""
    if not ahead:
        return "no difference"
    size = abs(ahead)
    hours, rest = divmod(size.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{size.microseconds:06d}".rstrip("0") if size.microseconds else ""
    parts = [(size.days, "d"), (hours, "h"), (minutes, "min")]
    while parts and not parts[0][0]:
        parts.pop(0)
    told = " ".join([*(f"{count} {unit}" for count, unit in parts), f"{seconds}{fraction} s"])
    return f"{told} {'ahead' if ahead > timedelta(0) else 'behind'}"
