"""Known weaknesses of a technique: what can go wrong, of which class of error, what was done against it, what remains.

Source: ASTM E3016-18 (classes of error), in the codes of the SOLVE-IT catalogue (its techniques DFT-…, weaknesses DFW-…).
"""

from dataclasses import dataclass
from enum import StrEnum

from comity.law.fields import Fields


class ErrorClass(StrEnum):
    """The classes of error of ASTM E3016-18."""

    INCOMPLETENESS = "INCOMP"
    EXISTENCE = "INAC-EX"
    ALTERATION = "INAC-ALT"
    ASSOCIATION = "INAC-AS"
    CORRUPTION = "INAC-COR"
    MISINTERPRETATION = "MISINT"

    @property
    def words(self) -> str:
        """The class in words."""
        return _WORDS[self]


_WORDS = {
    ErrorClass.INCOMPLETENESS: "incompleteness: something that is there is not found",
    ErrorClass.EXISTENCE: "inaccuracy of existence: something is reported that is not there",
    ErrorClass.ALTERATION: "inaccuracy by alteration: a value is changed",
    ErrorClass.ASSOCIATION: "inaccuracy of association: things are joined that do not belong together",
    ErrorClass.CORRUPTION: "inaccuracy by corruption: missing or damaged data goes unnoticed",
    ErrorClass.MISINTERPRETATION: "misinterpretation: a right result is understood wrongly",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """One way in which a technique can go wrong; `mitigation` is what this program does, `remains` what nobody has excluded.

    `catalogue` is the identifier of the same weakness in SOLVE-IT, "" when it has none. `remains` may be "".
    """

    text: str
    classes: tuple[ErrorClass, ...]
    mitigation: str
    remains: str = ""
    catalogue: str = ""


def read_weaknesses(fields: Fields) -> tuple[Weakness, ...]:
    """Return the array of tables `weakness` in `fields`; ReferenceDataError, naming the place, for one that is malformed or none."""
    found = []
    for one in fields.tables("weakness"):
        found.append(
            Weakness(
                text=one.text("text"),
                classes=one.choices("classes", ErrorClass),
                mitigation=one.text("mitigation"),
                remains=one.text("remains", default=""),
                catalogue=one.text("catalogue", default=""),
            )
        )
        one.finish()
    return tuple(found)
