"""The linter refuses to call a request ready while anything of Article 29(2) is missing or malformed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comity.cooperation.lint import CONTENTS, lint, standing_of
from comity.cooperation.request import Sentence, Standing
from comity.law.answer import Status
from comity.terms.period import Period
from comity.terms.selector import Kind, Selector
from cooperation_factory import ACT, CORPUS, ON, finding, involved, prepared

FINDING = finding(involved(port=51000))
(READY,) = prepared(FINDING).requests
ITEM = READY.items[0]


def codes(request, **more):
    return [each.code for each in lint(request, law=Status.VERIFIED, **more) if each.blocking]


def with_item(**changes):
    return replace(READY, items=(replace(ITEM, **changes),))


def test_the_ready_request_has_no_objection():
    assert lint(READY, law=Status.VERIFIED, known={FINDING.identity}) == ()


@pytest.mark.parametrize("field", CONTENTS)
def test_an_empty_content_blocks(field):
    assert "field-empty" in codes(replace(READY, **{field: ()}))
    assert "field-empty" in codes(replace(READY, **{field: (Sentence(text="  ", authority=("x",)),)}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"items": ()}, "items-missing"),
        ({"requested_state": "BR"}, "state-own"),
        ({"requested_state": "XX"}, "state-unknown"),
        ({"requested_state": "LT"}, "state-mismatch"),
        ({"instrument": ""}, "route-missing"),
        ({"route_reasons": ()}, "route-missing"),
        ({"preservation_days": None}, "preservation-short"),
        ({"preservation_days": 30}, "preservation-short"),
        ({"items": (ITEM, ITEM)}, "item-twice"),
        ({"f_intention": (Sentence(text="It intends to."),)}, "sentence-unsupported"),
        ({"a_authority": (READY.a_authority[0],)}, "authorization-missing"),
        ({"b_offence_and_facts": (Sentence(text="An offence.", authority=("ets-185 Art. 2",)),)}, "facts-missing"),
    ],
)
def test_what_blocks_a_request(change, code):
    assert code in codes(replace(READY, **change))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"selector": Selector(kind=Kind.IPV4, value="198.51.100.777")}, "identifier-malformed"),
        ({"selector": Selector(kind=Kind.IPV4, value="198[.]51.100.77")}, "identifier-malformed"),
        ({"selector": Selector(kind=Kind.IPV6, value="2001:DB8::1")}, "identifier-not-normal"),
        ({"selector": Selector(kind=Kind.IBAN, value="LT549990010000200302")}, "identifier-malformed"),
        ({"period": Period(start=ACT - timedelta(hours=1))}, "scope-open"),
        ({"period": Period(start=ACT - timedelta(days=40), end=ACT + timedelta(hours=1))}, "scope-wide"),
        ({"at": None}, "time-missing"),
        ({"at": ACT.replace(tzinfo=None)}, "time-without-zone"),
        ({"at": ACT + timedelta(days=2)}, "time-outside-period"),
        ({"data": " "}, "data-missing"),
        ({"findings": ()}, "item-unsupported"),
        ({"clock": "zone"}, "clock-undeclared"),
        ({"clock": "guess"}, "clock-undeclared"),
        ({"selector": Selector(kind=Kind.IPV4, value="100.64.3.4"), "port": None}, "port-missing"),
    ],
)
def test_what_blocks_an_item(change, code):
    assert code in codes(with_item(**change))


def test_an_act_in_the_future_blocks():
    assert "time-in-future" in codes(replace(READY, on=ON - timedelta(days=30)))


def test_what_only_improves_does_not_block():
    notes = [each.code for each in lint(replace(with_item(port=None), custodian=""), law=Status.VERIFIED)]
    assert notes == ["custodian-unknown", "port-missing"]
    assert codes(replace(with_item(port=None), custodian="")) == []


def test_findings_that_do_not_exist_block():
    assert codes(READY, known={"F-0000000000"}) == ["finding-unknown"]


def test_standing_follows_from_law_and_objections():
    blocked = lint(replace(READY, items=()), law=Status.VERIFIED)
    assert standing_of((), law=Status.VERIFIED) is Standing.READY
    assert standing_of(blocked, law=Status.VERIFIED) is Standing.INCOMPLETE
    assert standing_of((), law=Status.DRAFT) is Standing.DRAFT_LAW
    assert "law-draft" in [each.code for each in lint(READY, law=Status.DRAFT)]


def test_every_objection_has_a_remedy_and_blocking_ones_come_first():
    broken = replace(with_item(selector=Selector(kind=Kind.IPV4, value="x"), port=None), a_authority=(), custodian="", instrument="")
    found = lint(broken, law=Status.DRAFT, doubts=("Who?",))
    assert len(found) > 5
    assert all(each.remedy and each.text and each.field for each in found)
    blocking = [each.blocking for each in found]
    assert blocking == sorted(blocking, reverse=True)


def test_the_contents_checked_are_those_of_the_convention():
    article = next(each for each in CORPUS.instrument("ets-185").provisions if str(each.citation) == "ets-185 Art. 29(2)")
    assert [name[0] for name in CONTENTS] == [point.key for point in article.contents]
