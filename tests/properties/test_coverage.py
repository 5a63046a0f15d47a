"""Every byte of every exhibit is counted once, whatever a parser claims and whatever the bytes are."""

import bz2
import gzip
import lzma
import random
import tarfile
import zipfile
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.parsers import coverage as accounting
from comity.parsers.contract import Parser, Source
from comity.parsers.coverage import NOTHING, Account, Claim, Coverage
from comity.parsers.descent import Descent
from comity.parsers.reading import Limits, Reading
from comity.parsers.registry import PARSERS
from comity.parsers.table_files import TableFiles
from trace_samples import MODIFIED, SAMPLES

TABLES = ("message", "hop")
MOST_BYTES = 60_000  # of one sample: enough for every kind of record
NAMES = {Claim.ROW: TABLES, Claim.CHILD: ("",), Claim.DEFECT: ("odd", "cut"), Claim.STRUCTURE: ("header", "padding")}

claims = st.lists(
    st.tuples(st.sampled_from(list(Claim)), st.integers(0, 1), st.lists(st.tuples(st.integers(-5, 130), st.integers(0, 60)), min_size=1, max_size=30)),
    max_size=12,
)  # fmt: skip


def by_hand(size: int, taken: list[tuple[Claim, str, int, int]]) -> Coverage:
    """What the account should come to, byte by byte."""
    held = {key: {at for kind, name, start, length in taken if (kind, name) == key for at in range(max(0, start), min(size, start + length))} for key in {(kind, name) for kind, name, _, _ in taken}}  # fmt: skip

    def rank(key: tuple[Claim, str]) -> tuple[int, int, str]:
        return key[0], TABLES.index(key[1]) if key[0] is Claim.ROW else len(held[key]), key[1]

    counts: Counter[tuple[Claim, str]] = Counter()
    for at in range(size):
        owner = min((key for key in held if at in held[key]), key=rank, default=(Claim.DEFECT, "not_parsed"))
        counts[owner] += 1
    parsed = {at for (kind, _), places in held.items() if kind in {Claim.ROW, Claim.CHILD} for at in places}

    def of(kind: Claim) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((name, count) for (each, name), count in counts.items() if each is kind))

    remarked = tuple(
        sorted((name, len(places & parsed)) for (kind, name), places in held.items() if kind is Claim.DEFECT and places & parsed)
    )
    return Coverage(size=size, rows=of(Claim.ROW), children=counts[Claim.CHILD, ""], structure=of(Claim.STRUCTURE), unread=of(Claim.DEFECT), remarked=remarked)  # fmt: skip


@given(st.integers(0, 120), claims)
def test_the_account_is_what_counting_by_hand_gives(size: int, taken: list[tuple[Claim, int, list[tuple[int, int]]]]) -> None:
    account = Account(size, tables=TABLES)
    told = []
    for kind, which, places in taken:
        name = NAMES[kind][which % len(NAMES[kind])]
        told += [(kind, name, start, length) for start, length in places]
        if len(places) % 2:
            offsets, lengths = np.array(places, np.int64).T
            account.claim_all(kind, name, offsets, lengths)
        else:
            for start, length in places:
                account.claim(kind, name, start, length)
    result, gaps = account.close()
    assert result == by_hand(size, told)
    assert result.balanced
    assert sum(length for _, length in gaps.places) + gaps.more_bytes == dict(result.unread).get("not_parsed", 0)
    assert account.outside == sum(start < 0 or start + length > size for _, _, start, length in told)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([8, 64, 1024]))
def test_settling_early_loses_no_byte(seed: int, window: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a fixed seed is wanted
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounting, "_MOST_SPANS", 50)
        patch.setattr(accounting, "_MOST_SETTLED", 20)
        patch.setattr(accounting, "_UNSETTLED", window)
        patch.setattr(accounting, "MOST_PLACES", 10)
        account = Account(10_000, tables=TABLES)
        for _ in range(300):
            kind = chance.choice(list(Claim))
            starts = np.sort(np.array([chance.randrange(10_000) for _ in range(20)]))
            account.claim_all(kind, NAMES[kind][0], starts, np.array([chance.randrange(4) for _ in range(20)]))
        result, gaps = account.close()
    assert result.balanced
    assert len(gaps.places) <= 10
    assert sum(length for _, length in gaps.places) + gaps.more_bytes == dict(result.unread).get("not_parsed", 0)


def test_settling_is_exact_for_what_comes_in_order() -> None:
    account = Account(30 * 1_000_000, tables=TABLES)
    places = np.arange(1_000_000, dtype=np.int64) * 30
    for part in np.array_split(places, 40):
        account.claim_all(Claim.ROW, "message", part, np.full(part.size, 28))
        account.claim_all(Claim.DEFECT, "odd", part[::100], np.full(part[::100].size, 28))
        account.claim_all(Claim.STRUCTURE, "line ends", part[::2] + 28, np.full(part[::2].size, 2))
    result, gaps = account.close()
    assert result.rows == (("message", 28_000_000),)
    assert result.structure == (("line ends", 1_000_000),)
    assert result.unread == (("not_parsed", 1_000_000),)
    assert result.remarked == (("odd", 28 * 10_000),)
    assert len(gaps.places) == 1_000
    assert gaps.more == 499_000
    assert gaps.more_bytes == 998_000
    assert account._settled.shape[1] < 2**19


