"""Signatures on requests: any PAdES validator accepts them, the document stays what it was, and a changed byte is found."""

import io
import os
import random
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from case_view_factory import OPENED, case_view
from comity.exchange.document import pdf
from comity.exchange.letter import Letterhead
from comity.exchange.pdf_signature import Signatory, intact, sign
from comity.exchange.signing_key import from_files, from_pkcs12, on_token
from comity.terms.errors import IntegrityError, SettingsError
from signing_factory import ENDS, PASSWORD, Authority, Issued, files

AT = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
WHO = Signatory(name="Ana Souza", office="Head of the unit")
VIEW = case_view()
HEAD = Letterhead(authority=VIEW.authority, state=VIEW.state, case_identity=VIEW.identity, case_title=VIEW.title, tool_version="0.1.0")
LETTER = pdf(VIEW.requests[0], HEAD, at=OPENED, sheet=False)
SOFTHSM = next((p for p in map(Path, ("/usr/lib/softhsm/libsofthsm2.so", os.environ.get("SOFTHSM2_MODULE", ""))) if p.is_file()), None)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def person(authority: Authority) -> Issued:
    return authority.issue("Ana Souza")


@pytest.fixture(scope="module")
def signed(person: Issued, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    key, certificate = files(tmp_path_factory.mktemp("key"), person)
    return sign(LETTER, from_files(key, certificate, password=PASSWORD, at=AT), signatory=WHO, reason="Request R-1", at=AT)


def test_another_validator_accepts_it_and_only_from_this_authority(authority: Authority, signed: bytes):
    status = authority.judge(signed)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signing_cert.subject.native["common_name"] == "Ana Souza"
    assert status.signer_reported_dt == AT.replace(microsecond=0)
    assert not Authority().judge(signed).bottom_line


def test_it_is_pades_and_the_document_before_it_is_untouched(signed: bytes):
    assert signed.startswith(LETTER)
    with pikepdf.open(io.BytesIO(signed)) as after, pikepdf.open(io.BytesIO(LETTER)) as before:
        (field,) = after.Root.AcroForm.Fields
        assert (str(field.V.SubFilter), str(field.V.Name), str(field.V.Reason)) == (
            "/ETSI.CAdES.detached", "Ana Souza, Head of the unit", "Request R-1",
        )  # fmt: skip
        assert "/Cert" not in field.V, "PAdES keeps the certificate in the signature"
        assert len(after.pages) == len(before.pages)
        for one, other in zip(after.pages, before.pages, strict=True):
            assert one.Contents.read_bytes() == other.Contents.read_bytes()


def test_pdf_a_and_pdf_ua_are_kept(signed: bytes):
    with pikepdf.open(io.BytesIO(signed)) as after, pikepdf.open(io.BytesIO(LETTER)) as before:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert after.docinfo == before.docinfo
        assert after.pdf_version == "1.7"
        assert "/Version" not in after.Root
        widget = after.Root.AcroForm.Fields[0]
        assert widget.F & 0b100, "PDF/A: an annotation prints"
        assert not widget.F & 0b100011, "PDF/A: and is neither invisible nor hidden nor shown on demand only"
        assert all(corner < 0 for corner in map(int, widget.Rect)), "PDF/UA: outside the page, so that it needs no tag"
        assert widget.TU == "Signature of Ana Souza"
        assert after.pages[0].Tabs == "/S"
        assert "/NeedAppearances" not in after.Root.AcroForm


def test_any_changed_byte_is_found(authority: Authority, signed: bytes):
    assert intact(signed)
    assert not intact(LETTER)
    with pikepdf.open(io.BytesIO(signed)) as document:
        first, length, second, rest = map(int, document.Root.AcroForm.Fields[0].V.ByteRange)
    assert (first, second + rest) == (0, len(signed))
    draw = random.Random(3)  # noqa: S311 - places, no secret
    places = [*draw.sample(range(length), 12), *draw.sample(range(second, len(signed)), 6), length + 40, length + 900]
    for place in places:
        damaged = bytearray(signed)
        damaged[place] ^= 0x01
        assert not intact(bytes(damaged)), f"byte {place}"


def test_what_is_added_behind_the_signature_is_not_covered(signed: bytes):
    with pikepdf.open(io.BytesIO(signed)) as document:
        stream = io.BytesIO()
        document.save(stream)
    assert not intact(stream.getvalue())
    assert not intact(signed + b"\n%more\n")


def test_a_key_in_one_file_signs_alike(authority: Authority, tmp_path: Path):
    path = tmp_path / "person.p12"
    path.write_bytes(authority.issue("Ana Souza", bits=2048).p12())
    assert authority.judge(sign(LETTER, from_pkcs12(path, password=PASSWORD, at=AT), signatory=WHO, reason="r", at=AT)).bottom_line
    for password in (None, "", "wrong"):
        with pytest.raises(SettingsError, match="password"):
            from_pkcs12(path, password=password, at=AT)


def test_wrong_keys_and_certificates_say_what_is_wrong(authority: Authority, person: Issued, tmp_path: Path):
    key, certificate = files(tmp_path, person)
    for password, words in ((None, "needs a password"), ("wrong", "password is wrong"), ("", "password|damaged")):
        with pytest.raises(SettingsError, match=words) as told:
            from_files(key, certificate, password=password, at=AT)
        assert "wrong'" not in str(told.value)
    key.write_bytes(person.pem(None))
    with pytest.raises(SettingsError, match="has no password, and one was given"):
        from_files(key, certificate, password=PASSWORD, at=AT)
    for at, words in ((ENDS + timedelta(days=1), "holds from 2026-01-01"), (datetime(2025, 1, 1, tzinfo=UTC), "it is 2025-01-01")):
        with pytest.raises(SettingsError, match=words):
            from_files(key, certificate, password=None, at=at)
    for other, words in (
        (authority.issue("Someone else"), "not the one of the certificate"),
        (authority.issue("No signer", signs=False), "not for signatures"),
        (authority.issue("Short", bits=1024), "1024 bits"),
    ):
        certificate.write_bytes(other.certificate_pem())
        key.write_bytes(person.pem(None) if "Someone" in str(other.certificate.subject) else other.pem(None))
        with pytest.raises(SettingsError, match=words):
            from_files(key, certificate, password=None, at=AT)


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 100, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"x" * (2**20 + 1)]
)
def test_files_that_are_no_key_and_no_certificate(person: Issued, tmp_path: Path, content: bytes):
    key, certificate = files(tmp_path, person, password=None)
    broken = tmp_path / "broken"
    broken.write_bytes(content)
    for arguments in ((broken, certificate), (key, broken), (tmp_path / "missing", certificate)):
        with pytest.raises(SettingsError):
            from_files(*arguments, password=None, at=AT)
    with pytest.raises(SettingsError):
        from_pkcs12(broken, password=None, at=AT)


