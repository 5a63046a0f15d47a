"""An authorization that names one folder opens no other."""

from pathlib import Path

from command_line import CONSENT, here


def test_other_material_needs_its_own_authorization(tmp_path: Path) -> None:
    allowed, other, case = tmp_path / "allowed", tmp_path / "other", tmp_path / "case"
    for folder in (allowed, other):
        folder.mkdir()
        (folder / "note.txt").write_text(folder.name)
    assert here("investigate", allowed, "--case", case, *CONSENT).returncode == 0
    entries = len(list((case / "ledger").iterdir()))
    refused = here("investigate", other, "--case", case)
    assert refused.returncode == 2
    assert "no authorization" in refused.stderr
    assert len(list((case / "ledger").iterdir())) == entries
    assert here("investigate", allowed, "--case", case).returncode == 0, "what is covered goes on without being asked again"
    assert here("investigate", other, "--case", case, *CONSENT[-2:]).returncode == 0
