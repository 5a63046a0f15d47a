"""Rules of a mailbox that forward, delete or hide mail, and the sign-ins before them: how invoices are intercepted."""

import ipaddress
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from comity.analysis.batches import batches
from comity.analysis.event_traces import ORDER, TRACE, clock_limits, counted, involved, listed, trace
from comity.analysis.finding import Finding, Involved, Reason, Strength
from comity.terms.errors import MaterialError
from comity.terms.instant import format_instant
from comity.terms.selector import Kind, defang, normalize

METHOD = "intrusion.mailbox_rule"
VERSION = "1"

BEFORE = timedelta(hours=24)
"""A sign-in counts as leading to a rule for so long."""
MOST_RULES = 200
"""Rules looked at one by one, the first in time; the others are counted in one finding."""

_OPERATIONS = r"(?i)inbox-?rules?|transportrule$|forwarding|^set-mailbox$|^add-mailboxpermission$|filters\.create|^create_filter$"
_FORWARDING = frozenset(
    {
        "forwardto",
        "redirectto",
        "forwardasattachmentto",
        "forwardingsmtpaddress",
        "forwardingaddress",
        "email_forwarding_destination_address",
        "destination_address",
        "recipients",
        "redirectmessageto",
        "blindcopyto",
        "copyto",
    }
)
_DELETING = frozenset({"deletemessage", "softdeletemessage", "permanentdelete", "delete"})
_HIDING = frozenset({"movetofolder", "markasread"})
_YES = frozenset({"true", "1", "yes"})
_MOST_VALUES = 5_000
_MOST_TARGETS = 1_000
_BATCH = 4_096
_COLUMNS = (
    *TRACE, "@timestamp", "event.precision", "event.clock", "event.outcome", "source.ip", "source.port", "user.name", "event.code",
    "event.action", "user_agent.original", "fields",
)  # fmt: skip
_LIMITS = (
    "Owners of mailboxes make such rules, too; the owner must be asked whether this one was theirs.",
    "An address seen for the first time may be a journey, another telephone network or a change of provider.",
    "Which country an address lay in was not weighed; the finding on its holder says what is known of it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What a rule does, as its record says: mail addresses it forwards to, whether it deletes, whether it hides."""

    row: dict[str, object]
    forwards: tuple[str, ...]
    deletes: bool
    hides: bool

    @property
    def acts(self) -> list[str]:
        """What it does, in words."""
        said = [f"forwards mail to {listed([defang(each) for each in self.forwards])}"] if self.forwards else []
        return [*said, *(["deletes mail"] if self.deletes else []), *(["moves mail away or marks it as read"] if self.hides else [])]


def find(events: pl.LazyFrame) -> tuple[Finding, ...]:
    """Return a finding (intrusion.mailbox_rule) for each rule in cloud audit logs that forwards, deletes or hides mail.

    STRONG: it forwards to another domain or deletes, and within 24 hours before, somebody signed in to the account from a
    network (/24, /64) it had not been signed in to from, while other networks are known. MODERATE: one of both. WEAK: else.
    """
    operation = pl.coalesce("event.code", "event.action")
    asked = events.filter(operation.str.contains(_OPERATIONS) & (pl.col("event.outcome").fill_null("") != "failure"))
    rules = [
        rule for batch in batches(asked.select(_COLUMNS), most=_BATCH) for row in batch.iter_rows(named=True) if (rule := _rule(row)).acts
    ]
    rules.sort(key=_place)
    if not rules:
        return ()
    users = {str(rule.row["user.name"]).lower() for rule in rules[:MOST_RULES] if rule.row["user.name"]}
    signed_in = (pl.col("event.category") == "authentication") & (pl.col("event.outcome") == "success") & pl.col("source.ip").is_not_null()
    lowered = pl.col("user.name").str.to_lowercase().alias("account")
    logins = (
        events.filter(signed_in & lowered.is_in(list(users)) & pl.col("@timestamp").is_not_null())
        .select(*_COLUMNS[:-1], lowered)
        .collect(engine="streaming")
        .sort(*ORDER)
    )
    networks = {address: _network(address) for address in logins["source.ip"].unique().to_list()}
    logins = logins.with_columns(pl.col("source.ip").replace_strict(networks, return_dtype=pl.String).alias("network"))
    found = tuple(_finding(rule, logins) for rule in rules[:MOST_RULES])
    return (*found, *_others(rules[MOST_RULES:]))


def _place(rule: _Rule) -> tuple[bool, object, str, str, int]:
    first = trace(rule.row)
    at = rule.row["@timestamp"]
    return at is None, at or 0, first.exhibit, first.member, first.offset


def _rule(row: dict[str, object]) -> _Rule:
    forwards: dict[str, None] = {}
    deletes = hides = False
    for name, value in _values(str(row.pop("fields") or "")):
        known = name.lower().replace(" ", "")
        if known in _FORWARDING:
            forwards.update(dict.fromkeys(_addresses(value)))
        elif known in _DELETING:
            deletes |= value.lower() in _YES
        elif known in _HIDING:
            hides |= value.lower() not in {"", "false", "0"}
    return _Rule(row=row, forwards=tuple(forwards), deletes=deletes, hides=hides)


def _values(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and plain values in a JSON text, also of lists of {"Name": ..., "Value": ...} and of JSON written inside a value."""
    waiting: deque[tuple[str, object]] = deque([("", text)])
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        name, value = waiting.popleft()
        if isinstance(value, dict):
            waiting.extend(_named(value))
            waiting.extend((str(key), each) for key, each in value.items())
        elif isinstance(value, list):
            waiting.extend((name, each) for each in value)
        elif isinstance(value, str) and value[:1] in {"{", "["} and (inner := _json(value)) is not None:
            waiting.append((name, inner))
        elif isinstance(value, str | int):
            yield name, str(value)


def _named(value: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield what {"Name": n, "Value": v} or {"ActionType": n, "Recipients": v} says as n and v."""
    name = value.get("Name", value.get("name", value.get("ActionType")))
    if isinstance(name, str):
        yield from ((name, value[key]) for key in ("Value", "value", "multiValue", "Recipients") if key in value)
        if "ActionType" in value:
            yield name, "true"


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _addresses(value: str) -> Iterator[str]:
    # JSON can write half a character, which no output can hold
    for part in value.encode("utf-8", errors="backslashreplace").decode().replace(",", ";").split(";", _MOST_TARGETS)[:_MOST_TARGETS]:
        written = part.strip().strip('"').rpartition("[")[2].removesuffix("]").strip()
        with_prefix = written.partition(":")
        try:
            yield normalize(Kind.EMAIL, with_prefix[2] if with_prefix[0].lower() == "smtp" else written).value
        except MaterialError:
            continue


def _network(address: str) -> str:
    """Return the /24 or /64 of `address`; what is no address stands for itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))  # noqa: PLR2004 - the protocol's number


def _new_sign_in(rule: _Rule, logins: pl.DataFrame) -> tuple[dict[str, object] | None, int]:
    """Return the last sign-in before `rule` from a network new to its account, and how many sign-ins from others came before."""
    at, user = rule.row["@timestamp"], rule.row["user.name"]
    if not isinstance(at, datetime) or not isinstance(user, str):
        return None, 0
    own = logins.filter((pl.col("account") == user.lower()) & (pl.col("@timestamp") <= at))
    recently = (pl.lit(at) - pl.col("@timestamp")) <= BEFORE
    recent, known = own.filter(recently), own.filter(~recently)
    new = recent.filter(~pl.col("network").is_in(known["network"].unique().implode()))
    if new.is_empty() or known.is_empty():
        return None, known.height
    return new.row(new.height - 1, named=True), known.height


def _finding(rule: _Rule, logins: pl.DataFrame) -> Finding:
    row, user = rule.row, str(rule.row["user.name"] or "an unnamed account")
    at = row["@timestamp"] if isinstance(row["@timestamp"], datetime) else None
    sign_in, before = _new_sign_in(rule, logins)
    own_domain = user.rpartition("@")[2].lower()
    outside = [each for each in rule.forwards if each.rpartition("@")[2].lower() != own_domain]
    grave = bool(outside or rule.deletes)
    strength = Strength.STRONG if grave and sign_in else Strength.MODERATE if grave or sign_in else Strength.WEAK
    reasons = [Reason(code="rule", text=f"The rule {listed(rule.acts)} ({row['event.code'] or row['event.action']}).")]
    if outside:
        reasons.append(
            Reason(
                code="to_another_domain", text=f"Mail goes to {listed([defang(each) for each in outside])}, outside {own_domain or 'it'}."
            )
        )
    if sign_in:
        text = (
            f"Somebody had signed in to the account from {sign_in['source.ip']} at {_moment(sign_in)}; "
            f"{counted(before, 'earlier sign-in')} came from other networks."
        )
        reasons.append(Reason(code="new_network", text=text))
    elif before:
        reasons.append(Reason(code="usual_network", text="No sign-in from a new network came in the 24 hours before.", against=True))
    else:
        reasons.append(Reason(code="no_sign_ins", text="These records do not show from where the account was used before.", against=True))
    where = f" Shortly before, the account was signed in to from {sign_in['source.ip']}, a network new to it." if sign_in else ""
    return Finding(
        kind="intrusion.mailbox_rule",
        title=f"A rule in the mailbox of {user} {listed(rule.acts)}",
        statement=f"In the mailbox of {user} a rule was made that {listed(rule.acts)}.{where}",
        strength=strength,
        reasons=tuple(reasons),
        traces=(trace(row), *([trace(sign_in)] if sign_in else [])),
        method=METHOD,
        method_version=VERSION,
        at=at,
        involved=(
            *(involved(sign_in, role="login source") if sign_in else ()),
            *involved(row, role="source of the mailbox rule"),
            *_targets(rule, outside, at),
        ),
        limits=(*_LIMITS, *clock_limits(pl.DataFrame({"@timestamp": [at], "event.clock": [row["event.clock"]]}, schema=_CLOCK))),
    )


_CLOCK = pl.Schema({"@timestamp": pl.Datetime("us", "UTC"), "event.clock": pl.String()})


def _targets(rule: _Rule, outside: list[str], at: datetime | None) -> Iterator[Involved]:
    for each in outside[:20]:
        yield Involved(selector=normalize(Kind.EMAIL, each), role="forwarding target", at=at, trace=trace(rule.row))


def _moment(row: dict[str, object]) -> str:
    at = row["@timestamp"]
    return format_instant(at) if isinstance(at, datetime) else "an unknown time"


def _others(rules: list[_Rule]) -> tuple[Finding, ...]:
    if not rules:
        return ()
    return (
        Finding(
            kind="intrusion.mailbox_rule",
            title=f"{counted(len(rules), 'more rule')} that forward, delete or hide mail",
            statement=f"{counted(len(rules), 'more rule')} of mailboxes forward, delete or hide mail; they were not looked at one by one.",
            strength=Strength.WEAK,
            reasons=(Reason(code="rule", text=f"{MOST_RULES} rules before them are shown."),),
            traces=tuple(dict.fromkeys(trace(rule.row) for rule in rules))[:50],
            method=METHOD,
            method_version=VERSION,
            limits=_LIMITS,
        ),
    )
