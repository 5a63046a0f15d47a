"""Errors, sorted by who can act on them.

Each has a stable code (a page in docs/errors.md), says what and where, and how to go on. None knows HTTP or exit codes.
"""

from typing import ClassVar


class ComityError(Exception):
    """What went wrong, and the remedy: the next step a person can take.

    Args:
        what: one sentence, with the place.
        remedy: one sentence a person can act on; the class default is used when empty.
    """

    code: ClassVar[str] = "comity"
    default_remedy: ClassVar[str] = ""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy or self.default_remedy


class MaterialError(ComityError):
    """The material cannot be read as what it claims to be; becomes a recorded Defect."""

    code = "material"
    default_remedy = "The exhibit is kept as it is; ask its source for an undamaged copy."


class IntegrityError(ComityError):
    """Preserved bytes or ledger entries are not what was recorded; stops the case."""

    code = "integrity"
    default_remedy = "Work on nothing further in this case; run `comity verify` and keep its output."


class AuthorizationError(ComityError):
    """An act lacks a live authorization earlier in the ledger."""

    code = "authorization"
    default_remedy = "Name the consent, warrant, statute or emergency the act rests on (see `comity investigate --help`)."


class StateError(ComityError):
    """The act does not fit the state things are in (a locked case, a request that is not ready)."""

    code = "state"


class ReferenceDataError(ComityError):
    """A dated reference snapshot or law datum is missing or malformed; findings say unknown."""

    code = "reference"
    default_remedy = "See `comity reference list`; import a newer snapshot with `comity reference import`."


class PeerError(ComityError):
    """Another node or service did not answer as agreed; the courier retries."""

    code = "peer"


class SettingsError(ComityError):
    """An option, a configuration file or the environment is not usable."""

    code = "settings"
