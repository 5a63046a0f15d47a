"""Same input, same bytes out: whatever the folder, the number of readers, zone, locale, umask; and made again from the originals."""

import json
from pathlib import Path

import pytest

from comity.casework.folder import Folder
from comity.ledger import current_files
from command_line import CONSENT, comity, done
from investigated_case import Investigated

ELSEWHERE = {"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "LANG": "ar_EG.UTF-8", "PYTHONHASHSEED": "77", "POLARS_MAX_THREADS": "1"}


@pytest.fixture(scope="module")
def again(investigated: Investigated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same material, in another place, read by another number of readers in another environment."""
    place = tmp_path_factory.mktemp("elsewhere")
    material = place / "renamed and moved"
    investigated.material.rename(material)
    try:
        arguments = ("investigate", material, "--case", place / "case", *CONSENT, "--reference", investigated.reference, "--jobs", "1")
        finished = comity(*arguments, environment=ELSEWHERE, umask=0o077)
    finally:
        material.rename(investigated.material)
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == "", "a pipe hears of no progress"
    assert "\x1b" not in finished.stdout
    return place / "case"


def derived(case: Path) -> dict[str, str]:
    return {name: digest for name, digest in current_files(Folder.open(case).entries()).items() if name.startswith("derived/")}


def test_two_runs_derive_the_same_files(investigated: Investigated, again: Path):
    ours, theirs = derived(investigated.case), derived(again)
    assert len(ours) >= 12
    assert {name.split("/")[1].partition(".")[0] for name in ours} >= {
        "findings",
        "timeline",
        "addresses",
        "indicators",
        "records",
        "readings",
    }
    assert ours == theirs


def test_the_same_exhibits_are_preserved(investigated: Investigated, again: Path):
    def told(case: Path) -> list[tuple]:
        return [(e.number, e.name, e.kind, e.size, e.sha256, e.md5, e.sha1, e.modified) for e in Folder.open(case).exhibits()]

    assert told(investigated.case) == told(again)


def test_only_who_and_when_differ_between_the_requests(investigated: Investigated, again: Path):
    ours = [json.loads(path.read_bytes()) for path in sorted((investigated.case / "requests").glob("*.json"))]
    theirs = [json.loads(path.read_bytes()) for path in sorted((again / "requests").glob("*.json"))]
    assert len(ours) == 3
    if ours[0]["on"] != theirs[0]["on"]:  # midnight fell between the two runs: what counts days from the acts differs
        for request in (*ours, *theirs):
            for field in ("on", "e_necessity", "perishes_because", "rejected", "law_as_of"):
                del request[field]
    assert ours == theirs


def test_a_case_is_closed_to_other_users(investigated: Investigated):
    assert investigated.case.stat().st_mode & 0o077 == 0


def test_it_is_made_again_from_the_originals(investigated: Investigated):
    outcome = json.loads(done("reproduce", investigated.case, "--json"))
    assert outcome["agrees"] is True
    assert outcome["notes"] == []
    made = {file["path"] for file in outcome["files"]}
    assert made >= {"report.html", "case.jsonld", "stix.json", "derived/findings.json", "derived/timeline.parquet", "derived/requests.json"}
    assert {Path(path).suffix for path in made if path.startswith("requests/")} == {".pdf", ".docx", ".json"}
    recorded = set(current_files(investigated.folder.entries()))
    assert {name.partition("/")[0] for name in recorded - made} == {"reference"}, "only the example world is not made but given"


def test_a_digest_that_nothing_gives_does_not_reproduce(investigated: Investigated, tmp_path: Path):
    case = investigated.copy(tmp_path)
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    newest = max((case / "ledger").iterdir())
    entry = json.loads(newest.read_bytes())
    entry["result"]["files"]["report.html"] = "0" * 64
    newest.chmod(0o600)
    newest.write_bytes(json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    finished = comity("reproduce", case, environment=state)
    assert finished.returncode == 1
    assert "different: report.html" in finished.stdout
    assert finished.stdout.rstrip().endswith("Not reproduced.")


def test_a_changed_original_stops_it(investigated: Investigated, tmp_path: Path):
    case = investigated.copy(tmp_path)
    pack = next((case / "objects").rglob("*.tar"))
    pack.chmod(0o600)
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    finished = comity("reproduce", case, environment={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert finished.returncode == 1
    assert "not as acquired" in finished.stderr
    assert "Traceback" not in finished.stderr
