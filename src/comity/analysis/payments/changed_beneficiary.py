"""A known payee on an account never used before: the mark of a diverted invoice.

Method: debits whose creditor is named and has an account, grouped by own account and payee (see `payee`). When a payee already
paid on one account is first paid on another, that is a finding with all payments to the new account. What speaks for a
diversion: the new account is in another country; it was first named in a mail at most 30 days before it was paid; that mail
failed DMARC or sends answers to another domain; its sender's domain had written for the first time less than 30 days before.
What speaks against: it was named 30 days or more before it was paid; the mail passed DMARC and its domain had written 30 days or
more before (a mailbox that was taken over does, too); the earlier account was paid again afterwards. Two marks are
strong, one is moderate, none is weak, and anything against takes a step down.

A payee never paid before is a finding of its own kind only when the account comes from a mail with such a doubt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from comity.analysis.finding import Finding, Reason, Strength
from comity.analysis.payments import booked
from comity.analysis.payments.booked import Row
from comity.analysis.payments.mention import Mention
from comity.analysis.payments.payee import same_payee

METHOD: Final = "payments.changed_beneficiary"
VERSION: Final = "2"
_SHORT_NOTICE: Final = timedelta(days=30)
_MOST_NAMED: Final = 20
_ORDER: Final = (Strength.WEAK, Strength.MODERATE, Strength.STRONG)
_LIMITS: Final = (
    "Payees do change their bank; whether this one did is for the payee to say, asked on a number known from before.",
    "The text of mails and of documents attached to them was searched for the account, not pictures and not packed attachments.",
)


def debits_with_payee(payments: pl.DataFrame) -> pl.DataFrame:
    """Return the debits that name their creditor and its account, transfers between the owner's own accounts left out."""
    return payments.filter(
        (pl.col("direction") == "debit")
        & pl.col("other.account").is_not_null()
        & (pl.col("other.key") != "")
        & (pl.col("explained").fill_null("") != "own accounts")
    )


