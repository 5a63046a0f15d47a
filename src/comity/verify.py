"""Checks a Comity case folder or court bundle, with Python 3.11 or later and nothing else (python3 verify.py bundle.zip).

The checks are those of SUBJECTS below, in that order; the output says of each what was seen and what it shows.
Exit status: 0 everything that can be checked holds; 1 something is broken, and named; 2 it cannot be checked.

This file is one of the bundle's own: whoever can change the bundle can change it too. Take it from a source you trust
(the program's releases, or a bundle you received otherwise) and compare its SHA-256.
"""

import argparse
import hashlib
import json
import os
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

HOLDS, BROKEN, NOT_CHECKABLE = "holds", "broken", "not checkable"
STATUS = {HOLDS: 0, BROKEN: 1, NOT_CHECKABLE: 2}
VERDICTS = {
    HOLDS: "VERIFIED: everything that was checked holds.",
    BROKEN: "BROKEN: what is named above is not what was recorded.",
    NOT_CHECKABLE: "NOT CHECKABLE: no statement can be made about what is named above.",
}
WEIGHT = (HOLDS, NOT_CHECKABLE, BROKEN).index

FORMAT, SEAL_FORMAT = 2, "comity-seal-1"
CHUNK, LARGEST_TEXT, LONGEST_LINE, LARGEST_DIRECTORY = 2**20, 4 * 2**20, 2**20, 64 * 2**20  # bytes
TAR_BLOCK = 512
HIGHEST_RATIO, NAMED, LONGEST_SHOWN, KEY_SIZE = 200, 20, 300, 32
CASE_FIELDS = {  # in the entry that opens the case, and in case.json
    "case": "identity", "title": "title", "state": "state", "authority": "authority", "at": "opened_at", "instrument": "instrument",
}  # fmt: skip
HEX = re.compile(r"[0-9a-f]{64}")
MANIFEST_NAME = re.compile(r"acquisitions/[0-9]{4,9}\.manifest\.jsonl")
T = TypeVar("T")
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, struct.error)
LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
END, END_64, LOCATOR = struct.Struct("<4s8xI6x"), struct.Struct("<4s36xQ8x"), struct.Struct("<4s4xQ4x")


class UncheckableError(Exception):
    """What is given cannot be checked at all; the text says why."""


class WrongError(Exception):
    """One thing is not as it should be; the text says what."""


@dataclass(slots=True)
class Check:
    """One numbered check: what it is about, what it shows, how it came out, what was seen (and how much more)."""

    number: int
    subject: str
    shows: str
    result: str = HOLDS
    seen: list[str] = field(default_factory=list)
    left_out: int = 0

    def say(self, words: str, result: str = HOLDS) -> None:
        """Say what was seen, and how it weighs: the check comes out as the heaviest."""
        self.result = max(self.result, result, key=WEIGHT)
        if len(self.seen) < NAMED:
            self.seen.append(words)
        else:
            self.left_out += 1