@pytest.mark.filterwarnings("ignore::Warning")
def test_damaged_keys_and_certificates_are_refused_in_words(person: Issued, tmp_path: Path):
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    whole = (
        person.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        person.certificate.public_bytes(Encoding.DER),
    )
    draw = random.Random(7)  # noqa: S311 - places, no secret
    for number in range(400):
        parts = [bytearray(part) for part in whole]
        parts[number % 2][draw.randrange(len(parts[number % 2]))] ^= 1 << draw.randrange(8)
        key.write_bytes(parts[0])
        certificate.write_bytes(parts[1])
        with suppress(SettingsError):  # anything else fails
            from_files(key, certificate, password=None, at=AT)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, person: Issued) -> Path:
    """A software token with the person's key on it."""
    pkcs11 = pytest.importorskip("pkcs11")
    if SOFTHSM is None:
        pytest.skip("needs softhsm2 (or SOFTHSM2_MODULE)")
    ec, x509 = pytest.importorskip("pkcs11.util.ec"), pytest.importorskip("pkcs11.util.x509")

    (tmp_path / "tokens").mkdir()
    (tmp_path / "conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "conf"))
    tool = os.environ.get("SOFTHSM2_UTIL", "softhsm2-util")
    made = [tool, "--module", SOFTHSM, "--init-token", "--free", "--label", "unit", "--so-pin", "1234", "--pin", "567890"]
    subprocess.run(made, check=True, capture_output=True)
    library = pkcs11.lib(str(SOFTHSM))
    library.reinitialize()
    traditional = person.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    named = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: "requests", pkcs11.Attribute.ID: b"1"}
    with library.get_token(token_label="unit").open(user_pin="567890", rw=True) as session:  # noqa: S106 - a label
        session.create_object({**ec.decode_ec_private_key(traditional), **named, pkcs11.Attribute.SIGN: True})
        session.create_object({**x509.decode_x509_certificate(person.certificate.public_bytes(Encoding.DER)), **named})
    return SOFTHSM


def test_a_token_signs(token: Path, authority: Authority, tmp_path: Path):
    given = {"token": "unit", "slot": None, "label": "requests", "pin": "567890", "certificate": None, "at": AT}
    with on_token(token, **given) as key:
        assert authority.judge(sign(LETTER, key, signatory=WHO, reason="r", at=AT)).bottom_line
        assert key.common_name == "Ana Souza"
    other = tmp_path / "other.pem"
    other.write_bytes(authority.issue("Someone else").certificate_pem())
    for wrong in ({"pin": "000000"}, {"label": "nobody"}, {"token": "nowhere"}, {"token": None, "slot": 99}):
        with pytest.raises(SettingsError, match="refuses") as told, on_token(token, **{**given, **wrong}):
            pass
        assert "000000" not in str(told.value)
    with (
        pytest.raises((SettingsError, IntegrityError), match=r"refuses|does not check"),
        on_token(token, **{**given, "certificate": other}) as key,
    ):
        sign(LETTER, key, signatory=WHO, reason="r", at=AT)


def test_a_token_without_its_library(tmp_path: Path):
    with (
        pytest.raises(SettingsError, match=r"no PKCS #11 module|no support"),
        on_token(tmp_path / "none.so", token=None, slot=None, label="x", pin=None, certificate=None, at=AT),
    ):
        pass
