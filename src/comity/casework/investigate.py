"""The main job: material in, a preserved case with findings, requests and a report out."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comity.casework.authorize import AuthorizationGiven, complete, covers
from comity.casework.clock import clock_state, now
from comity.casework.derive import derive
from comity.casework.folder import Folder
from comity.casework.open_case import Actor, Particulars, enter_opening, grant, is_case, new_case, require_same
from comity.casework.outgoing import require_free
from comity.casework.progress import Progress
from comity.casework.timestamp import enter_request, newest_acquisition
from comity.casework.unit import Description, describe
from comity.casework.write_report import write_report
from comity.evidence.acquisition import acquire, survey
from comity.evidence.authorization import Authorization, decode, live
from comity.exchange.timestamp_token import Algorithm
from comity.terms.errors import AuthorizationError, SettingsError

Ask = Callable[[AuthorizationGiven], AuthorizationGiven]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person asks for: see the options of `comity investigate`."""

    material: Path
    case: Path
    particulars: Particulars
    authorization: AuthorizationGiven
    description: Description
    example_world: Path | None
    digests: tuple[str, ...]
    heuristics: bool
    jobs: int
    timestamp: Path | None = None


def investigate(order: Order, *, progress: Progress, ask: Ask | None) -> Folder:
    """Carry out `order` and return the case folder.

    The same order again goes on where it was stopped. `ask` completes an authorization at a prompt; None refuses at once.
    Raises AuthorizationError before anything is opened when no live authorization is given or on record.
    """
    if not order.material.exists():
        msg = f"there is no {order.material}"
        raise SettingsError(msg, remedy="Name the folder that holds the material.")
    if order.timestamp is not None:
        require_free(order.timestamp)
    folder, authorization = _open(order, ask)
    with folder.locked("comity investigate"):
        act = Actor(folder)
        enter_opening(folder, act)
        if authorization is not None:
            grant(folder, act, authorization)
        describe(act, folder.entries(), order.description)
        _preserve(folder, act, order, progress)
        if order.timestamp is not None:
            enter_request(folder, act, entry=newest_acquisition(folder.entries()), algorithm=Algorithm.SHA256, output=order.timestamp)
        derive(folder, act, example_world=order.example_world, heuristics=order.heuristics, jobs=order.jobs, progress=progress)
        write_report(folder, act, heuristics=order.heuristics, progress=progress)
    return folder


def _open(order: Order, ask: Ask | None) -> tuple[Folder, Authorization | None]:
    """Return the case folder and the authorization to be granted in it, None when a live one is on record."""
    if is_case(order.case):
        folder = Folder.open(order.case)
        require_same(folder.case, order.particulars)
        if order.authorization.empty and _covered(folder, order.material):
            return folder, None
        return folder, _authorization(order, ask, authority=folder.case.authority)
    material = order.material.resolve()
    case = new_case(order.particulars, default_title=_shown(material.name or str(material)))
    # refused before the folder is made: nothing remains of an order that was not allowed
    authorization = _authorization(order, ask, authority=case.authority)
    return Folder.create(order.case, case=case), authorization


def _covered(folder: Folder, material: Path) -> bool:
    """Return whether the authorization that holds now allows `material`, too, and not only a folder acquired before."""
    entries = folder.entries()
    try:
        granted = decode(entries[live(entries, at=now()) - 1].object)
    except AuthorizationError:
        return False
    return covers(granted, material=_shown(str(material.resolve())))


def _authorization(order: Order, ask: Ask | None, *, authority: str) -> Authorization:
    material = _shown(str(order.material.resolve()))
    try:
        return complete(order.authorization, material=material, authority=authority, at=now())
    except AuthorizationError:
        if ask is None:
            raise
        return complete(ask(order.authorization), material=material, authority=authority, at=now())


def _shown(path: str) -> str:
    """Return a path as text: bytes that are no UTF-8 as escapes. The acquisition's entry keeps the bytes."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def _preserve(folder: Folder, act: Actor, order: Order, progress: Progress) -> None:
    _, size = survey(order.material.resolve(), excluded=folder.path)
    progress.begin("Preserving", total=size, unit="bytes")
    shown = _Shown(progress)
    acquire(
        order.material,
        store=folder.store,
        entries=folder.entries(),
        append=act,
        at=now(),
        digests=order.digests,
        clock=clock_state,
        progress=shown.safe,
        copied=shown.copied,
    )
    progress.end()


class _Shown:
    """Turns bytes copied and bytes safe on disk into one count that never counts a byte twice."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._ahead = 0

    def copied(self, size: int) -> None:
        """Show bytes of a large file under way."""
        self._ahead += size
        self._progress.advance(size)

    def safe(self, _exhibits: int, size: int) -> None:
        """Show what has become safe and was not shown yet."""
        shown = min(size, self._ahead)
        self._ahead -= shown
        self._progress.advance(size - shown)
