"""The key a request is signed with: from a file, or on a token that never gives it out.

Source: PKCS #12 (RFC 7292); PKCS #11 3.1 (tokens); RFC 5280 (certificates).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from comity.terms.digest import Digest
from comity.terms.errors import SettingsError
from comity.terms.instant import format_instant

_LARGEST = 2**20
_LEAST_RSA_BITS = 2048
_PEM_MARK = b"-----BEGIN"
_TOKEN_SUPPORT = "Install the package python-pkcs11 beside Comity."  # noqa: S105 - says what to install


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key ready to sign with, and whose it is: names as the certificate has them, its SHA-256, where the key is kept."""

    signer: Signer
    subject: str
    common_name: str
    issuer: str
    serial: str
    certificate_sha256: str
    kept: str


def from_files(key: Path, certificate: Path, *, chain: Path | None = None, password: str | None, at: datetime) -> SigningKey:
    """Return the private key in `key` with its certificate, both PEM or DER; `chain` holds certificates above it.

    SettingsError, naming what is wrong, for a wrong or missing password, files that are neither, a key that is not the
    certificate's, and a certificate that does not hold at `at` or is not for signatures.
    """
    data = _read(key)
    try:
        private = _private_key(data, password)
    except TypeError as error:
        wanted = "needs a password" if password is None else "has no password, and one was given"
        raise SettingsError(f"the key {key} {wanted}", remedy=_password_remedy()) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if password is not None:
            raise SettingsError(
                f"the key {key} cannot be opened: the password is wrong, or it is damaged", remedy=_password_remedy()
            ) from error
        raise SettingsError(f"{key} is not a private key", remedy="Give a key in PEM or DER (PKCS #8), or a PKCS #12 file.") from error
    (own, *rest) = _certificates(certificate)
    others = [*rest, *(_certificates(chain) if chain is not None else ())]
    return _software(private, own, others, where=str(certificate), at=at)


