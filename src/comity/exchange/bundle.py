"""The court bundle: a whole case in one ZIP, packed as a bag, sealed, with the program that checks it.

Source: RFC 8493 (BagIt 1.0); APPNOTE.TXT 6.3.10 (ZIP64).
"""

import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from comity import verify
from comity.evidence import manifest
from comity.evidence.acquisition import acquisitions
from comity.ledger import Entry, Note, checkpoint_of, current_files, kept_files, leaves, tiles
from comity.terms.errors import IntegrityError, StateError
from comity.terms.instant import format_instant

_TOP = "bundle"
_CHUNK = 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: the bundle's dates are in its ledger
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,9}")
_TEXT = (".json", ".jsonl", ".jsonld", ".txt", ".html", ".py", ".toml", ".csv")
_README = """This is a Comity court bundle: the record of one investigation, sealed by the authority named below.

To check it, with Python 3.11 or later and nothing else:

    python3 verify.py bundle.zip

It prints numbered checks in words and ends with VERIFIED (exit status 0), BROKEN (1) or NOT CHECKABLE (2).
verify.py lies in this bundle for convenience. Whoever could change the bundle could change it too: if that matters, take
verify.py from another source and compare its SHA-256.

  data/ledger/        every act, numbered; each names the SHA-256 of the act before it (`sha256sum` shows it)
  data/acquisitions/  one line per exhibit: name, times, digests, and where its bytes lie
  data/objects/       the originals{originals}
  data/derived/       tables and findings made from them
  data/requests/      requests drawn up
  log/checkpoint      how far the record goes, signed (Ed25519); log/tile/ the digests of the acts, as public logs publish theirs
  data/kept/          what others sent about this record: timestamps, checkpoints signed by witnesses
{redacted}
Case:        {case}
Sealed:      {at}
Acts:        {count}, the newest of SHA-256 {head}
Key:         {fingerprint} (SHA-256 of the public key; compare it with the authority over another channel)
"""

_WITHHELD = """
Exhibits are withheld from this bundle. In their lists stand the hashes of their lines, with the act that withholds each and its
ground; what was made from exhibits was made again without them, and acts that could tell of them stand as digests. That they were
acquired is proven; their number is shown, and to half a kilobyte the size of small ones, by the places of their neighbours.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A written bundle: its path, its size in bytes, the number of files in it."""

    path: Path
    size: int
    files: int


def write(
    output: Path,
    *,
    case: Path,
    entries: Sequence[Entry],
    checkpoint: Note,
    originals: bool,
    redacted: bool = False,
    progress: Callable[[int], None] = lambda _size: None,
) -> Bundle:
    """Write the case in folder `case` to `output` and return what was written. Same arguments, same bytes.

    Files are read once, hashed and packed as they stream; nothing is copied aside. What the ledger names goes in, nothing
    else; large and compressed things are stored as they are, texts deflated. The archive appears under its name when it is
    complete and synced.

    Args:
        output: must not exist.
        entries: the ledger up to the entry `bundle:sealed`, whose object says `originals` too.
        case: the case folder.
        checkpoint: over `entries`, signed.
        redacted: whether `case` is a case without what is withheld (see `casework.redacted_case`): then all that lies in it goes in.
        originals: whether the objects go in, or only the manifests with their digests.
        progress: hears of bytes read.

    Raises StateError when `output` exists or the checkpoint is not over `entries`; IntegrityError when a file is missing or is not
    what the ledger names.
    """
    if output.exists():
        raise _taken(output)
    if not entries or checkpoint.text != checkpoint_of(leaves(entries)).text:
        raise StateError("the seal is not over the ledger as it is", remedy="Seal again.")
    partial = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with partial.open("xb") as stream:
            with zipfile.ZipFile(stream, "w", allowZip64=True) as archive:
                files = _Bag(archive, progress).fill(case, entries, checkpoint, originals=originals, redacted=redacted)
            stream.flush()
            os.fsync(stream.fileno())
            size = stream.tell()
        _place(partial, output)
    finally:
        partial.unlink(missing_ok=True)
    return Bundle(path=output, size=size, files=files)


