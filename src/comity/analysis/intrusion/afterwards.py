"""What was done with an account after its password was guessed."""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from comity.analysis.event_traces import ORDER, chosen, clock_limits, counted, listed, span, traces
from comity.analysis.finding import Finding, Reason
from comity.analysis.intrusion.password_guessing import Guessed

METHOD = "intrusion.afterwards"
VERSION = "1"

WITHIN = timedelta(hours=24)
"""Acts on the host count as following the login for so long."""

_OF_HOST = {
    "user_added": "an account was created",
    "group_added": "a group was created",
    "user_removed": "an account was deleted",
    "password_changed": "a password was changed",
    "user_changed": "an account was changed",
    "group_member_added": "an account was put into a group",
}
_LIMITS = ("That an act follows a login does not show who was at the keyboard; others may have been working on the host.",)


def find(events: pl.LazyFrame, guessed: Sequence[Guessed]) -> tuple[Finding, ...]:
    """Return one finding per login in `guessed` after which its account used sudo or su, or accounts were changed on its host.

    As strong as the login it follows.
    """
    if not guessed:
        return ()
    action = pl.col("event.action").fill_null("")
    acts = action.str.starts_with("sudo") | action.str.starts_with("su_") | (action == "su") | action.is_in(list(_OF_HOST))
    done = events.filter(acts & (pl.col("event.outcome").fill_null("") != "failure"))
    in_order = done.collect(engine="streaming").sort(*ORDER, nulls_last=True)
    found = [_after(one, in_order) for one in guessed]
    return tuple(finding for finding in found if finding is not None)


def _after(one: Guessed, done: pl.DataFrame) -> Finding | None:
    if one.at is None:
        return None
    times = pl.col("@timestamp")
    window = (times >= one.at) & ((times - one.at) <= WITHIN) & (pl.col("host.name").eq_missing(pl.lit(one.host)))
    by_account = (pl.col("user.name") == one.user) & ~pl.col("event.action").is_in(list(_OF_HOST))
    acts = done.filter(window & (by_account | pl.col("event.action").is_in(list(_OF_HOST))))
    if acts.is_empty():
        return None
    raised = acts.filter(by_account)
    changes = acts.filter(pl.col("event.action").is_in(list(_OF_HOST)))
    reasons = []
    if raised.height:
        text = f"{one.user} used sudo or su {counted(raised.height, 'time')} within 24 hours of the login."
        reasons.append(Reason(code="privilege_used", text=text))
    reasons += [
        Reason(code=action, text=f"{_OF_HOST[action].capitalize()} {counted(number, 'time')}.")
        for action, number in changes["event.action"].value_counts().sort("event.action").iter_rows()
    ]
    changed = changes["event.action"].unique(maintain_order=True).to_list()
    said = [*(["the account used sudo or su"] if raised.height else []), *(_OF_HOST[each] for each in changed)]
    host = one.host or "the host"
    return Finding(
        kind="intrusion.after_login",
        title=f"Acts on {host} after the login to {one.user}",
        statement=(f"Within 24 hours of the login to {one.user} that followed password guessing, {listed(said)} on {host}."),
        strength=one.finding.strength,
        reasons=tuple(reasons),
        traces=(*traces(chosen(acts, most=49)), one.finding.involved[0].trace) if one.finding.involved else traces(chosen(acts)),
        method=METHOD,
        method_version=VERSION,
        at=one.at,
        until=span(acts)[1],
        involved=one.finding.involved,
        limits=(*_LIMITS, *clock_limits(acts)),
    )
