import gzip
import io
import lzma
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from comity.casework.reference import available, import_reference, in_use, reference_folder
from comity.reference.banks import bank_of
from comity.reference.holder import Dating
from comity.reference.importing import Labels, read
from comity.reference.law_files import law_files
from comity.reference.registry import put, shipped
from comity.reference.snapshot import Kind
from comity.reference.suffixes import suffix_list
from comity.terms.errors import ReferenceDataError, SettingsError
from comity.terms.iban import check_digits
from example_world_factory import at, example

DELEGATED = """2|ripencc|20240501|3|19830705|20240501|+0200
ripencc|*|ipv4|*|2|summary
ripencc|DE|ipv4|5.0.0.0|768|20120101|allocated|abc
ripencc||ipv4|5.0.4.0|256||available|
ripencc|ZZ|ipv4|5.0.5.0|256||reserved|
ripencc|FR|ipv6|2a00:1::|32|20120101|allocated|abc
ripencc|FR|asn|100|1|20120101|allocated|abc
"""


def ranges(files: Mapping[str, bytes], name: str) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(files[name]))


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress, lzma.compress], ids=["plain", "gzip", "xz"])
def test_delegated_extended(tmp_path: Path, pack) -> None:
    path = tmp_path / "delegated"
    path.write_bytes(pack(DELEGATED.encode()))
    files, snapshot = read(path, Labels())
    assert (snapshot.kind, snapshot.name, snapshot.last, snapshot.rows) == (
        Kind.DELEGATIONS,
        "delegated-ripencc-2024-05-01",
        date(2024, 5, 1),
        2,
    )
    # 768 addresses are no single prefix
    assert ranges(files, "v4.parquet").rows() == [(5 << 24, (5 << 24) + 767, "DE", "ripencc")]
    assert ranges(files, "v6.parquet")["country"].to_list() == ["FR"]


