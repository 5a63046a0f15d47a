"""`comity reference`: the dated facts findings rest on, and importing newer."""

import os
from datetime import datetime
from pathlib import Path

import click

from comity.casework.reference import available, import_reference, reference_folder
from comity.cli.render import console, emit_json, safe, table
from comity.reference.importing import Labels
from comity.reference.snapshot import Snapshot, World
from comity.terms.canonical import Json

_SHORT_DIGEST = 12


@click.group()
def reference() -> None:
    """Show or import the dated snapshots findings rest on: address holders, networks, parties to treaties."""


@reference.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array instead of a table.")
def list_snapshots(*, as_json: bool) -> None:
    """List the snapshots at hand: kind, days covered, rows, digest, origin, licence."""
    found = available(reference_folder(os.environ))
    if as_json:
        emit_json([_as_json(snapshot) for snapshot in found])
        return
    rows: list[tuple[str, ...]] = [
        (
            snapshot.name, snapshot.kind.value, _days(snapshot), f"{snapshot.rows:,}", snapshot.sha256[:_SHORT_DIGEST],
            _here(snapshot), snapshot.source, snapshot.licence,
        )
        for snapshot in found
    ]  # fmt: skip
    headings = ("name", "kind", "days", "rows", "SHA-256", "here", "from", "licence")
    console().print(table(f"{len(found)} snapshots", headings, rows, right=(3,)))


@reference.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of the snapshot; made from its kind and day when left out.")
@click.option("--dated", type=click.DateTime(["%Y-%m-%d"]), help="Day of the facts, where the file does not say it.")
@click.option("--source", default="", help="Who published it and where.")
@click.option("--licence", default="", help="Under what terms.")
@click.option("--note", default="", help="Anything a reader of a finding should know of it.")
@click.option("--listed-as", default="", help='What a plain list of addresses says of them, such as "Tor exit".')
@click.option("--json", "as_json", is_flag=True, help="Print the snapshot as JSON.")
def import_snapshot(
    path: Path, *, name: str, dated: datetime | None, source: str, licence: str, note: str, listed_as: str, as_json: bool
) -> None:
    """Import PATH as a dated snapshot; one that is there is never changed.

    Understood: RIR delegated-extended files, ipverse archives, pyasn and iptoasn tables, interval tables (Parquet), IANA
    bootstrap files, parties to ETS 185 (CSV), the public suffix list, example worlds; plain or .gz, .xz, .bz2.
    """
    labels = Labels(name=name, dated=dated.date() if dated else None, source=source, licence=licence, note=note, listed_as=listed_as)
    snapshot, new = import_reference(path, labels, into=reference_folder(os.environ))
    if as_json:
        emit_json(_as_json(snapshot))
        return
    state = "Imported" if new else "Already here, unchanged:"
    click.echo(safe(f"{state} {snapshot.name} ({snapshot.kind}, {_days(snapshot)}, {snapshot.rows:,} rows) in {snapshot.folder}"))


def _here(snapshot: Snapshot) -> str:
    here = "shipped" if snapshot.shipped else "imported"
    return here if snapshot.world is World.REAL else f"{here}, invented"


def _days(snapshot: Snapshot) -> str:
    return snapshot.last.isoformat() if snapshot.first == snapshot.last else f"{snapshot.first} to {snapshot.last}"


def _as_json(snapshot: Snapshot) -> Json:
    return {
        "name": snapshot.name,
        "kind": snapshot.kind.value,
        "first": snapshot.first.isoformat(),
        "last": snapshot.last.isoformat(),
        "world": snapshot.world.value,
        "rows": snapshot.rows,
        "sha256": snapshot.sha256,
        "shipped": snapshot.shipped,
        "source": snapshot.source,
        "licence": snapshot.licence,
        "note": snapshot.note,
    }
