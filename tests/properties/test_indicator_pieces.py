"""Sightings do not depend on how long tables are cut, and no selector hides from the quick look that comes first."""

import sys

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comity.analysis import indicators
from comity.analysis.event_traces import TRACE
from comity.observables import HOP, LINK, MESSAGE, PAYMENT
from event_factory import events

# the room's public function of this name hides the module
SIGHTINGS = sys.modules[indicators.sightings.__module__]
SELECTORS = (
    "192.0.2.7", "2001:db8::1", "a@b.example", "https://pay.example.net/x?y=1", "DE63999900020000000001", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "0x52908400098527886E0F7030069857D2E4169EE7", "hxxp://bad[.]example/z",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(SELECTORS), st.text(alphabet="a1.:@/=&?%;,-_ [](){}<>\"'|xF0", max_size=40)), max_size=6).map(
    " ".join
)


def empty(table) -> pl.LazyFrame:
    return pl.from_arrow(table.schema.empty_table()).lazy()


def seen(lines: list[str]) -> pl.DataFrame:
    logged = [{"message": line, "source.ip": "203.0.113.9", "trace.offset": n * 100} for n, line in enumerate(lines)]
    places = indicators.places(messages=empty(MESSAGE), hops=empty(HOP), links=empty(LINK), events=events(logged), payments=empty(PAYMENT))
    return indicators.sightings(places)


@given(TEXTS)
@example("x?u=http://192.0.2.1/a")
def test_what_the_quick_look_passes_over_holds_no_candidate(text: str):
    hint = pl.Series([text]).str.contains(SIGHTINGS.HINT)[0]
    words = pl.Series([text]).str.extract_all(SIGHTINGS.WORD)[0].to_list() + pl.Series([text]).str.extract_all(SIGHTINGS.URL)[0].to_list()
    stripped = pl.Series([*words, ""]).str.strip_chars(".,:;!?-*_")
    assert hint or not stripped.str.contains(SIGHTINGS._CANDIDATE).any()


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch, rows: int):
    lines = [f"peer {one} again {one}, take {n % 3}" for n in range(9) for one in SELECTORS] + ["nobody came"] * 5
    whole = seen(lines)
    assert whole.height >= len(SELECTORS)
    assert whole.filter(pl.col("value") == "192.0.2.7")["count"].to_list() == [9]
    monkeypatch.setattr(SIGHTINGS, "ROWS", rows)
    monkeypatch.setattr(SIGHTINGS, "_MOST_WAITING", 3)
    assert seen(lines).equals(whole)
    assert whole.select(TRACE).null_count().sum_horizontal()[0] == 0
