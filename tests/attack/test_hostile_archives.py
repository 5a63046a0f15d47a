"""Archives damaged at random: never an exception, everything bounded, each child found again with the same bytes."""

import bz2
import gzip
import io
import lzma
import random
import subprocess
import tarfile
import zipfile

import pytest

from comity.parsers import gzip_file, tar_archive, zip_archive
from comity.parsers.contract import Child, Container, Defect, Rows, Source, Structure, Structures
from comity.terms.errors import MaterialError

BODIES = [b"plain text\n" * 400, bytes(range(256)) * 12, b"", bytes(20_000), b"x" * 511]


def a_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, body in enumerate(BODIES):
            archive.writestr(
                f"folder/{number}", body, compress_type=(zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)[number % 3]
            )
        with archive.open("wide", "w", force_zip64=True) as entry:
            entry.write(b"wide")
        archive.comment = b"a comment"
    return buffer.getvalue()


def a_tar(form: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for number, body in enumerate(BODIES):
            info = tarfile.TarInfo(f"{number}/" + "long" * 40 * (number % 2) + "/name")
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/" + "t" * 120
        archive.addfile(link)
    return buffer.getvalue()


def a_sparse_tar(folder, version: str) -> bytes:
    with (folder / "s").open("wb") as file:
        for place in range(0, 1_000_000, 131_072):
            file.seek(place)
            file.write(b"piece")
        file.truncate(1_000_000)
    options = ["--format=gnu"] if version == "gnu" else ["--format=pax", f"--sparse-version={version}"]
    return subprocess.run(["tar", "-C", folder, *options, "-S", "-cf", "-", "s"], check=True, capture_output=True).stdout


def read(data: bytes, parser: Container) -> int:
    source = Source(stream=io.BytesIO(data), size=len(data), name="hostile")
    count = 0
    for item in parser.read(source, inferred=()):
        count += 1
        assert not isinstance(item, Rows | Structures)
        assert 0 <= item.offset <= len(data)
        assert 0 <= item.length <= len(data) - item.offset
        if isinstance(item, Defect | Structure):
            continue
        assert isinstance(item, Child)
        item.step.encode()  # text, whatever the name's bytes were
        got = bytearray()
        try:
            while piece := item.stream.read(70_000):
                got += piece
        except MaterialError:
            pass
        assert parser.extract(source, step=item.step).read() == got
    return count


def damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 5, 50))):
        place = chance.randrange(len(out))
        kind = chance.random()
        if kind < 0.6:
            out[place] = chance.choice((0, 0xFF, 0x80, chance.randrange(256)))
        elif kind < 0.8:
            del out[place : place + chance.randrange(1, 600)]
        else:
            other = chance.randrange(len(out))
            out[place:place] = out[other : other + chance.randrange(1, 600)]
        if not out:
            break
    return bytes(out)


@pytest.mark.parametrize("kind", ["zip", "pax", "gnu tar", "sparse gnu", "sparse 0.0", "sparse 0.1", "sparse 1.0", "gzip", "bzip2", "xz"])
def test_damage_is_survived(tmp_path, kind):
    chance = random.Random(kind)  # noqa: S311 - the same damage at each run
    if kind == "zip":
        data, parser = a_zip(), zip_archive.PARSER
    elif kind.startswith("sparse"):
        data, parser = a_sparse_tar(tmp_path, kind.split()[1]), tar_archive.PARSER
    elif kind in {"pax", "gnu tar"}:
        data, parser = a_tar(tarfile.PAX_FORMAT if kind == "pax" else tarfile.GNU_FORMAT), tar_archive.PARSER
    else:
        data, parser = {"gzip": gzip, "bzip2": bz2, "xz": lzma}[kind].compress(b"".join(BODIES)), gzip_file.PARSER
    assert read(data, parser) >= 1
    for _ in range(150):
        read(damaged(data, chance), parser)
    for cut in range(0, len(data), max(1, len(data) // 40)):
        read(data[:cut], parser)


def test_small_zip_that_claims_everything(monkeypatch):
    monkeypatch.setattr("comity.parsers.zip_directory.MOST_ENTRIES", 50)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(60):
            archive.writestr(str(number), b"")
    source = Source(stream=buffer, size=len(buffer.getvalue()), name="x")
    items = list(zip_archive.PARSER.read(source, inferred=()))
    assert [item.code for item in items if isinstance(item, Defect)] == ["limit_entries"]
    assert sum(isinstance(item, Child) for item in items) == 50


def test_a_header_that_asks_for_everything_is_refused():
    data = bytearray(a_tar(tarfile.PAX_FORMAT))
    place = data.index(b"././@PaxHeader")
    data[place + 124 : place + 136] = b"\x80" + b"\xff" * 11
    data[place + 148 : place + 156] = b" " * 8
    data[place + 148 : place + 156] = b"%06o\0 " % sum(data[place : place + 512])
    source = Source(stream=io.BytesIO(data), size=len(data), name="x")
    defects = [item for item in tar_archive.PARSER.read(source, inferred=()) if isinstance(item, Defect)]
    assert "extended header says it has" in defects[0].reason
