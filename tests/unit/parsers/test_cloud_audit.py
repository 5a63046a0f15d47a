import json
from datetime import UTC, datetime, timedelta

import polars as pl

from comity.analysis.intrusion import password_guessing
from comity.analysis.intrusion.attempts import login_attempts
from comity.parsers.cloud_audit import PARSER
from comity.parsers.contract import Rows
from log_reading import read, source
from log_samples import CLOUDTRAIL, ENTRA, EVE, GOOGLE_CLOUD, LOOKED_UP, NGINX, PORTAL, UNIFIED, WORKSPACE

ALL = (CLOUDTRAIL, UNIFIED, PORTAL, WORKSPACE, GOOGLE_CLOUD, ENTRA, LOOKED_UP)


def test_each_is_claimed_and_every_byte_covered() -> None:
    for sample in ALL:
        assert PARSER.recognizes(sample, name="x") == 2
        assert read(PARSER, sample).uncovered == 0
    assert PARSER.recognizes(EVE, name="audit.json") == PARSER.recognizes(NGINX, name="audit.json") == 0
    assert PARSER.recognizes(b'{"Records":[{"a":1}]}', name="x") == 0


def test_cloudtrail_says_who_and_whether_it_worked() -> None:
    failed, root, role = read(PARSER, CLOUDTRAIL).rows
    assert (failed["event.action"], failed["event.outcome"], failed["event.category"]) == ("aws_console_login", "failure", "authentication")
    assert (failed["user.name"], failed["user.id"], failed["source.ip"]) == ("alice", "arn:aws:iam::123456789012:user/alice", "203.0.113.9")
    assert (root["user.name"], root["event.outcome"]) == ("Root", "success")
    assert (role["user.name"], role["source.domain"], role["file.path"]) == ("deploy", "cloudfront.amazonaws.com", "b/k/l")


def test_broken_elements_of_a_list_cost_only_themselves() -> None:
    found = read(PARSER, CLOUDTRAIL)
    assert [CLOUDTRAIL[defect.offset :][: defect.length] for defect in found.defects] == [b'{"broken": tru}', b", 7]}\n"]
    cut = read(PARSER, CLOUDTRAIL[:900])
    assert [row["event.id"] for row in cut.rows] == ["e-1"]
    assert (cut.codes, cut.uncovered) == (["json_unreadable"], 0)


def test_reading_goes_on_behind_a_lost_quote_or_bracket() -> None:
    for lost in (b'"alice"', b'},"eventTime"', b'":'):
        place = CLOUDTRAIL.index(lost)
        damaged = CLOUDTRAIL[:place] + CLOUDTRAIL[place + 1 :]
        found = read(PARSER, damaged)
        assert {"e-2", "e-3"} <= {row.get("event.id") for row in found.rows}, lost
        assert found.uncovered == 0
        assert found.defects


def test_times_without_zone_are_utc_by_the_makers_word() -> None:
    row = read(PARSER, UNIFIED).rows[0]
    assert (row["@timestamp"], row["event.clock"]) == (datetime(2024, 5, 1, 10, tzinfo=UTC), "")


def test_microsoft_365_addresses_come_with_and_without_port() -> None:
    rows = read(PARSER, UNIFIED).rows
    assert [(row.get("source.ip"), row.get("source.port")) for row in rows] == [
        ("203.0.113.9", None), ("203.0.113.9", 51000), ("2001:db8::9", 51000), (None, None),
    ]  # fmt: skip
    assert json.loads(rows[3]["fields"]) == {"ClientIP": "<null>"}


def test_a_failed_login_is_one_whatever_the_status_says() -> None:
    rows = read(PARSER, UNIFIED).rows
    assert [(row["event.action"], row.get("event.outcome")) for row in rows] == [
        ("microsoft_365_login", "failure"), ("microsoft_365_login", "success"), ("inbox_rule_created", "success"), ("file_downloaded", None),
    ]  # fmt: skip
    assert rows[0]["user_agent.original"] == "Mozilla/5.0"
    assert [row["event.outcome"] for row in read(PARSER, ENTRA).rows] == ["failure", "success"]


def test_rules_of_a_mailbox_say_what_they_do() -> None:
    rule = read(PARSER, UNIFIED).rows[2]
    assert rule["message"] == "New-InboxRule: ForwardTo=x@example.com, DeleteMessage=True"
    assert json.loads(rule["fields"])["Parameters"][0] == {"Name": "ForwardTo", "Value": "x@example.com"}
    forwarding = read(PARSER, WORKSPACE).rows[1]
    assert forwarding["event.action"] == "mailbox_forwarding_set"


def test_the_portals_csv_says_the_same_as_the_records() -> None:
    place = {"trace.offset", "trace.length"}
    plain, table = (
        [{name: row[name] for name in row if name not in place} for row in read(PARSER, each).rows] for each in (UNIFIED, PORTAL)
    )
    assert plain == table
    assert read(PARSER, PORTAL).codes == ["json_unreadable"]


def test_google() -> None:
    login = read(PARSER, WORKSPACE).rows[0]
    assert (login["event.action"], login["event.outcome"], login["source.ip"]) == ("google_workspace_login", "failure", "2001:db8::9")
    key = read(PARSER, GOOGLE_CLOUD).rows[0]
    assert (key["event.category"], key["event.outcome"], key["event.precision"]) == ("iam", "failure", "nanosecond")


def test_password_guessing_sees_cloud_logins() -> None:
    start = datetime(2024, 5, 1, 10, tzinfo=UTC)
    lines = [
        json.dumps(
            {
                "CreationTime": f"{start + timedelta(seconds=at):%Y-%m-%dT%H:%M:%S}", "Id": str(at), "RecordType": 15, "Workload": "AzureActiveDirectory",
                "Operation": "UserLoginFailed" if at < 12 else "UserLoggedIn", "UserId": "alice@example.org", "ClientIP": "203.0.113.9",
            }
        )
        for at in range(13)
    ]  # fmt: skip
    batches = [item.batch for item in PARSER.read(source("\n".join(lines).encode()), inferred=()) if isinstance(item, Rows)]
    events = pl.concat([pl.DataFrame(pl.from_arrow(batch)) for batch in batches])
    events = events.with_columns(pl.lit("1").alias("trace.exhibit"), pl.lit("").alias("trace.member"))
    (guessed,), _ = password_guessing.find(login_attempts(events.lazy()))
    assert guessed.user == "alice@example.org"
