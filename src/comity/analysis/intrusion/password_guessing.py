"""Password guessing, and the login that followed it. Method, thresholds and limits: docs/methods/intrusion.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from comity.analysis.event_traces import MOST_TRACES, chosen, clock_limits, counted, involved, listed, span, trace, traces
from comity.analysis.finding import Finding, Reason, Strength
from comity.terms.instant import format_instant

METHOD = "intrusion.password_guessing"
VERSION = "1"

QUIET = timedelta(hours=24)
"""A campaign ends when its source has not failed for so long; a success counts as following it no longer than this."""
PEAK_WINDOW = "1h"
PEAK = 10
"""Failures within an hour that make a campaign: a person who mistypes gives up or succeeds before."""
SPRAYED_ACCOUNTS = 5
"""Accounts failed in one campaign that make it one, however slow it is, if none of them ever logs in from there."""
PATIENT = 50
"""Failures of a source that never logged in before that make a campaign however slowly they come, as those made to stay unnoticed do."""
SPREAD_ADDRESSES = 3
"""Addresses of one network needed before the network is looked at as one source."""
FAILURES_PER_LOGIN = 3
"""Failures there must be for each login before: an office behind one address fails often, but logs in more often."""
COMMON_GUESSERS = 3
"""Sources that guess at an account from which on it is guessed at by everybody, as root is: then a login from elsewhere shows little."""
MOST_UNSUCCESSFUL = 20
"""Unsuccessful campaigns shown one by one; the others are counted in one finding."""

_LIMITS = (
    "Failed logins show attempts, not who made them; an address may be shared, hired or taken over.",
    "A login after failures may be the rightful user's, or a script with an old password that was corrected.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    """A login that followed password guessing: for the search for what was done with it."""

    finding: Finding
    user: str
    host: str | None
    at: datetime | None


def find(attempts: pl.DataFrame) -> tuple[tuple[Guessed, ...], tuple[Finding, ...]]:
    """Return what `attempts` (see `login_attempts`) show: the logins that followed guessing, and the guessing without success.

    Logins, one per source, account and campaign. STRONG: the same address, or one of its network, logged in to an account
    after PEAK failures within an hour or failures on SPRAYED_ACCOUNTS accounts that never log in from there. MODERATE: as
    before, but the source had logged in to that account before it began to fail; or PATIENT failures came slowly from a
    source that had never logged in; or a source never seen before logged in to an account within the quiet time after
    another had guessed at it. WEAK: the last, when COMMON_GUESSERS sources guess at that account.

    Without success: the campaigns of addresses that never log in, all WEAK, the busiest one by one, the others together.
    """
    found: list[Guessed] = []
    taken: set[int] = set()
    by_address = _campaigns(attempts, "source.ip")
    for key in ("source.ip", "network"):
        campaigns, failures = by_address if key == "source.ip" else _campaigns(attempts, key)
        for rows in _followed(attempts, failures, key):
            if not taken & set(rows["order"].to_list()):
                taken |= set(rows["order"].to_list())
                found.append(_guessed(rows, failures, campaigns, attempts, key))
    found += _from_elsewhere(attempts, by_address[1], taken)
    return tuple(found), _without_success(attempts, *by_address)


def _without_success(attempts: pl.DataFrame, campaigns: pl.DataFrame, failures: pl.DataFrame) -> tuple[Finding, ...]:
    logged_in = attempts.filter(pl.col("event.outcome") == "success")["source.ip"].unique()
    campaigns = campaigns.filter(~pl.col("source.ip").is_in(logged_in.implode()))
    if campaigns.is_empty():
        return ()
    campaigns = campaigns.sort("tries", "first order", descending=[True, False])
    shown = [_unsuccessful(row, failures) for row in campaigns.head(MOST_UNSUCCESSFUL).iter_rows(named=True)]
    rest = campaigns.slice(MOST_UNSUCCESSFUL)
    return (*shown, *_others(rest, failures))


def _campaigns(attempts: pl.DataFrame, key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the campaigns per `key`, and their failures in order.

    Campaigns: tries, accounts, addresses, peak (most tries within an hour), first order. Failures: so far in the campaign,
    `tries so far`, `peak so far` and `strangers so far`, accounts that never log in from there.
    """
    at_home = attempts.filter(pl.col("event.outcome") == "success").select(key, "user.name").unique().with_columns(known=pl.lit(value=True))
    group = [key, "campaign"]
    failures = attempts.filter(pl.col("event.outcome") == "failure")
    if key == "network":
        # what follows is dear, and few networks have so many addresses
        spread_out = failures.group_by(key).agg(pl.col("source.ip").n_unique()).filter(pl.col("source.ip") >= SPREAD_ADDRESSES)
        failures = failures.join(spread_out, on=key, how="semi", maintain_order="left")
    failures = failures.with_columns(
        (pl.col("@timestamp").diff().over(key).fill_null(timedelta(0)) > QUIET).cum_sum().over(key).alias("campaign")
    )
    dated = failures.filter(pl.col("@timestamp").is_not_null())
    within = pl.col("tries").rolling_sum_by("@timestamp", PEAK_WINDOW).over(group)
    recent = dated.with_columns(within.alias("recent")).select("order", "recent")
    failures = failures.join(recent, on="order", how="left", maintain_order="left")
    failures = failures.join(at_home, on=[key, "user.name"], how="left", maintain_order="left", nulls_equal=True)
    stranger = pl.col("known").is_null() & pl.col("user.name").is_first_distinct().over(group)
    total = pl.col("tries").cum_sum().over(group)
    failures = failures.with_columns(
        total.alias("tries so far"),
        # without times the whole campaign counts as one window
        pl.col("recent").fill_null(total).cum_max().over(group).alias("peak so far"),
        stranger.cum_sum().over(group).alias("strangers so far"),
    )
    campaigns = failures.group_by(group, maintain_order=True).agg(
        pl.col("tries").sum(),
        pl.col("user.name").drop_nulls().n_unique().alias("accounts"),
        pl.col("source.ip").n_unique().alias("addresses"),
        pl.col("peak so far").last().alias("peak"),
        pl.col("strangers so far").last().alias("strangers"),
        pl.col("order").min().alias("first order"),
    )
    first_login = attempts.filter(pl.col("event.outcome") == "success").group_by(key).agg(pl.col("order").min().alias("first login"))
    campaigns = campaigns.join(first_login, on=key, how="left", maintain_order="left")
    patient = (pl.col("tries") >= PATIENT) & (pl.col("first login").is_null() | (pl.col("first login") > pl.col("first order")))
    spread = pl.col("addresses") >= (SPREAD_ADDRESSES if key == "network" else 1)
    campaigns = campaigns.filter(spread & ((pl.col("peak") >= PEAK) | (pl.col("strangers") >= SPRAYED_ACCOUNTS) | patient))
    return campaigns, failures.join(campaigns.select(*group, "first order"), on=group, maintain_order="left")


