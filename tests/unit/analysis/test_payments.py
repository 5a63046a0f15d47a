from datetime import UTC, datetime

import pytest

from comity.analysis import payments as analysis
from comity.analysis.finding import Strength
from comity.analysis.payments import Threshold
from payment_tables import OWN, accounts, messages, payment, payments

OLD, NEW, THIRD = "DE15999900010004711001", "LT549990010000200301", "DE63999900020090071155"
EUR = Threshold(minor=1_000_000, currency="EUR", source="a test")


def find(rows, account_rows=(), mails=None):
    found = analysis.find(payments(rows), accounts(account_rows), None if mails is None else messages(mails), thresholds=(EUR,))
    assert all(finding.traces and finding.limits for finding in found)
    return found


def kinds(found):
    return [finding.kind for finding in found]


def test_nothing_gives_nothing() -> None:
    assert find([]) == ()
    assert find([payment("2026-08-01", -5000, name="Shop", account=OLD)]) == ()


EARLIER = [payment(f"2026-0{month}-05", -400_000, name="Hansa Pumpen GmbH", account=OLD) for month in (5, 6, 7)]
DIVERTED = payment("2026-09-15", -900_000, name="HANSA PUMPEN", account=NEW)


def test_changed_beneficiary_without_mail_is_moderate_when_the_country_changes() -> None:
    (finding,) = find([*EARLIER, DIVERTED])
    assert finding.kind == "payment.changed_beneficiary"
    assert finding.strength is Strength.MODERATE
    assert [trace.offset for trace in finding.traces] == [300, 200]
    (new, old) = finding.involved
    assert (new.selector.value, new.role, new.at, new.precision) == (NEW, "beneficiary account", datetime(2026, 9, 15, tzinfo=UTC), "day")
    assert (old.selector.value, old.role) == (OLD, "earlier account of the payee")
    assert "UTC" not in finding.statement


def test_same_country_alone_is_weak() -> None:
    (finding,) = find([*EARLIER, {**DIVERTED, "creditor.account": THIRD}])
    assert finding.strength is Strength.WEAK


def mail(date, text, **more):
    return {
        "date": datetime.fromisoformat(date).replace(tzinfo=UTC),
        "from.address": "jonas@hansa-purnpen.example",
        "body.text": text,
        **more,
    }


def test_a_mail_shortly_before_makes_it_strong_and_is_traced() -> None:
    (finding,) = find([*EARLIER, DIVERTED], mails=[mail("2026-09-10T08:00:00", "new account: LT54 9990 0100 0020 0301")])
    assert finding.strength is Strength.STRONG
    assert ("2", 0) in {(trace.exhibit, trace.offset) for trace in finding.traces}
    assert {"named_in_mail", "sender_new"} <= {reason.code for reason in finding.reasons}


def test_a_mail_after_the_payment_says_nothing() -> None:
    (finding,) = find([*EARLIER, DIVERTED], mails=[mail("2026-09-17T08:00:00", f"paid to {NEW}")])
    assert finding.strength is Strength.MODERATE
    assert all(trace.exhibit == "1" for trace in finding.traces)


def test_announced_long_before_is_weak() -> None:
    (finding,) = find([*EARLIER, DIVERTED], mails=[mail("2026-07-10T08:00:00", NEW), mail("2026-09-10T08:00:00", NEW)])
    assert finding.strength is Strength.WEAK
    assert [reason.code for reason in finding.reasons if reason.against] == ["announced_early"]


def test_a_known_sender_whom_dmarc_vouches_for_takes_a_step_down() -> None:
    passed = {"dmarc.result": "pass"}
    mails = [mail("2026-05-01T08:00:00", "-"), mail("2026-09-10T08:00:00", NEW, **passed)]
    (finding,) = find([*EARLIER, DIVERTED], mails=mails)
    assert "sender_known" in {reason.code for reason in finding.reasons if reason.against}
    assert finding.strength is Strength.MODERATE
    (unvouched,) = find([*EARLIER, DIVERTED], mails=[mails[0], mail("2026-09-10T08:00:00", NEW)])
    assert unvouched.strength is Strength.STRONG


