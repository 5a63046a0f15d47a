"""What a reader is held by: every protection it claims withstands a child that tries to break it, on any machine."""

import os
import sys
from pathlib import Path

import pytest

from comity.parsers.confinement import PROTECTIONS
from comity.parsers.protections import Protection, try_out
from comity.terms.errors import StateError

# the machine as a container may make it: the kernel refuses some of what a reader asks for
REFUSING = """
import ctypes, sys
from comity.parsers import privileges, system_calls
from comity.parsers.system_calls import _Call
refused = sys.argv.pop(1).split(",")
calls = {"landlock": _Call(444, 444), "namespaces": _Call(272, 97), "filters": _Call(157, 167)}
ours, system_calls._REFUSED = system_calls._REFUSED, {name: calls[name] for name in refused}
libc = ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
assert system_calls.restrict(libc, programs=True)
system_calls._REFUSED = ours
from comity.parsers.trial import main
main(sys.argv[1:])
"""


def by_name(found: tuple[Protection, ...]) -> dict[str, Protection]:
    assert [one.name for one in found] == list(PROTECTIONS)
    for one in found:
        assert one.holds or not one.said, f"{one.name} is claimed, but: {one.attempts}"
    return {one.name: one for one in found}


def refusing(*what: str) -> dict[str, Protection]:
    return by_name(try_out(program=(sys.executable, "-I", "-c", REFUSING, ",".join(what))))


def test_what_is_claimed_holds_here() -> None:
    found = by_name(try_out())
    assert found["memory"].holds
    assert found["time"].holds
    if os.uname().machine in {"x86_64", "aarch64"} and Path("/proc/sys/kernel/seccomp").exists():
        assert all(one.holds for name, one in found.items() if name != "files")


def test_without_landlock_the_rest_holds() -> None:
    found = refusing("landlock")
    assert not found["files"].said
    assert [one.what for one in found["files"].attempts if one.refused is None][:1] == ["read a file elsewhere"]
    assert found["programs"].holds
    assert found["network"].holds


def test_without_namespaces_there_is_no_network_still() -> None:
    assert refusing("namespaces")["network"].holds


def test_where_the_kernel_offers_nothing_only_the_limits_are_claimed() -> None:
    found = refusing("landlock", "namespaces", "filters")
    assert {name for name, one in found.items() if one.said} <= {"memory", "time"}
    assert found["programs"].attempts[-1].refused is None, "the program that should not have run is seen to have run"


def test_a_trial_that_says_nothing_is_an_error() -> None:
    with pytest.raises(StateError, match="said nothing"):
        try_out(program=(sys.executable, "-c", "pass"))
