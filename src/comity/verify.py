"""Checks a Comity case folder, court bundle or proof, with Python 3.11 or later and nothing else (python3 verify.py bundle.zip).

The output says of each check what was seen and what it shows. Exit status: 0 everything that can be checked holds; 1 something
is broken, and named; 2 it cannot be checked.
This file is one of the bundle's own: whoever can change the bundle can change it too. Take it from a source you trust
(the program's releases, or a bundle you received otherwise) and compare its SHA-256.
"""

# fmt: off
# laid out by hand, so that an expert reads the whole in fewer than 600 lines
import argparse, hashlib, io, json, os, re, shutil, stat, subprocess, sys, tempfile, zipfile, zlib  # noqa: E401, I001  as above
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

HOLDS, BROKEN, NOT_CHECKABLE = "holds", "broken", "not checkable"
WEIGHT = (HOLDS, NOT_CHECKABLE, BROKEN).index
VERDICTS = {HOLDS: (0, "VERIFIED: everything that was checked holds."),
            BROKEN: (1, "BROKEN: what is named above is not what was recorded."),
            NOT_CHECKABLE: (2, "NOT CHECKABLE: no statement can be made about what is named above.")}
SUBJECTS = {
    "case": "this is a case, or a bundle of one",
    "ledger": "no act among those that are here was changed, dropped, swapped or inserted",
    "seal": "the ledger ends where the holder of the key ended it; not that the holder recorded the truth",
    "authority": "material was acquired and read under authorizations entered before; not that these are lawful",
    "exhibits": "lists and bytes are those that were acquired; not what happened to the material before that",
    "files": "files are as the ledger names them, not that they are right; and as the lists do, which can be rewritten with them",
    "extra": "nothing was slipped in",
    "witnesses": "the holder alone cannot have rewritten what was cosigned, since it was; not that it is true",
    "timestamps": "what was stamped, and each entry before it, existed by then; not that it is true",
    "proof": "what it shows is in the ledger that the holder of the key signed; nothing about the rest, or whether it is true",
}
FORMAT, EXHIBIT_PROOF, GROWTH_PROOF = 2, "comity-exhibit-proof-1", "comity-growth-proof-1"
LEAF, NODE = b"\0", b"\1"  # which begin what is hashed in a Merkle tree (RFC 9162, 2.1)
CHUNK, LARGEST_TEXT, LONGEST_LINE, LARGEST_DIRECTORY = 2**20, 4 * 2**20, 2**20, 64 * 2**20  # bytes
TAR_BLOCK, LOCAL_HEADER, TILE, KEY_SIZE, MOST_SIGNATURES, HIGHEST_RATIO, NAMED, LONGEST_SHOWN = 512, 30, 256, 32, 64, 200, 20, 300
ED25519, COSIGNATURE = 1, 4  # kinds of keys
TAG_FILES = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "README.txt", "verify.py", "log/checkpoint"}
PERMITTED = {"acquisition:begun", "acquisition:resumed", "exhibits:acquired", "records:derived"}  # acts that need an authorization
ENDING = {"exhibits:acquired", "records:derived"}  # entered when they end: they began after the entry before
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
_Key = tuple[str, bytes, bytes]  # a name, four bytes by which signatures name the key, its kind (one byte) and public key

class Failure(Exception):  # noqa: N818  not an error of the program
    """One thing is BROKEN or NOT_CHECKABLE: the words, the result."""

def _need(holds: object, words: str, result: str = BROKEN) -> None:
    if not holds:
        raise Failure(words, result)

