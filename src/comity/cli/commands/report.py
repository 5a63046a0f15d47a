"""comity report DIR and comity requests DIR."""

from pathlib import Path

import click

from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.casework.summary import summarize
from comity.casework.write_report import write_report
from comity.cli import exit_codes, render, summary_table
from comity.cli.progress_bar import ProgressBar

_CASE = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option(
    "--heuristics/--no-heuristics", default=True, show_default=True, help="Show findings that rest on rules of thumb, or leave them out."
)
@click.option("--json", "as_json", is_flag=True, help="Print the case summary as one JSON object.")
def report(case: Path, heuristics: bool, as_json: bool) -> int:
    """Write the report of the case in DIR again, with its graph and indicators, and show where it is."""
    folder = Folder.open(case)
    with folder.locked("comity report"), ProgressBar(quiet=as_json) as progress:
        write_report(folder, Actor(folder), heuristics=heuristics, progress=progress)
    summary = summarize(folder)
    if as_json:
        render.emit_json(summary)
    else:
        summary_table.show(summary)
    return exit_codes.OK


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("--json", "as_json", is_flag=True, help="Print the requests as a JSON array.")
def requests(case: Path, as_json: bool) -> int:
    """List who is to be asked for what, most perishable first, and what is still missing."""
    summary = summarize(Folder.open(case))
    if as_json:
        render.emit_json(summary["requests"])
    else:
        summary_table.show_requests(summary, questions=True)
    return exit_codes.OK
