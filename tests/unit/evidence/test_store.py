"""The store: one way to write."""

import errno
import os
import stat
from pathlib import Path

import pytest

from comity.evidence.store import FolderStore
from comity.terms.errors import IntegrityError


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def test_a_name_is_taken_once(store: FolderStore):
    assert store.put_if_absent("a/b/c.json", b"one")
    assert not store.put_if_absent("a/b/c.json", b"two")
    assert store.read("a/b/c.json", most=3) == b"one"
    assert stat.S_IMODE((store.root / "a/b/c.json").stat().st_mode) == 0o444
    assert list(store.names("a")) == ["a/b/c.json"]
    assert not list((store.root / "drafts").iterdir())


def test_a_draft_becomes_a_name_or_nothing(store: FolderStore):
    kept, lost = store.draft(), store.draft()
    os.write(kept.descriptor, b"kept")
    assert store.put_if_absent("x", kept)
    store.discard(lost)
    assert store.read("x", most=10) == b"kept"
    assert not list((store.root / "drafts").iterdir())


def test_disks_without_hard_links_are_served(store: FolderStore, monkeypatch):
    def refused(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert store.put_if_absent("x", b"one")
    assert not store.put_if_absent("x", b"two")
    assert store.read("x", most=3) == b"one"


def test_a_full_disk_leaves_nothing_behind(store: FolderStore, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put_if_absent("x", b"one")
    assert not (store.root / "x").exists()
    assert not list((store.root / "drafts").iterdir())


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../x", "a//b", "a/./b", "a\\b", "a\0", ".hidden", "a/", "ü"])
def test_names_that_lead_elsewhere_are_refused(store: FolderStore, name: str):
    with pytest.raises(ValueError, match="not a name"):
        store.put_if_absent(name, b"")


def test_what_is_missing_a_link_or_too_large_is_said(store: FolderStore):
    with pytest.raises(IntegrityError, match="missing"):
        store.open("x")
    (store.root / "x").symlink_to("/etc/passwd")
    with pytest.raises(IntegrityError, match="cannot be opened"):
        store.open("x")
    store.put_if_absent("y", b"12345")
    with pytest.raises(IntegrityError, match="larger"):
        store.read("y", most=4)
