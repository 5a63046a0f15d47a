"""What a reader takes away from itself before it opens anything hostile.

Standard library only, and first in the process: the kernel applies the network namespace and the file rules to the
calling thread, so they must be in force before a library starts threads of its own.
"""

import ctypes
import os
import resource
import signal
import struct
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

# Source: linux/landlock.h; the numbers of the system calls are the same on every architecture.
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_VERSION = 1
_LANDLOCK_PATH_BENEATH = 1
_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
_TRUNCATE = 1 << 14
_TRUNCATE_SINCE = 3

_OPEN_FILES = 256


def confine(*, memory: int, scratch: Path) -> tuple[str, ...]:
    """Confine this process for good and return what now holds: some of memory, time, files, network.

    `memory` bytes of address space; writing, making and removing files only below `scratch`; no running of programs; no
    network; no core files. The process dies with its parent. What the kernel does not offer is left out of the answer.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    held = ["memory", "time"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    parent = os.getppid()
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        raise SystemExit(1)
    # an ordinary user needs a user namespace of their own to leave the network; root may leave it directly
    if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        held.append("network")
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and _write_only_below(scratch, libc):
        held.append("files")
    return tuple(sorted(held))


def allow_seconds(seconds: float) -> None:
    """Let this process use `seconds` more of processor time; the kernel ends it beyond that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, resource.RLIM_INFINITY))


def _write_only_below(scratch: Path, libc: ctypes.CDLL) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)
    if version < 1:
        return False
    writing = _WRITE_FILE | _REMOVE_AND_MAKE | (_TRUNCATE if version >= _TRUNCATE_SINCE else 0)
    handled = struct.pack("Q", writing | _EXECUTE)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, handled, len(handled), 0)
    if ruleset < 0:
        return False
    folder = os.open(scratch, os.O_PATH | os.O_DIRECTORY)
    try:
        rule = struct.pack("=Qi", writing, folder)
        if libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_PATH_BENEATH, rule, 0) != 0:
            return False
        return bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(folder)
        os.close(ruleset)
