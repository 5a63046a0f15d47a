"""Entry into force, denunciation and periods, against dates that are published."""

from datetime import date

import pytest

from comity.law.time_limit import denunciation_effective, entry_into_force, last_day


@pytest.mark.parametrize(
    ("state", "deposit", "in_force"),
    [
        # ETS 185 Art. 36(4), 37(2); deposits and days as published by the Council of Europe
        ("NG", date(2022, 7, 6), date(2022, 11, 1)),
        ("BR", date(2022, 11, 30), date(2023, 3, 1)),
        ("DE", date(2009, 3, 9), date(2009, 7, 1)),
        ("AM", date(2006, 10, 12), date(2007, 2, 1)),
        ("AT", date(2012, 6, 13), date(2012, 10, 1)),
        ("CZ", date(2013, 8, 22), date(2013, 12, 1)),
        ("BE", date(2012, 8, 20), date(2012, 12, 1)),
    ],
)
def test_entry_into_force(corpus, state, deposit, in_force):
    assert entry_into_force(deposit) == in_force
    row = corpus.instrument("ets-185").binding_of(state)
    assert row.entry_into_force == in_force


def test_the_rule_at_the_ends_of_months_and_years():
    assert entry_into_force(date(2024, 8, 31)) == date(2024, 12, 1)
    assert entry_into_force(date(2024, 9, 1)) == date(2025, 1, 1)
    assert entry_into_force(date(2024, 12, 31)) == date(2025, 4, 1)
    assert denunciation_effective(date(2023, 11, 30)) == date(2024, 3, 1)


def test_every_party_of_the_convention_is_bound_from_the_first_of_a_month(corpus):
    rows = corpus.instrument("ets-185").parties.bindings
    assert len(rows) == 76
    assert all(row.entry_into_force.day == 1 and row.entry_into_force >= date(2004, 7, 1) for row in rows)


def test_last_day_of_a_period():
    assert last_day(date(2026, 11, 23), 60) == date(2027, 1, 22)
    with pytest.raises(ValueError, match="a period of 0 days"):
        last_day(date(2026, 11, 23), 0)
