"""No paragraph of a request without a finding or an authority; no ready request with anything unverified, unbounded or unnamed."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.finding import Strength
from comity.cooperation.lint import CONTENTS, lint, sentences
from comity.cooperation.request import Standing
from comity.cooperation.request_json import decode_request, encode
from comity.cooperation.sighting import ADDRESSES, longest_period
from comity.law.answer import Status
from comity.law.provision import Need
from comity.law.route import route
from comity.reference.holder import Dating
from comity.terms.selector import Kind, Selector
from cooperation_factory import ACT, CORPUS, ON, UNIT, finding, holder, involved, prepared

KINDS = [
    "intrusion.password_guessed",
    "phishing.message",
    "payment.changed_beneficiary",
    "payment.pass_through",
    "quality.balance",
    "address.holder",
]
SELECTORS = [
    Selector(kind=Kind.IPV4, value="198.51.100.77"),
    Selector(kind=Kind.IPV4, value="198.51.100.78"),
    Selector(kind=Kind.IPV6, value="2001:db8:de00::1"),
    Selector(kind=Kind.IBAN, value="LT549990010000200301"),
    Selector(kind=Kind.DOMAIN, value="hansa-purnpen.example"),
]
INVOLVED = st.builds(
    involved,
    st.sampled_from(SELECTORS),
    st.sampled_from(["login source", "beneficiary account", "victim account"]),
    st.none() | st.integers(min_value=-90, max_value=2).map(lambda days: ACT + timedelta(days=days, minutes=days)),
    port=st.none() | st.integers(min_value=1, max_value=65535),
    precision=st.sampled_from(["second", "minute", "day"]),
    clock=st.sampled_from(["", "year", "zone", "year+zone"]),
)
FINDINGS = st.lists(
    st.builds(
        lambda parts, kind, strength, offset: finding(*parts, kind=kind, strength=strength, offset=offset),
        st.lists(INVOLVED, max_size=4),
        st.sampled_from(KINDS),
        st.sampled_from(Strength),
        st.integers(min_value=0, max_value=10**6),
    ),
    max_size=6,
    unique_by=lambda each: each.identity,
)
COUNTRIES = st.dictionaries(
    st.sampled_from([each.value for each in SELECTORS]), st.sampled_from(["DE", "LT", "US", "IN", "BR", "EU", None, "DE|FR"])
)
DATINGS = st.sampled_from(Dating)


def drawn(findings, countries, dating, distance):
    def holder_of(address, at):
        country = countries.get(address, "DE")
        real = Dating.UNKNOWN if country is None else Dating.CONFLICT if "|" in country else dating
        return holder(address, country, dating=real, distance=distance)

    return prepared(*findings, holders=holder_of)


@given(FINDINGS, COUNTRIES, DATINGS, st.integers(min_value=0, max_value=4000))
def test_every_sentence_rests_on_a_finding_or_an_authority(findings, countries, dating, distance):
    known = {each.identity for each in findings}
    for request in drawn(findings, countries, dating, distance).requests:
        for sentence in sentences(request):
            assert sentence.text.strip()
            assert sentence.findings or sentence.authority
            assert set(sentence.findings) <= known
        for item in request.items:
            assert item.findings
            assert set(item.findings) <= known


@given(FINDINGS, COUNTRIES, DATINGS, st.integers(min_value=0, max_value=4000))
def test_ready_means_complete_bounded_and_verified(findings, countries, dating, distance):
    for request in drawn(findings, countries, dating, distance).requests:
        routing = route("BR", request.requested_state, need=Need.PRESERVATION, on=ON, corpus=CORPUS)
        assert request.requested_state != "BR"
        (way,) = [each for each in routing.routes if each.instrument == request.instrument]
        if request.standing is Standing.READY:
            assert way.standing is Status.VERIFIED
            assert all(getattr(request, name) for name in CONTENTS)
            assert not [each for each in request.objections if each.blocking]
            assert request.preservation_days >= 60
            assert (
                dating in {Dating.BRACKETED, Dating.WITHIN}
                or distance <= 366
                or all(item.selector.kind not in ADDRESSES for item in request.items)
            )
        for item in request.items:
            assert item.period.end is not None
            assert item.period.end - item.period.start <= longest_period(item.selector.kind)
            assert item.at in item.period


@given(FINDINGS, COUNTRIES, DATINGS)
def test_nothing_is_silently_dropped(findings, countries, dating):
    """Every finding of an offence that names anything is in a request, a home or unrouted item, or among what was left out."""
    found = drawn(findings, countries, dating, 0)
    told = {identity for request in found.requests for item in request.items for identity in item.findings}
    told |= {identity for each in (*found.domestic, *found.unrouted) for part in each.wanted.gathered for identity in part.item.findings}
    told |= {identity for each in found.left_out for identity in each.findings}
    assert {each.identity for each in findings if each.involved and each.kind != "address.holder"} <= told


@given(FINDINGS, COUNTRIES, DATINGS, st.randoms(use_true_random=False))
def test_the_order_of_findings_changes_nothing(findings, countries, dating, random):
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert drawn(findings, countries, dating, 0) == drawn(shuffled, countries, dating, 0)


@given(FINDINGS, COUNTRIES)
def test_json_keeps_every_request(findings, countries):
    for request in drawn(findings, countries, Dating.WITHIN, 0).requests:
        assert decode_request(encode(request)) == request


@given(st.sampled_from([*CONTENTS, "route_reasons", "confidentiality"]), st.integers(min_value=0, max_value=20))
def test_a_sentence_robbed_of_its_support_blocks(name, place):
    (request,) = prepared(finding(involved(port=1)), unit=UNIT).requests
    field = getattr(request, name)
    place %= len(field)
    robbed = replace(field[place], findings=(), authority=())
    changed = replace(request, **{name: (*field[:place], robbed, *field[place + 1 :])})
    assert "sentence-unsupported" in [each.code for each in lint(changed, law=Status.VERIFIED) if each.blocking]
