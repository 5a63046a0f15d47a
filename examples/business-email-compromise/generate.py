"""Writes the example: the folder to investigate, the example world's reference data, and what is planted where.

    python examples/business-email-compromise/generate.py --into FOLDER     only the folder to investigate
    python examples/business-email-compromise/generate.py --all FOLDER      everything

Same program, same bytes: everything random comes from one seed, no clock is read. Modification times are set to the
times of the story, because a log without a year is dated by them (version control does not keep them).
"""

import argparse
import gzip
import io
import json
import os
import random
from datetime import datetime
from pathlib import Path

import auth_log
import correspondence
import lures
import receiving_statement
import story
import victim_statement
import web_log
from ground import Place, assemble
from truth import ground_truth
from world import reference_files

from mail import Mail, mailbox, write

_ROTATED = story.at("2026-09-01T00:00:00")
_WEB_LINES = 19_000
_UNKNOWN_BYTES = 20_480

Files = dict[str, tuple[bytes, datetime]]
Places = dict[str, dict[str, list[Place]]]


def _compressed(data: bytes, name: str, modified: datetime) -> bytes:
    target = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", fileobj=target, mtime=modified.timestamp()) as stream:
        stream.write(data)
    return target.getvalue()


def _mail(files: Files, places: Places) -> list[Mail]:
    rng = random.Random(story.SEED)
    mails = correspondence.internal(rng) + correspondence.supplier(rng) + correspondence.harmless(rng)
    planted = lures.lures(rng)
    mails += planted + lures.clerk_answers(planted, rng)
    name = "mail/marina.duarte.mbox"
    data, places[name] = assemble(name, mailbox(mails))
    files[name] = data, story.LAST_DAY
    for label, file in (
        ("lure_details", "mail/forwarded/new-bank-details.eml"),
        ("lure_credential", "mail/forwarded/mailbox-suspended.eml"),
    ):
        mail = next(mail for mail in planted if mail.label == label)
        content = write(mail, 900)
        files[file] = content, story.LAST_DAY
        places[file] = {label: [Place(file=file, offset=0, length=len(content))]}
    return mails


def _logs(files: Files, places: Places) -> None:
    rng = random.Random(story.SEED + 1)
    first = story.at("2026-08-01T00:00:00")
    lines = web_log.ordinary(rng, first, story.LAST_DAY, _WEB_LINES)
    lines += web_log.audit(rng) + web_log.break_in(rng) + web_log.webmail(rng) + web_log.damaged()
    for name, start, end in (("server/access.log.1.gz", first, _ROTATED), ("server/access.log", _ROTATED, story.LAST_DAY)):
        data, places[name] = assemble(name, web_log.in_time(lines, start, end))
        files[name] = (_compressed(data, "access.log.1", end) if name.endswith(".gz") else data), end
    name = "server/auth.log"
    ordered = sorted(auth_log.log(random.Random(story.SEED + 2)), key=lambda pair: pair[0])
    data, places[name] = assemble(name, [piece for _, piece in ordered])
    files[name] = data, story.LAST_DAY


def _statements(files: Files, places: Places) -> None:
    head, pieces, tail = victim_statement.statement(random.Random(story.SEED + 3))
    name = "bank/estaleiro-aurora-2026-06-to-10.camt053.xml"
    data, places[name] = assemble(name, pieces, head=head, tail=tail)
    files[name] = data, story.LAST_DAY
    head, pieces, tail = receiving_statement.statement(random.Random(story.SEED + 4))
    name = "bank/receiving-account-export.csv"
    data, places[name] = assemble(name, pieces, head=head, tail=tail)
    files[name] = data, story.LAST_DAY


def _unknown(files: Files) -> None:
    """Add a file nobody understands: no signature, no text, no structure."""
    files["server/erp-cache.dat"] = random.Random(story.SEED + 5).randbytes(_UNKNOWN_BYTES), story.LAST_DAY


def material() -> tuple[Files, Places, list[Mail]]:
    """Return every file of the folder to investigate with its modification time, the labelled places, and the mails."""
    files, places = Files(), Places()
    mails = _mail(files, places)
    _logs(files, places)
    _statements(files, places)
    _unknown(files)
    return files, places, mails


def write_material(target: Path) -> tuple[Places, list[Mail]]:
    """Write the folder to investigate to `target`; return the labelled places and the mails."""
    files, places, mails = material()
    for name, (data, modified) in files.items():
        _write(target / name, data, modified)
    print(f"{len(files)} files, {sum(len(data) for data, _ in files.values()):,} bytes in {target}")
    return places, mails


def write_all(target: Path) -> None:
    """Write the whole example to `target`: material/, reference/ and ground_truth.json."""
    places, mails = write_material(target / "material")
    for name, data in reference_files().items():
        _write(target / "reference" / name, data, story.LAST_DAY)
    truth = json.dumps(ground_truth(places, mails), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    _write(target / "ground_truth.json", truth.encode(), story.LAST_DAY)


def _write(path: Path, data: bytes, modified: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (modified.timestamp(), modified.timestamp()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the example; the same bytes every time.")
    parser.add_argument(
        "--into", type=Path, metavar="FOLDER", help="write only the folder to investigate, with the times of the story, to FOLDER"
    )
    parser.add_argument(
        "--all", type=Path, metavar="FOLDER", default=Path(__file__).parent, help="write everything to FOLDER (default: here)"
    )
    given = parser.parse_args()
    if given.into:
        write_material(given.into)
    else:
        write_all(given.all)
