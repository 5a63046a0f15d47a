"""What the system would let this process do as somebody special, given away for good.

Source: capabilities(7), prctl(2), credentials(7).
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PR_CAPBSET_DROP = 24
_PR_SET_SECUREBITS = 28
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_NO_NEW_PRIVS = 39
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_LOCKED_SECUREBITS = 0b11101111  # no rights by being user 0, none by changing user, none ambient; each locked; capabilities not kept
_CAPABILITY_VERSION = 0x20080522
_READ_ANYTHING = 1 << 2  # CAP_DAC_READ_SEARCH
_MOST_CAPABILITIES = 64


def leave_groups() -> None:
    """Give up all further groups where the system lets this process do so, as it lets root."""
    with suppress(PermissionError):  # an ordinary user's groups stay: they give what the user may, not more
        os.setgroups([])


def drop(libc: ctypes.CDLL, *, reading: Iterable[Path]) -> tuple[str, ...] | None:
    """Give away all capabilities and the ways back to them; return the names of those that had to stay, None when more stayed.

    Reading past permissions stays when a folder in `reading` cannot be entered without it or, as files in it may not be readable
    either, belongs to somebody else: root works on a case of another user. Whoever calls must then bound reading in another way.
    """
    had = _permitted(libc)
    for number in range(_MOST_CAPABILITIES):
        if libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
            break  # beyond the last one, or not allowed, as for every ordinary user
    libc.prctl(_PR_SET_SECUREBITS, _LOCKED_SECUREBITS, 0, 0, 0)
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    kept = 0
    if os.geteuid() == 0 and had & _READ_ANYTHING:
        _set(libc, effective=0, permitted=_READ_ANYTHING)
        kept = 0 if all(_readable(path) for path in reading) else _READ_ANYTHING
    _set(libc, effective=kept, permitted=kept)
    no_more = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1
    if not no_more or _permitted(libc) != kept:
        return None
    return ("CAP_DAC_READ_SEARCH",) if kept else ()


def _readable(folder: Path) -> bool:
    """Return whether root without capabilities may read `folder` and, by its owner, what is in it; True when it is not there."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    try:
        return os.fstat(descriptor).st_uid == 0
    finally:
        os.close(descriptor)


def _permitted(libc: ctypes.CDLL) -> int:
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    data = ctypes.create_string_buffer(24)
    if libc.capget(header, data) != 0:
        return -1
    _, low, _, _, high, _ = struct.unpack("=6I", data.raw)
    return int(high) << 32 | int(low)


def _set(libc: ctypes.CDLL, *, effective: int, permitted: int) -> bool:
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    data = struct.pack("=6I", effective, permitted, 0, 0, 0, 0)  # both below bit 32; nothing is inheritable
    return bool(libc.capset(header, data) == 0)
