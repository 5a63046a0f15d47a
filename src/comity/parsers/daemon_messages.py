"""What daemons' messages mean: sign-ins, sessions, commands run as another, changes of accounts.

Each rule is a pattern on one program's message. Names a stranger may choose (the user of a failed sign-in) are matched
greedily up to the last place the daemon itself wrote, so that a name like "x from 192.0.2.1 port 1" cannot pose as the peer.
Source: OpenSSH auth.c and packet.c, Linux-PAM pam_unix, sudo logging, shadow-utils, Dovecot and Postfix log messages.
"""

from dataclasses import dataclass

import polars as pl

_PORT = r" port (?<port>[0-9]{1,5})"
_FROM = r" from (?<peer>\S+)"
_ATTEMPT = rf"(?:invalid user |illegal user )?(?<user>.*){_FROM}{_PORT}(?: ssh[0-9])?(?: \[preauth\])?(?:: .*)?$"
_ADDRESS = r"(?<peer>[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]*[0-9A-Fa-f])"
_REFUSED = (
    r"(?:[0-9]+ incorrect password attempts?|user NOT in sudoers|user NOT authorized on host|command not allowed"
    r"|a password is required|no tty present[^;]*|sorry[^;]*)"
)
_MAIL_SERVICE = r"^(?:imap|pop3|managesieve|submission)-login: "
_PAM = r"^(?:pam_[a-z0-9_]+\([^)]*\): )?"


@dataclass(frozen=True, slots=True)
class Rule:
    """A message of `family` matching `pattern` (groups user, peer, port where it names them) means `action` with `outcome`."""

    family: str
    pattern: str
    category: str
    action: str
    outcome: str


_FAMILIES = {
    "sshd": "ssh",
    "sshd-session": "ssh",
    "sshd-auth": "ssh",
    "sudo": "sudo",
    "su": "su",
    "useradd": "accounts",
    "userdel": "accounts",
    "usermod": "accounts",
    "groupadd": "accounts",
    "adduser": "accounts",
    "gpasswd": "accounts",
    "passwd": "accounts",
    "chpasswd": "accounts",
    "chage": "accounts",
    "cron": "cron",
    "CRON": "cron",
    "crond": "cron",
    "CROND": "cron",
    "/usr/sbin/cron": "cron",
    "systemd-logind": "logind",
    "login": "login",
    "dovecot": "mail",
    "postfix/smtpd": "mail",
    "postfix/submission/smtpd": "mail",
    "postfix/smtps/smtpd": "mail",
}
_SIGN_IN_FAMILIES = ("ssh", "sudo", "su", "accounts", "logind", "login")