class Material:
    """Files by name, with their sizes. Reading raises WrongError when they are missing or their archive is damaged."""

    names: dict[str, int]

    def open(self, name: str) -> IO[bytes]:
        """Return the bytes of `name`."""
        raise NotImplementedError

    def place(self, name: str) -> tuple[IO[bytes], int]:
        """Return a seekable stream and where in it the bytes of `name` begin; UncheckableError when they are compressed."""
        return self.open(name), 0

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """Open the file `name`."""
        if name not in self.names:
            raise WrongError(f"{shown(name)} is missing")
        try:
            with self.open(name) as stream:
                yield stream
        except DAMAGE as error:
            raise WrongError(f"{shown(name)} is damaged: {error}") from error

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a file in hex."""
        digest = hashlib.sha256()
        with self.reading(name) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def sha256_at(self, name: str, offset: int, length: int) -> str:
        """Return the SHA-256 of `length` bytes at `offset` of a file."""
        if offset + length > self.names.get(name, -1):
            raise WrongError(f"{shown(name)} is missing or too short")
        digest = hashlib.sha256()
        stream, start = self.place(name)
        with stream:
            stream.seek(start + offset)
            while length and (chunk := stream.read(min(CHUNK, length))):
                digest.update(chunk)
                length -= len(chunk)
        return digest.hexdigest()

    def text(self, name: str) -> bytes:
        """Return a small file whole; WrongError, too, when it is larger than it can be."""
        if self.names.get(name, 0) > LARGEST_TEXT:
            raise WrongError(f"{shown(name)} is larger than it can be: {self.names[name]} bytes")
        with self.reading(name) as stream:
            return stream.read(LARGEST_TEXT)

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file without newline; WrongError, too, for one that is too long or cut short."""
        with self.reading(name) as stream:
            while line := stream.readline(LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise WrongError(f"{shown(name)} has a line that is cut short or too long")
                yield line[:-1]


class FolderMaterial(Material):
    """The files below a folder; links and other special files are refused, not followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names, errors = {}, list[OSError]()
        for folder, folders, files in os.walk(root, onerror=errors.append):
            for name in (*folders, *files):
                path = Path(folder) / name
                status = path.lstat()
                if not stat.S_ISDIR(status.st_mode):
                    self.names[path.relative_to(root).as_posix()] = status.st_size
                    if not stat.S_ISREG(status.st_mode):
                        raise WrongError(f"{shown(path.relative_to(root).as_posix())} is not a file but a link or a device")
        if errors:
            raise errors[0]

    def open(self, name: str) -> IO[bytes]:
        """See Material."""
        return (self.root / name).open("rb")


class ArchiveMaterial(Material):
    """The members of a ZIP archive below its one top folder; an archive made to mislead is refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._check_directory()
        try:
            self._archive = zipfile.ZipFile(path)
        except DAMAGE as error:
            raise UncheckableError(f"this is not a readable ZIP archive: {error}") from error
        self._members: dict[str, zipfile.ZipInfo] = {}
        end = 0
        for info in sorted(self._archive.infolist(), key=lambda info: info.header_offset):
            if info.header_offset < end:
                raise WrongError(f"{shown(info.filename)} shares its bytes with another member of the archive")
            end = info.header_offset + LOCAL_HEADER.size + info.compress_size
            self._take(info)
        self.names = {name: info.file_size for name, info in self._members.items()}

    def open(self, name: str) -> IO[bytes]:
        """See Material."""
        return self._archive.open(self._members[name])

    def place(self, name: str) -> tuple[IO[bytes], int]:
        """See Material."""
        info = self._members[name]
        if info.compress_type != zipfile.ZIP_STORED:
            raise UncheckableError(f"{shown(name)} was compressed by another program; unpack the archive and check the folder")
        stream = self.path.open("rb")
        stream.seek(info.header_offset)
        header = stream.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise WrongError(f"{shown(name)}: its place in the archive is damaged")
        return stream, info.header_offset + LOCAL_HEADER.size + sum(LOCAL_HEADER.unpack(header)[-2:])

    def _take(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        parts = name.rstrip("/").split("/")
        stored = info.compress_type == zipfile.ZIP_STORED
        wrongs = {
            "has a misleading name": not name.isprintable() or "\\" in name or any(p in {"", ".", ".."} or ":" in p for p in parts),
            "is not a file but a link or a device": stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR},
            "is encrypted or patched": bool(info.flag_bits & 0x61),
            "is of two sizes": stored and info.file_size != info.compress_size,
            "would unpack to far more than it is: refused": info.file_size > HIGHEST_RATIO * info.compress_size + CHUNK,
            "is in the archive twice": "/".join(parts[1:]) in self._members and not info.is_dir(),
        }
        for words, wrong in wrongs.items():
            if wrong:
                raise WrongError(f"{shown(name)} {words}")
        top = next(iter(self._members.values()), info).filename.split("/")[0]
        if (len(parts) == 1 and not info.is_dir()) or parts[0] != top:
            raise UncheckableError("this is not a bundle: its files are not in one folder")
        if not (stored or info.compress_type == zipfile.ZIP_DEFLATED):
            raise UncheckableError(f"{shown(name)} is compressed in a way this program does not read")
        if not info.is_dir():
            self._members["/".join(parts[1:])] = info

    def _check_directory(self) -> None:
        """Refuse a list of members too large for memory before it is read. Source: APPNOTE.TXT 6.3.10, 4.3.14 to 4.3.16."""
        with self.path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 2**16 - END.size - LOCATOR.size))
            tail = stream.read()
            end = tail.rfind(b"PK\x05\x06")
            if end < 0 or len(tail) - end < END.size:
                raise UncheckableError("this is not a ZIP archive: its end is missing")
            directory = END.unpack_from(tail, end)[1]
            if tail[max(0, end - LOCATOR.size) :].startswith(b"PK\x06\x07"):
                stream.seek(min(LOCATOR.unpack_from(tail, end - LOCATOR.size)[1], size))
                directory = max(directory % (2**32 - 1), *END_64.unpack(stream.read(END_64.size).ljust(END_64.size, b"\0"))[1:])
        if directory > LARGEST_DIRECTORY:
            raise UncheckableError(f"the archive's list of members is too long: {directory} bytes")


