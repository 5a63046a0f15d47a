"""What payments show does not depend on the order of rows, and every finding names payments that are there."""

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.analysis import payments as analysis
from payment_tables import accounts, messages, payment, payments

ACCOUNTS = ("DE15999900010004711001", "LT549990010000200301", "DE63999900020090071155", None)
rows = st.lists(
    st.builds(
        lambda day, hour, exact, minor, name, account, own, balance: payment(
            f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}" + (f"T{hour:02d}:00:00" if exact else ""), minor, name=name, account=account, own=own,
            balance_minor=balance,
        ),
        st.integers(0, 140), st.integers(0, 23), st.booleans(), st.sampled_from([-980_000, -950_000, -100, 1_000_000, 5_000_000, -4_900_000, -400_000]),
        st.sampled_from(["Hansa GmbH", "Hansa", "Onward", "Cash", None, ""]), st.sampled_from(ACCOUNTS), st.sampled_from(["BR1", "BR2"]),
        st.one_of(st.none(), st.integers(-(10**6), 10**7)),
    ),
    max_size=40,
)  # fmt: skip
MAILS = messages([{"date": None, "from.address": "a@b.example", "body.text": "LT54 9990 0100 0020 0301"}])


@settings(max_examples=60, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_traces_exist(drawn: list[dict[str, object]], shuffle: random.Random) -> None:
    table = payments(drawn)
    found = analysis.find(table, accounts(), MAILS)
    mixed = table.collect().sample(fraction=1, shuffle=True, seed=shuffle.randrange(2**32)).lazy()
    assert analysis.find(mixed, accounts(), MAILS) == found
    places = set(table.select(pl.col("trace.offset")).collect()["trace.offset"])
    for finding in found:
        assert finding.traces
        assert {trace.offset for trace in finding.traces} <= places
        assert {party.trace for party in finding.involved} <= set(finding.traces)
    passed = [trace for finding in found if finding.kind == "payment.pass_through" for trace in finding.traces]
    assert len(passed) == len(set(passed))
