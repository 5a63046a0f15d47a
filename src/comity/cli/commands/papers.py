"""comity certificate DIR --kind 902-14 -o out.pdf and comity annex DIR -o out.pdf."""

from pathlib import Path

import click

from comity.casework.court_papers import Written, write_annex, write_certificate
from comity.casework.folder import Folder
from comity.cli import exit_codes, render
from comity.cli.progress_bar import ProgressBar
from comity.cli.words import text
from comity.exchange.certificate import Kind

_CASE = click.Path(path_type=Path, exists=True, file_okay=False)
_OUTPUT = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), required=True, help="Which certificate (see below).")
@click.option("-o", "--output", "outputs", type=_OUTPUT, multiple=True, required=True, help="A .pdf, .docx or .json to write; repeat it.")
@click.option("--exhibit", "exhibits", type=text, multiple=True, help="Number of an exhibit it is about; repeat it; all otherwise.")
def certificate(case: Path, kind: str, outputs: tuple[Path, ...], exhibits: tuple[str, ...]) -> int:
    """Draft a certificate for a court from what the ledger shows, for a qualified person to read, complete and sign.

    902-13: records made by an electronic process. 902-14: data copied and verified by digest; the copies are hashed again
    first. expert: an expert's statement under any law. Nothing is stated that the ledger does not show.
    """
    with ProgressBar() as progress:
        written = write_certificate(Folder.open(case), Kind(kind), outputs=outputs, exhibits=exhibits, progress=progress)
    _tell(written)
    click.echo("It is a draft: nobody has signed it, and it says so on every page.")
    return exit_codes.OK


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("-o", "--output", "outputs", type=_OUTPUT, multiple=True, required=True, help="A .pdf, .docx or .json to write; repeat it.")
def annex(case: Path, outputs: tuple[Path, ...]) -> int:
    """Write the error annex: for each step performed, its technique, known weaknesses, what is done against them, what remains."""
    _tell(write_annex(Folder.open(case), outputs=outputs))
    return exit_codes.OK


def _tell(written: tuple[Written, ...]) -> None:
    for one in written:
        click.echo(render.safe(f"{one.path}  SHA-256 {one.sha256}"))
