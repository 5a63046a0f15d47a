from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from comity.analysis import addresses
from comity.analysis.finding import Finding, Involved, Reason, Strength
from comity.observables import HOP, Trace
from comity.reference.allocations import Allocations, load
from comity.reference.registry import shipped
from comity.reference.snapshot import read_snapshot
from comity.terms.selector import Kind, Selector, normalize_address
from event_factory import TYPES, events, login, request
from example_world_factory import example

DAY = timedelta(days=1)
TRACE = Trace(exhibit="1", member="", offset=0, length=9)


@pytest.fixture(scope="module")
def world() -> Allocations:
    return load(shipped())


def hops(given: list[dict]) -> pl.LazyFrame:
    place = {"trace.exhibit": "2", "trace.member": "", "trace.offset": 0, "trace.length": 9}
    return pl.DataFrame([{**place, **row} for row in given], schema={field.name: TYPES[str(field.type)] for field in HOP.schema}).lazy()


def naming(*seen: tuple[str, datetime | None, int | None, str]) -> Finding:
    named = tuple(
        Involved(selector=normalize_address(address), role="login source", at=at, port=port, clock=clock, trace=TRACE)
        for address, at, port, clock in seen
    )
    return Finding(
        kind="x", title="x", statement="x", strength=Strength.STRONG, reasons=(Reason(code="x", text="x"),), traces=(TRACE,), method="x",
        method_version="1", involved=named,
    )  # fmt: skip


def only(world: Allocations, *seen: tuple[str, datetime | None, int | None, str]) -> Finding:
    (finding,) = addresses.find([naming(*seen)], allocations=world)
    return finding


def test_a_dated_holder_with_port_and_clock_is_strong(world: Allocations) -> None:
    finding = only(world, ("8.8.8.8", datetime(2023, 1, 1, tzinfo=UTC), 4444, ""))
    assert (finding.kind, finding.strength) == ("address.holder", Strength.STRONG)
    assert "US" in finding.statement
    assert "AS15169 GOOGLE" in finding.statement
    assert {use.snapshot for use in finding.references} >= {"rir-country-ipv4", "origins-ipv4-2025-09-05", "network-names-2026-05-27"}
    assert addresses.CGN_LIMIT not in finding.limits
    assert finding.traces == (TRACE,)


def test_a_missing_port_and_an_inferred_clock_are_said(world: Allocations) -> None:
    finding = only(world, ("8.8.8.8", datetime(2023, 1, 1, tzinfo=UTC), None, "year+zone"))
    assert finding.strength is Strength.MODERATE
    assert addresses.CGN_LIMIT in finding.limits
    assert any("the zone and the year" in limit.lower() for limit in finding.limits)


def test_the_log_of_2015_is_answered_with_data_near_it(world: Allocations) -> None:
    finding = only(world, ("83.149.9.216", datetime(2015, 5, 17, tzinfo=UTC), None, ""))
    assert finding.strength is Strength.WEAK
    assert "AS25159" in finding.statement
    assert "days away" in finding.statement
    assert {use.dated for use in finding.references} >= {"2014-05-13", "2015-11-01", "2021-12-08"}
    assert any("may have been another" in limit for limit in finding.limits)


