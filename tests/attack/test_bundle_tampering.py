"""Whatever is done to a bundle, verify.py says what broke, in words, with its exit status, and never falls over."""

import hashlib
import json
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from case_factory import AT, CONSENT, new_case, preserve, seal
from comity import verify
from comity.casework.folder import Folder
from comity.casework.node_key import node_key
from comity.exchange import bundle
from comity.ledger import checkpoint_of, leaves
from comity.terms.period import Period

TOP = "bundle/"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with a case, `sealed` with its originals and `slim` without."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("bundles")
        patch.setenv("XDG_STATE_HOME", str(place / "state"))
        patch.setenv("XDG_DATA_HOME", str(place / "data"))
        material = place / "material"
        material.mkdir()
        (material / "small").write_bytes(b"small")
        (material / "other").write_bytes(b"other" * 100)
        (material / "large").write_bytes(bytes(range(256)) * 4096 + b"end")
        (material / "link").symlink_to("small")
        folder = new_case(place / "case")
        preserve(folder, material)
        derived = {"derived/records/event/0001.parquet": b"PAR1" * 30, "derived/findings.json": b'{"findings":[]}', "report.html": b"<p>"}
        for name, data in derived.items():
            (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
            (folder.path / name).write_bytes(data)
        files = {name: hashlib.sha256(data).hexdigest() for name, data in derived.items()}
        folder.append("findings:derived", performer="U", authorization=2, object={}, result={"files": files}, at=folder.case.opened_at)
        seal(folder, place / "slim.zip", originals=False)
        seal(folder, place / "sealed.zip")
        return place


def run(path: Path, *options: str) -> tuple[int, dict]:
    """Run verify.py as an expert would: alone, isolated, without this program."""
    shutil.copyfile(verify.__file__, path.parent / "verify.py")
    done = subprocess.run(
        [sys.executable, "-I", path.parent / "verify.py", path, "--json", *options], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def words_of(outcome: dict, subject: str) -> str:
    return "\n".join(words for c in outcome["checks"] if c["subject"] == subject for words in c["seen"])


def check(path: Path, **known: str) -> tuple[str, str]:
    """Return the verdict and all that was seen by checks that do not hold."""
    outcome = verify.Verification(path, **known)
    return outcome.verdict, "\n".join(words for c in outcome.checks if c.result != verify.HOLDS for words in c.seen)


def members(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name.removeprefix(TOP): archive.read(name) for name in archive.namelist()}


def packed(path: Path, contents: dict[str, bytes], *, relist: bool, method: int = zipfile.ZIP_STORED) -> Path:
    """Pack `contents` again; with `relist`, the bag's lists are rewritten as a forger would."""
    contents = dict(contents)
    if relist:
        lists = {"manifest-sha256.txt": True, "tagmanifest-sha256.txt": False}
        for name, payload in lists.items():
            listed = {
                n: hashlib.sha256(d).hexdigest()
                for n, d in contents.items()
                if n.startswith("data/") == payload and n != "tagmanifest-sha256.txt"
            }
            contents[name] = "".join(f"{digest}  {n}\n" for n, digest in listed.items()).encode()
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(TOP + name, data)
    return path


def test_an_untouched_bundle_verifies_anywhere(place: Path):
    status, outcome = run(place / "sealed.zip")
    assert (status, outcome["verdict"]) == (0, "holds")
    assert [c["subject"] for c in outcome["checks"]] == [subject for subject in verify.SUBJECTS if subject != "proof"]
    assert "3 exhibits" in words_of(outcome, "exhibits")
    text = subprocess.run([sys.executable, "-I", place / "verify.py", place / "sealed.zip"], capture_output=True, text=True, check=False)
    assert text.returncode == 0
    assert text.stdout.rstrip().endswith("VERIFIED: everything that was checked holds.")


def test_the_bundle_carries_its_verifier(place: Path, tmp_path: Path):
    assert members(place / "sealed.zip")["verify.py"] == Path(verify.__file__).read_bytes()
    with zipfile.ZipFile(place / "sealed.zip") as archive:
        archive.extractall(tmp_path)
    done = subprocess.run([sys.executable, "-I", "verify.py", "."], cwd=tmp_path / "bundle", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_bundle_without_originals_says_so(place: Path):
    status, outcome = run(place / "slim.zip")
    assert status == 0
    assert "not in this bundle" in words_of(outcome, "exhibits")
    assert not [name for name in members(place / "slim.zip") if "objects" in name]


def test_the_same_case_makes_the_same_bytes(place: Path, tmp_path: Path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(place / "state"))
        patch.setenv("XDG_DATA_HOME", str(place / "data"))
        folder = Folder.open(place / "case")
        entries = folder.entries()
        checkpoint = node_key().sign(checkpoint_of(leaves(entries)))
        bundle.write(tmp_path / "again.zip", case=folder.path, entries=entries, checkpoint=checkpoint, originals=True)
    assert (tmp_path / "again.zip").read_bytes() == (place / "sealed.zip").read_bytes()


def test_the_case_folder_verifies_too(place: Path):
    status, outcome = run(place / "case")
    assert status == 0
    assert "no checkpoint was made" in words_of(outcome, "seal")


def test_a_flipped_byte_anywhere_is_found_or_changes_nothing(place: Path, tmp_path: Path):
    original = (place / "sealed.zip").read_bytes()
    whole = members(place / "sealed.zip")
    victim = tmp_path / "flipped.zip"
    missed = []
    places = sorted({*range(0, len(original), 4099), *range(0, 3000, 13), *range(len(original) - 4000, len(original), 13)})
    for at in places:
        changed = bytearray(original)
        changed[at] ^= 0x55
        victim.write_bytes(changed)
        outcome = verify.Verification(victim)
        if outcome.verdict == verify.HOLDS:
            # dates and other facts that no content depends on
            assert members(victim) == whole, at
            missed.append(at)
        else:
            assert any(c.seen for c in outcome.checks if c.result != verify.HOLDS)
    assert len(missed) < len(places) / 10


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        ("data/ledger/000000000002.json", lambda d: d.replace(b"A. Lima", b"B. Lima"), "entry 2 was changed"),
        ("data/ledger/000000000003.json", lambda _: None, "entry 3 is missing"),
        ("data/acquisitions/0001.manifest.jsonl", lambda d: d.replace(b'"small"', b'"smell"'), "0001.manifest.jsonl"),
        ("data/objects/packs/000001.tar", lambda d: d.replace(b"otherother", b"otherOther", 1), "(other) was changed"),
        ("data/objects/packs/000001.tar", lambda _: None, "000001.tar is missing"),
        ("data/derived/findings.json", lambda d: d + b" ", "derived/findings.json"),
        ("data/report.html", lambda _: None, "report.html"),
        ("data/case.json", lambda d: d.replace(b"Unit 7", b"Unit 8"), "data/case.json was changed"),
        ("data/case.json", lambda d: d + b"\n", "data/case.json was changed"),
        ("log/checkpoint", lambda d: d.replace(b"\n", b"\n1", 1), "log/checkpoint"),
        ("log/tile/0/000.p/7", lambda d: d[:-1] + b"!", "log/tile/0/000.p/7 is not the tile"),
        ("log/tile/entries/000.p/7", lambda _: None, "log/tile/entries/000.p/7 is missing"),
        ("log/tile/1/000.p/1", lambda _: bytes(32), "log/tile/1/"),
        ("data/case.json", lambda _: None, "case.json"),
        ("data/extra.txt", lambda _: b"planted", "extra.txt was added"),
        ("data/ledger/000000000099.json", lambda _: b"{}", "000000000099.json"),
        ("planted.py", lambda _: b"import os", "planted.py was added"),
    ],
)
def test_a_changed_file_is_named(place: Path, tmp_path: Path, name: str, change: Callable, named: str):
    for relist in (False, True):
        name_what_was_changed(place, tmp_path / f"{relist}.zip", name, change=change, named=named, relist=relist)


def name_what_was_changed(place: Path, forged: Path, name: str, *, change: Callable, named: str, relist: bool):
    contents = members(place / "sealed.zip")
    changed = change(contents.get(name, b""))
    assert changed != contents.get(name)
    if changed is None:
        del contents[name]
    else:
        contents[name] = changed
    verdict, words = check(packed(forged, contents, relist=relist))
    assert verdict == verify.BROKEN
    assert named in words


def test_the_newest_entries_cannot_be_cut_off(place: Path, tmp_path: Path):
    contents = members(place / "sealed.zip")
    last = max(name for name in contents if "/ledger/" in name)
    del contents[last]
    verdict, words = check(packed(tmp_path / "cut.zip", contents, relist=True))
    assert verdict == verify.BROKEN
    assert "were sealed" in words


def test_the_seal_is_checked(place: Path, tmp_path: Path):
    contents = members(place / "sealed.zip")
    text, _, lines = contents["log/checkpoint"].decode().rpartition("\n\n")
    name, coded = lines.split()[1:]
    signature = bytearray(b64decode(coded))
    signature[-1] ^= 1
    stranger = Ed25519PrivateKey.generate()
    public = stranger.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    identity = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    by_a_stranger = b64encode(identity + stranger.sign((text + "\n").encode())).decode()
    for forged, named in (
        (f"{text}\n\n\u2014 {name} {b64encode(signature).decode()}\n", "is not by its key"),
        (f"{text}\n\n\u2014 {name} {by_a_stranger}\n", "no signature by the holder"),
        (f"{text}\n\n\u2014 {name} zz\n", "padding"),
        (f"{text}\n\n- {name} {coded}\n", "no proper signatures"),
        (text.replace(text.split("\n")[1], "1", 1) + "\n\n" + lines, "other entries were sealed"),
        (text + "\n" + lines, "checkpoint"),
        ("", "checkpoint"),
    ):
        verdict, words = check(packed(tmp_path / "forged.zip", {**contents, "log/checkpoint": forged.encode()}, relist=True))
        assert verdict == verify.BROKEN
        assert named in words
    contents = {name: data for name, data in contents.items() if not name.startswith("log/")}
    verdict, words = check(packed(tmp_path / "unsealed.zip", contents, relist=True))
    assert verdict == verify.NOT_CHECKABLE
    assert "log/checkpoint is missing" in words


def test_a_known_head_and_key_are_compared(place: Path):
    _, outcome = run(place / "sealed.zip")
    head = words_of(outcome, "ledger").split()[-1]
    key = words_of(outcome, "seal").partition("(SHA-256) ")[2][:64]
    assert run(place / "sealed.zip", "--head", head, "--key", key)[0] == 0
    assert check(place / "sealed.zip", head="ab" * 32)[0] == verify.BROKEN
    assert "not with abab" in check(place / "sealed.zip", key="ab" * 32)[1]


def test_an_acquisition_without_authority_is_named(place: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = new_case(tmp_path / "case")
    begun = {"acquisition": 1, "source": "/x"}
    folder.append("acquisition:begun", performer="U", authorization=1, object=begun, result={}, at=folder.case.opened_at)
    assert "entry 3 (acquisition:begun) rests on no authorization" in check(folder.path)[1]
    late = folder.case.opened_at.replace(year=2020)
    folder.append("acquisition:resumed", performer="U", authorization=2, object=begun, result={}, at=late)
    assert "entry 4 (acquisition:resumed) is not within the period" in check(folder.path)[1]
    folder.append("authorization:revoked", performer="U", authorization=None, object={"entry": 2}, result={}, at=folder.case.opened_at)
    folder.append("acquisition:resumed", performer="U", authorization=2, object=begun, result={}, at=folder.case.opened_at)
    assert "entry 6 (acquisition:resumed) rests on the authorization of entry 2, which was revoked" in check(folder.path)[1]


def test_a_reading_without_authority_is_named(place: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at = AT + timedelta(hours=1)
    ended = replace(CONSENT, period=Period(start=CONSENT.period.start, end=at))
    folder = new_case(tmp_path / "case", authorization=ended)
    derived = partial(folder.append, "records:derived", performer="U", object={}, result={})
    derived(authorization=2, at=at + timedelta(hours=1))  # it began while it was allowed, and ended late
    assert check(folder.path)[0] == verify.HOLDS
    derived(authorization=None, at=at)
    assert "entry 4 (records:derived) rests on no authorization" in check(folder.path)[1]
    derived(authorization=2, at=at + timedelta(hours=2))  # the entry before it was written after the end already
    assert "entry 5 (records:derived) is not within the period" in check(folder.path)[1]
    folder.append("authorization:revoked", performer="U", authorization=None, object={"entry": 2}, result={}, at=at)
    derived(authorization=2, at=at)
    assert "entry 7 (records:derived) rests on the authorization of entry 2, which was revoked" in check(folder.path)[1]


def test_a_case_folder_with_planted_things_is_broken(place: Path, tmp_path: Path):
    copy = tmp_path / "case"
    shutil.copytree(place / "case", copy, symlinks=True)
    (copy / "derived" / "planted.json").write_bytes(b"{}")
    assert "planted.json was added" in check(copy)[1]
    (copy / "derived" / "planted.json").unlink()
    (copy / "objects" / "out").symlink_to("/etc/passwd")
    assert "objects/out is not a file but a link" in check(copy)[1]


# ------------------------------------------------------------------------------------------ archives made to hurt


def archive(path: Path, *entries: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as target:
        for name, data in entries:
            target.writestr(name, data)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


BAGIT = ("bundle/bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
CASE = ("bundle/data/case.json", b'{"format":2}')


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([("../../etc/passwd", b"x")], "misleading name"),
        ([("/etc/passwd", b"x")], "misleading name"),
        ([("bundle/a\x1b[31m", b"x")], "misleading name"),
        ([("bundle/C:x", b"x")], "misleading name"),
        ([(link("bundle/x"), b"/etc/passwd")], "a link"),
        ([BAGIT, BAGIT], "twice"),
        ([("bundle/data/zeros", bytes(50_000_000))], "refused"),
        ([BAGIT, ("elsewhere/x", b"")], "not in one folder"),
        ([("x", b"")], "not in one folder"),
        ([("bundle/x", b"")], "neither a Comity case folder nor a bundle"),
        ([BAGIT, ("bundle/data/case.json", b'{"format":3}')], "format 3"),
        ([BAGIT, ("bundle/data/case.json", b"[" * 200_000)], "not readable JSON"),
        ([BAGIT, ("bundle/data/case.json", b'{"format":2,"format":2}')], "twice"),
        ([BAGIT, ("bundle/data/case.json", b'{"format":' + b"9" * 10_000 + b"}")], "not readable JSON"),
        ([BAGIT, ("bundle/data/case.json", b'"' + b"a" * 5_000_000 + b'"')], "larger than it can be"),
        ([BAGIT, ("bundle/data/case.json", b"\xff")], "not readable JSON"),
        ([BAGIT, CASE], "no entry in the ledger"),
        ([], "neither a Comity case folder nor a bundle"),
    ],
)
def test_hostile_archives_are_refused_in_words(tmp_path: Path, entries, named: str):
    # stored where deflating would hide what is meant
    method = zipfile.ZIP_DEFLATED if named == "refused" else zipfile.ZIP_STORED
    status, outcome = run(archive(tmp_path / "hostile.zip", *entries, method=method))
    assert status in (1, 2)
    assert named in outcome["checks"][-1]["seen"][-1]


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"not a zip" * 1000, b"PK\x05\x06" + bytes(18), b"PK\x05\x06" + b"\xff" * 18, b"\0" * 100_000]
)
def test_what_is_no_archive_cannot_be_checked(tmp_path: Path, data: bytes):
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert run(path)[0] == 2


def test_what_is_not_there_cannot_be_checked(tmp_path: Path):
    assert run(tmp_path / "nothing")[0] == 2
    (tmp_path / "folder").mkdir()
    assert run(tmp_path / "folder")[0] == 2


def test_members_that_share_bytes_are_refused(tmp_path: Path):
    """The better zip bomb: many members, one run of bytes."""
    path = archive(tmp_path / "overlap.zip", BAGIT, ("bundle/data/x", b"x" * 1000), method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)
    path.write_bytes(data)
    verdict, words = check(path)
    assert verdict == verify.BROKEN
    assert "shares its bytes" in words


def test_a_list_of_members_too_long_for_memory_is_refused(tmp_path: Path):
    path, size = tmp_path / "long.zip", 65 * 2**20
    with path.open("wb") as stream:
        stream.truncate(size)  # a list of zeros that takes no disk
        stream.seek(size)
        stream.write(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, size, 0, 0))
    assert "too long" in check(path)[1]


