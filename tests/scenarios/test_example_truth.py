"""What was planted in the example is found, by kind and place; what only looks like it is not."""

import gzip
import mailbox
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.analysis.finding import SUPPORTING, Finding, Strength
from comity.casework.records import Records
from comity.observables import ACCOUNT, Trace
from investigated_case import Investigated, Preserved
from trace_bounds import outside

Place = dict[str, Any]


@pytest.fixture(scope="module")
def offences(investigated: Investigated) -> list[Finding]:
    return [finding for finding in investigated.findings if not finding.kind.startswith(SUPPORTING)]


def inside(investigated: Investigated, trace: Trace, place: Place) -> bool:
    within = place["offset"] <= trace.offset and trace.offset + trace.length <= place["offset"] + place["length"]
    return within and investigated.file_of(trace) == place["file"]


def resting_on(investigated: Investigated, findings: list[Finding], kind: str, places: list[Place]) -> list[Finding]:
    """The findings of `kind` with a trace in every one of `places`."""
    return [
        finding
        for finding in findings
        if finding.kind == kind and all(any(inside(investigated, trace, place) for trace in finding.traces) for place in places)
    ]


def one(found: list[Finding]) -> Finding:
    assert len(found) == 1, [(finding.identity, finding.kind, finding.title) for finding in found]
    return found[0]


def named(finding: Finding) -> set[str]:
    return {each.selector.value for each in finding.involved}


def test_the_exploited_page_and_the_web_shell(investigated: Investigated, offences: list[Finding]):
    truth = investigated.truth["intrusion"]["exploitation"]
    answered = one(resting_on(investigated, offences, "intrusion.exploitation_answered", truth["answered_200"]))
    shell = one(resting_on(investigated, offences, "intrusion.web_shell", [*truth["uploaded"], *truth["web_shell_used"]]))
    assert answered.strength is shell.strength is Strength.STRONG
    assert named(answered) == named(shell) == {truth["source"]}


def test_the_guessed_password_and_what_followed(investigated: Investigated, offences: list[Finding]):
    truth = investigated.truth["intrusion"]
    guessing = truth["password_guessing"]
    guessed = one(resting_on(investigated, offences, "intrusion.password_guessed", guessing["success"]))
    assert guessed.strength is Strength.STRONG
    assert f"{len(guessing['failures'])} failed logins" in guessed.statement
    assert guessing["user"] in guessed.title
    (login,) = guessed.involved
    assert (login.selector.value, login.port, login.at.isoformat()) == (
        guessing["source"],
        guessing["port"],
        guessing["succeeded_at"].replace("Z", "+00:00"),
    )
    places = [*truth["after_login"]["account_added"], *truth["after_login"]["root_commands"]]
    assert one(resting_on(investigated, offences, "intrusion.after_login", places)).strength is Strength.STRONG


def test_the_changed_beneficiary(investigated: Investigated, offences: list[Finding]):
    truth = investigated.truth["payments"]["changed_beneficiary"]
    changed = one(resting_on(investigated, offences, "payment.changed_beneficiary", truth["payments"]))
    assert changed.strength is Strength.STRONG
    assert truth["name"] in changed.title
    roles = {each.selector.value: each.role for each in changed.involved}
    assert roles == {truth["account"]: "beneficiary account", truth["earlier_account"]: "earlier account of the payee"}


def test_the_money_that_went_on(investigated: Investigated, offences: list[Finding]):
    truth = investigated.truth["payments"]
    assert len(truth["pass_through"]) == 2
    for way in truth["pass_through"]:
        through = one(resting_on(investigated, offences, "payment.pass_through", [*way["credit"], *way["debits"]]))
        assert through.strength is not Strength.WEAK
        assert way["account"] in named(through)
    split = one(resting_on(investigated, offences, "payment.splitting", truth["splitting"]["payments"]))
    assert split.strength is not Strength.WEAK
    assert named(split) == {truth["splitting"]["account"]}
    assert len(split.traces) == len(truth["splitting"]["payments"])


def test_every_lure_in_every_copy(investigated: Investigated, offences: list[Finding]):
    lures = investigated.truth["messages"]["lures"]
    assert len(lures) >= 5
    for lure in lures:
        for place in lure["places"]:
            found = one(resting_on(investigated, offences, "phishing.message", [place]))
            if lure["label"] in {"lure_credential", "lure_details"}:
                assert found.strength is not Strength.WEAK, lure["why"]


def test_nothing_harmless_is_held_against_anybody(investigated: Investigated, offences: list[Finding]):
    truth = investigated.truth
    harmless = [place for message in truth["messages"]["harmless"] for place in message["places"]]
    for section in ("intrusion", "payments"):
        harmless += [place for places in truth[section]["harmless"].values() if isinstance(places, list) for place in places]
    assert len(harmless) > 100
    for finding in offences:
        if finding.strength is not Strength.WEAK:
            # earlier, honest payments to the same payee are what a change of account is told by
            traces = finding.traces if finding.kind != "payment.changed_beneficiary" else tuple(each.trace for each in finding.involved)
            accused = [place for place in harmless for trace in traces if inside(investigated, trace, place)]
            assert accused == [], finding.title


