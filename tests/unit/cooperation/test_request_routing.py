"""From findings to what is wanted of whom; nothing unknown becomes a guess, nothing left out is silent."""

from datetime import UTC, datetime, timedelta

import pytest

from comity.analysis.finding import Involved, Strength
from comity.cooperation.routing import plan
from comity.cooperation.sighting import gather, longest_period
from comity.reference.banks import Bank
from comity.reference.holder import Answer, Dating
from comity.terms.errors import MaterialError
from comity.terms.selector import Kind, Selector
from cooperation_factory import ACT, LOGIN, MULE, bank_of, finding, holder, holder_of, involved, trace


def planned(*findings, holders=holder_of, banks=bank_of):
    return plan(findings, holder_of=holders, bank_of=banks)


def test_same_custodian_same_request_and_same_selector_same_item():
    other = Selector(kind=Kind.IPV4, value="198.51.100.81")
    first = finding(involved(), involved(other), involved(at=ACT + timedelta(hours=3)))
    second = finding(involved(role="exploitation source", at=ACT + timedelta(hours=1)), kind="intrusion.exploitation_answered", offset=5)
    (wanted,) = planned(first, second).wanted
    assert (wanted.state, wanted.custodian) == ("DE", "AS64500 RHEINHOST")
    items = [each.item for each in wanted.gathered]
    assert [item.selector for item in items] == [LOGIN, other]
    assert items[0].role == "login source; exploitation source"
    assert items[0].findings == tuple(sorted([first.identity, second.identity]))
    assert items[0].period.start == ACT - timedelta(hours=1)
    assert items[0].period.end == ACT + timedelta(hours=4, seconds=1)


def test_one_request_per_state_and_custodian():
    def holders(address, at):
        return holder(
            address, *{"198.51.100.77": ("DE", "AS1 ONE"), "198.51.100.78": ("DE", "AS2 TWO"), "192.0.2.9": ("LT", "AS1 ONE")}[address]
        )

    parts = [involved(Selector(kind=Kind.IPV4, value=value)) for value in ("198.51.100.77", "198.51.100.78", "192.0.2.9")]
    found = planned(finding(*parts), holders=holders).wanted
    assert [(each.state, each.custodian) for each in found] == [("DE", "AS1 ONE"), ("DE", "AS2 TWO"), ("LT", "AS1 ONE")]


def test_acts_far_apart_are_separate_items_and_none_is_too_long():
    days = [involved(at=ACT + timedelta(days=day)) for day in (0, 1, 20, 21)]
    (wanted,) = planned(finding(*days)).wanted
    assert len(wanted.gathered) == 2
    daily = gather(
        each
        for day in range(90)
        for each in planned(finding(involved(at=ACT + timedelta(days=day)), offset=day)).wanted[0].gathered[0].sightings
    )
    assert len(daily) == 3
    assert all(each.item.period.end - each.item.period.start <= longest_period(Kind.IPV4) for each in daily)


def test_an_inferred_zone_widens_the_period_by_all_zones_and_a_written_one_does_not():
    (wanted,) = planned(finding(involved(clock="year+zone"))).wanted
    (item,) = [each.item for each in wanted.gathered]
    assert item.clock == "year+zone"
    assert item.period.start == ACT - timedelta(hours=15)
    assert item.period.end == ACT + timedelta(hours=13, seconds=1)
    (year_only,) = planned(finding(involved(clock="year", precision="minute"))).wanted[0].gathered
    assert year_only.item.period.end - year_only.item.period.start == timedelta(hours=2, minutes=1)


def test_an_account_is_asked_about_from_the_day_before_to_the_day_after():
    at = datetime(2026, 9, 15, tzinfo=UTC)
    (wanted,) = planned(finding(involved(MULE, "beneficiary account", at, precision="day"), kind="payment.changed_beneficiary")).wanted
    (item,) = [each.item for each in wanted.gathered]
    assert (wanted.state, wanted.custodian) == ("LT", "AB Pavyzdzio bankas (BIC EXPLLT21XXX)")
    assert (item.period.start, item.period.end) == (datetime(2026, 9, 14, tzinfo=UTC), datetime(2026, 9, 17, tzinfo=UTC))


def left(found, word):
    return [each for each in found.left_out if word in each.reason]


def test_weak_findings_unknown_kinds_and_supporting_findings_lead_to_no_request():
    weak = finding(involved(), strength=Strength.WEAK)
    strange = finding(involved(), kind="quality.balance", offset=1)
    support = finding(involved(), kind="address.holder", offset=2)
    found = planned(weak, strange, support)
    assert found.wanted == ()
    assert left(found, "weak")[0].findings == (weak.identity,)
    assert left(found, "no offence is named")[0].findings == (strange.identity,)
    strong = finding(involved(), offset=3)
    (wanted,) = planned(weak, strange, support, strong).wanted
    assert wanted.supporting == (support.identity,)
    assert wanted.gathered[0].item.findings == (strong.identity,)


