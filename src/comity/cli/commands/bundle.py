"""comity seal DIR -o bundle.zip and comity verify DIR|bundle.zip."""

from pathlib import Path

import click

from comity import verify as verifier
from comity.casework.folder import Folder
from comity.casework.seal_case import seal_case
from comity.casework.verify_case import remembered_head
from comity.cli import exit_codes, render
from comity.cli.progress_bar import ProgressBar


@click.command()
@click.argument("case", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The bundle to write.")
@click.option("--originals/--no-originals", default=True, show_default=True, help="Put the originals in, or only their digests.")
@click.option(
    "--heuristics/--no-heuristics",
    default=True,
    show_default=True,
    help="With --no-heuristics, refuse unless findings and report were made without rules of thumb.",
)
def seal(case: Path, output: Path, originals: bool, heuristics: bool) -> int:
    """Sign the case's ledger and write a bundle that `python3 verify.py` checks without Comity."""
    with ProgressBar() as progress:
        sealed = seal_case(Folder.open(case), output=output, originals=originals, heuristics=heuristics, progress=progress)
    click.echo(f"Sealed {sealed.entries} ledger entries, head {sealed.head}")
    click.echo(f"Signed with key {sealed.fingerprint}")
    click.echo(render.safe(f"Bundle {output} ({sealed.bytes:,} bytes). Check it anywhere: python3 verify.py {output.name}"))
    return exit_codes.OK


@click.command()
@click.argument("subject", metavar="DIR|BUNDLE|PROOF", type=click.Path(path_type=Path))
@click.option("--head", help="SHA-256 the newest ledger entry must have; what this node remembers otherwise.")
@click.option("--key", help="Fingerprint the sealing key must have, as the authority told you.")
@click.option("--witness", multiple=True, metavar="NAME+ID+KEY", help="A witness's key, as the witness told you; more than once for more.")
@click.option("--trust", type=click.Path(path_type=Path), help="Certificates (PEM) that lead to timestamping authorities you trust.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
def verify(subject: Path, head: str | None, key: str | None, witness: tuple[str, ...], trust: Path | None, as_json: bool) -> int:
    """Check a case folder, a bundle or a proof: every object, entry and seal. Exit status 0 holds, 1 broken, 2 cannot be checked."""
    options = {"--head": head or remembered_head(subject), "--key": key, "--trust": None if trust is None else str(trust)}
    given = [part for name, value in options.items() if value is not None for part in (name, value)]
    given += [part for one in witness for part in ("--witness", one)]
    return verifier.main([str(subject), *given, *(["--json"] if as_json else [])])
