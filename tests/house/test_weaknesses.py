"""No parser and no method without its known weaknesses, and no figure that the code has left behind."""

import re
from pathlib import Path

import pytest

from comity.analysis.method import Nature
from comity.casework.method_facts import methods
from comity.exchange.error_annex import techniques
from comity.observables import TABLES
from comity.parsers.registry import PARSERS

REPOSITORY = Path(__file__).parents[2]
ANALYSIS = REPOSITORY / "src" / "comity" / "analysis"
IDENTIFIER = re.compile(r"DF[TW]-1\d{3}")


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_every_parser_has_its_weaknesses(parser) -> None:
    assert f"parser:{parser.name}" in techniques(), f"add {parser.name} to src/comity/exchange/error_facts/parsers.toml"
    assert techniques()[f"parser:{parser.name}"].weaknesses


def test_every_method_has_its_facts_and_in_the_version_that_runs() -> None:
    code = [path.read_text("utf-8") for path in sorted(ANALYSIS.rglob("*.py"))]
    pattern = re.compile(r'^METHOD(?:: Final)? = "([^"]+)"\nVERSION(?:: Final)? = "([^"]+)"$', re.MULTILINE)
    running = {pair for text in code for pair in pattern.findall(text)}
    assert sum(len(re.findall(r"^METHOD\b.* = ", text, re.MULTILINE)) for text in code) == len(running)
    assert {(one.name, one.version) for one in methods().methods} == running, "renew src/comity/analysis/methods.toml"


def test_every_kind_of_finding_belongs_to_one_method() -> None:
    made = {kind for path in ANALYSIS.rglob("*.py") for kind in re.findall(r'\bkind="(\w+\.\w+)"', path.read_text("utf-8"))}
    told = [kind for one in methods().methods for kind in one.kinds]
    assert sorted(told) == sorted(made)
    tables = {table.name for table in TABLES}
    assert all(set(one.reads) <= tables and one.reads for one in methods().methods)


def test_every_method_says_how_often_it_errs_or_why_that_is_unknown() -> None:
    for one in methods().methods:
        page = (REPOSITORY / one.page).read_text("utf-8")
        for each in one.measured:
            if one.name == "phishing signs":
                assert f"{each.hits} of {each.of}" in page, "the page and the data name one figure"
        assert one.measured or one.unmeasured
        if one.nature is Nature.HEURISTIC:
            assert any("MISINT" in weakness.classes for weakness in one.weaknesses)


def test_identifiers_of_the_catalogue_have_its_form() -> None:
    for one in techniques().values():
        for identifier in (one.catalogue, *(weakness.catalogue for weakness in one.weaknesses)):
            assert not identifier or IDENTIFIER.fullmatch(identifier), one.key
        assert not one.catalogue.startswith("DFW")
        assert all(weakness.text and weakness.mitigation for weakness in one.weaknesses)
        assert one.weaknesses, one.key
