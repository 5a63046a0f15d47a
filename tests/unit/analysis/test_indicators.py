"""What counts as seen, where, how often; what connects different sources; and what is never an indicator."""

from datetime import UTC, datetime

import mail_tables
import pytest

from comity.analysis import indicators
from comity.analysis.finding import Finding, Involved, Reason, Strength
from comity.observables import EVENT, PAYMENT, Trace
from comity.terms.selector import Kind, Selector

BITCOIN = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
DAY = datetime(2026, 9, 1, tzinfo=UTC)


def seen(*, text="", messages=(), hops=(), links=(), events=(), payments=()):
    mail = mail_tables.of([{"body.text": text, "date": DAY}, *messages], hops, links)
    places = indicators.places(
        messages=mail.messages, hops=mail.hops, links=mail.links, events=mail_tables.rows(EVENT, events), payments=mail_tables.rows(PAYMENT, payments)
    )  # fmt: skip
    return indicators.sightings(places)


def pairs(frame):
    return set(frame.select("kind", "value").iter_rows())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("come to hxxps://evil[.]example/a now", {("url", "https://evil.example/a"), ("domain", "evil.example")}),
        ("from 11.2.3.45, not 1.2.3.4.5 nor 300.1.2.3", {("ipv4", "11.2.3.45")}),
        ("net 198.51.100.0/24 and file-1.2.3.4.tgz", set()),
        ("(198.51.100.7) or 198.51.100.8.", {("ipv4", "198.51.100.7"), ("ipv4", "198.51.100.8")}),
        ("write a.b@evil.example!", {("email", "a.b@evil.example"), ("domain", "evil.example")}),
        ("pay to DE63 9999 0002 0090 0711 55 BIC XXXX", {("iban", "DE63999900020090071155")}),
        ("pay to DE64 9999 0002 0090 0711 55", set()),
        ("pay to DE63999900020090071155", {("iban", "DE63999900020090071155")}),
        (f"send coins: {BITCOIN}", {("bitcoin", BITCOIN)}),
        (f"send coins: {BITCOIN[:-1]}b", set()),
        ("at 12:30:45 on 1.9.2026 for 1.234,56", set()),
        ("peer 2001:DB8::0:7 spoke", {("ipv6", "2001:db8::7")}),
        ("http://198.51.100.9:8080/x", {("url", "http://198.51.100.9:8080/x"), ("ipv4", "198.51.100.9")}),
        ("report.pdf and www and e.g. this", set()),
    ],
)
def test_text_is_read_by_whole_tokens(text, expected):
    assert pairs(seen(text=text)) == expected


def test_count_times_and_first_trace():
    events = [{"source.ip": "198.51.100.7", "@timestamp": DAY.replace(day=1 + n)} for n in (4, 2, 3)]
    table = indicators.table(seen(events=events))
    (row,) = table.filter(table["value"] == "198.51.100.7").iter_rows(named=True)
    assert (row["count"], row["first_seen"], row["last_seen"]) == (3, DAY.replace(day=3), DAY.replace(day=5))
    assert row["trace.offset"] == 100
    assert row["defanged"] == "198[.]51[.]100[.]7"
    assert (row["where"], row["sources"], row["indicator"]) == (["peer in a log"], ["log"], True)


def test_a_url_inside_a_request():
    assert ("url", "http://198.51.100.9/a.sh") in pairs(seen(events=[{"url.original": "/c?u=http://198.51.100.9/a.sh"}]))


def test_addresses_that_single_out_nobody_are_marked():
    table = indicators.table(seen(events=[{"source.ip": ip} for ip in ("10.0.0.1", "100.64.1.1", "127.0.0.1", "fe80::1", "192.0.2.9")]))
    assert dict(table.select("value", "indicator").iter_rows()) == {
        "10.0.0.1": False, "100.64.1.1": False, "127.0.0.1": False, "fe80::1": False, "192.0.2.9": True,
    }  # fmt: skip


def test_a_link_without_a_target_is_no_account():
    assert pairs(seen(links=[{"url.full": "#top"}, {"url.full": "tel:0800-1"}, {"url.full": "java1", "url.domain": "1.2.3"}])) == set()


def test_an_account_in_a_mail_and_in_a_payment():
    payments = [
        {
            "trace.exhibit": "7",
            "account": "BR9099999003000120000988800C1",
            "creditor.account": "DE63999900020090071155",
            "booking_date": DAY,
        }
    ]
    (finding,) = indicators.shared(seen(text="IBAN DE63 9999 0002 0090 0711 55", payments=payments))
    assert finding.kind == "indicator.shared"
    assert finding.strength is Strength.MODERATE
    assert {trace.exhibit for trace in finding.traces} == {"1", "7"}
    assert {reason.code for reason in finding.reasons} == {"seen_in_mail", "seen_in_statement"}


def test_an_account_in_its_own_statement_connects_nothing():
    own = "DE63999900020090071155"
    payments = [{"trace.exhibit": "7", "account": own, "debtor.account": own, "booking_date": DAY}]
    assert indicators.shared(seen(text=f"our account {own}", payments=payments)) == ()


def test_an_address_on_a_mails_way_and_in_a_log_weighs_more_when_another_finding_names_it():
    frame = seen(
        hops=[{"from.ip": "198.51.100.7", "position": 0}], events=[{"trace.exhibit": "9", "source.ip": "198.51.100.7", "@timestamp": DAY}]
    )
    (alone,) = indicators.shared(frame)
    trace = Trace(exhibit="9", member="", offset=0, length=1)
    other = Finding(
        kind="intrusion.password_guessed", title="t", statement="s", strength=Strength.STRONG, reasons=(Reason(code="c", text="t"),), traces=(trace,),
        method="m", method_version="1", involved=(Involved(selector=Selector(kind=Kind.IPV4, value="198.51.100.7"), role="login source", trace=trace),),
    )  # fmt: skip
    (named,) = indicators.shared(frame, [other])
    assert (alone.strength, named.strength) == (Strength.WEAK, Strength.STRONG)
    assert other.identity in indicators.table(frame, [other]).get_column("findings").explode().to_list()


def test_nothing_seen():
    assert indicators.table(seen()).height == 0
    assert indicators.shared(seen()) == ()
