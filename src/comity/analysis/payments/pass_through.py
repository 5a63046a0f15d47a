"""Money that does not stay: credits that leave an account again within two days.

Method: from each credit of at least 500 in whole units on, the credits of two days are taken one by one until the debits that
followed within two days of the first amount to 80 to 105 per cent of them; the smallest such group is a finding, and no payment
belongs to two. Debits below two per cent of the credits (shopping), payments between the owner's own accounts, and regular ones
(the same other side in three months: wages, rent) are set aside on both sides. Money that was on the account before is no
pass-through: a balance before the credit that could have paid all of it ends the matter.

Points: 2 for a credit at least five times the usual one (of five or more before it); 1 each for money gone by the next day, at most
a tenth kept, an account nearly empty before (a fifth of the credit or less), a payer who had never paid in, receivers who had never
been paid (both only with 30 days of history), and each repetition on the account (once). Less 1 for more than three receivers, and
for a balance before that was not small. Five are strong, four moderate, three weak, fewer nothing. Where
only days are known, or no balance, a point goes and the finding is moderate at most; where both are missing it is weak.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from comity.analysis.finding import Finding, Reason, Strength
from comity.analysis.payments import booked
from comity.analysis.payments.booked import Row
from comity.terms.errors import MaterialError
from comity.terms.money import minor_digits

METHOD: Final = "payments.pass_through"
VERSION: Final = "1"
_WINDOW: Final = timedelta(days=2)
_LEAST: Final = 500
_PASSED: Final = 0.80
_MORE_THAN_CAME: Final = 1.05
_SMALL: Final = 0.02
_LITTLE_BEFORE: Final = 0.20
_KEPT_LITTLE: Final = 0.10
_UNUSUAL: Final = 5
_MOST_CREDITS: Final = 20
_MOST_DEBITS: Final = 50
_HISTORY: Final = timedelta(days=30)
_FEWEST_BEFORE: Final = 5
_MOST_RECEIVERS: Final = 3
_STRONG, _MODERATE, _WORTH_SAYING = 5, 4, 3
_POINTS: Final = {"left_again": 0, "unusual_amount": 2}
_SET_ASIDE: Final = (
    "Checked and set aside: payments between the owner's own accounts, the same other side with steady amounts in three or more months "
    "(wages, rent, regular payees), sums below two per cent of the credit."
)
_BALANCE_UNKNOWN: Final = "The statement has no balance: whether the money was on the account before is not known."
_ORDER_UNKNOWN: Final = "Some bookings are known by their day only: whether a debit of the same day came after the credit is not known."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    credits: tuple[Row, ...]
    debits: tuple[Row, ...]

    @property
    def came(self) -> int:
        return sum(map(booked.minor, self.credits))

    @property
    def left(self) -> int:
        return sum(map(booked.minor, self.debits))


def find(payments: pl.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each group of credits that left again; `payments` as `booked` and `with_explanations` give them."""
    for account in payments.partition_by("holder", "currency", maintain_order=True):
        seen_before = 0
        for group in _groups(account):
            finding = _finding(account, group, seen_before)
            if finding is not None:
                seen_before += 1
                yield finding


def _groups(account: pl.DataFrame) -> Iterator[_Group]:
    least = _LEAST * 10 ** _digits(account["currency"][0])
    open_rows = account.filter(pl.col("explained").is_null())
    ways = {
        direction: open_rows.filter((pl.col("direction") == direction) & (pl.col("amount_minor") >= smallest))
        for direction, smallest in (("credit", least), ("debit", int(least * _SMALL)))
    }
    if ways["debit"].is_empty():
        return
    incoming, outgoing = ways["credit"].to_dicts(), _Outgoing.of(ways["debit"])
    used = set[int]()
    for start in range(len(incoming)):
        if start in used:
            continue
        taken, came = list[int](), 0
        for place in range(start, min(len(incoming), start + _MOST_CREDITS)):
            if booked.moment(incoming[place]) > booked.moment(incoming[start]) + _WINDOW:
                break
            if place in used:
                continue
            taken.append(place)
            came += booked.minor(incoming[place])
            spent = outgoing.after(incoming[start], came)
            if sum(booked.minor(outgoing.rows[other]) for other in spent) >= came * _PASSED:
                used.update(taken)
                outgoing.used.update(spent)
                yield _Group(credits=tuple(incoming[each] for each in taken), debits=tuple(outgoing.rows[each] for each in spent))
                break


