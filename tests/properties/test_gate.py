"""Nothing is signed or sent without a live authorization earlier in the ledger, a ready request and two persons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.gate import refusals, require_open
from comity.cooperation.request import Standing
from comity.evidence.authorization import GRANTED, REVOKED, Authorization, Basis, encode
from comity.ledger import Entry
from comity.terms.digest import ZERO
from comity.terms.errors import AuthorizationError, StateError
from comity.terms.period import Period
from cooperation_factory import finding, involved, prepared

(READY,) = prepared(finding(involved(port=51000))).requests
START = datetime(2026, 11, 1, tzinfo=UTC)
INSTANTS = st.integers(min_value=-50, max_value=50).map(lambda hours: START + timedelta(hours=hours))


def granted(number: int, period: Period) -> Entry:
    authorization = Authorization(basis=Basis.CONSENT, reference="A. Lima", issuer="A. Lima", scope="the mailbox", period=period)
    return entry(number, GRANTED, encode(authorization))


def entry(number: int, event: str, fields: dict) -> Entry:
    return Entry(
        number=number,
        previous=ZERO,
        at=START,
        event=event,
        performer="p",
        instrument="comity",
        authorization=None,
        object=fields,
        result={},
        salt="5a" * 16,
    )


@st.composite
def ledgers(draw: st.DrawFn) -> list[Entry]:
    entries = []
    for number in range(1, draw(st.integers(min_value=1, max_value=7)) + 1):
        what = draw(st.sampled_from(["grant", "revoke", "other"]))
        if what == "grant":
            start = draw(INSTANTS)
            hours = draw(st.none() | st.integers(min_value=1, max_value=60))
            entries.append(granted(number, Period(start=start, end=None if hours is None else start + timedelta(hours=hours))))
        elif what == "revoke":
            entries.append(entry(number, REVOKED, {"entry": draw(st.integers(min_value=1, max_value=7))}))
        else:
            entries.append(entry(number, "records:derived", {}))
    return entries


def allowed(entries: list[Entry], drafted: int, at: datetime) -> bool:
    """The rule again, said plainly: some grant before the draft holds at `at` and nothing in the ledger takes it back."""
    revoked = {each.object["entry"] for each in entries if each.event == REVOKED}
    for each in entries:
        if each.event == GRANTED and each.number < drafted and each.number not in revoked:
            start, end = datetime.fromisoformat(each.object["from"]), each.object["until"]
            if start <= at and (end is None or at < datetime.fromisoformat(end)):
                return True
    return False


@given(ledgers(), st.integers(min_value=1, max_value=9), INSTANTS)
def test_the_gate_opens_exactly_when_an_earlier_authorization_is_live(entries, drafted, at):
    codes = [each.code for each in refusals(READY, drafter="A", signer="B", entries=entries, drafted=drafted, at=at)]
    assert codes == ([] if allowed(entries, drafted, at) else ["gate-authorization"])


@given(st.sampled_from(Standing), st.text(max_size=8), st.text(max_size=8))
def test_it_opens_only_for_a_ready_request_and_two_persons(standing, drafter, signer):
    request = replace(READY, standing=standing)
    entries = [granted(1, Period(start=START))]
    codes = {each.code for each in refusals(request, drafter=drafter, signer=signer, entries=entries, drafted=2, at=START)}
    assert ("gate-not-ready" in codes) == (standing is not Standing.READY)
    names = [" ".join(name.split()).casefold() for name in (drafter, signer)]
    assert ("gate-person-missing" in codes) == (not all(names))
    assert ("gate-same-person" in codes) == (all(names) and names[0] == names[1])


def test_the_same_person_in_other_letters_is_the_same_person():
    entries = [granted(1, Period(start=START))]
    (only,) = refusals(READY, drafter="Ana Lima", signer=" ana  LIMA ", entries=entries, drafted=2, at=START)
    assert only.code == "gate-same-person"


def test_what_is_refused_is_raised_by_who_can_act():
    entries = [granted(1, Period(start=START))]
    require_open(READY, drafter="A", signer="B", entries=entries, drafted=2, at=START)
    with pytest.raises(AuthorizationError):
        require_open(READY, drafter="A", signer="B", entries=[], drafted=2, at=START)
    with pytest.raises(StateError):
        require_open(READY, drafter="A", signer="A", entries=entries, drafted=2, at=START)
    with pytest.raises(StateError):
        require_open(replace(READY, standing=Standing.DRAFT_LAW), drafter="A", signer="B", entries=entries, drafted=2, at=START)
