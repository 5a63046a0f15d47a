from datetime import date
from pathlib import Path

import polars as pl
import pytest

from comity.reference import example_world
from comity.reference.allocations import Allocations, load
from comity.reference.holder import Dating
from comity.reference.importing import Labels, read
from comity.reference.registry import put, shipped
from comity.reference.snapshot import Snapshot, read_snapshot
from comity.terms.errors import ReferenceDataError
from example_world_factory import at, example


@pytest.fixture(scope="module")
def world() -> Allocations:
    return load(shipped())


def origins(folder: Path, name: str, rows: str) -> Snapshot:
    """A made-up origin table of the day that is its name."""
    path = folder / f"{name}.dat"
    path.write_text(rows)
    files, snapshot = read(path, Labels(name=f"origins-{name}", dated=date.fromisoformat(name)))
    return put(files, snapshot, into=folder / "reference")[0]


def test_interval_data_cover_the_day(world: Allocations) -> None:
    holder = world.holder_of("8.8.8.8", at=at("2023-01-01T12:00:00"))
    assert holder.country.dating is Dating.WITHIN
    assert holder.country.value == "US"
    assert holder.country.claims[0].distance_days == 0
    assert holder.country.claims[0].dated == date(2023, 1, 1)


def test_a_table_of_2026_does_not_answer_for_2015(world: Allocations) -> None:
    holder = world.holder_of("83.149.9.216", at=at("2015-05-17T10:05:03"))
    assert holder.network.dating is Dating.BRACKETED
    assert holder.network.value == "AS25159 SONICDUO-AS"
    assert holder.country.dating is Dating.ONE_SIDED
    assert holder.country.claims[0].distance_days == (date(2021, 12, 8) - date(2015, 5, 17)).days
    now = world.holder_of("83.149.9.216", at=at("2026-06-01T00:00:00"))
    assert now.network.value is not None
    assert now.network.value.startswith("AS31133 ")


def test_the_name_of_a_network_is_dated_apart(world: Allocations) -> None:
    holder = world.holder_of("8.8.8.8", at=at("2023-01-01T12:00:00"))
    names = [note for note in holder.notes if "bears the name" in note.value]
    assert [note.snapshot for note in names] == ["network-names-2026-05-27"]
    assert names[0].distance_days == (date(2026, 5, 27) - date(2023, 1, 1)).days


def test_a_registry_change_is_told_on_each_side(world: Allocations) -> None:
    exit_then = world.holder_of("185.220.101.1", at=at("2023-01-01T00:00:00"))
    assert "listed as a Tor exit" in [note.value for note in exit_then.notes]
    assert "listed as a Tor exit" not in [note.value for note in world.holder_of("8.8.8.8", at=at("2023-01-01T00:00:00")).notes]
    assert "listed as a Tor exit" not in [note.value for note in world.holder_of("185.220.101.1", at=at("2015-01-01T00:00:00")).notes]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("10.1.2.3", "private"), ("100.64.0.1", "carrier-grade NAT"), ("127.0.0.1", "loopback"), ("169.254.1.1", "link-local"),
        ("192.0.2.1", "documentation"), ("224.0.0.1", "multicast"), ("255.255.255.255", "reserved"), ("fe80::1", "link-local"),
        ("fd00::1", "private"), ("2001:db8::1", "documentation"), ("2002:808:808::1", "6to4, carries 8.8.8.8"), ("::1", "loopback"),
        ("::ffff:10.0.0.1", "private"), ("100.63.255.255", ""), ("100.128.0.0", ""), ("8.8.8.8", ""), ("2a00:1450::1", ""), ("4000::1", "reserved"),
        ("01.2.3.4", "not an address"), ("1.2.3.256", "not an address"), ("", "not an address"), ("example.com", "not an address"), ("fe80::1%eth0", "not an address"),
    ],
)  # fmt: skip
def test_special_addresses(world: Allocations, address: str, name: str) -> None:
    holder = world.holder_of(address, at=at("2023-01-01T00:00:00"))
    assert holder.special == name
    if name:
        assert (holder.country.claims, holder.network.claims, holder.registry.claims, holder.notes) == ((), (), (), ())


def test_mapped_addresses_are_their_ipv4_address(world: Allocations) -> None:
    mapped = world.holder_of("::ffff:8.8.8.8", at=at("2023-01-01T00:00:00"))
    assert mapped.network == world.holder_of("8.8.8.8", at=at("2023-01-01T00:00:00")).network


def test_datings_of_two_tables(tmp_path: Path) -> None:
    old = origins(tmp_path, "2020-01-01", "5.0.0.0/8\t1\n6.0.0.0/8\t1\n7.0.0.0/8\t1\n")
    new = origins(tmp_path, "2020-12-31", "5.0.0.0/8\t1\n6.0.0.0/8\t2\n9.0.0.0/8\t3\n")
    both = load([old, new])

    def network(address: str, day: str) -> tuple[str, str | None, int]:
        answer = both.holder_of(address, at=at(day)).network
        return answer.dating.value, answer.value, len(answer.claims)

    assert network("5.0.0.1", "2020-06-01") == ("bracketed", "AS1", 2)
    assert network("6.0.0.1", "2020-01-20") == ("nearest", "AS1", 2)
    assert network("6.0.0.1", "2020-12-20") == ("nearest", "AS2", 2)
    assert network("6.0.0.1", "2020-06-01") == ("conflict", None, 2)
    assert network("6.0.0.1", "2020-12-31") == ("within", "AS2", 1)
    assert network("7.0.0.1", "2020-06-01") == ("one-sided", "AS1", 1)
    assert network("9.0.0.1", "2020-06-01") == ("one-sided", "AS3", 1)
    assert network("6.0.0.1", "2021-06-01") == ("one-sided", "AS2", 1)
    assert network("11.0.0.1", "2020-06-01") == ("unknown", None, 0)


