"""Timestamps: a request that an authority answers with a signed time, and what the answer says once it is verified.

Source: RFC 3161; RFC 5652, 5.1 (the certificates of a signature, a SET that not all programs sort).
"""

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from comity.terms.errors import PeerError, SettingsError

LARGEST_ANSWER = 2**18
_SEQUENCE, _CONTENT, _CERTIFICATES = 0x30, 0xA0, 0xA0
_DAMAGE = (VerificationError, ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, UnsupportedAlgorithm)
_LONG_FORM, _MOST_LENGTH_BYTES = 0x80, 4


class Algorithm(StrEnum):
    """What the stamped bytes are hashed with."""

    SHA256 = "sha256"
    SHA512 = "sha512"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as a file (.tsq), the nonce its answer must repeat, and the digest it has stamped, in hex."""

    data: bytes
    nonce: int
    algorithm: Algorithm
    imprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a verified answer says: the time, by whom (the certificate's subject), under which policy, and its serial number there.

    `accuracy` is in microseconds, None when the authority does not say.
    """

    at: datetime
    authority: str
    policy: str
    serial: int
    accuracy: int | None


def request(message: bytes, *, algorithm: Algorithm) -> Request:
    """Return a request to have `message` stamped; only its digest and a random nonce are in it."""
    built = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm[algorithm.name]).nonce(nonce=True)
    made = built.cert_request(cert_request=True).build()
    if made.nonce is None:
        raise PeerError("a timestamp request was made without a nonce")
    return Request(data=made.as_bytes(), nonce=made.nonce, algorithm=algorithm, imprint=hashlib.new(algorithm.value, message).hexdigest())


def certificates(pem: bytes, *, where: str) -> tuple[x509.Certificate, ...]:
    """Return the certificates in a PEM file; SettingsError naming `where` when there is none."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise SettingsError(
            f"{where} holds no certificates in PEM form: {error}", remedy="Name the file with the authority's root."
        ) from error


def answered(answer: bytes) -> tuple[str, int]:
    """Return the digest in hex that the timestamp in `answer` is of, and its nonce; PeerError when there is none, unverified."""
    said = _decoded(answer).tst_info
    nonce: int | None = said.nonce  # the library's stub forgets that there may be none
    if nonce is None:
        raise PeerError("the timestamp repeats no nonce, so it may be the answer to another request", remedy="Ask again.")
    return said.message_imprint.message.hex(), nonce


def verify(answer: bytes, *, message: bytes, nonce: int, trust: Sequence[x509.Certificate]) -> Token:
    """Return what `answer` says of `message`, once its signature leads to one of the `trust` certificates that sign themselves.

    The certificates are judged at the time of the token. Not checked: revocation. PeerError, in words, for anything that is
    not a granted answer to the request with `nonce`, about `message`, signed by a certificate made for timestamps alone.
    """
    response = _decoded(answer)
    roots = [certificate for certificate in trust if certificate.issuer == certificate.subject]
    if not roots:
        raise SettingsError("none of the certificates given signs itself", remedy="Give the authority's root certificate, too.")
    builder = VerifierBuilder(roots=roots, intermediates=[one for one in trust if one not in roots], nonce=nonce)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            builder.build().verify_message(response, message)
            return _token(response)
    except _DAMAGE as error:
        raise PeerError(f"the timestamp does not hold: {error}", remedy="Ask the authority again; keep the answer as it came.") from error


def _token(response: TimeStampResponse) -> Token:
    said = response.tst_info
    accuracy = said.accuracy
    micros = None if accuracy is None else accuracy.seconds * 10**6 + (accuracy.millis or 0) * 1000 + (accuracy.micros or 0)
    return Token(
        at=said.gen_time.astimezone(UTC) if said.gen_time.tzinfo else said.gen_time.replace(tzinfo=UTC),
        authority=_signer(response),
        policy=said.policy.dotted_string,
        serial=said.serial_number,
        accuracy=micros,
    )


def _decoded(answer: bytes) -> TimeStampResponse:
    if len(answer) > LARGEST_ANSWER:
        raise PeerError(f"an answer with a timestamp is not as large as {len(answer)} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            response = decode_timestamp_response(sorted_certificates(answer))
            granted = response.status in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)
            if granted:
                _ = response.tst_info.gen_time, response.signed_data.signer_infos  # lazily read: what is damaged shows here
    except _DAMAGE as error:
        raise PeerError(
            f"this is not an answer with a timestamp: {error}", remedy="Name the file as the authority sent it (.tsr)."
        ) from error
    if not granted:
        said = "; ".join(response.status_string)
        raise PeerError(f"the authority refused (status {response.status}): {said[:300]}", remedy="Mend what it says and ask again.")
    return response


def _signer(response: TimeStampResponse) -> str:
    (signer,) = response.signed_data.signer_infos
    for der in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            return certificate.subject.rfc4514_string()
    raise ValueError("it does not carry its signer's certificate")


def sorted_certificates(answer: bytes) -> bytes:
    """Return `answer` with its certificates in the order DER demands of a SET; they are not signed, so nothing else changes.

    What has not the shape of an answer comes back as it is, for the reader to refuse.
    """
    try:
        response = _inside(answer, 0, _SEQUENCE)
        _, token = _elements(answer, *response)
        content = _inside(answer, token[0], _SEQUENCE)
        wrapped = next(place for place in _elements(answer, *content) if answer[place[0]] == _CONTENT)
        signed = _inside(answer, _inside(answer, wrapped[0], _CONTENT)[0], _SEQUENCE)
        start, end = _inside(
            answer, next(place[0] for place in _elements(answer, *signed) if answer[place[0]] == _CERTIFICATES), _CERTIFICATES
        )
        parts = [answer[first:last] for first, last in _elements(answer, start, end)]
    except (ValueError, StopIteration):
        return answer
    return answer[:start] + b"".join(sorted(parts)) + answer[end:]


def _inside(data: bytes, at: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element at `at` begins and ends; ValueError when it is of another tag."""
    if not data[at : at + 1] == bytes([tag]):
        raise ValueError("another element")
    start, end = _content(data, at)
    return start, end


def _content(data: bytes, at: int) -> tuple[int, int]:
    length, start = int.from_bytes(data[at + 1 : at + 2]), at + 2
    if length & _LONG_FORM:
        size = length & ~_LONG_FORM
        if not 1 <= size <= _MOST_LENGTH_BYTES:
            raise ValueError("a length that is not DER, or too large")
        length, start = int.from_bytes(data[start : start + size]), start + size
    if at + 2 > len(data) or start + length > len(data):
        raise ValueError("cut short")
    return start, start + length


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each element between `start` and `end` begins and ends."""
    while start < end:
        _, after = _content(data, start)
        if after > end:
            raise ValueError("an element reaches beyond the one around it")
        yield start, after
        start = after
