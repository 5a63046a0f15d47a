"""Keys and certificates made for a test run, and the validator that signatures are held to: one that trusts this CA alone."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

PASSWORD = "correct horse"  # noqa: S105 - of keys that live for one test run
BEGINS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A key pair with its certificate."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate

    def pem(self, password: str | None = PASSWORD) -> bytes:
        lock = NoEncryption() if password is None else BestAvailableEncryption(password.encode())
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def p12(self, password: str = PASSWORD) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"signer", self.key, self.certificate, None, BestAvailableEncryption(password.encode())
        )


class Authority:
    """A certification authority that exists for one test run."""

    def __init__(self) -> None:
        self.own = self.issue("Test Authority", authority=True)

    def issue(
        self, name: str, *, authority: bool = False, begins: datetime = BEGINS, ends: datetime = ENDS, signs: bool = True, bits: int = 0
    ) -> Issued:
        key = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer = subject if authority else self.own.certificate.subject
        usage = x509.KeyUsage(
            digital_signature=signs and not authority, content_commitment=signs and not authority, key_encipherment=not signs,
            data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True).add_extension(usage, critical=True)
        )  # fmt: skip
        return Issued(key=key, certificate=builder.sign(key if authority else self.own.key, hashes.SHA256()))

    def judge(self, document: bytes) -> PdfSignatureStatus:
        """Return what a validator that trusts this authority says of the one signature in `document`."""
        root = asn1_x509.Certificate.load(self.own.certificate.public_bytes(Encoding.DER))
        (signature,) = PdfFileReader(io.BytesIO(document)).embedded_signatures
        return validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))


def files(folder: Path, issued: Issued, *, password: str | None = PASSWORD) -> tuple[Path, Path]:
    """Write key and certificate into `folder`; return their paths."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    key.write_bytes(issued.pem(password))
    certificate.write_bytes(issued.certificate_pem())
    return key, certificate
