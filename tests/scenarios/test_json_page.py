"""docs/json.md names every key that a command prints with --json, and no other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from case_factory import new_case, preserve
from comity.casework.summary import summarize
from command_line import done
from investigated_case import Investigated

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
HEADINGS = ("The case", "A finding", "A request", "The coverage", "The verdict", "The comparison", "A snapshot")
NAMED_BY_MATERIAL = {"records", "rows", "structure", "because", "remarked"}  # their keys are tables, codes, kinds of structure
WORDS = {"true", "null", "holds", "broken", "real", "example", "strong", "moderate", "weak", "ready", "incomplete"}


@pytest.fixture(scope="module")
def clocked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The summary of a case in which a clock was compared."""
    place = tmp_path_factory.mktemp("clocked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(place / "state"))
        (place / "material").mkdir()
        (place / "material" / "x").write_bytes(b"x")
        folder = new_case(place / "case")
        preserve(folder, place / "material")
        times = ("--shown", "2026-11-20T13:05:32Z", "--true", "2026-11-20T13:00:00Z")
        done("clock", folder.path, "--exhibits", "1", "--device", "recorder", "--how", "beside a GPS clock", *times)
        return dict(summarize(folder))


@pytest.fixture(scope="module")
def printed(investigated: Investigated, clocked: dict[str, Any]) -> dict[str, Any]:
    case = investigated.case
    summary = investigated.summary
    damaged = summary["defects"][0]["trace"]["exhibit"]
    assert json.loads(done("requests", case, "--json")) == summary["requests"]
    return {
        "The case": [{**summary, "findings": [], "requests": []}, clocked],
        "A finding": summary["findings"],
        "A request": summary["requests"],
        "The coverage": [json.loads(done("coverage", case, *more, "--json")) for more in (("--all",), ("--exhibit", damaged))],
        "The verdict": [json.loads(done("verify", case, "--json"))],
        "The comparison": [json.loads(done("reproduce", case, "--json"))],
        "A snapshot": json.loads(done("reference", "list", "--json")),
    }


@pytest.mark.parametrize("heading", HEADINGS)
def test_keys_are_documented_and_there(printed: dict[str, Any], heading: str) -> None:
    assert printed[heading], "nothing was printed: the page would be checked against nothing"
    keys = {key for value in printed[heading] for key in _keys(value)}
    section = re.split(r"^## ", PAGE.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]
    named = set(re.findall(r"`([a-z][a-z_0-9]*)`", section)) - WORDS
    everywhere = {"trace", "exhibit", "member", "offset", "length", "text", "authority", "findings"}
    assert keys - named - everywhere == set(), "printed and not documented"
    assert named - keys - everywhere == set(), "documented and never printed"


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            if key not in NAMED_BY_MATERIAL:
                yield from _keys(below)
    if isinstance(value, list):
        for below in value:
            yield from _keys(below)
