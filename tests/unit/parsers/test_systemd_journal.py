"""systemd journals: entries, fields in each compression, journals that were not closed, damage."""

import json
import shutil
import struct
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from comity.parsers.contract import Defect, Rows, Source, Structure
from comity.parsers.systemd_journal import PARSER
from journal_factory import HEADER, Journal, Kept, compressed, journal

AT = 1_709_632_800_123_456
LONG = "line one\nline two é " + "x" * 900
FORMS = [(compact, how) for compact in (False, True) for how in ("", "xz", "lz4", "zstd")]
needs_journalctl = pytest.mark.skipif(shutil.which("journalctl") is None, reason="needs systemd's journalctl")


def kept(number: int, message: str | bytes, program: str = "sshd", **more: str) -> Kept:
    fields = {
        "MESSAGE": message, "PRIORITY": "6", "SYSLOG_IDENTIFIER": program, "_PID": str(number), "_UID": "0", "_HOSTNAME": "web1",
        "_SYSTEMD_UNIT": f"{program}.service", "_CMDLINE": f"/usr/sbin/{program} -D", **more,
    }  # fmt: skip
    return Kept(AT + number * 1_000_000, tuple(fields.items()))


SOME = [
    kept(1, "Failed password for root from 203.0.113.9 port 51000 ssh2"),
    kept(2, "Accepted password for bob from ::ffff:198.51.100.7 port 2007 ssh2"),
    kept(3, "  bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su", "sudo"),
    kept(4, LONG, "app"),
    kept(5, b"\xff\xfe bytes", "app", MESSAGE_ID="f" * 32),
]


def source(data: bytes) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="system.journal")


def read(data: bytes) -> tuple[list[dict[str, Any]], list[Defect], list[Structure]]:
    rows, defects, structures = [], [], []
    for item in PARSER.read(source(data), inferred=()):
        if isinstance(item, Rows):
            rows += item.batch.to_pylist()
        elif isinstance(item, Defect):
            defects.append(item)
        elif isinstance(item, Structure):
            structures.append(item)
    return rows, defects, structures


def uncovered(data: bytes) -> list[int]:
    rows, defects, structures = read(data)
    seen = bytearray(len(data))
    for offset, length in [(row["trace.offset"], row["trace.length"]) for row in rows] + [
        (x.offset, x.length) for x in (*defects, *structures)
    ]:
        assert 0 <= offset <= offset + length <= len(data)
        seen[offset : offset + length] = b"\x01" * length
    return [at for at, byte in enumerate(seen) if not byte]


def values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "trace.offset"}


@pytest.mark.parametrize(("compact", "how"), FORMS)
def test_every_form_reads_alike(*, compact: bool, how: str) -> None:
    data = journal(SOME, compact=compact, compression=how, unused=4_096)
    rows, defects, _ = read(data)
    assert not defects
    assert not uncovered(data)
    assert [row["message"] for row in rows[:4]] == [dict(entry.fields)["MESSAGE"] for entry in SOME[:4]]
    plain, _, _ = read(journal(SOME))
    other = {"trace.offset", "trace.length"}
    assert [{k: v for k, v in row.items() if k not in other} for row in rows] == [
        {k: v for k, v in row.items() if k not in other} for row in plain
    ]


def test_columns() -> None:
    rows, _, _ = read(journal(SOME))
    expected = {
        "@timestamp": datetime(2024, 3, 5, 10, 0, 1, 123456, tzinfo=UTC), "event.precision": "microsecond", "event.clock": "",
        "event.dataset": "systemd_journal", "event.category": "authentication", "event.action": "ssh_login", "event.outcome": "failure",
        "event.provider": "sshd.service", "event.id": "1", "source.ip": "203.0.113.9", "source.port": 51000, "host.name": "web1",
        "process.name": "sshd", "process.pid": 1, "process.command_line": "/usr/sbin/sshd -D", "user.name": "root", "user.id": None,
    }  # fmt: skip
    assert {name: rows[0][name] for name in expected} == expected
    assert (rows[1]["source.ip"], rows[1]["event.outcome"], rows[1]["user.name"]) == ("198.51.100.7", "success", "bob")
    assert (rows[2]["event.action"], rows[2]["user.name"]) == ("sudo_command", "bob")
    assert (rows[3]["event.action"], rows[3]["user.name"], rows[3]["user.id"]) == ("message", None, "0")
    assert (rows[4]["message"], rows[4]["event.code"]) == ("\\xff\\xfe bytes", "f" * 32)
    fields = json.loads(rows[0]["fields"])
    assert fields["PRIORITY"] == "6"
    assert fields["_BOOT_ID"] == "ab" * 16
    assert fields["__MONOTONIC_TIMESTAMP"] == str((AT + 1_000_000) % 10**9)