class _Folder:  # files by name, with their sizes; links and other special files are refused, not followed
    def __init__(self, root: Path) -> None:
        self.root, self.names = root, dict[str, int]()
        for path in root.rglob("*"):
            status, name = path.lstat(), path.relative_to(root).as_posix()
            if not stat.S_ISDIR(status.st_mode):
                self.names[name] = status.st_size
                _need(stat.S_ISREG(status.st_mode), f"{shown(name)} is not a file but a link or a device")
    def open(self, name: str, offset: int) -> IO[bytes]:
        stream = (self.root / name).open("rb")
        stream.seek(offset)
        return stream
    def chunks(self, name: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        left = self.names.get(name, -1) - offset if length is None else length
        _need(0 <= left <= self.names.get(name, -1) - offset, f"{shown(name)} is {'too short' if name in self.names else 'missing'}")
        try:
            with self.open(name, offset) as stream:
                while left > 0 and (chunk := stream.read(min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk
        except DAMAGE as error:
            raise Failure(f"{shown(name)} is damaged: {error}", BROKEN) from error
    def sha256(self, name: str, offset: int = 0, length: int | None = None) -> str:
        digest = hashlib.sha256()
        for chunk in self.chunks(name, offset, length):
            digest.update(chunk)
        return digest.hexdigest()
    def text(self, name: str) -> bytes:
        _need(self.names.get(name, 0) <= LARGEST_TEXT, f"{shown(name)} is larger than it can be: {self.names.get(name)} bytes")
        return b"".join(self.chunks(name))
    def lines(self, name: str) -> Iterator[bytes]:
        rest, wrong = b"", f"{shown(name)} has a line that is cut short or too long"
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            _need(len(rest) < LONGEST_LINE, wrong)
            yield from whole
        _need(not rest, wrong)

class _Bounded(io.BufferedReader):
    def read(self, size: int | None = -1, /) -> bytes:  # zipfile reads the list of members whole
        _need(size is None or size <= LARGEST_DIRECTORY, f"the archive's list of members is too long: {size} bytes", NOT_CHECKABLE)
        return super().read(size)

class _Archive(_Folder):  # the members of a ZIP archive below its one top folder; one made to mislead is refused
    def __init__(self, path: Path) -> None:
        self.path, self.names, self.members, end, first = path, dict[str, int](), dict[str, zipfile.ZipInfo](), 0, ""
        try:
            self.archive = zipfile.ZipFile(_Bounded(io.FileIO(path)))
        except DAMAGE as error:
            raise Failure(f"this is not a readable ZIP archive: {error}", NOT_CHECKABLE) from error
        for info in sorted(self.archive.infolist(), key=lambda info: info.header_offset):
            name, packed, unix = info.filename, info.compress_size, stat.S_IFMT(info.external_attr >> 16)
            top, *parts = name.rstrip("/").split("/")
            first = first or top
            for words, wrong in {
                "shares its bytes with another member of the archive": info.header_offset < end,
                "has a misleading name": not name.isprintable() or any(p in {"", ".", ".."} or set(p) & set(":\\") for p in (top, *parts)),
                "is not a file but a link or a device": unix not in {0, stat.S_IFREG, stat.S_IFDIR},
                "is encrypted, patched or of two sizes": info.flag_bits & 0x61 or (not info.compress_type and info.file_size != packed),
                "would unpack to far more than it is: refused": info.file_size > HIGHEST_RATIO * packed + CHUNK,
                "is in the archive twice": "/".join(parts) in self.names and not info.is_dir(),
                "is not with the others: they are not in one folder": top != first or not (parts or info.is_dir()),
            }.items():
                _need(not wrong, f"{shown(name)} {words}")
            end = info.header_offset + LOCAL_HEADER + packed
            if not info.is_dir():
                self.members["/".join(parts)], self.names["/".join(parts)] = info, info.file_size
    def open(self, name: str, offset: int) -> IO[bytes]:
        info = self.members[name]
        if not offset:
            return self.archive.open(info)
        words = f"{shown(name)} was compressed by another program; unpack the archive and check the folder"
        _need(info.compress_type == zipfile.ZIP_STORED, words, NOT_CHECKABLE)
        stream = self.path.open("rb")
        stream.seek(info.header_offset)
        header = stream.read(LOCAL_HEADER)  # APPNOTE.TXT 6.3.10, 4.3.7: ends in the lengths of name and extra field
        _need(header[:4] == b"PK\x03\x04", f"{shown(name)}: its place in the archive is damaged")
        stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:], "little") + offset, 1)
        return stream

def shown(text: str, most: int = LONGEST_SHOWN) -> str:
    """Return `text` fit for a terminal: what is not printable is escaped, what is long is cut."""
    text = text if len(text) <= most else text[:most] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)

def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key occurs twice")
    return dict(pairs)

def _object_of(data: bytes, where: str) -> dict[str, object]:
    try:
        value = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Failure(f"{shown(where)} is not readable JSON: {shown(str(error))}", BROKEN) from error
    _need(isinstance(value, dict), f"{shown(where)} is not a JSON object")
    return dict(value)

