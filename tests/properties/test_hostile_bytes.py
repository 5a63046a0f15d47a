"""Every parser of the registry on damaged material: it may say what it likes, but it ends, and in order."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.parsers.contract import Parser
from comity.parsers.registry import PARSERS
from hostile_law import hold, material

EXTREMES = (b"\xff" * 4, b"\xff" * 8, b"\0" * 4, b"\0" * 8, b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", b"\0\0\0\x80", b"\x80\0\0\0", b"9" * 12, b"1e999", b"-1", b"0001-01-01", b"9999-12-31")  # fmt: skip
SECONDS = 20  # of one small input on a busy machine
CUTS = 25


def within_time(parser: Parser, data: bytes) -> None:
    begun = time.process_time()
    hold(parser, data)
    assert time.process_time() - begun < SECONDS


def damaged(draw: st.DrawFn, sample: bytes) -> bytes:
    """Return `sample` with a few pieces cut out, repeated, moved, turned or overwritten by numbers nobody means."""
    data = bytearray(sample)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(["turn", "extreme", "cut", "repeat", "move", "noise"])):
            case "turn" if data:
                data[place] ^= 1 << draw(st.integers(0, 7))
            case "extreme":
                extreme = draw(st.sampled_from(EXTREMES))
                data[place : place + len(extreme)] = extreme
            case "cut":
                del data[place : place + draw(st.integers(1, 600))]
            case "repeat":
                piece = data[place : place + draw(st.integers(1, 200))]
                data[place:place] = piece * draw(st.integers(1, 40))
            case "move":
                start = draw(st.integers(0, max(0, len(data) - 1)))
                data[place:place] = data[start : start + draw(st.integers(1, 600))]
            case _:
                data[place:place] = draw(st.binary(max_size=24))
    return bytes(data)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damage(parser: Parser, data: st.DataObject) -> None:
    samples = material(parser.name)
    within_time(parser, data.draw(st.composite(damaged)(data.draw(st.sampled_from(samples)))) if samples else data.draw(st.binary()))


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(data=st.binary(max_size=3000))
def test_noise(parser: Parser, data: bytes) -> None:
    within_time(parser, data)
    for sample in material(parser.name)[:1]:
        within_time(parser, sample[:16] + data)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_truncation(parser: Parser) -> None:
    for sample in material(parser.name)[:2]:
        for cut in sorted({*range(0, len(sample), max(1, len(sample) // CUTS)), *range(8), len(sample) - 1}):
            within_time(parser, sample[:cut])
