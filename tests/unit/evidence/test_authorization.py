"""Authorizations: what they must say, and when one is live."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comity.evidence.authorization import GRANTED, REVOKED, Authorization, Basis, decode, encode, live
from comity.ledger import Entry
from comity.terms.digest import ZERO
from comity.terms.errors import AuthorizationError
from comity.terms.period import Period

AT = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
WARRANT = Authorization(
    basis=Basis.WARRANT, reference="Order 12/2026", issuer="3rd Court", scope="s", period=Period(start=AT, end=AT + DAY)
)


def entry(number: int, event: str, fields) -> Entry:
    return Entry(
        number=number,
        previous=ZERO,
        at=AT,
        event=event,
        performer="U",
        instrument="c",
        authorization=None,
        object=fields,
        result={},
        salt="5a" * 16,
    )


def test_it_is_written_and_read():
    assert decode(encode(WARRANT)) == WARRANT
    statute = replace(WARRANT, basis=Basis.STATUTE, period=Period(start=AT))
    assert decode(encode(statute)) == statute


@pytest.mark.parametrize("field", ["reference", "issuer", "scope"])
def test_words_are_not_empty(field: str):
    with pytest.raises(ValueError, match=field):
        replace(WARRANT, **{field: "  "})


@pytest.mark.parametrize("basis", [Basis.WARRANT, Basis.EMERGENCY])
def test_a_warrant_and_an_emergency_end(basis: Basis):
    with pytest.raises(ValueError, match="without an end"):
        replace(WARRANT, basis=basis, period=Period(start=AT))


@pytest.mark.parametrize(
    "change",
    [
        {"basis": "whim"},
        {"from": "yesterday"},
        {"from": "2026-11-23T00:00:00"},
        {"until": 5},
        {"scope": None},
        {"more": "x"},
        {"until": "2020-01-01T00:00:00Z"},
    ],
)
def test_what_is_none_is_refused(change):
    with pytest.raises(AuthorizationError):
        decode({**encode(WARRANT), **change})
    with pytest.raises(AuthorizationError):
        decode({k: v for k, v in encode(WARRANT).items() if k != "scope"})


def test_the_newest_that_holds_is_live():
    longer = replace(WARRANT, period=Period(start=AT - DAY, end=AT + 5 * DAY))
    entries = [entry(1, GRANTED, encode(longer)), entry(2, GRANTED, encode(WARRANT))]
    assert live(entries, at=AT) == 2
    assert live(entries, at=AT - DAY) == 1
    assert live(entries, at=AT + DAY) == 1, "an end is not within its period"
    assert live([*entries, entry(3, REVOKED, {"entry": 2})], at=AT) == 1


@pytest.mark.parametrize(
    ("entries", "at", "why"),
    [
        ([], AT, "none is recorded"),
        ([entry(1, GRANTED, encode(WARRANT))], AT - DAY, "entry 1 begins only on 2026-11-23"),
        ([entry(1, GRANTED, encode(WARRANT))], AT + DAY, "entry 1 ended on 2026-11-24"),
        ([entry(1, GRANTED, encode(WARRANT)), entry(2, REVOKED, {"entry": 1})], AT, "entry 1 was revoked"),
    ],
)
def test_what_is_missing_is_named_with_an_example(entries, at: datetime, why: str):
    with pytest.raises(AuthorizationError, match=why) as refused:
        live(entries, at=at)
    assert "--basis" in refused.value.remedy
