"""What is withheld or erased is gone with all that was made from it, and that it existed stays proven."""

import base64
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import polars as pl
import pytest

from comity import verify
from comity.casework.folder import Folder
from comity.casework.redacted_case import stage
from command_line import CONSENT, comity, done, here
from investigated_case import Investigated

MAILBOX, LOGINS = "marina.duarte.mbox", "server/auth.log"
KATHMANDU = {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711", "POLARS_MAX_THREADS": "1"}


def numbers(case: Path) -> dict[str, str]:
    return {exhibit.name: exhibit.number for exhibit in Folder.open(case).exhibits()}


def outcome(path: Path) -> tuple[str, str]:
    run = verify.Verification(path)
    return run.verdict, "\n".join(words for check in run.checks for words in check.seen)


@pytest.fixture
def case(investigated: Investigated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return investigated.copy(tmp_path)


@pytest.fixture(scope="module")
def redacted(investigated: Investigated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle without the mailbox and the log of logins, unpacked beside itself."""
    place = tmp_path_factory.mktemp("redacted")
    case = investigated.copy(place)
    which = numbers(case)
    mailbox = next(number for name, number in which.items() if name.endswith(MAILBOX))
    wanted = place / "wanted.csv"
    wanted.write_text(f"exhibit,ground\n{mailbox},legal privilege: counsel\n{which[LOGINS]},unrelated\n", encoding="utf-8")
    done_ = comity("redact", case, "--list", wanted, "-o", place / "b.zip", "--jobs", "2", environment={"XDG_STATE_HOME": str(place / "s")})
    assert done_.returncode == 0, done_.stderr
    shutil.unpack_archive(place / "b.zip", place)
    return place / "b.zip"


def test_what_is_withheld_is_nowhere_in_the_bundle(investigated: Investigated, redacted: Path):
    lines = [json.loads(line) for line in (investigated.case / "acquisitions/0001.manifest.jsonl").read_bytes().splitlines()]
    out = [line for line in lines if line["name"].endswith(MAILBOX) or line["name"] == LOGINS]
    assert len(out) == 2
    told = [word.encode() for line in out for word in (line["name"], line["sha256"], line["salt"])]
    for line in out:
        with Folder.open(investigated.case).open_exhibit(Folder.open(investigated.case).exhibit(line["number"])) as stream:
            told += [piece for piece in stream.read().split(b"\n") if len(piece) > 60][:200:20]
    case = redacted.parent / "bundle"
    files = [path for path in case.rglob("*") if path.is_file()]
    assert len(files) > 40
    for path in files:
        data = path.read_bytes()
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:
                data = b"".join(map(archive.read, archive.namelist()))
        if path.suffix == ".parquet":
            data = pl.read_parquet(path).write_json().encode()
            assert not re.search(rb'"trace\.exhibit":"(%s)[".]' % b"|".join(line["number"].encode() for line in out), data), path
        assert [word for word in told if word in data] == [], path


def test_each_withholding_is_proven_and_told_with_its_ground(redacted: Path):
    verdict, words = outcome(redacted)
    assert verdict == verify.HOLDS
    assert "2 of 9 exhibits are withheld" in words
    assert re.search(r"legal privilege: counsel \(on 20\d\d-\d\d-\d\d, by .*\): exhibit \d", words)
    assert outcome(redacted.parent / "bundle")[0] == verify.HOLDS
    page = (redacted.parent / "bundle/data/report.html").read_text(encoding="utf-8")
    assert "legal privilege: counsel" in page
    assert "unrelated" in page


def test_the_verifier_runs_alone(redacted: Path):
    program = redacted.parent / "bundle" / "verify.py"
    run = subprocess.run([sys.executable, "-I", program, redacted], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("change", ["leaf", "number", "withheld", "dropped"])
def test_a_changed_withheld_line_is_named(redacted: Path, tmp_path: Path, change: str):
    bundle = shutil.copytree(redacted.parent / "bundle", tmp_path / "bundle")
    path = bundle / "data/acquisitions/0001.manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if b'"withheld"' in line)
    fields = json.loads(lines[place])
    if change == "dropped":
        del lines[place]
    elif change == "withheld":
        lines[place] = lines[place - 1]
    else:
        fields[change] = "0" * 64 if change == "leaf" else "77"
        lines[place] = json.dumps(fields).encode() + b"\n"
    path.chmod(0o600)
    path.write_bytes(b"".join(lines))
    verdict, words = outcome(bundle)
    assert verdict == verify.BROKEN
    assert "acquisitions/0001.manifest.jsonl" in words


def test_a_whole_case_may_not_hide_an_act(case: Path):
    path = case / "ledger/000000000003.json"
    digest = verify.Verification(case).digests[2].hex()
    path.chmod(0o600)
    path.write_text(json.dumps({"number": 3, "withheld": digest}), encoding="utf-8")
    verdict, words = outcome(case)
    assert verdict == verify.BROKEN
    assert "replaced by their digests" in words
    assert here("report", case).returncode == 1


def test_the_same_content_elsewhere_is_named(case: Path, tmp_path: Path):
    which = numbers(case)
    copies = tmp_path / "more"
    copies.mkdir()
    with Folder.open(case).open_exhibit(Folder.open(case).exhibit(which[LOGINS])) as stream:
        (copies / "copy.log").write_bytes(stream.read())
    done("investigate", copies, "--case", case, "--basis", 'consent:"A. Lima"')
    refused = here("redact", case, "--withhold", which[LOGINS], "--ground", "unrelated", "-o", tmp_path / "b.zip")
    assert refused.returncode == 2
    assert "seen all the same in 10" in refused.stderr
    refused = here("erase", case, "--exhibit", which[LOGINS], "--ground", "order")
    assert "exhibits 10 hold the same bytes" in refused.stderr


def test_a_range_is_filled_and_its_records_are_gone(case: Path, tmp_path: Path):
    which = numbers(case)
    number = which[LOGINS]
    exhibit = Folder.open(case).exhibit(number)
    with Folder.open(case).open_exhibit(exhibit) as stream:
        first, second = stream.readline(), stream.readline()
    done("redact", case, "--withhold", f"{number}@{len(first)}+{len(second)}", "--ground", "third party", "-o", tmp_path / "b.zip")
    assert outcome(tmp_path / "b.zip")[0] == verify.HOLDS
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        line = json.loads(archive.read("bundle/data/acquisitions/0001.manifest.jsonl").splitlines()[int(number) - 1])
        copy = json.loads(line["copy"])
        data = archive.read(f"bundle/data/{copy['object']}")
        everything = b"".join(map(archive.read, archive.namelist()))
    assert data == first + b"\n" * len(second) + data[len(first) + len(second) :]
    assert copy["redacted"] == [[len(first), len(second)]]
    assert exhibit.sha256 is not None
    assert exhibit.sha256.hex.encode() not in everything
    assert second.strip() not in everything


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_redacted_bundle_is_made_again_elsewhere(redacted: Path, tmp_path: Path, jobs: str):
    moved = shutil.copyfile(redacted, tmp_path / "moved bundle.zip")
    again = comity("reproduce", moved, "--jobs", jobs, "--json", environment=KATHMANDU | {"XDG_STATE_HOME": str(tmp_path)}, umask=0o077)
    assert again.returncode == 0, again.stdout + again.stderr
    assert json.loads(again.stdout)["agrees"] is True
    assert {"report.html", "case.jsonld", "derived/findings.json"} <= {file["path"] for file in json.loads(again.stdout)["files"]}


def test_a_whole_bundle_is_made_again_elsewhere(case: Path, tmp_path: Path):
    done("seal", case, "-o", tmp_path / "b.zip")
    done("note", case, "Written after the bundle was sealed.")
    shutil.unpack_archive(tmp_path / "b.zip", tmp_path / "moved")
    for place in (tmp_path / "b.zip", tmp_path / "moved" / "bundle"):
        again = comity("reproduce", place, environment=KATHMANDU, umask=0o077)
        assert again.returncode == 0, again.stdout + again.stderr
    damaged = bytearray((tmp_path / "b.zip").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "b.zip").write_bytes(damaged)
    assert here("reproduce", tmp_path / "b.zip").returncode == 1


def test_the_disclosure_leaves_out_what_is_withheld(case: Path, tmp_path: Path):
    which = numbers(case)
    done("redact", case, "--withhold", which[LOGINS], "--ground", "unrelated", "-o", tmp_path / "b.zip")
    done("disclose", case, "-o", tmp_path / "d")
    told = b"".join(path.read_bytes() for path in (tmp_path / "d").iterdir())
    assert LOGINS.encode() not in told
    assert b"unrelated" in told
    assert f"\n{which[LOGINS]},".encode() not in (tmp_path / "d/exhibits.csv").read_bytes()


def test_erased_content_is_gone_and_its_existence_proven(case: Path, tmp_path: Path):
    which = numbers(case)
    large = next(exhibit.number for exhibit in Folder.open(case).exhibits() if exhibit.size > 2**20)
    exhibit = Folder.open(case).exhibit(which[LOGINS])
    with Folder.open(case).open_exhibit(exhibit) as stream:
        piece = stream.read(200)
    done("erase", case, "--exhibit", large, "--exhibit", which[LOGINS], "--ground", "order 12 of the court")
    assert all(piece not in path.read_bytes() for path in case.rglob("*") if path.is_file())
    verdict, words = outcome(case)
    assert verdict == verify.HOLDS
    assert "2 of 9 exhibits are erased" in words
    assert "order 12 of the court (on 20" in words
    done("coverage", case)
    done("reproduce", case)
    done("seal", case, "-o", tmp_path / "b.zip")
    assert outcome(tmp_path / "b.zip")[0] == verify.HOLDS
    refused = here("erase", case, "--exhibit", large, "--ground", "again")
    assert "has no bytes: erased on" in refused.stderr


def test_an_interrupted_erasure_goes_on(case: Path, monkeypatch: pytest.MonkeyPatch):
    which = numbers(case)
    with monkeypatch.context() as stop:
        stop.setattr("comity.casework.erase.overwrite", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert here("erase", case, "--exhibit", which[LOGINS], "--ground", "order").returncode not in {0, 1, 2}
    verdict, words = outcome(case)
    assert verdict == verify.NOT_CHECKABLE
    assert "that is not finished" in words
    done("erase", case)
    assert outcome(case)[0] == verify.HOLDS


def test_bytes_that_should_be_erased_and_are_not_are_named(case: Path):
    which = numbers(case)
    pack = case / "objects/packs/000001.tar"
    before = pack.read_bytes()
    done("erase", case, "--exhibit", which[LOGINS], "--ground", "order")
    pack.chmod(0o600)
    pack.write_bytes(before)
    verdict, words = outcome(case)
    assert verdict == verify.BROKEN
    assert "its bytes are there" in words


def test_retention_ends(case: Path):
    which = numbers(case)
    done("retain", case, "--until", "2099-01-01", "--ground", "art. 16")
    assert "No exhibit" in done("erase", case, "--due")
    done("retain", case, "--until", "2026-01-01", "--ground", "art. 17", "--exhibit", which[LOGINS])
    done("erase", case, "--due")
    verdict, words = outcome(case)
    assert verdict == verify.HOLDS
    assert "1 of 9 exhibits are erased" in words


def test_a_pack_without_what_is_withheld_stays_an_archive(case: Path, tmp_path: Path):
    which = numbers(case)
    done("redact", case, "--withhold", which[LOGINS], "--withhold", "1", "--ground", "unrelated", "-o", tmp_path / "b.zip")
    staged = stage(Folder.open(case), tmp_path / "staged")
    with tarfile.open(staged.path / "objects/packs/000001.tar") as archive:
        names = archive.getnames()
    shown = {exhibit.sha256.hex for exhibit in staged.exhibits() if exhibit.sha256 is not None and exhibit.size < 2**20}
    assert shown <= set(names)
    assert any(name.startswith("withheld-") for name in names)


def test_a_file_inside_a_mail_is_withheld_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = "a@x.example", "b@y.example", "Mon, 23 Nov 2026 10:00:00 +0000"
    mail.set_content("see attached")
    mail.add_attachment(b"OPEN,1\n" * 40, maintype="text", subtype="csv", filename="open.csv")
    mail.add_attachment(b"SECRET " * 40, maintype="application", subtype="octet-stream", filename="privileged.bin")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.eml").write_bytes(bytes(mail))
    with zipfile.ZipFile(tmp_path / "in" / "b.zip", "w") as archive:
        archive.writestr("inner.txt", "x" * 100)
    done("investigate", tmp_path / "in", "--case", tmp_path / "case", *CONSENT)
    done("redact", tmp_path / "case", "--withhold", "1.2", "--ground", "privileged", "-o", tmp_path / "b.zip")
    assert outcome(tmp_path / "b.zip")[0] == verify.HOLDS
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        everything = b"".join(map(archive.read, archive.namelist()))
    assert b"privileged.bin" not in everything
    assert base64.b64encode(b"SECRET " * 3)[:24] not in everything
    assert b"open.csv" in everything
    done("reproduce", tmp_path / "b.zip")
    refused = here("redact", tmp_path / "case", "--withhold", "2.1", "--ground", "x", "-o", tmp_path / "c.zip")
    assert "Withhold exhibit 2 whole" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--withhold", "99", "--ground", "x"), "no exhibit 99"),
        (("--withhold", "0", "--ground", "x"), "names nothing"),
        (("--withhold", "1@5+0", "--ground", "x"), "names nothing"),
        (("--withhold", "1@999999999+5", "--ground", "x"), "lies beyond"),
        (
            (
                "--withhold",
                "1",
            ),
            "0 grounds",
        ),
        (("--withhold", "1", "--ground", " "), "no ground"),
        ((), "nothing is to be withheld"),
    ],
)
def test_a_wish_that_is_none_is_refused_in_words(case: Path, tmp_path: Path, arguments: tuple[str, ...], words: str):
    refused = here("redact", case, *arguments, "-o", tmp_path / "b.zip")
    assert refused.returncode == 2
    assert words in refused.stderr
    assert not (tmp_path / "b.zip").exists()
