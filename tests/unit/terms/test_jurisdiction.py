"""The table of states: complete, and readable in a sentence."""

import pytest

from comity.terms.errors import SettingsError
from comity.terms.jurisdiction import NAMES, is_code, is_territory, name_of, parse_state


def test_every_officially_assigned_code_is_there():
    assert len(NAMES) == 249  # ISO 3166-1 as of 2026
    assert all(len(code) == 2 and code.isascii() and code.isupper() and name == name.strip() for code, name in NAMES.items())
    assert len(set(NAMES.values())) == 249


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BR", "Brazil"),
        ("US", "the United States of America"),
        ("NL", "the Kingdom of the Netherlands"),
        ("KR", "the Republic of Korea"),
        ("CD", "the Democratic Republic of the Congo"),
        ("VG", "Virgin Islands (British)"),
        ("XX", "XX"),
    ],
)
def test_names_read_well_in_a_sentence(code, name):
    assert name_of(code) == name


def test_territories_are_known_and_states_are_not_territories():
    assert is_territory("PR")
    assert is_territory("WF")
    assert not any(is_territory(code) for code in ("US", "BR", "", " ", "A", "AI AQ"[0:1], "VA", "PS"))
    assert not is_code("EU")
    assert not is_code("br")


@pytest.mark.parametrize("text", ["", "XX", "EU", "BRA", "ZZ", "../etc"])
def test_what_is_no_state_is_refused_with_a_remedy(text):
    with pytest.raises(SettingsError) as caught:
        parse_state(text)
    assert "ISO 3166-1" in caught.value.remedy
    assert parse_state(" br ") == "BR"
