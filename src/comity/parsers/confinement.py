"""What a reader takes away from itself before it opens anything hostile.

Standard library only, and first in the process: the kernel applies most of it to the calling thread alone, so it must be in force
before a library starts threads of its own. What each protection is for, and what was tried against it: docs/hostile-input.md.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from comity.parsers import landlock, privileges, system_calls

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_OPEN_FILES = 256

PROTECTIONS = ("memory", "time", "files", "network", "programs", "privileges", "signals", "system_calls")
"""All that may hold a reader; `confine` says which do."""

_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime")
# what the libraries ask about the machine when they start
_MACHINE = (
    "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup",
    "/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip


def confine(*, memory: int, scratch: Path, readable: Iterable[Path] = (), runnable: Iterable[Path] = ()) -> tuple[str, ...]:
    """Confine this process for good and return which of PROTECTIONS now hold, in order of the alphabet.

    `memory` bytes of address space; reading only in `readable` and in the folders of the interpreter and the system's libraries;
    writing, making and removing files only below `scratch`; no running of programs but from `runnable`; no network; no rights of a
    privileged user; no core files. The process dies with its parent. What the kernel does not offer is left out of the answer.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    readable, runnable = tuple(readable), tuple(runnable)
    held = {"memory", "time"}
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    parent = os.getppid()
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        raise SystemExit(1)
    privileges.leave_groups()
    # an ordinary user needs a user namespace of their own to leave the network; root may leave it directly
    if libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        held.add("network")
    folders = _interpreter()
    left = privileges.drop(libc, reading=(scratch, *readable, *folders))
    held |= set(landlock.restrict(libc, writable=scratch, readable=(*folders, *_machine(), *readable), runnable=_with_loader(runnable)))
    if left == () or (left and "files" in held):  # what may be left reads past permissions, but only where the file rules allow
        held.add("privileges")
    if system_calls.restrict(libc, programs=bool(runnable)):
        held |= {"system_calls", "network", *(() if runnable else ("signals",))}
    if not runnable and held & {"files", "system_calls"}:
        held.add("programs")
    return tuple(sorted(held))


def allow_seconds(seconds: float) -> None:
    """Let this process use `seconds` more of processor time; the kernel ends it beyond that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, resource.RLIM_INFINITY))


def _interpreter() -> tuple[Path, ...]:
    """Return where this interpreter, its packages and the libraries they load lie."""
    own = [Path(path) for path in sys.path if path]
    return tuple(dict.fromkeys([*own, Path(sys.base_prefix, "lib"), *map(Path, _SYSTEM)]))


def _machine() -> tuple[Path, ...]:
    return tuple(map(Path, _MACHINE))


def _with_loader(runnable: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return `runnable` with the system's libraries: a program is started by the loader that lies among them."""
    return (*runnable, *map(Path, _SYSTEM[:5])) if runnable else ()
