"""What an analysis knows besides the case: snapshots, suffixes, law; loaded once, named by digest."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from publicsuffixlist import PublicSuffixList

from comity.analysis.domain_name import Suffixes
from comity.analysis.finding import ReferenceUse
from comity.casework.reference import available, in_use, reference_folder
from comity.law import corpus
from comity.law.corpus import Corpus
from comity.reference.allocations import Allocations, load
from comity.reference.banks import Bank, bank_of
from comity.reference.holder import Holder
from comity.reference.law_files import law_files
from comity.reference.snapshot import Snapshot, read_snapshot
from comity.reference.suffixes import suffix_list
from comity.terms.canonical import canonical
from comity.terms.errors import ReferenceDataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Snapshots ready to answer, the public suffix list, and the law corpus with the digest of its files."""

    snapshots: tuple[Snapshot, ...]
    allocations: Allocations
    suffixes: Suffixes
    suffixes_use: ReferenceUse
    law: Corpus
    law_sha256: str

    @property
    def uses(self) -> tuple[ReferenceUse, ...]:
        """Every snapshot an answer may rest on, by name."""
        return tuple(map(use_of, self.snapshots))

    def holder_of(self, address: str, at: datetime) -> Holder:
        """Return what the snapshots say of `address` at `at`."""
        return self.allocations.holder_of(address, at=at)

    def bank_of(self, iban: str, at: datetime) -> Bank:
        """Return the bank that keeps the account `iban`; MaterialError for what is no IBAN."""
        return bank_of(iban, at=at, snapshots=self.snapshots)


def use_of(snapshot: Snapshot) -> ReferenceUse:
    """Return `snapshot` as a finding names it."""
    dated = snapshot.last.isoformat() if snapshot.first == snapshot.last else f"{snapshot.first.isoformat()}/{snapshot.last.isoformat()}"
    return ReferenceUse(snapshot=snapshot.name, dated=dated, sha256=snapshot.sha256)


def know(*, example_world: Path | None) -> Knowledge:
    """Return what is at hand on this machine: shipped and imported snapshots, and the example world where one is named."""
    return _load(in_use(reference_folder(os.environ), example=example_world))


def know_again(uses: Sequence[ReferenceUse], *, example_worlds: Path) -> Knowledge:
    """Return the knowledge that an earlier analysis rested on, by the digests it named.

    `example_worlds` is the case's own copies of them. ReferenceDataError naming a snapshot that is not on this machine.
    """
    kept = [read_snapshot(path) for path in sorted(example_worlds.glob("*/"))]
    here = {snapshot.sha256: snapshot for snapshot in (*kept, *available(reference_folder(os.environ)))}
    missing = [use.snapshot for use in uses if use.sha256 not in here]
    if missing:
        msg = f"the analysis rested on snapshots that are not here: {', '.join(missing)}"
        raise ReferenceDataError(msg)
    return _load(tuple(here[use.sha256] for use in uses))


def _load(snapshots: tuple[Snapshot, ...]) -> Knowledge:
    data, listed = suffix_list(snapshots)
    files = law_files(snapshots)
    return Knowledge(
        snapshots=snapshots,
        allocations=load(snapshots),
        suffixes=PublicSuffixList(source=BytesIO(data)),
        suffixes_use=use_of(listed),
        law=corpus.read(files),
        law_sha256=_digest(files),
    )


def _digest(files: Mapping[str, bytes]) -> str:
    listing = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return hashlib.sha256(canonical(listing)).hexdigest()
