"""The door: one command per verb, errors turned into a sentence, a remedy and an exit status."""

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from comity import __version__
from comity.cli import exit_codes
from comity.cli.commands.bundle import seal, verify
from comity.cli.commands.clock import clock
from comity.cli.commands.coverage import coverage
from comity.cli.commands.disclosure import disclose, note
from comity.cli.commands.erase import erase_command, retain_command
from comity.cli.commands.explain import explain
from comity.cli.commands.investigate import investigate
from comity.cli.commands.machine import machine
from comity.cli.commands.papers import annex, certificate
from comity.cli.commands.redact import redact_command
from comity.cli.commands.reference import reference
from comity.cli.commands.report import report, requests
from comity.cli.commands.reproduce import reproduce
from comity.cli.commands.seals import checkpoint, prove, timestamp, witness
from comity.cli.commands.sign import sign
from comity.cli.render import safe
from comity.terms.errors import ComityError, IntegrityError

_SECTIONS: Mapping[str, tuple[click.Command, ...]] = {
    "The case": (investigate, report, requests, coverage, explain, reproduce),
    "On record": (note, clock, sign, retain_command, erase_command),
    "For the court": (certificate, annex, disclose, redact_command, seal, verify, prove),
    "Seals that others keep": (timestamp, checkpoint, witness),
    "This machine": (reference, machine),
}
_SHORT_HELP = 62


class _Sections(click.Group):
    """Lists its commands under headings, in the order a case takes."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        for heading, section in _SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{command.name:12}", command.get_short_help_str(limit=_SHORT_HELP)) for command in section])


@click.group(cls=_Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="comity")
def commands() -> None:
    """From a victim's report of cybercrime to evidence that a foreign court accepts."""


for section in _SECTIONS.values():
    for command in section:
        commands.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; the last boundary an error can reach."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status of one command line (see `exit_codes`)."""
    try:
        status = commands.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return exit_codes.CANNOT
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was reported as preserved is kept; the same command goes on from here.", err=True)
        return exit_codes.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # the reader of our output left (`comity requests DIR | head`): click exits for that, as if something were broken;
        # Python must not complain again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.UNHEARD
    except Exception as error:  # noqa: BLE001  one of the three named boundaries: nobody is shown a traceback
        return _told(error)
    return status if isinstance(status, int) else exit_codes.OK


def _told(error: Exception) -> int:
    """Say what stopped the command and how to go on; return the exit status."""
    if isinstance(error, ComityError):
        code, what, remedy = error.code, error.what, error.remedy
    elif isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        code, what = "system", f"{error.strerror or error}{where}"
        remedy = "Mend what the system says, then give the same command again."
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        code, what = (
            "fault",
            f"a fault in Comity itself: {type(error).__name__}: {error} ({Path(frame.filename).name}, line {frame.lineno})",
        )
        remedy = "What was preserved is kept. Please report this line, and run `comity verify` on the case before going on."
    click.echo(f"comity: {safe(what)}" + (f"\n{remedy}" if remedy else "") + f"\n(error {code}; see docs/errors.md)", err=True)
    return exit_codes.BROKEN if isinstance(error, IntegrityError) else exit_codes.CANNOT
