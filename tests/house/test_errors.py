"""Every error code and every defect code has a line that says what it means and what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from comity.terms import errors

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "comity"
PAGE = (REPOSITORY / "docs" / "errors.md").read_text("utf-8")
CATALOGUE = PAGE.partition("## Defects")[2]
NO_CODES = {"guessing.py"}  # gives date orders with their reasons, which look the same
MAKES_A_DEFECT = {"Defect", "DefectRow", "Damage", "Exclusion", "defect", "_UnreadableError", "_RefusedError"}


def test_every_error_is_in_the_catalogue() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.ComityError)]
    assert len(classes) >= 8
    for kind in classes:
        assert f"| `{kind.code}` |" in PAGE, kind.__name__
        assert kind.__doc__


def test_the_catalogue_has_every_defect_and_only_those() -> None:
    files = [path for room in ("parsers", "casework") for path in sorted((SOURCE / room).rglob("*.py")) if path.name not in NO_CODES]
    made = {code: where for path in files for code, where in defect_codes(path)}
    described = {code for row in re.findall(r"^\| (`.*?) \|", CATALOGUE, flags=re.MULTILINE) for code in re.findall(r"`(\w+)`", row)}
    assert {"type_unknown", "limit_time", "encrypted", "currency_unknown", "not_acquired_whole"} <= made.keys(), "codes are no longer found"
    assert {code: where for code, where in made.items() if code not in described} == {}
    assert described - made.keys() == set()


def test_defect_codes_are_found_in_every_form_they_are_written_in(tmp_path: Path) -> None:
    file = tmp_path / "parser.py"
    file.write_text(
        'Defect(code="one", reason="r")\nraise _UnreadableError("two", "why")\n'
        'code = "three" if bad else "four"\ncode, reason = "five", f"{n} bytes"\n'
        'def _refused():\n    return "six", "it is encrypted"\n'
        'questions.append(("seven", "it is not known"))\nrow = {"code": "eight", "reason": "r"}\n'
        'code, reason = ("nine", fate) if late else ("ten", fate)\nRule("ssh", r"^Accepted x")\n',
        "utf-8",
    )
    words = {code for code, _ in defect_codes(file)}
    assert words == {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}


def defect_codes(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each defect code written in a file, with its place."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for word in _codes(node):
            if isinstance(word, ast.Constant) and isinstance(word.value, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", word.value):
                yield word.value, f"{path.name}:{word.lineno}"


def _codes(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in MAKES_A_DEFECT:
            yield from (*args[:1], *(keyword.value for keyword in keywords if keyword.arg == "code"))
        case ast.Assign(targets=[ast.Name(id="code")], value=value):
            yield from _branches(value)
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="code"), _])], value=value):
            yield from (pair.elts[0] for pair in _branches(value) if isinstance(pair, ast.Tuple))
        case ast.Tuple(elts=[ast.Constant() as code, ast.Constant(value=str(reason))]) if " " in reason:
            yield code
        case ast.Tuple(elts=[ast.Constant() as code, ast.JoinedStr()]):
            yield code
        case ast.Dict(keys=[ast.Constant(value="code"), *_], values=[code, *_]):
            yield code


def _branches(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from (*_branches(value.body), *_branches(value.orelse))
    else:
        yield value
