"""`comity coverage`: every byte of a case read by a named parser, or named as not read."""

import gzip
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.casework import coverage
from comity.casework.folder import Folder
from comity.casework.read_material import readings
from comity.parsers.coverage import Coverage
from comity.terms.errors import IntegrityError, StateError
from command_line import CONSENT, comity, done
from investigated_case import Investigated

LINE = b'203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 5 "-" "x"\n'
LOG = LINE * 3 + b"nonsense\n\n \n" + LINE + LINE.replace(b"17/May", b"31/Feb")


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("access.log", LOG)
        packed.writestr("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
        packed.comment = b"a comment that nobody reads"
    return buffer.getvalue()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("counted")
    material = place / "material"
    material.mkdir()
    (material / "a.log").write_bytes(LOG)
    (material / "b.zip").write_bytes(archive())
    (material / "c.gz").write_bytes(gzip.compress(LOG, mtime=0)[:-9])
    (material / "d").write_bytes(b"")
    (material / "e.gz").write_bytes(gzip.compress(LOG, mtime=0) + b"hidden after the end")
    os.mkfifo(material / "f")
    (material / "g").symlink_to("a.log")
    (material / "h.log").write_bytes(LINE)
    comity("investigate", material, "--case", place / "case", *CONSENT)
    return place / "case"


@pytest.fixture(scope="module")
def told(case: Path) -> dict[str, Any]:
    return json.loads(done("coverage", case, "--all", "--json"))


def line(told: dict[str, Any], name: str) -> dict[str, Any]:
    (only,) = [one for one in told["exhibits"] if one["name"] == name]
    return only


def test_all_bytes_preserved_are_accounted_for(case: Path, told: dict[str, Any]) -> None:
    sums = told["totals"]["acquired"]
    assert sums["bytes"] == sum(acquired.size for acquired in Folder.open(case).manifests())
    for account in (sums, told["totals"]["inside"], *told["exhibits"], *(one["inside"] for one in told["exhibits"])):
        assert account["bytes"] == account["parsed"] + account["not_parsed"]
        assert account["parsed"] == sum(account["rows"].values()) + sum(account["structure"].values()) + account["children"]
        assert account["not_parsed"] == sum(account["because"].values())
    assert told["totals"]["exhibits"] == len(told["exhibits"]) == 8
    assert told["totals"]["whole"] == 2


def test_a_log_line_by_line(told: dict[str, Any]) -> None:
    log = line(told, "a.log")
    assert log["rows"] == {"event": 5 * (len(LINE) - 1)}
    assert log["because"] == {"line_unreadable": len(b"nonsense")}
    assert log["structure"] == {"line ends and blank lines": 8 + 1}
    assert log["remarked"] == {"time_unreadable": len(LINE) - 1}
    assert line(told, "h.log")["parsed"] == len(LINE)


def test_an_archive_and_what_is_in_it(case: Path, told: dict[str, Any]) -> None:
    packed = line(told, "b.zip")
    assert packed["children"] == len(LOG) + 108
    assert packed["because"] == {"not_parsed": len(b"a comment that nobody reads")}
    assert packed["inside"]["bytes"] == len(LOG) + 108
    assert packed["inside"]["because"] == {"line_unreadable": 8, "type_unknown": 108}
    one = json.loads(done("coverage", case, "--exhibit", packed["number"], "--json"))
    assert one["exhibit"] == packed
    assert [(place["code"], place["length"]) for place in one["places"]] == [("not_parsed", 27)]
    assert [(child["number"], child["parser"], child["not_parsed"]) for child in one["children"]] == [
        (f"{packed['number']}.1", "access_log", 8),
        (f"{packed['number']}.2", None, 108),
    ]
    child = json.loads(done("coverage", case, "--exhibit", f"{packed['number']}.2", "--json"))
    assert child["exhibit"]["because"] == {"type_unknown": 108}
    assert comity("coverage", case, "--exhibit", f"{packed['number']}.9").returncode == 2
    assert comity("coverage", case, "--exhibit", "99").returncode == 2


def test_what_is_damaged_or_hidden_does_not_count_as_read(case: Path, told: dict[str, Any]) -> None:
    cut = line(told, "c.gz")
    assert cut["parsed"] == 0
    assert cut["inside"]["parsed"] > 0
    trailed = line(told, "e.gz")
    assert trailed["not_parsed"] == len(b"hidden after the end")
    assert trailed["inside"]["bytes"] == len(LOG)


def test_what_is_no_file_has_its_line(told: dict[str, Any]) -> None:
    assert line(told, "d")["type"] == "application/x-empty"
    for name, kind in (("f", "fifo"), ("g", "symlink")):
        assert line(told, name)["bytes"] == 0
        assert line(told, name)["reason"].startswith(f"a {kind}")


def test_the_table_shows_the_equation_and_lists_what_is_not_whole(case: Path, told: dict[str, Any]) -> None:
    shown = done("coverage", case)
    sums = told["totals"]["acquired"]
    assert f"{sums['bytes']:,} bytes preserved = {sums['parsed']:,} parsed + {sums['not_parsed']:,} not parsed" in shown
    assert "h.log" not in shown
    assert "Not read whole: 6 of 8" in shown
    assert "h.log" in done("coverage", case, "--all")
    assert "a comment" not in done("coverage", case, "--exhibit", "2")


def test_an_account_that_is_not_the_recorded_one_is_refused(case: Path) -> None:
    path = case / "derived" / "readings.jsonl"
    whole = path.read_bytes()
    try:
        path.write_bytes(whole.replace(b'"not_parsed":27', b'"not_parsed":26'))
        refused = comity("coverage", case)
        assert refused.returncode == 1
        assert "not the file that the ledger names" in refused.stderr
        path.unlink()
        assert comity("coverage", case).returncode == 2
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        ("1", {"coverage": Coverage(size=5)}, "5 are accounted for"),
        ("2", {"coverage": "less"}, "does not add up"),
        ("2", {"inside": Coverage(size=1)}, "what is inside exhibit 2"),
        ("2", {"inside": Coverage()}, "table of files"),
        ("3", {"number": "33"}, "does not tell of exhibit 3"),
        ("8", None, "does not tell of exhibit 8"),
    ],
)
def test_what_does_not_add_up_is_refused(case: Path, monkeypatch: pytest.MonkeyPatch, number: str, change: Any, words: str) -> None:
    def altered(derived: Path) -> Iterator[Any]:
        for reading in readings(derived):
            if reading.number != number or reading.member:
                yield reading
            elif change == {"coverage": "less"}:
                yield replace(reading, coverage=replace(reading.coverage, rows=(), children=0))
            elif change is not None:
                yield replace(reading, **change)

    monkeypatch.setattr(coverage, "readings", altered)
    with pytest.raises(IntegrityError, match=words):
        list(coverage.account(Folder.open(case)))


def test_nothing_read_yet(investigated: Investigated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Folder, "files", lambda _: {})
    with pytest.raises(StateError):
        list(coverage.account(investigated.folder))


def test_the_shipped_example_is_read_without_silence(investigated: Investigated) -> None:
    told = json.loads(done("coverage", investigated.case, "--json"))
    for account in (told["totals"]["acquired"], told["totals"]["inside"]):
        assert account["bytes"] == account["parsed"] + account["not_parsed"] > 0
        assert "not_parsed" not in account["because"]
        assert "place_outside" not in account["because"]
