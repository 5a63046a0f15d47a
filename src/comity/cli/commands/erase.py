"""comity retain DIR --until DATE and comity erase DIR --exhibit N."""

from pathlib import Path

import click

from comity.casework.clock import now
from comity.casework.erase import derive_what_remains, erase, erase_due
from comity.casework.folder import Folder
from comity.casework.retain import retain
from comity.cli import exit_codes, render
from comity.cli.progress_bar import ProgressBar
from comity.cli.words import text
from comity.terms.errors import SettingsError

_CASE = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command("retain")
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("--until", type=text, required=True, help="The day (2031-12-31) or instant from which content may be erased.")
@click.option("--ground", type=text, required=True, help="The rule or order that says so.")
@click.option("--exhibit", "exhibits", type=text, multiple=True, help="Number of an exhibit; repeat it; all otherwise.")
def retain_command(case: Path, until: str, ground: str, exhibits: tuple[str, ...]) -> int:
    """Enter until when content is kept. Nothing is erased by it: that is `comity erase DIR --due`."""
    entry = retain(Folder.open(case), exhibits, until=until, ground=ground)
    click.echo(f"Entered in ledger entry {entry.number}.")
    return exit_codes.OK


@click.command("erase")
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("--exhibit", "exhibits", type=text, multiple=True, help="Number of an exhibit; repeat it.")
@click.option("--ground", type=text, default="", help="The rule or order that says so.")
@click.option("--due", is_flag=True, help="Erase all whose retention has ended (see comity retain).")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Child processes that read what remains.")
def erase_command(case: Path, exhibits: tuple[str, ...], ground: str, due: bool, jobs: int) -> int:
    """Erase the content of exhibits, and all files made from exhibits. Names, digests and proofs remain; it cannot be undone.

    Bytes are overwritten in the case folder. What a journal, a snapshot, a backup, a copy-on-write file system or the spare
    cells of an SSD still hold is out of reach, and so are bundles handed on: keep cases on an encrypted disk, and destroy its key.
    """
    if due and exhibits:
        raise SettingsError("--due and --exhibit are two ways to say it", remedy="Give one of them.")
    folder = Folder.open(case)
    done = erase_due(folder, at=now()) if due else erase(folder, exhibits, ground=ground)
    if done is None:
        click.echo("No exhibit's retention has ended.")
        return exit_codes.OK
    click.echo(f"Erased: exhibits {', '.join(done.exhibits)} ({done.bytes:,} bytes), and {done.files:,} files made from exhibits.")
    with ProgressBar() as progress:
        made = derive_what_remains(folder, jobs=jobs, progress=progress)
    if made:
        click.echo("These were made again from what remains.")
    else:
        click.echo(render.safe(f"They are made again under a live authorization: comity investigate MATERIAL --case {case} --basis ..."))
    return exit_codes.OK
