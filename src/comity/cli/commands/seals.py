"""comity checkpoint, witness, prove and timestamp: seals that others keep, and proofs for others."""

from pathlib import Path

import click

from comity.casework import prove as proving
from comity.casework import timestamp as stamping
from comity.casework import witness as witnessing
from comity.casework.checkpoint_case import LARGEST_NOTE, sign_checkpoint, take_cosigned
from comity.casework.folder import Folder
from comity.casework.outgoing import read_small, require_free, write_new
from comity.cli import exit_codes, render
from comity.exchange.timestamp_token import Algorithm
from comity.ledger import VerifierKey
from comity.terms.errors import SettingsError
from comity.terms.instant import format_instant

_CASE = click.Path(path_type=Path, exists=True, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_NEW = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("-o", "--output", type=_NEW, help="Write the request for a witness here: log name, number of entries, root, proof of growth.")
@click.option("--since", type=click.IntRange(0), help="How many entries the witness cosigned last; what the ledger knows otherwise.")
@click.option("--cosigned", type=_FILE, help="Take in what a witness sent back.")
@click.option("--witness", metavar="NAME+ID+KEY", help="The key of that witness, as it told you.")
def checkpoint(case: Path, output: Path | None, since: int | None, cosigned: Path | None, witness: str | None) -> int:
    """Sign how far the ledger is, for a witness to cosign; or take the cosigned checkpoint in."""
    folder = Folder.open(case)
    if cosigned is None:
        if witness is not None:
            raise SettingsError("--witness goes with --cosigned", remedy="Name the file that the witness sent back.")
        signed = sign_checkpoint(folder, output=output, since=since)
        click.echo(f"Signed: {signed.size} ledger entries, root {signed.root}")
        click.echo(f"Key of this log, for the witness: {signed.key.encode()}")
        if output is not None:
            click.echo(
                render.safe(f"Request {output}, from {signed.since} entries on. The witness runs: comity witness {output.name} -o COSIGNED")
            )
        return exit_codes.OK
    if witness is None or output is not None or since is not None:
        raise SettingsError("--cosigned needs --witness, and neither -o nor --since", remedy="Give --cosigned FILE --witness NAME+ID+KEY.")
    taken = take_cosigned(folder, cosigned, witness=_key(witness))
    click.echo(render.safe(f"Kept: {taken.size} entries cosigned by {taken.key.name} at {format_instant(taken.at)} of its clock"))
    click.echo(f"Entered as ledger entry {taken.entry}")
    return exit_codes.OK


@click.command()
@click.argument("request", metavar="REQUEST", type=_FILE)
@click.option("-o", "--output", type=_NEW, required=True, help="The cosigned checkpoint to write.")
@click.option("--log", metavar="NAME+ID+KEY", help="The key of the log, as its holder told you; needed the first time.")
@click.option("--name", help="The name to witness under, such as unit7.example/witness.")
def witness(request: Path, output: Path, log: str | None, name: str | None) -> int:
    """Cosign the checkpoint of another authority's ledger. Exit status 1 when its past was rewritten: then nothing is signed."""
    require_free(output)
    data = read_small(request, most=LARGEST_NOTE)
    made = witnessing.cosign(data, log=None if log is None else _key(log), name=name)
    write_new(output, made.note.encode())
    click.echo(render.safe(f"Cosigned {made.checkpoint.size} entries of {made.checkpoint.origin}, grown from {made.since}"))
    click.echo(render.safe(f"Key of this witness, for the holder and for readers: {made.key.encode()}"))
    return exit_codes.OK


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("--exhibit", metavar="NUMBER", help="Show this exhibit to have been acquired, and no other.")
@click.option(
    "--since", type=click.IntRange(1), help="Show that the ledger begins with the so many entries somebody holds a checkpoint of."
)
@click.option("-o", "--output", type=_NEW, required=True, help="The proof to write, such as proof.json.")
def prove(case: Path, exhibit: str | None, since: int | None, output: Path) -> int:
    """Write a proof that `python3 verify.py PROOF` checks, without showing the rest of the case."""
    if output.suffix != ".json":
        raise SettingsError(f"{output} does not end in .json", remedy="Name the proof such as proof.json: the verifier goes by that.")
    folder = Folder.open(case)
    if exhibit is not None and since is None:
        shown = proving.prove_exhibit(folder, number=exhibit, output=output)
        click.echo(f"Exhibit {exhibit} is shown with {len(shown.line_path)} and {len(shown.path)} digests of what is not shown")
    elif since is not None and exhibit is None:
        proving.prove_growth(folder, since=since, output=output)
        click.echo(f"Growth from {since} entries is shown")
    else:
        raise SettingsError("one of --exhibit and --since is needed", remedy="For example: comity prove DIR --exhibit 3 -o proof.json")
    click.echo(render.safe(f"Proof {output}. Check it anywhere: python3 verify.py {output.name}"))
    return exit_codes.OK


@click.command()
@click.argument("case", metavar="DIR", type=_CASE)
@click.option("-o", "--output", type=_NEW, help="The request to write (.tsq), for the timestamping authority.")
@click.option("--entry", type=click.IntRange(1), help="The ledger entry to have stamped; the newest otherwise.")
@click.option("--acquisition", is_flag=True, help="Have the entry of the newest acquisition stamped.")
@click.option(
    "--digest", type=click.Choice([one.value for one in Algorithm]), default=Algorithm.SHA256.value, show_default=True, help="What is sent."
)
@click.option("--answer", type=_FILE, help="Take in the authority's answer (.tsr).")
@click.option("--trust", type=_FILE, help="Certificates (PEM) that lead to the authority, its root among them.")
def timestamp(
    case: Path, output: Path | None, entry: int | None, acquisition: bool, digest: str, answer: Path | None, trust: Path | None
) -> int:
    """Ask for a timestamp over a ledger entry and all before it, or take the authority's answer in."""
    folder = Folder.open(case)
    if answer is not None:
        if trust is None or output is not None or entry is not None or acquisition:
            raise SettingsError(
                "--answer needs --trust, and neither -o nor an entry", remedy="Give --answer FILE.tsr --trust CERTIFICATES.pem"
            )
        taken = stamping.take_answer(folder, answer, trust=trust)
        by = render.safe(taken.token.authority)
        click.echo(f"Kept: entry {taken.entry} and all before it existed at {format_instant(taken.token.at)}, says {by}")
        click.echo(f"Policy {taken.token.policy}, serial number {taken.token.serial:x}. Entered as ledger entry {taken.recorded}")
        return exit_codes.OK
    if output is None or trust is not None or (acquisition and entry is not None):
        raise SettingsError(
            "a request needs -o, and one entry at most", remedy="Give -o request.tsq, or --answer FILE.tsr --trust FILE.pem"
        )
    wanted = stamping.newest_acquisition(folder.entries()) if acquisition else entry
    number = stamping.request_timestamp(folder, entry=wanted, algorithm=Algorithm(digest), output=output)
    click.echo(render.safe(f"Request {output} over ledger entry {number}. Send it to the authority; what it sends back:"))
    click.echo(f"comity timestamp {render.safe(str(case))} --answer ANSWER.tsr --trust CERTIFICATES.pem")
    return exit_codes.OK


def _key(text: str) -> VerifierKey:
    try:
        return VerifierKey.decode(text)
    except ValueError as error:
        raise SettingsError(f"{text[:200]} is not a key: {error}", remedy="Copy the whole of NAME+ID+KEY.") from error