def test_own_accounts_and_other_payees_are_no_change() -> None:
    own = {"debtor.name": "Firm AG"}
    assert (
        find(
            [
                payment("2026-05-01", -100_000, name="Firm", account=OLD, **own),
                payment("2026-06-01", -100_000, name="Firm", account=NEW, **own),
            ]
        )
        == ()
    )
    assert (
        find([payment("2026-05-01", -100_000, name="Alpha", account=OLD), payment("2026-06-01", -100_000, name="Omega", account=NEW)]) == ()
    )


def test_new_payee_from_a_doubtful_mail() -> None:
    doubtful = mail("2026-09-10T08:00:00", NEW, **{"dmarc.result": "fail", "reply_to.address": ["x@other.example"]})
    (finding,) = find([DIVERTED], mails=[doubtful])
    assert (finding.kind, finding.strength) == ("payment.account_from_doubtful_mail", Strength.MODERATE)
    assert find([DIVERTED], mails=[mail("2026-09-10T08:00:00", NEW)]) == ()


MULE = [payment(f"2026-0{month}-{day:02d}T10:00:00", 20_000 + day, name="Buyer") for month in (7, 8) for day in (3, 9, 21)]


def passing(before=100_000):
    return [
        *MULE,
        payment("2026-09-16T06:00:00", 18_000_000, name="Victim", account=OLD, balance_minor=before + 18_000_000),
        payment("2026-09-16T11:30:00", -9_000_000, name="Onward", account=THIRD),
        payment("2026-09-17T07:00:00", -8_000_000, name="Onward", account=THIRD),
    ]


def test_pass_through() -> None:
    (finding,) = find(passing())
    assert (finding.kind, finding.strength) == ("payment.pass_through", Strength.STRONG)
    assert [trace.offset for trace in finding.traces] == [600, 700, 800]
    assert "within 1 day 1 hour" in finding.title
    assert "94.4%" in finding.statement
    assert {(party.selector.value, party.role) for party in finding.involved} == {(OWN, "pass-through account"), (THIRD, "onward account")}


def test_money_that_was_there_before_is_no_pass_through() -> None:
    assert find(passing(before=40_000_000)) == ()


def test_without_a_balance_it_is_moderate_and_an_opening_balance_is_counted_on() -> None:
    rows = [{**row, "balance_minor": None, "statement": "S"} for row in passing()]
    (finding,) = find(rows)
    assert finding.strength is Strength.MODERATE
    assert any("has no balance" in limit for limit in finding.limits)
    (counted,) = find(rows, [{"account": OWN, "statement": "S", "currency": "EUR", "opening_minor": 1_000}])
    assert counted.strength is Strength.STRONG
    assert "empty_before" in {reason.code for reason in counted.reasons}
    assert find(rows, [{"account": OWN, "statement": "S", "currency": "EUR", "opening_minor": 90_000_000}]) == ()


def test_by_day_the_words_are_no_more_precise() -> None:
    rows = passing()
    for row in rows:
        row |= {"booking_date": row["booking_date"].replace(hour=0, minute=0), "booking_date.precision": "day"}
    (finding,) = find(rows)
    assert "the same or next day" in finding.title
    assert "hour" not in finding.title + finding.statement
    assert any("by their day only" in limit for limit in finding.limits)
    assert {party.precision for party in finding.involved} == {"day"}


@pytest.mark.parametrize("months", [1, 2, 6])
def test_a_household_is_no_mule(months: int) -> None:
    rows, balance = [], 30_000
    for month in range(1, months + 1):
        for day, minor, name in (
            (1, 250_000, "Employer GmbH"), (1, -110_000, "Landlord"), (2, -60_000, "Car Loan Bank"), (2, -30_000, "Power and Water"),
            (2, -25_000, "School"), (3, -9_000, "Grocer"), (20, -8_000, "Grocer"),
        ):  # fmt: skip
            balance += minor
            rows.append(payment(f"2026-{month:02d}-{day:02d}", minor, name=name, balance_minor=balance))
    assert [finding for finding in find(rows) if finding.kind.startswith("payment") and finding.strength is not Strength.WEAK] == []


def test_splitting() -> None:
    cash = [
        payment(f"2026-10-0{day}T1{day}:00:00", -amount, name="Cash")
        for day, amount in ((5, 980_000), (5, 975_000), (6, 990_000), (7, 960_000))
    ]
    (finding,) = find(cash)
    assert (finding.kind, finding.strength) == ("payment.splitting", Strength.STRONG)
    assert len(finding.traces) == 4
    assert finding.limits[0] == "The threshold: a test"
    assert find(cash[:2]) == ()
    assert find([{**row, "currency": "USD"} for row in cash]) == ()
    assert find([{**row, "amount_minor": 700_000} for row in cash]) == ()


