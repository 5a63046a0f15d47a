from datetime import timedelta

from lxml import etree

from case_view_factory import HOSTILE, START, case_view
from comity.exchange.case_view import ActivityCount, PaymentEdge
from comity.exchange.payment_plot import amount, numbered, payment_flow
from comity.exchange.plot import activity, request_map

VIEW = case_view()
SVG = "{http://www.w3.org/2000/svg}"


def edge(source: str, target: str, minor: int = 100, *, hours: int = 0, findings: tuple[str, ...] = ()) -> PaymentEdge:
    return PaymentEdge(
        source=source, target=target, amount_minor=minor, currency="EUR", at=START + timedelta(hours=hours), findings=findings
    )


def test_every_record_kind_has_a_lane_and_every_count_a_bar():
    drawn = etree.fromstring(activity(VIEW.activity, bucket=VIEW.activity_bucket, findings=VIEW.findings))
    bars = [rect for rect in drawn.iter(f"{SVG}rect") if rect.get("class") == "bar"]
    assert len(bars) == sum(count.count > 0 for count in VIEW.activity)
    assert {link.get("href") for link in drawn.iter(f"{SVG}a")} == {"#" + f.identity for f in VIEW.findings if f.at is not None}
    assert drawn.find(f"{SVG}title").text
    assert drawn.find(f"{SVG}desc").text


def test_a_long_time_is_narrowed_to_its_busiest_part_and_says_so():
    counts = [ActivityCount(start=START + timedelta(days=day), kind="web", count=1) for day in range(2000)]
    counts += [ActivityCount(start=START + timedelta(days=day), kind="web", count=50) for day in range(3000, 3010)]
    drawn = etree.fromstring(activity(counts, bucket=timedelta(days=1), findings=()))
    bars = list(drawn.iter(f"{SVG}rect"))
    assert len(bars) == 10
    assert "10 of 2010 intervals" in drawn.find(f"{SVG}desc").text


def test_nothing_to_draw_draws_nothing():
    assert activity((), bucket=timedelta(days=1), findings=()) == ""
    assert payment_flow(()) == ""
    assert request_map((), authority="x", state="BR") == ""


def test_each_payment_is_one_line_and_each_account_one_box():
    drawn = etree.fromstring(payment_flow(numbered(VIEW.payments)))
    groups = [group.get("class") for group in drawn.iter(f"{SVG}g")]
    assert groups.count("payment flagged") == 3
    assert groups.count("payment plain") == 1
    assert sum(group.startswith("box") for group in groups) == 5


def test_rings_self_payments_and_islands_end():
    ring = [edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("x", "x"), edge("y", "z"), edge("z", "y")]
    drawn = etree.fromstring(payment_flow(numbered(ring)))
    assert sum(group.get("class").startswith("box") for group in drawn.iter(f"{SVG}g")) == 6
    chain = [edge(str(n), str(n + 1), hours=n) for n in range(29)]
    etree.fromstring(payment_flow(numbered(chain)))


def test_payments_that_findings_name_are_drawn_before_larger_ones():
    many = [edge("a", f"b{n}", 10_000 + n) for n in range(50)] + [edge("a", "mule", 1, findings=("F-0",))]
    drawn = numbered(many)
    assert len(drawn) == 30
    assert any(one.payment.target == "mule" for one in drawn)
    assert [one.number for one in drawn] == list(range(1, 31))


def test_amounts():
    assert amount(edge("a", "b", 4_820_000)) == "EUR 48,200.00"
    assert amount(PaymentEdge(source="a", target="b", amount_minor=5, currency="XQX", at=None)) == "5 minor units of XQX"


def test_hostile_names_stay_text():
    hostile = [PaymentEdge(source=HOSTILE, target='"/><a href="x">', amount_minor=1, currency="<b>", at=None, source_name=HOSTILE)]
    drawn = etree.fromstring(payment_flow(numbered(hostile)))
    assert not list(drawn.iter(f"{SVG}a"))
    assert not list(drawn.iter("script"))
