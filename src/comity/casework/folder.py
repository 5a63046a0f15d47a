"""The case folder: where a case's truth is kept, and the one way to add to it."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from comity import __version__
from comity.casework.heads import Head, recall, remember
from comity.evidence import custody, manifest
from comity.evidence.acquisition import Acquisition, acquisitions
from comity.evidence.exhibit import Exhibit
from comity.evidence.redaction import Withholding
from comity.evidence.store import FolderStore
from comity.ledger import Entry, current_files, decode, encode, find_break
from comity.ledger.entry import LARGEST_ENTRY, Fields
from comity.terms.canonical import canonical
from comity.terms.digest import ZERO, Digest
from comity.terms.errors import ComityError, IntegrityError, SettingsError, StateError
from comity.terms.instant import format_instant, parse_instant

FORMAT = 2
"""The case folder format this version writes and reads; see docs/case-folder.md."""

CASE_FILE = "case.json"
"""Name of the file that says what the case is; the first ledger entry names its digest."""

ERASURE = "erasure:ordered"
"""The act after which exhibits count as erased: from then on nothing reads them."""

INSTRUMENT = f"comity {__version__}"
"""What ledger entries name as the instrument of an act."""

_LARGEST_CASE_FILE = 2**16
_LARGEST_HOLDER = 4096
_SKELETON = ("ledger", "objects", "acquisitions", "derived", "requests", "drafts")
_README = """This folder is the record of one investigation, kept by Comity.

