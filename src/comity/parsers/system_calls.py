"""System calls no reader of files needs, refused by the kernel: a filter assembled by hand.

Written out because a filter is an array of numbers, and the kept library for it needs a system library that most machines lack.
A refused call fails with EPERM, so that a library that merely tries goes on; only a call by another architecture's door ends the process.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst; seccomp(2); the numbers from asm/unistd_64.h and asm-generic/unistd.h.
"""

import ctypes
import errno
import os
import platform
import struct
from dataclasses import dataclass

_X86 = "x86_64"
_ARM = "aarch64"
_AUDIT_ARCHITECTURE = {_X86: 0xC000003E, _ARM: 0xC00000B7}
_X32_BIT = 0x40000000

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_KILL = 0x80000000
_REFUSE = 0x00050000
_ALLOW = 0x7FFF0000

_LOAD = 0x20
_EQUALS = 0x15
_AT_LEAST = 0x35
_HAS_BITS = 0x45
_RETURN = 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000


@dataclass(frozen=True, slots=True)
class _Call:
    """One system call's numbers; None where an architecture has none."""

    x86: int | None
    arm: int | None


_PROGRAMS = {"execve": _Call(59, 221), "execveat": _Call(322, 281), "fork": _Call(57, None), "vfork": _Call(58, None)}
_KILL_OTHERS = {
    "tkill": _Call(200, 130), "rt_sigqueueinfo": _Call(129, 138), "rt_tgsigqueueinfo": _Call(297, 240),
    "pidfd_send_signal": _Call(424, 424),
}  # fmt: skip
_REFUSED = {
    # other processes
    "ptrace": _Call(101, 117), "process_vm_readv": _Call(310, 270), "process_vm_writev": _Call(311, 271),
    "process_madvise": _Call(440, 440),
    "process_mrelease": _Call(448, 448), "kcmp": _Call(312, 272), "pidfd_open": _Call(434, 434), "pidfd_getfd": _Call(438, 438),
    "migrate_pages": _Call(256, 238), "move_pages": _Call(279, 239),
    # the network and other doors to processes that listen
    "socket": _Call(41, 198), "connect": _Call(42, 203), "bind": _Call(49, 200), "listen": _Call(50, 201), "accept": _Call(43, 202),
    "accept4": _Call(288, 242), "shmget": _Call(29, 194), "shmat": _Call(30, 196), "shmctl": _Call(31, 195), "msgget": _Call(68, 186),
    "msgsnd": _Call(69, 189), "msgrcv": _Call(70, 188), "msgctl": _Call(71, 187), "semget": _Call(64, 190), "semop": _Call(65, 193),
    "semctl": _Call(66, 191), "semtimedop": _Call(220, 192), "mq_open": _Call(240, 180), "mq_unlink": _Call(241, 181),
    # what is mounted where, and other namespaces
    "mount": _Call(165, 40), "umount2": _Call(166, 39), "pivot_root": _Call(155, 41),
    "chroot": _Call(161, 51), "move_mount": _Call(429, 429),
    "open_tree": _Call(428, 428), "fsopen": _Call(430, 430), "fsconfig": _Call(431, 431),
    "fsmount": _Call(432, 432), "fspick": _Call(433, 433),
    "mount_setattr": _Call(442, 442), "unshare": _Call(272, 97), "setns": _Call(308, 268),
    # files by other ways than their names, and what Landlock does not govern about them
    "open_by_handle_at": _Call(304, 265), "name_to_handle_at": _Call(303, 264), "fanotify_init": _Call(300, 262), "mknod": _Call(133, None),
    "mknodat": _Call(259, 33), "chmod": _Call(90, None), "fchmod": _Call(91, 52), "fchmodat": _Call(268, 53), "fchmodat2": _Call(452, 452),
    "chown": _Call(92, None), "fchown": _Call(93, 55), "lchown": _Call(94, None), "fchownat": _Call(260, 54), "utime": _Call(132, None),
    "utimes": _Call(235, None), "utimensat": _Call(280, 88), "futimesat": _Call(261, None),
    "setxattr": _Call(188, 5), "lsetxattr": _Call(189, 6),
    "fsetxattr": _Call(190, 7), "removexattr": _Call(197, 14), "lremovexattr": _Call(198, 15), "fremovexattr": _Call(199, 16),
    # the kernel's large and little used surfaces
    "bpf": _Call(321, 280), "perf_event_open": _Call(298, 241), "userfaultfd": _Call(323, 282), "io_uring_setup": _Call(425, 425),
    "io_uring_enter": _Call(426, 426), "io_uring_register": _Call(427, 427), "keyctl": _Call(250, 219), "add_key": _Call(248, 217),
    "request_key": _Call(249, 218), "personality": _Call(135, 92), "modify_ldt": _Call(154, None), "uselib": _Call(134, None),
    # the machine
    "swapon": _Call(167, 224), "swapoff": _Call(168, 225), "reboot": _Call(169, 142), "sethostname": _Call(170, 161),
    "setdomainname": _Call(171, 162), "init_module": _Call(175, 105), "finit_module": _Call(313, 273), "delete_module": _Call(176, 106),
    "kexec_load": _Call(246, 104), "kexec_file_load": _Call(320, 294), "quotactl": _Call(179, 60), "quotactl_fd": _Call(443, 443),
    "acct": _Call(163, 89), "settimeofday": _Call(164, 170), "clock_settime": _Call(227, 112), "clock_adjtime": _Call(305, 266),
    "adjtimex": _Call(159, 171), "syslog": _Call(103, 116), "iopl": _Call(172, None), "ioperm": _Call(173, None), "vhangup": _Call(153, 58),
    "lookup_dcookie": _Call(212, 18), "nfsservctl": _Call(180, 42),
}  # fmt: skip
_CLONE, _CLONE3, _KILL_ONE, _KILL_THREAD, _PRLIMIT = _Call(56, 220), _Call(435, 435), _Call(62, 129), _Call(234, 131), _Call(302, 261)


