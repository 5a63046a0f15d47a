"""One folder full of attacks, through `comity investigate` and everything that shows or hands on what was found."""

import csv
import json
import unicodedata
from pathlib import Path

import pytest
from hostile_folder import FORMULA, MARK, write
from lxml import html

from comity.casework.records import Records
from comity.observables import DEFECT, FILE
from command_line import CONSENT, comity, done, here
from trace_bounds import outside

LOADING = {"script", "iframe", "object", "embed", "link", "base", "frame", "form", "audio", "video", "source", "applet", "meta"}
FAILURES = {"parser_failed", "parser_crashed", "limit_time", "limit_memory", "not_parsed", "place_outside"}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict, int]:
    place = tmp_path_factory.mktemp("attacked")
    count = write(place / "material")
    finished = comity("investigate", place / "material", "--case", place / "case", *CONSENT, "--json", seconds=500)
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert finished.stderr.count("\x1b") == 0
    return place / "case", json.loads(finished.stdout), count


@pytest.mark.slow
def test_everything_is_preserved_and_nothing_fails(attacked: tuple[Path, dict, int]) -> None:
    case, summary, count = attacked
    assert len(summary["exhibits"]) == count
    failures = [one for one in summary["defects"] if one["code"] in FAILURES]
    assert failures == []
    assert outside(case) == []
    for act in ("verify", "reproduce", "coverage"):
        finished = here(act, case)
        assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.slow
def test_bombs_are_cut_off_and_depth_is_bounded(attacked: tuple[Path, dict, int]) -> None:
    case, summary, _ = attacked
    numbers = {one["name"]: one["number"] for one in summary["exhibits"]}
    defects = Records(case / "derived" / "records").table(DEFECT).select("trace.exhibit", "code").collect().rows()
    for name, code in (
        ("bomb.gz.gz", "limit_size"),
        ("bomb.bz2", "unreadable"),
        ("bomb.tar.xz", "unreadable"),
        ("bomb.zip", "unreadable"),
        ("overlapping.zip", "entry_overlaps"),
        ("nested.zip", "limit_depth"),
    ):
        # "unreadable" by the rule for a single stream that decodes to hundreds of times its size, "limit_size" by what an exhibit may give
        number = numbers[name]
        found = {each for exhibit, each in defects if exhibit == number or exhibit.startswith(f"{number}.")}
        assert code in found, f"{name}: {found}"
    files = Records(case / "derived" / "records").table(FILE).select("size").collect()["size"]
    assert max(files) < 280 * 2**20


@pytest.mark.slow
def test_no_name_leads_anywhere(attacked: tuple[Path, dict, int]) -> None:
    case, _, _ = attacked
    assert {one.name for one in case.parent.iterdir()} == {"case", "material"}
    assert [path for path in case.parent.rglob("*") if MARK in path.name] == []
    assert not any(Path(place, MARK).exists() for place in ("/", "/tmp", "/etc", Path.cwd()))  # noqa: S108
    names = Records(case / "derived" / "records").table(FILE).select("name").collect()["name"].to_list()
    assert names.count("same") >= 2
    assert {"Same", "caf\u00e9", "cafe\u0301"} <= set(names)
    assert not any(link.is_symlink() for link in case.rglob("*"))


@pytest.mark.slow
def test_the_report_runs_and_loads_nothing(attacked: tuple[Path, dict, int]) -> None:
    text = (attacked[0] / "report.html").read_text("utf-8")
    page = html.fromstring(text)
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    allowed = [
        element
        for element in elements
        if element.tag == "meta"
        and set(element.attrib) <= {"charset", "name", "content", "http-equiv"}
        and "refresh" not in str(element.attrib).lower()
    ]
    assert [element for element in elements if element.tag in LOADING and element not in allowed] == []
    for element in elements:
        for name, value in element.attrib.items():
            assert not name.startswith("on"), f"{element.tag} {name}"
            if name in {"src", "href", "xlink:href", "action", "srcset", "background", "poster", "data"}:
                assert value.startswith(("#", "data:image/")), f"{element.tag} {name}={value[:80]}"
            if name == "style":
                assert "url(" not in value
    assert "url(http" not in text
    assert not {character for character in text if unicodedata.category(character) in {"Cc", "Cf"}} - {"\n", "\t", "\u200e", "\u00ad"}


@pytest.mark.slow
def test_the_terminal_is_not_driven(attacked: tuple[Path, dict, int]) -> None:
    case, summary, _ = attacked
    told = [done("report", case), done("requests", case), done("coverage", case, "--all"), done("verify", case)]
    told += [done("coverage", case, "--exhibit", one["number"]) for one in summary["exhibits"][:40]]
    told += [done("explain", case, finding["identity"]) for finding in summary["findings"][:6]]
    for text in told:
        bad = {character for character in text if unicodedata.category(character) in {"Cc", "Cf", "Cs"}} - {"\n", "\t"}
        assert bad == set(), [line for line in text.splitlines() if bad & set(line)][:3]


@pytest.mark.slow
def test_no_cell_of_what_is_disclosed_is_a_formula(attacked: tuple[Path, dict, int], tmp_path: Path) -> None:
    case, _, _ = attacked
    done("disclose", case, "-o", tmp_path / "disclosed")
    pages = sorted((tmp_path / "disclosed").rglob("*.csv"))
    assert len(pages) > 5
    csv.field_size_limit(2**30)
    quoted = 0
    for page in pages:
        with page.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    try:
                        float(cell)
                    except ValueError:
                        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")), f"{page.name}: {cell[:80]!r}"
                    quoted += cell.startswith("'" + FORMULA[:12])
    assert quoted