def test_coverages_add_up() -> None:
    one = Coverage(size=10, rows=(("event", 4),), unread=(("odd", 6),))
    assert one + NOTHING == NOTHING + one == one
    assert (one + one).unread == (("odd", 12),)
    assert not Coverage(size=10, rows=(("event", 4),), unread=(("odd", 5),)).balanced
    assert not Coverage(size=10, rows=(("event", 14),), unread=(("odd", -4),)).balanced


def read(parsers: tuple[Parser, ...], data: bytes) -> tuple[tuple[Reading, ...], pl.DataFrame]:
    with TemporaryDirectory() as folder:
        with TableFiles(Path(folder)) as tables:
            descent = Descent(tables=tables, parsers=parsers, limits=Limits(), scratch=Path(folder))
            source = Source(stream=BytesIO(data), size=len(data), name="sample", modified=MODIFIED)
            readings = descent.read(source, number="1")
        defects = Path(folder) / "defect.parquet"
        return readings, pl.read_parquet(defects) if defects.exists() else pl.DataFrame(
            schema={"code": pl.String, "trace.exhibit": pl.String}
        )


class Insistent:
    """Gives everything to one parser, whether it knows it or not."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._asked = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._parser, name)

    def recognizes(self, head: bytes, *, name: str) -> int:
        asked, self._asked = self._asked, True
        return self._parser.recognizes(head, name=name) if asked else 3


def archives() -> dict[str, list[bytes]]:
    """Small archives of every kind, with a log inside."""
    log = SAMPLES["access_log"]()[0]
    packed, joined = BytesIO(), BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", b"")
        archive.writestr("folder/log", log)
        archive.writestr("empty", b"")
        with archive.open("streamed", "w", force_zip64=True) as entry:
            entry.write(log)
    with tarfile.open(fileobj=joined, mode="w") as tar:
        for name, data in (("log", log), ("n" * 200, b"text"), ("empty", b"")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, BytesIO(data))
    several = gzip.compress(log, mtime=0) + gzip.compress(log, mtime=0)
    return {
        "zip_archive": [packed.getvalue()],
        "tar_archive": [joined.getvalue()],
        "gzip_file": [several, bz2.compress(log), lzma.compress(log)],
    }


@cache
def material(name: str) -> list[bytes]:
    """The samples for a parser."""
    return SAMPLES[name]() if name in SAMPLES else archives()[name]


KNOWN = [parser for parser in PARSERS if parser.name in {*SAMPLES, "zip_archive", "tar_archive", "gzip_file"}]


def check(parser: Parser, data: bytes) -> tuple[Reading, pl.DataFrame]:
    readings, defects = read((Insistent(parser), *PARSERS), data)  # type: ignore[arg-type]
    first = readings[0]
    assert first.coverage.size == len(data)
    for reading in readings:
        assert reading.coverage.balanced
        assert reading.inside.balanced
        assert defects.filter(pl.col("trace.exhibit") == reading.number).height == sum(count for _, count in reading.defects)
    named = defects.filter((pl.col("trace.exhibit") == "1") & (pl.col("code") != "place_outside"))
    lying = {(row["trace.offset"], row["trace.offset"] + row["trace.length"]) for row in named.to_dicts()}
    assert first.coverage.not_parsed <= sum(end - start for start, end in lying)
    assert {code for code, _ in first.coverage.unread} <= set(named["code"])
    return first, defects


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_random_bytes_are_counted_by_every_parser(parser: Parser, data: st.DataObject) -> None:
    check(parser, data.draw(st.binary(max_size=400)))


@pytest.mark.parametrize("parser", KNOWN, ids=lambda parser: parser.name)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_samples_are_counted_by_every_parser(parser: Parser, data: st.DataObject) -> None:
    samples = [sample[:MOST_BYTES] for sample in material(parser.name)]
    sample = bytearray(data.draw(st.sampled_from(samples)))
    for _ in range(data.draw(st.integers(0, 5))):
        start = data.draw(st.integers(0, len(sample)))
        sample[start : start + data.draw(st.integers(0, 40))] = data.draw(st.one_of(st.binary(max_size=8), st.just(b"\xff" * 4)))
    check(parser, bytes(sample[: data.draw(st.sampled_from([len(sample), len(sample) // 2, len(sample) - 1]))]))


@pytest.mark.parametrize("parser", KNOWN, ids=lambda parser: parser.name)
def test_of_what_a_parser_reads_it_leaves_out_nothing_without_a_word(parser: Parser) -> None:
    for sample in material(parser.name):
        first, defects = check(parser, sample)
        silent = defects.filter((pl.col("trace.exhibit") == "1") & pl.col("code").is_in(["not_parsed", "place_outside"]))
        assert silent.is_empty(), f"{first.coverage} {silent.to_dicts()[:3]}"