@pytest.mark.parametrize("role", ["victim account", "Debtor account", "recipient", "earlier account of the supplier"])
def test_selectors_of_the_injured_side_are_left_out_and_said(role):
    found = planned(finding(involved(MULE, role), kind="payment.changed_beneficiary"))
    assert found.wanted == ()
    (only,) = left(found, role)
    assert (only.selectors, only.question) == ((MULE,), False)


def test_words_that_only_contain_those_of_the_injured_side_are_the_offenders():
    (wanted,) = planned(finding(involved(MULE, "unknown account"), kind="payment.changed_beneficiary")).wanted
    assert wanted.gathered[0].item.selector == MULE


def test_money_sent_to_an_account_from_a_doubtful_mail_is_followed():
    (wanted,) = planned(finding(involved(MULE, "beneficiary account"), kind="payment.account_from_doubtful_mail")).wanted
    assert wanted.gathered[0].item.selector == MULE


def test_a_mail_server_is_asked_who_used_it_to_send():
    (wanted,) = planned(finding(involved(role="sending host"), kind="phishing.message")).wanted
    assert "who handed it the messages" in wanted.gathered[0].item.data
    (wanted,) = planned(finding(involved(role="login source"))).wanted
    assert "messages" not in wanted.gathered[0].item.data


@pytest.mark.parametrize(
    ("special", "asks"), [("private", False), ("loopback", False), ("carrier-grade NAT", True), ("documentation", False)]
)
def test_special_addresses_identify_nobody(special, asks):
    found = planned(finding(involved()), holders=lambda address, at: holder(address, None, None, special=special))
    assert found.wanted == ()
    (only,) = left(found, "identifies nobody")
    assert only.question is asks


def test_a_tunnelled_address_asks_for_the_one_it_carries():
    found = planned(finding(involved()), holders=lambda address, at: holder(address, None, None, special="6to4, carries 192.0.2.7"))
    (only,) = left(found, "carries 192.0.2.7: who held that address")
    assert only.question


def test_a_documentation_address_with_claims_is_one_of_an_example_world():
    (wanted,) = planned(finding(involved()), holders=lambda address, at: holder(address, special="documentation")).wanted
    assert wanted.state == "DE"


@pytest.mark.parametrize(
    ("country", "dating", "words"),
    [
        (None, Dating.UNKNOWN, "No snapshot at hand says"),
        ("DE|FR", Dating.CONFLICT, "Snapshots disagree: DE (snapshot snap, state of 2026-09-01); FR"),
        ("EU", Dating.WITHIN, "which is no state"),
        ("ZZ", Dating.WITHIN, "which is no state"),
    ],
)
def test_an_unknown_or_contradictory_country_is_a_question(country, dating, words):
    found = planned(finding(involved()), holders=lambda address, at: holder(address, country, dating=dating))
    assert found.wanted == ()
    (only,) = left(found, words)
    assert only.question


def test_a_distant_snapshot_must_be_confirmed_before_anybody_signs():
    far = planned(finding(involved()), holders=lambda address, at: holder(address, dating=Dating.NEAREST, distance=2000)).wanted[0]
    assert "2000 days away" in far.doubts[0]
    near = planned(finding(involved()), holders=lambda address, at: holder(address, dating=Dating.ONE_SIDED, distance=3)).wanted[0]
    assert near.doubts == ()
    assert not [question for question in near.questions if question.startswith("Who held")]
    within_a_year = planned(finding(involved()), holders=lambda address, at: holder(address, dating=Dating.NEAREST, distance=200)).wanted[0]
    assert within_a_year.doubts == ()
    assert "200 days away" in within_a_year.questions[0]
    bracketed = planned(finding(involved()), holders=lambda address, at: holder(address, dating=Dating.BRACKETED, distance=200)).wanted[0]
    assert bracketed.doubts == ()


def test_an_address_that_changed_hands_between_two_acts_is_a_question():
    def holders(address, at):
        return holder(address, "DE" if at == ACT else "FR")

    found = planned(finding(involved(), involved(at=ACT + timedelta(hours=20))), holders=holders)
    assert found.wanted == ()
    assert "in DE" in found.left_out[0].reason
    assert "in FR" in found.left_out[0].reason


def test_a_conflict_about_the_network_leaves_the_custodian_unnamed_and_shows_both():
    found = planned(
        finding(involved()), holders=lambda address, at: holder(address, network="AS1 ONE|AS2 TWO", network_dating=Dating.CONFLICT)
    )
    (wanted,) = found.wanted
    assert wanted.custodian == ""
    assert "AS1 ONE" in wanted.questions[0]
    assert "AS2 TWO" in wanted.questions[0]


