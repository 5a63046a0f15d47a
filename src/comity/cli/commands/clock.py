"""comity clock DIR."""

from pathlib import Path

import click

from comity.casework.compare_clock import ClockComparison, compare_clock, exhibit_ranges, given_instant, in_words
from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.cli import exit_codes, render
from comity.cli.words import text


@click.command()
@click.argument("case", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--exhibits", type=text, required=True, help="The exhibits that came from the device: 3, 3-9 or 3-9,12.")
@click.option("--device", type=text, required=True, help="Which device: make, place, serial number.")
@click.option("--shown", type=text, required=True, help="What its clock showed, with the offset it is set to (2026-11-20T14:05:32+01:00).")
@click.option("--true", "true", type=text, required=True, help="What the time was, with zone (2026-11-20T13:00:00Z).")
@click.option("--how", type=text, required=True, help="What true time was taken from, and by whom.")
def clock(case: Path, exhibits: str, device: str, shown: str, true: str, how: str) -> int:
    """Record what a device's clock showed against true time.

    The statement enters the ledger and is shown in the report. No record is changed: its times stay as the device wrote them.
    """
    comparison = ClockComparison(
        exhibits=exhibit_ranges(exhibits),
        device=device,
        shown=given_instant(shown, option="--shown"),
        true=given_instant(true, option="--true"),
        how=how,
    )
    folder = Folder.open(case)
    with folder.locked("comity clock"):
        entry = compare_clock(folder, Actor(folder), comparison)
    click.echo(render.safe(f"Entry {entry.number}: the clock of {device} was {in_words(comparison.ahead)}. No record was changed."))
    return exit_codes.OK
