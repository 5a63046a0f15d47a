"""comity note DIR "text" and comity disclose DIR -o FOLDER|x.zip."""

from pathlib import Path

import click

from comity.casework.disclose import disclose as disclose_case
from comity.casework.folder import Folder
from comity.casework.note import write_note
from comity.cli import exit_codes, render
from comity.cli.progress_bar import ProgressBar
from comity.cli.words import text

_CASE = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.argument("words", metavar="TEXT", type=text)
@click.option("--exhibit", type=text, default="", help="Number of the exhibit it is about; the case as a whole otherwise.")
def note(case: Path, words: str, exhibit: str) -> int:
    """Put TEXT on record in the ledger, under your account and the present time. It is disclosed, and cannot be taken back."""
    entry = write_note(Folder.open(case), words, about=exhibit)
    click.echo(f"Noted in ledger entry {entry.number}, SHA-256 {entry.digest}")
    return exit_codes.OK


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="A new folder, or a file that ends in .zip.")
def disclose(case: Path, output: Path) -> int:
    """Write what the defence gets: all findings, what was looked for and not found, notes, unread parts, methods and their errors."""
    with ProgressBar() as progress:
        done = disclose_case(Folder.open(case), output=output, progress=progress)
    click.echo(render.safe(f"{output}: {done.files} files; the list of their digests has the SHA-256 {done.sums_sha256}"))
    click.echo(f"Findings: {done.findings:,}. Methods that found nothing: {done.negative:,}. Notes: {done.notes:,}.")
    return exit_codes.OK