def test_ipverse_archive(tmp_path: Path) -> None:
    path = tmp_path / "ipverse.tar.xz"
    with tarfile.open(path, "w:xz") as archive:
        for name, text in (
            ("2023-07-01/country/de/ipv4-aggregated.txt", "# a comment\n5.0.0.0/24\n5.0.1.0/24\n"),
            ("2023-07-01/readme", "x"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    files, snapshot = read(path, Labels())
    assert snapshot.last == date(2023, 7, 1)
    assert ranges(files, "v4.parquet").rows() == [(5 << 24, (5 << 24) + 511, "DE")]


def test_the_most_specific_prefix_decides(tmp_path: Path) -> None:
    path = tmp_path / "table.dat"
    path.write_text("; Original file : rib.20140513.0600.bz2\n5.0.0.0/8\t1\n5.1.0.0/16\t2\n5.1.1.0/24\t3\n")
    files, snapshot = read(path, Labels())
    assert snapshot.last == date(2014, 5, 13)
    assert ranges(files, "v4.parquet")["asn"].to_list() == [1, 2, 3, 2, 1]


def test_range_origins_leave_out_what_is_not_routed(tmp_path: Path) -> None:
    path = tmp_path / "ip2asn-2026-05-27.tsv"
    path.write_text(
        "1.0.0.0\t1.0.0.255\t13335\tUS\tCLOUDFLARENET\n1.0.1.0\t1.0.3.255\t0\tNone\tNot routed\n2001:200::\t2001:200::ff\t2500\tJP\tWIDE\n"
    )
    files, snapshot = read(path, Labels())
    assert (snapshot.kind, snapshot.rows, snapshot.last) == (Kind.ORIGINS, 2, date(2026, 5, 27))
    assert ranges(files, "v4.parquet")["asn"].to_list() == [13335]
    assert ranges(files, "v6.parquet")["end_low"].to_list() == [0xFF]


def test_parties_and_lists(tmp_path: Path) -> None:
    parties = tmp_path / "parties.csv"
    parties.write_text("state,entry_into_force,status,source\nAD,2017-03-01,verified,chart\nBR,,draft,press\n")
    snapshot, new = import_reference(parties, Labels(dated=date(2026, 1, 1)), into=tmp_path / "kept")
    assert (new, snapshot.kind, snapshot.rows) == (True, Kind.PARTIES, 2)
    assert law_files([snapshot])["ets-185-parties.csv"] == parties.read_bytes()
    assert law_files()["ets-185-parties.csv"] != parties.read_bytes()
    listed = tmp_path / "list.txt"
    listed.write_text("5.5.5.5\n6.0.0.0/24\n")
    files, _ = read(listed, Labels(listed_as="exit", dated=date(2026, 1, 1)))
    assert ranges(files, "v4.parquet")["listed"].to_list() == ["exit", "exit"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("state,entry_into_force,status,source\nGermany,2017-03-01,verified,chart\n", "line 2"),
        ("state,entry_into_force,status,source\nDE,last year,verified,chart\n", "line 2"),
        ("state,entry_into_force,status,source\nDE,,sure,chart\n", "line 2"),
        ("5.0.0.0/24\t1\n5.0.0.1/24\t2\n", "line 2"),
        ("5.0.0.0/24\t1\n5.0.1.0/24\t4294967296\n", "line 2"),
        ("1.0.0.9\t1.0.0.0\t1\tUS\tX\n", "line 1"),
        (DELEGATED.replace("768", "99999999999"), "line 3"),
        (DELEGATED.replace("2a00:1::|32", "2a00:1::|129"), "line 6"),
        ('{"services": [[["5.0.0.0/8"], ["https://rdap.nowhere.example/"]]], "publication": "2020-01-01"}', "names no block"),
        ("{" * 200_000, "bootstrap"),
        ("hello\n", "none of the forms"),
        ("", "none of the forms"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "given-2024-01-01.txt"
    path.write_text(text)
    with pytest.raises(ReferenceDataError, match=says):
        import_reference(path, Labels(), into=tmp_path / "kept")
    assert not list((tmp_path / "kept").glob("*"))


@pytest.mark.parametrize("data", [b"\x1f\x8bnot gzip", b"\xfd7zXZ\x00broken", b"PAR1broken", b"\xff\xfe\x00\x01", b"BZhbroken"])
def test_damaged_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "given-2024-01-01"
    path.write_bytes(data)
    with pytest.raises(ReferenceDataError, match="given-2024-01-01"):
        read(path, Labels())


def test_a_file_without_a_day_needs_one(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("5.0.0.0/24\t1\n")
    with pytest.raises(ReferenceDataError) as caught:
        read(path, Labels())
    assert "--dated" in caught.value.remedy


def test_a_snapshot_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    labels = Labels(name="origins-x", dated=date(2024, 1, 1))
    path.write_text("5.0.0.0/24\t1\n")
    assert import_reference(path, labels, into=tmp_path / "kept")[1]
    assert not import_reference(path, labels, into=tmp_path / "kept")[1]
    path.write_text("5.0.0.0/24\t2\n")
    with pytest.raises(ReferenceDataError, match="already with other data"):
        import_reference(path, labels, into=tmp_path / "kept")
    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["origins-x"]


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "", "UPPER", "a" * 81])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReferenceDataError, match="cannot name"):
        put({"x.csv": b""}, replace(shipped()[0], name=name), into=tmp_path)


def test_every_shipped_snapshot_is_whole_and_says_whence_it_comes() -> None:
    found = shipped()
    assert {snapshot.kind for snapshot in found} == {
        Kind.DELEGATIONS,
        Kind.ORIGINS,
        Kind.NETWORK_NAMES,
        Kind.LISTED,
        Kind.SUFFIXES,
        Kind.PARTIES,
    }
    for snapshot in found:
        assert snapshot.verified().rows > 0
        assert snapshot.licence
        assert snapshot.source
        assert snapshot.folder.name == snapshot.name
    assert sum(path.stat().st_size for snapshot in found for path in snapshot.files) < 15_000_000
    data, newest = suffix_list(found)
    assert b"Mozilla Public" in data[:200]
    assert newest.last == date(2026, 8, 19)


def test_example_worlds_are_used_only_where_named(tmp_path: Path) -> None:
    folder = example(tmp_path / "world")
    kept = tmp_path / "kept"
    assert import_reference(folder, Labels(), into=kept)[0].name == "example-world"
    assert "example-world" in {snapshot.name for snapshot in available(kept)}
    assert "example-world" not in {snapshot.name for snapshot in in_use(kept)}
    assert "example-world" in {snapshot.name for snapshot in in_use(kept, example=Path("example-world"))}
    assert "example-world" in {snapshot.name for snapshot in in_use(tmp_path / "none", example=folder)}
    with pytest.raises(ReferenceDataError):
        in_use(kept, example=tmp_path)


def test_the_bank_of_an_account(tmp_path: Path) -> None:
    world = in_use(tmp_path / "none", example=example(tmp_path / "world"))
    iban = f"LT{check_digits('LT', '9999900000000001')}9999900000000001"
    known = bank_of(iban, at=at("2026-09-01T00:00:00"), snapshots=world)
    assert (known.country, known.code, known.name.value, known.bic.value) == ("LT", "99999", "Example Bank", "EXAMLT22")
    assert known.name.dating is Dating.WITHIN
    assert bank_of(iban, at=at("2020-01-01T00:00:00"), snapshots=world).name.dating is Dating.ONE_SIDED
    assert bank_of(iban, at=at("2026-09-01T00:00:00"), snapshots=shipped()).name.dating is Dating.UNKNOWN


def test_where_imported_snapshots_lie() -> None:
    assert reference_folder({"XDG_DATA_HOME": "/x"}) == Path("/x/comity/reference")
    assert reference_folder({"XDG_DATA_HOME": "relative", "HOME": "/h"}) == Path("/h/.local/share/comity/reference")
    with pytest.raises(SettingsError):
        reference_folder({})
