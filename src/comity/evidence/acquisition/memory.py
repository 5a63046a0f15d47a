"""What a case holds already, so that nothing is entered or stored twice."""

import hashlib
import os
import sys

from comity.evidence import manifest
from comity.evidence.manifest import Known
from comity.evidence.store import Store
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError


class Memory:
    """Exhibits preserved before: by name, for one source (`known`), and by content, for the whole case (`places`).

    `places` leads from a SHA-256 to object path and offset.
    """

    def __init__(self) -> None:
        self.known: dict[bytes, Known] = {}
        self.places: dict[bytes, tuple[str, int]] = {}

    def absorb(self, store: Store, name: str, *, digest: Digest, same_source: bool) -> None:
        """Take in the manifest `name`; IntegrityError when it is not the one of SHA-256 `digest`."""
        running = hashlib.sha256()
        with store.open(name) as stream:
            for number, line in enumerate(manifest.lines(stream, where=name), 1):
                running.update(line + b"\n")
                own_name, known, content = manifest.decode_known(line, where=f"{name}, line {number}")
                if content is not None:
                    self.places[bytes.fromhex(content.sha256)] = (sys.intern(content.object), content.offset)
                if same_source:
                    self.known[own_name] = known
        if running.hexdigest() != digest.hex:
            raise IntegrityError(f"{name} is not the manifest that the ledger names")

    def unchanged(self, name: bytes, status: os.stat_result) -> bool:
        """Return whether the file `name` has the size, time and inode that it had when it was preserved whole."""
        past = self.known.get(name)
        if past is None or past.sha256 is None or past.problem is not None:
            return False
        modified = manifest.instant_of(status.st_mtime_ns)
        return (past.size, past.modified, past.inode) == (status.st_size, modified, str(status.st_ino))

    def holds(self, name: bytes, *, kind: str, sha256: str | None, link_target: bytes | None, problem: str | None) -> bool:
        """Return whether just this was entered before under `name`."""
        past = self.known.get(name)
        return past is not None and (past.kind, past.sha256, past.link_target, past.problem) == (kind, sha256, link_target, problem)
