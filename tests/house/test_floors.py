"""The floors of the house hold, and no room has a name that says nothing."""

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "core", "base", "manager", "misc", "tools"}


def test_layers_and_contracts() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_is_a_dumping_ground() -> None:
    named = [path for path in (REPOSITORY / "src").rglob("*") if path.stem in SAYS_NOTHING]
    assert named == []


def test_no_broad_except_outside_the_three_boundaries() -> None:
    boundaries = {"cli/main.py", "parsers/descent.py"}
    source = REPOSITORY / "src" / "comity"
    broad = [
        f"{path.relative_to(source)}:{number}"
        for path in source.rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if line.strip().startswith(("except:", "except Exception", "except BaseException"))
    ]
    assert [place for place in broad if place.rpartition(":")[0] not in boundaries] == []


def test_no_parser_imports_a_parser() -> None:
    source = REPOSITORY / "src" / "comity" / "parsers"
    parsers = {path.stem for path in source.glob("*.py") if re.search(r"^PARSER\b", path.read_text("utf-8"), re.MULTILINE)}
    assert parsers, "no parser found: the rule would hold for nothing"
    for name in parsers:
        text = (source / f"{name}.py").read_text("utf-8")
        assert not [other for other in parsers - {name} if f"comity.parsers.{other} " in text or f"comity.parsers import {other}" in text]


def test_every_room_says_what_it_is_for() -> None:
    for path in (REPOSITORY / "src" / "comity").rglob("__init__.py"):
        assert path.read_text("utf-8").startswith('"""'), path


def test_nothing_fetches_over_the_network() -> None:
    # import-linter cannot name a part of a package of the standard library, and urllib.parse is welcome
    source = REPOSITORY / "src" / "comity"
    fetching = [
        path.name for path in source.rglob("*.py") if re.search(r"urllib\.request|from urllib import request", path.read_text("utf-8"))
    ]
    assert fetching == []
