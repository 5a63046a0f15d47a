"""Seals that others keep: an authority's timestamp, a witness's cosignature; and one exhibit shown without the others."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from case_factory import new_case, preserve
from comity import verify as verifier
from comity.casework.folder import Folder
from command_line import CONSENT, done, here
from timestamp_authority import Authority


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with a case of nine exhibits, whose holder is the node of this environment."""
    at(monkeypatch, tmp_path / "holder")
    material = tmp_path / "material"
    material.mkdir()
    for number in range(9):
        (material / f"file {number}").write_bytes(b"content of %d" % number)
    preserve(new_case(tmp_path / "case"), material)
    return tmp_path


def at(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Be the node whose key and memory are in `home`."""
    for name in ("DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


def said(text: str, mark: str) -> str:
    return next(line.partition(mark)[2].strip() for line in text.splitlines() if mark in line)


def bare(*arguments: str | Path) -> tuple[int, str]:
    """Run the verifier as a court would, without this program."""
    done = subprocess.run([sys.executable, "-I", "-S", verifier.__file__, *arguments], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def cosigned(place: Path, monkeypatch: pytest.MonkeyPatch, name: str = "1", since: str | None = None) -> tuple[Path, str]:
    """Have the case's present checkpoint cosigned by another node; return the file and the witness's key."""
    told = done("checkpoint", place / "case", "-o", place / f"request{name}", *(("--since", since) if since else ()))
    at(monkeypatch, place / "witness")
    log = said(told, "Key of this log, for the witness:")
    told = done("witness", place / f"request{name}", "-o", place / f"cosigned{name}", "--log", log, "--name", "unit9.example/witness")
    at(monkeypatch, place / "holder")
    return place / f"cosigned{name}", said(told, "for the holder and for readers:")


def test_a_timestamp_is_asked_for_taken_in_and_checked_anywhere(place: Path):
    case, authority = place / "case", Authority(place / "authority")
    told = done("timestamp", case, "--acquisition", "-o", place / "q.tsq")
    assert "over ledger entry 4" in told
    authority.answer(place / "q.tsq", place / "a.tsr")
    told = done("timestamp", case, "--answer", place / "a.tsr", "--trust", authority.root)
    assert "entry 4 and all before it existed at 20" in told
    entries = Folder.open(case).entries()
    assert [entry.event for entry in entries[-2:]] == ["timestamp:requested", "timestamp:received"]
    done("seal", case, "-o", place / "bundle.zip")
    for subject in (case, place / "bundle.zip"):
        status, words = bare(subject, "--trust", authority.root)
        assert status == 0, words
        assert "entry 4: Policy OID: 1.2.3.4.1" in words
        assert "give --trust" not in words
        status, words = bare(subject)
        assert status == 0
        assert "give --trust" in words
        other = Authority(place / f"other {subject.name}")
        status, words = bare(subject, "--trust", other.root)
        assert status == 1
        assert "openssl does not accept the timestamp" in words
    # by hand, as docs/ledger.md says
    token = next((case / "kept").glob("*.tsr"))
    by_hand = ["openssl", "ts", "-verify", "-data", case / "ledger/000000000004.json", "-in", token, "-CAfile", authority.root]
    assert "Verification: OK" in subprocess.run(by_hand, capture_output=True, text=True, check=True).stdout


def test_an_acquisition_is_stamped_at_intake(place: Path):
    authority, case = Authority(place / "authority"), place / "new case"
    arguments = ("investigate", place / "material", "--case", case, *CONSENT, "--timestamp", place / "q.tsq")
    done(*arguments)
    authority.answer(place / "q.tsq", place / "a.tsr")
    done("timestamp", case, "--answer", place / "a.tsr", "--trust", authority.root)
    entries = Folder.open(case).entries()
    (asked,) = [entry for entry in entries if entry.event == "timestamp:requested"]
    acquired = entries[asked.object["entry"] - 1]
    assert (acquired.event, asked.number) == ("exhibits:acquired", acquired.number + 1), "before anything is read"
    assert bare(case)[0] == 0
    refused = here(*arguments)
    assert refused.returncode == 2
    assert "exists already" in refused.stderr
    assert json.loads(done("reproduce", case, "--json"))["agrees"] is True


def test_an_expired_signer_is_judged_at_the_time_it_stamped(place: Path, monkeypatch: pytest.MonkeyPatch):
    """What was stamped in time stays so: the verifier asks whether the certificate was good then, not now."""
    case, authority = place / "case", Authority(place / "authority", days=1)
    done("timestamp", case, "-o", place / "q.tsq")
    authority.answer(place / "q.tsq", place / "a.tsr")
    done("timestamp", case, "--answer", place / "a.tsr", "--trust", authority.root)
    real, asked = subprocess.run, []

    def later(words, **options):
        asked.append(list(words))
        return real(words, **options)

    monkeypatch.setattr(verifier.subprocess, "run", later)
    assert verifier.Verification(case).verdict == verifier.HOLDS
    (verified,) = [words for words in asked if "-verify" in words]
    seconds = int(verified[verified.index("-attime") + 1])
    stamped = Folder.open(case).entries()[-1].result["time"]
    assert abs(verifier.datetime.fromisoformat(stamped).timestamp() - seconds) < 1


def test_an_answer_to_another_request_is_refused(place: Path):
    case, authority = place / "case", Authority(place / "authority")
    done("timestamp", case, "-o", place / "q.tsq", "--digest", "sha512")
    authority.answer(place / "q.tsq", place / "a.tsr")
    (place / "data").write_bytes(b"something else")
    authority.openssl("ts", "-query", "-data", str(place / "data"), "-sha256", "-cert", "-out", str(place / "foreign.tsq"))
    authority.answer(place / "foreign.tsq", place / "foreign.tsr")
    entry = Folder.open(case).entries()[-2]
    (place / "entry").write_bytes((case / f"ledger/{entry.number:012d}.json").read_bytes())
    authority.openssl("ts", "-query", "-data", str(place / "entry"), "-sha512", "-cert", "-out", str(place / "nonce.tsq"))
    authority.answer(place / "nonce.tsq", place / "nonce.tsr")
    before = len(Folder.open(case).entries())
    for answer, words in (
        (place / "foreign.tsr", "answers no request of this case"),
        (place / "nonce.tsr", "answers no request of this case"),
        (place / "data", "not an answer with a timestamp"),
    ):
        refused = here("timestamp", case, "--answer", answer, "--trust", authority.root)
        assert refused.returncode == 2
        assert words in refused.stderr
    stranger = Authority(place / "stranger")
    refused = here("timestamp", case, "--answer", place / "a.tsr", "--trust", stranger.root)
    assert refused.returncode == 2
    assert "does not hold" in refused.stderr
    assert len(Folder.open(case).entries()) == before
    assert not list(case.glob("kept/*"))
    done("timestamp", case, "--answer", place / "a.tsr", "--trust", authority.root)


def test_a_witness_keeps_the_holder_from_rewriting(place: Path, monkeypatch: pytest.MonkeyPatch):
    case = place / "case"
    file, witness = cosigned(place, monkeypatch)
    told = done("checkpoint", case, "--cosigned", file, "--witness", witness)
    assert "cosigned by unit9.example/witness" in told
    done("note", case, "the past goes on")
    again, _ = cosigned(place, monkeypatch, "2")  # from where the witness was, by itself
    assert b"\nold" not in again.read_bytes()
    done("seal", case, "-o", place / "bundle.zip")
    for subject in (case, place / "bundle.zip"):
        status, words = bare(subject, "--witness", witness)
        assert status == 0, words
        assert "cosigned by unit9.example/witness at 20" in words
        assert "give --witness" not in words
        status, words = bare(subject)
        assert status == 0
        assert "give --witness" in words
        stranger = witness_key_of(place / "stranger", monkeypatch)
        status, words = bare(subject, "--witness", stranger)
        assert status == 2
        assert "nothing here is cosigned by" in words
        assert bare(subject, "--witness", witness[:-4])[0] == 1


def witness_key_of(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    from comity.casework.node_key import node_key  # noqa: PLC0415  the node of another home
    from comity.casework.witness import witness_key  # noqa: PLC0415

    at(monkeypatch, home)
    key = witness_key(node_key(), name="unit9.example/witness").encode()
    at(monkeypatch, home.parent / "holder")
    return key


def test_a_rewritten_past_is_not_cosigned(place: Path, monkeypatch: pytest.MonkeyPatch):
    cosigned(place, monkeypatch)
    # the holder forgets on purpose: another ledger of the same beginning, signed with the same key
    case, forged = place / "case", place / "forged"
    witnessed = len(Folder.open(case).entries())
    forged.mkdir()
    (place / "holder" / "state").rename(place / "holder" / "forgotten")
    subprocess.run(["cp", "-a", f"{case}/.", forged], check=True)
    for name in sorted((forged / "ledger").iterdir())[-1:]:
        name.unlink()
    folder = Folder.open(forged)
    for words in ("another past", "told later", "and later"):
        folder.append("note:written", performer="U", authorization=None, object={"text": words}, result={}, at=folder.case.opened_at)
    told = done("checkpoint", forged, "-o", place / "lie", "--since", str(witnessed))
    at(monkeypatch, place / "witness")
    log = said(told, "Key of this log, for the witness:")
    before = {path: path.read_bytes() for path in (place / "witness" / "state").rglob("*.json")}
    refused = here("witness", place / "lie", "-o", place / "cosigned lie", "--log", log)
    assert refused.returncode == 1, refused.stderr
    assert "does not grow from" in refused.stderr
    assert not (place / "cosigned lie").exists()
    assert {path: path.read_bytes() for path in (place / "witness" / "state").rglob("*.json")} == before


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (lambda d: d.replace(b"old 0", b"old 3"), 2, "the request starts from 3"),
        (lambda d: d.replace(b"old 0", b"old -1"), 2, "not a checkpoint to cosign"),
        (lambda d: d.replace(b"old 0", b"old 99999999999999999999"), 2, "not a checkpoint to cosign"),
        (lambda d: d.replace(b"old 0\n", b"old 0\n" + b"AAAA\n" * 70), 2, "not a checkpoint to cosign"),
        (lambda d: d.replace(b"\n5\n", b"\n6\n"), 2, "not signed by the log's key"),
        (lambda d: d[: len(d) // 2], 2, "not a checkpoint to cosign"),
        (lambda d: b"", 2, "not a checkpoint to cosign"),
        (lambda d: b"\xff" * 100, 2, "not a checkpoint to cosign"),
        (lambda d: d + b" " * 70_000, 2, "larger than such a file can be"),
    ],
)
def test_a_damaged_request_is_not_cosigned(place: Path, monkeypatch: pytest.MonkeyPatch, change, status: int, words: str):
    told = done("checkpoint", place / "case", "-o", place / "request")
    (place / "request").write_bytes(change((place / "request").read_bytes()))
    at(monkeypatch, place / "witness")
    refused = here("witness", place / "request", "-o", place / "out", "--log", said(told, "Key of this log, for the witness:"))
    assert (refused.returncode, words in refused.stderr) == (status, True), refused.stderr
    assert not (place / "out").exists()


def test_a_witness_knows_the_log_only_by_the_key_it_was_told(place: Path, monkeypatch: pytest.MonkeyPatch):
    done("checkpoint", place / "case", "-o", place / "request")
    at(monkeypatch, place / "witness")
    refused = here("witness", place / "request", "-o", place / "out")
    assert refused.returncode == 2
    assert "never saw the log" in refused.stderr


def test_a_foreign_or_forged_cosignature_is_not_taken_in(place: Path, monkeypatch: pytest.MonkeyPatch):
    case = place / "case"
    file, witness = cosigned(place, monkeypatch)
    other = place / "other"
    other.mkdir()
    (other / "x").write_bytes(b"x")
    preserve(new_case(place / "second"), other)
    data = file.read_bytes()
    forged = place / "forged"
    forged.write_bytes(data[:-8] + b"AAAA" + data[-4:])
    for subject, given, key, words in (
        (place / "second", file, witness, "not a checkpoint of this ledger"),
        (case, forged, witness, "not"),
        (case, place / "request1", witness, "not a signed checkpoint"),
        (case, file, witness_key_of(place / "stranger", monkeypatch), "carries no signature of"),
    ):
        refused = here("checkpoint", subject, "--cosigned", given, "--witness", key)
        assert refused.returncode == 2, refused.stderr
        assert words in refused.stderr
    assert not list(case.glob("kept/*"))


def test_lines_of_cosignatures_alone_are_taken_in_too(place: Path, monkeypatch: pytest.MonkeyPatch):
    """A public witness answers with its lines only."""
    file, witness = cosigned(place, monkeypatch)
    (place / "lines").write_bytes(file.read_bytes().splitlines(keepends=True)[-1])
    assert "Entered as ledger entry" in done("checkpoint", place / "case", "--cosigned", place / "lines", "--witness", witness)
    assert bare(place / "case", "--witness", witness)[0] == 0


def test_one_exhibit_is_proved_and_no_other_shown(place: Path, monkeypatch: pytest.MonkeyPatch):
    case, proof = place / "case", place / "proof.json"
    done("prove", case, "--exhibit", "4", "-o", proof)
    status, words = bare(proof)
    assert status == 0, words
    assert "exhibit 4 (file 3)" in words
    text = proof.read_text()
    others = [exhibit for exhibit in Folder.open(case).exhibits() if exhibit.number != "4"]
    assert all(exhibit.name not in text and exhibit.sha256.hex not in text for exhibit in others)
    assert "A. Lima" not in text, "the authorization is not shown"
    lines = (case / "acquisitions/0001.manifest.jsonl").read_bytes().splitlines()
    salts = [json.loads(line)["salt"] for line in lines]
    assert len(set(salts)) == len(salts) == 9
    entries = [json.loads(path.read_bytes()) for path in sorted((case / "ledger").iterdir())]
    assert len({entry["salt"] for entry in entries}) == len(entries)
    # with a witness: the proof rests on what was cosigned
    file, witness = cosigned(place, monkeypatch)
    done("checkpoint", case, "--cosigned", file, "--witness", witness)
    done("prove", case, "--exhibit", "4", "-o", place / "witnessed.json")
    status, words = bare(place / "witnessed.json", "--witness", witness)
    assert status == 0
    assert "cosigned by unit9.example/witness" in words


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("line", lambda v: v.replace("file 3", "file x")),
        ("line", lambda v: v[:-1]),
        ("line_index", lambda v: v + 1),
        ("line_index", lambda v: -1),
        ("line_index", lambda v: 10**30),
        ("line_path", lambda v: v[::-1]),
        ("line_path", lambda v: v[:-1]),
        ("line_path", lambda v: [*v, v[0]]),
        ("line_path", lambda v: ["zz"]),
        ("line_path", lambda v: 7),
        ("entry", lambda v: v.replace('"count":9', '"count":8')),
        ("path", lambda v: v[1:]),
        ("path", lambda v: [v[0][::-1], *v[1:]]),
        ("checkpoint", lambda v: v.replace("\n5\n", "\n7\n")),
        ("checkpoint", lambda v: v[:-3]),
        ("checkpoint", lambda v: ""),
        ("log_key", lambda v: v[:-1]),
        ("log_key", lambda v: None),
        ("format", lambda v: "comity-other-1"),
    ],
)
def test_a_changed_proof_does_not_hold(place: Path, field: str, change):
    proof = place / "proof.json"
    done("prove", place / "case", "--exhibit", "4", "-o", proof)
    fields = json.loads(proof.read_text())
    (place / "changed.json").write_text(json.dumps({**fields, field: change(fields[field])}))
    status, words = bare(place / "changed.json")
    assert status == (2 if field == "format" else 1), words


def test_growth_is_proved_and_a_rewritten_past_is_not(place: Path):
    case, proof = place / "case", place / "growth.json"
    done("prove", case, "--since", "3", "-o", proof)
    status, words = bare(proof)
    assert status == 0, words
    assert "its first 3 entries are those of root" in words
    fields = json.loads(proof.read_text())
    for field, value in (("size", 2), ("size", 0), ("size", 99), ("root", "ab" * 32), ("path", []), ("path", fields["path"][::-1])):
        (place / "changed.json").write_text(json.dumps({**fields, field: value}))
        assert bare(place / "changed.json")[0] == 1, (field, value)


@pytest.mark.parametrize(
    "arguments",
    [
        ("prove", "--exhibit", "99", "-o", "p.json"),
        ("prove", "--exhibit", "4.1", "-o", "p.json"),
        ("prove", "--exhibit", "x", "-o", "p.json"),
        ("prove", "--since", "99", "-o", "p.json"),
        ("prove", "-o", "p.json"),
        ("prove", "--exhibit", "4", "-o", "p.txt"),
        ("timestamp",),
        ("timestamp", "--entry", "99", "-o", "q.tsq"),
        ("timestamp", "--answer", "/dev/null"),
        ("checkpoint", "--since", "99", "-o", "request"),
        ("checkpoint", "--witness", "x"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(place: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place)
    before = len(Folder.open(place / "case").entries())
    verb, *options = arguments
    refused = here(verb, place / "case", *options)
    assert refused.returncode == 2
    assert "fault in Comity" not in refused.stderr
    assert len(Folder.open(place / "case").entries()) == before
    assert not list(place.glob("p.json"))
