"""Event logs and journals changed at random: nothing raised, everything placed, and every row read can be read again."""

import struct
from io import BytesIO
from random import Random
from typing import Any

import pytest

from comity.parsers import systemd_journal, windows_event
from comity.parsers.contract import Defect, Excerpts, Rows, Source, Structure
from event_log_factory import Logged, event_log
from journal_factory import Kept, journal

LOGS = [
    event_log([Logged(code=4625, data={"TargetUserName": f"u{n}", "IpAddress": "203.0.113.9"}) for n in range(count)])
    for count in (12, 150)
]
_ENTRIES = [Kept(1_709_632_800_000_000 + n, (("MESSAGE", f"{n}" * (n % 90)), ("_HOSTNAME", "h"), ("_PID", str(n % 9)))) for n in range(40)]
JOURNALS = [
    journal(_ENTRIES, compact=compact, compression=how, unused=300) for compact in (False, True) for how in ("", "xz", "lz4", "zstd")
]
NUMBERS = (0, 8, 16, 28, 64, 512, 65_535, 65_536, 2**31, 2**32 - 1, 2**63, 2**64 - 1)


def changed(data: bytes, chance: Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice([1, 1, 3, 30])):
        at = chance.randrange(len(out))
        match chance.randrange(4):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + 8] = chance.randbytes(8)[: len(out) - at]
            case 2:
                at -= at % 4
                out[at : at + 8] = struct.pack("<Q", chance.choice((*NUMBERS, len(out), at)))[: len(out) - at]
            case _:
                del out[at : at + chance.choice([1, 8, 4_096])]
    return bytes(out or b"\x00")


def read(parser: Excerpts, data: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for item in parser.read(Source(stream=BytesIO(data), size=len(data), name="x"), inferred=()):
        if isinstance(item, Rows):
            rows += item.batch.to_pylist()
        else:
            assert isinstance(item, Defect | Structure)
            assert 0 <= item.offset <= item.offset + item.length <= len(data)
    assert all(0 <= row["trace.offset"] < row["trace.offset"] + row["trace.length"] <= len(data) for row in rows)
    return rows


def values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "trace.offset"}


@pytest.mark.parametrize(("parser", "samples"), [(windows_event.PARSER, LOGS), (systemd_journal.PARSER, JOURNALS)], ids=["evtx", "journal"])
@pytest.mark.parametrize("seed", range(120))
def test_changed_at_random(parser: Excerpts, samples: list[bytes], seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same damage each time
    data = changed(chance.choice(samples), chance)
    rows = read(parser, data)
    if rows:
        row = chance.choice(rows)
        source = Source(stream=BytesIO(data), size=len(data), name="x")
        alone = parser.excerpt(source, offset=row["trace.offset"], length=row["trace.length"])
        assert values(row) in [values(other) for other in read(parser, alone)]


@pytest.mark.parametrize("parser", [windows_event.PARSER, systemd_journal.PARSER])
@pytest.mark.parametrize(
    "filler", [b"\x00", b"\xff", b"*\x00\x00*", b"ElfChnk\x00", b"\x01\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00"]
)
def test_a_signature_and_nothing_sensible(parser: Excerpts, filler: bytes) -> None:
    magic = b"ElfFile\x00" if parser is windows_event.PARSER else b"LPKSHHRH"
    assert read(parser, magic) == []
    read(parser, magic + filler * (200_000 // len(filler)))


def test_damage_after_damage_costs_no_more_than_its_length() -> None:
    head = bytearray(journal([]))
    one = struct.pack("<QQ", 5, 16) + b"\xff" * 16  # the smallest of objects, then what is none
    read(systemd_journal.PARSER, bytes(head) + one * 10_000)
