"""The clock: the only place that asks what time it is, and what this machine's time is worth."""

import ctypes
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from comity.evidence.clock_state import ClockState

_TIME_ERROR = 5
_UNSYNCHRONIZED = 0x40
_ZONE_FILE = Path("/etc/localtime")


def now() -> datetime:
    """Return the present instant in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251  this is the one place the rule sends everybody to


def clock_state() -> ClockState:
    """Return what this machine says of its clock; what it does not say is None."""
    synchronized, error = _discipline()
    offset = now().astimezone().utcoffset()
    return ClockState(
        since_boot_ms=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 10**6,
        synchronized=synchronized,
        maximum_error_us=error if synchronized else None,
        zone=_zone(),
        offset_minutes=None if offset is None else offset // timedelta(minutes=1),
    )


class _Timex(ctypes.Structure):
    """The beginning of Linux's struct timex, with room for the rest. Source: adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("maximum_error", ctypes.c_long),
        ("estimated_error", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 40),
    )


def _discipline() -> tuple[bool | None, int | None]:
    """Return whether the kernel holds its clock for synchronized and the largest error it then allows for, in microseconds."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None, None
    answer = _Timex()  # modes 0: nothing is set
    state = ask(ctypes.byref(answer))
    if state < 0:
        return None, None
    return state != _TIME_ERROR and not answer.status & _UNSYNCHRONIZED, answer.maximum_error


def _zone() -> str | None:
    """Return the name of the zone set for this process or machine, None when it has only an offset."""
    if "TZ" in os.environ:
        return os.fsencode(os.environ["TZ"]).decode("utf-8", errors="backslashreplace")[:100] or None
    try:
        target = os.fspath(_ZONE_FILE.readlink())
    except OSError:
        return None
    _, mark, name = target.partition("zoneinfo/")
    return name[:100] if mark and name.isascii() else None
