"""comity investigate FOLDER."""

import os
import sys
from pathlib import Path

import click

from comity.casework import authorize
from comity.casework.authorize import AuthorizationGiven
from comity.casework.investigate import Order
from comity.casework.investigate import investigate as run_investigation
from comity.casework.open_case import Particulars
from comity.casework.summary import summarize
from comity.casework.unit import Description
from comity.cli import exit_codes, render, summary_table
from comity.cli.progress_bar import ProgressBar
from comity.cli.words import text
from comity.evidence.acquisition import ALGORITHMS

_BASES = ("consent", "warrant", "statute", "emergency")


def older_digests(value: str) -> tuple[str, ...]:
    """Return the algorithms named in "md5,sha1" but SHA-256, which always is taken; a usage error for any other."""
    named = [name.strip().lower().replace("-", "") for name in value.split(",")] if value else []
    if unknown := sorted(set(named) - set(ALGORITHMS)):
        raise click.BadParameter(f"{unknown[0][:40]!r} is none of {', '.join(ALGORITHMS)}.")
    return tuple(name for name in ALGORITHMS if name in named and name != "sha256")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--case", "case", type=click.Path(path_type=Path), required=True, help="Case folder: made, or gone on with.")
@click.option("--state", type=text, help="Your state, ISO 3166 (BR, DE, ...). Asked for once per case.")
@click.option("--authority", type=text, help="Name of the unit that investigates. Asked for once per case.")
@click.option("--title", type=text, help="A title for the case; the folder's name otherwise.")
@click.option(
    "--basis", type=text, help='What allows you to do this: consent:"who", warrant:"order", statute:"provision" or emergency:"danger".'
)
@click.option("--issuer", type=text, help="Who issued it; for a consent, who gave it.")
@click.option("--scope", type=text, help="What may be acquired and examined; the folder otherwise.")
@click.option("--from", "start", type=text, help="From when it holds, with zone (2026-11-20T00:00:00Z); now otherwise.")
@click.option("--until", type=text, help="Until when it holds; a warrant and an emergency need it.")
@click.option("--authorization", "file", type=click.Path(path_type=Path, dir_okay=False), help="All of these in a TOML file instead.")
@click.option("--offence", type=text, default="", help="The provision of your own law, for the letters: asked about otherwise.")
@click.option("--contact", type=text, multiple=True, help="A line of who answers queries (name, telephone, hours); repeat it.")
@click.option("--reference", "example_world", type=click.Path(path_type=Path), help="An example world, for exercises (folder or name).")
@click.option("--digests", type=older_digests, default="", metavar="LIST", help="Digests beside SHA-256: md5, sha1 or md5,sha1. Slower.")
@click.option(
    "--heuristics/--no-heuristics", default=True, show_default=True, help="Make findings that rest on rules of thumb, or leave them out."
)
@click.option(
    "--timestamp",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a request to have the acquisition stamped (.tsq); see comity timestamp.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="Child processes that read; the number of processors otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def investigate(
    folder: Path,
    case: Path,
    state: str | None,
    authority: str | None,
    title: str | None,
    basis: str | None,
    issuer: str | None,
    scope: str | None,
    start: str | None,
    until: str | None,
    file: Path | None,
    offence: str,
    contact: tuple[str, ...],
    example_world: Path | None,
    digests: tuple[str, ...],
    heuristics: bool,
    timestamp: Path | None,
    jobs: int | None,
    as_json: bool,
) -> int:
    """Preserve, read, analyse, route, draft and report the material in FOLDER.

    Nothing leaves this machine, and FOLDER is never written to. The same command again resumes where it was stopped.
    """
    option_basis, reference = authorize.from_option(basis)
    given = AuthorizationGiven(basis=option_basis, reference=reference, issuer=issuer, scope=scope, start=start, until=until)
    if file is not None:
        if not given.empty:
            raise click.UsageError("Give the authorization as options or as a file, not both.")
        given = authorize.from_file(file)
    asking = sys.stdin.isatty() and sys.stderr.isatty() and not as_json
    order = Order(
        material=folder,
        case=case,
        particulars=Particulars(title=title, state=state, authority=authority),
        authorization=given,
        description=Description(offence=offence, contact=contact),
        example_world=example_world,
        digests=("sha256", *digests),
        heuristics=heuristics,
        jobs=jobs or len(os.sched_getaffinity(0)),
        timestamp=timestamp,
    )
    with ProgressBar(quiet=as_json) as progress:
        opened = run_investigation(order, progress=progress, ask=_ask if asking else None)
    summary = summarize(opened)
    if as_json:
        render.emit_json(summary)
    else:
        summary_table.show(summary)
    return exit_codes.OK


def _ask(given: AuthorizationGiven) -> AuthorizationGiven:
    """Ask at the prompt for what is missing."""
    click.echo("What allows you to acquire and examine this material?", err=True)
    basis = given.basis or click.prompt("Basis", type=click.Choice(_BASES), err=True)
    asked = {
        "consent": "Who consents, and how",
        "warrant": "Which order",
        "statute": "Which provision",
        "emergency": "Which danger",
    }
    reference = given.reference or click.prompt(asked.get(basis, "What it rests on"), err=True)
    issuer, until = given.issuer, given.until
    if basis == "warrant":
        issuer = issuer or click.prompt("Issued by", err=True)
    if basis in {"warrant", "emergency"}:
        until = until or click.prompt("Valid until (2026-12-31T00:00:00Z)", err=True)
    return AuthorizationGiven(basis=basis, reference=reference, issuer=issuer, scope=given.scope, start=given.start, until=until)