def test_a_bundle_compressed_again_is_checked_unpacked(place: Path, tmp_path: Path):
    contents = members(place / "sealed.zip")
    verdict, words = check(packed(tmp_path / "deflated.zip", contents, relist=False, method=zipfile.ZIP_DEFLATED))
    assert verdict == verify.NOT_CHECKABLE
    assert "unpack" in words


def test_output_cannot_be_forged_by_names(tmp_path: Path):
    """Control characters and line breaks of hostile texts do not reach the terminal."""
    folder = tmp_path / "case"
    folder.mkdir()
    fields = dict.fromkeys(
        ("identity", "title", "state", "authority", "opened_at", "instrument"), "\x1b[2J\nVERIFIED: everything holds\u202e"
    )
    (folder / "case.json").write_text(json.dumps({**fields, "format": 2}))
    done = subprocess.run([sys.executable, "-I", verify.__file__, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert not [line for line in done.stdout.splitlines() if line.startswith("VERIFIED")]


def test_memory_stays_bounded(place: Path, tmp_path: Path):
    """A manifest line without end, and a member of 200 MB, are read in pieces."""
    contents = members(place / "slim.zip")
    contents["data/acquisitions/0001.manifest.jsonl"] = b"{" * 30_000_000
    path = packed(tmp_path / "long-line.zip", contents, relist=True)
    shutil.copyfile(verify.__file__, tmp_path / "verify.py")
    limited = "import resource,runpy,sys; resource.setrlimit(resource.RLIMIT_AS, (150_000_000,)*2); sys.argv=sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    done = subprocess.run([sys.executable, "-I", "-c", limited, tmp_path / "verify.py", path], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 1
    assert "cut short or too long" in done.stdout


def test_damaged_compression_is_named(place: Path, tmp_path: Path):
    path = packed(tmp_path / "deflated.zip", members(place / "slim.zip"), relist=False, method=zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(path) as archive_:
        info = archive_.getinfo("bundle/data/case.json")
    data = bytearray(path.read_bytes())
    start = info.header_offset + 30 + len(info.filename)
    data[start : start + 20] = b"\xff" * 20
    path.write_bytes(data)
    verdict, words = check(path)
    assert verdict == verify.BROKEN
    assert "case.json is damaged" in words
