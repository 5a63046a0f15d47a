"""Cases made for tests: a folder, an authorization, and acquiring into it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from comity.casework.folder import INSTRUMENT, Case, Folder
from comity.casework.node_key import node_key
from comity.evidence.acquisition import Acquisition, acquire
from comity.evidence.authorization import GRANTED, Authorization, Basis, encode
from comity.exchange import bundle
from comity.ledger import KeyKind, checkpoint_of, leaves
from comity.terms.digest import Digest
from comity.terms.period import Period

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
CONSENT = Authorization(
    basis=Basis.CONSENT, reference="A. Lima", issuer="A. Lima", scope="the folder", period=Period(start=AT - timedelta(days=1))
)


def new_case(path: Path, *, authorization: Authorization | None = CONSENT, identity: str = "") -> Folder:
    case = Case(
        identity=identity or f"case-{os.urandom(8).hex()}",
        title="Test",
        opened_at=AT,
        state="BR",
        authority="Unit 7",
        instrument=INSTRUMENT,
    )
    folder = Folder.create(path, case=case)
    about = {"case": case.identity, "title": case.title, "state": case.state, "authority": case.authority}
    append = partial(folder.append, performer="Unit 7", at=AT)
    kept = {"case.json": Digest.of((path / "case.json").read_bytes()).hex}
    append("case:opened", authorization=None, object=about, result={"kept": kept})
    if authorization is not None:
        append(GRANTED, authorization=None, object=encode(authorization), result={})
    return folder


def preserve(
    folder: Folder,
    source: Path,
    *,
    digests: tuple[str, ...] = ("sha256", "md5", "sha1"),
    progress: Callable[[int, int], None] = lambda _exhibits, _size: None,
) -> Acquisition | None:
    with folder.locked("test"):
        return acquire(
            source,
            store=folder.store,
            entries=folder.entries(),
            append=partial(folder.append, performer="Unit 7", at=AT),
            at=AT,
            digests=digests,
            progress=progress,
        )


def seal(folder: Folder, output: Path, *, originals: bool = True) -> bundle.Bundle:
    key, about = node_key(), {"bundle": output.name, "originals": originals}
    origin = checkpoint_of(leaves(folder.entries())).origin
    result = {"key": key.fingerprint, "log_key": key.known_as(origin, KeyKind.NOTE).encode()}
    folder.append("bundle:sealed", performer="Unit 7", authorization=None, object=about, result=result, at=AT)
    entries = folder.entries()
    checkpoint = key.sign(checkpoint_of(leaves(entries)))
    return bundle.write(output, case=folder.path, entries=entries, checkpoint=checkpoint, originals=originals)