def _followed(attempts: pl.DataFrame, failures: pl.DataFrame, key: str) -> list[pl.DataFrame]:
    """Return the logins that followed a campaign of the same `key`, one frame per account and campaign, the first one first."""
    every = attempts.filter(pl.col("event.outcome") == "success").with_columns(pl.int_range(pl.len()).over(key).alias("logins"))
    columns = ("campaign", "first order", "tries so far", "peak so far", "strangers so far")
    before = failures.select(key, "order", *columns, pl.col("@timestamp").alias("last failure"))
    after = every.join_asof(before, on="order", by=key, strategy="backward", check_sortedness=False)
    begun = every.select(key, pl.col("order").alias("first order"), (pl.col("logins") + 1).alias("logins before"))
    after = after.filter(pl.col("campaign").is_not_null()).sort("first order")
    after = after.join_asof(begun.sort("first order"), on="first order", by=key, strategy="backward", check_sortedness=False).sort("order")
    soon = (pl.col("@timestamp") - pl.col("last failure")).fill_null(timedelta(0)) <= QUIET
    guessing = (pl.col("peak so far") >= PEAK) | (pl.col("strangers so far") >= SPRAYED_ACCOUNTS)
    guessing |= (pl.col("tries so far") >= PATIENT) & (pl.col("logins before").fill_null(0) == 0)
    often = pl.col("tries so far") > FAILURES_PER_LOGIN * (pl.col("logins") - pl.col("logins before").fill_null(0))
    after = after.filter(~pl.col("keyed")).with_columns((soon & guessing & often).alias("guessed"))
    parts = after.partition_by(key, "campaign", "user.name", maintain_order=True)
    return [part[first:] for part in parts if (first := part["guessed"].arg_max()) is not None and part["guessed"][first]]


