"""What the unit says of itself: recorded once, kept until it says otherwise."""

from pathlib import Path

from case_factory import new_case
from comity.casework.open_case import Actor
from comity.casework.unit import DESCRIBED, Description, describe, described


def test_what_is_said_stays_and_is_recorded_once(tmp_path: Path) -> None:
    folder = new_case(tmp_path / "case")
    act = Actor(folder)
    assert described(folder.entries()) == Description()
    describe(act, folder.entries(), Description(offence="Penal Code, Art. 171"))
    describe(act, folder.entries(), Description(contact=("Desk, +55 81 0000-0000",)))
    describe(act, folder.entries(), Description())
    assert described(folder.entries()) == Description(offence="Penal Code, Art. 171", contact=("Desk, +55 81 0000-0000",))
    assert sum(entry.event == DESCRIBED for entry in folder.entries()) == 2
