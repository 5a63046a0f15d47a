"""Clocks: a device's against true time, recorded and shown and never applied; this machine's own, as it tells it."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest

from case_factory import AT, new_case, preserve
from comity.casework.clock import clock_state, now
from comity.casework.compare_clock import COMPARED, ClockComparison, comparisons, exhibit_ranges, in_words, shown_ranges
from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.casework.summary import summarize
from comity.evidence.acquisition import acquire
from comity.evidence.authorization import Authorization, Basis, encode
from comity.evidence.clock_state import ClockState
from comity.terms.errors import IntegrityError, SettingsError
from comity.terms.period import Period
from command_line import here

STATEMENT = ("--device", "recorder of the shop", "--how", "beside a GPS clock, A. Lima")
TIMES = ("--shown", "2026-11-20T14:05:32+01:00", "--true", "2026-11-20T13:00:00Z")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "material").mkdir()
    for number in range(9):
        (tmp_path / "material" / f"f{number}").write_bytes(b"%d" % number)
    folder = new_case(tmp_path / "case")
    preserve(folder, tmp_path / "material")
    return folder


def test_a_comparison_enters_the_ledger_and_is_read_back(folder: Folder):
    told = here("clock", folder.path, "--exhibits", "7, 3-5", *STATEMENT, *TIMES)
    assert told.returncode == 0, told.stderr
    assert "5 min 32 s ahead" in told.stdout
    entry = folder.entries()[-1]
    assert (entry.event, entry.authorization) == (COMPARED, None)
    assert entry.object["exhibit_ranges"] == "3-5,7"
    assert entry.result["ahead_us"] == 332_000_000
    ((number, comparison),) = comparisons(folder.entries())
    assert number == entry.number
    assert comparison == ClockComparison(
        exhibits=((3, 5), (7, 7)),
        device="recorder of the shop",
        shown=comparison.true + timedelta(seconds=332),
        true=comparison.true,
        how="beside a GPS clock, A. Lima",
    )


def test_it_is_in_the_summary_and_on_the_terminal(folder: Folder):
    assert here("clock", folder.path, "--exhibits", "1", *STATEMENT, *TIMES).returncode == 0
    (clock,) = summarize(folder)["clocks"]
    assert (clock["exhibits"], clock["ahead"], clock["shown"]) == ("1", "5 min 32 s ahead", "2026-11-20T13:05:32Z")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--exhibits", "1-10"), "there is no exhibit 10 in this case; it has 9"),
        (("--exhibits", "0"), "not exhibits"),
        (("--exhibits", "3.1"), "not exhibits"),
        (("--exhibits", "5-3"), "twice or backwards"),
        (("--exhibits", "3-5,5"), "twice or backwards"),
        (("--exhibits", ""), "not exhibits"),
        (("--exhibits", ",".join(map(str, range(1, 400)))), "more than 200"),
        (("--exhibits", "9" * 5000), "not exhibits"),
        (("--shown", "2026-11-20T14:05:32"), "--shown: a time without zone"),
        (("--true", "noon"), "--true: not a time"),
        (("--device", "  "), "--device says nothing"),
        (("--how", ""), "--how says nothing"),
    ],
)
def test_what_is_no_statement_is_refused_and_nothing_entered(folder: Folder, changed: tuple[str, str], said: str):
    given = dict(zip(*[iter(("--exhibits", "1", *STATEMENT, *TIMES, *changed))] * 2, strict=True))
    before = folder.entries()
    told = here("clock", folder.path, *[part for pair in given.items() for part in pair])
    assert told.returncode == 2
    assert said in told.stderr
    assert "Traceback" not in told.stderr
    assert folder.entries() == before


def test_an_entry_that_compares_nothing_stops_the_reading(folder: Folder):
    folder.append(COMPARED, performer="x", authorization=None, object={"device": "d"}, result={}, at=AT)
    with pytest.raises(IntegrityError, match="does not compare a clock"):
        list(comparisons(folder.entries()))


@pytest.mark.parametrize("text", ["1", "3-9", "1,3-9,12"])
def test_ranges_are_shown_as_they_are_read(text: str):
    assert shown_ranges(exhibit_ranges(text)) == text
    with pytest.raises(SettingsError):
        exhibit_ranges(text + ",")


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(0), "no difference"),
        (timedelta(seconds=332), "5 min 32 s ahead"),
        (-timedelta(hours=1, milliseconds=250), "1 h 0 min 0.25 s behind"),
        (timedelta(days=366, seconds=1), "366 d 0 h 0 min 1 s ahead"),
        (timedelta(microseconds=1), "0.000001 s ahead"),
    ],
)
def test_a_difference_in_words(ahead: timedelta, words: str):
    assert in_words(ahead) == words


def test_the_machine_tells_of_its_clock(monkeypatch: pytest.MonkeyPatch):
    first, second = clock_state(), clock_state()
    assert 0 < first.since_boot_ms <= second.since_boot_ms < first.since_boot_ms + 60_000
    assert first.synchronized in (True, False, None)
    assert (first.maximum_error_us is None) == (not first.synchronized)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")

    time.tzset()
    try:
        there = clock_state()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (there.zone, there.offset_minutes) == ("Asia/Kathmandu", 345)


def test_acquiring_records_the_clock_at_its_beginning_and_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "x").write_bytes(b"x")
    folder = new_case(tmp_path / "case")
    states = iter(
        ClockState(since_boot_ms=at, synchronized=True, maximum_error_us=500, zone=None, offset_minutes=-180) for at in (1000, 2000)
    )
    act = Actor(folder)
    open_ended = Authorization(basis=Basis.CONSENT, reference="r", issuer="i", scope="s", period=Period(start=AT - timedelta(1)))
    act("authorization:granted", authorization=None, object=encode(open_ended), result={})
    acquire(tmp_path / "material", store=folder.store, entries=folder.entries(), append=act, at=now(), clock=lambda: next(states))
    begun, ended = folder.entries()[-2:]
    told = {"synchronized": True, "maximum_error_us": 500, "offset_minutes": -180}
    assert (begun.event, ended.event) == ("acquisition:begun", "exhibits:acquired")
    assert begun.result["clock"] == {**told, "since_boot_ms": 1000}
    assert ended.result["clock"] == {**told, "since_boot_ms": 2000}
    assert len(folder.manifests()) == 1


def test_an_investigation_records_the_clock_and_takes_older_digests_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "x").write_bytes(b"x")
    opening = ("--state", "BR", "--authority", "Unit 7", "--basis", "consent:A. Lima", "--json")
    for digests, taken in (((), (False, False)), (("--digests", "md5"), (True, False)), (("--digests", "SHA-1,md5,sha256"), (True, True))):
        case = tmp_path / f"case-{len(digests)}-{taken[1]}"
        told = here("investigate", tmp_path / "material", "--case", case, *opening, *digests)
        assert told.returncode == 0, told.stderr
        (exhibit,) = json.loads(told.stdout)["exhibits"]
        assert (exhibit["md5"] is not None, exhibit["sha1"] is not None) == taken
        begun = next(entry for entry in Folder.open(case).entries() if entry.event == "acquisition:begun")
        assert begun.result["clock"]["since_boot_ms"] > 0
    told = here("investigate", tmp_path / "material", "--case", tmp_path / "none", *opening, "--digests", "crc32")
    assert told.returncode == 2
    assert "'crc32' is none of sha256, md5, sha1" in told.stderr
    assert not (tmp_path / "none").exists()