def find(debits: pl.DataFrame, named: Mapping[str, Sequence[Mention]]) -> Iterator[Finding]:
    """Yield the findings over `debits`; `named` gives the messages that name an account, oldest first."""
    changed: set[tuple[str, str]] = set()
    for rows in debits.partition_by("holder", maintain_order=True):
        keys = same_payee(rows["other.key"].to_list())
        grouped = rows.with_columns(pl.col("other.key").replace_strict(keys, return_dtype=pl.String).alias("payee"))
        several = grouped.filter(pl.col("other.account").n_unique().over("payee") > 1)
        for payee in several.partition_by("payee", maintain_order=True):
            for change in _changes(payee.to_dicts()):
                changed.add((str(change.new[0]["holder"]), booked.text(change.new[0], "other.account")))
                yield _change_finding(change, named.get(booked.text(change.new[0], "other.account"), ()))
    yield from _doubtful(debits, named, changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Payments to the new account, to any earlier one before the first of them, and to an earlier one after it."""

    new: tuple[Row, ...]
    before: tuple[Row, ...]
    again: tuple[Row, ...]


def _changes(rows: Sequence[Row]) -> Iterator[_Change]:
    """Yield a change for each account of one payee that was first paid after another; `rows` in order of time."""
    first = dict[object, datetime]()
    for row in rows:
        first.setdefault(row["other.account"], booked.moment(row))
    for account, begins in first.items():
        earlier = [other for other, since in first.items() if since < begins]
        if earlier:
            new = tuple(row for row in rows if row["other.account"] == account)
            old = [row for row in rows if row["other.account"] in earlier]
            yield _Change(
                new=new,
                before=tuple(row for row in old if booked.moment(row) < begins),
                again=tuple(row for row in old if booked.moment(row) > begins),
            )


def _notice(payment: Row, named: Sequence[Mention]) -> Mention | None:
    """Return the first message that named the account before the payment (on its day, when only the day is known)."""
    until = booked.moment(payment) + (timedelta(days=1) if booked.by_day((payment,)) else timedelta())
    return next((mention for mention in named if mention.at <= until), None)


def _mail_reasons(payment: Row, named: Sequence[Mention]) -> Iterator[Reason]:
    notice = _notice(payment, named)
    if notice is None:
        return
    ahead = booked.moment(payment) - notice.at
    words = booked.duration(max(ahead, timedelta()))
    said = f"the account is first named in a mail from {notice.sender} of {notice.at:%Y-%m-%d %H:%M} UTC, {words} before the payment"
    if ahead >= _SHORT_NOTICE:
        yield Reason(code="announced_early", text=said, against=True)
        return
    yield Reason(code="named_in_mail", text=said)
    if notice.doubts:
        yield Reason(code="mail_doubtful", text="; ".join(notice.doubts))
    elif notice.vouched and notice.sender_since is not None and notice.at - notice.sender_since >= _SHORT_NOTICE:
        domain = notice.sender.rpartition("@")[2]
        text = f"the mail passed DMARC, and {domain} had written since {notice.sender_since:%Y-%m-%d}"
        yield Reason(code="sender_known", text=text, against=True)
    if notice.sender_since is not None and notice.at - notice.sender_since < _SHORT_NOTICE:
        since = booked.duration(notice.at - notice.sender_since)
        domain = notice.sender.rpartition("@")[2]
        text = f"nothing in the mail at hand came from {domain} more than {since} earlier" if since != "less than a minute" else ""
        yield Reason(code="sender_new", text=text or f"it is the first mail at hand from {domain}")


def _change_finding(change: _Change, named: Sequence[Mention]) -> Finding:
    first, last = change.new[0], change.before[-1]
    account, old = booked.text(first, "other.account"), booked.text(last, "other.account")
    name = booked.text(first, "other.name")
    times = len(change.before)
    reasons = [
        Reason(code="payee_known", text=f"{name} had been paid {_times(times)} before, last on {booked.when(last)} on account {old}"),
    ]
    if account[:2].isalpha() and old[:2].isalpha() and account[:2] not in {booked.text(row, "other.account")[:2] for row in change.before}:
        reasons.append(Reason(code="country_changed", text=f"the new account is in {account[:2]}, the earlier one in {old[:2]}"))
    reasons += _mail_reasons(first, named)
    if change.again:
        again = f"account {booked.text(change.again[0], 'other.account')} was paid again on {booked.when(change.again[0])}"
        reasons.append(Reason(code="earlier_account_used_again", text=again, against=True))
    notice = _notice(first, named)
    total = sum(map(booked.minor, change.new))
    return Finding(
        kind="payment.changed_beneficiary",
        title=f"{name} was paid on a new account: {booked.amount(total, first['currency'])} to {account}",
        statement=f"From account {first['holder']} {_listed(change.new)} went to {account} in the name of {name}, which had been "
        f"paid {_times(times)} before, last on account {old} ({booked.when(last)})."
        + (f" A mail from {notice.sender} of {notice.at:%Y-%m-%d} names the new account." if notice else ""),
        strength=_strength(reasons),
        reasons=tuple(reasons),
        traces=(*booked.traces((*change.new, last)), *((notice.trace,) if notice else ())),
        method=METHOD,
        method_version=VERSION,
        at=booked.moment(first),
        until=booked.moment(change.new[-1]),
        involved=(
            *(party for row in change.new[:_MOST_NAMED] for party in booked.involved(account, row, role="beneficiary account")),
            *booked.involved(old, last, role="earlier account of the payee"),
        ),
        limits=_LIMITS,
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _listed(rows: Sequence[Row]) -> str:
    shown = "; ".join(f"{booked.amount(booked.minor(row), row['currency'])} on {booked.when(row)}" for row in rows[:_MOST_NAMED])
    return shown + (f" and {len(rows) - _MOST_NAMED} more payments" if len(rows) > _MOST_NAMED else "")


def _strength(reasons: Sequence[Reason]) -> Strength:
    marks = sum(not reason.against for reason in reasons) - 1
    against = sum(reason.against for reason in reasons)
    return _ORDER[max(0, min(marks, 2) - against)]


def _doubtful(debits: pl.DataFrame, named: Mapping[str, Sequence[Mention]], changed: set[tuple[str, str]]) -> Iterator[Finding]:
    """Yield the payments to payees without history whose account comes from a doubtful mail."""
    from_mail = debits.filter(pl.col("other.account").is_in(list(named)))
    for rows in from_mail.partition_by("holder", "other.account", maintain_order=True):
        paid = rows.to_dicts()
        holder, account = str(paid[0]["holder"]), booked.text(paid[0], "other.account")
        notice = _notice(paid[0], named[account])
        reasons = tuple(_mail_reasons(paid[0], named[account]))
        if (holder, account) in changed or notice is None or not any(reason.code == "mail_doubtful" for reason in reasons):
            continue
        name = booked.text(paid[0], "other.name")
        yield Finding(
            kind="payment.account_from_doubtful_mail",
            title=f"{booked.amount(sum(map(booked.minor, paid)), paid[0]['currency'])} went to an account named in a doubtful mail",
            statement=f"From account {holder} {_listed(paid)} went to {account} in the name of {name}. A mail from "
            f"{notice.sender} named it on {notice.at:%Y-%m-%d %H:%M} UTC: {'; '.join(notice.doubts)}.",
            strength=Strength.MODERATE,
            reasons=reasons,
            traces=(*booked.traces(paid), notice.trace),
            method=METHOD,
            method_version=VERSION,
            at=booked.moment(paid[0]),
            until=booked.moment(paid[-1]),
            involved=tuple(party for row in paid[:_MOST_NAMED] for party in booked.involved(account, row, role="beneficiary account")),
            limits=_LIMITS,
        )
