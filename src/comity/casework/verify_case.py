"""Verifying on the node that wrote a case: the verifier, with the head this node remembers."""

import json
from pathlib import Path

from comity.casework.heads import recall
from comity.terms.errors import SettingsError


def remembered_head(path: Path) -> str | None:
    """Return the SHA-256 that the newest ledger entry of the case folder `path` must have, None when this node cannot say.

    It cannot for a bundle, for a case it never wrote to, and for one that another node has gone on with.
    """
    try:
        identity = json.loads((path / "case.json").read_bytes())["identity"]
        entries = sum(1 for _ in (path / "ledger").glob("*.json"))
        head = recall(str(identity))
    except (OSError, ValueError, KeyError, TypeError, SettingsError):
        return None  # what is wrong with the folder is for the verifier to say
    return None if head is None or entries > head.count else head.digest.hex
