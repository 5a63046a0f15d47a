"""Signing a request: the letter as it was drawn up, signed by a named person, beside the unsigned one."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from comity.casework.clock import now
from comity.casework.derive import letterhead, put
from comity.casework.drafts import DRAFTED, SIGNED, digests, drafted, named_by, signatures, signed_name
from comity.casework.findings_file import decode
from comity.casework.folder import Folder
from comity.casework.open_case import Actor, performer
from comity.cooperation.gate import require_open
from comity.cooperation.request import Request
from comity.evidence.authorization import live
from comity.exchange import document
from comity.exchange.letter import Letterhead
from comity.exchange.pdf_signature import LEVEL, Signatory, sign
from comity.exchange.signing_key import SigningKey
from comity.ledger import Entry
from comity.terms.errors import StateError

Lend = Callable[[datetime], AbstractContextManager[SigningKey]]
"""Lends the key for one signature at an instant: a token is open no longer than that."""

_AGAIN = "Give the same `comity investigate` again to have it drawn up anew, then sign."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What was signed: the file's path in the case folder, its SHA-256, the certificate's subject; `same_account` as drew it up."""

    path: str
    sha256: str
    subject: str
    same_account: bool


def sign_request(folder: Folder, *, identity: str, signatory: Signatory, lend: Lend) -> Signed:
    """Sign request `identity` of the latest run and enter it in the ledger.

    What is signed is the letter without the sheet for the signing officer; it is set anew and only signed when the whole is,
    byte for byte, what was drawn up and entered. StateError when it is not, when the request is not ready, or signed
    already; AuthorizationError without a live authorization; SettingsError when the key cannot be used.
    """
    with folder.locked("comity sign"):
        entries, at = folder.entries(), now()
        request, entry = _drawn_up(folder, entries, identity)
        account = entry.performer.partition(",")[0]
        require_open(request, drafter=account, signer=signatory.name, entries=entries, drafted=entry.number, at=at)
        with lend(at) as key:
            letter = _letter(folder, entries, request, entry, signatory=signatory, key=key)
            reason = f"Request {identity}, {folder.case.authority}"
            signed = sign(letter, key, signatory=signatory, reason=reason, at=at)
        name = signed_name(identity)
        put(folder.path / name, signed)
        Actor(folder)(
            SIGNED,
            authorization=live(entries, at=at),
            object={
                "request": identity, "drafted": entry.number, "signatory": signatory.name, "office": signatory.office, "level": LEVEL,
                "certificate": {"subject": key.subject, "issuer": key.issuer, "serial": key.serial, "sha256": key.certificate_sha256},
                "key": key.kept,
            },
            result={"files": digests({name: signed}), "letter_sha256": hashlib.sha256(letter).hexdigest()},
            at=at,
        )  # fmt: skip
    return Signed(
        path=str(folder.path / name),
        sha256=hashlib.sha256(signed).hexdigest(),
        subject=key.subject,
        same_account=account == performer(folder.case).partition(",")[0],
    )


def _drawn_up(folder: Folder, entries: tuple[Entry, ...], identity: str) -> tuple[Request, Entry]:
    """Return the request and the entry that records it as it stands; StateError when there is none, or it is signed."""
    request = next((one for one, _ in drafted(folder) if one.identity == identity), None)
    entry = next((e for e in reversed(entries) if e.event == DRAFTED and e.object.get("request") == identity), None)
    if request is None or entry is None:
        raise StateError(f"this case has no request {identity[:40]!r} now", remedy="`comity requests DIR` lists them.")
    done = signatures(entries).get(identity)
    if done is not None:
        by = done.object.get("signatory")
        raise StateError(
            f"request {identity} was signed by {by} (ledger entry {done.number})", remedy="Send that one, or have it drawn up anew."
        )
    return request, entry


def _letter(folder: Folder, entries: tuple[Entry, ...], request: Request, entry: Entry, *, signatory: Signatory, key: SigningKey) -> bytes:
    """Return the letter to be signed; StateError unless it is what `entry` records."""
    rests_on = entry.object.get("rests_on")
    if not isinstance(rests_on, int) or not 0 < rests_on <= len(entries):
        raise StateError(f"ledger entry {entry.number} does not say what the request rests on", remedy=_AGAIN)
    head = letterhead(folder, drafter=entry.performer, rests_on=entries[rests_on - 1])
    known = {finding.identity: finding for finding in decode((folder.path / "derived" / "findings.json").read_bytes())}
    findings = named_by(request, known)
    _require_unchanged(document.pdf(request, head, at=entry.at, findings=findings), request, entry, head)
    words = (
        f"Signed electronically by {signatory.name}, {signatory.office} ({LEVEL}; certificate of {key.subject}, serial number "
        f"{key.serial}). The signature is part of the file: a program that shows PDF checks it; on paper it proves nothing."
    )
    return document.pdf(request, head, at=entry.at, findings=findings, sheet=False, signed=words)


def _require_unchanged(whole: bytes, request: Request, entry: Entry, head: Letterhead) -> None:
    files = entry.result.get("files")
    recorded = files.get(f"requests/{request.identity}.pdf") if isinstance(files, dict) else None
    if hashlib.sha256(whole).hexdigest() != recorded:
        raise StateError(
            f"request {request.identity} would not be set today as it was drawn up (entry {entry.number}, {entry.instrument}; this is "
            f"{head.tool_version})",
            remedy=_AGAIN,
        )
