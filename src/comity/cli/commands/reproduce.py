"""comity reproduce DIR|bundle.zip."""

from pathlib import Path

import click

from comity.casework.reproduce import reproduce as reproduce_case
from comity.casework.unpacked import opened
from comity.cli import exit_codes, render
from comity.cli.progress_bar import ProgressBar


@click.command()
@click.argument("case", metavar="DIR|BUNDLE", type=click.Path(path_type=Path, exists=True))
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Child processes that read.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON object.")
def reproduce(case: Path, jobs: int, as_json: bool) -> int:
    """Read and analyse again from the originals and compare every digest with the ledger's."""
    with ProgressBar(quiet=as_json) as progress, opened(case) as folder:
        outcome = reproduce_case(folder, jobs=jobs, progress=progress)
    if as_json:
        render.emit_json(outcome.as_json())
    else:
        for line in outcome.lines():
            click.echo(render.safe(line))
    return exit_codes.OK if outcome.agrees else exit_codes.BROKEN
