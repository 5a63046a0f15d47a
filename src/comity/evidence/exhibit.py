"""Exhibits: the things that were acquired, and what is known of each."""

from dataclasses import dataclass
from datetime import datetime

from comity.terms.digest import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an exhibit's bytes lie in the case folder: `length` bytes at `offset` of the object file `path`.

    `path` is relative to the case folder, with "/".
    """

    path: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`length` bytes at `offset` of a file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One acquired file, as its line in the acquisition manifest says.

    `name` is the path relative to the acquired folder, for display; `name_bytes` the same bytes as found, which need
    not be UTF-8. `kind` is file, symlink, device, fifo, socket or directory; only files have `sha256` and `location`.
    `allocated` is the bytes on disk of a sparse file, None when it is not sparse. `defect` says what went wrong when it was
    acquired (unreadable, changed while it was read), None when nothing did. `filled` are the places that could not be read
    and are zeros in what is preserved, in order.
    """

    number: str
    name: str
    name_bytes: bytes
    kind: str
    size: int
    modified: datetime | None
    accessed: datetime | None
    changed: datetime | None
    sha256: Digest | None
    md5: str | None
    sha1: str | None
    location: Location | None
    link_target: bytes | None = None
    allocated: int | None = None
    mode: int = 0
    defect: str | None = None
    filled: tuple[Place, ...] = ()

    @property
    def root_number(self) -> str:
        """The number of the acquired exhibit this one comes from: itself, for an acquired one."""
        return self.number.partition(".")[0]
