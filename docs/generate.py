"""Write the pages that come from the code: docs/commands.md and docs/tables.md. `--check` only compares."""
# ruff: noqa: INP001 - a script beside the pages it writes, no package

import sys
from pathlib import Path

import click

from comity.cli.main import commands
from comity.observables import TABLES

FOLDER = Path(__file__).parent


def commands_page() -> str:
    """Return every command's help as one page."""
    parts = ["# Commands\n\nWritten by `just docs` from the program's own help.\n"]
    parts += [_help(name, command, parent="comity") for name, command in commands.commands.items()]
    return "\n".join(parts)


def _help(name: str, command: click.Command, *, parent: str) -> str:
    context = click.Context(command, info_name=f"{parent} {name}", max_content_width=110, terminal_width=110)
    page = f"## {parent} {name}\n```text\n{command.get_help(context).rstrip()}\n```\n"
    if isinstance(command, click.Group):
        page += "\n" + "\n".join(_help(below, command.commands[below], parent=f"{parent} {name}") for below in sorted(command.commands))
    return page


def tables_page() -> str:
    """Return every table's columns with their types and meanings as one page."""
    trace = "Every row begins with its trace: `trace.exhibit`, `trace.member`, `trace.offset`, `trace.length`."
    parts = [f"# Tables\n\nWritten by `just docs` from `comity.observables`. {trace}\n"]
    for table in TABLES:
        parts.append(f"## {table.name}\n{table.meaning[0].upper()}{table.meaning[1:]}.\n\n| column | type | meaning |\n|---|---|---|")
        for field in table.schema:
            if not field.name.startswith("trace."):
                meaning = (field.metadata or {}).get(b"meaning", b"").decode().replace("|", "\\|")
                parts.append(f"| `{field.name}` | {field.type} | {meaning} |")
        parts.append("")
    return "\n".join(parts)


def main() -> int:
    """Write the pages, or with --check return 1 when one is out of date."""
    stale = []
    for name, text in {"commands.md": commands_page(), "tables.md": tables_page()}.items():
        path = FOLDER / name
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run `just docs`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
