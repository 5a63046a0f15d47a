"""What the documentation says is what the program does."""

import re
import subprocess
import sys
from pathlib import Path

from comity.cli.main import commands
from comity.observables import TABLES

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "comity"


def test_generated_pages_are_current() -> None:
    done = subprocess.run([sys.executable, REPOSITORY / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_readme_shows_every_command_and_only_those() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    shown = set(re.findall(r"comity (\w+)", readme.replace(".venv/bin/", "")))
    assert shown == set(commands.commands)


def test_readme_links_lead_somewhere() -> None:
    for page in [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first_screen = (REPOSITORY / "README.md").read_text("utf-8").splitlines()[:30]
    for wanted in ("make demo", "make test", "comity investigate YOUR_FOLDER"):
        assert any(wanted in line for line in first_screen), wanted


def test_every_column_says_what_it_means() -> None:
    for table in TABLES:
        for field in table.schema:
            assert field.name.startswith("trace.") or (field.metadata or {}).get(b"meaning"), f"{table.name}.{field.name}"


def test_every_kind_of_finding_and_every_objection_is_explained() -> None:
    methods = "\n".join(page.read_text("utf-8") for page in (REPOSITORY / "docs" / "methods").glob("*.md"))
    analysis = "\n".join(path.read_text("utf-8") for path in (SOURCE / "analysis").rglob("*.py"))
    kinds = set(re.findall(r'\bkind="(\w+\.\w+)"', analysis))
    objections = set(re.findall(r'_objection\(\s*"([a-z-]+)"', (SOURCE / "cooperation" / "lint.py").read_text("utf-8")))
    assert len(kinds) > 10
    assert len(objections) > 20
    assert [name for name in sorted(kinds | objections) if f"`{name}`" not in methods] == []


def test_every_dependency_earns_its_place() -> None:
    page = (REPOSITORY / "docs" / "decisions" / "dependencies.md").read_text("utf-8")
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    needed = project.partition("\ndependencies = [")[2].partition("\n]")[0]
    names = re.findall(r'^  "([a-z0-9-]+)[><=]', needed, flags=re.MULTILINE)
    assert len(names) > 5
    for name in names:
        assert f"| {name} |" in page, name


def test_no_page_names_a_package_index_or_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in listed:
        path = REPOSITORY / name
        if not name or not path.is_file() or path.suffix not in {".md", ".py", ".toml", ".txt", ".yml", ""}:
            continue
        text = path.read_text("utf-8", errors="replace")
        for word in ("pypi" + ".org", "files.pythonhosted" + ".org", "/work/" + "main"):
            assert word not in text, f"{name} names {word}"
