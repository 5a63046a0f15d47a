from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from comity.parsers.contract import Defect, Inferred, Item, Rows, Source, Structures
from comity.parsers.syslog import PARSER

WRITTEN = datetime(2017, 4, 20, 14, 14, 30, tzinfo=UTC)
ZONE = (Inferred(name="zone", value="UTC", why=""), Inferred(name="year", value="2017", why=""))


def source(data: bytes, modified: datetime | None = WRITTEN) -> Source:
    return Source(stream=BytesIO(data), size=len(data), name="log", modified=modified)


def read(data: bytes, *, modified: datetime | None = WRITTEN) -> list[Item]:
    whole = source(data, modified)
    return list(PARSER.read(whole, inferred=PARSER.infer(whole)))


def rows(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [row for item in items if isinstance(item, Rows) for row in item.batch.to_pylist()]


def row(line: str) -> dict[str, Any]:
    (only,) = rows(list(PARSER.read(source(line.encode()), inferred=ZONE)))
    assert (only["trace.offset"], only["trace.length"]) == (0, len(line.encode()))
    return only


def times(lines: str, modified: datetime | None = WRITTEN) -> list[str | None]:
    return [
        None if row["@timestamp"] is None else row["@timestamp"].strftime("%Y-%m-%d %H:%M:%S")
        for row in rows(read(lines.encode(), modified=modified))
    ]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("Apr  1 06:00:01 web1 CRON[77]: (root) CMD (run)", {"host.name": "web1", "process.name": "CRON", "process.pid": 77, "message": "(root) CMD (run)", "event.action": "cron_command", "user.name": "root", "event.clock": "year+zone", "event.precision": "second", "@timestamp": datetime(2017, 4, 1, 6, 0, 1, tzinfo=UTC)}),
        ("Apr 01 06:00:01 web1 x: y", {"@timestamp": datetime(2017, 4, 1, 6, 0, 1, tzinfo=UTC), "process.name": "x", "process.pid": None, "message": "y"}),
        ("<34>Oct 11 2003 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8", {"event.clock": "zone", "@timestamp": datetime(2003, 10, 11, 22, 14, 15, tzinfo=UTC), "event.action": "su", "event.outcome": "failure", "user.name": "root"}),
        ("Apr  1 06:00:01 sshd[5]: Server listening on :: port 22.", {"host.name": None, "process.name": "sshd", "process.pid": 5, "event.action": "ssh_server_started"}),
        ("Apr  1 06:00:01 web1 last message repeated 3 times", {"process.name": None, "message": "last message repeated 3 times", "event.action": "message_repeated"}),
        ("2024-03-27T13:06:56.123456+02:00 web1 sshd[1]: x", {"@timestamp": datetime(2024, 3, 27, 11, 6, 56, 123456, tzinfo=UTC), "event.clock": "", "event.precision": "microsecond"}),
        ("2024-03-27T13:06:56.123Z web1 sshd[1]: x", {"@timestamp": datetime(2024, 3, 27, 13, 6, 56, 123000, tzinfo=UTC), "event.precision": "millisecond"}),
        ("2024-03-27T13:06:56-0330 web1 sshd[1]: x", {"@timestamp": datetime(2024, 3, 27, 16, 36, 56, tzinfo=UTC), "event.precision": "second"}),
        ("2024-03-27T13:06:56 web1 sshd[1]: x", {"@timestamp": datetime(2024, 3, 27, 13, 6, 56, tzinfo=UTC), "event.clock": "zone"}),
        ("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.", {"@timestamp": datetime(2003, 8, 24, 12, 14, 15, 3, tzinfo=UTC), "host.name": "192.0.2.1", "process.name": "myproc", "process.pid": 8710, "message": "%% It's time to make the do-nuts."}),
        ('<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="a\\]b"][x@1 y="z"] \ufeffAn application', {"process.pid": None, "message": "An application", "process.name": "evntslog"}),
        ("<165>1 - - - - - - only words", {"@timestamp": None, "event.clock": "", "host.name": None, "process.name": None, "message": "only words"}),
    ],
)  # fmt: skip
def test_forms(line: str, values: dict[str, Any]) -> None:
    read_row = row(line)
    assert {name: read_row[name] for name in values} == values