def from_pkcs12(path: Path, *, password: str | None, at: datetime) -> SigningKey:
    """Return key and certificate of a PKCS #12 file (.p12, .pfx); SettingsError as `from_files`."""
    try:
        private, own, others = pkcs12.load_key_and_certificates(_read(path), None if password is None else password.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(
            f"{path} cannot be opened: the password is wrong or missing, or it is no PKCS #12 file", remedy=_password_remedy()
        ) from error
    if private is None or own is None:
        raise SettingsError(f"{path} has no {'key' if private is None else 'certificate'}", remedy="Export key and certificate together.")
    return _software(private, own, others, where=str(path), at=at)


@contextmanager
def on_token(
    module: Path, *, token: str | None, slot: int | None, label: str, pin: str | None, certificate: Path | None, at: datetime
) -> Iterator[SigningKey]:
    """Lend the key of the name `label` on a PKCS #11 token; the token signs, the key stays on it.

    Args:
        module: the token's library (such as /usr/lib/softhsm/libsofthsm2.so).
        token: the token's label; `slot` (counted from 0) instead, or neither when there is one token only.
        slot: see `token`.
        label: of the key, and of its certificate when that is on the token.
        pin: None when the token asks for it by itself.
        certificate: a file, when the certificate is not on the token.
        at: the instant of signing.

    SettingsError when the support for tokens is not installed, and when token, key or certificate are not as needed.
    """
    try:
        from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415 - an optional part of the program
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session  # noqa: PLC0415 - the same
    except ImportError as error:
        raise SettingsError("this installation has no support for PKCS #11 tokens", remedy=_TOKEN_SUPPORT) from error
    if not module.is_file():
        raise SettingsError(f"there is no PKCS #11 module {module}", remedy="Name the library (.so) that came with the token.")
    given = None if certificate is None else _certificates(certificate)
    wanted = None if token is None else TokenCriteria(label=token)
    with _told(module):
        session = open_pkcs11_session(str(module), slot_no=slot, token_criteria=wanted, user_pin=pin)
    try:
        with _told(module):
            signer = PKCS11Signer(
                session,
                cert_label=label,
                key_label=label,
                signing_cert=None if given is None else _for_signer(given[:1])[0],
                ca_chain=None if given is None else _for_signer(given[1:]),
                use_raw_mechanism=True,  # the digest is made here: signing one is what every token can do
            )
            found = signer.signing_cert
        if found is None:
            raise SettingsError(f"the token has no certificate {label!r}", remedy="Name its certificate with --certificate.")
        where = "on the token" if certificate is None else str(certificate)
        with _readable(where):
            own = x509.load_der_x509_certificate(found.dump())
            _require_usable(own, where=where, at=at)
            lent = _described(signer, own, kept=f"PKCS #11 token {token or ''}".strip())
        with _told(module):  # what the token refuses while it signs is told as well
            yield lent
    finally:
        session.close()


@contextmanager
def _told(module: Path) -> Iterator[None]:
    """Say what a token or its library refuses, without what was entered."""
    try:
        yield
    except SigningError as error:
        raise SettingsError(f"the token of {module} refuses: {str(error)[:200]}", remedy="Check token, label and PIN.") from error
    except RuntimeError as error:  # python-pkcs11's errors are of this class; the library itself may not be installed
        words = f"{type(error).__name__} {error}".strip()[:200]
        raise SettingsError(f"the token of {module} refuses: {words}", remedy="Check token, label and PIN.") from error


def _private_key(data: bytes, password: str | None) -> RSAPrivateKey | EllipticCurvePrivateKey | object:
    secret = None if password is None else password.encode()
    return load_pem_private_key(data, secret) if _PEM_MARK in data[:4096] else load_der_private_key(data, secret)


def _software(private: object, own: x509.Certificate, others: Sequence[x509.Certificate], *, where: str, at: datetime) -> SigningKey:
    plain, public = _dumped(private)
    with _readable(where):
        if public != own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
            raise SettingsError(f"the key is not the one of the certificate in {where}", remedy="Name the certificate issued for this key.")
        _require_usable(own, where=where, at=at)
        signer = SimpleSigner(
            signing_cert=_for_signer([own])[0],
            signing_key=load_private_key_from_pemder_data(plain, passphrase=None),
            cert_registry=SimpleCertificateStore.from_certs(_for_signer(others)),  # type: ignore[no-untyped-call]  # not typed there
        )
        return _described(signer, own, kept="software key")


@contextmanager
def _readable(where: str) -> Iterator[None]:
    """Say that a certificate is damaged: its parts are read only when they are asked for."""
    try:
        yield
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as error:
        raise SettingsError(f"the certificate in {where} cannot be read: {str(error)[:100]}", remedy="Export it again.") from error


def _dumped(private: object) -> tuple[bytes, bytes]:
    """Return the private key as PKCS #8 and its public half, both DER; SettingsError for a kind no PDF signature knows."""
    if isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        plain = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return plain, private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raise _unknown_kind(private)


def _unknown_kind(key: object) -> SettingsError:
    return SettingsError(
        f"a key of the kind {type(key).__name__} is not used here", remedy="Use an RSA or elliptic curve key: PDF readers know these."
    )


def _require_usable(certificate: x509.Certificate, *, where: str, at: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= at <= ends:
        raise SettingsError(
            f"the certificate in {where} holds from {format_instant(begins)} to {format_instant(ends)}; it is {format_instant(at)}",
            remedy="Have a certificate issued that holds now.",
        )
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey | EllipticCurvePublicKey):
        raise _unknown_kind(public)
    if isinstance(public, RSAPublicKey) and public.key_size < _LEAST_RSA_BITS:
        raise SettingsError(f"the key of {where} has {public.key_size} bits", remedy=f"Use an RSA key of {_LEAST_RSA_BITS} bits or more.")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise SettingsError(
            f"the certificate in {where} is not for signatures", remedy="Use one whose key usage is signature or non-repudiation."
        )


def _described(signer: Signer, own: x509.Certificate, *, kept: str) -> SigningKey:
    names = own.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return SigningKey(
        signer=signer,
        subject=own.subject.rfc4514_string(),
        common_name=str(names[0].value) if names else "",
        issuer=own.issuer.rfc4514_string(),
        serial=f"{own.serial_number:x}",
        certificate_sha256=Digest.of(own.public_bytes(Encoding.DER)).hex,
        kept=kept,
    )


def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    data = _read(path)
    try:
        if _PEM_MARK in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except (ValueError, x509.InvalidVersion) as error:
        raise SettingsError(f"{path} is not a certificate", remedy="Give it in PEM or DER.") from error


def _for_signer(certificates: Iterable[x509.Certificate]) -> list[Any]:  # asn1crypto, the signing library's form, has no types
    """Return `certificates` as the signing library holds them."""
    return [found for one in certificates for found in load_certs_from_pemder_data(one.public_bytes(Encoding.DER))]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", remedy="Name the file that holds it.") from error
    if len(data) > _LARGEST:
        raise SettingsError(f"{path} is too large to be a key or a certificate", remedy="Name the file that holds it.")
    return data


def _password_remedy() -> str:
    return "Enter the password when asked, or put it in a file of its own (--password-file) or in COMITY_SIGNING_PASSWORD."