case.json      what the case is
ledger/        every act, numbered; each file names the SHA-256 of the one before it (check with sha256sum)
acquisitions/  one line per exhibit: name, times, digests, and where its bytes lie
objects/       the bytes: packs/*.tar hold small files (member name = SHA-256), sha256/ the large ones (file name = SHA-256)
derived/       tables and findings, which can be made again from the above
requests/      drafted requests
drafts/        files being written; empty when nothing is

Change nothing in it. `comity verify FOLDER`, or verify.py from any bundle of this case, says whether anything was changed.
To read one exhibit without Comity: take `object`, `offset` and `length` from its line in acquisitions/ and run
    tail -c +$((offset + 1)) OBJECT | head -c LENGTH
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a case is: written once when it is opened. `state` is ISO 3166-1 alpha-2, `instrument` program and version."""

    identity: str
    title: str
    opened_at: datetime
    state: str
    authority: str
    instrument: str


class Folder:
    """An open case folder. Reading needs no lock; writing is done inside `locked`."""

    remembers = True
    """Whether the ledger is compared with what this node wrote; a bundle's may end before that."""

    def __init__(self, path: Path, case: Case) -> None:
        self.path = path
        self.case = case
        self.store = FolderStore(path)
        self._newest: Head | None = None

    @classmethod
    def create(cls, path: Path, *, case: Case) -> "Folder":
        """Make the folder `path` for `case`, open to its owner alone. One that a killed run left without case.json is made whole.

        StateError when `path` holds anything else, SettingsError when its name cannot be used.
        """
        place = os.fsencode(path.resolve())
        if b"\n" in place or place.decode("utf-8", errors="replace").encode() != place:
            # readers are told paths as lines of text
            raise SettingsError(f"a case cannot be kept in {str(path)!r}", remedy="Give its folder a name in UTF-8, without line breaks.")
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        foreign = sorted(p.name for p in path.iterdir() if p.name not in (*_SKELETON, "README.txt", "lock"))
        if foreign or any((path / "ledger").glob("*")):
            raise StateError(f"{path} is not empty: {', '.join(foreign[:5]) or 'ledger'}", remedy="Name a new folder for the case.")
        store = FolderStore(path)
        store.clear_drafts()
        for name in _SKELETON:
            (path / name).mkdir(exist_ok=True)
        store.put_if_absent("README.txt", _README.encode())
        if not store.put_if_absent(CASE_FILE, _encode_case(case)):
            raise StateError(f"{path} became a case meanwhile", remedy="Open it instead.")
        return cls(path.resolve(), case)

    @classmethod
    def open(cls, path: Path) -> "Folder":
        """Return the case in `path`, its ledger checked against what this node remembers.

        StateError when it is not a case or of a newer format; IntegrityError when it is damaged.
        """
        if not (path / CASE_FILE).is_file():
            raise StateError(f"{path} is not a case folder", remedy="Name a folder that `comity investigate --case` made.")
        folder = cls(path.resolve(), read_case(path))
        folder.entries()
        return folder

    def append(
        self,
        event: str,
        *,
        performer: str,
        authorization: int | None,
        object: Fields,  # noqa: A002  UCO's word, action:object
        result: Fields,
        at: datetime,
    ) -> Entry:
        """Write the next ledger entry, durably, and return it.

        The entry before it is read again and must be the one this node wrote last. When another process takes the
        number first, the next one is tried. IntegrityError when the ledger is not what it was.
        """
        while True:
            head = self._head()
            entry = Entry(
                number=head.count + 1,
                previous=head.digest,
                at=at,
                event=event,
                performer=performer,
                instrument=INSTRUMENT,
                authorization=authorization,
                object=object,
                result=result,
                salt=os.urandom(16).hex(),
            )
            data = encode(entry)
            if len(data) > LARGEST_ENTRY:
                raise StateError(f"an entry of {len(data)} bytes is too large", remedy="Record digests of files, not their content.")
            if self.store.put_if_absent(entry_name(entry.number), data):
                self._newest = Head(count=entry.number, digest=Digest.of(data))
                remember(self.case.identity, self._newest)
                return entry
            self._newest = None

    def entries(self) -> tuple[Entry, ...]:
        """Return the ledger, oldest first; IntegrityError naming the first entry that is missing, damaged or out of place."""
        remembered = recall(self.case.identity) if self.remembers else None  # before looking: another process may write meanwhile
        names = list(self.store.names("ledger"))
        chain, digest = [], ZERO
        for number, name in enumerate(names, 1):
            if name != entry_name(number):
                raise IntegrityError(f"{name} stands in the ledger of {self.path} where {entry_name(number)} should")
            data = self.store.read(name, most=LARGEST_ENTRY)
            chain.append(decode(data, where=f"{self.path / name}"))
            digest = Digest.of(data)
        self._require_unbroken(chain, digest, remembered)
        self._newest = Head(count=len(chain), digest=digest)
        return tuple(chain)

    def manifests(self) -> tuple[Acquisition, ...]:
        """Return the finished acquisitions, oldest first."""
        return self.acquired(self.entries())

    def acquired(self, entries: Sequence[Entry]) -> tuple[Acquisition, ...]:
        """Return the acquisitions that `entries` of this case record, oldest first."""
        return acquisitions(entries)

    @property
    def erased(self) -> Mapping[str, str]:
        """The exhibits that were erased by number, or are to be, with when and why in words."""
        return erasures(self.entries())

    @property
    def withheld(self) -> tuple[Withholding, ...]:
        """What is not shown here: nothing, in a whole case."""
        return ()

    def files(self) -> Mapping[str, str]:
        """Return the SHA-256 of every file made from the exhibits, by path."""
        return current_files(self.entries())

    def exhibits(self) -> Iterator[Exhibit]:
        """Yield all acquired exhibits by number, read line by line.

        One that was erased has its digest and no location. IntegrityError when a manifest is not the one the ledger names; it is
        checked before its first line is used.
        """
        erased = self.erased
        for acquired in self.manifests():
            self._require_manifest(acquired)
            with self.store.open(acquired.manifest) as stream:
                for number, line in enumerate(manifest.lines(stream, where=acquired.manifest), 1):
                    yield without_erased(manifest.decode_line(line, where=f"{acquired.manifest}, line {number}"), erased)

    def exhibit(self, number: str) -> Exhibit:
        """Return the acquired exhibit `number` ("12"; of a child such as "12.3", the one it came from); StateError without one."""
        root = number.partition(".")[0]
        wanted = int(root) if root.isdecimal() else 0
        for acquired in self.manifests():
            if acquired.first <= wanted < acquired.first + acquired.count:
                with self.store.open(acquired.manifest) as stream:
                    for place, line in enumerate(manifest.lines(stream, where=acquired.manifest), acquired.first):
                        if place == wanted:
                            return without_erased(manifest.decode_line(line, where=f"{acquired.manifest}, exhibit {wanted}"), self.erased)
        raise StateError(f"there is no exhibit {number[:40]} in this case", remedy="`comity report` lists the exhibits.")

    def open_exhibit(self, exhibit: Exhibit) -> BinaryIO:
        """Return the preserved bytes of `exhibit` (see `custody.open_exhibit`)."""
        return custody.open_exhibit(self.store, exhibit)

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Hold the case for writing; StateError naming who holds it when it is taken. Released when the process ends, however."""
        path = self.path / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.read(descriptor, _LARGEST_HOLDER).decode("utf-8", errors="backslashreplace") or "another process"
                raise StateError(
                    f"the case {self.path} is held by {holder}", remedy="Wait until it has finished, or stop that process."
                ) from error
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{purpose} (process {os.getpid()} on {os.uname().nodename})".encode(), 0)
            yield
            os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)

    def _head(self) -> Head:
        """Return the newest entry's number and digest, read from its file again."""
        if self._newest is None:
            self.entries()
        head = self._newest
        if head is None or head.count == 0:
            return Head(count=0, digest=ZERO)
        data = self.store.read(entry_name(head.count), most=LARGEST_ENTRY)
        if Digest.of(data) != head.digest:
            raise IntegrityError(f"{self.path / entry_name(head.count)} was changed since it was written")
        return head

    def _require_unbroken(self, chain: list[Entry], digest: Digest, remembered: Head | None) -> None:
        broken = find_break(chain, head=digest)
        if broken is not None:
            raise IntegrityError(f"the ledger of {self.path} is broken: {broken.words}")
        if remembered is None or remembered.count == 0:
            return
        if len(chain) < remembered.count:
            raise IntegrityError(
                f"the ledger of {self.path} has {len(chain)} entries; this node has written {remembered.count}",
                remedy="The newest entries were removed, or this is an older copy of the case. Go on only with the complete one.",
            )
        known = chain[remembered.count].previous if len(chain) > remembered.count else digest
        if known != remembered.digest:
            raise IntegrityError(f"entry {remembered.count} of the ledger of {self.path} is not the one this node wrote")

    def _require_manifest(self, acquired: Acquisition) -> None:
        with self.store.open(acquired.manifest) as stream:
            digest = custody.digest_of(stream)
        if digest != acquired.manifest_sha256:
            raise IntegrityError(f"{self.path / acquired.manifest} is not the manifest that the ledger names")


def erasures(entries: Iterable[Entry]) -> Mapping[str, str]:
    """Return, by number, the exhibits that acts `erasure:ordered` name, with when and why."""
    found: dict[str, str] = {}
    for entry in entries:
        numbers = entry.object.get("exhibits")
        if entry.event == ERASURE and isinstance(numbers, Sequence):
            words = f"erased on {format_instant(entry.at)} (ledger entry {entry.number}): {entry.object.get('ground')}"
            found.update({str(number): words for number in numbers})
    return found


def without_erased(exhibit: Exhibit, erased: Mapping[str, str]) -> Exhibit:
    """Return `exhibit`, without its location when it was erased: `defect` says so."""
    words = erased.get(exhibit.number)
    return exhibit if words is None else replace(exhibit, location=None, defect=words)


def entry_name(number: int) -> str:
    """Return the name of a ledger entry's file in the case folder."""
    return f"ledger/{number:012d}.json"


def read_case(path: Path) -> Case:
    """Return what case.json in the folder `path` says; StateError for a newer format, IntegrityError when it is damaged."""
    return _decode_case(FolderStore(path).read(CASE_FILE, most=_LARGEST_CASE_FILE), where=path / CASE_FILE)


def _encode_case(case: Case) -> bytes:
    return canonical(
        {
            "format": FORMAT,
            "identity": case.identity,
            "title": case.title,
            "opened_at": format_instant(case.opened_at),
            "state": case.state,
            "authority": case.authority,
            "instrument": case.instrument,
        }
    )


def _decode_case(data: bytes, *, where: Path) -> Case:
    try:
        fields = json.loads(data)
        written = fields["format"]
        texts = {name: str(fields[name]) for name in ("identity", "title", "state", "authority", "instrument")}
        case = Case(**texts, opened_at=parse_instant(fields["opened_at"]))
    except (ValueError, TypeError, KeyError, RecursionError, ComityError) as error:
        raise IntegrityError(f"{where} does not describe a case: {error}") from error
    if isinstance(written, int) and written != FORMAT:
        age = "a newer" if written > FORMAT else "the older"
        raise StateError(f"{where} is of format {written}; this version reads {FORMAT}", remedy=f"Use {age} version of Comity.")
    if _encode_case(case) != data:
        raise IntegrityError(f"{where} is not as Comity writes it; it was changed")
    return case
