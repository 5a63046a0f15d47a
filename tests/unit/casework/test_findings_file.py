"""findings.json holds findings whole, in canonical JSON."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.finding import Finding, Involved, Reason, ReferenceUse, Strength
from comity.casework.findings_file import decode, encode
from comity.observables import Trace
from comity.terms.canonical import canonical
from comity.terms.selector import Kind, Selector

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
instants = st.none() | st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  Hypothesis draws naive ones
traces = st.builds(Trace, exhibit=words, member=words, offset=st.integers(0, 2**53 - 1), length=st.integers(0, 2**53 - 1))
involved = st.builds(
    Involved,
    selector=st.builds(Selector, kind=st.sampled_from(Kind), value=words),
    role=words, at=instants, port=st.none() | st.integers(1, 65535), precision=words, clock=words, trace=traces,
)  # fmt: skip
findings = st.builds(
    Finding,
    kind=words, title=words, statement=words, strength=st.sampled_from(Strength),
    reasons=st.lists(st.builds(Reason, code=words, text=words, against=st.booleans()), min_size=1, max_size=3).map(tuple),
    traces=st.lists(traces, min_size=1, max_size=3).map(tuple),
    method=words, method_version=words, at=instants, until=instants,
    involved=st.lists(involved, max_size=2).map(tuple),
    references=st.lists(st.builds(ReferenceUse, snapshot=words, dated=words, sha256=words), max_size=2).map(tuple),
    limits=st.lists(words, max_size=2).map(tuple),
)  # fmt: skip


@given(st.lists(findings, max_size=4))
def test_findings_come_back_as_they_were(found: list[Finding]):
    data = encode(found)
    assert decode(data) == tuple(found)
    assert canonical(json.loads(data)) == data
    assert [one["identity"] for one in json.loads(data)] == [finding.identity for finding in found]


def test_an_identity_follows_kind_time_and_places_alone():
    base = {"kind": "phishing.message", "title": "a", "statement": "b", "strength": Strength.WEAK, "method": "m", "method_version": "1"}
    base |= {"reasons": (Reason(code="c", text="t"),), "traces": (Trace(exhibit="1", member="", offset=0, length=9),)}
    at = datetime(2026, 11, 23, tzinfo=UTC)
    finding = Finding(**base, at=at)
    assert Finding(**(base | {"title": "other", "strength": Strength.STRONG, "method_version": "2"}), at=at).identity == finding.identity
    assert Finding(**base, at=at + timedelta(seconds=1)).identity != finding.identity
    assert Finding(**(base | {"traces": (Trace(exhibit="1", member="", offset=1, length=9),)}), at=at).identity != finding.identity
