"""Signing on the command line: only what is ready, by another person, under a live authorization; and what is kept of it."""

import hashlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from comity.casework.clock import now
from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.cli import exit_codes
from comity.evidence.authorization import REVOKED
from command_line import done, here
from investigated_case import Investigated
from signing_factory import PASSWORD, Authority, files

PERSON = ("--name", "Ana Souza", "--office", "Head of the unit")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def prepared(investigated: Investigated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case whose requests are ready, in a home of its own."""
    place = tmp_path_factory.mktemp("prepared")
    case = investigated.copy(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(place / "state"))
        done("investigate", investigated.material, "--case", case, "--offence", "Penal Code, Article 154-A", "--contact", "Desk, +55 81 0")
    return place


@pytest.fixture
def case(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(prepared / "state", tmp_path / "state")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return shutil.copytree(prepared / "case", tmp_path / "case", symlinks=True)


@pytest.fixture
def key(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.setenv("COMITY_SIGNING_PASSWORD", PASSWORD)
    private, certificate = files(tmp_path, authority.issue("Ana Souza"))
    return ("--key", str(private), "--certificate", str(certificate))


def ready(case: Path) -> str:
    return next(one["identity"] for one in json.loads(done("requests", case, "--json")) if one["standing"] == "ready")


def test_a_ready_request_is_signed_and_everything_still_verifies(case: Path, key: tuple[str, ...], authority: Authority):
    identity = ready(case)
    unsigned = (case / "requests" / f"{identity}.pdf").read_bytes()
    told = done("sign", case, identity, *PERSON, *key)
    path = case / "requests" / f"{identity}.signed.pdf"
    document = path.read_bytes()
    assert str(path) in told
    assert authority.judge(document).bottom_line
    assert (case / "requests" / f"{identity}.pdf").read_bytes() == unsigned
    entry = Folder.open(case).entries()[-1]
    assert entry.event == "request:signed"
    assert (entry.object["request"], entry.object["signatory"], entry.object["office"]) == (identity, "Ana Souza", "Head of the unit")
    assert entry.object["certificate"]["subject"] == "CN=Ana Souza"
    assert entry.authorization is not None
    assert entry.result["files"] == {f"requests/{identity}.signed.pdf": hashlib.sha256(document).hexdigest()}
    assert PASSWORD not in json.dumps([dict(entry.object), dict(entry.result)])
    assert "ready, signed" in done("requests", case)
    listed = {one["identity"]: one["files"] for one in json.loads(done("requests", case, "--json"))}
    assert listed[identity]["signed"] == str(path)
    assert all("signed" not in each for other, each in listed.items() if other != identity)
    assert "VERIFIED" in done("verify", case)
    again = here("sign", case, identity, *PERSON, *key)
    assert (again.returncode, "was signed by Ana Souza" in again.stderr) == (exit_codes.CANNOT, True)
    document = bytearray(document)
    document[5000] ^= 1
    path.write_bytes(document)
    assert here("verify", case).returncode == exit_codes.BROKEN


def test_the_signed_letter_is_the_letter_without_the_sheet(case: Path, key: tuple[str, ...]):
    pikepdf = pytest.importorskip("pikepdf")
    identity = ready(case)
    done("sign", case, identity, *PERSON, *key)
    stem = case / "requests" / identity
    with pikepdf.open(stem.with_suffix(".signed.pdf")) as signed, pikepdf.open(stem.with_suffix(".pdf")) as unsigned:
        assert 0 < len(signed.pages) < len(unsigned.pages)


def test_it_is_refused_without_ready_request_second_person_or_authorization(case: Path, key: tuple[str, ...]):
    identity = ready(case)
    entries = Folder.open(case).entries()
    drafter = next(one for one in entries if one.event == "request:drafted").performer.partition(",")[0]
    before = len(entries)
    for arguments, words in (
        (("sign", case, "R-0000000000", *PERSON, *key), "no request"),
        (("sign", case, identity, "--name", f"  {drafter.upper()} ", "--office", "x", *key), "drafter may not sign"),
        (("sign", case, identity, "--name", " ", "--office", "x", *key), "cannot be empty"),
        (("sign", case, identity, *PERSON), "Name one key"),
        (("sign", case, identity, *PERSON, "--key", key[1]), "needs --certificate"),
        (("sign", case, identity, *PERSON, "--pkcs11", "/nowhere.so"), "needs --label"),
        (("sign", case, identity, *PERSON, *key, "--pkcs12", key[1]), "Name one key"),
    ):
        finished = here(*arguments)
        assert finished.returncode == exit_codes.CANNOT, arguments
        assert words in finished.stderr
    folder = Folder.open(case)
    granted = next(one.number for one in folder.entries() if one.event == "authorization:granted")
    Actor(folder)(REVOKED, authorization=None, object={"entry": granted}, result={})
    finished = here("sign", case, identity, *PERSON, *key)
    assert (finished.returncode, "no live authorization" in finished.stderr) == (exit_codes.CANNOT, True)
    assert len(Folder.open(case).entries()) == before + 1
    assert not list((case / "requests").glob("*.signed.pdf"))


def test_a_wrong_password_an_ended_certificate_and_a_strange_key_leave_nothing(
    case: Path, key: tuple[str, ...], authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    identity = ready(case)
    ended = tmp_path / "ended"
    ended.mkdir()
    at = now()
    files(ended, authority.issue("Late", begins=at - timedelta(days=9), ends=at - timedelta(days=1)))
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(authority.issue("Someone else").certificate_pem())
    secret = tmp_path / "secret"
    secret.write_text("wrong\n", "utf-8")
    for options, words in (
        ((*key, "--password-file", str(secret)), "password is wrong"),
        (("--key", str(ended / "key.pem"), "--certificate", str(ended / "certificate.pem")), "holds from"),
        ((*key[:3], str(stranger)), "not the one of the certificate"),
    ):
        finished = here("sign", case, identity, *PERSON, *options)
        assert (finished.returncode, finished.stdout) == (exit_codes.CANNOT, "")
        assert words in finished.stderr
        assert PASSWORD not in finished.stderr
    monkeypatch.delenv("COMITY_SIGNING_PASSWORD")
    secret.write_text(f"{PASSWORD}\n", "utf-8")
    done("sign", case, identity, *PERSON, *key, "--password-file", str(secret))


def test_what_was_changed_since_it_was_drawn_up_is_not_signed(case: Path, key: tuple[str, ...]):
    identity = ready(case)
    path = case / "requests" / f"{identity}.json"
    path.write_bytes(path.read_bytes().replace(b'"custodian":"', b'"custodian":"Other ', 1))
    finished = here("sign", case, identity, *PERSON, *key)
    assert (finished.returncode, "not be set today as it was drawn up" in finished.stderr) == (exit_codes.CANNOT, True)
    assert not list((case / "requests").glob("*.signed.pdf"))


def test_drawn_up_again_it_is_no_longer_signed(case: Path, key: tuple[str, ...], investigated: Investigated):
    identity = ready(case)
    done("sign", case, identity, *PERSON, *key)
    done("investigate", investigated.material, "--case", case, "--contact", "Another desk")
    assert "signed" not in done("requests", case)


def test_no_password_is_an_option():
    told = done("sign", "--help")
    assert "--password " not in told
    assert "--pin" not in told
