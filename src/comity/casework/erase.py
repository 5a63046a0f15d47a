"""Erasing: content goes when its time is over or a court orders it; that it existed, and what its digest was, stays provable."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.casework.clock import now
from comity.casework.derive import EXAMPLE_WORLDS, FINDINGS, derive, is_output
from comity.casework.folder import ERASURE, Folder
from comity.casework.open_case import Actor
from comity.casework.progress import Progress
from comity.casework.retain import due
from comity.casework.write_report import write_report
from comity.evidence import manifest
from comity.evidence.authorization import live
from comity.evidence.exhibit import Exhibit, Place
from comity.evidence.redaction import erase_file, overwrite
from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.errors import AuthorizationError, SettingsError, StateError

ERASED = "exhibit:erased"
_KEPT = ".signed.pdf"
"""Letters that were signed and sent are acts of the unit and stay; who must erase these, too, does so where letters are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased: the exhibits, their bytes, and the files made from exhibits that went with them."""

    exhibits: tuple[str, ...]
    bytes: int
    files: int


def erase(folder: Folder, exhibits: Sequence[str], *, ground: str) -> Erasure:
    """Erase the content of `exhibits` (numbers) on `ground`, with all files that were made from exhibits; return what was erased.

    The order is entered first, then bytes are overwritten with zeros and synced, then it is entered that they are gone. An erasure
    that was interrupted is finished first, whatever is asked for; without exhibits nothing else is done. What remains: the lists with
    names and digests, the roots, the ledger.

    StateError for an exhibit that does not exist or was erased, for one inside another, and when another exhibit holds the same bytes.
    """
    with folder.locked("comity erase"):
        done = _finish(folder)
        if exhibits:
            _require(folder, exhibits)
            if not ground.strip():
                raise SettingsError("no ground is given", remedy='Such as --ground "retention period ended, art. 16".')
            numbers: list[Json] = [*sorted(set(exhibits), key=int)]
            Actor(folder)(ERASURE, authorization=None, object={"exhibits": numbers, "ground": ground.strip()}, result={})
            done = _finish(folder)
        if done is None:
            raise SettingsError("nothing is to be erased", remedy="Name an exhibit with --exhibit, or give --due.")
        return done


def erase_due(folder: Folder, *, at: datetime) -> Erasure | None:
    """Erase the exhibits whose retention has ended by `at`, on the grounds that set it; None when there are none."""
    grounds: dict[str, list[str]] = {}
    for number, ground in due(folder, at=at).items():
        grounds.setdefault(ground, []).append(number)
    erased = [erase(folder, numbers, ground=ground) for ground, numbers in grounds.items()]
    if not erased:
        return None
    numbers = tuple(number for one in erased for number in one.exhibits)
    return Erasure(exhibits=numbers, bytes=sum(one.bytes for one in erased), files=sum(one.files for one in erased))


def derive_what_remains(folder: Folder, *, jobs: int, progress: Progress) -> bool:
    """Make tables, findings, drafts and report again without what was erased; False, and nothing made, without a live authorization.

    Nothing is made either in a case in which nothing was derived before.
    """
    entries = folder.entries()
    found = [entry for entry in entries if entry.event == FINDINGS]
    try:
        live(entries, at=now())
    except AuthorizationError:
        return False
    if found:
        heuristics = found[-1].object.get("heuristics") is not False
        with folder.locked("comity erase"):
            act = Actor(folder)
            derive(folder, act, example_world=None, heuristics=heuristics, jobs=jobs, progress=progress)
            write_report(folder, act, heuristics=heuristics, progress=progress)
    return True


def _finish(folder: Folder) -> Erasure | None:
    """Carry out the orders that were entered and not carried out, and enter that they were; None when there are none."""
    entries = folder.entries()
    done = {entry.object.get("ordered") for entry in entries if entry.event == ERASED}
    orders = [entry for entry in entries if entry.event == ERASURE and entry.number not in done]
    erased = [_carry_out(folder, order) for order in orders]
    return erased[-1] if erased else None


def _carry_out(folder: Folder, order: Entry) -> Erasure:
    numbers = tuple(map(str, order.object["exhibits"])) if isinstance(order.object["exhibits"], Sequence) else ()
    size = 0
    for exhibit in _with_places(folder, set(numbers)):
        if exhibit.location is not None:
            size += exhibit.location.length
            path = folder.path / exhibit.location.path
            if path.exists():  # a large file has its own, gone when this was interrupted after it
                if path.name.endswith(".tar"):
                    overwrite(path, Place(offset=exhibit.location.offset, length=exhibit.location.length))
                else:
                    erase_file(path)
    lapsed = _remove_derived(folder)
    listed: list[Json] = list(numbers)
    names: list[Json] = list(lapsed)
    Actor(folder)(ERASED, authorization=None, object={"ordered": order.number, "exhibits": listed}, result={"bytes": size, "lapsed": names})
    return Erasure(exhibits=numbers, bytes=size, files=len(lapsed))


def _with_places(folder: Folder, numbers: set[str]) -> list[Exhibit]:
    """Return the exhibits of `numbers` with the places their bytes had: `Folder.exhibits` no longer tells them."""
    found = []
    for acquired in folder.manifests():
        with folder.store.open(acquired.manifest) as stream:
            found += [
                exhibit
                for line in manifest.lines(stream, where=acquired.manifest)
                if (exhibit := manifest.decode_line(line, where=acquired.manifest)).number in numbers
            ]
    return found


def _remove_derived(folder: Folder) -> tuple[str, ...]:
    """Remove every file made from exhibits, any of which may hold what was erased; return the names the ledger has of them."""
    names = tuple(name for name in sorted(folder.files()) if not name.startswith(f"{EXAMPLE_WORLDS}/") and not name.endswith(_KEPT))
    left = (path for path in (folder.path / "requests").glob("*") if not path.name.endswith(_KEPT))
    for path in [*(folder.path / "derived").rglob("*"), *left, *(folder.path / name for name in names)]:
        if path.is_file() and not path.is_symlink():
            erase_file(path)
    for path in (folder.path / "derived").iterdir():
        shutil.rmtree(path)
    return tuple(name for name in names if is_output(name) or name.startswith(("derived/", "requests/")))


def _require(folder: Folder, exhibits: Sequence[str]) -> None:
    wanted = set(exhibits)
    for number in wanted:
        if not number.isdecimal():
            raise StateError(f"{number[:40]} is inside an exhibit", remedy="Its exhibit can be erased, or withheld in part: comity redact.")
        if folder.exhibit(number).location is None:
            raise StateError(f"exhibit {number} has no bytes: {folder.exhibit(number).defect or 'it never had'}", remedy="Leave it out.")
    digests = _digests(folder, wanted)
    also = [one.number for one in folder.exhibits() if one.number not in wanted and one.location is not None and str(one.sha256) in digests]
    if also:
        raise StateError(f"exhibits {', '.join(also[:20])} hold the same bytes", remedy="Name these, too: content is kept once.")


def _digests(folder: Folder, wanted: set[str]) -> Mapping[str, str]:
    return {str(one.sha256): one.number for one in folder.exhibits() if one.number in wanted and one.size}
