"""Routes between real states on real days. Sources: ETS 185; the party table's own sources."""

from datetime import date

import pytest

from comity.law.answer import Status, Truth
from comity.law.instrument import binds
from comity.law.provision import Need
from comity.law.route import route

TODAY = date(2026, 11, 23)


def ask(corpus, requesting, requested, need=Need.PRESERVATION, on=TODAY):
    return route(requesting, requested, need=need, on=on, corpus=corpus)


def rejected(routing, instrument, article=None):
    return [each for each in routing.rejected if each.instrument == instrument and article in {None, each.article}]


def test_brazil_to_germany_is_article_29_through_the_24_7_network(corpus):
    routing = ask(corpus, "BR", "DE")
    (only,) = routing.routes
    assert (only.instrument, only.article, only.standing) == ("ets-185", "29", Status.VERIFIED)
    assert "24/7" in only.channel
    assert [(limit.figure.value, limit.figure.unit, str(limit.citation)) for limit in only.limits] == [(60, "days", "ets-185 Art. 29(7)")]
    assert [point.key for point in only.contents] == list("abcdef")
    assert {str(ground.citation) for ground in only.grounds} == {"ets-185 Art. 29(5)"}
    assert only.dual_criminality[0].text == "not required"
    assert [condition.key for condition in only.conditions] == ["territory", "intention", "reservation"]
    assert all(condition.truth is Truth.UNDETERMINED and condition.question for condition in only.conditions)
    assert routing.missing == ()
    assert "2025-10-01" in routing.law_as_of
    assert "August 2024" in routing.law_as_of


def test_not_before_entry_into_force_for_both(corpus):
    assert ask(corpus, "BR", "DE", on=date(2023, 2, 28)).routes == ()
    assert ask(corpus, "BR", "DE", on=date(2023, 3, 1)).routes
    (early,) = rejected(ask(corpus, "BR", "DE", on=date(2022, 6, 1)), "ets-185")
    assert early.truth is Truth.NO
    assert "2023-03-01" in early.reasons[0].text
    assert ask(corpus, "DE", "FR", on=date(2001, 1, 1)).routes == ()


def test_conventions_not_in_force_are_rejected_with_the_reason(corpus):
    routing = ask(corpus, "BR", "NG")
    (united_nations,) = rejected(routing, "un-cybercrime", "42")
    assert "forty instruments" in united_nations.reasons[0].text
    assert united_nations.reasons[0].status is Status.DRAFT
    (protocol,) = rejected(routing, "cets-224")
    assert any("not in force on 2026-09-05" in reason.text for reason in protocol.reasons)
    subscriber = ask(corpus, "DE", "FR", Need.SUBSCRIBER)
    assert {each.article for each in rejected(subscriber, "cets-224")} == {"7", "8"}
    assert all(each.instrument != "cets-224" for each in subscriber.routes)


@pytest.mark.parametrize("article", ["32(a)", "32(b)", "26(1)", "30(1)", "31(1)", "16(1)"])
def test_what_was_considered_beside_article_29_is_said_with_its_provision(corpus, article):
    (found,) = rejected(ask(corpus, "BR", "LT"), "ets-185", article)
    assert found.reasons[0].citations[0].instrument == "ets-185"
    assert found.reasons[0].text


def test_follow_ups_name_mutual_assistance_and_urgent_means(corpus):
    cited = [str(step.citations[0]) for step in ask(corpus, "BR", "LT").follow_ups]
    assert cited == ["ets-185 Art. 31(1)", "ets-185 Art. 30(1)", "ets-185 Art. 25(3)"]


@pytest.mark.parametrize("need", [Need.SUBSCRIBER, Need.TRAFFIC, Need.CONTENT])
def test_disclosure_goes_by_article_31_and_asks_for_the_treaty_between_the_two(corpus, need):
    routing = ask(corpus, "BR", "DE", need)
    assert [(each.instrument, each.article) for each in routing.routes] == [("ets-185", "31")]
    assert "treaty" in [condition.key for condition in routing.routes[0].conditions]
    for other in ("untoc", "uncac", "ets-030"):
        (found,) = rejected(routing, other)
        assert found.truth is Truth.UNDETERMINED
        assert found.missing


def test_draft_party_data_make_a_draft_route(corpus):
    (only,) = ask(corpus, "BR", "US").routes
    assert only.standing is Status.DRAFT
    assert binds(corpus.instrument("ets-185"), "US", on=TODAY).truth is Truth.YES


def test_a_state_outside_the_table_gives_no_route_and_a_question(corpus):
    routing = ask(corpus, "BR", "IN")
    assert routing.routes == ()
    (found,) = rejected(routing, "ets-185")
    assert found.truth is Truth.UNDETERMINED  # the table is not known to be complete
    assert any("India" in question for question in routing.missing)


def test_signed_and_not_ratified_is_not_bound(corpus):
    (found,) = rejected(ask(corpus, "BR", "IE", on=date(2026, 4, 1)), "ets-185")
    assert found.truth is Truth.NO
    assert "signed but not ratified" in found.reasons[0].text
    (later,) = rejected(ask(corpus, "BR", "IE"), "ets-185")
    assert later.truth is Truth.UNDETERMINED


def test_a_territory_is_asked_about_and_never_assumed(corpus):
    routing = ask(corpus, "BR", "PR")
    assert routing.routes == ()
    assert any("Puerto Rico" in question and "territory" in question for question in routing.missing)


def test_the_own_state_is_served_by_its_own_law(corpus):
    routing = ask(corpus, "BR", "BR")
    assert routing.domestic
    assert routing.routes == ()
    assert "law of Brazil" in routing.missing[0]
    assert "Art. 16" in routing.missing[0]


@pytest.mark.parametrize("code", ["", "XX", "EU", "br", "../../etc"])
def test_an_unknown_state_is_a_question(corpus, code):
    routing = ask(corpus, "BR", code)
    assert routing.routes == routing.rejected == ()
    assert "ISO 3166-1" in routing.missing[0]


def test_european_orders_stay_draft_and_between_participating_states(corpus):
    routing = ask(corpus, "DE", "LT")
    assert [(each.instrument, each.standing) for each in routing.routes] == [("ets-185", Status.VERIFIED), ("eu-2023-1543", Status.DRAFT)]
    assert [each.instrument for each in ask(corpus, "DE", "LT", on=date(2026, 8, 17)).routes] == ["ets-185"]
    assert [each.instrument for each in ask(corpus, "DK", "LT").routes] == ["ets-185"]
