"""A reader that turns on its keepers: it confines itself like any other, then tries to break each protection and says how it went.

Run as `python -I -m comity.parsers.trial MEMORY SCRATCH OUTSIDE`, where OUTSIDE is a folder it has no business in, holding a file `secret`.
Nothing it tries does harm where it succeeds. The last two attempts replace or end the process when they meet what they try to break.
"""

import ctypes
import errno
import json
import os
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from comity.parsers.confinement import allow_seconds, confine

RAN = '{"ran": true}'
"""What the program says that was not to be run."""

_AF_INET, _SOCK_STREAM, _SOCK_DGRAM = 2, 1, 2
_NEW_USER = 0x10000000
_IO_URING_SETUP = 425
_NOWHERE = struct.pack("=HH4s8x", _AF_INET, 9, bytes((192, 0, 2, 1)))  # an address nobody has; connecting sends nothing
_NOBODY = 65534


def main(arguments: list[str]) -> None:
    """Print what is said to hold, then one line per attempt: the protection, what was tried, and how the kernel refused it."""
    memory, scratch, outside = arguments
    held = confine(memory=int(memory), scratch=Path(scratch))
    _say({"held": list(held)})
    libc = ctypes.CDLL(None, use_errno=True)
    for protection, attempt, act in _attempts(libc, Path(scratch), Path(outside), int(memory)):
        _say({"protection": protection, "attempt": attempt, "refused": _refusal(act)})
    _say({"protection": "programs", "attempt": "run a program", "refused": _refusal(_run_a_program)})
    allow_seconds(0)
    while resource.getrlimit(resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY:
        pass  # until the kernel ends it


def _attempts(libc: ctypes.CDLL, scratch: Path, outside: Path, memory: int) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Yield each protection with what is tried against it; an act that returns was not refused."""
    yield "files", "read a file elsewhere", (outside / "secret").read_bytes
    yield "files", "list a folder elsewhere", lambda: list(outside.iterdir())
    yield "files", "write a file elsewhere", lambda: (outside / "written").write_bytes(b"x")
    yield "files", "remove a file elsewhere", (outside / "secret").unlink
    yield "files", "link to a file elsewhere", lambda: os.link(outside / "secret", scratch / "link")
    yield "files", "read a file through a symbolic link", lambda: _through_a_link(scratch / "way", outside / "secret")
    yield "network", "open a connection", lambda: _connect(libc, _SOCK_STREAM)
    yield "network", "send a datagram", lambda: _connect(libc, _SOCK_DGRAM)
    yield "privileges", "become another user", lambda: os.setuid(0 if os.geteuid() else _NOBODY)
    yield "privileges", "mount a file system", lambda: _check(libc.mount(b"none", bytes(scratch), b"tmpfs", 0, None))
    yield "signals", "signal the process that started it", lambda: os.kill(os.getppid(), 0)
    yield "system_calls", "start a process", _start_a_process
    yield "system_calls", "trace another process", lambda: _check(libc.ptrace(0x4206, os.getppid(), 0, 0))
    yield "system_calls", "make a namespace", lambda: _check(libc.unshare(_NEW_USER))
    yield "system_calls", "set up io_uring", lambda: _check(libc.syscall(_IO_URING_SETUP, 1, ctypes.create_string_buffer(256)))
    yield "memory", "take more than is allowed", lambda: bytearray(memory)


def _refusal(act: Callable[[], object]) -> str | None:
    """Return how `act` was refused, as the system calls it, None when it was not."""
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "error")
    except MemoryError:
        return "ENOMEM"
    return None


def _check(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _connect(libc: ctypes.CDLL, kind: int) -> None:
    descriptor = libc.socket(_AF_INET, kind | os.O_NONBLOCK, 0)
    _check(descriptor)
    try:
        _check(libc.connect(descriptor, _NOWHERE, len(_NOWHERE)))
    except BlockingIOError:
        return  # it was on its way
    finally:
        os.close(descriptor)


def _through_a_link(link: Path, target: Path) -> bytes:
    link.symlink_to(target)
    return link.read_bytes()


def _start_a_process() -> None:
    process = os.fork()
    if not process:
        os._exit(0)
    os.waitpid(process, 0)


def _run_a_program() -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-I", "-c", f"print({RAN!r})"])  # noqa: S606 - that it fails is the test


def _say(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
