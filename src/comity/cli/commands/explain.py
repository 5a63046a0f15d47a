"""comity explain DIR FINDING|REQUEST."""

from pathlib import Path

import click

from comity.casework.explain import explain as explain_one
from comity.casework.folder import Folder
from comity.cli import exit_codes, render


@click.command()
@click.argument("case", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("identity", metavar="FINDING|REQUEST")
def explain(case: Path, identity: str) -> int:
    """Show why: a finding's reasons and the very bytes it rests on, or a request's route and the alternatives rejected."""
    for line in explain_one(Folder.open(case), identity=identity):
        click.echo(render.safe(line))
    return exit_codes.OK
