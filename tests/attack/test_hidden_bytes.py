"""Bytes slipped into an object beside those of the exhibits are found; a folder that is no case is not called broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from case_factory import new_case, preserve
from comity import verify
from comity.evidence.acquisition.journal import Journal
from investigated_case import Investigated


def run(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", verify.__file__, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["objects/packs", "objects/sha256"])
@pytest.mark.parametrize("added", [b"\0", b"hidden"])
def test_bytes_of_no_exhibit_are_found(investigated: Investigated, tmp_path: Path, kind: str, added: bytes) -> None:
    case = investigated.copy(tmp_path / "case")
    assert run(case).returncode == 0
    path = next(path for path in sorted((case / kind).rglob("*")) if path.is_file())
    path.chmod(0o600)
    with path.open("r+b") as stream:
        stream.seek(0, os.SEEK_END)
        stream.write(added * 512)
    found = run(case)
    assert found.returncode == 1
    assert "holds bytes that belong to no exhibit" in found.stdout


def test_a_folder_that_is_no_case_is_not_checkable(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("elsewhere")
    found = run(tmp_path)
    assert found.returncode == 2
    assert "neither a Comity case folder nor a bundle" in found.stdout


def test_an_interrupted_acquisition_is_said_and_is_no_breach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    material = tmp_path / "material"
    material.mkdir()
    (material / "a").write_bytes(b"a")
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    (material / "b").write_bytes(b"b")

    def stop(_: Journal) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as stopping:
        stopping.setattr(Journal, "close", stop)
        with pytest.raises(KeyboardInterrupt):
            preserve(folder, material)
    found = run(folder.path)
    assert found.returncode == 0
    assert "acquisition 2 was not finished; its files are in no list yet" in found.stdout
    preserve(folder, material)
    (folder.path / "objects" / "packs" / "000009.tar").write_bytes(b"x")
    assert run(folder.path).returncode == 1, "once it is finished, what is in no list was slipped in"
