"""The case folder: made once, added to by one entry at a time, and what it says when it is not what it was."""

import json
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from case_factory import AT, new_case
from comity.casework.folder import Case, Folder, entry_name
from comity.terms.errors import IntegrityError, SettingsError, StateError


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def add(folder: Folder, note: str = ""):
    return folder.append("note:taken", performer="U", authorization=None, object={"note": note}, result={}, at=AT)


def test_a_case_opens_as_it_was_made(tmp_path: Path):
    folder = new_case(tmp_path / "case")
    opened = Folder.open(tmp_path / "case")
    assert opened.case == folder.case
    assert [e.number for e in opened.entries()] == [1, 2]
    assert stat.S_IMODE((tmp_path / "case" / "case.json").stat().st_mode) == 0o444
    assert stat.S_IMODE((tmp_path / "case" / entry_name(1)).stat().st_mode) == 0o444


def test_what_is_not_a_case_is_said(tmp_path: Path):
    with pytest.raises(StateError, match="not a case folder"):
        Folder.open(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "photo.jpg").write_bytes(b"")
    with pytest.raises(StateError, match=r"not empty: photo\.jpg"):
        new_case(tmp_path / "x")
    new_case(tmp_path / "case")
    with pytest.raises(StateError, match="not empty"):
        new_case(tmp_path / "case")


def test_a_folder_that_a_kill_left_half_made_is_made_whole(tmp_path: Path):
    for name in ("ledger", "objects", "drafts"):
        (tmp_path / "case" / name).mkdir(parents=True)
    (tmp_path / "case" / "drafts" / "0123").write_bytes(b"half")
    assert new_case(tmp_path / "case").entries()
    assert not list((tmp_path / "case" / "drafts").iterdir())


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda d: d.replace(b'"format":2', b'"format":3'), StateError, "of format 3"),
        (lambda d: d.replace(b'"format":2', b'"format":1'), StateError, "of format 1"),
        (lambda d: d.replace(b'"state":"BR"', b'"state": "BR"'), IntegrityError, "changed"),
        (lambda d: d[:-1], IntegrityError, "does not describe"),
        (lambda d: b"[]", IntegrityError, "does not describe"),
        (lambda d: b"[" * 60_000, IntegrityError, "does not describe"),
        (lambda d: b"\xff", IntegrityError, "does not describe"),
        (lambda d: b" " * 100_000, IntegrityError, "larger than it can be"),
    ],
)
def test_a_damaged_case_file_is_said(tmp_path: Path, change, error, said: str):
    path = new_case(tmp_path / "case").path / "case.json"
    path.chmod(0o600)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(error, match=said):
        Folder.open(tmp_path / "case")


def test_removed_newest_entries_are_missed_by_the_node_that_wrote_them(tmp_path: Path, monkeypatch):
    folder = new_case(tmp_path / "case")
    add(folder)
    (folder.path / entry_name(3)).unlink()
    with pytest.raises(IntegrityError, match="has 2 entries; this node has written 3"):
        Folder.open(tmp_path / "case")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another node"))
    assert len(Folder.open(tmp_path / "case").entries()) == 2, "another node cannot know"


def test_a_rewritten_ledger_is_missed_by_the_node_that_wrote_it(tmp_path: Path, monkeypatch):
    folder = new_case(tmp_path / "case", identity="same")
    add(folder, "true")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "forger"))
    forged = new_case(tmp_path / "forged", identity="same")
    add(forged, "false")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with pytest.raises(IntegrityError, match="entry 3 of the ledger"):
        Folder.open(tmp_path / "forged")


@pytest.mark.parametrize("number", [1, 2])
def test_a_changed_entry_is_named(tmp_path: Path, number: int):
    folder = new_case(tmp_path / "case")
    path = folder.path / entry_name(number)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"Unit 7", b"Unit 8"))
    with pytest.raises(IntegrityError, match=f"entry {number}"):
        Folder.open(tmp_path / "case")
    if number == 2:
        with pytest.raises(IntegrityError, match="changed since"):
            add(folder)


def test_what_does_not_belong_in_the_ledger_is_named(tmp_path: Path):
    folder = new_case(tmp_path / "case")
    (folder.path / "ledger" / "note.txt").write_bytes(b"")
    with pytest.raises(IntegrityError, match=r"note\.txt stands"):
        folder.entries()


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path):
    new_case(tmp_path / "case")
    folders = [Folder.open(tmp_path / "case") for _ in range(4)]

    def write(folder: Folder) -> None:
        for _ in range(10):
            add(folder)

    threads = [threading.Thread(target=write, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.number for e in Folder.open(tmp_path / "case").entries()] == list(range(1, 43))


def test_the_lock_names_its_holder_and_dies_with_it(tmp_path: Path):
    folder = new_case(tmp_path / "case")
    code = "import sys,time; from pathlib import Path; from comity.casework.folder import Folder\nwith Folder.open(Path(sys.argv[1])).locked('comity investigate'): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, folder.path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StateError, match=rf"held by comity investigate \(process {holder.pid} on "), folder.locked("test"):
            pass
        holder.kill()
    with folder.locked("test"), pytest.raises(StateError, match="held by test"), Folder.open(folder.path).locked("second"):
        pass


def test_a_hostile_identity_leads_nowhere(tmp_path: Path):
    folder = new_case(tmp_path / "case", identity="../../../../etc/x\0y")
    add(folder)
    heads = list((tmp_path / "state" / "comity" / "heads").iterdir())
    assert len(heads) == 1
    assert json.loads(heads[0].read_bytes())["count"] == 3


def test_a_state_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "state").write_bytes(b"a file")
    with pytest.raises(SettingsError, match=r"cannot be remembered|remembered head"):
        new_case(tmp_path / "case")


def test_create_states_the_case_once(tmp_path: Path):
    folder = new_case(tmp_path / "case")
    with pytest.raises(StateError):
        Folder.create(tmp_path / "case", case=folder.case)
    other = Case(identity="x", title="", opened_at=AT, state="DE", authority="", instrument="")
    with pytest.raises(StateError):
        Folder.create(tmp_path / "case", case=other)
    assert Folder.open(tmp_path / "case").case == folder.case
    assert not list((tmp_path / "case" / "derived").iterdir())
