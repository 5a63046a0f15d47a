"""comity redact DIR --withhold 3 --ground "..." -o bundle.zip."""

from pathlib import Path

import click

from comity.casework.folder import Folder
from comity.casework.redact import Wish, redact, wishes
from comity.cli import exit_codes, render
from comity.cli.progress_bar import ProgressBar
from comity.cli.words import text
from comity.terms.errors import SettingsError

_GROUND = "Pair each --withhold with a --ground, or give one --ground for all."


@click.command("redact")
@click.argument("case", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The bundle to write.")
@click.option("--withhold", type=text, multiple=True, help="An exhibit (3), a mail's file (7.2) or bytes (7@1000+500: 500 at 1000).")
@click.option("--ground", type=text, multiple=True, help='Why: "legal privilege: counsel"; one for all, or one for each.')
@click.option("--list", "listed", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A CSV or TOML list of the same.")
@click.option("--originals/--no-originals", default=True, show_default=True, help="Put the originals that are shown in, or their digests.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Child processes that read.")
def redact_command(
    case: Path, output: Path, withhold: tuple[str, ...], ground: tuple[str, ...], listed: Path | None, originals: bool, jobs: int
) -> int:
    """Write a bundle without what is privileged or unrelated: its bytes, its names and all that was made from it.

    Each withholding is entered in the ledger with its ground, and stays provable in number and digest: `comity prove` shows a
    withheld exhibit to whom a court lets see it. What was withheld once stays so in later bundles of this command.
    """
    if len(ground) not in {1, len(withhold)} and withhold:
        raise SettingsError(f"{len(withhold)} to withhold, {len(ground)} grounds", remedy=_GROUND)
    wanted = [Wish(what=what, ground=ground[min(place, len(ground) - 1)]) for place, what in enumerate(withhold)]
    wanted += wishes(listed) if listed is not None else ()
    with ProgressBar() as progress:
        done = redact(Folder.open(case), wanted, output=output, originals=originals, jobs=jobs, progress=progress)
    click.echo(f"Withheld: {done.whole:,} of {done.exhibits:,} exhibits, and parts of {done.parts:,}.")
    click.echo(f"Acts of which only digests are shown: {done.hidden:,}.")
    click.echo(f"Signed with key {done.fingerprint}, head {done.head}")
    click.echo(render.safe(f"Bundle {output} ({done.bytes:,} bytes). Check it anywhere: python3 verify.py {output.name}"))
    return exit_codes.OK