def shown(text: str) -> str:
    """Return `text` fit for a terminal: what is not printable is escaped, what is long is cut."""
    text = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def object_of(data: bytes, where: str) -> dict[str, object]:
    """Return the JSON object in `data`; WrongError, naming `where`, for anything else, for a key twice."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise WrongError(f"{shown(where)} is not readable JSON: {shown(str(error))}") from error
    if not isinstance(value, dict):
        raise WrongError(f"{shown(where)} is not a JSON object")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def get(fields: Mapping[str, object], name: str, kind: type[T], where: str) -> T:
    """Return `fields[name]`, of type `kind`; WrongError, naming `where`, when it is of another, or a negative number."""
    value = fields.get(name)
    if type(value) is not kind or (isinstance(value, int) and value < 0):
        raise WrongError(f"{shown(where)} has no proper {name!r}")
    return value


def tally(lines: Iterable[bytes]) -> tuple[int, str, str]:
    """Return number, SHA-256 and Merkle root of the lines of a list. Source: RFC 9162, 2.1.1."""
    whole, peaks, leaves = hashlib.sha256(), list[bytes](), 0
    for line in lines:
        whole.update(line + b"\n")
        node, complete = hashlib.sha256(b"\0" + line).digest(), leaves
        while complete & 1:
            node, complete = hashlib.sha256(b"\1" + peaks.pop() + node).digest(), complete >> 1
        peaks.append(node)
        leaves += 1
    root = peaks.pop() if peaks else hashlib.sha256(b"").digest()
    while peaks:
        root = hashlib.sha256(b"\1" + peaks.pop() + root).digest()
    return leaves, whole.hexdigest(), root.hex()


def instant(value: object) -> datetime | None:
    """Return the instant in an entry; None when there is none."""
    with suppress(ValueError):
        at = datetime.fromisoformat(str(value))
        return at if at.tzinfo else None
    return None


# Ed25519 (RFC 8032, 5.1)

_P, _L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]  # extended homogeneous coordinates, 5.1.4
_ZERO: _Point = (0, 1, 1, 0)


def _add(a: _Point, b: _Point) -> _Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % _P
    f = (a[1] + a[0]) * (b[1] + b[0]) % _P
    g, h = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    return ((f - e) * (h - g) % _P, (h + g) * (f + e) % _P, (h - g) * (h + g) % _P, (f - e) * (f + e) % _P)


def _times(factor: int, point: _Point) -> _Point:
    result = _ZERO
    while factor:
        if factor & 1:
            result = _add(result, point)
        point, factor = _add(point, point), factor >> 1
    return result


def _decoded(data: bytes) -> _Point | None:
    """Return the point of 32 bytes (5.1.3); None when they are no point, or not its one encoding."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(data) != KEY_SIZE or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    x = x if x * x % _P == square else x * _ROOT % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else _P - x
    return (x, y, 1, x * y % _P)


