"""Requests in the case folder: drawn up, written as JSON, PDF and DOCX, entered in the ledger, read back."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from comity.analysis.finding import Finding
from comity.casework.folder import Folder
from comity.cooperation.lint import sentences
from comity.cooperation.preparation import Prepared, lines
from comity.cooperation.request import Request
from comity.cooperation.request_json import decode_request, encode
from comity.exchange.document import pdf
from comity.exchange.letter import Letterhead
from comity.exchange.text_document import docx
from comity.ledger import Entry
from comity.terms.canonical import Json, canonical

DRAFTED = "request:drafted"
SIGNED = "request:signed"
INDEX = "derived/requests.json"


def encode_index(prepared: Prepared) -> bytes:
    """Return derived/requests.json: the requests of this run in the order of asking, and what leads to none, in words."""
    return canonical({"requests": [request.identity for request in prepared.requests], "left_out": list(lines(prepared))})


def documents(request: Request, letterhead: Letterhead, *, at: datetime, known: Mapping[str, Finding]) -> Mapping[str, bytes]:
    """Return the files of `request` by path in the case folder; the same arguments give the same bytes.

    `known` are the findings of the case by identity.
    """
    stem = f"requests/{request.identity}"
    findings = named_by(request, known)
    return {
        f"{stem}.json": canonical(encode(request)),
        f"{stem}.pdf": pdf(request, letterhead, at=at, findings=findings),
        f"{stem}.docx": docx(request, letterhead, at=at, findings=findings),
    }


def named_by(request: Request, known: Mapping[str, Finding]) -> list[Finding]:
    """Return the findings among `known` that `request` rests on, in the order of their names."""
    return [known[identity] for identity in named_in(request) if identity in known]


def named_in(request: Request) -> tuple[str, ...]:
    """Return the identities of the findings that a sentence or an item of `request` rests on, in order."""
    named = {identity for sentence in sentences(request) for identity in sentence.findings}
    return tuple(sorted(named.union(*(item.findings for item in request.items))))


def drafted(folder: Folder) -> Iterator[tuple[Request, Mapping[str, Path]]]:
    """Yield the requests of the latest run with their files, most perishable first; none before a run.

    The files are `pdf`, `docx` and `json`, and `signed` once it was signed as it stands.
    """
    requests = index(folder)[0]
    signed = signatures(folder.entries()) if requests else {}
    for identity in requests:
        stem = folder.path / "requests" / identity
        request = decode_request(json.loads(stem.with_suffix(".json").read_bytes()))
        files = {kind: stem.with_suffix(f".{kind}") for kind in ("pdf", "docx", "json")}
        if identity in signed:
            files["signed"] = folder.path / signed_name(identity)
        yield request, files


def signatures(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """Return, by request, the ledger entry of its signature; a request drawn up again since is not signed."""
    signed: dict[str, Entry] = {}
    for entry in entries:
        if entry.event in (DRAFTED, SIGNED):
            identity = str(entry.object.get("request"))
            signed.pop(identity, None)
            if entry.event == SIGNED:
                signed[identity] = entry
    return signed


def signed_name(identity: str) -> str:
    """Return the path, in the case folder, of the signed letter of request `identity`."""
    return f"requests/{identity}.signed.pdf"


def left_out(folder: Folder) -> tuple[str, ...]:
    """Return, in words, what the latest run found no request for."""
    return index(folder)[1]


def index(folder: Folder) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the identities of the latest run's requests and the words on what was left out; empty before a run."""
    path = folder.path / INDEX
    if not path.exists():
        return (), ()
    written: dict[str, list[str]] = json.loads(path.read_bytes())
    return tuple(written["requests"]), tuple(written["left_out"])


def digests(files: Mapping[str, bytes]) -> dict[str, Json]:
    """Return the SHA-256 of each file by path, as ledger entries name them."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