def test_contradictions_name_every_claim(world: Allocations) -> None:
    everything = pl.DataFrame({"address": [f"{a}.{b}.0.1" for a in range(20, 220) for b in (1, 77, 150)]}).with_columns(
        pl.lit(datetime(2018, 6, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")).alias("at")
    )
    conflicts = world.holders(everything).filter(pl.col("network.dating") == "conflict")
    assert conflicts.height > 5
    address = conflicts["address"][0]
    finding = only(world, (address, datetime(2018, 6, 1, tzinfo=UTC), 1, ""))
    assert "contradict" in finding.statement
    assert finding.strength is Strength.WEAK


@pytest.mark.parametrize("address", ["10.0.0.5", "100.64.3.4", "192.0.2.9", "127.0.0.1"])
def test_special_addresses_identify_nobody(world: Allocations, address: str) -> None:
    finding = only(world, (address, datetime(2023, 1, 1, tzinfo=UTC), 1, ""))
    assert finding.strength is Strength.WEAK
    assert "identifies nobody" in finding.statement
    assert finding.references == ()


def test_an_address_without_a_time(world: Allocations) -> None:
    finding = only(world, ("8.8.8.8", None, None, "year"))
    assert finding.strength is Strength.WEAK
    assert finding.reasons[0].code == "no_time"


def test_a_tor_exit_is_told(world: Allocations) -> None:
    finding = only(world, ("185.220.101.1", datetime(2023, 1, 1, tzinfo=UTC), 1, ""))
    assert "Tor exit" in finding.statement
    assert any("other people's traffic" in limit for limit in finding.limits)


def test_a_holder_that_changed_between_two_times_is_told(world: Allocations) -> None:
    finding = only(
        world, ("83.149.9.216", datetime(2015, 5, 17, tzinfo=UTC), 1, ""), ("83.149.9.216", datetime(2026, 5, 27, tzinfo=UTC), 1, "")
    )
    assert any("held otherwise" in limit for limit in finding.limits)
    assert finding.until == datetime(2026, 5, 27, tzinfo=UTC)
    assert len(finding.involved) == 2


def test_an_example_world_names_itself(tmp_path: Path) -> None:
    mixed = load([*shipped(), read_snapshot(example(tmp_path / "world"))])
    finding = only(mixed, ("192.0.2.9", datetime(2026, 9, 1, tzinfo=UTC), 1, ""))
    assert "example world" in finding.statement
    assert {use.snapshot for use in finding.references} == {"example-world"}
    assert finding.strength is Strength.STRONG


def test_only_addresses_are_looked_at_each_once(world: Allocations) -> None:
    at = datetime(2023, 1, 1, tzinfo=UTC)
    other = Involved(selector=Selector(kind=Kind.DOMAIN, value="a.example"), role="x", at=at, trace=TRACE)
    finding = naming(("8.8.8.8", at, 1, ""), ("8.8.8.8", at, 2, ""), ("9.9.9.9", at, 1, ""))
    finding = replace(finding, involved=(*finding.involved, other))
    assert len(addresses.find([finding, finding], allocations=world)) == 2
    held = addresses.holders_of([finding], allocations=world)
    assert {selector.value for selector, _ in held} == {"8.8.8.8", "9.9.9.9"}


def test_the_table_of_addresses(world: Allocations) -> None:
    start = datetime(2023, 1, 1, tzinfo=UTC)
    log = events(
        [
            login(start, "8.8.8.8", "root"),
            login(start + DAY, "8.8.8.8", "root", port=None),
            login(None, "10.0.0.1", "x"),
            request(start, "2a00:1450::1", "/"),
        ]
    )
    mail = hops([{"from.ip": "8.8.8.8", "@timestamp": start - DAY}, {"from.ip": None}])
    found = {row["address"]: row for row in addresses.table(log, mail, allocations=world).iter_rows(named=True)}
    assert list(found) == ["10.0.0.1", "2a00:1450::1", "8.8.8.8"]
    one = found["8.8.8.8"]
    assert (one["count"], one["ports"], one["timed"], one["sources"], one["clock"]) == (3, 1, 3, "log mail", "year+zone")
    assert (one["first_seen"], one["last_seen"]) == (start - DAY, start + DAY)
    assert (one["country"], one["country.dating"], one["special"]) == ("US", "within", "")
    assert (found["10.0.0.1"]["special"], found["10.0.0.1"]["first_seen"], found["10.0.0.1"]["country.dating"]) == (
        "private",
        None,
        "unknown",
    )
    assert found["8.8.8.8"]["network.claims"][0].startswith("AS15169 GOOGLE (")


def test_an_empty_table(world: Allocations) -> None:
    assert addresses.table(events([]), hops([]), allocations=world).is_empty()
    assert addresses.find([], allocations=world) == ()