class _Bag:
    """A bag being packed: remembers the SHA-256 of what went in."""

    def __init__(self, archive: zipfile.ZipFile, progress: Callable[[int], None]) -> None:
        self._archive = archive
        self._progress = progress
        self._payload: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._size = 0

    def fill(self, case: Path, entries: Sequence[Entry], checkpoint: Note, *, originals: bool, redacted: bool) -> int:
        """Put everything in, in one order; return the number of files."""
        self._tag("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        self._tag("README.txt", _readme(entries, originals=originals, redacted=redacted).encode())
        self._tag("verify.py", Path(verify.__file__).read_bytes())
        self._tag("log/checkpoint", checkpoint.encode())
        for name, data in tiles(leaves(entries)):
            self._tag(f"log/{name}", data)
        named = _all_below(case, originals=originals) if redacted else _contents(case, entries, originals=originals)
        for name, digest in named:
            self._file(case, name, digest)
        self._tag("bag-info.txt", self._information(entries).encode())
        self._tag("manifest-sha256.txt", _listing(self._payload))
        self._pack("tagmanifest-sha256.txt", io.BytesIO(_listing(self._tags)), progress=lambda _size: None)
        return len(self._payload) + len(self._tags) + 1

    def _tag(self, name: str, data: bytes) -> None:
        self._tags[name], _ = self._pack(name, io.BytesIO(data), progress=lambda _size: None)

    def _file(self, case: Path, name: str, expected: str | None) -> None:
        try:
            descriptor = os.open(case / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise IntegrityError(f"{name} cannot be read from the case {case}: {error.strerror}") from error
        with os.fdopen(descriptor, "rb") as stream:
            digest, size = self._pack(f"data/{name}", stream, progress=self._progress)
        if expected not in (None, digest):
            raise IntegrityError(f"{name} in the case {case} was changed: recorded {expected}, found {digest}")
        self._payload[f"data/{name}"] = digest
        self._size += size

    def _pack(self, name: str, stream: BinaryIO, *, progress: Callable[[int], None]) -> tuple[str, int]:
        """Pack what is in `stream`; return its SHA-256 and size."""
        member = zipfile.ZipInfo(f"{_TOP}/{name}", date_time=_EPOCH)
        member.create_system = 3  # Unix, wherever this runs: the mode below is one of Unix
        member.external_attr = (stat.S_IFREG | 0o444) << 16
        member.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_TEXT) else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self._archive.open(member, "w", force_zip64=True) as target:
            while chunk := stream.read(_CHUNK):
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                progress(len(chunk))
        return digest.hexdigest(), size

    def _information(self, entries: Sequence[Entry]) -> str:
        return (
            f"Bagging-Date: {entries[-1].at:%Y-%m-%d}\n"
            f"External-Identifier: {entries[0].object.get('case')}\n"
            f"Payload-Oxum: {self._size}.{len(self._payload)}\n"
            "Bag-Software-Agent: Comity\n"
        )


def _contents(case: Path, entries: Sequence[Entry], *, originals: bool) -> Iterator[tuple[str, str | None]]:
    """Yield the names of the files to pack, with the SHA-256 they must have where one is recorded; in one order."""
    for entry in entries:
        yield f"ledger/{entry.number:012d}.json", entry.digest.hex
    acquired = acquisitions(entries)
    for acquisition in acquired:
        yield acquisition.manifest, acquisition.manifest_sha256.hex
    if originals:
        erased = {str(number) for entry in entries if entry.event == "exhibit:erased" for number in _listed(entry.object.get("exhibits"))}
        for name in sorted({name for acquisition in acquired for name in _objects(case, acquisition.manifest, erased=erased)}):
            yield name, name.rpartition("/")[2] if name.startswith("objects/sha256/") else None
    for name, digest in sorted((kept_files(entries) | current_files(entries)).items()):
        if not _NAME.fullmatch(name):
            raise IntegrityError(f"the ledger names a file that cannot be one of the case: {name[:200]!r}")
        yield name, digest


def _all_below(case: Path, *, originals: bool) -> Iterator[tuple[str, str | None]]:
    """Yield all files in `case`, as `_contents` does; working files begin with a dot."""
    for path in sorted(case.rglob("*")):
        name = path.relative_to(case).as_posix()
        if path.is_file() and not any(part.startswith(".") for part in name.split("/")) and (originals or not name.startswith("objects/")):
            yield name, None


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) else ()


def _objects(case: Path, name: str, *, erased: Collection[str]) -> Iterator[str]:
    """Yield the objects that a manifest's exhibits lie in; of those that were erased only packs are left."""
    with (case / name).open("rb") as stream:
        for number, line in enumerate(manifest.lines(stream, where=name), 1):
            _, _, content = manifest.decode_known(line, where=f"{name}, line {number}")
            gone = content is not None and not content.object.endswith(".tar") and manifest.decode_line(line, where=name).number in erased
            if content is not None and not gone:
                if not _NAME.fullmatch(content.object):
                    raise IntegrityError(f"{name}, line {number} names an object that cannot be one of the case")
                yield content.object


def _listing(digests: Mapping[str, str]) -> bytes:
    """Return a bag's list of files. Source: RFC 8493, 2.1.3 (names with a line break or % are escaped; ours have none)."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()


def _readme(entries: Sequence[Entry], *, originals: bool, redacted: bool) -> str:
    return _README.format(
        originals="" if originals else ": not in this bundle, only their digests are",
        redacted=_WITHHELD if redacted else "",
        case=entries[0].object.get("case"),
        at=format_instant(entries[-1].at),
        count=len(entries),
        head=entries[-1].digest,
        fingerprint=entries[-1].result.get("key"),
    )


def _place(partial: Path, output: Path) -> None:
    """Give the finished file its name, never taking the place of another."""
    try:
        os.link(partial, output)
    except FileExistsError as error:
        raise _taken(output) from error
    except OSError:  # no hard links on this disk
        if output.exists():
            raise _taken(output) from None
        partial.rename(output)


def _taken(output: Path) -> StateError:
    return StateError(f"{output} exists already", remedy="Name a new file; a bundle is never overwritten.")
