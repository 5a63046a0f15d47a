"""Signatures in PDF that any reader checks, added behind the document without touching a byte of it.

Source: ETSI EN 319 142-1 (PAdES baseline signatures, level B-B); ISO 32000-2, 12.8; ISO 19005-2, 6.4.3; ISO 14289-1, 7.18.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

from comity.exchange.signing_key import SigningKey
from comity.terms.errors import IntegrityError, SettingsError

LEVEL: Final = "PAdES-B-B"
"""The level made here: who signed what, by a certificate; when is the signer's own word until a timestamp is added."""

_FIELD: Final = "Signature1"
_RESERVED: Final = 24 * 1024  # bytes kept for the signature: its certificates, and room for a timestamp later


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """The person who signs: name and office, as they are to be read."""

    name: str
    office: str


class _Appender(IncrementalPdfFileWriter):
    """Adds to a document and leaves its metadata as they are: the library writes them anew in a form PDF/A does not have."""

    def _update_meta(self) -> None:
        pass


class _DatedSigner(PdfSigner):
    """Signs as of a given instant: the clock is the caller's."""

    at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:  # noqa: FBT001, FBT002 - the library's own form
        """Return the session, its time set."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.at
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:  # noqa: ARG002 - the library's own form
        """Name PAdES alone: the further entries the library makes would call the file PDF 2.0, which PDF/A-2 is not."""
        pdf_out.register_extension(ESIC_EXTENSION_1)


def sign(document: bytes, key: SigningKey, *, signatory: Signatory, reason: str, at: datetime) -> bytes:
    """Return `document` with a signature appended; it begins with the bytes of `document`, and stays PDF/A and PDF/UA.

    The signature has no picture on the page: its field lies outside it, as both standards allow. `reason` and the
    signatory's name stand in the signature's dictionary.
    SettingsError when the key refuses to sign; IntegrityError when what came out does not check.
    """
    field = SigFieldSpec(
        sig_field_name=_FIELD,
        invis_sig_settings=InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True),
        readable_field_name=f"Signature of {signatory.name}",
    )
    meta = PdfSignatureMetadata(
        field_name=_FIELD,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        name=f"{signatory.name}, {signatory.office}",
        reason=reason,
    )
    signer = _DatedSigner(meta, key.signer, new_field_spec=field)
    signer.at = at.replace(microsecond=0)
    output = io.BytesIO()
    try:
        signer.sign_pdf(_Appender(io.BytesIO(document)), bytes_reserved=2 * _RESERVED, output=output)
    except (SigningError, PdfError) as error:
        raise SettingsError(f"the key does not sign: {str(error)[:200]}", remedy="Check the token, or use another key.") from error
    signed = output.getvalue()
    if not signed.startswith(document) or not intact(signed):
        raise IntegrityError("the signed document does not check", remedy="Nothing was kept. Check the key or the token, and sign again.")
    return signed


def intact(document: bytes) -> bool:
    """Return whether `document` bears a signature over all of it that fits its bytes; whose it is, is not asked here."""
    try:
        signatures = PdfFileReader(io.BytesIO(document)).embedded_regular_signatures
        if not signatures:
            return False
        last = signatures[-1]
        covers_all = last.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
        same, valid = validate_sig_integrity(last.signer_info, last.signer_cert, "data", last.compute_digest())
    except (PdfError, SigningError, SignatureValidationError, ValueError):
        return False
    return bool(covers_all and same and valid)
