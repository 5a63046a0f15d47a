"""Money in whole minor units, with its currency."""

import re
from dataclasses import dataclass
from typing import Final, Self

from comity.terms.errors import MaterialError

# Source: ISO 4217, list one; and the codes of list three that old statements still carry.
_TWO_DIGITS: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT "
    "LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR "
    "RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES "
    "WST XCD XCG YER ZAR ZMW ZWG "
    "ATS BEF BGN CUC CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK SLL VEF ZWL"
)
_NO_DIGITS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS: Final = "CLF UYW"
_DIGITS: Final = {
    code: digits for digits, codes in ((2, _TWO_DIGITS), (0, _NO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS)) for code in codes.split()
}
_MOST_DIGITS: Final = 18
_LONGEST: Final = 64
_REMEDY: Final = "Compare it with the original."

GROUP_MARKS: Final = " \u00a0\u202f\u2009'\u2019"
"""Spaces and apostrophes that are written between thousands, apart from the comma and the point."""


def minor_digits(currency: str) -> int:
    """Return how many decimal digits the minor unit of `currency` has; MaterialError when ISO 4217 has no such code."""
    digits = _DIGITS.get(currency)
    if digits is None:
        raise MaterialError(f"not a currency of ISO 4217: {currency[:16]!r}", remedy=_REMEDY)
    return digits


def parse_minor(text: str, *, digits: int, point: str = ".", group: str = "") -> int:
    """Return the number written in `text` in units of 10^-`digits`, exactly, without floating point.

    Args:
        text: an optional sign, whole digits, perhaps `point` and more digits; nothing else.
        digits: decimal digits of the minor unit; digits written beyond them must be zeros.
        point: the decimal mark.
        group: marks that may stand between groups of three digits; each group must then be whole. A comma may also stand as in
            India: three digits last, two in each group before.

    MaterialError for anything else, and beyond 18 digits.
    """
    body, negative = text.strip(), False
    if len(body) > _LONGEST:
        raise MaterialError(f"too long for an amount: {body[:_LONGEST]!r}", remedy=_REMEDY)
    if body[:1] in {"-", "+", "\u2212"}:
        body, negative = body[1:].lstrip(), body[0] != "+"
    whole, mark, fraction = body.partition(point)
    if group and not whole.isdigit():
        mark_used = next((character for character in whole if character in group), "")
        parts = whole.split(mark_used) if mark_used else [whole]
        if _grouped([len(part) for part in parts], indian=mark_used == ","):
            whole = "".join(parts)
    if not re.fullmatch("[0-9]+", whole) or not re.fullmatch("[0-9]*", fraction) or (mark and not fraction):
        raise MaterialError(f"not an amount: {text[:_LONGEST]!r}", remedy=_REMEDY)
    if fraction[digits:].strip("0"):
        raise MaterialError(f"more decimal digits than the currency has ({digits}): {text[:_LONGEST]!r}", remedy=_REMEDY)
    number = (whole + fraction[:digits].ljust(digits, "0")).lstrip("0") or "0"
    if len(number) > _MOST_DIGITS:
        raise MaterialError(f"an amount of more than {_MOST_DIGITS} digits: {text[:_LONGEST]!r}", remedy=_REMEDY)
    return -int(number) if negative else int(number)


def _grouped(lengths: list[int], *, indian: bool) -> bool:
    """Return whether groups of so many digits are thousands, or, where `indian`, lakh and crore."""
    first, *rest = lengths
    if 1 <= first <= 3 and set(rest) <= {3}:  # noqa: PLR2004 - thousands
        return True
    return indian and len(rest) > 1 and 1 <= first <= 2 and set(rest[:-1]) == {2} and rest[-1] == 3  # noqa: PLR2004 - lakh and crore


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount: `minor` units (negative for a debt) of the ISO 4217 `currency`. MaterialError for an unknown currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        minor_digits(self.currency)

    @classmethod
    def parse(cls, text: str, *, currency: str, point: str = ".", group: str = "") -> Self:
        """Return the amount written in `text` (see `parse_minor`)."""
        return cls(minor=parse_minor(text, digits=minor_digits(currency), point=point, group=group), currency=currency)

    def __str__(self) -> str:
        """Return the amount as `EUR 1,234.50`, with all digits of the minor unit."""
        digits = minor_digits(self.currency)
        whole, fraction = divmod(abs(self.minor), 10**digits)
        tail = f".{fraction:0{digits}d}" if digits else ""
        return f"{self.currency} {'-' if self.minor < 0 else ''}{whole:,}{tail}"
