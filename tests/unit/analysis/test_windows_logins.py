"""Password guessing at a Windows host, from the event log to the finding."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO

import polars as pl

from comity.analysis.finding import Strength
from comity.analysis.intrusion import afterwards, password_guessing
from comity.analysis.intrusion.attempts import login_attempts
from comity.parsers.contract import Rows, Source
from comity.parsers.windows_event import PARSER
from event_log_factory import Logged, event_log

AT = datetime(2024, 3, 5, 10, tzinfo=UTC)
GUESSER = "203.0.113.9"


def logon(code: int, seconds: int, user: str, address: str, sid: str = "S-1-5-21-1-2-3-1001") -> Logged:
    data = {
        "TargetUserSid": sid,
        "TargetUserName": user,
        "TargetDomainName": "PC01",
        "LogonType": "3",
        "IpAddress": address,
        "IpPort": "50123",
    }
    return Logged(code=code, at=AT + timedelta(seconds=seconds), data=data)


def events(logged: Sequence[Logged]) -> pl.LazyFrame:
    data = event_log(logged)
    source = Source(stream=BytesIO(data), size=len(data), name="Security.evtx")
    batches = [pl.from_arrow(item.batch) for item in PARSER.read(source, inferred=()) if isinstance(item, Rows)]
    frame = pl.concat([batch for batch in batches if isinstance(batch, pl.DataFrame)])
    return frame.with_columns(pl.lit("1").alias("trace.exhibit"), pl.lit("").alias("trace.member")).lazy()


FAILURES = [logon(4625, second, "Administrator", GUESSER) for second in range(30)]


def test_a_login_that_followed_guessing_and_what_came_after() -> None:
    added = Logged(code=4720, at=AT + timedelta(seconds=90), data={"TargetUserName": "helper", "TargetSid": "S-1-5-21-1-2-3-1009"})
    rows = events([*FAILURES, logon(4624, 60, "Administrator", GUESSER), added])
    guessed, _ = password_guessing.find(login_attempts(rows))
    (one,) = guessed
    assert one.finding.strength is Strength.STRONG
    assert (one.user, one.host) == ("Administrator", "PC01.corp.example")
    assert "30 failed logins from 203.0.113.9 to windows" in one.finding.statement
    (after,) = afterwards.find(rows, guessed)
    assert "an account was created" in after.statement


def test_an_anonymous_session_is_no_login() -> None:
    rows = events([*FAILURES, logon(4624, 60, "ANONYMOUS LOGON", GUESSER, sid="S-1-5-7")])
    guessed, others = password_guessing.find(login_attempts(rows))
    assert not guessed
    assert [finding.kind for finding in others] == ["intrusion.password_guessing"]


def test_a_ticket_that_was_granted_follows_those_refused() -> None:
    refused = [
        Logged(code=4771, at=AT + timedelta(seconds=second), data={"TargetUserName": "bob", "Status": "0x18", "IpAddress": f"::ffff:{GUESSER}", "IpPort": "5"})
        for second in range(20)
    ]  # fmt: skip
    granted = Logged(
        code=4768,
        at=AT + timedelta(seconds=60),
        data={"TargetUserName": "bob", "Status": "0x0", "IpAddress": f"::ffff:{GUESSER}", "IpPort": "6"},
    )
    ((one,), _) = password_guessing.find(login_attempts(events([*refused, granted])))
    assert one.user == "bob"
    assert "to kerberos" in one.finding.statement
