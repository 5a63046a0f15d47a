"""Law: a kill at any moment loses nothing that was reported as preserved, and the resumed run ends as an undisturbed one.

The child is a real process and the signal a real SIGKILL. In one test it strikes inside a system call of the child's choosing
(before it, or after half a write), in the other after any time.
"""

import os
import random
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from case_factory import new_case, preserve
from comity.casework.folder import Folder
from comity.evidence.acquisition import journal as journalling
from comity.evidence.acquisition import pack, run

CALLS = ("write", "pwrite", "fsync", "fdatasync", "link", "unlink", "open", "fchmod", "ftruncate", "mkdir")
WRITES = ("write", "pwrite")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place with `material`, and a case `whole` that acquired it undisturbed, in many small batches and three segments."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("resume")
        patch.setenv("XDG_STATE_HOME", str(place / "state"))
        patch.setattr(journalling, "_FLUSH_LINES", 7)
        patch.setattr(journalling, "LARGEST_SEGMENT", 200_000)
        patch.setattr(run, "new_salt", lambda: "5a" * 16)  # so that two runs can be compared
        chance = random.Random(20261123)  # noqa: S311  material, not a secret
        for number in range(60):
            file = place / "material" / f"d{number % 4}" / f"f{number}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(chance.randbytes(chance.choice([0, 10, 511, 512, 513, 4096, 20_000])))
        for number in range(3):
            (place / "material" / f"large{number}").write_bytes(chance.randbytes(pack.SMALL + number))
        (place / "material" / "d1" / "twin").write_bytes((place / "material" / "large1").read_bytes())
        (place / "material" / "link").symlink_to("d1")
        for path in (place / "material").rglob("*"):
            # reading sets the access time unless that is later than the modification already: so all runs see the same
            os.utime(path, (2e9, 1e9), follow_symlinks=False)
        preserve(new_case(place / "whole"), place / "material")
        yield place


def killed(
    folder: Folder,
    material: Path,
    told: Path,
    *,
    at_call: int | None = None,
    half: bool = False,
    calls: tuple[str, ...] = CALLS,
    after: float | None = None,
) -> None:
    """Acquire in a child process that dies at its `at_call`-th system call of interest, or `after` seconds; wait for it."""
    child = os.fork()
    if child == 0:
        try:
            report = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            write = os.write
            if at_call is not None:
                arm(at_call, half=half, calls=calls)
            preserve(folder, material, progress=lambda exhibits, _size: write(report, b"%d\n" % exhibits) and None)
        finally:
            os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def arm(at_call: int, *, half: bool, calls: tuple[str, ...]) -> None:
    left = [at_call]

    def deadly(name: str):
        real = getattr(os, name)

        def call(*args, **kwargs):
            left[0] -= 1
            if left[0] == 0:
                if half and name in WRITES:
                    real(args[0], args[1][: len(args[1]) // 2], *args[2:])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return call

    for name in calls:
        setattr(os, name, deadly(name))


def check(place: Path, folder: Folder, told: Path) -> None:
    for segment in (folder.path / "objects").glob("packs/*.tar"):
        listed = subprocess.run(["tar", "tf", segment], capture_output=True, text=True, check=False)
        assert listed.returncode == 0, listed.stderr
        with tarfile.open(segment) as archive:
            assert archive.getnames() == listed.stdout.split()
    reported = sum(map(int, told.read_text().split())) if told.exists() else 0
    lines = sum(path.read_bytes().count(b"\n") for path in (folder.path / "acquisitions").glob("*.jsonl"))
    assert lines >= reported

    preserve(folder, place / "material")
    whole = Folder.open(place / "whole")
    resumed = Folder.open(folder.path)
    assert list(resumed.exhibits()) == list(whole.exhibits())
    assert [a.root for a in resumed.manifests()] == [a.root for a in whole.manifests()]
    for exhibit in resumed.exhibits():
        if exhibit.location is not None:
            with resumed.open_exhibit(exhibit) as stream:
                assert stream.read() == (place / "material" / exhibit.name).read_bytes()
    ours = {p.relative_to(resumed.path): p.read_bytes() for p in (resumed.path / "objects").rglob("*") if p.is_file()}
    theirs = {p.relative_to(whole.path): p.read_bytes() for p in (whole.path / "objects").rglob("*") if p.is_file()}
    assert ours == theirs
    assert not list((folder.path / "drafts").iterdir())
    assert preserve(folder, place / "material") is None


@settings(max_examples=30, deadline=None)
@given(at_call=st.integers(1, 260), half=st.booleans())
@example(at_call=126, half=False)  # between making a segment and its first bytes
def test_killed_in_a_system_call(place: Path, at_call: int, half):
    name = os.urandom(6).hex()
    folder, told = new_case(place / name), place / f"{name}.told"
    killed(folder, place / "material", told, at_call=at_call, half=half)
    check(place, folder, told)


@settings(max_examples=6, deadline=None)
@given(first=st.integers(1, 150), second=st.integers(1, 150))
def test_killed_twice(place: Path, first: int, second: int):
    name = os.urandom(6).hex()
    folder, told = new_case(place / name), place / f"{name}.told"
    killed(folder, place / "material", told, at_call=first, half=True)
    killed(Folder.open(folder.path), place / "material", told, at_call=second, half=True)
    check(place, folder, told)


@settings(max_examples=6, deadline=None)
@given(after=st.floats(0, 0.25))
def test_killed_at_any_time(place: Path, after: float):
    name = os.urandom(6).hex()
    folder, told = new_case(place / name), place / f"{name}.told"
    killed(folder, place / "material", told, after=after)
    check(place, folder, told)


def test_the_ledger_says_what_was_discarded(place: Path):
    folder = new_case(place / "discarding")
    killed(folder, place / "material", place / "discarding.told", at_call=9, half=True, calls=("pwrite",))
    check(place, folder, place / "discarding.told")
    resumed = [entry for entry in folder.entries() if entry.event == "acquisition:resumed"]
    assert len(resumed) == 1
    assert resumed[0].result["discarded"]["objects/packs/000001.tar"] > 0


def test_interrupted_material_that_is_gone_does_not_block_the_case(place: Path):
    """Other material comes next: what was preserved of the first is closed, marked as not complete."""
    folder = new_case(place / "moving")
    killed(folder, place / "material", place / "moving.told", at_call=90)
    other = place / "other"
    other.mkdir()
    (other / "x").write_bytes(b"x")
    preserve(folder, other)
    first, second = folder.manifests()
    assert not first.complete
    assert 0 < first.count < 65
    assert (second.first, second.count, second.complete) == (first.count + 1, 1, True)
    preserve(folder, place / "material")
    assert sorted(e.name for e in folder.exhibits()) == sorted(["x", *(e.name for e in Folder.open(place / "whole").exhibits())])
