"""Disks that cannot read some of their sectors: what can be read is kept, what cannot is named, byte by byte."""

import errno
import hashlib
import json
import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_factory import new_case, preserve
from comity.casework.folder import Folder
from comity.evidence import custody, manifest
from comity.evidence.acquisition import unreadable
from comity.evidence.acquisition.unreadable import SECTOR, Source
from comity.evidence.exhibit import Exhibit, Place
from comity.ledger import Result
from comity.terms.canonical import canonical
from comity.terms.errors import IntegrityError
from command_line import here

MIB = 2**20


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


class FailingDisk:
    """Descriptors of one file that answer as a disk with bad `sectors` does.

    A read that begins before a bad sector ends at it; one that begins in it fails. With `unit` 8 a whole page of 4 KiB fails for
    its bad sector, as through a page cache.
    """

    def __init__(self, file: Path, sectors: Iterable[int], *, unit: int = 1, number: int = errno.EIO) -> None:
        self.bad = {sector - sector % unit + one for sector in sectors for one in range(unit)}
        self.inode = file.stat().st_ino
        self.number = number
        self.failures = 0
        self.real_preadv, self.real_read = os.preadv, os.read

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "FailingDisk":
        monkeypatch.setattr(os, "preadv", self.preadv)
        monkeypatch.setattr(os, "read", self.read)
        return self

    def preadv(self, descriptor: int, buffers: list[memoryview], offset: int) -> int:
        if os.fstat(descriptor).st_ino != self.inode:
            return self.real_preadv(descriptor, buffers, offset)
        (buffer,) = buffers
        room = self._room(offset, len(buffer))
        return self.real_preadv(descriptor, [buffer[:room]], offset)

    def read(self, descriptor: int, size: int) -> bytes:
        if os.fstat(descriptor).st_ino != self.inode:
            return self.real_read(descriptor, size)
        return self.real_read(descriptor, self._room(os.lseek(descriptor, 0, os.SEEK_CUR), size))

    def _room(self, offset: int, size: int) -> int:
        """Return how many of `size` bytes at `offset` can be read in one go."""
        for sector in range(offset // SECTOR, -(-(offset + size) // SECTOR)):
            if sector in self.bad:
                room = sector * SECTOR - offset
                if room <= 0:
                    self.failures += 1
                    raise OSError(self.number, os.strerror(self.number))
                return room
        return size


@pytest.fixture
def preserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Folder, Exhibit, FailingDisk]]:
    def preserve_from(data: bytes, sectors: Iterable[int], **how: int) -> tuple[Folder, Exhibit, FailingDisk]:
        material = tmp_path / "material"
        material.mkdir()
        (material / "image.dd").write_bytes(data)
        disk = FailingDisk(material / "image.dd", sectors, **how).install(monkeypatch)
        folder = new_case(tmp_path / "case")
        preserve(folder, material)
        (exhibit,) = folder.exhibits()
        return folder, exhibit, disk

    return preserve_from


def with_zeros(data: bytes, places: Iterable[Place]) -> bytes:
    kept = bytearray(data)
    for place in places:
        kept[place.offset : place.offset + place.length] = bytes(place.length)
    return bytes(kept)


@pytest.mark.parametrize("unit", [1, 8])
@pytest.mark.parametrize("size", [100_000, 3 * MIB + 777, 20 * MIB])
def test_reading_goes_on_after_a_bad_sector(preserved, size: int, unit: int):
    data = random.Random(size).randbytes(size)  # noqa: S311  material, not a secret
    last = (size - 1) // SECTOR
    folder, exhibit, _ = preserved(data, {5, 6, 100, last}, unit=unit)
    if unit == 8:
        assert exhibit.filled[0] == Place(offset=0, length=4096)
        assert sum(place.length for place in exhibit.filled) <= 3 * 4096
    else:
        assert exhibit.filled == (
            Place(offset=5 * SECTOR, length=2 * SECTOR),
            Place(offset=100 * SECTOR, length=SECTOR),
            Place(offset=last * SECTOR, length=size - last * SECTOR),
        )
    expected = with_zeros(data, exhibit.filled)
    with folder.open_exhibit(exhibit) as stream:
        assert stream.read() == expected
    assert exhibit.size == size
    assert exhibit.sha256.hex == hashlib.sha256(expected).hexdigest()
    assert exhibit.md5 == hashlib.md5(expected, usedforsecurity=False).hexdigest()
    zeros = sum(place.length for place in exhibit.filled)
    assert f"3 places ({zeros:,} bytes) cannot be read (Input/output error) and are zeros in the copy" in exhibit.defect
    assert f"from byte {exhibit.filled[0].offset} on" in exhibit.defect
    assert folder.manifests()[0].defects == 1
    assert custody.check(folder.store, [exhibit]).result is Result.HOLDS


