"""Law: no finding without a trace. Whatever the material, every finding rests on records that were read, and cuts their bytes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.analysis.finding import Finding, Reason, Strength
from comity.casework.analyse import analyse
from comity.casework.knowledge import Knowledge, know
from comity.casework.records import Records
from comity.observables import TABLES, Trace
from comity.parsers.contract import Source
from comity.parsers.descent import Descent
from comity.parsers.extraction import cut
from comity.parsers.reading import Limits
from comity.parsers.registry import PARSERS
from comity.parsers.table_files import TableFiles

ADDRESSES = st.sampled_from(["198.51.100.7", "198.51.100.8", "203.0.113.9", "2001:db8::5"])
USERS = st.sampled_from(["root", "suporte", "marina"])
ACCOUNTS = st.sampled_from(["LT549990010000200301", "DE63999900020090071155", "BR2599999001000010000471100C1"])
NAMES = st.sampled_from(["Hansa Pumpen GmbH", "Cabos do Sul", "M. Duarte"])
DOMAINS = st.sampled_from(["hansa-pumpen.example", "hansa-purnpen.example", "aurora.example"])
SECONDS = st.integers(0, 86_399)


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


failures = st.builds(
    lambda begin, number, user, peer: [
        (begin + step, f"Failed password for {user} from {peer} port {4000 + step} ssh2") for step in range(number)
    ] + [(begin + number, f"Accepted password for {user} from {peer} port 4999 ssh2")],
    st.integers(0, 80_000), st.integers(0, 40), USERS, ADDRESSES,
)  # fmt: skip
others = st.lists(
    st.tuples(SECONDS, st.sampled_from(["pam_unix(sshd:session): session closed for user root", "Server listening on :: port 22."])),
    max_size=5,
)
auth_logs = st.lists(st.one_of(failures, others), max_size=4).map(
    lambda parts: "".join(f"Oct  5 {clock(at)} erp01 sshd[12]: {text}\n" for at, text in sorted(chain.from_iterable(parts))).encode()
)
requests = st.tuples(
    SECONDS, ADDRESSES,
    st.sampled_from(["/", "/login", "/r.php?f=..%2f..%2f..%2fetc%2fpasswd", "/up/x.php?cmd=id", "/up/x.php", "/?id=1%27%20UNION%20SELECT%201,2--"]),
    st.sampled_from([200, 200, 403, 404, 500]), st.integers(0, 5000), st.sampled_from(["GET", "POST"]),
)  # fmt: skip
access_logs = st.lists(requests, max_size=40).map(
    lambda rows: "".join(
        f'{peer} - - [05/Oct/2026:{clock(at)} +0000] "{verb} {path} HTTP/1.1" {status} {size} "-" "agent"\n'
        for at, peer, path, status, size, verb in sorted(rows)
    ).encode()
)
messages = st.builds(
    lambda sender, shown, reply, dmarc, link, account, number: (
        f"From: {shown} <jonas@{sender}>\r\nTo: marina@aurora.example\r\nReply-To: jonas@{reply}\r\nSubject: Re: invoice {number}\r\n"
        f"Message-ID: <{number}@{sender}>\r\nDate: Mon, 5 Oct 2026 10:00:00 +0000\r\n"
        f"Authentication-Results: mx.aurora.example; spf={dmarc}; dmarc={dmarc} header.from={sender}\r\n"
        f"Received: from mail.{sender} (unknown [198.51.100.8]) by mx.aurora.example; Mon, 5 Oct 2026 10:00:05 +0000\r\n"
        f"Content-Type: text/html; charset=utf-8\r\n\r\n"
        f'<p>Urgent: our bank account has changed, pay to {account} today.</p><a href="http://{link}/login">http://aurora.example/</a>\r\n'
    ).encode(),
    DOMAINS, NAMES, DOMAINS, st.sampled_from(["pass", "fail", "none"]), st.one_of(DOMAINS, st.just("198.51.100.7")), ACCOUNTS, st.integers(1, 99),
)  # fmt: skip
payments = st.tuples(st.integers(1, 28), NAMES, ACCOUNTS, st.integers(1, 2_000_000), st.sampled_from("DK"))
statements = st.lists(payments, min_size=1, max_size=25).map(
    lambda rows: (
        "Account;LT549990010000200301\nCurrency;EUR\n\nDate;Counterparty;Counterparty account;Purpose;Amount;Currency;D/C\n"
        + "".join(
            f"2026-10-{day:02};{name};{account};x;{cents // 100}.{cents % 100:02};EUR;{'C' if way == 'K' else way}\n"
            for day, name, account, cents, way in sorted(rows)
        )
    ).encode()
)
noise = st.binary(max_size=300)
folders = st.fixed_dictionaries(
    {},
    optional={
        "auth.log": auth_logs,
        "access.log": access_logs,
        "a.eml": messages,
        "b.eml": messages,
        "statement.csv": statements,
        "noise": noise,
    },
)


@cache
def knowledge() -> Knowledge:
    return know(example_world=None)


def sources(folder: dict[str, bytes]) -> Iterator[tuple[str, Source]]:
    for number, (name, data) in zip(count(1), sorted(folder.items()), strict=False):
        yield str(number), Source(stream=BytesIO(data), size=len(data), name=name, modified=datetime(2026, 10, 6, tzinfo=UTC))


def found_in(folder: dict[str, bytes]) -> tuple[tuple[Finding, ...], set[Trace]]:
    """The findings in `folder`, and the trace of every record that was read."""
    with TemporaryDirectory() as scratch:
        (Path(scratch) / "new").mkdir()
        with TableFiles(Path(scratch) / "new") as tables:
            descent = Descent(tables=tables, parsers=PARSERS, limits=Limits(), scratch=Path(scratch))
            for number, source in sources(folder):
                descent.read(source, number=number)
        for file in (Path(scratch) / "new").glob("*.parquet"):
            target = Path(scratch) / "records" / file.stem / "0001.parquet"
            target.parent.mkdir(parents=True)
            file.rename(target)
        records = Records(Path(scratch) / "records")
        analysis = analyse(records, knowledge())
        traces = {
            Trace(exhibit=row[0], member=row[1], offset=row[2], length=row[3])
            for table in TABLES
            for row in records.table(table).select("trace.exhibit", "trace.member", "trace.offset", "trace.length").collect().iter_rows()
        }
    return analysis.findings, traces


@settings(max_examples=60, deadline=None)
@given(folders)
def test_every_finding_rests_on_records_and_cuts_their_bytes(folder: dict[str, bytes]) -> None:
    findings, records = found_in(folder)
    given_bytes = dict(sources(folder))
    for finding in findings:
        assert finding.traces
        assert finding.reasons
        assert set(finding.traces) <= records, f"{finding.title} rests on what was not read"
        for trace in finding.traces:
            assert cut(given_bytes[trace.exhibit.partition(".")[0]], trace)
        for each in finding.involved:
            assert each.trace in finding.traces
            whole = given_bytes[each.trace.exhibit.partition(".")[0]].stream
            whole.seek(0)
            assert each.selector.value.lower().encode() in whole.read().lower(), (
                f"{finding.title}: {each.selector.value} is not in the exhibit"
            )
    assert len({finding.identity for finding in findings}) == len(findings)


def test_the_folders_drawn_do_give_findings() -> None:
    """Or the law above would hold for want of findings."""
    guessing = "".join(
        f"Oct  5 10:00:{second:02} erp01 sshd[12]: Failed password for root from 198.51.100.7 port 4000 ssh2\n" for second in range(59)
    )
    guessing += "Oct  5 10:01:00 erp01 sshd[12]: Accepted password for root from 198.51.100.7 port 4999 ssh2\n"
    findings, records = found_in({"auth.log": guessing.encode()})
    assert [finding.kind for finding in findings if finding.kind.startswith("intrusion.")] == ["intrusion.password_guessed"]
    assert len(records) >= 60


@pytest.mark.parametrize("missing", ["traces", "reasons"])
def test_a_finding_without_a_trace_or_a_reason_cannot_be_made(missing: str) -> None:
    whole = {
        "kind": "phishing.message", "title": "t", "statement": "s", "strength": Strength.STRONG, "method": "m", "method_version": "1",
        "reasons": (Reason(code="c", text="t"),), "traces": (Trace(exhibit="1", member="", offset=0, length=1),),
    }  # fmt: skip
    assert Finding(**whole)
    with pytest.raises(ValueError, match="without a"):
        Finding(**(whole | {missing: ()}))
