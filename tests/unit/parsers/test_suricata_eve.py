import json
from datetime import UTC, datetime

from comity.parsers.suricata_eve import PARSER
from comity.terms.canonical import canonical
from log_reading import read
from log_samples import EVE, NGINX


def test_every_line_is_a_row_or_a_defect_and_every_byte_is_covered() -> None:
    found = read(PARSER, EVE)
    assert [row["table"] for row in found.rows] == ["event", "event", "event", "flow", "flow", "event", "event", "event"]
    assert found.uncovered == 0
    assert found.codes == ["json_irregular", "json_irregular", "json_unreadable", "time_unreadable"]
    assert EVE[found.defects[1].offset :][: found.defects[1].length] == b'{"broken'


def test_an_alert_keeps_signature_category_and_severity_and_what_it_was_about() -> None:
    alert = read(PARSER, EVE).rows[0]
    assert alert["event.code"] == "2001"
    assert alert["message"] == "A signature"
    assert alert["event.category"] == "intrusion_detection"
    assert json.loads(alert["fields"])["alert"] == {"action": "allowed", "category": "Misc", "gid": 1, "rev": 1, "severity": 1}
    assert (alert["source.ip"], alert["dns.question.name"]) == ("2001:db8::1", "evil.example")
    assert alert["event.id"] == "18446744073709551615"
    assert alert["@timestamp"] == datetime(2024, 5, 1, 8, 0, 0, 1, UTC)


def test_dns_of_all_three_layouts() -> None:
    _, first, third, *_ = read(PARSER, EVE).rows
    assert (first["dns.question.name"], first["dns.answers"], first["event.outcome"]) == ("a.example", ["192.0.2.9"], "success")
    assert (third["dns.question.name"], third["dns.question.type"], third["event.outcome"]) == ("b.example", "AAAA", "failure")
    second = b'{"timestamp":"2024-05-01T10:00:00Z","flow_id":1,"event_type":"dns","dns":{"version":2,"type":"answer","rrname":"c.example","rrtype":"A","answers":[{"rdata":"192.0.2.1"},{"rdata":"192.0.2.2"}]}}'
    assert read(PARSER, second).rows[0]["dns.answers"] == ["192.0.2.1", "192.0.2.2"]
    grouped = second.replace(b'"answers":[{"rdata":"192.0.2.1"},{"rdata":"192.0.2.2"}]', b'"grouped":{"A":["192.0.2.3"]}')
    assert read(PARSER, grouped).rows[0]["dns.answers"] == ["192.0.2.3"]


def test_a_flow_begins_when_it_says_not_when_it_was_logged() -> None:
    flow, odd = (row for row in read(PARSER, EVE).rows if row["table"] == "flow")
    assert flow["@timestamp"] == datetime(2024, 5, 1, 9, 59, 0, 500_000, UTC)
    assert flow["event.end"] == datetime(2024, 5, 1, 9, 59, 1, 500_000, UTC)
    assert (flow["source.packets"], flow["destination.packets"], flow["vlan.id"]) == (1, 2, 7)
    # frames are neither payload nor IP packets: they stay as they are
    assert json.loads(flow["fields"])["flow"]["bytes_toserver"] == 70
    assert "source.bytes" not in flow
    assert "@timestamp" not in odd
    assert json.loads(odd["fields"]) == {"dest_ip": 7, "flow": {"age": 1}, "src_ip": "no address!", "timestamp": "no time"}


def test_what_is_left_is_canonical_json() -> None:
    for row in read(PARSER, EVE).rows:
        if "fields" in row:
            assert canonical(json.loads(row["fields"])).decode() == row["fields"]
    (stats,) = (row for row in read(PARSER, EVE).rows if row["event.dataset"] == "suricata_stats")
    assert stats["fields"] == '{"stats":{"large":1e+22,"long":"18446744073709551615","small":1e-7,"uptime":1,"whole":1}}'


def test_no_value_is_lost() -> None:
    line = b'{"timestamp":"2024-05-01T10:00:00Z","event_type":"http","src_port":"x","dest_port":70000,"src_ip":["a"],"proto":{"a":1},"http":{"status":"abc","hostname":7,"url":[],"length":-5}}'
    (row,) = read(PARSER, line).rows
    assert json.loads(row["fields"]) == {
        "src_port": "x", "dest_port": 70000, "src_ip": ["a"], "proto": {"a": 1}, "http": {"status": "abc", "url": []},
    }  # fmt: skip
    assert (row["destination.domain"], row["http.response.body.bytes"]) == ("7", -5)


def test_only_eve_is_claimed() -> None:
    assert PARSER.recognizes(EVE, name="x") == 2
    assert PARSER.recognizes(b"[" + b",".join(EVE.splitlines()[:2]) + b"]", name="x") == 2
    assert PARSER.recognizes(NGINX, name="eve.json") == 0
    assert PARSER.recognizes(b'"event_type" "timestamp"', name="eve.json") == 0
