"""Copying: the very bytes, their digests, on file systems that allow writing past the cache and on those that do not."""

import errno
import fcntl
import hashlib
import os
from pathlib import Path

import pytest

from case_factory import new_case, preserve
from comity.evidence.acquisition.copying import CHUNK, Copied, Copier

SIZES = (0, 1, 511, 4096, CHUNK - 1, CHUNK, CHUNK + 1, 8 * CHUNK, 19 * CHUNK + 4097)


def copied(tmp_path: Path, data: bytes, *, copier: Copier | None = None, sparse: bool = False) -> tuple[Copied, bytes]:
    copier = copier or Copier(digests=("sha256", "md5"), copied=lambda _size: None)
    (tmp_path / "source").write_bytes(data)
    source = os.open(tmp_path / "source", os.O_RDONLY)
    target = os.open(tmp_path / "target", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        made = copier.copy(source, target, size=len(data), sparse=sparse)
    finally:
        os.close(source)
        os.close(target)
    return made, (tmp_path / "target").read_bytes()


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_copied_and_digested(tmp_path: Path, size: int):
    data = os.urandom(size)
    made, kept = copied(tmp_path, data)
    assert kept == data
    assert made.digests == {"sha256": hashlib.sha256(data).hexdigest(), "md5": hashlib.md5(data, usedforsecurity=False).hexdigest()}
    assert (made.length, made.got, made.problem, made.filled) == (size, size, None, ())


def test_one_copier_copies_one_file_after_the_other(tmp_path: Path):
    told = []
    copier = Copier(digests=("sha256",), copied=told.append)
    for size in SIZES:
        told.clear()
        data = os.urandom(size)
        made, kept = copied(tmp_path, data, copier=copier)
        assert kept == data
        assert made.digests["sha256"] == hashlib.sha256(data).hexdigest()
        assert sum(told) == size


@pytest.mark.parametrize("refusal", ["flag", "write"])
def test_a_file_system_that_does_not_let_its_cache_be_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: str):
    real_fcntl, real_pwrite, direct = fcntl.fcntl, os.pwrite, set()

    def flagged(descriptor: int, command: int, flags: int = 0) -> int:
        if command == fcntl.F_SETFL:
            if flags & os.O_DIRECT and refusal == "flag":
                raise OSError(errno.EINVAL, "Invalid argument")
            (direct.add if flags & os.O_DIRECT else direct.discard)(descriptor)
        return real_fcntl(descriptor, command, flags)

    def written(descriptor: int, data: memoryview, offset: int) -> int:
        if descriptor in direct:
            raise OSError(errno.EINVAL, "Invalid argument")
        return real_pwrite(descriptor, data, offset)

    monkeypatch.setattr(fcntl, "fcntl", flagged)
    monkeypatch.setattr(os, "pwrite", written)
    data = os.urandom(5 * CHUNK + 100)
    made, kept = copied(tmp_path, data)
    assert kept == data
    assert made.digests["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("step", [1000, 4096, 4097, 100_000])
def test_writes_that_write_only_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int):
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda descriptor, data, offset: real(descriptor, data[: max(step, len(data) // 2)], offset))
    data = os.urandom(3 * CHUNK + 5)
    assert copied(tmp_path, data)[1] == data


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "large").write_bytes(os.urandom(30 * CHUNK))
    folder = new_case(tmp_path / "case")
    real, calls = os.pwrite, []

    def written(descriptor: int, data: memoryview, offset: int) -> int:
        calls.append(offset)
        if len(calls) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data, offset)

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", written)
        with pytest.raises(OSError, match="No space"):
            preserve(folder, tmp_path / "material")
    assert len(calls) == 6  # it was not tried again for each chunk
    assert not list((folder.path / "drafts").iterdir())
    assert not [path for path in (folder.path / "objects").rglob("*") if path.is_file()]
    assert preserve(folder, tmp_path / "material").count == 1


def test_a_large_file_that_cannot_be_synced_is_never_said_to_be_preserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "material").mkdir()
    for number in range(5):
        (tmp_path / "material" / f"large{number}").write_bytes(os.urandom(2 * CHUNK + number))
    folder = new_case(tmp_path / "case")
    real, told, failing = os.fsync, [], []

    def synced(descriptor: int) -> None:
        if os.fstat(descriptor).st_size == 2 * CHUNK + 3:
            failing.append(1)
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    with monkeypatch.context() as failing_disk:
        failing_disk.setattr(os, "fsync", synced)
        with pytest.raises(OSError, match="Input/output"):
            preserve(folder, tmp_path / "material", progress=lambda exhibits, _size: told.append(exhibits))
    assert failing
    assert sum(told) == 0  # all five are one batch
    assert not list(folder.manifests())
    assert preserve(folder, tmp_path / "material").count == 5


def test_holes_stay_holes(tmp_path: Path):
    data = bytes(3 * CHUNK) + os.urandom(CHUNK) + bytes(2 * CHUNK + 77)
    made, kept = copied(tmp_path, data, sparse=True)
    assert kept == data
    assert made.digests["sha256"] == hashlib.sha256(data).hexdigest()
    assert (tmp_path / "target").stat().st_blocks * 512 < 2 * CHUNK
