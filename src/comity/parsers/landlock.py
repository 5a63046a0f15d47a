"""Files, network and signals taken away by Landlock: what is not named here cannot be opened, whoever the process runs as.

Source: Linux, Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

# the numbers of these system calls are the same on every architecture
_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
_TRUNCATE = 1 << 14
_IOCTL_DEVICE = 1 << 15
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals

_TRUNCATE_SINCE = 3
_TCP_SINCE = 4
_IOCTL_SINCE = 5
_SCOPES_SINCE = 6


def version(libc: ctypes.CDLL) -> int:
    """Return the version of Landlock this kernel offers, 0 when it offers none."""
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)))


def restrict(libc: ctypes.CDLL, *, writable: Path, readable: Iterable[Path], runnable: Iterable[Path]) -> tuple[str, ...]:
    """Restrict this thread and what it starts for good; return what now holds of files and signals.

    Reading only in `readable`, `runnable` and `writable`, writing, making and removing only below `writable`, running of programs only
    from `runnable`; a path that is not there is passed over. No TCP (other protocols are not governed) and no signals to others where the
    kernel knows to refuse them. Needs no_new_privs.
    """
    known = version(libc)
    if not known:
        return ()
    reading = _READ_FILE | _READ_DIR
    writing = _WRITE_FILE | _REMOVE_AND_MAKE | (_TRUNCATE if known >= _TRUNCATE_SINCE else 0)
    handled = _EXECUTE | reading | writing | (_IOCTL_DEVICE if known >= _IOCTL_SINCE else 0)
    # an older kernel refuses a longer structure
    layout = [handled, *([_TCP] if known >= _TCP_SINCE else []), *([_SCOPES] if known >= _SCOPES_SINCE else [])]
    attributes = struct.pack(f"={len(layout)}Q", *layout)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return ()
    try:
        rules = [(path, reading) for path in readable] + [(path, reading | _EXECUTE) for path in runnable] + [(writable, reading | writing)]
        if not all(_allow(libc, ruleset, path, access) for path, access in rules):
            return ()
        if libc.syscall(_RESTRICT_SELF, ruleset, 0) != 0:
            return ()
    finally:
        os.close(ruleset)
    return ("files", "signals") if known >= _SCOPES_SINCE else ("files",)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> bool:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return True  # nothing there to allow
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
        rule = struct.pack("=Qi", access, descriptor)
        return bool(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0) == 0)
    finally:
        os.close(descriptor)
