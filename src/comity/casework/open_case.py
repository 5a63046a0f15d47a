"""Opening a case: a new folder, or the one that is there; and the authorization acts in it rest on."""

import getpass
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comity.casework.clock import now
from comity.casework.folder import CASE_FILE, INSTRUMENT, Case, Folder
from comity.evidence.authorization import GRANTED, Authorization, decode, encode, live
from comity.ledger import Entry
from comity.terms.canonical import Json
from comity.terms.digest import Digest
from comity.terms.errors import SettingsError, StateError
from comity.terms.jurisdiction import parse_state

OPENED = "case:opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What a case is opened with; each None when the person left it out."""

    title: str | None
    state: str | None
    authority: str | None


def is_case(path: Path) -> bool:
    """Return whether `path` holds a case already."""
    return (path / "case.json").exists()


def new_case(particulars: Particulars, *, default_title: str) -> Case:
    """Return the description of a new case; SettingsError naming all that is missing."""
    wanted = {"--state (ISO 3166, such as BR)": particulars.state, '--authority "Name of the unit"': particulars.authority}
    missing = [option for option, value in wanted.items() if value is None or not value.strip()]
    if missing or particulars.state is None or particulars.authority is None:
        msg = f"a new case needs {' and '.join(missing)}"
        raise SettingsError(msg, remedy='For example: --state BR --authority "Cybercrime Unit of Recife"')
    return Case(
        identity=str(uuid.uuid4()),
        title=particulars.title or default_title,
        opened_at=now(),
        state=parse_state(particulars.state),
        authority=particulars.authority.strip(),
        instrument=INSTRUMENT,
    )


def require_same(case: Case, particulars: Particulars) -> None:
    """Raise StateError when a person gives other particulars than the case was opened with."""
    for option, given, opened in (
        ("--state", particulars.state and particulars.state.upper(), case.state),
        ("--authority", particulars.authority and particulars.authority.strip(), case.authority),
        ("--title", particulars.title, case.title),
    ):
        if given and given != opened:
            msg = f"this case was opened with {option} {opened!r}, not {given!r}"
            raise StateError(msg, remedy=f"Leave {option} out to go on with this case, or name a new folder with --case.")


def performer(case: Case) -> str:
    """Return who acts: the account of this machine and the authority."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user {os.getuid()}"
    return f"{user}, {case.authority}"


class Actor:
    """Writes ledger entries in the name of whoever runs the program, at the present instant."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._performer = performer(folder.case)

    def __call__(
        self,
        event: str,
        *,
        authorization: int | None,
        object: Mapping[str, Json],  # noqa: A002  UCO's word, action:object
        result: Mapping[str, Json],
        at: datetime | None = None,
    ) -> Entry:
        """Return the entry written; `at` is now unless the act has an instant already."""
        return self._folder.append(
            event, performer=self._performer, authorization=authorization, object=object, result=result, at=at or now()
        )


def enter_opening(folder: Folder, act: Actor) -> None:
    """Write the entry that opens the case, unless it is there."""
    if not folder.entries():
        case = folder.case
        act(
            OPENED,
            authorization=None,
            object={"case": case.identity, "title": case.title, "state": case.state, "authority": case.authority},
            result={"kept": {CASE_FILE: Digest.of((folder.path / CASE_FILE).read_bytes()).hex}},
            at=case.opened_at,
        )


def grant(folder: Folder, act: Actor, authorization: Authorization) -> int:
    """Return the entry of `authorization`: the one that says the same and is live, or a new one."""
    for entry in folder.entries():
        if entry.event == GRANTED:
            held = decode(entry.object)
            same = (held.basis, held.reference, held.issuer, held.scope, held.period.end)
            if same == (authorization.basis, authorization.reference, authorization.issuer, authorization.scope, authorization.period.end):
                return live(folder.entries(), at=now())
    return act(GRANTED, authorization=None, object=encode(authorization), result={}).number
