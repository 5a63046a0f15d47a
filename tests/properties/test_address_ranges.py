"""Laying address ranges out and looking them up says what the ranges themselves say."""

import ipaddress

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from comity.reference.intervals import FOREVER, Range, lay_out, prepared

FAMILIES = st.sampled_from((4, 6))
# a narrow space, so that ranges overlap, nest and touch; its ends are the ends of the whole space
BASES = {4: (0, 2**32 - 40), 6: (0, 2**128 - 40, 2**64 - 20)}


@st.composite
def ranges(draw: st.DrawFn, *, days: bool) -> tuple[int, list[Range], list[int]]:
    family = draw(FAMILIES)
    base = draw(st.sampled_from(BASES[family]))
    made = []
    for _ in range(draw(st.integers(1, 12))):
        start = draw(st.integers(0, 39))
        end = draw(st.integers(start, 39))
        since = draw(st.integers(0, 9)) if days else -FOREVER
        until = draw(st.integers(since + 1, 11)) if days else FOREVER
        made.append(
            Range(family=family, start=base + start, end=base + end, values=(draw(st.sampled_from("abc")),), since=since, until=until)
        )
    return family, made, [base + offset for offset in range(40)]


def lookup(family: int, made: list[Range], addresses: list[int], day: int, *, most_specific: bool) -> list[set[str]]:
    table = prepared(lay_out(made, ("value",), most_specific=most_specific)[f"v{family}"], place="test")
    asked = (
        np.array(addresses, dtype=np.uint32)
        if family == 4
        else np.frombuffer(b"".join(ipaddress.IPv6Address(a).packed for a in addresses), dtype="S16")
    )
    position, row = table.find(asked, np.full(len(addresses), day))
    said: list[set[str]] = [set() for _ in addresses]
    for where, which in zip(position, row, strict=True):
        said[where].add(table.rows["value"][int(which)])
    return said


@given(ranges(days=True), st.integers(-1, 12))
def test_every_claim_of_the_day_is_found_and_no_other(drawn: tuple[int, list[Range], list[int]], day: int) -> None:
    family, made, addresses = drawn
    expected = [{r.values[0] for r in made if r.start <= a <= r.end and r.since <= day < r.until} for a in addresses]
    assert lookup(family, made, addresses, day, most_specific=False) == expected


@given(ranges(days=False))
def test_the_narrowest_range_decides(drawn: tuple[int, list[Range], list[int]]) -> None:
    family, made, addresses = drawn
    # of two equally narrow ranges the later decides, as the last line of a table does
    expected = []
    for address in addresses:
        around = [(r.end - r.start, -place, r.values[0]) for place, r in enumerate(made) if r.start <= address <= r.end]
        expected.append({min(around)[2]} if around else set())
    assert lookup(family, made, addresses, 0, most_specific=True) == expected
