"""The state of the acquiring machine's clock: what its times are worth."""

from dataclasses import dataclass

from comity.terms.canonical import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """What the machine says of its own clock. What it does not say is None.

    `since_boot_ms` counts from the machine's start and is not set by anybody: between two entries of one start it grows as
    their times do, unless the clock was set meanwhile. `synchronized` says whether the kernel holds the clock for disciplined
    by a time source (NTP, PTP, the host), `maximum_error_us` the bound it gives then. `zone` is the zone set on the machine,
    `offset_minutes` its distance from UTC, east positive; times in the ledger are UTC whatever they say.
    """

    since_boot_ms: int | None
    synchronized: bool | None
    maximum_error_us: int | None
    zone: str | None
    offset_minutes: int | None


def encode(state: ClockState) -> dict[str, Json]:
    """Return `state` as a member of a ledger entry's result; what is not known is left out."""
    members: dict[str, Json] = {
        "since_boot_ms": state.since_boot_ms,
        "synchronized": state.synchronized,
        "maximum_error_us": state.maximum_error_us,
        "zone": state.zone,
        "offset_minutes": state.offset_minutes,
    }
    return {name: value for name, value in members.items() if value is not None}