def test_a_network_known_only_from_years_away_names_nobody():
    def asked(distance, dating=Dating.NEAREST):
        found = planned(finding(involved()), holders=lambda address, at: holder(address, network_dating=dating, distance=distance))
        return found.wanted[0]

    assert asked(10).custodian == "AS64500 RHEINHOST"
    assert "10 days away" in asked(10).questions[0]
    assert asked(2500).custodian == ""
    assert "Was AS64500 RHEINHOST the network" in asked(2500).questions[0]
    assert asked(2500, Dating.BRACKETED).custodian == "AS64500 RHEINHOST"


def test_unnamed_custodians_of_different_addresses_are_not_taken_for_one():
    parts = [involved(Selector(kind=Kind.IPV4, value=value)) for value in ("198.51.100.77", "198.51.100.78")]
    found = planned(finding(*parts), holders=lambda address, at: holder(address, network=None)).wanted
    assert [each.custodian for each in found] == ["", ""]


def test_a_registered_holder_names_the_custodian():
    found = planned(finding(involved()), holders=lambda address, at: holder(address, notes=("registered to Rheinhost Example GmbH",)))
    assert found.wanted[0].custodian == "Rheinhost Example GmbH (AS64500 RHEINHOST)"


def test_a_tor_exit_is_a_question_to_a_person():
    found = planned(finding(involved()), holders=lambda address, at: holder(address, notes=("Tor exit",)))
    assert found.wanted == ()
    assert left(found, "Tor exit")[0].question


def test_an_address_without_time_is_a_question():
    found = planned(finding(involved(at=None)))
    assert found.wanted == ()
    assert left(found, "Without a time")[0].selectors == (LOGIN,)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.DOMAIN, "hansa-purnpen.example"),
        (Kind.URL, "http://hansa-purnpen.example/pay"),
        (Kind.EMAIL, "a@hansa-purnpen.example"),
        (Kind.ACCOUNT, "12345678"),
        (Kind.BITCOIN, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ],
)
def test_names_and_wallets_are_questions_and_never_a_state(kind, value):
    found = planned(finding(involved(Selector(kind=kind, value=value), "link target"), kind="phishing.message"))
    assert found.wanted == ()
    (only,) = found.left_out
    assert only.question
    assert only.reason.endswith(".")
    assert value not in only.reason or kind in {Kind.ACCOUNT, Kind.BITCOIN}


def test_many_names_make_one_question():
    parts = [involved(Selector(kind=Kind.DOMAIN, value=f"a{number}.example"), "link target") for number in range(500)]
    (only,) = planned(finding(*parts, kind="phishing.message")).left_out
    assert len(only.selectors) == 500
    assert "and 480 more" in only.reason
    assert len(only.reason) < 1000


def test_a_bank_nobody_names_is_asked_through_its_state():
    def banks(iban, at):
        unknown = Answer(dating=Dating.UNKNOWN, claims=())
        return Bank(country="LT", code="99900", name=unknown, bic=unknown)

    (wanted,) = planned(finding(involved(MULE, "beneficiary account"), kind="payment.changed_beneficiary"), banks=banks).wanted
    assert wanted.custodian == "bank with the code 99900"
    assert "Which bank in Lithuania" in wanted.questions[0]


def test_an_act_known_by_its_day_stays_known_by_its_day():
    (wanted,) = planned(finding(involved(MULE, "beneficiary account", precision="day"), kind="payment.changed_beneficiary")).wanted
    assert wanted.gathered[0].item.precision == "day"


def test_what_is_no_iban_is_a_question():
    def banks(iban, at):
        msg = "not an IBAN"
        raise MaterialError(msg)

    found = planned(finding(involved(MULE, "beneficiary account"), kind="payment.changed_beneficiary"), banks=banks)
    assert found.wanted == ()
    assert found.left_out[0].question


def test_the_order_of_findings_does_not_matter():
    parts = [finding(involved(at=ACT + timedelta(hours=hour)), offset=hour) for hour in range(8)]
    assert planned(*parts) == planned(*reversed(parts))


def test_involved_things_that_are_no_place_to_ask_are_passed_over():
    digest = Involved(selector=Selector(kind=Kind.SHA256, value="0" * 64), role="attachment", trace=trace())
    assert planned(finding(digest, kind="phishing.message")).wanted == ()


def test_an_act_whose_year_is_in_doubt_is_asked_about_not_asked_for():
    found = planned(finding(involved(clock="year in doubt+zone")))
    assert found.wanted == ()
    (left,) = found.left_out
    assert left.question
    assert left.reason.startswith("In which year")
