"""Withheld lines, filled copies, packs with gaps, erased bytes."""

import io
import tarfile
from pathlib import Path

import pytest

from comity.evidence.acquisition.pack import header
from comity.evidence.exhibit import Place
from comity.evidence.redaction import (
    FILL,
    WithheldLine,
    decode_withheld,
    erase_file,
    fill,
    joined,
    leaf_of,
    overwrite,
    part_around,
    write_pack,
)
from comity.ledger import Tree
from comity.terms.digest import Digest
from comity.terms.errors import IntegrityError, StateError


def place(offset: int, length: int) -> Place:
    return Place(offset=offset, length=length)


def test_a_withheld_line_leads_to_the_same_root():
    lines = [b"one", b"two", b"three"]
    shown, hidden = Tree(), Tree()
    shown.extend(lines)
    for line in lines:
        hidden.add_hash(bytes.fromhex(leaf_of(line).hex))
    assert hidden.root() == shown.root()


def test_a_withheld_line_comes_back_as_it_was():
    line = WithheldLine(number="7", leaf=leaf_of(b"x"), entry=12, copy=b'{"number":"7"}')
    assert decode_withheld(line.encode(), where="m") == line
    assert decode_withheld(b'{"number":"7"}', where="m") is None


@pytest.mark.parametrize("line", [b"7", b"{", b'{"withheld":1}', b'{"withheld":"x","number":"1","leaf":"00"}', b"\xff"])
def test_what_is_no_line_is_refused(line: bytes):
    with pytest.raises(IntegrityError, match="m is no line"):
        decode_withheld(line, where="m")


def test_ranges_are_filled_and_nothing_else():
    data, out = bytes(range(65, 85)), io.BytesIO()
    digest = fill(io.BytesIO(data), out, (place(0, 2), place(5, 3), place(18, 2)))
    assert out.getvalue() == FILL * 2 + data[2:5] + FILL * 3 + data[8:18] + FILL * 2
    assert digest == Digest.of(out.getvalue())


def test_touching_ranges_are_one():
    assert joined([place(5, 5), place(0, 5), place(7, 1), place(20, 1)]) == (place(0, 10), place(20, 1))


def test_a_part_is_found_with_its_headers():
    mail = b"h: 1\n\n--b\nContent-Type: x\nContent-Disposition: attachment; filename=secret\n\nQUJD\n--b--\n"
    body = place(mail.index(b"QUJD"), 4)
    found = part_around(io.BytesIO(mail), body, where="7.2")
    assert mail[found.offset : found.offset + found.length].startswith(b"Content-Type")
    assert found.offset + found.length == body.offset + 4
    with pytest.raises(StateError, match="no boundary"):
        part_around(io.BytesIO(b"h: 1\n\nQUJD"), place(6, 4), where="7.2")


def test_a_pack_keeps_what_is_shown_in_its_place():
    contents = [bytes([65 + n]) * size for n, size in enumerate((10, 600, 512, 3))]
    data, places = b"", []
    for content in contents:
        data += header(Digest.of(content).hex.encode(), len(content))
        places.append(place(len(data), len(content)))
        data += content + bytes(-len(content) % 512)
    out = io.BytesIO()
    write_pack(io.BytesIO(data + bytes(1024)), out, [places[0], places[2]])
    written = out.getvalue()
    assert b"B" * 20 not in written
    assert b"DDD" not in written
    for kept, content in ((places[0], contents[0]), (places[2], contents[2])):
        assert written[kept.offset : kept.offset + kept.length] == content
    assert len(written) == places[2].offset + 512 + 1024
    with tarfile.open(fileobj=io.BytesIO(written)) as archive:
        assert [member.name[:9] for member in archive.getmembers()][1] == "withheld-"
        assert len(archive.getmembers()) == 3


def test_bytes_are_overwritten_and_files_go(tmp_path: Path):
    path = tmp_path / "pack"
    path.write_bytes(b"aaaabbbbcccc")
    path.chmod(0o444)
    overwrite(path, place(4, 4))
    assert path.read_bytes() == b"aaaa\0\0\0\0cccc"
    assert path.stat().st_mode & 0o777 == 0o444
    overwrite(path, place(10, 400))
    assert path.read_bytes() == b"aaaa\0\0\0\0cc\0\0"
    erase_file(path)
    assert not path.exists()
