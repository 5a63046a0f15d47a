import json
from datetime import UTC, datetime

from comity.parsers.json_lines import PARSER
from log_reading import read, source
from log_samples import APPLICATION, ECS, EVE, NGINX, WITHOUT


def facts(sample: bytes) -> dict[str, str]:
    return {fact.name: fact.value for fact in PARSER.infer(source(sample))}


def test_nginx_lines_are_web_requests() -> None:
    first, second, odd = read(PARSER, NGINX).rows
    assert (first["source.ip"], first["http.request.method"], first["url.original"], first["http.version"]) == (
        "203.0.113.9",
        "GET",
        "/a?b=1",
        "1.1",
    )
    assert (first["@timestamp"], first["event.outcome"]) == (datetime(2024, 5, 1, 8, tzinfo=UTC), "success")
    assert (second["user.name"], second["url.original"], second["source.ip"]) == ("alice", "\\x16\\x03", "2001:db8::9")
    assert json.loads(odd["fields"]) == {"remote_addr": "unix:", "status": "x"}


def test_what_was_taken_for_what_is_said() -> None:
    assert facts(ECS)["source.ip"] == '["client", "ip"]'
    assert facts(NGINX)["@timestamp"] == '["time_iso8601"]'
    assert "zone" not in facts(NGINX)
    assert facts(APPLICATION)["zone"] == "UTC"
    assert facts(WITHOUT) == {}


def test_a_name_counts_only_when_what_it_holds_is_of_the_kind() -> None:
    lines = b'{"time":"now","ip":"rubbish","status":"ok","user":{"x":1}}\n' * 3
    assert facts(lines) == {}
    assert json.loads(read(PARSER, lines).rows[0]["fields"])["status"] == "ok"


def test_times_without_zone_say_so() -> None:
    assert [row["event.clock"] for row in read(PARSER, APPLICATION).rows] == ["zone", "zone"]


def test_without_time_or_address_there_are_rows_all_the_same() -> None:
    found = read(PARSER, WITHOUT)
    assert [row["fields"] for row in found.rows] == ['{"a":1,"b":[{}]}', '{"a":2}']
    assert (found.codes, found.uncovered) == (["time_unreadable"], 0)


def test_lines_that_are_no_object_are_counted_together() -> None:
    found = read(PARSER, APPLICATION)
    (defect,) = found.defects
    assert defect.reason.startswith("3 lines, of the first: ")
    assert APPLICATION[defect.offset :][: defect.length] == b'not JSON\n{"n": 1e400}\n[]'


def test_documents_that_are_no_log_are_not_claimed() -> None:
    assert PARSER.recognizes(b'{"name": "package", "version": "1"}', name="package.json") == 0
    assert PARSER.recognizes(b'{\n  "name": "package",\n  "files": []\n}\n', name="package.json") == 0
    assert PARSER.recognizes(b'[{"a": 1}, {"a": 2}]', name="list.json") == 0
    assert PARSER.recognizes(b'[{"time": 1}, {"time": 2}]', name="list.json") == 2
    assert PARSER.recognizes(WITHOUT, name="x") == 1
    assert PARSER.recognizes(EVE, name="x") == 1