def _guessed(rows: pl.DataFrame, failures: pl.DataFrame, campaigns: pl.DataFrame, attempts: pl.DataFrame, key: str) -> Guessed:
    login = rows.row(0, named=True)
    of_campaign = (pl.col(key) == login[key]) & (pl.col("campaign") == login["campaign"])
    campaign = campaigns.filter(of_campaign).row(0, named=True)
    tried = failures.filter(of_campaign & (pl.col("order") < login["order"]))
    on_account = int(tried.filter(pl.col("user.name").eq_missing(pl.lit(login["user.name"])))["tries"].sum())
    earlier = attempts.filter(
        (pl.col(key) == login[key])
        & pl.col("user.name").eq_missing(pl.lit(login["user.name"]))
        & (pl.col("event.outcome") == "success")
        & (pl.col("order") < campaign["first order"])
    )
    account = f"the account {login['user.name']}" if login["user.name"] else "an account the log does not name"
    tries = int(tried["tries"].sum())
    reasons = [
        Reason(
            code="failures_before",
            text=f"{counted(tries, 'failed login')} came from {login[key]} before, at most {login['peak so far']} within an hour.",
        ),
        Reason(code="login_after", text=f"Then a login to {account} succeeded{_when(login)}."),
    ]
    if int(login["strangers so far"]) >= SPRAYED_ACCOUNTS:
        text = f"{counted(int(login['strangers so far']), 'account')} that never log in from there were tried: {listed(_users(tried))}."
        reasons.append(Reason(code="many_accounts", text=text))
    if on_account and login["user.name"]:
        reasons.append(Reason(code="same_account", text=f"Of the failures, {on_account:,} concerned this account."))
    if earlier.height:
        text = f"The same source had logged in to {account} {counted(earlier.height, 'time')} before the failures began."
        reasons.append(Reason(code="known_before", text=text, against=True))
    slow = int(login["peak so far"]) < PEAK and int(login["strangers so far"]) < SPRAYED_ACCOUNTS
    if slow:
        text = "The failures came slowly and steadily: a program that was given an old password fails so, too."
        reasons.append(Reason(code="slow", text=text, against=True))
    quoted = pl.concat([chosen(tried, most=MOST_TRACES - 10), chosen(rows, most=10)], how="diagonal")
    service = f"{login['service'] or 'a service'} on {login['host.name'] or 'a host'}"
    statement = (
        f"After {counted(tries, 'failed login')} from {login[key]} to {service}, "
        f"a login to {account} from {login['source.ip']} succeeded{_when(login)}"
        + (f", and {counted(rows.height - 1, 'further login')} followed." if rows.height > 1 else ".")
    )
    finding = Finding(
        kind="intrusion.password_guessed",
        title=f"A login to {account} followed password guessing from {login['source.ip']}",
        statement=statement,
        strength=Strength.MODERATE if earlier.height or slow else Strength.STRONG,
        reasons=tuple(reasons),
        traces=traces(quoted),
        method=METHOD,
        method_version=VERSION,
        at=span(tried)[0] or login["@timestamp"],
        until=span(rows)[1],
        involved=involved(login, role="login source"),
        limits=(*_LIMITS, *clock_limits(quoted)),
    )
    return Guessed(finding=finding, user=str(login["user.name"] or ""), host=login["host.name"], at=login["@timestamp"])


def _from_elsewhere(attempts: pl.DataFrame, failures: pl.DataFrame, taken: set[int]) -> list[Guessed]:
    """Return the logins from a source never seen before to an account that another source had just guessed at."""
    aimed = failures.with_columns(pl.col("tries").cum_sum().over("source.ip", "campaign", "user.name").alias("at account"))
    aimed = aimed.filter((pl.col("at account") >= PEAK) & pl.col("user.name").is_not_null())
    logins = attempts.filter((pl.col("event.outcome") == "success") & ~pl.col("keyed") & ~pl.col("order").is_in(list(taken)))
    # only an account that others had used before can show that this source is new to it
    first = logins.filter(pl.col("order") == pl.col("order").min().over("user.name", "source.ip")).filter(
        pl.col("order") > pl.col("order").min().over("user.name")
    )
    before = aimed.select(
        "user.name", "order", "at account", pl.col("@timestamp").alias("last failure"), pl.col("source.ip").alias("guesser"), "campaign"
    )
    after = first.join_asof(before, on="order", by="user.name", strategy="backward", check_sortedness=False)
    soon = (pl.col("@timestamp") - pl.col("last failure")) <= QUIET
    after = after.filter(soon & (pl.col("guesser") != pl.col("source.ip")))
    return [_elsewhere(login, aimed) for login in after.iter_rows(named=True)]


