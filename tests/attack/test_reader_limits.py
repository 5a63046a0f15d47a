"""Material that kills, stalls, swells or betrays its reader costs only itself."""

import socket
import sys
from pathlib import Path

import polars as pl
import pytest

from comity.parsers.reading import BatchResult, Job, Limits, plan
from comity.parsers.sandbox import read
from comity.terms.errors import IntegrityError, StateError

FAULTY = (sys.executable, "-I", str(Path(__file__).parent / "faulty_reader.py"))
LIMITS = Limits(memory=2 * 2**30)
SHORT_OF_PATIENCE = Limits(memory=2 * 2**30, stalled_seconds=6)


def jobs_of(folder: Path, contents: list[str]) -> list[Job]:
    folder.mkdir(exist_ok=True)
    jobs = []
    for number, content in enumerate(contents, start=1):
        path = folder / str(number)
        path.write_text(content)
        jobs.append(Job(number=str(number), name=f"name {number}", path=path, offset=0, length=len(content), modified=None))
    return jobs


def run(
    folder: Path, contents: list[str], *, limits: Limits = LIMITS, jobs: int = 1
) -> tuple[list[BatchResult], pl.DataFrame, pl.DataFrame]:
    batches = plan(jobs_of(folder / "in", contents))
    results = list(read(batches, out=folder / "out", jobs=jobs, limits=limits, program=FAULTY))
    return results, table(folder, "defect"), table(folder, "event")


def table(folder: Path, name: str) -> pl.DataFrame:
    files = sorted((folder / "out" / name).glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame()


def codes(defects: pl.DataFrame) -> dict[str, list[str]]:
    return {row["trace.exhibit"]: row["code"] for row in defects.group_by("trace.exhibit").agg("code").to_dicts()}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("kill", "limit_memory"),
        ("segfault", "parser_crashed"),
        ("leave", "parser_crashed"),
        ("stall", "limit_time"),
        ("hoard_in_polars", "limit_memory"),
    ],
)
def test_what_ends_a_reader_is_left_out_and_the_rest_is_kept(tmp_path: Path, fault: str, code: str) -> None:
    limits = SHORT_OF_PATIENCE if fault == "stall" else LIMITS
    results, defects, events = run(tmp_path, ["FAULTY well", f"FAULTY {fault}", "FAULTY well"], limits=limits)
    assert codes(defects) == {"1": ["odd"], "2": [code], "3": ["odd"]}
    assert events["trace.exhibit"].to_list() == ["1", "3"]
    assert [reading.number for reading in results[0].readings] == ["1", "2", "3"]
    assert results[0].readings[1].coverage.unread == ((code, len(f"FAULTY {fault}")),)
    assert not list((tmp_path / "out").glob(".reading-*"))


def test_a_reading_that_never_ends_has_its_time(tmp_path: Path) -> None:
    _, defects, _ = run(tmp_path, ["FAULTY well", "FAULTY forever"], limits=Limits(seconds=2, seconds_per_mebibyte=0))
    assert codes(defects)["2"] == ["limit_time"]


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [
        ("exception", "parser_failed", "ZeroDivisionError in faulty_reader.py"),
        ("recursion", "parser_failed", "RecursionError"),
        ("hoard", "limit_memory", "memory"),
        ("run_a_program", "parser_failed", "PermissionError"),
    ],
)
def test_what_a_parser_raises_keeps_the_rows_before_it(tmp_path: Path, fault: str, code: str, reason: str) -> None:
    _, defects, events = run(tmp_path, [f"FAULTY {fault}", "FAULTY well"])
    assert codes(defects) == {"1": [code], "2": ["odd"]}
    assert reason in defects["reason"][0]
    assert events["trace.exhibit"].to_list() == ["1", "2"]


def test_a_parser_that_fails_at_recognizing(tmp_path: Path) -> None:
    _, defects, _ = run(tmp_path, ["FAULTY recognition"])
    assert set(codes(defects)["1"]) == {"parser_failed", "type_unknown"}


