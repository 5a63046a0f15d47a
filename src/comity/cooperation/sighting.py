"""Acts shown by findings, gathered into items with the smallest period that holds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from comity.cooperation.request import Item
from comity.terms.period import Period
from comity.terms.selector import Kind, Selector

ADDRESSES = frozenset({Kind.IPV4, Kind.IPV6})
ACCOUNTS = frozenset({Kind.IBAN, Kind.ACCOUNT})
YEAR_IN_DOUBT = "year in doubt"
"""What `event.clock` says of an inferred year that may be wrong."""

_MAIL_HOST = "sending host"
"""The role of an address that handed a message over to the reader's mail service."""
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# A log without zone is read as UTC. Local time is UTC-12 to UTC+14, so the true instant lies between 14 hours before and 12 after.
_ZONE_BEFORE, _ZONE_AFTER = timedelta(hours=14), timedelta(hours=12)
_LENGTH_OF_UNIT = {"day": _DAY, "hour": _HOUR, "minute": timedelta(minutes=1)}

_ADDRESS_DATA = (
    "Whom the address was assigned to at the times of the acts (subscriber or customer), and the traffic data of its connections"
)
_MAIL_HOST_DATA = (
    "Whom the address was assigned to at the times of the acts (subscriber or customer) and, where it is a mail server, who handed it "
    "the messages it sent on at those times (account, address, port)"
)
_ACCOUNT_DATA = "Holder and opening of the account, records of electronic access to it (addresses and times), and its transactions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One act a finding shows: the selector, its role, when and by which clock, at which port."""

    selector: Selector
    role: str
    at: datetime
    port: int | None
    precision: str
    clock: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """An item and the sightings in it, oldest first."""

    item: Item
    sightings: tuple[Sighting, ...]


def longest_period(kind: Kind) -> timedelta:
    """Return how long the period of one item may be: 31 days for an address, 366 for an account."""
    return timedelta(days=31) if kind in ADDRESSES else timedelta(days=366)


def span(sighting: Sighting) -> Period:
    """Return the smallest period to ask about for one act.

    For an address: an hour on either side of the act (widened by the unit of the written time, and by all zones there are
    when the zone was inferred). For an account: from the day before the booking to the end of the day after it.
    """
    if sighting.selector.kind in ACCOUNTS:
        day = sighting.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return Period(start=day - _DAY, end=day + 2 * _DAY)
    before, after = (_ZONE_BEFORE, _ZONE_AFTER) if "zone" in sighting.clock else (timedelta(), timedelta())
    unit = _LENGTH_OF_UNIT.get(sighting.precision, timedelta(seconds=1))
    return Period(start=sighting.at - _HOUR - before, end=sighting.at + unit + _HOUR + after)


def gather(sightings: Iterable[Sighting]) -> tuple[Gathered, ...]:
    """Return items for `sightings`, acts of one selector whose periods touch (or follow within a day) in one item.

    No item grows beyond `longest_period`. The result is in the order of selectors and time, whatever the order given.
    """
    ordered = sorted(set(sightings), key=_order)
    groups: list[list[Sighting]] = []
    for sighting in ordered:
        if groups and _belongs(groups[-1], sighting):
            groups[-1].append(sighting)
        else:
            groups.append([sighting])
    return tuple(Gathered(item=_item(group), sightings=tuple(group)) for group in groups)


def _order(sighting: Sighting) -> tuple[Selector, datetime, int, str, str]:
    return (sighting.selector, sighting.at, sighting.port or 0, sighting.role, sighting.finding)


def _belongs(group: Sequence[Sighting], sighting: Sighting) -> bool:
    if group[0].selector != sighting.selector:
        return False
    period, own = _cover(group), span(sighting)
    end = max(period.end or own.start, own.end or own.start)
    return own.start <= (period.end or own.start) + _DAY and end - min(period.start, own.start) <= longest_period(sighting.selector.kind)


def _cover(group: Sequence[Sighting]) -> Period:
    spans = [span(sighting) for sighting in group]
    return Period(start=min(each.start for each in spans), end=max(each.end for each in spans if each.end is not None))


def _data(group: Sequence[Sighting]) -> str:
    if group[0].selector.kind in ACCOUNTS:
        return _ACCOUNT_DATA
    # a mail provider's server has no subscriber to name: the one who used it to send has
    only_mail = all(sighting.role == _MAIL_HOST for sighting in group)
    return _MAIL_HOST_DATA if only_mail else _ADDRESS_DATA


def _item(group: Sequence[Sighting]) -> Item:
    # an act with a port says more than an earlier one without
    first = next((sighting for sighting in group if sighting.port is not None), group[0])
    clocks = {part for sighting in group for part in sighting.clock.split("+") if part}
    return Item(
        selector=first.selector,
        data=_data(group),
        period=_cover(group),
        at=first.at,
        port=first.port,
        clock="+".join(sorted(clocks, key=("year", "zone").index) if clocks <= {"year", "zone"} else sorted(clocks)),
        role="; ".join(dict.fromkeys(sighting.role for sighting in group)),
        findings=tuple(sorted({sighting.finding for sighting in group})),
        precision=first.precision or "second",
    )