def test_the_same_bad_sectors_again_are_nothing_new_and_a_mended_disk_is(preserved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data = os.urandom(2 * MIB)
    folder, _, _ = preserved(data, {9})
    assert preserve(folder, tmp_path / "material") is None
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert preserve(folder, tmp_path / "material").count == 1
    whole = folder.exhibit("2")
    assert (whole.defect, whole.filled, whole.sha256.hex) == (None, (), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("size", [700, 3 * MIB])
def test_of_what_cannot_be_read_at_all_nothing_is_kept(preserved, size: int):
    folder, exhibit, _ = preserved(b"x" * size, range(size // SECTOR + 1))
    assert (exhibit.sha256, exhibit.location, exhibit.filled, exhibit.size) == (None, None, (), size)
    assert "nothing of it can be read: Input/output error" in exhibit.defect
    assert not list((folder.path / "objects").rglob("*.tar"))
    assert not list((folder.path / "drafts").iterdir())


def test_too_many_places_end_the_reading_and_the_rest_is_named(preserved, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unreadable, "MOST_PLACES", 10)
    data = os.urandom(4 * MIB)
    folder, exhibit, _ = preserved(data, range(1, 8000, 2))
    assert len(exhibit.filled) == 10
    end = exhibit.filled[-1].offset + exhibit.filled[-1].length
    assert exhibit.size == end == 20 * SECTOR
    assert "10 places (5,120 bytes)" in exhibit.defect
    assert f"from byte {end} on" in exhibit.defect
    assert "ddrescue" in exhibit.defect
    with folder.open_exhibit(exhibit) as stream:
        assert stream.read() == with_zeros(data, exhibit.filled)[:end]


def test_a_dying_disk_is_not_asked_for_ever(preserved, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unreadable, "MOST_BYTES", 64 * 1024)
    _, exhibit, disk = preserved(os.urandom(4 * MIB), range(2048, 8192))
    assert exhibit.filled == (Place(offset=MIB, length=64 * 1024),)
    assert exhibit.size == MIB + 64 * 1024
    assert disk.failures < 200


def test_a_disk_that_is_gone_ends_the_reading(preserved):
    data = os.urandom(3 * MIB)
    folder, exhibit, disk = preserved(data, range(3000, 6144), number=errno.ENODEV)
    assert exhibit.filled == ()
    assert exhibit.size == 3000 * SECTOR
    assert f"it cannot be read from byte {3000 * SECTOR} on: No such device" in exhibit.defect
    assert disk.failures == 1
    with folder.open_exhibit(exhibit) as stream:
        assert stream.read() == data[: 3000 * SECTOR]


def test_a_sparse_image_with_bad_sectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    material = tmp_path / "material"
    material.mkdir()
    with (material / "image.dd").open("wb") as file:
        file.seek(4 * MIB)
        file.write(b"data" * 1000)
        file.truncate(9 * MIB)
    FailingDisk(material / "image.dd", {3, 8192}).install(monkeypatch)
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    (exhibit,) = folder.exhibits()
    assert exhibit.filled == (Place(offset=3 * SECTOR, length=SECTOR), Place(offset=4 * MIB, length=SECTOR))
    with folder.open_exhibit(exhibit) as stream:
        assert stream.read() == with_zeros((material / "image.dd").read_bytes(), exhibit.filled)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(0, 40_000),
    sectors=st.sets(st.integers(0, 80), max_size=40),
    unit=st.sampled_from([1, 8]),
    room=st.sampled_from([4096, 5000, 65_536]),
)
def test_what_is_filled_is_what_is_bad_and_nothing_else_changes(tmp_path: Path, size: int, sectors: set[int], unit: int, room: int):
    data = random.Random(size).randbytes(size)  # noqa: S311  material, not a secret
    file = tmp_path / "file"
    file.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch, file.open("rb") as stream:
        disk = FailingDisk(file, sectors, unit=unit).install(patch)
        source, got = Source(stream.fileno(), size=size), b""
        buffer = memoryview(bytearray(room))
        while count := source.read_into(buffer):
            got += bytes(buffer[:count])
    bad = {sector * SECTOR + byte for sector in disk.bad for byte in range(SECTOR)} & set(range(size))
    filled = {place.offset + byte for place in source.places for byte in range(place.length)}
    assert filled == bad
    assert got == with_zeros(data, source.places)
    assert source.got == size - len(bad)
    assert (source.problem is None) == (not bad)


def test_a_line_with_places_is_canonical_and_read_back(tmp_path: Path):
    places = (Place(offset=512, length=512), Place(offset=2**40, length=4096))
    content = manifest.Content(2**41, "ab" * 32, None, None, "objects/sha256/ab/" + "ab" * 32, 0)
    status = tmp_path.stat()
    line = manifest.encode_line(number=1, name=b"x", kind="file", status=status, content=content, problem="p", filled=places, salt="0" * 32)
    assert canonical(json.loads(line)) == line
    assert b'"filled":[[512,512],[1099511627776,4096]]' in line
    assert manifest.decode_line(line, where="").filled == places
    for bad in (b"7", b"[[1]]", b"[[1,0]]", b"[[-1,1]]", b'[["1",1]]', b"[[1,2,3]]", b"[true]"):
        with pytest.raises(IntegrityError, match="does not describe"):
            manifest.decode_line(line.replace(b"[[512,512],[1099511627776,4096]]", bad), where="line")


def test_the_verifier_takes_zeros_for_what_was_stored(preserved):
    folder, exhibit, _ = preserved(os.urandom(2 * MIB), {9})
    assert len(exhibit.filled) == 1
    told = here("verify", folder.path)
    assert told.returncode == 0, told.stdout + told.stderr