def _digits(currency: object) -> int:
    try:
        return minor_digits(str(currency or ""))
    except MaterialError:
        return 2


@dataclass(slots=True)
class _Outgoing:
    """Debits in order of time, their amounts, and which of them a finding has."""

    rows: Sequence[Row]
    times: Sequence[datetime]
    amounts: Sequence[int]
    used: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, debits: pl.DataFrame) -> "_Outgoing":
        """Return the debits of an account, in order."""
        return cls(rows=debits.to_dicts(), times=debits["moment"].to_list(), amounts=debits["amount_minor"].to_list())

    def after(self, credit: Row, came: int) -> list[int]:
        """Return the places of the debits that can have taken `came` away: within two days, none small, together not more."""
        begins = booked.moment(credit)
        ends = begins + _WINDOW
        # a debit known by its day stands at midnight, and may have followed a credit of that day
        since = begins.replace(hour=0, minute=0, second=0, microsecond=0)
        spent, left = list[int](), 0
        known, least, most = credit["precision"] == "second", came * _SMALL, came * _MORE_THAN_CAME
        for place in range(bisect_left(self.times, since), len(self.rows)):
            if self.times[place] > ends or len(spent) == _MOST_DEBITS:
                break
            value = self.amounts[place]
            if place in self.used or value < least or left + value > most:
                continue
            if not (known and self.rows[place]["precision"] == "second" and self.times[place] < begins):
                spent.append(place)
                left += value
        return spent


def _finding(account: pl.DataFrame, group: _Group, seen_before: int) -> Finding | None:
    first, last = group.credits[0], group.debits[-1]
    came, left, currency = group.came, group.left, first["currency"]
    # the rest is dear on a busy account, where this settles most
    if any(reason.code == "funds_before" for reason in _balance_before(first, left, came)):
        return None
    reasons = tuple(_reasons(account, group, seen_before))
    points = sum(-1 if reason.against else _POINTS.get(reason.code, 1) for reason in reasons)
    if points < _WORTH_SAYING:
        return None
    unknowns = _unknowns(group)
    strength = _strength(points - len(unknowns), most=2 - len(unknowns))
    paid = "; ".join(f"{booked.amount(booked.minor(row), currency)} on {booked.when(row)} to {_other(row)}" for row in group.debits)
    received = "; ".join(f"{booked.amount(booked.minor(row), currency)} on {booked.when(row)} from {_other(row)}" for row in group.credits)
    account_number = booked.text(first, "account")
    parties = [party for row in group.credits for party in booked.involved(account_number, row, role="pass-through account")]
    parties += [
        party for row in group.debits for party in booked.involved(booked.text(row, "creditor.account"), row, role="onward account")
    ]
    return Finding(
        kind="payment.pass_through",
        title=f"{booked.amount(left, currency)} of {booked.amount(came, currency)} left again {booked.elapsed(first, last)}",
        statement=f"Account {first['holder']} received {received}. Of it {booked.amount(left, currency)} ({left / came:.1%}) left again "
        f"{booked.elapsed(first, last)}: {paid}. {booked.amount(max(came - left, 0), currency)} was kept.",
        strength=strength,
        reasons=reasons,
        traces=booked.traces((*group.credits, *group.debits)),
        method=METHOD,
        method_version=VERSION,
        at=booked.moment(first),
        until=booked.moment(last),
        involved=tuple(parties),
        limits=(
            "Money has no marks: that this credit paid these debits is an inference from time and amount.",
            _SET_ASIDE,
            *unknowns,
        ),
    )  # fmt: skip