RULES = (
    Rule("ssh", rf"^Accepted \S+ for {_ATTEMPT}", "authentication", "ssh_login", "success"),
    Rule("ssh", rf"^Failed \S+ for {_ATTEMPT}", "authentication", "ssh_login", "failure"),
    Rule("ssh", rf"^(?:Invalid|Illegal) user (?<user>.*){_FROM}(?:{_PORT})?$", "authentication", "ssh_invalid_user", "failure"),
    Rule("ssh", r"^input_userauth_request: invalid user (?<user>.*?)(?: \[preauth\])?$", "authentication", "ssh_invalid_user", "failure"),
    Rule(
        "ssh",
        rf"^(?:error: )?maximum authentication attempts exceeded for {_ATTEMPT}",
        "authentication",
        "ssh_attempts_exceeded",
        "failure",
    ),
    Rule(
        "ssh",
        rf"^Disconnecting (?:authenticating|invalid) user (?<user>.*) (?<peer>\S+){_PORT}: Too many",
        "authentication",
        "ssh_attempts_exceeded",
        "failure",
    ),
    Rule("ssh", r"^Disconnecting: Too many authentication failures", "authentication", "ssh_attempts_exceeded", "failure"),
    Rule("ssh", rf"^User (?<user>.*){_FROM} not allowed because ", "authentication", "ssh_user_refused", "failure"),
    Rule(
        "ssh",
        r"^(?:Connection (?:closed|reset) by|Disconnected from|Received disconnect from) "
        rf"(?:(?:authenticating |invalid )?user (?<user>.*) )?{_ADDRESS}(?:{_PORT}|: | \[|$)",
        "session",
        "ssh_disconnect",
        "unknown",
    ),
    Rule("ssh", rf"^Starting session: .*? for (?<user>.*){_FROM}{_PORT}", "session", "ssh_session_started", "success"),
    Rule("ssh", rf"^Connection from (?<peer>\S+){_PORT}", "session", "ssh_connection", "unknown"),
    Rule(
        "ssh",
        rf"^(?:error: )?(?:kex_exchange_identification|banner exchange): .*?Connection from (?<peer>\S+){_PORT}",
        "session",
        "ssh_probe",
        "failure",
    ),
    Rule("ssh", rf"^Did not receive identification string{_FROM}?(?:{_PORT})?$", "session", "ssh_probe", "failure"),
    Rule("ssh", rf"^Bad protocol version identification '.*'{_FROM}(?:{_PORT})?$", "session", "ssh_probe", "failure"),
    Rule("ssh", rf"^(?:fatal: )?Unable to negotiate with {_ADDRESS}(?:{_PORT})?: ", "session", "ssh_probe", "failure"),
    Rule("ssh", r"^Server listening on ", "host", "ssh_server_started", "success"),
    Rule("any", rf"{_PAM}session opened for user (?<user>[^ (]+)", "session", "session_opened", "success"),
    Rule("any", rf"{_PAM}session closed for user (?<user>[^ (]+)", "session", "session_closed", "success"),
    Rule(
        "any",
        r"^(?:pam_[a-z0-9_]+\([^)]*\): |PAM [0-9]+ more )?"
        r"authentication failures?;.*? rhost=(?<peer>\S*)(?:\s+user=(?<user>\S+))?",
        "authentication",
        "pam_authentication",
        "failure",
    ),
    Rule("any", r"^pam_unix\([^)]*\): check pass; user unknown", "authentication", "pam_authentication", "failure"),
    Rule("any", rf"{_PAM}password changed for (?<user>\S+)", "iam", "password_changed", "success"),
    Rule("any", r"^pam_unix\([^)]*:chauthtok\): user (?<user>\S+) does not exist", "iam", "password_changed", "failure"),
    Rule("sudo", rf"^\s*(?<user>\S+) : {_REFUSED} ; (?:HOST|TTY|PWD)=.*?COMMAND=", "process", "sudo_command", "failure"),
    Rule("sudo", r"^\s*(?<user>\S+) : (?:HOST|TTY|PWD)=.*?COMMAND=", "process", "sudo_command", "success"),
    Rule("su", r"^Successful su for (?<user>\S+) by ", "authentication", "su", "success"),
    Rule("su", r"^\(to (?<user>[^)]+)\) ", "authentication", "su", "success"),
    Rule("su", r"^(?:FAILED su for (?<user>\S+) by |FAILED SU \(to )", "authentication", "su", "failure"),
    Rule("su", r"^'su (?<user>[^']+)' failed for ", "authentication", "su", "failure"),
    Rule("accounts", r"^new user: name=(?<user>[^,]+)", "iam", "user_added", "success"),
    Rule("accounts", r"^failed adding user [`']?(?<user>[^ ,']+)", "iam", "user_added", "failure"),
    Rule("accounts", r"^new group: name=", "iam", "group_added", "success"),
    Rule("accounts", r"^delete user '(?<user>[^']+)'", "iam", "user_removed", "success"),
    Rule("accounts", r"^add '(?<user>[^']+)' to (?:shadow )?group '", "iam", "group_member_added", "success"),
    Rule("accounts", r"^(?:change user|changed user) '(?<user>[^']+)'", "iam", "user_changed", "success"),
    Rule("cron", r"^\((?<user>[^)]+)\) CMD ", "process", "cron_command", "unknown"),
    Rule("logind", r"^New session \S+ of user (?<user>\S+?)\.?$", "session", "session_opened", "success"),
    Rule("logind", r"^Removed session ", "session", "session_closed", "success"),
    Rule("login", r"^FAILED LOGIN .*FOR '(?<user>[^']*)'", "authentication", "login", "failure"),
    Rule("login", r"^LOGIN ON \S+ BY (?<user>\S+)", "authentication", "login", "success"),
    Rule("mail", rf"{_MAIL_SERVICE}Login: user=<(?<user>[^>]*)>.*? rip={_ADDRESS}", "authentication", "mail_login", "success"),
    Rule("mail", rf"{_MAIL_SERVICE}.*?\(auth failed.*? user=<(?<user>[^>]*)>.*? rip={_ADDRESS}", "authentication", "mail_login", "failure"),
    Rule("mail", r"^warning: .*?\[(?<peer>[0-9A-Fa-f.:]+)\]: SASL \S+ authentication failed", "authentication", "mail_login", "failure"),
    Rule(
        "mail",
        r"^[0-9A-Za-z]+: client=.*?"
        rf"\[{_ADDRESS}\](?::(?<port>[0-9]{{1,5}}))?, sasl_method=\S+, sasl_username=(?<user>\S+)",
        "authentication",
        "mail_login",
        "success",
    ),
    Rule("any", r"^last message repeated [0-9]+ times?$", "host", "message_repeated", "unknown"),
)
"""In order: the first that matches a message says what it means."""


