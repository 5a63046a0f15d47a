"""comity machine."""

import platform
from collections.abc import Iterator

import click

from comity.cli import exit_codes, render
from comity.parsers.protections import Protection, try_out

_MEANINGS = {
    "memory": "no more than it is allowed",
    "time": "no more processor time than the exhibit's size allows",
    "files": "reads its exhibits and its libraries, writes its own scratch folder, nothing else",
    "network": "reaches nobody",
    "programs": "runs none",
    "privileges": "has no rights of an administrator, and no way to get them",
    "signals": "cannot end or disturb other processes",
    "system_calls": "starts no process, looks into none, mounts nothing, sets no clock",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def machine(as_json: bool) -> int:
    """Show what holds the readers of hostile material on this machine.

    A reader is started that tries to break each protection, as a parser would that an exhibit took over; what it does is harmless. Where
    one does not hold, reading goes on without it and every reading says so in the ledger: give such material to another machine.
    """
    found = try_out()
    if as_json:
        render.emit_json(
            {
                "system": platform.system(),
                "release": platform.release(),
                "architecture": platform.machine(),
                "protections": [
                    {
                        "name": one.name,
                        "holds": one.holds,
                        "attempts": [{"what": attempt.what, "refused": attempt.refused} for attempt in one.attempts],
                    }
                    for one in found
                ],
            }
        )
        return exit_codes.OK
    out = render.console()
    title = f"\nWhat holds a reader on {platform.system()} {platform.release()} ({platform.machine()})"
    out.print(render.table(title, ("protection", "holds", "a reader", "tried, and how it was refused"), list(_rows(found))))
    missing = [one.name for one in found if not one.holds]
    out.print("\nAll protections hold." if not missing else f"\nNot held: {', '.join(missing)}. See docs/hostile-input.md.")
    return exit_codes.OK


def _rows(found: tuple[Protection, ...]) -> Iterator[tuple[str, ...]]:
    for one in found:
        tried = "; ".join(f"{attempt.what}: {attempt.refused or 'NOT REFUSED'}" for attempt in one.attempts)
        yield one.name, "yes" if one.holds else "NO", _MEANINGS[one.name], tried
