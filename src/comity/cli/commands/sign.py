"""comity sign DIR REQUEST."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.casework.folder import Folder
from comity.cli import exit_codes, render
from comity.cli.words import text
from comity.terms.errors import SettingsError

if TYPE_CHECKING:
    from comity.exchange.signing_key import SigningKey

_PASSWORD = "COMITY_SIGNING_PASSWORD"  # noqa: S105 - the name of a variable
_LONGEST = 4096
_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The options that name a key."""

    key: Path | None
    certificate: Path | None
    chain: Path | None
    pkcs12: Path | None
    module: Path | None
    token: str | None
    slot: int | None
    label: str | None
    password_file: Path | None


@click.command()
@click.argument("case", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("request", metavar="REQUEST")
@click.option("--name", type=text, required=True, help="Who signs: the person's name, as it is to be read.")
@click.option("--office", type=text, required=True, help="The person's office.")
@click.option("--key", type=_FILE, help="A private key (PEM or DER), with --certificate.")
@click.option("--certificate", type=_FILE, help="The certificate of the key; further ones in the same file go into the signature.")
@click.option("--chain", type=_FILE, help="Certificates between that one and its root.")
@click.option("--pkcs12", type=_FILE, help="Key and certificate in one file (.p12, .pfx) instead.")
@click.option("--pkcs11", "module", type=_FILE, help="The library of a PKCS#11 token instead: the key stays on the token.")
@click.option("--token", type=text, help="The token's label, when there are several.")
@click.option("--slot", type=click.IntRange(0, 1000), help="Or the number of its slot.")
@click.option("--label", type=text, help="The label of the key on the token.")
@click.option("--password-file", type=_FILE, help=f"A file that holds the password or PIN alone; otherwise {_PASSWORD}, or asked for.")
def sign(
    case: Path,
    request: str,
    name: str,
    office: str,
    key: Path | None,
    certificate: Path | None,
    chain: Path | None,
    pkcs12: Path | None,
    module: Path | None,
    token: str | None,
    slot: int | None,
    label: str | None,
    password_file: Path | None,
) -> int:
    """Sign REQUEST of the case in DIR (PAdES): only one that is ready, under a live authorization, by another than its drafter.

    The signed letter is written beside the unsigned one as REQUEST.signed.pdf and entered in the ledger. A password or PIN is
    never an option: others could see it.
    """
    from comity.casework.sign_request import sign_request  # noqa: PLC0415 - what signs takes a second to load
    from comity.exchange.pdf_signature import Signatory  # noqa: PLC0415 - the same

    if not name.strip() or not office.strip():
        raise click.UsageError("Name and office of the person who signs cannot be empty.")
    given = _Given(
        key=key, certificate=certificate, chain=chain, pkcs12=pkcs12, module=module, token=token, slot=slot, label=label,
        password_file=password_file,
    )  # fmt: skip
    _require_one(given)
    password = _password(given)

    @contextmanager
    def lend(at: datetime) -> Iterator["SigningKey"]:
        with _key(given, password, at=at) as lent:
            yield lent

    signatory = Signatory(name=" ".join(name.split()), office=" ".join(office.split()))
    signed = sign_request(Folder.open(case), identity=request, signatory=signatory, lend=lend)
    click.echo(render.safe(f"Signed by {signatory.name}, {signatory.office}, with the certificate of {signed.subject}"))
    click.echo(render.safe(signed.path))
    click.echo(f"SHA-256 {signed.sha256}")
    if signed.same_account:
        click.echo("It was drawn up under this same account. Two persons are needed: only the names given here tell them apart.", err=True)
    return exit_codes.OK


def _require_one(given: _Given) -> None:
    if sum(way is not None for way in (given.key, given.pkcs12, given.module)) != 1:
        raise click.UsageError("Name one key: --key with --certificate, --pkcs12, or --pkcs11 with --label.")
    if given.key is not None and given.certificate is None:
        raise click.UsageError("--key needs --certificate.")
    if given.module is not None and given.label is None:
        raise click.UsageError("--pkcs11 needs --label, the name of the key on the token.")


@contextmanager
def _key(given: _Given, password: str | None, *, at: datetime) -> Iterator["SigningKey"]:
    from comity.exchange import signing_key  # noqa: PLC0415 - what signs takes a second to load

    if given.module is not None and given.label is not None:
        with signing_key.on_token(
            given.module, token=given.token, slot=given.slot, label=given.label, pin=password, certificate=given.certificate, at=at
        ) as key:
            yield key
    elif given.pkcs12 is not None:
        yield signing_key.from_pkcs12(given.pkcs12, password=password, at=at)
    elif given.key is not None and given.certificate is not None:
        yield signing_key.from_files(given.key, given.certificate, chain=given.chain, password=password, at=at)


def _password(given: _Given) -> str | None:
    """Return the password or PIN from where nobody else sees it: a file, the environment, the prompt; None for none."""
    if given.password_file is not None:
        try:
            with given.password_file.open(encoding="utf-8") as stream:
                return stream.read(_LONGEST).rstrip("\r\n") or None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{given.password_file} cannot be read as text", remedy="Write the password alone into it.") from error
    if _PASSWORD in os.environ:
        return os.environ[_PASSWORD] or None
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    what = "PIN of the token" if given.module is not None else "Password of the key (empty when it has none)"
    entered: str = click.prompt(what, hide_input=True, default="", show_default=False, err=True)
    return entered or None