def test_takings_that_often_reach_the_threshold_do_not_avoid_it() -> None:
    takings = [payment(f"2026-10-{day:02d}T18:00:00", 600_000 + 130_000 * (day % 5)) for day in range(1, 28)]
    assert {finding.strength for finding in find(takings)} <= {Strength.WEAK}
    one_large = [payment("2026-09-02T18:00:00", 1_500_000), *(payment(f"2026-10-{day:02d}T18:00:00", 980_000 + day) for day in range(1, 7))]
    assert [finding.strength for finding in find(one_large)] == [Strength.STRONG]


def test_rent_below_a_threshold_is_no_splitting() -> None:
    assert find([payment(f"2026-{month:02d}-05", -950_000, name="Landlord") for month in range(1, 10)]) == ()


def test_copies_of_a_statement_count_once() -> None:
    rows = [payment(f"2026-10-0{day}", -980_000, name="Cash", reference=f"R{day}") for day in (5, 6)]
    copies = [{**row, "trace.exhibit": "3"} for row in rows]
    without = [payment("2026-10-05", -980_000, name="Cash"), payment("2026-10-05", -980_000, name="Cash")]
    assert find([*rows, *copies]) == ()
    assert find([*without, *({**row, "trace.exhibit": "3"} for row in without)]) == ()
    assert kinds(find([*without, payment("2026-10-06", -980_000, name="Cash")])) == ["payment.splitting"]


def test_pending_and_reversed_payments_do_not_count() -> None:
    cash = [payment(f"2026-10-0{day}", -980_000, name="Cash") for day in (5, 6, 7)]
    assert kinds(find(cash)) == ["payment.splitting"]
    for status in ("pending", "INFO", "FUTR", "REVERTED", "Declined", "storniert"):
        assert find([*cash[:2], {**cash[2], "status": status}]) == (), status
    assert len(find([*cash[:2], {**cash[2], "status": "Umsatz gebucht"}])) == 1
    assert find([*cash[:2], {**cash[2], "reversal": True}]) == ()


def test_statement_total() -> None:
    head = {"account": OWN, "statement": "S1", "currency": "EUR", "opening_minor": 100_000, "closing_minor": 95_000}
    row = payment("2026-08-01", -5_000, name="Shop", statement="S1")
    assert find([row], [head]) == ()
    (finding,) = find([row], [{**head, "closing_minor": 94_000}])
    assert (finding.kind, finding.strength) == ("quality.statement_total", Strength.STRONG)
    assert "EUR -10.00" in finding.title
    assert kinds(find([row], [{**head, "closing_minor": 94_000, "currency": None}])) == ["quality.statement_total"]
    assert kinds(find([], [head])) == ["quality.statement_total"]


def test_entries_in_other_currencies_are_not_added_up() -> None:
    head = {"account": OWN, "statement": "S1", "currency": "EUR", "opening_minor": 100_000, "closing_minor": 95_000}
    abroad = payment("2026-08-02", -1_500, name="Hotel", statement="S1", currency="JPY")
    assert find([payment("2026-08-01", -5_000, name="Shop", statement="S1"), abroad], [head]) == ()
    assert find([abroad], [head]) == ()


@pytest.mark.parametrize("upwards", [False, True])
def test_running_balance(*, upwards: bool) -> None:
    rows, balance = [], 100_000
    for day in range(1, 9):
        balance -= 1_000 + day
        rows.append(payment(f"2026-08-0{day}", -1_000 - day, name="Shop", balance_minor=balance))
    whole = rows[::-1] if upwards else rows
    assert find(whole) == ()
    (finding,) = find([*whole[:4], *whole[5:]])
    assert finding.kind == "quality.running_balance"
    assert "1 of 7" in finding.title
    assert [trace.offset for trace in finding.traces] == [300, 400]


def test_unknown_currency_and_unnamed_accounts_are_said() -> None:
    rows = [{**row, "account": None, "currency": None} for row in passing()]
    (finding,) = find(rows)
    assert "currency not named" in finding.title
    assert "exhibit 1" in finding.statement
    assert {party.role for party in finding.involved} == {"onward account"}