def _elsewhere(login: dict[str, object], aimed: pl.DataFrame) -> Guessed:
    tried = aimed.filter(
        (pl.col("user.name") == login["user.name"]) & (pl.col("source.ip") == login["guesser"]) & (pl.col("campaign") == login["campaign"])
    )
    at = login["@timestamp"] if isinstance(login["@timestamp"], datetime) else None
    user = str(login["user.name"])
    many = counted(int(str(login["at account"])), "failure")
    guessers = aimed.filter(pl.col("user.name") == login["user.name"])["source.ip"].n_unique()
    common = guessers >= COMMON_GUESSERS
    everybody = Reason(code="often_guessed", text=f"{guessers} sources guessed at this account, as happens to it anyway.", against=True)
    finding = Finding(
        kind="intrusion.password_guessed",
        title=f"A login to {user} from a new address followed password guessing from another",
        statement=(
            f"After {many} on the account {user} from {login['guesser']}, a login to it succeeded{_when(login)} from {login['source.ip']}, "
            "an address that had not logged in to it before in these records."
        ),
        strength=Strength.WEAK if common else Strength.MODERATE,
        reasons=(
            Reason(code="failures_before", text=f"{many} on this account came from {login['guesser']} in the 24 hours before."),
            Reason(code="new_source", text=f"{login['source.ip']} had not logged in to {user} before, others had."),
            Reason(code="other_source", text="The login came from another address than the guesses.", against=True),
            *((everybody,) if common else ()),
        ),
        traces=(*traces(chosen(tried, most=MOST_TRACES - 1)), trace(login)),
        method=METHOD,
        method_version=VERSION,
        at=at,
        involved=involved(login, role="login source"),
        limits=(*_LIMITS, *clock_limits(tried)),
    )
    host = login["host.name"]
    return Guessed(finding=finding, user=user, host=host if isinstance(host, str) else None, at=at)


def _unsuccessful(campaign: dict[str, object], failures: pl.DataFrame) -> Finding:
    rows = failures.filter((pl.col("source.ip") == campaign["source.ip"]) & (pl.col("campaign") == campaign["campaign"]))
    tries = int(rows["tries"].sum())
    accounts = _users(rows)
    start, end = span(rows)
    return Finding(
        kind="intrusion.password_guessing",
        title=f"Password guessing from {campaign['source.ip']}, without success",
        statement=(
            f"{counted(tries, 'failed login')} came from {campaign['source.ip']}, "
            + (f"for {counted(len(accounts), 'account')} ({listed(accounts)})." if accounts else "naming no account.")
            + " These records show no login from there."
        ),
        strength=Strength.WEAK,
        reasons=(Reason(code="failures", text=f"At most {campaign['peak']} failures fell within an hour."),),
        traces=traces(chosen(rows)),
        method=METHOD,
        method_version=VERSION,
        at=start,
        until=end,
        involved=involved(rows.row(0, named=True), role="password guessing source"),
        limits=(_LIMITS[0], *clock_limits(rows)),
    )


def _others(rest: pl.DataFrame, failures: pl.DataFrame) -> tuple[Finding, ...]:
    if rest.is_empty():
        return ()
    addresses = counted(rest["source.ip"].n_unique(), "more address", "more addresses")
    rows = failures.join(rest.select("source.ip", "campaign"), on=["source.ip", "campaign"], how="semi", maintain_order="left")
    start, end = span(rows)
    return (
        Finding(
            kind="intrusion.password_guessing",
            title=f"Password guessing in {counted(rest.height, 'more campaign')}, without success",
            statement=(
                f"{counted(int(rows['tries'].sum()), 'failed login')} came from {addresses} "
                "that guessed passwords without a login after it: the background every server on the Internet sees."
            ),
            strength=Strength.WEAK,
            reasons=(Reason(code="failures", text=f"{counted(rest.height, 'campaign')} beyond the {MOST_UNSUCCESSFUL} shown one by one."),),
            traces=traces(chosen(rows.unique("source.ip", keep="first", maintain_order=True))),
            method=METHOD,
            method_version=VERSION,
            at=start,
            until=end,
            limits=(_LIMITS[0], *clock_limits(rows)),
        ),
    )


def _users(rows: pl.DataFrame) -> list[str]:
    """Return the accounts tried in `rows`, most tried first."""
    named = rows.filter(pl.col("user.name").is_not_null()).group_by("user.name").agg(pl.col("tries").sum())
    return named.sort(["tries", "user.name"], descending=[True, False])["user.name"].to_list()


def _when(login: dict[str, object]) -> str:
    """Return " at 2026-10-10T08:03:37Z", and what of it was inferred; "" without a time."""
    at, clock = login["@timestamp"], str(login["event.clock"] or "")
    if not isinstance(at, datetime):
        return ""
    return f" at {format_instant(at)}" + (f" ({' and '.join(clock.split('+'))} inferred)" if clock else "")
