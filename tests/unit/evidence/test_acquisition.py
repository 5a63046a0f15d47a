"""What acquiring preserves, what it leaves alone, and what it refuses."""

import hashlib
import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from case_factory import new_case, preserve
from comity.casework.folder import Folder
from comity.evidence import manifest
from comity.evidence.acquisition import survey
from comity.evidence.acquisition.pack import SMALL
from comity.ledger import Tree
from comity.terms.canonical import canonical
from comity.terms.errors import AuthorizationError, IntegrityError, SettingsError, StateError


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def material(tmp_path: Path) -> Path:
    source = tmp_path / "material"
    (source / "a").mkdir(parents=True)
    (source / "a-b").write_bytes(b"after a/ in the order of bytes? no: - comes before /")
    (source / "a" / "one").write_bytes(b"one")
    (source / "a" / "two").write_bytes(b"two" * 1000)
    (source / "a" / "same as one").write_bytes(b"one")
    (source / "empty file").write_bytes(b"")
    (source / "just below").write_bytes(os.urandom(SMALL - 1))
    (source / "just at").write_bytes(os.urandom(SMALL))
    (source / "large").write_bytes(os.urandom(9 * SMALL + 17))
    (source / "empty folder").mkdir()
    return source


def bytes_of(folder: Folder) -> dict[str, bytes]:
    found = {}
    for exhibit in folder.exhibits():
        if exhibit.location is not None:
            with folder.open_exhibit(exhibit) as stream:
                found[exhibit.name] = stream.read()
    return found


