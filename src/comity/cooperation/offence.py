"""How a finding's kind is named as an offence, provisionally, in the words of the Convention on Cybercrime."""

from collections.abc import Iterable
from dataclasses import dataclass

from comity.terms.citation import Citation

_CONVENTION = "ets-185"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """Neutral words for what is under investigation, and the articles it may fall under.

    `provisions` is empty when the convention names no such offence: then a person must say which offence it is.
    """

    words: str
    provisions: tuple[Citation, ...]


_ILLEGAL_ACCESS = Offence(
    words="access to a computer system without right (illegal access)", provisions=(Citation(instrument=_CONVENTION, article="2"),)
)
_DECEPTION = Offence(
    words="messages made to pass for those of another, with a view to gain (computer-related forgery and computer-related fraud)",
    provisions=(Citation(instrument=_CONVENTION, article="7"), Citation(instrument=_CONVENTION, article="8")),
)
_FRAUD = Offence(
    words="causing a loss of property by interfering with computer data (computer-related fraud)",
    provisions=(Citation(instrument=_CONVENTION, article="8"),),
)
_PROCEEDS = Offence(words="receiving and passing on money that may come from an offence", provisions=())

_BY_KIND = {
    "intrusion": _ILLEGAL_ACCESS,
    "phishing": _DECEPTION,
    "payment.changed_beneficiary": _FRAUD,
    "payment.account_from_doubtful_mail": _FRAUD,
    "payment.pass_through": _PROCEEDS,
    "payment.splitting": _PROCEEDS,
}


def offence_of(kind: str) -> Offence | None:
    """Return the offence for a finding of `kind` ("intrusion.password_guessed"), by its longest known beginning; None if none."""
    parts = kind.split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((_BY_KIND[name] for name in names if name in _BY_KIND), None)


def offences_of(kinds: Iterable[str]) -> tuple[Offence, ...]:
    """Return the distinct offences for `kinds`, those with an article first."""
    found = dict.fromkeys(offence for kind in kinds if (offence := offence_of(kind)))
    return tuple(sorted(found, key=lambda offence: (not offence.provisions, offence.words)))