def test_a_field_given_twice() -> None:
    entry = Kept(AT, (("MESSAGE", "m"), ("A", "1"), ("A", "2"), ("A", "3"), ("_HOSTNAME", "a"), ("_HOSTNAME", "b")))
    ((row,), _, _) = read(journal([entry]))
    assert json.loads(row["fields"])["A"] == ["1", "2", "3"]
    assert row["host.name"] is None
    assert json.loads(row["fields"])["_HOSTNAME"] == ["a", "b"]


@needs_journalctl
@pytest.mark.parametrize(("compact", "how"), FORMS)
def test_as_journalctl_reads(tmp_path: Path, *, compact: bool, how: str) -> None:
    entries = [kept(number, f"message {number} " + "y" * (number * 7 % 1_000)) for number in range(300)]
    path = tmp_path / "system.journal"
    path.write_bytes(journal(entries, compact=compact, compression=how, unused=100))
    answer = subprocess.run(["journalctl", "--file", path, "-o", "json", "--all"], capture_output=True, check=True)
    theirs = [json.loads(line) for line in answer.stdout.splitlines()]
    rows, defects, _ = read(path.read_bytes())
    assert not defects
    assert [(row["message"], str(row["process.pid"])) for row in rows] == [(entry["MESSAGE"], entry["_PID"]) for entry in theirs]
    assert [int(entry["__REALTIME_TIMESTAMP"]) for entry in theirs] == [entry.at for entry in entries]


@needs_journalctl
@pytest.mark.parametrize(("compact", "how"), FORMS)
def test_the_excerpt_is_a_journal_of_one_entry(tmp_path: Path, *, compact: bool, how: str) -> None:
    data = journal(SOME, compact=compact, compression=how, unused=50_000)
    row = read(data)[0][3]
    alone = PARSER.excerpt(source(data), offset=row["trace.offset"], length=row["trace.length"])
    (again,), defects, _ = read(alone)
    assert not defects
    assert values(again) == values(row)
    assert len(alone) < 4_000
    path = tmp_path / "alone.journal"
    path.write_bytes(alone)
    answer = subprocess.run(["journalctl", "--file", path, "-o", "json", "--all"], capture_output=True, check=True)
    (theirs,) = [json.loads(line) for line in answer.stdout.splitlines()]
    assert theirs["MESSAGE"] == LONG


def test_a_journal_that_was_not_closed() -> None:
    made = Journal()
    places = [made.add(entry) for entry in SOME]
    lost = made._field(b"MESSAGE=never finished")
    data = made.finish(state=1, unlisted=2, unused=64)
    rows, defects, _ = read(data)
    assert len(rows) == 5
    assert {(each.code, each.offset) for each in defects} == {
        ("not_closed", 16), ("entry_unlisted", places[3]), ("entry_unlisted", places[4]), ("data_unused", lost),
    }  # fmt: skip


@pytest.mark.parametrize("compact", [False, True])
def test_cut_off_anywhere(*, compact: bool) -> None:
    data = journal(SOME, compact=compact)
    whole = {row["trace.offset"]: row for row in read(data)[0]}
    for keep in range(0, len(data), 13):
        cut = data[:keep]
        rows, defects, _ = read(cut)
        assert not uncovered(cut)
        assert all(values(row) == values(whole[row["trace.offset"]]) for row in rows)
        assert defects
        assert len(rows) == sum(offset + row["trace.length"] <= keep for offset, row in whole.items())