@pytest.mark.parametrize(
    ("program", "message", "meaning"),
    [
        ("sshd", "Accepted publickey for ubuntu from 192.0.2.5 port 51000 ssh2: RSA SHA256:abc", ("ssh_login", "success", "ubuntu", "192.0.2.5", 51000)),
        ("sshd-session", "Accepted password for ubuntu from 2001:DB8::5 port 51000 ssh2", ("ssh_login", "success", "ubuntu", "2001:db8::5", 51000)),
        ("sshd", "Failed password for root from 192.0.2.5 port 51000 ssh2", ("ssh_login", "failure", "root", "192.0.2.5", 51000)),
        ("sshd", "Failed password for invalid user  from 192.0.2.5 port 51000 ssh2", ("ssh_login", "failure", "", "192.0.2.5", 51000)),
        ("sshd", "message repeated 2 times: [ Failed password for root from 192.0.2.5 port 51000 ssh2]", ("ssh_login", "failure", "root", "192.0.2.5", 51000)),
        # a user name chosen to pose as another peer
        ("sshd", "Failed password for invalid user root from 198.51.100.1 port 1 ssh2: x from 192.0.2.5 port 51000 ssh2", ("ssh_login", "failure", "root from 198.51.100.1 port 1 ssh2: x", "192.0.2.5", 51000)),
        ("sshd", "Invalid user a from 198.51.100.1 port 7 from 192.0.2.5 port 51000", ("ssh_invalid_user", "failure", "a from 198.51.100.1 port 7", "192.0.2.5", 51000)),
        ("sshd", "Invalid user oracle from 192.0.2.5", ("ssh_invalid_user", "failure", "oracle", "192.0.2.5", None)),
        ("sshd", "error: maximum authentication attempts exceeded for invalid user admin from 192.0.2.5 port 51000 ssh2 [preauth]", ("ssh_attempts_exceeded", "failure", "admin", "192.0.2.5", 51000)),
        ("sshd", "Connection closed by authenticating user root 192.0.2.5 port 51000 [preauth]", ("ssh_disconnect", "unknown", "root", "192.0.2.5", 51000)),
        ("sshd", "Received disconnect from 192.0.2.5: 11: Bye Bye [preauth]", ("ssh_disconnect", "unknown", None, "192.0.2.5", None)),
        ("sshd", "Disconnected from user ubuntu 192.0.2.5 port 51000", ("ssh_disconnect", "unknown", "ubuntu", "192.0.2.5", 51000)),
        ("sshd", "Bad protocol version identification 'GET / HTTP/1.1' from 192.0.2.5 port 51000", ("ssh_probe", "failure", None, "192.0.2.5", 51000)),
        ("sshd", "Did not receive identification string from 192.0.2.5", ("ssh_probe", "failure", None, "192.0.2.5", None)),
        ("sshd", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.5  user=root", ("pam_authentication", "failure", "root", "192.0.2.5", None)),
        ("sshd", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=host.example.net ", ("pam_authentication", "failure", None, None, None)),
        ("sshd", "pam_unix(sshd:session): session opened for user ubuntu(uid=1000) by (uid=0)", ("session_opened", "success", "ubuntu", None, None)),
        ("su(pam_unix)", "session closed for user root", ("session_closed", "success", "root", None, None)),
        ("sudo", "  ubuntu : TTY=pts/0 ; PWD=/home/ubuntu ; USER=root ; COMMAND=/bin/su", ("sudo_command", "success", "ubuntu", None, None)),
        ("sudo", "bob : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls", ("sudo_command", "failure", "bob", None, None)),
        ("sudo", "bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls", ("sudo_command", "failure", "bob", None, None)),
        ("su", "Successful su for root by root", ("su", "success", "root", None, None)),
        ("su", "FAILED su for root by bob", ("su", "failure", "root", None, None)),
        ("useradd", "new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/bash", ("user_added", "success", "eve", None, None)),
        ("useradd", "failed adding user 'eve', data deleted", ("user_added", "failure", "eve", None, None)),
        ("usermod", "add 'eve' to group 'sudo'", ("group_member_added", "success", "eve", None, None)),
        ("userdel", "delete user 'eve'", ("user_removed", "success", "eve", None, None)),
        ("passwd", "pam_unix(passwd:chauthtok): password changed for root", ("password_changed", "success", "root", None, None)),
        ("systemd-logind", "New session 12 of user ubuntu.", ("session_opened", "success", "ubuntu", None, None)),
        ("dovecot", "imap-login: Login: user=<a@example.org>, method=PLAIN, rip=192.0.2.5, lip=10.0.0.1, mpid=1, TLS", ("mail_login", "success", "a@example.org", "192.0.2.5", None)),
        ("dovecot", "imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<a@example.org>, method=PLAIN, rip=192.0.2.5, lip=10.0.0.1", ("mail_login", "failure", "a@example.org", "192.0.2.5", None)),
        ("postfix/smtpd", "warning: unknown[192.0.2.5]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", ("mail_login", "failure", None, "192.0.2.5", None)),
        ("postfix/smtpd", "4F2A: client=unknown[192.0.2.5]:51000, sasl_method=LOGIN, sasl_username=a@example.org", ("mail_login", "success", "a@example.org", "192.0.2.5", 51000)),
        ("kernel", "Accepted password for root from 192.0.2.5 port 22 ssh2", ("message", "unknown", None, None, None)),
    ],
)  # fmt: skip
def test_messages(program: str, message: str, meaning: tuple[str, str, str | None, str | None, int | None]) -> None:
    read_row = row(f"Apr  1 06:00:01 web1 {program}[9]: {message}")
    found = tuple(read_row[name] for name in ("event.action", "event.outcome", "user.name", "source.ip", "source.port"))
    assert found == meaning


def test_a_peer_given_by_name() -> None:
    assert row("Apr  1 06:00:01 web1 sshd[9]: Invalid user x from host.example.net")["source.domain"] == "host.example.net"


def test_year_from_the_time_of_modification() -> None:
    assert times("Apr 20 14:14:29 h a: b\n") == ["2017-04-20 14:14:29"]
    assert times("Apr 21 01:00:00 h a: ahead by a zone\n") == ["2017-04-21 01:00:00"]
    assert times("Apr 22 00:00:00 h a: cannot be of this year\n") == ["2016-04-22 00:00:00"]


def test_year_turns_inside_the_file() -> None:
    lines = "Dec 30 10:00:00 h a: b\nDec 31 23:59:59 h a: b\nJan  1 00:00:01 h a: b\nDec 31 23:59:58 h a: late\nJan  2 00:00:00 h a: b\nApr 19 00:00:00 h a: b\n"
    years = [time[:4] for time in times(lines) if time]
    assert years == ["2016", "2016", "2017", "2016", "2017", "2017"]


def test_several_years_in_one_file_and_each_line_cut_out() -> None:
    lines = [
        f"{month} 15 10:00:00 h a: {year}"
        for year in range(2013, 2018)
        for month in ("Jan", "Apr", "Jul", "Oct")
        if year < 2017 or month == "Jan"
    ]
    data = "\n".join(lines).encode()
    whole = source(data, datetime(2017, 1, 15, 11, tzinfo=UTC))
    facts = PARSER.infer(whole)
    found = rows(list(PARSER.read(whole, inferred=facts)))
    assert [str(row["@timestamp"].year) for row in found] == [row["message"] for row in found]
    for row_ in found:
        offset, length = row_["trace.offset"], row_["trace.length"]
        cut = Source(stream=BytesIO(data[offset : offset + length]), size=length, name="cut", origin=offset)
        (again,) = rows(list(PARSER.read(cut, inferred=facts)))
        assert again["@timestamp"] == row_["@timestamp"]


def test_leap_day_settles_the_year() -> None:
    assert times("Feb 28 10:00:00 h a: b\nFeb 29 10:00:00 h a: b\nMar  1 10:00:00 h a: b\n") == [
        "2016-02-28 10:00:00",
        "2016-02-29 10:00:00",
        "2016-03-01 10:00:00",
    ]


def test_a_wrong_clock_at_boot_is_not_dated() -> None:
    assert times("Apr 10 10:00:00 h a: b\nJan  1 00:00:05 h kernel: boot\nApr 10 10:05:00 h a: b\n")[::2] == [
        "2017-04-10 10:00:00",
        "2017-04-10 10:05:00",
    ]
    assert times(
        "Nov 20 10:00:00 h a: b\nJan  1 00:00:05 h kernel: boot\nNov 20 10:05:00 h a: b\n", datetime(2017, 11, 20, 11, tzinfo=UTC)
    ) == ["2017-11-20 10:00:00", None, "2017-11-20 10:05:00"]


def test_unknown_modification_leaves_the_time_open() -> None:
    whole = source(b"Apr 20 14:14:29 h a: b\n", None)
    facts = {fact.name: fact for fact in PARSER.infer(whole)}
    assert facts["year"].value == "unknown"
    (only,) = rows(read(b"Apr 20 14:14:29 h a: b\n", modified=None))
    assert (only["@timestamp"], only["event.clock"]) == (None, "")


def test_what_is_inferred_is_said() -> None:
    facts = {fact.name: fact for fact in PARSER.infer(source(b"Apr 20 14:14:29 h a: b\n"))}
    assert set(facts) == {"year", "zone"}
    assert "last modified 2017-04-20T14:14:30Z" in facts["year"].why
    late = {fact.name: fact for fact in PARSER.infer(source(b"Apr 20 14:14:29 h a: b\n", datetime(2026, 11, 23, tzinfo=UTC)))}
    assert "time of a copy" in late["year_doubt"].why
    (rows,) = (item for item in PARSER.read(source(b"Apr 20 14:14:29 h a: b\n"), inferred=tuple(late.values())) if isinstance(item, Rows))
    assert rows.batch.column("event.clock").to_pylist() == ["year in doubt+zone"]
    assert PARSER.infer(source(b"2024-03-27T13:06:56Z h a: b\n")) == ()


def test_what_is_no_line_is_a_defect_with_its_place() -> None:
    data = b"Apr 20 14:14:29 h a: b\n\n  at stack.trace(1)\n  at stack.trace(2)\nApr 20 14:14:30 h a: \xff\n"
    items = read(data)
    assert [row["message"] for row in rows(items)] == ["b", r"\xff"]
    (defect,) = [item for item in items if isinstance(item, Defect)]
    assert data[defect.offset : defect.offset + defect.length] == b"  at stack.trace(1)\n  at stack.trace(2)"


@pytest.mark.parametrize(
    ("head", "name", "score"),
    [
        (b"Apr 20 14:14:29 h a: b\n", "x", 2),
        (b"2024-03-27T13:06:56Z h a[1]: b\n", "x", 2),
        (b"2024-03-27T13:06:56Z INFO starting up\n", "x", 0),
        (b"2024-03-27 13:06:56 INFO main: starting up\n", "x", 0),
        (b"<165>1 - - - - - - only words\n", "x", 2),
        (b"Apr 20 14:14:29 h a: b\n" + b"junk\n" * 9, "x", 1),
        (b"Apr 20 14:14:29 h a: b\n" + b"junk\n" * 9, "auth.log", 2),
        (b"From: a@example.org\nDate: Thu, 20 Apr 2017 14:14:29 +0000\n", "x", 0),
        (b"", "auth.log", 0),
        (b"\x00\x01\x02", "auth.log", 0),
    ],
)
def test_recognition(head: bytes, name: str, score: int) -> None:
    assert PARSER.recognizes(head, name=name) == score


def test_real_log(shared_data: Path) -> None:
    data = (shared_data / "logs" / "auth.log").read_bytes()
    items = read(data)
    assert [type(item) for item in items] == [Rows, Structures]
    found = rows(items)
    assert len(found) == 7_121
    text = data.decode()
    counts = Counter((row["event.action"], row["event.outcome"]) for row in found)
    assert counts["ssh_login", "success"] == text.count("]: Accepted ")
    assert counts["ssh_login", "failure"] == text.count(": Failed password") + text.count(": [ Failed password") + text.count(
        ": Failed publickey"
    ) + text.count(": Failed none")
    assert counts["user_added", "success"] == text.count("new user: ")
    assert counts["sudo_command", "success"] == text.count("COMMAND=")
    assert all(row["source.ip"] and row["source.port"] for row in found if row["event.action"] == "ssh_login")
    assert found[0]["@timestamp"] == datetime(2017, 3, 27, 13, 6, 56, tzinfo=UTC)
    assert all(row["event.clock"] == "year+zone" for row in found)
