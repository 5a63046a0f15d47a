"""`comity machine` says which protections hold, in words and as JSON."""

import json

from comity.parsers.confinement import PROTECTIONS
from command_line import done


def test_every_protection_is_told_with_what_was_tried() -> None:
    told = json.loads(done("machine", "--json"))
    assert [one["name"] for one in told["protections"]] == list(PROTECTIONS)
    assert all(one["attempts"] for one in told["protections"])
    shown = done("machine")
    assert all(name in shown for name in PROTECTIONS)
    held = all(one["holds"] for one in told["protections"])
    assert ("All protections hold." in shown) == held
    assert ("NOT REFUSED" in shown) == any(attempt["refused"] is None for one in told["protections"] for attempt in one["attempts"])