def test_a_damaged_object_costs_only_itself() -> None:
    made = Journal()
    places = [made.add(entry) for entry in SOME]
    data = bytearray(made.finish())
    data[places[1] : places[1] + 8] = b"\xff" * 8
    rows, defects, _ = read(bytes(data))
    assert [row["event.id"] for row in rows] == ["1", "3", "4", "5"]
    assert ("object_damaged", places[1]) in [(each.code, each.offset) for each in defects]
    assert not uncovered(bytes(data))


@pytest.mark.parametrize("how", ["xz", "lz4", "zstd"])
def test_data_that_does_not_decompress(how: str) -> None:
    made = Journal(compression=how)
    made.add(kept(1, LONG))
    data = bytearray(made.finish())
    place = made.known[b"MESSAGE=" + LONG.encode()]
    data[place + 64 : place + 72] = b"\xff" * 8
    (row,), defects, _ = read(bytes(data))
    assert row["message"] is None
    assert row["host.name"] == "web1"
    assert {each.code for each in defects} == {"data_unreadable", "entry_incomplete"}
    # what cannot be read is not made to look whole: the excerpt is everything
    assert PARSER.excerpt(source(bytes(data)), offset=row["trace.offset"], length=row["trace.length"]) == bytes(data)


@pytest.mark.parametrize("announced", [10, 500, 5_000, 2**40])
def test_a_block_that_is_not_as_long_as_announced(announced: int) -> None:
    made = Journal(compression="lz4")
    made.add(kept(1, LONG))
    data = bytearray(made.finish())
    place = made.known[b"MESSAGE=" + LONG.encode()]
    struct.pack_into("<Q", data, place + 64, announced)
    (row,), defects, _ = read(bytes(data))
    assert row["message"] is None
    assert "data_unreadable" in {each.code for each in defects}


@pytest.mark.parametrize("how", ["xz", "lz4", "zstd"])
def test_a_value_that_expands_without_end(how: str) -> None:
    bomb = Journal(compression=how)
    bomb.add(Kept(AT, (("MESSAGE", b"a" * 20_000_000), ("_HOSTNAME", "h"))))
    (row,), _, _ = read(bomb.finish())
    assert len(row["message"]) == 65_536
    assert "cut" in row["fields"] or "characters" in row["fields"]
    assert len(row["fields"]) <= 65_536


def test_an_entry_of_many_large_values() -> None:
    made = Journal(compression="zstd")
    made.add(Kept(AT, tuple((f"F{number}", bytes([65 + number]) * 900_000) for number in range(12))))
    (row,), defects, _ = read(made.finish())
    assert json.loads(row["fields"])["remarks"] == "8 fields of the entry could not be read"
    assert [each.code for each in defects] == ["entry_incomplete"]


def test_headers_that_cannot_be_believed() -> None:
    data = bytearray(journal(SOME))
    for at, value in ((88, 0), (88, 2**60), (88, 265)):
        changed = bytearray(data)
        struct.pack_into("<Q", changed, at, value)
        rows, defects, _ = read(bytes(changed))
        assert not rows
        assert defects[0].code == "header_wrong"
    struct.pack_into("<I", data, 12, 1 << 20)
    rows, defects, _ = read(bytes(data))
    assert (rows, [each.code for each in defects]) == ([], ["flags_unknown", "unreadable"])


def test_lists_of_entries_that_lead_in_a_circle() -> None:
    made = Journal()
    for entry in SOME:
        made.add(entry)
    data = bytearray(made.finish())
    first = struct.unpack_from("<Q", data, 176)[0]
    second = struct.unpack_from("<Q", data, first + 16)[0]
    struct.pack_into("<Q", data, second + 16, first)
    struct.pack_into("<Q", data, 152, 2**62)
    rows, defects, _ = read(bytes(data))
    assert len(rows) == 5
    assert not defects


def test_recognized_by_its_signature() -> None:
    data = journal(SOME)
    assert PARSER.recognizes(data, name="x.txt") == 3
    assert PARSER.recognizes(data[8:], name="system.journal") == 0
    assert len(data) > HEADER
    assert compressed(b"x" * 200, "zstd") != compressed(b"x" * 200, "lz4")