def restrict(libc: ctypes.CDLL, *, programs: bool) -> bool:
    """Refuse these calls to this thread and all it starts, for good; return whether the kernel took the filter.

    With `programs` it may start programs and signal them, as the one that runs an external reader must; the rest stays refused.
    Needs no_new_privs. False on an architecture whose numbers are not known here.
    """
    machine = platform.machine()
    if machine not in _AUDIT_ARCHITECTURE:
        return False
    code = _assemble(machine, programs=programs, own=os.getpid())
    instructions = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions))
    return bool(libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), program, 0, 0) == 0)


def _assemble(machine: str, *, programs: bool, own: int) -> bytes:
    """Return the filter: the architecture is checked, then each call in turn; what is not named is allowed."""
    refusal = _step(_RETURN, _REFUSE | errno.EPERM)
    parts = [
        _step(_LOAD, _ARCHITECTURE), _step(_EQUALS, _AUDIT_ARCHITECTURE[machine], 1, 0), _step(_RETURN, _KILL), _step(_LOAD, _NUMBER),
    ]  # fmt: skip
    if machine == _X86:  # the same calls by other numbers
        parts += [_step(_AT_LEAST, _X32_BIT, 0, 1), refusal]
    refused = _REFUSED if programs else _REFUSED | _PROGRAMS | _KILL_OTHERS
    for call in refused.values():
        number = _number(call, machine)
        if number is not None:
            parts += [_step(_EQUALS, number, 0, 1), refusal]
    parts += _unless(machine, _PRLIMIT, [_step(_EQUALS, 0, 2, 0), _step(_EQUALS, own, 1, 0)])
    if not programs:
        # threads, but no processes; flags that cannot be looked at are refused as unknown, and the C library falls back to those that can
        parts += [_step(_EQUALS, _number(_CLONE3, machine) or 0, 0, 1), _step(_RETURN, _REFUSE | errno.ENOSYS)]
        parts += _unless(machine, _CLONE, [_step(_HAS_BITS, _CLONE_THREAD, 1, 0)])
        for call in (_KILL_ONE, _KILL_THREAD):
            parts += _unless(machine, call, [_step(_EQUALS, own, 1, 0)])
    return b"".join((*parts, _step(_RETURN, _ALLOW)))


def _unless(machine: str, call: _Call, tests: list[bytes]) -> list[bytes]:
    """Return steps that refuse `call` unless one of `tests` of the lower half of its first argument jumps past the refusal."""
    inside = [_step(_LOAD, _FIRST_ARGUMENT), *tests, _step(_RETURN, _REFUSE | errno.EPERM), _step(_RETURN, _ALLOW)]
    return [_step(_EQUALS, _number(call, machine) or 0, 0, len(inside)), *inside]


def _number(call: _Call, machine: str) -> int | None:
    return call.x86 if machine == _X86 else call.arm


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return one instruction; the jumps are counted from the next one."""
    return struct.pack("=HBBI", code, if_true, if_false, value)
