"""Requests as drafted: ready from the inputs of one command, the six contents, the standing, the order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from comity.analysis.finding import Strength
from comity.cooperation.explanation import explain
from comity.cooperation.lint import CONTENTS
from comity.cooperation.preparation import lines
from comity.cooperation.request import Standing
from comity.law.provision import Need
from comity.law.route import route
from comity.reference.holder import Dating
from comity.terms.selector import Kind, Selector
from cooperation_factory import ACT, CORPUS, LOGIN, MULE, ON, UNIT, finding, holder, involved, prepared

INTRUSION = finding(involved())
FRAUD = finding(involved(MULE, "beneficiary account", precision="day"), kind="payment.changed_beneficiary", offset=3)


def words(request, field):
    return " ".join(sentence.text for sentence in getattr(request, field))


def test_one_command_s_inputs_make_a_ready_request():
    (request,) = prepared(INTRUSION).requests
    assert request.standing is Standing.READY
    assert not [each for each in request.objections if each.blocking]
    assert (request.instrument, request.article, request.requested_state) == ("ets-185", "29", "DE")
    assert all(getattr(request, name) for name in CONTENTS)
    assert "Delegacia de Crimes Cibernéticos (Brazil)" in words(request, "a_authority")
    assert "entry:2" in request.a_authority[1].authority
    assert "Article 2 of the Convention" in words(request, "b_offence_and_facts")
    assert INTRUSION.statement in words(request, "b_offence_and_facts")
    assert "198.51.100.77" in words(request, "c_data_and_relationship")
    assert "Germany" in words(request, "d_custodian")
    assert "3 days before" in words(request, "e_necessity")
    assert "mutual assistance" in words(request, "f_intention")
    assert request.preservation_days == 60
    assert "2025-10-01" in request.law_as_of


def test_phishing_and_fraud_are_named_by_their_articles():
    phishing = finding(involved(role="sending host"), kind="phishing.message")
    assert "Article 7 and Article 8" in words(prepared(phishing).requests[0], "b_offence_and_facts")
    assert "Article 8 of" in words(prepared(FRAUD).requests[0], "b_offence_and_facts")


def test_an_offence_the_convention_does_not_name_needs_a_person():
    passing = finding(involved(MULE, "pass-through account"), kind="payment.pass_through")
    (request,) = prepared(passing).requests
    assert request.standing is Standing.INCOMPLETE
    assert any("Which offence" in each.text for each in request.objections if each.blocking)
    assert any("29(4)" in question for question in request.missing)
    (named,) = prepared(passing, unit=replace(UNIT, offence="Law 9.613/1998, Art. 1")).requests
    assert named.standing is Standing.READY
    assert "Law 9.613/1998" in words(named, "b_offence_and_facts")
    (together,) = prepared(passing, FRAUD).requests
    assert together.standing is Standing.READY


def test_money_passed_on_is_asked_about_because_of_the_fraud_it_came_from():
    onward = Selector(kind=Kind.IBAN, value="DE63999900020090071155")
    parts = (involved(MULE, "pass-through account"), involved(onward, "onward account"))
    passing = finding(*parts, kind="payment.pass_through", offset=7)
    request = next(each for each in prepared(passing, FRAUD).requests if each.requested_state == "DE")
    assert request.standing is Standing.READY
    assert FRAUD.statement in words(request, "b_offence_and_facts")
    assert "Article 8" in words(request, "b_offence_and_facts")
    assert request.items[0].findings == (passing.identity,)
    weak = replace(FRAUD, strength=Strength.WEAK)
    unrelated = finding(involved(role="login source"))
    for other in (weak, unrelated):
        request = next(each for each in prepared(passing, other).requests if onward in [item.selector for item in each.items])
        assert request.standing is Standing.INCOMPLETE
        assert "offence-unnamed" in [each.code for each in request.objections if each.blocking]


def test_draft_law_is_never_ready():
    (request,) = prepared(INTRUSION, holders=lambda address, at: holder(address, "US")).requests
    assert request.standing is Standing.DRAFT_LAW
    assert "law-draft" in [each.code for each in request.objections if each.blocking]


def test_no_draft_datum_is_repeated_in_a_ready_request():
    (request,) = prepared(INTRUSION).requests
    printed = " ".join(each.reason for each in request.rejected) + " ".join(
        sentence.text for name in (*CONTENTS, "route_reasons", "confidentiality") for sentence in getattr(request, name)
    )
    assert {"cets-224", "un-cybercrime", "eu-2023-1543", "untoc"} <= {each.instrument for each in request.rejected}
    for datum in ("2026-09-05", "three of the five", "forty instruments", "72 signatories", "Denmark", "Marco Civil"):
        assert datum not in printed
    assert "has not been verified" in printed


def test_explain_shows_what_the_request_leaves_out_and_marks_it():
    (request,) = prepared(INTRUSION).requests
    routing = route("BR", "DE", need=Need.PRESERVATION, on=ON, corpus=CORPUS)
    told = explain(request, routing=routing, findings={INTRUSION.identity: INTRUSION})
    text = "\n".join(told)
    assert "DRAFT, not verified: CETS 224 was not in force on 2026-09-05" in text
    assert f"{INTRUSION.identity} (strong): {INTRUSION.title}" in text
    assert "ets-185 Art. 29(7)" in text
    assert all(question in text for question in request.missing)
    assert "not among the findings" in "\n".join(explain(request, routing=routing, findings={}))


def test_before_entry_into_force_there_is_no_request_but_a_reason():
    found = prepared(INTRUSION, on=date(2022, 6, 1))
    assert found.requests == ()
    (only,) = found.unrouted
    assert not only.routing.routes
    assert any("No route to Germany" in line for line in lines(found))


def test_a_state_that_is_no_party_gives_questions_about_other_treaties_too():
    found = prepared(INTRUSION, holders=lambda address, at: holder(address, "IN"))
    assert found.requests == ()
    told = " ".join(lines(found))
    assert "Is ETS 185 in force for India" in told
    assert "Is UNTOC in force for India" in told


def test_the_own_state_is_served_at_home():
    found = prepared(INTRUSION, holders=lambda address, at: holder(address, "BR"))
    assert found.requests == ()
    assert found.domestic[0].routing.domestic
    assert any("Which provision of the law of Brazil" in line for line in lines(found))


def test_an_address_known_only_from_a_distant_snapshot_is_incomplete():
    (request,) = prepared(INTRUSION, holders=lambda address, at: holder(address, dating=Dating.NEAREST, distance=2000)).requests
    assert request.standing is Standing.INCOMPLETE
    assert "holder-undated" in [each.code for each in request.objections if each.blocking]


def test_without_authorization_or_authority_nothing_is_ready():
    for unit in (replace(UNIT, authorization=None), replace(UNIT, authority="  ")):
        (request,) = prepared(INTRUSION, unit=unit).requests
        assert request.standing is Standing.INCOMPLETE


def test_most_perishable_first():
    def holders(address, at):
        return holder(address, "DE", f"AS{address.rpartition('.')[2]} NET")

    ages = {"198.51.100.1": 2, "198.51.100.2": 5, "198.51.100.3": 40, "198.51.100.4": 10}
    parts = [
        finding(involved(Selector(kind=Kind.IPV4, value=value), at=ACT.replace(day=23) - timedelta(days=days)), offset=days)
        for value, days in ages.items()
    ]
    found = prepared(*parts, FRAUD, holders=holders).requests
    # connections (7 days) before accounts (90); in each what can still be saved, soonest gone first, then the latest
    first_selectors = [request.items[0].selector.value for request in found]
    assert first_selectors == ["198.51.100.2", "198.51.100.1", "198.51.100.4", "198.51.100.3", MULE.value]
    assert all(request.perishes is None and "not a fact" in request.perishes_because for request in found)
    assert "may be gone already" in found[-2].perishes_because


def test_a_verified_retention_law_gives_a_day():
    law = replace(CORPUS.retention[2], state="DE", status=CORPUS.instrument("ets-185").status, days=70)
    (request,) = prepared(INTRUSION, corpus=replace(CORPUS, retention=(*CORPUS.retention, law))).requests
    assert request.perishes == ACT.date() + timedelta(days=70)
    draft = replace(law, status=CORPUS.retention[0].status)
    (unknown,) = prepared(INTRUSION, corpus=replace(CORPUS, retention=(*CORPUS.retention, draft))).requests
    assert unknown.perishes is None


def test_a_second_run_draws_up_the_same_request_and_a_later_day_keeps_its_identity():
    assert prepared(INTRUSION, FRAUD) == prepared(FRAUD, INTRUSION)
    assert prepared(INTRUSION, on=ON + timedelta(days=9)).requests[0].identity == prepared(INTRUSION).requests[0].identity


def test_an_inferred_clock_is_declared():
    (request,) = prepared(finding(involved(clock="year+zone"))).requests
    assert request.standing is Standing.READY
    assert "year and zone of its times; this was inferred" in words(request, "c_data_and_relationship")
    assert "clock-inferred" in [each.code for each in request.objections if not each.blocking]


def test_ports_are_shown_and_their_absence_is_noted():
    (request,) = prepared(finding(involved(port=51000), involved(at=ACT + timedelta(minutes=1), port=51001))).requests
    assert request.items[0].port == 51000
    assert "port 51000" in words(request, "c_data_and_relationship")
    assert "port 51001" in words(request, "c_data_and_relationship")
    assert not request.objections
    (without,) = prepared(INTRUSION).requests
    assert [each.code for each in without.objections] == ["port-missing"]


def test_many_acts_and_findings_stay_readable():
    acts = [finding(involved(at=ACT + timedelta(seconds=second)), offset=second) for second in range(200)]
    (request,) = prepared(*acts).requests
    assert len(request.items) == 1
    assert len(request.b_offence_and_facts) < 20
    assert "188 more in the period" in words(request, "c_data_and_relationship")
    assert len(request.items[0].findings) == 200


@pytest.mark.parametrize("text", ['#read("/etc/passwd")', "\u202eevil", "<script>alert(1)</script>", "'); DROP TABLE"])
def test_text_of_the_material_stays_text(text):
    hostile = replace(INTRUSION, statement=text)
    (request,) = prepared(hostile).requests
    assert text in [sentence.text for sentence in request.b_offence_and_facts]


def test_the_selector_in_the_annex_is_the_one_of_the_finding():
    (request,) = prepared(INTRUSION).requests
    assert [item.selector for item in request.items] == [LOGIN]
