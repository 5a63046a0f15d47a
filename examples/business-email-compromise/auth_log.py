"""The authentication log of the server: jobs, staff who mistype, strangers who guess, one who succeeds."""

import random
from datetime import datetime, timedelta

import story
from ground import Piece

_HOST = "erp01"
_Line = tuple[datetime, Piece]


class Writer:
    """Writes lines in the traditional syslog format, which has neither year nor zone; the server's clock runs in UTC."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self._process = 1200

    def process(self) -> int:
        """Return a new process number."""
        self._process += 7
        return self._process

    def write(self, when: datetime, program: str, text: str, label: str = "") -> None:
        """Add a line."""
        self.lines.append((when, Piece(data=f"{when:%b} {when.day:2d} {when:%H:%M:%S} {_HOST} {program}: {text}\n".encode(), label=label)))


def log(rng: random.Random) -> list[_Line]:
    """Return all lines, unordered."""
    writer = Writer()
    _jobs(writer)
    _administrator(writer, rng)
    _strangers(writer, rng)
    _mistyped(writer)
    _guessing(writer, rng)
    _after(writer)
    return writer.lines


def _jobs(writer: Writer) -> None:
    hour = story.at("2026-08-01T00:17:01")
    while hour < story.LAST_DAY:
        number = writer.process()
        writer.write(hour, f"CRON[{number}]", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)")
        writer.write(hour + timedelta(seconds=1), f"CRON[{number}]", "pam_unix(cron:session): session closed for user root")
        hour += timedelta(hours=6)


def _administrator(writer: Writer, rng: random.Random) -> None:
    """Let the administrator log in with a key on some mornings and look after the machine."""
    for day in range(0, 68, 3):
        when = story.at("2026-08-01T11:20:00") + timedelta(days=day, seconds=rng.randrange(3000))
        number, port = writer.process(), rng.randrange(40000, 60000)
        writer.write(
            when,
            f"sshd[{number}]",
            f"Accepted publickey for tiago from 203.0.113.36 port {port} ssh2: ED25519 SHA256:pV0exampleKeyFingerprint",
        )
        writer.write(when, f"sshd[{number}]", "pam_unix(sshd:session): session opened for user tiago(uid=1000) by (uid=0)")
        writer.write(
            when + timedelta(seconds=40),
            f"sudo[{number + 3}]",
            "   tiago : TTY=pts/0 ; PWD=/home/tiago ; USER=root ; COMMAND=/usr/bin/apt update",
        )
        writer.write(
            when + timedelta(minutes=11), f"sshd[{number}]", f"Received disconnect from 203.0.113.36 port {port}:11: disconnected by user"
        )
        writer.write(when + timedelta(minutes=11), f"sshd[{number}]", "pam_unix(sshd:session): session closed for user tiago")


def _strangers(writer: Writer, rng: random.Random) -> None:
    """Let machines knock once or twice and never come in, as on every server on the internet."""
    for _ in range(170):
        when = story.at("2026-08-01T00:00:00") + timedelta(seconds=rng.randrange(68 * 86400))
        number, address, port = writer.process(), f"192.0.2.{160 + rng.randrange(90)}", rng.randrange(1024, 65000)
        user = rng.choice(("oracle", "ubuntu", "test", "git", "postgres"))
        writer.write(when, f"sshd[{number}]", f"Invalid user {user} from {address} port {port}")
        writer.write(
            when + timedelta(seconds=2), f"sshd[{number}]", f"Failed password for invalid user {user} from {address} port {port} ssh2"
        )
        writer.write(
            when + timedelta(seconds=3), f"sshd[{number}]", f"Connection closed by invalid user {user} {address} port {port} [preauth]"
        )


def _mistyped(writer: Writer) -> None:
    """Let Lúcia mistype her password twice, then get it right: no offence."""
    when, number = story.at("2026-08-19T12:02:10"), writer.process()
    for seconds in (0, 7):
        text = "Failed password for lucia from 203.0.113.37 port 50122 ssh2"
        writer.write(when + timedelta(seconds=seconds), f"sshd[{number}]", text, "mistyped")
    writer.write(
        when + timedelta(seconds=15), f"sshd[{number}]", "Accepted password for lucia from 203.0.113.37 port 50122 ssh2", "mistyped"
    )
    writer.write(
        when + timedelta(seconds=15), f"sshd[{number}]", "pam_unix(sshd:session): session opened for user lucia(uid=1003) by (uid=0)"
    )
    writer.write(when + timedelta(minutes=30), f"sshd[{number}]", "pam_unix(sshd:session): session closed for user lucia")


def _guessing(writer: Writer, rng: random.Random) -> None:
    span = (story.GUESSED - story.GUESSING_BEGINS).total_seconds() - 20
    moments = [0.0, *sorted(rng.uniform(0, span) for _ in range(145)), span]
    for moment in moments:
        when = (story.GUESSING_BEGINS + timedelta(seconds=moment)).replace(microsecond=0)
        user = rng.choice(("root", "admin", "suporte", "suporte", "backup", "marina"))
        number, port = writer.process(), rng.randrange(40000, 60000)
        known = "" if user in {"root", "suporte", "marina"} else "invalid user "
        text = f"Failed password for {known}{user} from {story.INTRUDER_SSH} port {port} ssh2"
        writer.write(when, f"sshd[{number}]", text, "guessing")


def _after(writer: Writer) -> None:
    """Use the guessed account: root is taken, an account is left behind, mail is packed up."""
    number = writer.process()
    source = f"{story.GUESSED_USER} from {story.INTRUDER_SSH} port {story.GUESSED_PORT} ssh2"
    writer.write(story.GUESSED, f"sshd[{number}]", f"Accepted password for {source}", "guessed")
    writer.write(
        story.GUESSED, f"sshd[{number}]", f"pam_unix(sshd:session): session opened for user {story.GUESSED_USER}(uid=1007) by (uid=0)"
    )
    for seconds, command in (
        (95, "/bin/bash"),
        (210, "/usr/bin/tar czf /var/tmp/.m.tgz /var/mail/marina.duarte"),
        (352, "/usr/bin/truncate -s 0 /var/log/btmp"),
    ):
        text = f" {story.GUESSED_USER} : TTY=pts/1 ; PWD=/home/suporte ; USER=root ; COMMAND={command}"
        writer.write(story.GUESSED + timedelta(seconds=seconds), f"sudo[{number + 2}]", text, "sudo")
    added = "new user: name=sysbackup, UID=1011, GID=1011, home=/home/sysbackup, shell=/bin/bash, from=/dev/pts/1"
    writer.write(story.GUESSED + timedelta(seconds=300), f"useradd[{number + 3}]", added, "account_added")
    writer.write(
        story.GUESSED + timedelta(seconds=380), f"sshd[{number}]", f"pam_unix(sshd:session): session closed for user {story.GUESSED_USER}"
    )
    writer.write(story.at("2026-09-18T03:04:06"), "ss", "hd[77", "damaged")