def interpret(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with `event.dataset`, `event.category`, `event.action`, `event.outcome`, `user.name`, `peer` and `port`.

    It has `process.name` and `message`; the order of rows may change. What a repeated message repeats is what it means. A
    message no rule knows is the action "message" with an unknown outcome.
    """
    repeated = pl.col("message").str.extract(r"^message repeated [0-9]+ times: \[ ?(.*)\]$")
    program = pl.col("process.name").str.replace(r"\(pam_unix\)$", "")
    frame = frame.with_columns(
        pl.coalesce(repeated, "message").alias("text"),
        program.replace_strict(_FAMILIES, default="other", return_dtype=pl.String).fill_null("other").alias("family"),
    )
    signing_in = pl.col("family").is_in(_SIGN_IN_FAMILIES) | pl.col("text").str.starts_with("pam_")
    frame = frame.with_columns(pl.when(signing_in).then(pl.lit("auth_log")).otherwise(pl.lit("syslog")).alias("event.dataset"))
    known: list[pl.DataFrame] = []
    for family in frame["family"].unique(maintain_order=True):
        rest = frame.filter(pl.col("family") == family)
        for rule in RULES:
            if rule.family in {family, "any"} and not rest.is_empty():
                matches = rest["text"].str.contains(rule.pattern).fill_null(value=False)
                if matches.any():
                    known.append(_apply(rule, rest.filter(matches)))
                    rest = rest.filter(~matches)
        known.append(_apply(_UNKNOWN, rest))
    return pl.concat(known).drop("text", "family")


_UNKNOWN = Rule("any", "", "host", "message", "unknown")


def _apply(rule: Rule, frame: pl.DataFrame) -> pl.DataFrame:
    columns = [
        pl.lit(rule.category).alias("event.category"),
        pl.lit(rule.action).alias("event.action"),
        pl.lit(rule.outcome).alias("event.outcome"),
    ]
    for group, name in (("user", "user.name"), ("peer", "peer"), ("port", "port")):
        if f"(?<{group}>" in rule.pattern:
            columns.append(pl.col("text").str.extract_groups(rule.pattern).struct.field(group).alias(name))
        else:
            columns.append(pl.lit(None, pl.String).alias(name))
    return frame.with_columns(columns)
