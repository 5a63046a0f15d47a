"""Pure rooms open no file, read no clock, roll no dice, touch no network."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "comity"
PURE = ("terms", "law", "ledger", "observables", "analysis", "statistics", "cooperation")
FORBIDDEN_MODULES = {"random", "secrets", "socket", "subprocess", "os", "pathlib", "shutil", "tempfile", "time", "urllib.request", "http"}
FORBIDDEN_CALLS = {"open", "input", "print", "eval", "exec", "compile", "__import__"}
FORBIDDEN_METHODS = {"now", "utcnow", "today", "read_text", "read_bytes", "write_text", "write_bytes", "uuid4", "uuid1"}
FORBIDDEN_PREFIXES = ("read_", "scan_", "sink_", "write_")  # polars and pyarrow doors to files


def pure_files() -> list[Path]:
    return sorted(path for room in PURE for path in (SOURCE / room).rglob("*.py"))


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_room_is_pure(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            assert not names & FORBIDDEN_MODULES, f"line {node.lineno}: imports {names & FORBIDDEN_MODULES}"
        if isinstance(node, ast.ImportFrom):
            assert node.module not in FORBIDDEN_MODULES, f"line {node.lineno}: imports from {node.module}"
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                assert called.id not in FORBIDDEN_CALLS, f"line {node.lineno}: calls {called.id}()"
            if isinstance(called, ast.Attribute):
                assert called.attr not in FORBIDDEN_METHODS, f"line {node.lineno}: calls .{called.attr}()"
                if isinstance(called.value, ast.Name) and called.value.id in {"pl", "pa", "pq"}:
                    assert not called.attr.startswith(FORBIDDEN_PREFIXES), f"line {node.lineno}: calls {called.value.id}.{called.attr}()"
