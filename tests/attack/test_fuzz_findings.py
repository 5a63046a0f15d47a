"""Inputs that once broke a parser, as `just fuzz` found them: tests/attack/found/PARSER/what-was-wrong."""

from pathlib import Path

import pytest

from comity.parsers.registry import PARSERS
from hostile_law import hold

FOUND = sorted(Path(__file__).with_name("found").glob("*/*"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}: {path.name}")
def test_it_breaks_nothing_again(path: Path) -> None:
    (parser,) = [one for one in PARSERS if one.name == path.parent.name]
    hold(parser, path.read_bytes())
