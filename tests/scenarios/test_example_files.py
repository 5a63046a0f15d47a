"""The shipped example is what its generator writes."""

import ipaddress
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "business-email-compromise"


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("example")
    subprocess.run(
        [sys.executable, EXAMPLE / "generate.py", "--all", target],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )
    return target


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in ("material", "reference")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file()
    } | {"ground_truth.json": (folder / "ground_truth.json").read_bytes()}


def test_generating_again_gives_the_shipped_bytes(generated: Path) -> None:
    ours, shipped = _files(generated), _files(EXAMPLE)
    assert sorted(ours) == sorted(shipped)
    assert [name for name in ours if ours[name] != shipped[name]] == []


def test_modification_times_are_those_of_the_story(generated: Path) -> None:
    times = {path.name: path.stat().st_mtime for path in (generated / "material").rglob("*") if path.is_file()}
    assert times["auth.log"] == 1791504000  # 2026-10-09T00:00:00Z
    assert times["access.log.1.gz"] == 1788220800  # 2026-09-01T00:00:00Z


def test_it_stays_small() -> None:
    assert sum(len(data) for data in _files(EXAMPLE).values()) < 6_000_000


def test_every_place_in_the_ground_truth_holds_what_it_says() -> None:
    truth = json.loads((EXAMPLE / "ground_truth.json").read_text(encoding="utf-8"))
    lures = truth["messages"]["lures"]
    assert len(lures) >= 5
    for lure in lures:
        assert lure["places"]
        for place in lure["places"]:
            data = (EXAMPLE / "material" / place["file"]).read_bytes()[place["offset"] : place["offset"] + place["length"]]
            assert lure["from"].encode() in data
    payments = truth["payments"]["changed_beneficiary"]["payments"]
    assert len(payments) == 2
    for place in payments:
        data = (EXAMPLE / "material" / place["file"]).read_bytes()[place["offset"] : place["offset"] + place["length"]]
        assert data.startswith(b"<Ntry>")
        assert data.endswith(b"</Ntry>")
        assert truth["payments"]["changed_beneficiary"]["account"].encode() in data


def test_addresses_and_domains_are_reserved_for_documentation() -> None:
    data = b"".join(
        (EXAMPLE / "material" / name).read_bytes() for name in ("server/access.log", "server/auth.log", "mail/marina.duarte.mbox")
    )
    networks = [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    addresses = {text for text in re.findall(rb"(?<![\d./])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", data) if not text.endswith(b".0.0.0")}
    assert addresses
    outside = [text for text in addresses if not any(ipaddress.ip_address(text.decode()) in network for network in networks)]
    assert outside == []
    hosts = set(re.findall(rb"@([a-z0-9.-]+\.[a-z]+)", data))
    assert hosts
    assert all(host.endswith(b".example") for host in hosts)