def _get(fields: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
    value = fields.get(name)
    _need(type(value) is kind and not (isinstance(value, int) and value < 0), f"{shown(where)} has no proper {name!r}")
    return value

def _why(act: Mapping[str, Any]) -> str:
    return shown(f"{act.get('ground')} (on {str(act.get('at'))[:10]}, by {act.get('performer')})")

def _sha256(*data: bytes) -> bytes:
    return hashlib.sha256(b"".join(data)).digest()

class _Tree:  # it grows by one leaf's hash at a time and keeps its whole subtrees' roots, the largest first (RFC 9162, 2.1)
    def __init__(self, hashes: Sequence[bytes] = ()) -> None:
        self.size, self.peaks = 0, list[bytes]()
        for top in hashes:
            self.add(top)
    def add(self, top: bytes) -> None:
        beside, self.size = self.size, self.size + 1
        while beside & 1:  # two whole subtrees of one size become one
            top, beside = _sha256(NODE, self.peaks.pop(), top), beside >> 1
        self.peaks.append(top)
    def root(self) -> bytes:
        top = self.peaks[-1] if self.peaks else _sha256()
        for peak in self.peaks[-2::-1]:
            top = _sha256(NODE, peak, top)
        return top
    @staticmethod
    def above(top: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:  # 2.1.3: the root that a leaf's path leads to
        _need(0 <= index < size and bool(path) == (size > 1), "the proof is too long, too short, or about a place outside its tree")
        if size == 1:
            return top
        half = 1 << (size - 1).bit_length() - 1  # the largest power of two below size
        if index < half:
            return _sha256(NODE, _Tree.above(top, index, half, path[:-1]), path[-1])
        return _sha256(NODE, path[-1], _Tree.above(top, index - half, size - half, path[:-1]))
    @staticmethod
    def grown(old: bytes, first: int, size: int, path: Sequence[bytes], *, whole: bool = True) -> tuple[bytes, bytes]:
        _need(0 < first <= size and len(path) >= (first < size or not whole), "the proof is too short, or about no growth")
        if first == size:  # 2.1.4: the roots of the first leaves and of all that a path leads to, `old` being that of the first
            _need(len(path) == (not whole), "the proof is too long")
            return (old, old) if whole else (path[0], path[0])
        half = 1 << (size - 1).bit_length() - 1
        if first <= half:
            before, now = _Tree.grown(old, first, half, path[:-1], whole=whole)
            return before, _sha256(NODE, now, path[-1])
        before, now = _Tree.grown(old, first - half, size - half, path[:-1], whole=False)
        return _sha256(NODE, path[-1], before), _sha256(NODE, path[-1], now)

class _Ed25519:  # the curve of RFC 8032, 5.1; points are pairs of x and y
    P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
    D = -121665 * pow(121666, -1, P) % P
    def add(self, a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        k, p = self.D * a[0] * b[0] * a[1] * b[1], self.P
        return (a[0] * b[1] + b[0] * a[1]) * pow(1 + k, -1, p) % p, (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, p) % p
    def times(self, factor: int, point: tuple[int, int]) -> tuple[int, int]:
        rest = self.times(factor >> 1, self.add(point, point)) if factor else (0, 1)
        return self.add(rest, point) if factor & 1 else rest
    def decoded(self, data: bytes) -> tuple[int, int] | None:  # 5.1.3; None for what is no point, or not its one encoding
        (sign, y), p = divmod(int.from_bytes(data, "little"), 2**255), self.P
        square = (y * y - 1) * pow(self.D * y * y + 1, -1, p) % p
        x = pow(square, (p + 3) // 8, p)
        x = x if x * x % p == square else x * pow(2, (p - 1) // 4, p) % p
        if len(data) != KEY_SIZE or y >= p or x * x % p != square or (x == 0 and sign):
            return None
        return (x if x & 1 == sign else p - x), y

def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` is that of `public` over `message` (RFC 8032, 5.1.7); a key of small order signs nothing."""
    curve = _Ed25519()
    base, scalar = curve.decoded((4 * pow(5, -1, curve.P) % curve.P).to_bytes(32, "little")), int.from_bytes(signature[32:], "little")
    key, point = curve.decoded(public), curve.decoded(signature[:32])
    if not (base and key and point) or len(signature) != 2 * KEY_SIZE or scalar >= curve.L or curve.times(8, key) == (0, 1):
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % curve.L
    return curve.times(scalar, base) == curve.add(point, curve.times(hashed, key))

def _key_of(text: str, where: str = "") -> _Key:
    name, identity, coded = [*text.split("+", 2), "", ""][:3]
    key = b64decode(coded) if re.fullmatch("[A-Za-z0-9+/]{44}", coded) else b""
    proper = len(key) == 1 + KEY_SIZE and key[0] in {ED25519, COSIGNATURE} and identity == _sha256(name.encode(), b"\n", key)[:4].hex()
    _need(proper, f"{where}{shown(text)} is no key of the form NAME+ID+KEY")
    return name, bytes.fromhex(identity), key

class _Note:  # a checkpoint: origin, size, root, an empty line, signatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature)
    def __init__(self, data: bytes, where: str) -> None:
        text, _, lines = data.decode().rpartition("\n\n")
        parts = [line.split(" ") for line in lines.split("\n")]
        proper = parts.pop() == [""] and len(parts) <= MOST_SIGNATURES and {(len(part), part[0]) for part in parts} == {(3, "—")}
        _need(proper, f"{where} has no proper signatures")
        self.text, self.signatures = text + "\n", [(name, b64decode(signature, validate=True)) for _, name, signature in parts]
        shape = re.fullmatch(r"([^\n]+)\n([1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)", text)
        _need(shape, f"{where} is no checkpoint")
        self.origin, size, root = shape.groups() if shape else ("", "0", "")
        self.size, self.root = int(size), b64decode(root)
    def signing(self, key: _Key) -> str:
        said = ""  # in words; it stays so when the key did not sign
        for data in (data for name, data in self.signatures if (name, data[:4]) == key[:2]):
            message, signature, said = self.text, data[4:], f"signed by {shown(key[0])}"
            if key[2][0] == COSIGNATURE:
                at, signature = int.from_bytes(data[4:12], "big"), data[12:]
                message = f"cosignature/v1\ntime {at}\n{message}"
                said = f"cosigned by {shown(key[0])} at {datetime.fromtimestamp(min(at, 2**37), UTC):%Y-%m-%dT%H:%M:%SZ} by its clock"
            _need(ed25519_holds(key[2][1:], message.encode(), signature), f"a signature in the name of {shown(key[0])} is not by its key")
        return said

def _stamp(answer: bytes, stamped: bytes, trust: bytes) -> str:
    """Return in words when `stamped` was stamped, as openssl reads `answer` (RFC 3161); a Failure unless `trust` leads to who did."""
    wanted, said = ("Time stamp: ", "Policy OID: ", "Serial number: "), ""
    _need(shutil.which("openssl"), "without openssl here, timestamps are not checked", NOT_CHECKABLE)
    with tempfile.TemporaryDirectory() as folder:
        answer_, data_, trust_ = (str(Path(folder) / name) for name in ("answer", "data", "trust"))
        for file, data in ((answer_, answer), (data_, stamped), (trust_, trust)):
            Path(file).write_bytes(data)
        for words in (["-reply", "-text"], ["-verify", "-data", data_, "-CAfile", trust_, "-attime"]):  # as of the time it states
            time = re.sub(r"\.\d+", "", said.partition(wanted[0])[2].partition(" GMT")[0])
            at = [f"{datetime.strptime(time + ' +0000', '%b %d %H:%M:%S %Y %z').timestamp():.0f}"] if said else []
            line = [str(shutil.which("openssl")), "ts", "-in", answer_, *words, *at]
            done = subprocess.run(line, capture_output=True, check=False, env={"OPENSSL_CONF": os.devnull})  # noqa: S603  words of our own
            _need(done.returncode == 0, f"openssl does not accept the timestamp: {done.stderr.decode(errors='replace')[:LONGEST_SHOWN]}")
            said = said or "; ".join(one for one in done.stdout.decode(errors="replace").splitlines() if one.startswith(wanted))
    return said

class Verification:
    """One run over what lies at `path`; `checks` are its outcome, `verdict` the worst of them. What is given: see `main`."""

    def __init__(self, path: Path, *, head: str = "", key: str = "", witness: Sequence[str] = (), trust: str = "") -> None:
        self.path, self.head, self.fingerprint, self.witness, self.trust = path, head.lower(), key.lower(), witness, trust
        self.prefix, self.digests = "", list[bytes]()  # where in the material the case lies: "data/" in a bundle; of the entries
        self.entries, self.files = list[dict[str, Any]](), dict[str, str]()
        self.hidden, self.redacted = 0, False  # acts shown by their digests only; whether this is a bundle that withholds exhibits
        self.ends, self.gaps = dict[str, int](), set[str]()  # how far exhibits reach in each object; packs with more in them
        self.keys, self.notes = dict[_Key, str](), list[tuple[str, _Note]]()  # whose the keys are; what the notes are over
        self.checks, self.tiles = list[SimpleNamespace](), dict[str, bytes]()
        for subject in ("proof", "witnesses") if path.suffix == ".json" and path.is_file() else tuple(SUBJECTS)[:-1]:
            self.checks.append(SimpleNamespace(subject=subject, shows=SUBJECTS[subject], result=HOLDS, seen=[]))
            try:
                getattr(self, f"_{subject}")()  # each check is the method of its subject's name
            except (Failure, OSError, ValueError, TypeError, LookupError, RecursionError) as error:
                told = error.args if isinstance(error, Failure) else (f"what is here cannot be read: {error}", BROKEN)
                self._say(*(told if not isinstance(error, OSError) else (str(error), NOT_CHECKABLE)))
                if subject in {"case", "ledger", "proof"}:  # which the others rest on
                    break
        self.verdict = max((check.result for check in self.checks), key=WEIGHT)

    def _say(self, words: str, result: str = HOLDS) -> None:
        check = self.checks[-1]
        check.result = max(check.result, result, key=WEIGHT)
        most = NAMED * (1 + WEIGHT(result))  # what holds leaves room for what does not
        check.seen += ([shown(words, LARGEST_TEXT)] if len(check.seen) < most else ["and more"])[: len(check.seen) <= most]

    def _case(self) -> None:
        marks, kind = {"bagit.txt", "case.json"}, "this is neither a Comity case folder nor a bundle"
        _need(not self.path.is_dir() or any((self.path / name).exists() for name in marks), kind, NOT_CHECKABLE)
        self.material = _Folder(self.path) if self.path.is_dir() else _Archive(self.path)
        _need(marks & self.material.names.keys(), kind, NOT_CHECKABLE)
        self.prefix = "data/" if "bagit.txt" in self.material.names else ""
        case = _object_of(self.material.text(f"{self.prefix}case.json"), "case.json")
        _need(case.get("format") == FORMAT, f"it is of format {shown(str(case.get('format')))}; this program knows {FORMAT}", NOT_CHECKABLE)
        for name in ("format", "identity", "title", "state", "authority", "opened_at", "instrument"):
            self._say(f"{name.replace('_', ' ')}: {shown(str(case.get(name)))}")

    def _ledger(self) -> None:
        newest, before = "0" * 64, ""
        names = sorted(name for name in self.material.names if name.startswith(f"{self.prefix}ledger/"))
        _need(names, "there is no entry in the ledger")
        for number, name in enumerate(names, 1):
            proper = name == f"{self.prefix}ledger/{number:012d}.json"
            _need(proper, f"entry {number} is missing; {shown(name)} stands in its place, and what follows cannot be relied on")
            data = self.material.text(name)
            entry = _object_of(data, name)
            if entry.keys() == {"number", "withheld"}:  # it stands for an act that is not shown, whose SHA-256 the next act names
                digest, last = str(entry["withheld"]), number == len(names)
                _need(re.fullmatch("[0-9a-f]{64}", digest) and entry["number"] == number and not last, f"{shown(name)} stands for no act")
                self.hidden, newest = self.hidden + 1, digest
                self.digests.append(bytes.fromhex(digest))
                continue
            held, previous, event = _get(entry, "number", int, name), _get(entry, "previous", str, name), _get(entry, "event", str, name)
            about, result, at = _get(entry, "object", dict, name), _get(entry, "result", dict, name), _get(entry, "at", str, name)
            _need(held == number, f"the file of entry {number} holds entry {held}: entries were swapped or inserted")
            which = f"entry {number - 1} was changed, or entry {number} was" if number > 1 else "entry 1 was changed"
            _need(previous == newest, f"entry {number} names {shown(previous)}, but before it is {newest}: {which}")
            where, began = f"entry {number} ({shown(event)})", before if event in ENDING else at
            self.entries.append({**about, **result, **entry, "where": where, "began": began})
            self.keys |= {_key_of(str(result[whose]), f"{where}: "): whose for whose in ("log_key", "witness_key") if whose in result}
            self.digests.append(_sha256(data))
            newest, before = self.digests[-1].hex(), at
        if self.head not in {"", newest}:
            self._say(f"the newest entry is {newest}, not {shown(self.head)}: entries were removed, added or changed", BROKEN)
        self._say(f"{len(names)} entries, each naming the one before; the newest is {newest}")
        self.redacted = bool(self.prefix) and self.entries[-1]["event"] == "bundle:redacted"
        _need(self.redacted or not self.hidden, f"{self.hidden} entries are replaced by their digests where all should be shown")
        if self.hidden:
            self._say(f"{self.hidden} of them are shown by their digests only, since they may tell of what is withheld")

    def _of(self, *events: str) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["event"] in events]

    def _holder(self, note: _Note, over: str) -> None:
        key = next((key for key, whose in self.keys.items() if whose == "log_key" and note.signing(key)), ("", b"", b""))
        fingerprint = _sha256(key[2][1:]).hex()
        _need(key[0], f"the checkpoint of {over} has no signature by the holder of the ledger")
        _need(self.fingerprint in {"", fingerprint}, f"the seal was made with key {fingerprint}, not with {shown(self.fingerprint)}")
        settle = "" if self.fingerprint else "; whose key it is the reader must settle: ask the authority for it over another channel"
        self._say(f"{over} were sealed, of root {note.root.hex()}, by the key of fingerprint (SHA-256) {fingerprint}{settle}")
        self.notes.append((over, note))

    def _checkpoint(self, name: str) -> int:
        note, here = _Note(self.material.text(name), name), len(self.digests)
        _need(note.size <= here, f"{shown(name)}: {note.size} entries were sealed; entries were removed: the ledger has {here}")
        root = _Tree([_sha256(LEAF, one) for one in self.digests[: note.size]]).root()
        same = (note.origin, note.root) == (f"comity/{self.digests[0].hex()}", root)
        _need(same, f"{shown(name)}: other entries were sealed than the first {note.size} of this ledger: they, or it, were changed")
        self._holder(note, f"entries 1 to {note.size}")
        return note.size

    def _seal(self) -> None:
        if "log/checkpoint" not in self.material.names:
            _need(not self.prefix, "log/checkpoint is missing: nobody vouches for this bundle", NOT_CHECKABLE)
            return self._say("no checkpoint was made: that no newest entry was removed shows only in a bundle, or with --head")
        size, here = self._checkpoint("log/checkpoint"), len(self.digests)
        _need(size == here or not self.prefix, f"{size} entries were sealed; entries were added: the ledger has {here}")
        digests = self.digests[:size]
        rows = {"entries": [b"\0\x20" + digest for digest in digests], "0": [_sha256(LEAF, digest) for digest in digests]}
        for level in range(1, 1 + (size >= TILE) + (size >= TILE**2)):  # C2SP tlog-tiles: the roots of the whole tiles below
            row = rows[str(level - 1)]
            rows[str(level)] = [_Tree(row[start : start + TILE]).root() for start in range(0, len(row) - TILE + 1, TILE)]
        for kind, row in rows.items():
            for start in range(0, len(row), TILE):
                part = row[start : start + TILE]
                self.tiles[f"log/tile/{kind}/{start // TILE:03d}" + (f".p/{len(part)}" if len(part) < TILE else "")] = b"".join(part)
        for name, content in self.tiles.items():
            _need(self.material.text(name) == content, f"{name} is not the tile of these {size} entries")
        return self._say(f"{len(self.tiles)} tiles agree")

    def _authority(self) -> None:
        grants = {entry["number"]: entry for entry in self._of("authorization:granted")}
        revoked = {_get(entry, "entry", int, entry["where"]): entry["number"] for entry in reversed(self._of("authorization:revoked"))}
        acts = [entry for entry in self.entries if entry["event"] in PERMITTED or entry.get("authorization") is not None]
        for act in acts:
            where, event, number, named = act["where"], act["event"], act["number"], act.get("authorization")
            if type(named) is not int or named not in grants or named >= number:
                self._say(f"{where} rests on no authorization entered before it", BROKEN)
                continue
            times = (str(grants[named].get("from")), act["began"], str(grants[named].get("until") or "9999-12-31T00:00:00Z"))
            start, began, until = (time[:-1] if re.fullmatch(r"[-\dT:.]{19,29}Z", time) else "" for time in times)
            if revoked.get(named, number) < number:
                self._say(f"{where} rests on the authorization of entry {named}, which was revoked before", BROKEN)
            if not start or (began < start and event not in ENDING) or (began >= until and event in PERMITTED):
                self._say(f"{where} is not within the period of the authorization of entry {named}", BROKEN)
        self._say(f"{len(acts)} acts that rest on an authorization were entered")

    def _exhibits(self) -> None:
        originals = [entry.get("originals") for entry in self._of("bundle:sealed", "bundle:redacted")]
        self.slim = bool(self.prefix) and originals[-1:] == [False]
        tally = {"intact": 0, "bytes": 0, "without": 0, "absent": 0, "lines": 0}
        self.withheld, self.erased = dict[str, str](), dict[str, str]()  # the grounds, by exhibit
        self.orders = {str(number): act for act in self._of("erasure:ordered") for number in _get(act, "exhibits", list, act["where"])}
        for act in self._of("exhibits:acquired"):
            tree, digest, where = _Tree(), hashlib.sha256(), act["where"]
            name = _get(act, "manifest", str, where)
            recorded = _get(act, "count", int, where), _get(act, "manifest_sha256", str, where), _get(act, "root", str, where)
            hidden = len(self.withheld)
            for line in self.material.lines(self.prefix + name):
                exhibit, leaf, tally["lines"] = _object_of(line, name), _sha256(LEAF, line), tally["lines"] + 1
                if self.redacted and "withheld" in exhibit:
                    exhibit, leaf = self._withheld(exhibit, str(tally["lines"]), name)
                tree.add(leaf)
                digest.update(line + b"\n")
                if exhibit:
                    self._exhibit(exhibit, name, tally)
            same = digest.hexdigest() if hidden == len(self.withheld) else recorded[1]  # where lines are withheld the root counts
            found = (tree.size, same, tree.root().hex())
            self._say(f"{shown(name)} has {found[0]} lines, Merkle root {found[2]}")
            if found != recorded:
                self._say(f"{shown(name)} is not the list that {where} names: recorded {recorded}, found {found}", BROKEN)
            self.ends.setdefault(self.prefix + name, self.material.names[self.prefix + name])
        without = f"{tally['without']} have no bytes (such as links and folders)"
        self._say(f"{tally['intact']} exhibits ({tally['bytes']} bytes) have their recorded SHA-256; {without}")
        if tally["absent"]:
            self._say(f"{tally['absent']} exhibits are not in this bundle, by decision of whoever sealed it: only their digests are")
        for what, grounds, rest in (
            ("withheld, whole or in part", self.withheld, "places in the acquisition are proven; what they hold cannot be checked here"),
            ("erased", self.erased, "digests and places in the acquisition remain; what they held cannot be checked"),
        ):
            if grounds:
                self._say(f"{len(grounds)} of {tally['lines']} exhibits are {what}, on these grounds; their {rest}")
            for ground in sorted(set(grounds.values())):
                self._say(f"{ground}: exhibit {', '.join(number for number in grounds if grounds[number] == ground)}")

    def _withheld(self, line: dict[str, object], number: str, manifest: str) -> tuple[dict[str, object], bytes]:
        # returns the line of the copy that is shown instead, if one is, and the hash of the leaf
        where = f"{manifest}, the line that stands for exhibit {number}"
        leaf, copy = _get(line, "leaf", str, where), _get({"copy": "", **line}, "copy", str, where)
        act = next((act for act in reversed(self._of("exhibit:withheld")) if act.get("exhibit") == number), dict[str, Any]())
        exhibit = _object_of(copy.encode(), where) if copy else {}
        agrees = line.get("number") == number and act.get("leaf") == leaf and re.fullmatch("[0-9a-f]{64}", leaf)
        _need(agrees and exhibit.get("redacted") == act.get("ranges"), f"{where} is not as the ledger says that it was withheld")
        self.withheld[number] = _why(act)
        return exhibit, bytes.fromhex(leaf)

    def _zeros(self, name: str, start: int, length: int) -> bool:
        return not any(chunk.strip(b"\0") for chunk in self.material.chunks(name, start, length))

    def _exhibit(self, exhibit: dict[str, object], manifest: str, tally: dict[str, int]) -> None:
        who = f"exhibit {shown(_get(exhibit, 'number', str, manifest))} ({shown(_get(exhibit, 'name', str, manifest))})"
        if "sha256" not in exhibit:
            tally["without"] += 1
            return None
        name, recorded = self.prefix + _get(exhibit, "object", str, who), _get(exhibit, "sha256", str, who)
        offset, length = _get(exhibit, "offset", int, who), _get(exhibit, "length", int, who)
        # what it takes of the object: in a pack (tar), a header before it and zeros up to a whole block, too
        end, pack = self.ends.get(name, 0), name.endswith(".tar")
        self.ends[name] = max(end, offset + length + (-length % TAR_BLOCK if pack else 0))
        if pack and offset > end + TAR_BLOCK and name in self.material.names:  # where contents were withheld lies a member of zeros
            hollow = self.redacted and self._zeros(name, end + TAR_BLOCK, offset - end - 2 * TAR_BLOCK)
            self.gaps |= set() if hollow else {name}
        if exhibit["number"] in self.orders:
            return self._gone(who, str(exhibit["number"]), (name, offset, length))
        if name not in self.material.names and self.slim:
            tally["absent"] += 1
            return None
        try:
            found = self.material.sha256(name, offset, length)
        except Failure as error:
            return self._say(f"{who}: {error.args[0]}", error.args[1])
        if found != recorded:
            return self._say(f"{who} was changed: its bytes in {shown(name)} have SHA-256 {found}, recorded {recorded}", BROKEN)
        tally["intact"], tally["bytes"] = tally["intact"] + 1, tally["bytes"] + length
        return None

    def _gone(self, who: str, number: str, place: tuple[str, int, int]) -> None:
        act, done = self.orders[number], {act.get("ordered") for act in self._of("exhibit:erased")}
        if place[0] in self.material.names and not self._zeros(*place):
            words, result = ("its bytes are there", BROKEN) if act["number"] in done else ("that is not finished", NOT_CHECKABLE)
            return self._say(f"{who} was to be erased, as entry {act['number']} says: {words}", result)
        self.erased[number] = _why(act)
        return None

    def _files(self) -> None:
        for entry in self.entries:
            if entry["event"] == "records:derived":  # a new reading replaces all tables of the one before
                self.files = {name: one for name, one in self.files.items() if not name.startswith(f"{self.prefix}derived/records/")}
            lapsed = {self.prefix + str(name) for name in entry.get("lapsed") or ()}
            self.files = {name: one for name, one in self.files.items() if name not in lapsed}
            for named in (entry.get("files"), entry.get("kept"), entry.get("redacted") if self.redacted else None):
                self.files |= {self.prefix + name: str(one) for name, one in (named.items() if isinstance(named, dict) else ())}
        wanted, listed = {name: {digest} for name, digest in self.files.items()}, set[str]()
        _need(f"{self.prefix}case.json" in wanted, "the ledger does not name case.json")
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt") if self.prefix else ():  # RFC 8493, 2.1.3 and 2.2.1
            for line in self.material.lines(manifest):
                digest, _, name = line.decode(errors="replace").partition("  ")
                proper = re.fullmatch("[0-9a-f]{64}", digest) and name not in listed
                _need(proper, f"{manifest} has a line that is no digest and name: {shown(name)}")
                wanted.setdefault(name, set()).add(digest)
                listed.add(name)
        for name, digests in sorted(wanted.items()):
            try:
                found = self.material.sha256(name)
                _need({found} == digests, f"{shown(name)} was changed: its SHA-256 is {found}, recorded {' and '.join(sorted(digests))}")
            except Failure as error:
                self._say(*error.args)
        self._say(f"the ledger names {len(self.files)} files, the bag's lists {len(listed)}")

    def _extra(self) -> None:  # in a case folder, working files and what an acquisition under way put there are passed over
        begun, ended = len(self._of("acquisition:begun")), len(self._of("exhibits:acquired"))
        passed = "" if self.prefix else r"lock|drafts/.*|(.*/)?\..*|.*\.journal\.jsonl"
        passed += rf"|objects/.*|acquisitions/{begun:04d}\.manifest.*" if begun > ended and not self.prefix else ""
        known = self.ends.keys() | self.files.keys() | self.tiles.keys() | (TAG_FILES if self.prefix else {"README.txt", "log/checkpoint"})
        known |= {f"{self.prefix}ledger/{number:012d}.json" for number in range(1, len(self.digests) + 1)}
        for name, end in sorted(self.ends.items()):
            whole = end + 2 * TAR_BLOCK * name.endswith(".tar")
            if name in self.material.names and (self.material.names[name] != whole or name in self.gaps):
                self._say(f"{shown(name)} holds bytes that belong to no exhibit", BROKEN)
        for name in sorted(self.material.names.keys() - known):
            if not re.fullmatch(passed, name, re.DOTALL):
                self._say(f"{shown(name)} was added: neither the ledger nor a list of exhibits names it", BROKEN)
        if begun > ended:
            self._say(f"acquisition {begun} was not finished; its files are in no list yet; the same command goes on with it")

    def _proof(self) -> None:
        where = shown(self.path.name)
        _need(self.path.stat().st_size <= LARGEST_TEXT, f"{where} is larger than it can be")
        proof = _object_of(self.path.read_bytes(), where)
        kind, note = proof.get("format"), _Note(_get(proof, "checkpoint", str, where).encode(), "its checkpoint")
        _need(kind in {EXHIBIT_PROOF, GROWTH_PROOF}, "a proof of this kind is not known here", NOT_CHECKABLE)
        self.keys[_key_of(_get(proof, "log_key", str, where))] = "log_key"
        path, line_path = ([bytes.fromhex(str(one)) for one in _get(proof, name, list, where)] for name in ("path", "line_path"))
        self._holder(note, f"{note.size} entries of {shown(note.origin)}")
        if kind == GROWTH_PROOF:
            size, old = _get(proof, "size", int, where), bytes.fromhex(_get(proof, "root", str, where))
            grew = _Tree.grown(old, size, note.size, path) == (old, note.root)
            _need(grew, "the ledger did not grow from the one it names: entries were rewritten")
            return self._say(f"its first {size} entries are those of root {old.hex()}: compare it with the checkpoint you hold")
        line, entry = (_get(proof, name, str, where).encode() for name in ("line", "entry"))
        act, exhibit = _object_of(entry, "its entry"), _object_of(line, "its line")
        result, number = _get(act, "result", dict, "its entry"), _get(act, "number", int, "its entry")
        index, count = _get(proof, "line_index", int, where), _get(result, "count", int, "its entry")
        listed = _Tree.above(_sha256(LEAF, line), index, count, line_path).hex() == result.get("root")
        _need(listed and act.get("event") == "exhibits:acquired", "the line is not one that the entry is about")
        sealed = _Tree.above(_sha256(LEAF, _sha256(entry)), number - 1, note.size, path) == note.root
        _need(sealed, f"entry {number} is not in the ledger that was signed")
        which, name, sha256 = (shown(str(exhibit.get(part))) for part in ("number", "name", "sha256"))
        return self._say(f"exhibit {which} ({name}) is of SHA-256 {sha256}: compare it with `sha256sum` of the file")

    def _witnesses(self) -> None:
        for entry in self._of("checkpoint:cosigned"):
            self._checkpoint(self.prefix + _get(entry, "checkpoint", str, entry["where"]))
        given = {_key_of(text) for text in self.witness}
        for key in sorted(given | {key for key, whose in self.keys.items() if whose == "witness_key"}):
            said = [f"{over}: {words}" for over, note in self.notes if (words := note.signing(key))]
            for words in said:
                self._say(words + ("" if key in given else ". The holder entered the witness's key: ask for it, and give --witness"))
            if key in given and not said:
                self._say(f"nothing here is cosigned by {shown(key[0])}", NOT_CHECKABLE)

    def _timestamps(self) -> None:
        for entry in self._of("timestamp:received"):
            stamped = _get(entry, "entry", int, entry["where"])
            names = (_get(entry, "token", str, entry["where"]), f"ledger/{stamped:012d}.json", _get(entry, "trust", str, entry["where"]))
            answer, data, trust = (self.material.text(self.prefix + name) for name in names)
            settle = "" if self.trust else "; whether those who signed are to be trusted the reader must settle: give --trust"
            self._say(f"entry {stamped}: {_stamp(answer, data, Path(self.trust).read_bytes() if self.trust else trust)}{settle}")

def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names, print the outcome, return the exit status."""
    parser = argparse.ArgumentParser(description="Check a Comity case. Exit status: 0 it holds, 1 it is broken, 2 it cannot be checked.")
    parser.add_argument("path", type=Path, help="bundle.zip, an unpacked bundle, a case folder, or a proof (.json)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--head", default="", help="SHA-256 of the newest ledger entry, known from elsewhere")
    parser.add_argument("--key", default="", help="fingerprint of the sealing key, known from elsewhere")
    parser.add_argument("--witness", action="append", default=[], help="a witness's key, NAME+ID+KEY, as the witness gave it to you")
    parser.add_argument("--trust", default="", help="file with certificates (PEM) that lead to timestamping authorities")
    options = vars(parser.parse_args(arguments))
    path, as_json = options.pop("path"), options.pop("json")
    run = Verification(path, **options)
    outcome = {"path": shown(str(path)), "verdict": run.verdict, "checks": [vars(check) for check in run.checks]}
    lines = [f"Checked: {shown(str(path))}"]
    for number, check in enumerate(run.checks, 1):
        seen = [f"   {words}" for words in check.seen or ["there is none"]]
        lines += ["", f"{number}. {check.subject}: {check.result.upper()}", *seen, f"   If it holds, it shows that {check.shows}."]
    printed = json.dumps(outcome, indent=2) if as_json else "\n".join([*lines, "", VERDICTS[run.verdict][1]])
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(printed.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    return VERDICTS[run.verdict][0]

if __name__ == "__main__":
    sys.exit(main())
