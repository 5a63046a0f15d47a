"""Changes to a host that intruders make and administrators, too: a log emptied, a service installed, an administrator made."""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from comity.analysis.event_traces import ORDER, TRACE, chosen, clock_limits, counted, listed, span, traces
from comity.analysis.finding import Finding, Reason, Strength

METHOD = "intrusion.host_changes"
VERSION = "1"

NEW_ACCOUNT = timedelta(hours=24)
"""An account put among the administrators so soon after it was made."""
NIGH = timedelta(minutes=30)
"""Changes of different kinds on one host so close together speak for one hand."""

_ADMINISTRATORS = r"S-1-5-32-544|S-1-5-21-[0-9-]{1,40}-(?:512|518|519)\b"
_ROOT_GROUPS = r"(?i)\b(?:to|into) (?:the )?group '?(?:sudo|wheel|admin|root|docker)\b"
_HIDDEN = (
    r"(?i)powershell|%comspec%|\bcmd(?:\.exe)?\b.{0,20} /c|\\\\127\.0\.0\.1\\|\\admin\$|\\(?:users\\public|temp|programdata|perflogs)\\"
    r"|psexesvc|mshta|rundll32|frombase64string|-enc"
)
"""Service programs of which remote tools and intruders make use: shells, administrative shares, folders anybody can write to."""
_LONGEST = 4_096
"""Characters of a command that are looked at."""
_SHOWN = 300
_COLUMNS = (
    *TRACE, "@timestamp", "event.precision", "event.clock", "event.action", "event.code", "source.ip", "source.port", "host.name",
    "user.name", "user.id",
)  # fmt: skip
_LIMITS = ("The record does not show who was at the keyboard, nor whether the change was ordered.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of change: words, what else explains it, and what makes it speak louder."""

    said: str
    title: str
    innocent: str
    louder: str


_CLEARED = _Kind(
    said="an event log was emptied",
    title="Event log emptied",
    innocent="Administrators empty logs after tests, before images are made and when disks are full.",
    louder="Other changes named here happened on the host within 30 minutes.",
)
_SERVICE = _Kind(
    said="a service was installed",
    title="Service installed",
    innocent="Every installed program, driver and update installs services.",
    louder="Its program is a shell or lies where remote tools and intruders put theirs.",
)
_ADMINISTRATOR = _Kind(
    said="an account was put among the administrators",
    title="Administrator made",
    innocent="Setting up a computer and changing staff make administrators.",
    louder="The account had been made less than 24 hours before.",
)


def find(events: pl.LazyFrame) -> tuple[Finding, ...]:
    """Return findings intrusion.log_cleared, intrusion.service_installed and intrusion.administrator_added, one each per host.

    WEAK, and MODERATE where more than the change itself speaks for an intruder (`louder` of its kind). None is STRONG:
    each is an ordinary act of administration.
    """
    action, message = pl.col("event.action"), pl.col("message")
    kept = action.is_in(["log_cleared", "service_installed", "group_member_added", "user_added"])
    admitted = pl.col("fields").str.contains(_ADMINISTRATORS).fill_null(value=False) | message.str.contains(_ROOT_GROUPS).fill_null(
        value=False
    )
    hidden = pl.col("process.command_line").str.slice(0, _LONGEST).str.contains(_HIDDEN).fill_null(value=False)
    changes = (
        events.filter(kept & (pl.col("event.outcome").fill_null("") != "failure"))
        .filter((action != "group_member_added") | admitted)
        .select(*_COLUMNS, message.str.slice(0, _SHOWN), hidden.alias("hidden"))
        .collect(engine="streaming")
        .sort(*ORDER, nulls_last=True)
    )
    made = changes.filter(action == "user_added")
    told = changes.filter(action != "user_added")
    found: list[Finding] = []
    for here in told.partition_by("host.name", maintain_order=True):
        services = here.filter(action == "service_installed")
        promoted = here.filter(action == "group_member_added")
        cleared = here.filter(action == "log_cleared")
        suspicious = services.filter("hidden")
        found += _administrators(promoted, _new(promoted, made))
        found += _services(services, suspicious)
        found += _cleared(cleared, _near(cleared, pl.concat([suspicious, promoted])))
    return tuple(found)


def _new(promoted: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of accounts that had just been made on that host: by identifier, or by name where the records give one."""
    births = made.select("host.name", "user.id", "user.name", pl.col("@timestamp").alias("made"))
    age = pl.col("@timestamp") - pl.col("made")
    pairs = [
        promoted.join(births, on=["host.name", key], how="inner", nulls_equal=False, suffix=" made")
        .filter((age >= timedelta(0)) & (age <= NEW_ACCOUNT))
        .select(promoted.columns)
        for key in ("user.id", "user.name")
    ]
    return pl.concat(pairs).unique(TRACE, maintain_order=True)


def _near(cleared: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    times = others.select(pl.col("@timestamp").alias("other")).drop_nulls().sort("other")
    timed = cleared.filter(pl.col("@timestamp").is_not_null()).sort("@timestamp")
    nearest = timed.join_asof(times, left_on="@timestamp", right_on="other", strategy="nearest", tolerance=NIGH)
    return nearest.filter(pl.col("other").is_not_null()).select(cleared.columns)


def _cleared(rows: pl.DataFrame, near: pl.DataFrame) -> list[Finding]:
    if rows.is_empty():
        return []
    return [
        Finding(
            kind="intrusion.log_cleared",
            title=_title(_CLEARED, rows),
            statement=_statement(_CLEARED, rows),
            strength=_strength(near),
            reasons=_reasons(_CLEARED, rows, near, named=rows["message"].to_list()),
            traces=traces(chosen(rows)),
            method=METHOD,
            method_version=VERSION,
            at=span(rows)[0],
            until=span(rows)[1],
            limits=(*_LIMITS, "What the log had held is not in it any more; look for copies elsewhere.", *clock_limits(rows)),
        )
    ]


def _services(rows: pl.DataFrame, hidden: pl.DataFrame) -> list[Finding]:
    if rows.is_empty():
        return []
    shown = hidden if hidden.height else rows
    return [
        Finding(
            kind="intrusion.service_installed",
            title=_title(_SERVICE, rows),
            statement=_statement(_SERVICE, rows),
            strength=_strength(hidden),
            reasons=_reasons(_SERVICE, rows, hidden, named=shown["message"].fill_null("").to_list()),
            traces=traces(pl.concat([chosen(hidden, most=30), chosen(rows, most=20)])),
            method=METHOD,
            method_version=VERSION,
            at=span(shown)[0],
            until=span(shown)[1],
            limits=(*_LIMITS, *clock_limits(rows)),
        )
    ]


def _administrators(rows: pl.DataFrame, new: pl.DataFrame) -> list[Finding]:
    if rows.is_empty():
        return []
    return [
        Finding(
            kind="intrusion.administrator_added",
            title=_title(_ADMINISTRATOR, rows),
            statement=_statement(_ADMINISTRATOR, rows),
            strength=_strength(new),
            reasons=_reasons(_ADMINISTRATOR, rows, new, named=rows["message"].to_list()),
            traces=traces(chosen(rows)),
            method=METHOD,
            method_version=VERSION,
            at=span(rows)[0],
            until=span(rows)[1],
            limits=(*_LIMITS, *clock_limits(rows)),
        )
    ]


def _strength(louder: pl.DataFrame) -> Strength:
    return Strength.MODERATE if louder.height else Strength.WEAK


def _title(kind: _Kind, rows: pl.DataFrame) -> str:
    return f"{kind.title} on {rows['host.name'][0] or 'a host'}, {counted(rows.height, 'time')}"


def _statement(kind: _Kind, rows: pl.DataFrame) -> str:
    return f"On {rows['host.name'][0] or 'a host'} {kind.said}, {counted(rows.height, 'time')}."


def _reasons(kind: _Kind, rows: pl.DataFrame, louder: pl.DataFrame, *, named: list[str | None]) -> tuple[Reason, ...]:
    told = listed(list(dict.fromkeys(named)))
    reasons = [Reason(code=str(rows["event.action"][0]), text=f"The record says: {told}." if told else "The record says so.")]
    if louder.height:
        reasons.append(Reason(code="more_than_the_change", text=f"{kind.louder} ({counted(louder.height, 'record')})"))
    return (*reasons, Reason(code="ordinary", text=kind.innocent, against=True))