def test_everything_is_preserved_numbered_and_digested(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    told = []
    acquired = preserve(folder, material, progress=lambda exhibits, size: told.append((exhibits, size)))
    names = [p.relative_to(material).as_posix() for p in material.rglob("*") if p.is_file()]
    assert bytes_of(folder) == {name: (material / name).read_bytes() for name in names}
    exhibits = list(folder.exhibits())
    assert [e.number for e in exhibits] == [str(n) for n in range(1, len(exhibits) + 1)]
    keys = [e.name_bytes + (b"/" if e.kind == "directory" else b"") for e in exhibits]
    assert keys == sorted(keys)
    for exhibit in exhibits:
        if exhibit.kind == "file":
            data = (material / exhibit.name).read_bytes()
            expected = [hashlib.new(name, data).hexdigest() for name in ("sha256", "md5", "sha1")]
            assert [exhibit.sha256.hex, exhibit.md5, exhibit.sha1] == expected
            assert exhibit.size == len(data)
            status = (material / exhibit.name).stat()
            assert abs(exhibit.modified.timestamp() - status.st_mtime) < 1e-5
            assert exhibit.mode == status.st_mode & 0o7777
    assert (sum(n for n, _ in told), sum(s for _, s in told)) == (acquired.count, acquired.size)
    assert survey(material, excluded=folder.path) == (acquired.count, acquired.size)
    assert {e.name for e in exhibits if e.kind == "directory"} == {"empty folder"}


def test_the_manifest_is_the_leaves_of_the_root(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    acquired = preserve(folder, material)
    data = (folder.path / acquired.manifest).read_bytes()
    tree = Tree()
    tree.extend(data.split(b"\n")[:-1])
    assert tree.root() == acquired.root
    assert hashlib.sha256(data).hexdigest() == acquired.manifest_sha256.hex
    assert folder.manifests() == (acquired,)
    assert [e.event for e in folder.entries()] == ["case:opened", "authorization:granted", "acquisition:begun", "exhibits:acquired"]
    assert folder.entries()[-1].authorization == 2


def test_packs_open_with_any_tar(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    (pack,) = (folder.path / "objects" / "packs").iterdir()
    with tarfile.open(pack) as archive:
        for member in archive:
            assert hashlib.sha256(archive.extractfile(member).read()).hexdigest() == member.name
    listed = subprocess.run(["tar", "tvf", pack], capture_output=True, text=True, check=True)
    assert listed.stderr == ""
    # "one" and "same as one" are one member; "just at" and "large" are objects of their own
    assert len(listed.stdout.splitlines()) == 5
    large = hashlib.sha256((material / "large").read_bytes()).hexdigest()
    assert (folder.path / "objects" / "sha256" / large[:2] / large).read_bytes() == (material / "large").read_bytes()
    assert {p.stat().st_mode & 0o777 for p in folder.path.glob("objects/*/*") if p.is_file()} == {0o444}


def test_the_same_again_is_no_acquisition(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    assert preserve(folder, material) is not None
    before = sorted(folder.path.rglob("*"))
    assert preserve(folder, material) is None
    os.utime(material / "large")  # another time, the same bytes
    os.utime(material / "a" / "one")
    assert preserve(folder, material) is None
    assert sorted(folder.path.rglob("*")) == before


def test_what_is_new_or_changed_makes_a_further_acquisition(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    first = preserve(folder, material)
    (material / "a" / "one").write_bytes(b"changed")
    (material / "later").write_bytes(b"two" * 1000)  # bytes that are stored already
    second = preserve(folder, material)
    assert (second.number, second.first, second.count) == (2, first.count + 1, 2)
    new = list(folder.exhibits())[first.count :]
    assert [e.name for e in new] == ["a/one", "later"]
    assert new[0].location.path == "objects/packs/000002.tar"
    assert new[1].location.path == "objects/packs/000001.tar"
    assert folder.exhibit(str(first.count + 2)) == new[1]
    with pytest.raises(StateError, match="no exhibit"):
        folder.exhibit(str(first.count + 3))


def test_another_source_is_another_acquisition_of_the_same_names(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    preserve(folder, material)
    other = tmp_path / "other"
    other.mkdir()
    (other / "large").write_bytes(b"x")
    assert preserve(folder, other).count == 1
    assert preserve(folder, material) is None


def test_one_file_may_be_named(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    assert preserve(folder, material / "large").count == 1
    assert list(bytes_of(folder)) == ["large"]


def test_only_the_asked_digests_are_taken(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    preserve(folder, material, digests=("sha256",))
    assert {(e.md5, e.sha1) for e in folder.exhibits()} == {(None, None)}
    with pytest.raises(SettingsError, match="unknown digests"):
        preserve(folder, material, digests=("md5",))


def test_nothing_is_read_without_a_live_authorization(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case", authorization=None)
    with pytest.raises(AuthorizationError, match="none is recorded"):
        preserve(folder, material)
    assert not list((folder.path / "objects").iterdir())


def test_the_case_is_never_its_own_material(tmp_path: Path, material: Path):
    folder = new_case(material / "case")
    with pytest.raises(StateError, match="inside the case folder"):
        preserve(folder, folder.path)
    with pytest.raises(StateError, match="inside the case folder"):
        preserve(folder, folder.path / "ledger")
    preserve(folder, material)
    (excluded,) = [e for e in folder.exhibits() if e.name == "case"]
    assert "case folder itself" in excluded.defect
    assert not [e for e in folder.exhibits() if e.name.startswith("case/")]
    assert preserve(folder, material) is None


def test_a_missing_source_is_said(tmp_path: Path):
    folder = new_case(tmp_path / "case")
    with pytest.raises(SettingsError, match="there is no"):
        preserve(folder, tmp_path / "nothing")
    with pytest.raises(SettingsError, match="neither"):
        preserve(folder, Path("/dev/null"))


def test_a_changed_manifest_stops_the_next_acquisition(tmp_path: Path, material: Path):
    folder = new_case(tmp_path / "case")
    acquired = preserve(folder, material)
    path = folder.path / acquired.manifest
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"size":3', b'"size":4'))
    with pytest.raises(IntegrityError, match="not the manifest"):
        preserve(folder, material)
    with pytest.raises(IntegrityError, match="not the manifest"):
        list(folder.exhibits())


def test_lines_are_canonical_however_they_are_made(tmp_path: Path):
    """The fast form and the general form are the same bytes."""
    path = tmp_path / "x"
    path.write_bytes(b"x")
    content = manifest.Content(1, "ab" * 32, None, "cd" * 20, "objects/packs/000001.tar", 512)
    for name in (b"x", b'"\\\x00\x1f\x7f\n', b"../x"):
        fast = manifest.encode_line(number=7, name=name, kind="file", status=path.stat(), content=content, salt="5a" * 16)
        general = manifest.encode_line(number=7, name=name, kind="file", status=path.stat(), content=content, salt="5a" * 16, problem="p")
        assert general.replace(b'"defect":"p",', b"") == fast

        assert canonical(json.loads(fast)) == fast
        assert canonical(json.loads(general)) == general
        assert manifest.decode_line(fast, where="").name_bytes == name


def test_instants_keep_their_nanoseconds():
    assert manifest.instant_of(0) == "1970-01-01T00:00:00Z"
    assert manifest.instant_of(1) == "1970-01-01T00:00:00.000000001Z"
    assert manifest.instant_of(-1) == "1969-12-31T23:59:59.999999999Z"
    assert manifest.instant_of(10**9 * 253402300800) is None
    assert manifest.instant_of(1_500_000_000) == "1970-01-01T00:00:01.5Z"