def test_a_reader_writes_nowhere_else(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    results, defects, _ = run(tmp_path, [f"FAULTY write_elsewhere {victim}"])
    if "files" not in results[0].confinement:
        pytest.skip("this kernel has no Landlock")
    assert codes(defects)["1"] == ["parser_failed"]
    assert victim.read_text() == "untouched"


def test_a_reader_has_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        results, defects, _ = run(tmp_path, [f"FAULTY phone_home {server.getsockname()[1]}"])
    if "network" not in results[0].confinement:
        pytest.skip("this kernel gives no network namespace here")
    assert codes(defects)["1"] == ["parser_failed"]


def test_what_a_parser_prints_is_no_message(tmp_path: Path) -> None:
    results, defects, _ = run(tmp_path, ["FAULTY chatter"])
    assert codes(defects)["1"] == ["spoke"]
    assert len(results[0].readings) == 1


def test_places_that_are_none_are_told_and_count_for_nothing(tmp_path: Path) -> None:
    results, defects, _ = run(tmp_path, ["FAULTY outside"])
    told = defects.filter(pl.col("trace.exhibit") == "1")
    assert sorted(told["code"]) == ["far"] * 4 + ["place_outside"]
    assert told.filter((pl.col("trace.offset") < 0) | (pl.col("trace.offset") + pl.col("trace.length") > 14)).is_empty()
    first = results[0].readings[0].coverage
    assert first.balanced
    assert first.size == 14
    assert first.rows == (("event", 7),)


def test_what_a_parser_says_nothing_of_is_not_parsed(tmp_path: Path) -> None:
    results, defects, _ = run(tmp_path, ["FAULTY silence"])
    assert defects.select("code", "trace.offset", "trace.length").rows() == [("not_parsed", 6, 8)]
    assert results[0].readings[0].coverage.unread == (("not_parsed", 8),)


def test_nesting_ends_at_the_limit(tmp_path: Path) -> None:
    results, defects, events = run(tmp_path, ["FAULTY nest"], limits=Limits(depth=3))
    assert codes(defects) == {"1.1.1.1.1": ["limit_depth"]}
    assert events["trace.exhibit"].to_list() == ["1", "1.1", "1.1.1", "1.1.1.1"]
    assert events["trace.member"].to_list() == ["", "x:0", "x:0/x:0", "x:0/x:0/x:0"]
    assert table(tmp_path, "file")["number"].to_list() == ["1.1", "1.1.1", "1.1.1.1", "1.1.1.1.1"]
    assert [reading.number for reading in results[0].readings] == ["1", "1.1", "1.1.1", "1.1.1.1"]


def test_children_are_counted(tmp_path: Path) -> None:
    results, defects, _ = run(tmp_path, ["FAULTY many 12"], limits=Limits(children=5))
    assert codes(defects)["1"] == ["limit_children"]
    assert table(tmp_path, "file").height == 5
    assert results[0].readings[0].children == 12


def test_a_bomb_is_cut_off(tmp_path: Path) -> None:
    _, defects, _ = run(tmp_path, ["FAULTY swell"], limits=Limits(expansion_floor=3 * 2**20, expansion=2))
    assert codes(defects)["1"] == ["limit_size"]
    files = table(tmp_path, "file")
    assert files["size"].to_list() == [3 * 2**20]
    assert files["sha256"].to_list() == [None]


def test_a_child_that_breaks_is_kept_as_far_as_it_goes(tmp_path: Path) -> None:
    _, defects, _ = run(tmp_path, ["FAULTY broken_child"])
    assert codes(defects) == {"1": ["parser_failed"], "1.1": ["type_unknown"], "1.2": ["odd"]}
    files = table(tmp_path, "file")
    assert files["size"].to_list() == [5, 11]
    assert files["sha256"].is_null().to_list() == [True, False]


def test_missing_bytes_stop_the_reading(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path / "in", ["FAULTY well"])
    jobs[0].path.write_text("FAU")
    with pytest.raises(IntegrityError, match="exhibit 1"):
        list(read(plan(jobs), out=tmp_path / "out", jobs=1, limits=LIMITS, program=FAULTY))


def test_a_reader_that_cannot_start_is_said(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path / "in", ["FAULTY well"])
    with pytest.raises(StateError, match=r"cannot work.*no such thing"):
        list(
            read(
                plan(jobs), out=tmp_path / "out", jobs=1, limits=LIMITS, program=(sys.executable, "-c", "raise SystemExit('no such thing')")
            )
        )


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path / "in", ["FAULTY well"])
    with pytest.raises(StateError, match="cannot be started"):
        list(read(plan(jobs), out=tmp_path / "out", jobs=1, limits=LIMITS, program=(str(tmp_path / "absent"),)))


