"""Remembered heads: the newest ledger entry this node wrote, per case, kept outside the case folder.

A ledger cannot tell by itself that its newest entries were removed; whoever wrote them can.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from comity.casework.node_key import state_home
from comity.terms.canonical import canonical
from comity.terms.digest import Digest
from comity.terms.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The number of entries of a ledger and the digest of the newest."""

    count: int
    digest: Digest


def remember(case: str, head: Head) -> None:
    """Remember `head` for the case of identity `case`; SettingsError when this node's state cannot be written."""
    path = _path(case)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.urandom(8).hex()}")
        draft.write_bytes(canonical({"case": case, "count": head.count, "head": head.digest.hex}))
        draft.replace(path)
    except OSError as error:
        raise SettingsError(
            f"the newest ledger entry cannot be remembered in {path.parent}: {error.strerror}",
            remedy="Make that folder writable, or set XDG_STATE_HOME to one that is.",
        ) from error


def recall(case: str) -> Head | None:
    """Return the head remembered for `case`; None when this node never wrote to it. SettingsError when it is unreadable."""
    path = _path(case)
    try:
        fields = json.loads(path.read_bytes())
        return Head(count=int(fields["count"]), digest=Digest(fields["head"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(f"{path} is not a remembered head: {error}", remedy="Move it away once `comity verify` holds.") from error


def _path(case: str) -> Path:
    # the identity comes from a case folder that may be hostile: only its digest becomes a file name
    return state_home() / "heads" / f"{Digest.of(case.encode()).hex}.json"
