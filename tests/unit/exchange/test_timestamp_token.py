"""Timestamp tokens: by a local authority, of several algorithms, with certificates in whatever order; and what must be refused."""

import hashlib
from pathlib import Path

import pytest

from comity.exchange.timestamp_token import Algorithm, answered, certificates, request, sorted_certificates, verify
from comity.terms.errors import PeerError, SettingsError
from timestamp_authority import Authority

MESSAGE = b'{"an":"entry"}'


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "rsa")


def stamped(authority: Authority, place: Path, *, algorithm: Algorithm = Algorithm.SHA256, message: bytes = MESSAGE) -> tuple[bytes, int]:
    asked = request(message, algorithm=algorithm)
    (place / "q.tsq").write_bytes(asked.data)
    return authority.answer(place / "q.tsq", place / "a.tsr").read_bytes(), asked.nonce


def trust(authority: Authority):
    return certificates(authority.root.read_bytes(), where="root.pem")


@pytest.mark.parametrize(
    ("key", "digest", "algorithm"),
    [
        ("rsa:2048", "sha256", Algorithm.SHA256),
        ("rsa:3072", "sha512", Algorithm.SHA512),
        ("P-256", "sha256", Algorithm.SHA256),
        ("P-384", "sha512", Algorithm.SHA512),
    ],
)
def test_a_token_of_each_algorithm_holds(tmp_path: Path, key: str, digest: str, algorithm: Algorithm):
    authority = Authority(tmp_path / "authority", key=key, digest=digest)
    answer, nonce = stamped(authority, tmp_path, algorithm=algorithm)
    assert answered(answer) == (hashlib.new(algorithm.value, MESSAGE).hexdigest(), nonce)
    token = verify(answer, message=MESSAGE, nonce=nonce, trust=trust(authority))
    assert (token.authority, token.policy, token.accuracy) == ("CN=Test authority", "1.2.3.4.1", 1_000_000)
    assert token.at.tzinfo is not None


def test_certificates_in_any_order_are_read(authority: Authority, tmp_path: Path):
    """openssl puts the certificates of `certs=` as they come; DER wants a SET sorted, and the library insists."""
    answer, nonce = stamped(authority, tmp_path)
    ordered = sorted_certificates(answer)
    assert sorted_certificates(ordered) == ordered
    assert len(ordered) == len(answer)
    places = [ordered.index(part) for part in sorted(ders(authority))]
    assert places == sorted(places)
    first, second = sorted(ders(authority))
    start = ordered.index(first)
    assert ordered[start : start + len(first) + len(second)] == first + second
    backwards = ordered.replace(first + second, second + first)
    assert backwards != ordered
    for one in (ordered, backwards):
        assert verify(one, message=MESSAGE, nonce=nonce, trust=trust(authority)).serial >= 1


def ders(authority: Authority) -> list[bytes]:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415  used here alone

    return [
        certificates((authority.folder / name).read_bytes(), where=name)[0].public_bytes(Encoding.DER)
        for name in ("root.pem", "signer.pem")
    ]


def test_what_is_not_the_answer_is_refused(authority: Authority, tmp_path: Path):
    answer, nonce = stamped(authority, tmp_path)
    other = Authority(tmp_path / "other")
    for given, words in (
        ({"message": b"something else"}, "Mismatch"),
        ({"nonce": nonce ^ 1}, "Nonce"),
        ({"trust": trust(other)}, "verifying certificates"),
    ):
        with pytest.raises(PeerError, match=words):
            verify(answer, **{"message": MESSAGE, "nonce": nonce, "trust": trust(authority), **given})
    with pytest.raises(SettingsError, match="signs itself"):
        verify(answer, message=MESSAGE, nonce=nonce, trust=certificates((authority.folder / "signer.pem").read_bytes(), where="signer.pem"))
    with pytest.raises(SettingsError, match="no certificates"):
        certificates(b"nothing", where="x")


def test_damaged_answers_are_refused_or_say_the_same(authority: Authority, tmp_path: Path):
    """What is not signed (the copy of the root that travels along, parameters of algorithms) cannot change what a token says."""
    answer, nonce = stamped(authority, tmp_path)
    roots = trust(authority)
    genuine = verify(answer, message=MESSAGE, nonce=nonce, trust=roots)
    refused = 0
    for at in range(0, len(answer), 3):
        changed = bytearray(answer)
        changed[at] ^= 0x55
        with pytest.raises(PeerError):
            verify(answer[:at], message=MESSAGE, nonce=nonce, trust=roots)
        try:
            assert verify(bytes(changed), message=MESSAGE, nonce=nonce, trust=roots) == genuine, at
        except PeerError:
            refused += 1
    assert refused > len(answer) / 3 / 2
    for giant in (b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 1000, b"", b"\x30" * 100_000, b"\x30\x89" + b"\xff" * 9):
        with pytest.raises(PeerError):
            verify(giant, message=MESSAGE, nonce=nonce, trust=roots)


def test_a_refusal_is_said(authority: Authority, tmp_path: Path):
    asked = request(MESSAGE, algorithm=Algorithm.SHA256)
    (tmp_path / "q.tsq").write_bytes(asked.data.replace(bytes.fromhex("608648016503040201"), bytes.fromhex("608648016503040204")))
    refused = authority.answer(tmp_path / "q.tsq", tmp_path / "a.tsr").read_bytes()
    with pytest.raises(PeerError, match="refused"):
        verify(refused, message=MESSAGE, nonce=asked.nonce, trust=trust(authority))