_BASE = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")) or _ZERO


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` is that of `public` over `message` (5.1.7); a key of small order signs nothing."""
    key, point = _decoded(public), _decoded(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or point is None or len(signature) != 2 * KEY_SIZE or scalar >= _L or _times(8, key)[0] == 0:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    left, right = _times(scalar, _BASE), _add(point, _times(hashed, key))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (left[1] * right[2] - right[1] * left[2]) % _P == 0


SUBJECTS = (
    ("case", "this is a case, or a bundle of one"),
    ("package", "the files are those that were packed; not who packed them: the lists themselves can be rewritten, the seal cannot"),
    ("ledger", "no act among those that are here was changed, dropped, swapped or inserted"),
    ("seal", "the ledger ends where the holder of the key ended it; not that the holder recorded the truth"),
    ("authority", "material was acquired under authorizations entered before; not that these are lawful"),
    ("manifests", "the lists of exhibits are those fixed when the material was acquired"),
    ("exhibits", "the bytes are those that were acquired; not what happened to the material before that"),
    ("results", "what was derived and written is unchanged; not that it is right (`comity reproduce` makes it again)"),
    ("extra", "nothing was slipped in"),
)
TAG_FILES = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "seal.json", "README.txt", "verify.py"}
IN_BUNDLES_ONLY, NEEDED_BY_THE_REST = {1, 3}, {0, 2}


class Verification:
    """One run over what lies at `path`; `checks` are its outcome, `verdict` the worst of them.

    `head` (the SHA-256 of the newest entry) and `key` (the sealing key's fingerprint) are given when known from elsewhere.
    """

    def __init__(self, path: Path, *, head: str | None = None, key: str | None = None) -> None:
        self.path, self.head, self.key = path, head, key
        self.checks: list[Check] = []
        self.prefix = ""  # where in the material the case lies: "data/" in a bundle
        self.case: dict[str, object] = {}
        self.entries, self.newest = 0, "0" * 64
        self.opened: dict[str, object] = {}
        self.originals = True
        self.granted, self.revoked = dict[int, dict[str, object]](), dict[int, int]()
        self.acts, self.files = list[dict[str, object]](), dict[str, str]()
        self.manifests = list[str]()
        self.ends, self.gaps = dict[str, int](), set[str]()  # how far exhibits reach in each object; packs with more in them
        for number, (subject, shows) in enumerate(SUBJECTS):
            if number in IN_BUNDLES_ONLY and not self.prefix:
                continue
            check = Check(number, subject, shows)
            self.checks.append(check)
            try:
                getattr(self, f"_{subject}")(check)  # each check is the method of its subject's name
            except (WrongError, UncheckableError, OSError) as error:
                check.say(str(error), BROKEN if isinstance(error, WrongError) else NOT_CHECKABLE)
                if number in NEEDED_BY_THE_REST:
                    break
        self.verdict = max((check.result for check in self.checks), key=WEIGHT)

    def _case(self, check: Check) -> None:
        if not (self.path.is_dir() or self.path.is_file()):
            raise UncheckableError("there is no such file or folder")
        if self.path.is_dir() and not any((self.path / name).exists() for name in ("bagit.txt", "case.json")):
            raise UncheckableError("this is neither a Comity case folder nor a bundle")
        self.material = FolderMaterial(self.path) if self.path.is_dir() else ArchiveMaterial(self.path)
        if not self.material.names.keys() & {"bagit.txt", "case.json"}:
            raise UncheckableError("this is neither a Comity case folder nor a bundle")
        self.prefix = "data/" if "bagit.txt" in self.material.names else ""
        self.case = object_of(self.material.text(f"{self.prefix}case.json"), "case.json")
        if self.case.get("format") != FORMAT:
            raise UncheckableError(f"the case is of format {shown(str(self.case.get('format')))}; this program knows {FORMAT}")
        if self.case.keys() != {"format", *CASE_FIELDS.values()}:
            raise WrongError("case.json does not have the fields that a case has")
        for name in CASE_FIELDS.values():
            check.say(f"{name.replace('_', ' ')}: {shown(str(self.case[name]))}")
        if not self.prefix:
            check.say("a case folder carries no seal: that no newest entry was removed shows only in a bundle, or with --head")

    def _package(self, check: Check) -> None:
        """Source: RFC 8493, 2.1.3 and 2.2.1."""
        digests: dict[str, str] = {}
        if not re.fullmatch(rb"BagIt-Version: 1\.0\nTag-File-Character-Encoding: UTF-8\n?", self.material.text("bagit.txt")):
            raise WrongError("bagit.txt does not declare BagIt 1.0")
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            for line in self.material.lines(manifest):
                digest, _, name = line.decode("utf-8", errors="replace").partition("  ")
                name = name.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
                if not HEX.fullmatch(digest) or name in digests:
                    raise WrongError(f"{manifest} has a line that is no digest and name, or a name twice: {shown(name)}")
                digests[name] = digest
        for name, digest in digests.items():
            try:
                if (found := self.material.sha256(name)) != digest:
                    check.say(f"{shown(name)} was changed: listed {digest}, found {found}", BROKEN)
            except WrongError as error:
                check.say(str(error), BROKEN)
        for name in sorted(self.material.names.keys() - digests.keys() - {"tagmanifest-sha256.txt"}):
            check.say(f"{shown(name)} was added: no list names it", BROKEN)
        check.say(f"the lists name {len(digests)} files")

    def _ledger(self, check: Check) -> None:
        names = sorted(name for name in self.material.names if name.startswith(f"{self.prefix}ledger/"))
        for number, name in enumerate(names, 1):
            if name != f"{self.prefix}ledger/{number:012d}.json":
                raise WrongError(f"entry {number} is missing; {shown(name)} stands in its place, and what follows cannot be relied on")
            data = self.material.text(name)
            entry = object_of(data, name)
            if get(entry, "number", int, name) != number:
                raise WrongError(f"the file of entry {number} holds entry {entry['number']}: entries were swapped or inserted")
            if get(entry, "previous", str, name) != self.newest:
                which = f"entry {number - 1} was changed, or entry {number} was" if number > 1 else "entry 1 was changed"
                raise WrongError(f"entry {number} names {shown(str(entry['previous']))}, but before it is {self.newest}: {which}")
            self.newest, self.entries = hashlib.sha256(data).hexdigest(), number
            self._remember(entry, name)
        if not names:
            raise WrongError("there is no entry in the ledger")
        if self.head is not None and self.head.lower() != self.newest:
            check.say(f"the newest entry is {self.newest}, not {shown(self.head)}: entries were removed, added or changed", BROKEN)
        check.say(f"{self.entries} entries, each naming the one before; the newest is {self.newest}")

    def _remember(self, entry: dict[str, object], where: str) -> None:
        """Keep of `entry` what the later checks need."""
        number, event = get(entry, "number", int, where), get(entry, "event", str, where)
        about, result = get(entry, "object", dict, where), get(entry, "result", dict, where)
        if event == "case:opened" and number == 1:
            self.opened = {**about, "at": entry.get("at"), "instrument": entry.get("instrument")}
        elif event == "authorization:granted":
            self.granted[number] = about
        elif event == "authorization:revoked":
            self.revoked[get(about, "entry", int, where)] = number
        elif event in {"acquisition:begun", "acquisition:resumed", "exhibits:acquired"}:
            self.acts.append(entry)
        elif event == "bundle:sealed":
            self.originals = not self.prefix or about.get("originals") is not False
        elif event == "records:derived":  # a new reading replaces all tables of the one before
            self.files = {name: digest for name, digest in self.files.items() if not name.startswith("derived/records/")}
        if isinstance(files := result.get("files"), dict):
            self.files.update({name: str(digest) for name, digest in files.items()})

    def _seal(self, check: Check) -> None:
        if "seal.json" not in self.material.names:
            raise UncheckableError("seal.json is missing: nobody vouches for this bundle")
        seal = object_of(self.material.text("seal.json"), "seal.json")
        signed = get(seal, "signed", str, "seal.json").encode()
        statement = object_of(signed, "the signed text in seal.json")
        if get(seal, "algorithm", str, "seal.json") != "Ed25519" or statement.get("format") != SEAL_FORMAT:
            raise UncheckableError("the seal is of a kind this program does not know")
        try:
            public, signature = (bytes.fromhex(get(seal, name, str, "seal.json")) for name in ("public_key", "signature"))
        except ValueError as error:
            raise WrongError("seal.json: key or signature is not hexadecimal") from error
        if not ed25519_holds(public, signed, signature):
            raise WrongError("the signature is not that of the named key over the signed text")
        fingerprint = hashlib.sha256(public).hexdigest()
        if self.key is not None and self.key.lower() != fingerprint:
            raise WrongError(f"the seal was made with key {fingerprint}, not with {shown(self.key)}")
        count, head, case, at = (shown(str(statement.get(name))) for name in ("count", "head", "case", "at"))
        if (count, head) != (str(self.entries), self.newest):
            raise WrongError(f"{count} entries ending in {head} were sealed; entries were removed, added or changed: the ledger has others")
        if statement.get("case") != self.case["identity"]:
            raise WrongError(f"the seal is of case {case}")
        check.say(f"{count} entries were sealed at {at}, as the sealing machine's clock had it")
        check.say(f"public key {public.hex()}, its SHA-256 (fingerprint) {fingerprint}")
        if self.key is None:
            check.say("whose key this is, the reader must settle: ask the authority for the fingerprint over another channel")

    def _authority(self, check: Check) -> None:
        for in_entry, in_file in CASE_FIELDS.items():
            if self.opened.get(in_entry) != self.case[in_file]:
                check.say(f"case.json does not say of the case's {in_file} what its opening in the ledger says", BROKEN)
        for entry in self.acts:
            number, named, where = entry["number"], entry.get("authorization"), f"entry {entry['number']} ({entry['event']})"
            granted = self.granted.get(named) if type(named) is int else None
            if granted is None or type(named) is not int or type(number) is not int or named >= number:
                check.say(f"{where} rests on no authorization entered before it", BROKEN)
            elif entry["event"] != "exhibits:acquired":  # which ends an act that was allowed when it began
                start, until, at = instant(granted.get("from")), instant(granted.get("until")), instant(entry.get("at"))
                if self.revoked.get(named, number) < number:
                    check.say(f"{where} rests on the authorization of entry {named}, which was revoked before", BROKEN)
                if start is None or at is None or at < start or (granted.get("until") is not None and (until is None or at >= until)):
                    check.say(f"{where} is not within the period of the authorization of entry {named}", BROKEN)
        check.say(f"{len(self.acts)} acts of acquisition were entered")

    def _manifests(self, check: Check) -> None:
        first = 1
        for entry in self.acts:
            if entry["event"] == "exhibits:acquired":
                where = f"entry {entry['number']}"
                result, name = get(entry, "result", dict, where), get(get(entry, "object", dict, where), "manifest", str, where)
                recorded = tuple(get(result, part, kind, where) for part, kind in (("count", int), ("manifest_sha256", str), ("root", str)))
                found = tally(self.material.lines(self.prefix + name)) if MANIFEST_NAME.fullmatch(name) else None
                if found is None or found != recorded:
                    check.say(f"{shown(name)} is not the list that {where} names: recorded {recorded}, found {found}", BROKEN)
                    continue
                check.say(f"{name}: exhibits {first} to {first + found[0] - 1}, Merkle root {found[2]}")
                first += found[0]
                self.manifests.append(self.prefix + name)

    def _exhibits(self, check: Check) -> None:
        intact = without = absent = size = 0
        for manifest in self.manifests:
            for line in self.material.lines(manifest):
                exhibit = object_of(line, manifest)
                who = f"exhibit {shown(get(exhibit, 'number', str, manifest))} ({shown(get(exhibit, 'name', str, manifest))})"
                if "sha256" not in exhibit:
                    without += 1
                    continue
                name, length = self.prefix + get(exhibit, "object", str, who), get(exhibit, "length", int, who)
                self._account(name, get(exhibit, "offset", int, who), length)
                if not self.originals and name not in self.material.names:
                    absent += 1
                    continue
                try:
                    found = self.material.sha256_at(name, get(exhibit, "offset", int, who), length)
                except (WrongError, UncheckableError) as error:
                    check.say(f"{who}: {error}", BROKEN if isinstance(error, WrongError) else NOT_CHECKABLE)
                    continue
                if found != get(exhibit, "sha256", str, who):
                    check.say(f"{who} was changed: its bytes in {shown(name)} have SHA-256 {found}, recorded {exhibit['sha256']}", BROKEN)
                    continue
                intact, size = intact + 1, size + length
        check.say(f"{intact} exhibits ({size} bytes) have their recorded SHA-256; {without} have no bytes (such as links and folders)")
        if absent:
            check.say(f"{absent} exhibits are not in this bundle, by decision of whoever sealed it: only their digests are")

    def _account(self, name: str, offset: int, length: int) -> None:
        """Note which bytes of an object an exhibit takes; in a pack (tar), a header before it and zeros up to a whole block, too."""
        end = self.ends.setdefault(name, 0)
        if name.endswith(".tar"):
            if offset > end + TAR_BLOCK:
                self.gaps.add(name)
            self.ends[name] = max(end, offset + length + -length % TAR_BLOCK)
        else:
            self.ends[name] = max(end, offset + length)

    def _results(self, check: Check) -> None:
        for name, digest in sorted(self.files.items()):
            if self.prefix + name not in self.material.names or self.material.sha256(self.prefix + name) != digest:
                check.say(f"{shown(name)} is missing, or was changed since the ledger named it", BROKEN)
        check.say(f"the ledger names {len(self.files)} files")

    def _extra(self, check: Check) -> None:
        """In a case folder, working files (drafts/, lock, journals, names with a dot first) are passed over.

        So is what an acquisition has put there that is still under way, or was interrupted; the ledger says that it was begun.
        """
        begun, ended = (sum(entry["event"] == event for entry in self.acts) for event in ("acquisition:begun", "exhibits:acquired"))
        unfinished = ("objects/", f"acquisitions/{begun:04d}.manifest") if begun > ended and not self.prefix else ()
        pending = 0
        known = self.ends.keys() | set(self.manifests) | (TAG_FILES if self.prefix else {"README.txt"})
        known |= {self.prefix + name for name in (*self.files, "case.json")}
        known |= {f"{self.prefix}ledger/{number:012d}.json" for number in range(1, self.entries + 1)}
        for name, end in sorted(self.ends.items()):
            whole = end + 2 * TAR_BLOCK * name.endswith(".tar")
            if name in self.material.names and (self.material.names[name] != whole or name in self.gaps):
                check.say(f"{shown(name)} holds bytes that belong to no exhibit", BROKEN)
        for name in sorted(self.material.names.keys() - known):
            if unfinished and name.startswith(unfinished):
                pending += 1
                continue
            working = name == "lock" or name.startswith("drafts/") or "/." in f"/{name}" or name.endswith(".journal.jsonl")
            if self.prefix or not working:
                check.say(f"{shown(name)} was added: neither the ledger nor a list of exhibits names it", BROKEN)
        if pending:
            check.say(f"acquisition {begun} was not finished; {pending} of its files are in no list yet; the same command goes on with it")

    def text(self) -> Iterator[str]:
        """Yield the outcome as lines of text."""
        yield f"Checked: {shown(str(self.path))}"
        for check in self.checks:
            yield f"\n{check.number}. {check.subject}: {check.result.upper()}"
            yield from (f"   {words}" for words in check.seen)
            yield from (f"   and {check.left_out} more",) * (check.left_out > 0)
            yield f"   If it holds, it shows that {check.shows}."
        yield "\n" + VERDICTS[self.verdict]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names, print the outcome, return the exit status."""
    parser = argparse.ArgumentParser(description="Check a Comity case. Exit status: 0 it holds, 1 it is broken, 2 it cannot be checked.")
    parser.add_argument("path", type=Path, help="bundle.zip, an unpacked bundle, or a case folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--head", help="SHA-256 of the newest ledger entry, known from elsewhere")
    parser.add_argument("--key", help="fingerprint of the sealing key, known from elsewhere")
    options = parser.parse_args(arguments)
    run = Verification(options.path, head=options.head, key=options.key)
    as_json = {"path": shown(str(run.path)), "verdict": run.verdict, "checks": [asdict(check) for check in run.checks]}
    printed = json.dumps(as_json, indent=2) if options.json else "\n".join(run.text())
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(printed.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    return STATUS[run.verdict]


if __name__ == "__main__":
    sys.exit(main())