def _unknowns(group: _Group) -> tuple[str, ...]:
    """Return what is not known and makes the finding weaker: the order within a day, the balance before."""
    days = booked.by_day((*group.credits, *group.debits))
    balance = isinstance(group.credits[0]["balance"], int)
    return (*((_ORDER_UNKNOWN,) if days else ()), *(() if balance else (_BALANCE_UNKNOWN,)))


def _strength(points: int, *, most: int) -> Strength:
    steps = (Strength.WEAK, Strength.MODERATE, Strength.STRONG)
    return steps[min(most, (points >= _MODERATE) + (points >= _STRONG))]


def _other(row: Row) -> str:
    name, number = booked.text(row, "other.name"), booked.text(row, "other.account")
    return f"{name or 'an unnamed party'}{f' ({number})' if number else ''}"


def _reasons(account: pl.DataFrame, group: _Group, seen_before: int) -> Iterator[Reason]:
    first, last = group.credits[0], group.debits[-1]
    came, left, currency = group.came, group.left, first["currency"]
    yield Reason(code="left_again", text=f"{left / came:.1%} of what came in left again {booked.elapsed(first, last)}")
    if booked.moment(last) - booked.moment(first) <= timedelta(days=1, hours=2):
        yield Reason(code="within_a_day", text="it had left by the next day")
    if came - left <= came * _KEPT_LITTLE:
        yield Reason(code="little_kept", text=f"{booked.amount(max(came - left, 0), currency)} was kept, {max(came - left, 0) / came:.1%}")
    earlier = account.filter(pl.col("place") < int(str(first["place"])))
    yield from _balance_before(first, left, came)
    if earlier.height and booked.moment(first) - earlier["moment"][0] >= _HISTORY:
        yield from _strangers(earlier, group)
    before = earlier.filter(pl.col("direction") == "credit")["amount_minor"]
    usual = before.median()
    if before.len() >= _FEWEST_BEFORE and isinstance(usual, int | float) and booked.minor(first) >= _UNUSUAL * usual:
        text = f"the credit is {booked.minor(first) / usual:,.0f} times the usual one ({booked.amount(int(usual), currency)})"
        yield Reason(code="unusual_amount", text=text)
    receivers = {_other(row) for row in group.debits}
    if len(receivers) > _MOST_RECEIVERS:
        yield Reason(
            code="many_receivers", text=f"it went to {len(receivers)} receivers, as household and business spending does", against=True
        )
    if seen_before:
        yield Reason(code="repeated", text=f"the same happened on this account {seen_before} time{'s' if seen_before > 1 else ''} before")


def _strangers(earlier: pl.DataFrame, group: _Group) -> Iterator[Reason]:
    """Yield what is new about payers and receivers against the `earlier` payments of the account."""
    payers = {booked.text(row, "other.key") for row in group.credits} - {""}
    if payers and not earlier.filter(pl.col("other.key").is_in(sorted(payers))).height:
        yield Reason(code="payer_new", text=f"{_other(group.credits[0])} had never paid into this account before")
    receivers = {booked.text(row, "other.key") for row in group.debits} - {""}
    if receivers and not earlier.filter((pl.col("direction") == "debit") & pl.col("other.key").is_in(sorted(receivers))).height:
        yield Reason(code="receiver_new", text="none of the receivers had been paid from this account before")


def _balance_before(credit: Row, left: int, came: int) -> Iterator[Reason]:
    """Yield what the running balance says about money that was there before."""
    after = credit["balance"]
    if not isinstance(after, int):
        return
    before = after - booked.minor(credit)
    words = booked.amount(before, credit["currency"])
    if before >= left:
        yield Reason(code="funds_before", text=f"the account held {words} before, enough to pay all of it", against=True)
    elif before <= came * _LITTLE_BEFORE:
        yield Reason(code="empty_before", text=f"the account held {words} before, too little to pay what left")
    else:
        yield Reason(code="some_funds_before", text=f"the account held {words} before", against=True)