def test_claims_that_overlap_in_a_transfer_are_all_shown(tmp_path: Path) -> None:
    path = tmp_path / "transfers.parquet"
    pl.DataFrame(
        {"cc": ["DE", "FR"], "prefix": ["5.0.0.0/16"] * 2, "from": ["2022-01-01", "2022-03-01"], "to": ["2022-03-03", ""]}
    ).write_parquet(path)
    files, snapshot = read(path, Labels(name="transfers", dated=date(2022, 12, 31)))
    country = load([put(files, snapshot, into=tmp_path / "reference")[0]]).holder_of
    during = country("5.0.1.1", at=at("2022-03-02T00:00:00")).country
    assert (during.dating, during.value) == (Dating.CONFLICT, None)
    assert {claim.value for claim in during.claims} == {"DE", "FR"}
    assert country("5.0.1.1", at=at("2022-02-28T23:59:59")).country.value == "DE"
    assert country("5.0.1.1", at=at("2022-03-03T00:00:00")).country.value == "FR"


def test_an_example_world_answers_for_documentation_addresses_only(tmp_path: Path) -> None:
    folder = example(tmp_path / "world")
    example_world.read(folder)
    mixed = load([*shipped(), read_snapshot(folder)])
    holder = mixed.holder_of("192.0.2.7", at=at("2026-09-01T00:00:00"))
    assert (holder.special, holder.country.value, holder.network.value) == ("documentation", "DE", "AS64496 MUSTER")
    assert (holder.registry.value, holder.contact.value) == ("ripencc", "abuse@muster.example")
    assert [note.value for note in holder.notes] == ["registered to Muster GmbH"]
    every = (*holder.country.claims, *holder.network.claims, *holder.registry.claims, *holder.contact.claims, *holder.notes)
    assert {claim.snapshot for claim in every} == {"example-world"}
    real = mixed.holder_of("8.8.8.8", at=at("2026-09-01T00:00:00"))
    assert "example-world" not in {claim.snapshot for answer in (real.country, real.network, real.contact) for claim in answer.claims}
    assert mixed.holder_of("192.0.2.200", at=at("2026-09-01T00:00:00")).network.dating is Dating.UNKNOWN
    assert load(shipped()).holder_of("192.0.2.7", at=at("2026-09-01T00:00:00")).country.dating is Dating.UNKNOWN


@pytest.mark.parametrize("row", ["8.8.8.0/24,DE,ripencc,X,", "192.0.0.0/8,DE,ripencc,X,", "nonsense,DE,ripencc,X,", "192.0.2.0/24,DE"])
def test_an_example_world_cannot_speak_of_real_addresses(tmp_path: Path, row: str) -> None:
    folder = example(tmp_path / "world")
    (folder / "allocations.csv").write_text(f"cidr,country,registry,holder,contact\n{row}\n")
    with pytest.raises(ReferenceDataError, match=r"line 2"):
        example_world.read(folder)


def test_many_are_answered_as_one(world: Allocations) -> None:
    asked = [
        ("8.8.8.8", "2023-01-01T05:00:00"), ("83.149.9.216", "2015-05-17T00:00:00"), ("10.0.0.1", "2015-05-17T00:00:00"),
        ("8.8.8.8", "2023-01-01T09:00:00"), ("2a00:1450::1", "2024-01-01T00:00:00"), ("nonsense", "2024-01-01T00:00:00"),
    ]  # fmt: skip
    frame = pl.DataFrame({"address": [a for a, _ in asked], "at": [at(t) for _, t in asked]})
    many = world.holders(frame)
    assert many.select("address", "at").equals(frame)
    for row, (address, instant) in zip(many.iter_rows(named=True), asked, strict=True):
        one = world.holder_of(address, at=at(instant))
        assert row["special"] == one.special
        for name, answer in (("country", one.country), ("network", one.network), ("registry", one.registry)):
            assert row[name] == answer.value
            assert row[f"{name}.dating"] == answer.dating.value
            assert (row[f"{name}.claims"] or []) == [f"{c.value} ({c.snapshot}, {c.dated})" for c in answer.claims]


def test_an_address_without_a_time_has_no_holder(world: Allocations) -> None:
    frame = pl.DataFrame({"address": ["8.8.8.8"], "at": [None]}, schema={"address": pl.String, "at": pl.Datetime("us", "UTC")})
    assert world.holders(frame)["country.dating"].to_list() == ["unknown"]


def test_changed_data_are_refused(tmp_path: Path) -> None:
    snapshot = origins(tmp_path, "2020-01-01", "5.0.0.0/8\t1\n")
    with snapshot.files[0].open("ab") as data:
        data.write(b"x")
    with pytest.raises(ReferenceDataError, match="origins-2020-01-01"):
        load([snapshot])


def test_the_real_log_of_2015(world: Allocations, shared_data: Path) -> None:
    addresses = sorted({line.split(" ", 1)[0] for line in (shared_data / "logs" / "apache_access.log").read_text().splitlines()})
    then = world.holders(pl.DataFrame({"address": addresses, "at": [at("2015-05-18T00:00:00")] * len(addresses)}))
    now = world.holders(pl.DataFrame({"address": addresses, "at": [at("2026-05-27T00:00:00")] * len(addresses)}))
    known = (then["network.dating"] == "bracketed") & now["network"].is_not_null()
    wrong = (then["network"] != now["network"]).filter(known).mean()
    assert known.sum() > 1500
    assert wrong is not None
    assert 0.15 < wrong < 0.25
    assert then["country.dating"].is_in(["one-sided", "unknown"]).all()
