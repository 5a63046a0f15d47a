"""Alerts of other tools, changes to hosts, rules of mailboxes, and proxies: what is found, how strong, and what is not."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from comity.analysis import intrusion
from comity.analysis.finding import Finding, Strength
from comity.analysis.intrusion import host_changes, mailbox_rule, passed_on, reported
from comity.analysis.intrusion.requests import attempts, web_requests, with_answers
from comity.cooperation.offence import offence_of
from comity.cooperation.routing import plan
from event_factory import events, login, request

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
USER = "ceo@firm.example"


def change(action: str, at: datetime = AT, *, fields: object = None, **other: object) -> dict:
    return {
        "@timestamp": at, "event.dataset": "windows_event", "event.category": "host", "event.action": action, "event.outcome": "success",
        "host.name": "DC1", "message": f"{action} happened", "fields": None if fields is None else json.dumps(fields, separators=(",", ":")),
        **other,
    }  # fmt: skip


def sign_in(at: datetime, address: str, user: str = USER, *, outcome: str = "success") -> dict:
    return {
        "@timestamp": at, "event.dataset": "microsoft_365", "event.category": "authentication", "event.action": "login",
        "event.outcome": outcome, "event.code": "UserLoggedIn", "source.ip": address, "user.name": user,
    }  # fmt: skip


def rule(at: datetime, parameters: object, *, user: str = USER, code: str = "New-InboxRule", outcome: str = "success") -> dict:
    return {
        "@timestamp": at, "event.dataset": "microsoft_365", "event.category": "iam", "event.action": code, "event.code": code,
        "event.outcome": outcome, "source.ip": "203.0.113.9", "user.name": user, "fields": json.dumps(parameters),
    }  # fmt: skip


def listed(**values: str) -> dict:
    return {"Parameters": [{"Name": name, "Value": value} for name, value in values.items()]}


def kinds(found: tuple[Finding, ...]) -> dict[str, Strength]:
    return {each.kind: each.strength for each in found}


def test_a_service_is_weak_and_one_that_hides_is_not() -> None:
    ordinary = change("service_installed", **{"process.command_line": r"C:\Program Files\Printer\spool.exe"})
    (one,) = host_changes.find(events([ordinary]))
    assert (one.kind, one.strength) == ("intrusion.service_installed", Strength.WEAK)
    assert any(reason.against for reason in one.reasons)
    hidden = change("service_installed", AT + MINUTE, **{"process.command_line": r"%COMSPEC% /c powershell -enc AAAA"})
    (both,) = host_changes.find(events([ordinary, hidden]))
    assert both.strength is Strength.MODERATE
    assert both.at == AT + MINUTE
    assert [trace.offset for trace in both.traces] == [100, 0]


@pytest.mark.parametrize(("apart", "strength"), [(10, Strength.MODERATE), (31, Strength.WEAK)])
def test_a_log_emptied_near_another_change(apart: int, strength: Strength) -> None:
    promoted = change("group_member_added", fields={"TargetSid": "S-1-5-32-544"}, **{"user.id": "S-1-5-21-1-2-3-1001"})
    found = kinds(host_changes.find(events([promoted, change("log_cleared", AT + apart * MINUTE)])))
    assert found == {"intrusion.administrator_added": Strength.WEAK, "intrusion.log_cleared": strength}


def test_an_administrator_whose_account_is_new() -> None:
    made = change("user_added", AT - DAY / 2, **{"user.id": "S-1-5-21-1-2-3-1001", "user.name": "helper"})
    promoted = change("group_member_added", fields={"TargetSid": "S-1-5-21-1-2-3-512"}, **{"user.id": "S-1-5-21-1-2-3-1001"})
    assert kinds(host_changes.find(events([made, promoted]))) == {"intrusion.administrator_added": Strength.MODERATE}
    assert kinds(host_changes.find(events([{**made, "@timestamp": AT - 2 * DAY}, promoted]))) == {
        "intrusion.administrator_added": Strength.WEAK
    }
    assert kinds(host_changes.find(events([{**made, "host.name": "OTHER"}, promoted]))) == {"intrusion.administrator_added": Strength.WEAK}


def test_ordinary_groups_failures_and_hosts_apart() -> None:
    users = change("group_member_added", fields={"TargetSid": "S-1-5-32-545"})
    near_miss = change("group_member_added", fields={"TargetSid": "S-1-5-21-1-2-3-5120"})
    failed = change("log_cleared", **{"event.outcome": "failure"})
    assert host_changes.find(events([users, near_miss, failed])) == ()
    linux = {**change("group_member_added"), "event.dataset": "auth_log", "message": "add 'bob' to group 'sudo'"}
    assert len(host_changes.find(events([linux, {**linux, "host.name": "other"}, {**linux, "host.name": None}]))) == 3


def test_mail_sent_away_after_a_sign_in_from_a_new_network() -> None:
    rows = [
        sign_in(AT - 9 * DAY, "192.0.2.7"),
        sign_in(AT - 3 * DAY, "192.0.2.8"),
        sign_in(AT - MINUTE, "198.51.100.9"),
        rule(AT, listed(ForwardTo="x@evil.example", SubjectContainsWords="invoice;payment")),
    ]
    (one,) = mailbox_rule.find(events(rows))
    assert one.strength is Strength.STRONG
    assert "198.51.100.9" in one.statement
    roles = {each.role: each.selector.value for each in one.involved}
    assert roles == {"login source": "198.51.100.9", "source of the mailbox rule": "203.0.113.9", "forwarding target": "x@evil.example"}
    assert [trace.offset for trace in one.traces] == [300, 200]


@pytest.mark.parametrize(
    ("rows", "strength"),
    [
        ([rule(AT, listed(ForwardTo="x@evil.example"))], Strength.MODERATE),
        ([rule(AT, listed(DeleteMessage="True"))], Strength.MODERATE),
        ([rule(AT, listed(ForwardTo="colleague@firm.example"))], Strength.WEAK),
        ([rule(AT, listed(MoveToFolder="RSS Feeds", MarkAsRead="True"))], Strength.WEAK),
        ([sign_in(AT - 2 * DAY, "192.0.2.7"), sign_in(AT, "192.0.2.99"), rule(AT, listed(ForwardTo="a@b.example"))], Strength.MODERATE),
        ([sign_in(AT, "198.51.100.9"), rule(AT, listed(ForwardTo="a@b.example"))], Strength.MODERATE),
        (
            [
                sign_in(AT - 2 * DAY, "192.0.2.7"),
                sign_in(AT, "198.51.100.9", outcome="failure"),
                rule(AT, listed(ForwardTo="a@b.example")),
            ],
            Strength.MODERATE,
        ),
    ],
)
def test_how_strong_a_rule_is(rows: list[dict], strength: Strength) -> None:
    (one,) = mailbox_rule.find(events(rows))
    assert one.strength is strength


@pytest.mark.parametrize(
    "fields",
    [
        {"OperationProperties": [{"Name": "RuleActions", "Value": '[{"ActionType":"Forward","Recipients":["x@evil.example"]}]'}]},
        {"Parameters": [{"Name": "ForwardingSmtpAddress", "Value": "smtp:x@evil.example"}]},
        {"Parameters": [{"Name": "RedirectTo", "Value": '"X" [SMTP:x@evil.example]'}]},
        {"parameters": [{"name": "email_forwarding_destination_address", "value": "x@evil.example"}]},
    ],
)
def test_ways_a_service_writes_where_mail_goes(fields: object) -> None:
    (one,) = mailbox_rule.find(events([rule(AT, fields, code="UpdateInboxRules")]))
    assert {each.selector.value for each in one.involved if each.role == "forwarding target"} == {"x@evil.example"}


@pytest.mark.parametrize(
    "row",
    [
        rule(AT, listed(Name="holiday")),
        rule(AT, listed(DeleteMessage="False")),
        rule(AT, listed(ForwardTo="x@evil.example"), outcome="failure"),
        rule(AT, listed(ForwardTo="x@evil.example"), code="MailItemsAccessed"),
        {**rule(AT, {}), "fields": '{"a":' * 5_000},
        {**rule(AT, {}), "fields": '"' + "[" * 60_000},
        {**rule(None, {}), "fields": None},
    ],
)
def test_what_is_no_such_rule(row: dict) -> None:
    assert mailbox_rule.find(events([row])) == ()


def test_many_rules_are_counted() -> None:
    found = mailbox_rule.find(events([rule(AT + MINUTE * n, listed(DeleteMessage="True")) for n in range(mailbox_rule.MOST_RULES + 5)]))
    assert len(found) == mailbox_rule.MOST_RULES + 1
    assert "5 more rules" in found[-1].title


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_the_first_and_the_last_day_there_is(at: datetime) -> None:
    rows = [
        *(sign_in(at, "198.51.100.9", outcome="failure") for _ in range(15)),
        sign_in(at, "198.51.100.9"),
        rule(at, listed(ForwardTo="a@b.example")),
    ]
    found = kinds(intrusion.find(events([*rows, change("user_added", at, **{"user.name": USER})])))
    assert set(found) >= {"intrusion.mailbox_rule", "intrusion.password_guessed"}


def test_half_a_character_in_a_rule_can_be_written_down() -> None:
    row = rule(AT, {}) | {"fields": '{"ForwardTo":"\\ud800x@evil.example","DeleteMessage":true}'}
    (one,) = mailbox_rule.find(events([row]))
    assert f"{one.title}{one.statement}{one.involved}".encode()


def alert(signature: str, severity: int, **other: object) -> dict:
    return {
        "@timestamp": AT, "event.dataset": "suricata_alert", "event.provider": "suricata", "event.category": "intrusion_detection",
        "event.action": "alert", "message": signature, "source.ip": "198.51.100.9", "source.port": 4000, "destination.ip": "192.0.2.1",
        "destination.port": 445, "fields": json.dumps({"alert": {"severity": severity}}, separators=(",", ":")), **other,
    }  # fmt: skip


def test_alerts_are_handed_on_under_the_name_of_their_tool() -> None:
    found = reported.find(events([alert("ET SCAN", 3), alert("ET SCAN", 3), alert("ET EXPLOIT http://a.example/", 1), alert("x", 10)]))
    assert [(each.strength, each.kind) for each in found] == [
        (Strength.MODERATE, "alert.reported"),
        (Strength.WEAK, "alert.reported"),
        (Strength.WEAK, "alert.reported"),
    ]
    first = found[0]
    assert "suricata reported" in first.statement
    assert "hxxp" in first.statement
    assert [(each.role, each.selector.value, each.port) for each in first.involved] == [
        ("source in an alert", "198.51.100.9", 4000),
        ("destination in an alert", "192.0.2.1", None),
    ]
    assert offence_of(first.kind) is None, "no request rests on another tool's word alone"


def test_many_signatures_are_counted() -> None:
    found = reported.find(events([alert(f"rule {number}", 3) for number in range(reported.MOST_SHOWN + 7)]))
    assert len(found) == reported.MOST_SHOWN + 1
    assert "7 more signatures" in found[-1].title


def guessing(peer: str, clients: list[str | None]) -> pl.LazyFrame:
    tries = [
        request(AT + MINUTE * n, peer, "/wp-login.php", 200, method="POST", **{"network.forwarded_ip": clients[n % len(clients)]})
        for n in range(20)
    ]
    return events([*tries, request(AT + MINUTE * 21, peer, "/wp-login.php", 302, method="POST", **{"network.forwarded_ip": clients[0]})])


@pytest.mark.parametrize(
    ("peer", "clients", "proxy"),
    [
        ("198.51.100.1", ["203.0.113.1", "203.0.113.2, 10.0.0.1", "203.0.113.3"], True),
        ("198.51.100.1", ["203.0.113.1"], False),
        ("10.0.0.7", ["203.0.113.1"], True),
        ("10.0.0.7", [None], False),
    ],
)
def test_a_proxy_is_not_named_as_the_one_who_acted(peer: str, clients: list[str | None], *, proxy: bool) -> None:
    (one,) = intrusion.find(guessing(peer, clients))
    roles = {each.role: each.selector.value for each in one.involved}
    if not proxy:
        assert roles == {"login source": peer}
        return
    assert roles == {f"{passed_on.PROXY} (login source)": peer, passed_on.CLAIMED: roles[passed_on.CLAIMED]}
    claimed = {each.selector.value for each in one.involved if each.role == passed_on.CLAIMED}
    assert claimed == {client.split(",")[0] for client in clients if client}
    assert "need not be the one who acted" in one.statement
    assert any(reason.code == "passed_on" and reason.against for reason in one.reasons)
    planned = plan([one], holder_of=lambda *_: pytest.fail("nobody is asked about a proxy"), bank_of=lambda *_: pytest.fail("no bank"))
    assert planned.wanted == ()
    assert {each.question for each in planned.left_out} == {True}


def test_a_cloud_sign_in_counts_as_a_login() -> None:
    rows = [sign_in(AT + MINUTE * n, "198.51.100.9", outcome="failure") for n in range(15)]
    found = kinds(intrusion.find(events([*rows, sign_in(AT + 20 * MINUTE, "198.51.100.9")])))
    assert found == {"intrusion.password_guessed": Strength.STRONG}


def message(at: datetime, action: str, **other: object) -> dict:
    return {
        "@timestamp": at, "event.dataset": "capture", "event.category": "web", "event.action": action, "event.id": "C1",
        "source.ip": "198.51.100.9", "destination.domain": "shop.example", **other,
    }  # fmt: skip


def test_requests_in_a_capture_have_their_answers() -> None:
    rows = [
        message(AT, "http_request", **{"url.original": "/?f=../../../etc/passwd", "http.request.method": "GET"}),
        message(AT + MINUTE / 2, "http_response", **{"http.response.status_code": 100}),
        message(AT + MINUTE, "http_response", **{"http.response.status_code": 200, "http.response.body.bytes": 1_999}),
        message(AT + 2 * MINUTE, "http_request", **{"url.original": "/?f=../../../etc/shadow", "http.request.method": "GET"}),
    ]
    requests = web_requests(events(rows))
    tried = with_answers(requests, attempts(requests))
    assert tried.select("http.response.status_code", "answer").rows() == [(200, "differing"), (None, "unanswered")]
    visited = {"event.dataset": "browser_history", "event.category": "web", "event.action": "page_visited"}
    remembered = web_requests(events([login(AT, "192.0.2.1", "x"), {**visited, "url.original": "http://a.example/?f=../../etc/passwd"}]))
    assert remembered.collect().is_empty()