def test_no_other_strong_or_moderate_finding(investigated: Investigated, offences: list[Finding]):
    counted = Counter(finding.kind for finding in offences if finding.strength is not Strength.WEAK)
    copies = sum(len(lure["places"]) for lure in investigated.truth["messages"]["lures"])
    lures = counted.pop("phishing.message")
    assert 4 <= lures <= copies
    assert counted == {
        "intrusion.exploitation_answered": 1,
        "intrusion.web_shell": 1,
        "intrusion.password_guessed": 1,
        "intrusion.after_login": 1,
        "payment.changed_beneficiary": 1,
        "payment.pass_through": 2,
        "payment.splitting": 1,
    }


def test_who_is_asked_for_what(investigated: Investigated):
    asked = [
        (request["requested_state"], request["custodian"].partition(" (")[0], {item["selector"]["value"] for item in request["items"]})
        for request in investigated.summary["requests"]
    ]
    wanted = [(request["state"], request["custodian"], set(request["selectors"])) for request in investigated.truth["requests"]]
    assert sorted(asked, key=str) == sorted(wanted, key=str)
    assert {request["requesting_state"] for request in investigated.summary["requests"]} == {investigated.truth["requesting_state"]}
    assert {request["standing"] for request in investigated.summary["requests"]} == {"ready"}
    gone = [request["perishes"] or request["likely_gone"] or "9999" for request in investigated.summary["requests"]]
    assert gone == sorted(gone), "most perishable first"


def test_what_is_damaged_is_a_defect_at_its_place(investigated: Investigated):
    defects = [(Trace(**defect["trace"]), defect["code"]) for defect in investigated.summary["defects"]]
    for place in investigated.truth["damaged"]:
        codes = {code for trace, code in defects if inside(investigated, trace, place)}
        # half a line of a syslog is still a line of a syslog: it is read as far as it goes
        expected = {"server/access.log": {"line_unreadable"}, "server/auth.log": set()}.get(place["file"], {"amount_unreadable"})
        assert codes == expected, place


def test_what_is_not_understood_is_listed_with_its_type_and_reason(investigated: Investigated):
    unread = {exhibit["name"]: exhibit for exhibit in investigated.summary["exhibits"] if exhibit["parser"] is None}
    assert sorted(unread) == sorted(investigated.truth["not_understood"])
    for exhibit in unread.values():
        (defect,) = [one for one in investigated.summary["defects"] if one["trace"]["exhibit"] == exhibit["number"]]
        assert (defect["code"], defect["trace"]["length"]) == ("type_unknown", exhibit["size"])
        assert exhibit["type"] in defect["reason"]
        assert len(defect["reason"]) > len(exhibit["type"]) + 5


def lines_of(path: Path) -> Iterator[bytes]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return (line for line in data.split(b"\n") if line.strip())


def test_everything_is_counted(investigated: Investigated):
    material, truth, records = investigated.material, investigated.truth, investigated.summary["records"]
    damaged = [place for place in truth["damaged"] if "access.log" in place["file"]]
    boxes = [mailbox.mbox(path, create=False) for path in material.rglob("*.mbox")]
    single = list(material.rglob("*.eml"))
    assert sum(map(len, boxes)) == truth["messages"]["total"]
    assert records["message"] == truth["messages"]["total"] + len(single)
    logs = [path for path in (material / "server").iterdir() if "log" in path.name]
    lines = sum(1 for path in logs for _ in lines_of(path))
    assert records["event"] == lines - len(damaged)
    (camt,) = (material / "bank").glob("*.xml")
    (export,) = (material / "bank").glob("*.csv")
    booked = len(re.findall(rb"<Ntry>", camt.read_bytes())) + len(re.findall(rb"^\d{4}-\d\d-\d\d", export.read_bytes(), flags=re.MULTILINE))
    assert records["payment"] == booked - sum(place["file"].startswith("bank/") for place in truth["damaged"])
    assert len(investigated.summary["exhibits"]) == len([path for path in material.rglob("*") if path.is_file()])


def test_every_record_and_defect_lies_within_its_exhibit(investigated: Investigated):
    assert outside(investigated.case) == []


def test_every_trace_cuts_bytes_that_hold_what_the_finding_names(investigated: Investigated):
    preserved = Preserved(investigated.folder)
    of_statements = own_accounts(investigated.case)
    elsewhere = []
    for finding in investigated.findings:
        for trace in finding.traces:
            assert preserved.cut(trace).strip(), finding.identity
        for each in finding.involved:
            assert each.trace in finding.traces, f"{finding.identity} names {each.selector.value} from elsewhere"
            if each.selector.value.lower() not in readable(preserved.cut(each.trace)):
                elsewhere.append((finding.kind, each.trace.exhibit, each.selector.value))
    assert sum(len(finding.involved) for finding in investigated.findings) > 50
    # a line of an account's own statement does not repeat that account
    assert {(exhibit, value) for _, exhibit, value in elsewhere} <= of_statements
    assert {kind.partition(".")[0] for kind, _, _ in elsewhere} <= {"payment"}


def own_accounts(case: Path) -> set[tuple[str, str]]:
    """Exhibit and account of every statement, where the statement's bytes hold the account."""
    rows = Records(case / "derived" / "records").table(ACCOUNT).select("trace.exhibit", "account").unique().collect()
    return set(rows.iter_rows())


def readable(data: bytes) -> str:
    """`data` as one searches it by eye: no case, no soft line breaks, no spaces."""
    text = data.decode("utf-8", errors="replace").replace("=\n", "").replace("=\r\n", "").replace("=3D", "=")
    return re.sub(r"\s+", "", text).lower()
