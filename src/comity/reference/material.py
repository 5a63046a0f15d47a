"""Files as they are given for import: decompressed with limits, or taken from an archive or a folder."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from comity.terms.errors import ReferenceDataError

MOST_BYTES = 512 * 1024 * 1024
MOST_FILES = 20_000
_SIGNATURES = ((b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\x00", "xz"), (b"BZh", "bzip2"))


def content(path: Path) -> bytes:
    """Return the decompressed bytes of `path` (gzip, xz, bzip2 or none, told by signature), at most MOST_BYTES."""
    try:
        with path.open("rb") as raw:
            head = raw.read(6)
            raw.seek(0)
            form = next((name for signature, name in _SIGNATURES if head.startswith(signature)), "")
            match form:
                case "gzip":
                    data = gzip.GzipFile(fileobj=raw).read(MOST_BYTES + 1)
                case "xz":
                    with lzma.LZMAFile(raw) as plain:
                        data = plain.read(MOST_BYTES + 1)
                case "bzip2":
                    data = bz2.BZ2File(raw).read(MOST_BYTES + 1)
                case _:
                    data = raw.read(MOST_BYTES + 1)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        msg = f"{path}: cannot be read or decompressed ({error})"
        raise ReferenceDataError(msg) from error
    if len(data) > MOST_BYTES:
        msg = f"{path}: larger than {MOST_BYTES} bytes once decompressed"
        raise ReferenceDataError(msg)
    return data


def archived_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of the regular files in the folder or tar archive `path`, by name; links are left out."""
    total = 0
    for count, (name, data) in enumerate(_in_folder(path) if path.is_dir() else _in_tar(path)):
        total += len(data)
        if count >= MOST_FILES or total > MOST_BYTES:
            msg = f"{path}: holds more than {MOST_FILES} files or {MOST_BYTES} bytes"
            raise ReferenceDataError(msg)
        yield name, data


def is_tar(data: bytes) -> bool:
    """Tell whether the decompressed `data` begin as a tar archive does."""
    return data[257:262] == b"ustar"


def _in_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for each in sorted(path.rglob("*")):
        if each.is_file() and not each.is_symlink():
            if each.stat().st_size > MOST_BYTES:
                msg = f"{each}: larger than {MOST_BYTES} bytes"
                raise ReferenceDataError(msg)
            yield each.relative_to(path).as_posix(), each.read_bytes()


def _in_tar(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content(path)), mode="r:") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is not None:
                    yield member.name, stream.read()
    except tarfile.TarError as error:
        msg = f"{path}: a damaged tar archive ({error})"
        raise ReferenceDataError(msg) from error
