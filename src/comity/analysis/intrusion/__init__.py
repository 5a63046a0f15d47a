"""Break-ins as logs show them: guessed passwords, exploited pages, uploaded programs, changed hosts and mailboxes, and what followed.

`find` is the room's one public name.
"""

import polars as pl

from comity.analysis.finding import Finding, in_order
from comity.analysis.intrusion import (
    afterwards,
    exploitation,
    host_changes,
    mailbox_rule,
    passed_on,
    password_guessing,
    reported,
    web_shell,
)
from comity.analysis.intrusion.attempts import login_attempts
from comity.analysis.intrusion.requests import attempts, web_requests, with_answers

__all__ = ["find"]


def find(events: pl.LazyFrame) -> tuple[Finding, ...]:
    """Return what the EVENT rows in `events` show of break-ins, strongest first.

    Kinds: intrusion.password_guessed, intrusion.password_guessing (without success), intrusion.after_login,
    intrusion.exploitation_answered, intrusion.exploitation_attempted, intrusion.web_shell, intrusion.log_cleared,
    intrusion.service_installed, intrusion.administrator_added, intrusion.mailbox_rule, alert.reported. Works by columns; only
    logins, suspected requests, changes, alerts and distinct targets with suspicious characters are held in memory. A source
    that is a proxy is told as one (see `passed_on`).
    """
    logins = login_attempts(events)
    guessed, unsuccessful = password_guessing.find(logins)
    requests = web_requests(events)
    tried = with_answers(requests, attempts(requests))
    found = (
        *(one.finding for one in guessed),
        *unsuccessful,
        *afterwards.find(events, guessed),
        *exploitation.find(tried),
        *web_shell.find(requests, tried),
        *host_changes.find(events),
        *mailbox_rule.find(events),
        *reported.find(events),
    )
    return in_order(passed_on.qualify(found, events))
