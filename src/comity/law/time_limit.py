"""Time limits that treaties set, computed from dates."""

from datetime import date, timedelta

_MONTHS_IN_YEAR = 12


def entry_into_force(deposit: date) -> date:
    """Return the day the Convention on Cybercrime enters into force for a state that deposits its instrument on `deposit`.

    It is the first day of the month after the month in which three months have passed. The day of deposit never matters:
    three months after any day of a month end in the third month after it.
    Source: ETS 185, Art. 36(4) and 37(2).
    """
    return _first_of_month_after_three_months(deposit)


def denunciation_effective(received: date) -> date:
    """Return the day a denunciation received on `received` takes effect. Source: ETS 185, Art. 47(2)."""
    return _first_of_month_after_three_months(received)


def _first_of_month_after_three_months(day: date) -> date:
    months = day.month - 1 + 4
    return date(day.year + months // _MONTHS_IN_YEAR, months % _MONTHS_IN_YEAR + 1, 1)


def last_day(begin: date, days: int) -> date:
    """Return the last day of a period of `days` days that begins on the day after `begin`; ValueError unless `days` is positive."""
    if days <= 0:
        msg = f"a period of {days} days"
        raise ValueError(msg)
    return begin + timedelta(days=days)