def test_a_reader_that_answers_nonsense(tmp_path: Path) -> None:
    script = 'import sys; sys.stdout.write(\'{"begun": 0}\\n{"finished": 7}\\n\'); sys.stdout.flush(); sys.stdin.read()'
    jobs = jobs_of(tmp_path / "in", ["FAULTY well"])
    with pytest.raises(StateError):
        # left out after two tries, and then the reader still answers nonsense, outside any exhibit's fault
        list(read(plan(jobs), out=tmp_path / "out", jobs=1, limits=LIMITS, program=(sys.executable, "-c", script)))


FORGING = """
import json, os, sys
def say(value):
    sys.stdout.write(json.dumps(value) + "\\n")
    sys.stdout.flush()
say({"ready": []})
for line in sys.stdin:
    order = json.load(open(line.rstrip("\\n")))
    os.makedirs(order["folder"])
    say({"begun": 0})
    say({"closing": True})
    FORGERY
"""
TAKEN_OVER = {
    "a table elsewhere": 'say({"finished": [], "tables": [["../../../victim", 1]]})',
    "a table twice": 'say({"finished": [], "tables": [["event", 1], ["event", 1]]})',
    "a link to a secret": 'os.symlink(SECRET, order["folder"] + "/event.parquet"); say({"finished": [], "tables": [["event", 1]]})',
    "a second name of a secret": 'os.link(SECRET, order["folder"] + "/event.parquet"); say({"finished": [], "tables": [["event", 1]]})',
    "a folder": 'os.mkdir(order["folder"] + "/event.parquet"); say({"finished": [], "tables": [["event", 1]]})',
    "a pipe": 'os.mkfifo(order["folder"] + "/event.parquet"); say({"finished": [], "tables": [["event", 1]]})',
    "nothing": 'say({"finished": [], "tables": [["event", 1]]})',
    "brackets": 'print("[" * 1_000_000, flush=True)',
    "half a character": 'say({"ready": ["\\ud800"]})',
    "another's exhibit": 'say({"finished": [{"number": "77", "member": "", "name": "", "media_type": "", "parser": "", "version": "", "inferred": [], "rows": [], "defects": [], "children": 0, "coverage": [0, 0, [], [], [], []], "inside": [0, 0, [], [], [], []]}], "tables": []})',
}


@pytest.mark.parametrize("forgery", TAKEN_OVER.values(), ids=TAKEN_OVER)
def test_a_reader_that_was_taken_over_hands_over_nothing_else(tmp_path: Path, forgery: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the node's key")
    jobs = jobs_of(tmp_path / "in", ["FAULTY well"])
    program = (sys.executable, "-c", FORGING.replace("FORGERY", forgery.replace("SECRET", repr(str(secret)))))
    with pytest.raises(StateError):
        list(read(plan(jobs), out=tmp_path / "out", jobs=1, limits=LIMITS, program=program))
    assert secret.read_text() == "the node's key"
    assert not any(path.is_file() or path.is_symlink() for path in (tmp_path / "out").rglob("*"))
    assert {path.name for path in tmp_path.iterdir()} == {"secret", "in", "out"}
