"""The shipped example from folder to requests, beside its ground truth."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from example_comparison import EXAMPLE, compare, exhibits, requested, truth


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    subprocess.run([sys.executable, EXAMPLE / "generate.py", "--into", folder / "material"], check=True, capture_output=True)
    subprocess.run(
        [
            *(Path(sys.executable).with_name("comity"), "investigate", folder / "material", "--case", folder / "case", "--state", "BR"),
            *(
                "--authority",
                "Cybercrime Unit (example)",
                "--basis",
                "consent:Renato Prado, director",
                "--reference",
                EXAMPLE / "reference",
                "--json",
            ),
        ],
        check=True,
        capture_output=True,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )
    return folder / "case"


def test_what_is_planted_is_found(case: Path) -> None:
    lines = compare(case)
    assert [line.name for line in lines.values() if line.planted and not line.at_least("weak")] == []
    strong = ("password guessing", "exploited", "changed beneficiary", "splitting", "pass-through 1")
    assert [name for name in strong if not lines[name].at_least("strong")] == []
    assert [name for name in ("after login", "web shell", "pass-through 2", "lure_details") if not lines[name].at_least("moderate")] == []
    lures = [line for line in lines.values() if line.name.startswith("lure_")]
    assert sum(line.at_least("moderate") for line in lures) >= len(lures) - 1


def test_what_only_looks_like_it_leads_to_no_request(case: Path) -> None:
    assert [line.name for line in compare(case).values() if not line.planted and line.at_least("moderate")] == []


def test_each_state_is_asked_for_what_is_there(case: Path) -> None:
    expected = {(request["state"], selector) for request in truth()["requests"] for selector in request["selectors"]}
    assert requested(case) == expected


def test_the_payment_findings_name_exactly_the_planted_payments(case: Path) -> None:
    findings = json.loads((case / "derived" / "findings.json").read_bytes())
    numbers, payments = exhibits(case), truth()["payments"]

    def places(*groups):
        return {(numbers[place["file"]], place["offset"]) for group in groups for place in group}

    def traced(kind):
        return [{(trace["exhibit"], trace["offset"]) for trace in finding["traces"]} for finding in findings if finding["kind"] == kind]

    assert traced("payment.splitting") == [places(payments["splitting"]["payments"])]
    passed = [places(group["credit"], group["debits"]) for group in payments["pass_through"]]
    assert sorted(map(sorted, traced("payment.pass_through"))) == sorted(map(sorted, passed))


def test_damage_is_recorded_where_it_is(case: Path) -> None:
    rows = [row for path in sorted((case / "derived" / "records" / "defect").glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    numbers = exhibits(case)
    for place in truth()["damaged"]:
        if place["file"].endswith("auth.log"):
            continue  # a broken line of a log without fixed form is still a line
        found = [row for row in rows if row["trace.exhibit"] == numbers[place["file"]] and row["trace.offset"] == place["offset"]]
        assert found, place
    assert [row["code"] for row in rows if row["trace.exhibit"] == numbers["server/erp-cache.dat"]] == ["type_unknown"]
