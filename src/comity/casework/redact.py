"""Redacting: a bundle for those who may not see everything, sealed like any other, with every withholding on record and provable."""

import csv
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from comity import __version__
from comity.casework.clock import now
from comity.casework.derive import EXAMPLE_WORLDS, FINDINGS, keep_example_worlds, put
from comity.casework.derive_again import Drafting, derive_again
from comity.casework.folder import Folder
from comity.casework.knowledge import know_again
from comity.casework.node_key import node_key
from comity.casework.open_case import Actor, performer
from comity.casework.output_file import require_free
from comity.casework.progress import Progress
from comity.casework.read_material import parser_versions
from comity.casework.records import Records
from comity.casework.redacted_case import DERIVED, REDACTED, RedactedCase, put_ledger, stage
from comity.casework.view import reference_uses, view_case
from comity.casework.write_report import outputs
from comity.evidence import manifest
from comity.evidence.authorization import GRANTED
from comity.evidence.exhibit import Exhibit, Place
from comity.evidence.redaction import WITHHELD, joined, leaf_of, part_around, withholdings
from comity.exchange.bundle import write
from comity.ledger import KeyKind, checkpoint_of, leaves
from comity.observables import FILE
from comity.terms.canonical import Json
from comity.terms.digest import Digest
from comity.terms.errors import SettingsError, StateError

_WANTED = re.compile(r"([1-9][0-9]{0,11})((?:\.[1-9][0-9]{0,8})*)(?:@([0-9]{1,15})\+([1-9][0-9]{0,14}))?")
_LARGEST_LIST = 16 * 2**20
_EXAMPLE = "Name an exhibit (3), a file inside a mail (7.2), or a range of bytes (7@1000+500: 500 bytes at byte 1000)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be withheld, as `_EXAMPLE` says it, and on which ground."""

    what: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """What was written: exhibits acquired, how many are withheld whole and in part, acts not shown, the head, size in bytes."""

    exhibits: int
    whole: int
    parts: int
    hidden: int
    head: str
    fingerprint: str
    bytes: int


def wishes(path: Path) -> tuple[Wish, ...]:
    """Return the wishes in a list: CSV with the columns exhibit and ground, or TOML with tables [[withhold]] of the same two.

    SettingsError when it is neither, naming the line.
    """
    if path.stat().st_size > _LARGEST_LIST:
        raise SettingsError(f"{path} is larger than a list can be", remedy=_EXAMPLE)
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = tomllib.loads(text)["withhold"] if path.suffix == ".toml" else list(csv.DictReader(text.splitlines()))
        return tuple(Wish(what=str(row["exhibit"]).strip(), ground=str(row["ground"]).strip()) for row in rows)
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise SettingsError(
            f"{path} is no list of what to withhold: {error}", remedy="CSV: exhibit,ground. TOML: [[withhold]] exhibit = , ground = ."
        ) from error


def redact(folder: Folder, wanted: Sequence[Wish], *, output: Path, originals: bool, jobs: int, progress: Progress) -> Redaction:
    """Enter what is withheld, write the case without it to the bundle `output`, and return what was written.

    What was withheld before stays withheld. All that is made from exhibits is made again without them, so that nothing of them
    is left in findings, tables, letters, report or graph; nothing in the case changes but its ledger.

    StateError when nothing was derived yet, for an exhibit that does not exist, and where what is withheld would be seen all the
    same: in an exhibit of the same bytes, or a link that names it.
    """
    require_free(folder, output)
    _require_analysis(folder)
    with folder.locked("comity redact"):
        _enter(folder, wanted)
        if not withholdings(folder.entries()):
            raise SettingsError("nothing is to be withheld", remedy=f"Give --withhold with --ground, or seal the case. {_EXAMPLE}")
        with TemporaryDirectory(dir=output.resolve().parent, prefix=".comity-redact-") as scratch:
            case = shown(folder, Path(scratch) / "case", jobs=jobs, progress=progress)
            return _seal(folder, case, output=output, originals=originals, progress=progress)


def shown(folder: Folder, target: Path, *, jobs: int, progress: Progress) -> RedactedCase:
    """Return the case without what its ledger withholds, made in the new folder `target`, all that is derived made again and entered."""
    case = stage(folder, target)
    last = next(entry for entry in reversed(folder.entries()) if entry.event == FINDINGS)
    known = know_again(reference_uses(last.object.get("snapshots")), example_worlds=folder.path / EXAMPLE_WORLDS)
    at, heuristics = now(), last.object.get("heuristics") is not False
    granted = [entry.number for entry in case.entries() if entry.event == GRANTED]
    drafting = Drafting(at=at, drafter=performer(folder.case), authorization=last.authorization or granted[-1], rests_on=case.entries()[-1])
    made = derive_again(case, known, drafting, target=target, heuristics=heuristics, jobs=jobs, progress=progress)
    worlds = keep_example_worlds(case, known)
    Actor(folder)(
        DERIVED,
        authorization=None,
        object={
            "parsers": parser_versions(),
            "snapshots": [{"snapshot": use.snapshot, "dated": use.dated, "sha256": use.sha256} for use in known.uses],
            "law_sha256": known.law_sha256,
            "heuristics": heuristics,
            "granted": drafting.authorization,
            "rests_on": drafting.rests_on.number,
        },
        result={
            "redacted": {**made.files, **worlds},
            "rows": dict(made.rows),
            "findings": made.findings,
            "left_out": dict(made.left_out),
            "requests": made.requests,
        },
        at=at,
    )
    return case


def _seal(folder: Folder, case: RedactedCase, *, output: Path, originals: bool, progress: Progress) -> Redaction:
    progress.begin("Reporting", total=None, unit="")
    key, at, entries = node_key(), now(), case.entries()
    heuristics = next(entry.object.get("heuristics") for entry in reversed(entries) if entry.event == DERIVED) is not False
    files: dict[str, Json] = {}
    for name, data in outputs(view_case(case, entries=entries, at=at, tool=__version__, heuristics=heuristics), entries=()):
        put(case.path / name, data)
        files[name] = Digest.of(data).hex
    opened = checkpoint_of(leaves(folder.entries()))
    out, whole = case.withheld, sum(each.count for each in folder.manifests())
    parts = sum(bool(one.places) for one in out)
    entry = Actor(folder)(
        REDACTED,
        authorization=None,
        object={
            "bundle": os.fsencode(output.name).decode("utf-8", errors="backslashreplace"),
            "originals": originals,
            "as_of_entry": entries[-1].number,
            "withheld": len(out) - parts,
            "in_part": parts,
        },
        result={"key": key.fingerprint, "log_key": key.known_as(opened.origin, KeyKind.NOTE).encode(), "redacted": files},
        at=at,
    )
    put_ledger(folder, case.path)
    ledger = folder.entries()
    size = sum(path.stat().st_size for path in case.path.rglob("*") if path.is_file())
    progress.begin("Sealing", total=size, unit="bytes")
    checkpoint = key.sign(checkpoint_of(leaves(ledger)))
    bundle = write(
        output, case=case.path, entries=ledger, checkpoint=checkpoint, originals=originals, redacted=True, progress=progress.advance
    )
    progress.end()
    return Redaction(
        exhibits=whole,
        whole=len(out) - parts,
        parts=parts,
        hidden=len(ledger) - len(case.entries()),
        head=entry.digest.hex,
        fingerprint=key.fingerprint,
        bytes=bundle.size,
    )


def _enter(folder: Folder, wanted: Sequence[Wish]) -> None:
    """Check every wish, then enter them; an exhibit withheld in the same way before is not entered again."""
    asked: dict[str, tuple[str, tuple[Place, ...]]] = {}
    for wish in wanted:
        if not wish.ground.strip():
            raise SettingsError(
                f"no ground is given for withholding {wish.what}", remedy='For example --ground "legal privilege: counsel".'
            )
        number, places = _places(folder, wish.what)
        ground, before = asked.get(number, (wish.ground, places))
        if wish.ground not in ground:
            ground = f"{ground}; {wish.ground}"
        asked[number] = ground, joined((*before, *places)) if before and places else ()
    held = {one.number: one for one in withholdings(folder.entries())}
    for number in asked.keys() & held.keys():
        ground, places = asked[number]
        asked[number] = ground, joined((*held[number].places, *places)) if held[number].places and places else ()
    _require_nowhere_else(
        folder, {number for number, (_, places) in asked.items() if not places} | {n for n, o in held.items() if not o.places}
    )
    act = Actor(folder)
    for number, (ground, places) in sorted(asked.items(), key=lambda item: int(item[0])):
        if number in held and (held[number].ground, held[number].places) == (ground, places):
            continue
        ranges: list[Json] = [[place.offset, place.length] for place in places]
        about: dict[str, Json] = {"exhibit": number, "ground": ground, "leaf": leaf_of(_line(folder, number)).hex}
        act(WITHHELD, authorization=None, object={**about, "ranges": ranges} if ranges else about, result={})


def _places(folder: Folder, what: str) -> tuple[str, tuple[Place, ...]]:
    """Return the acquired exhibit that a wish is about, and the places in it; none when it is withheld whole."""
    shape = _WANTED.fullmatch(what)
    if shape is None:
        raise SettingsError(f"{what[:60]!r} names nothing that can be withheld", remedy=_EXAMPLE)
    number, inside, offset, length = shape.groups()
    exhibit = folder.exhibit(number)
    if offset is None and not inside:
        return number, ()
    if exhibit.location is None:
        raise StateError(f"exhibit {number} has no bytes", remedy="Withhold it whole.")
    if inside and offset is not None:
        raise SettingsError(f"{what} names a range of what lies inside an exhibit", remedy=_EXAMPLE)
    place = _inside(folder, exhibit, f"{number}{inside}") if inside else Place(offset=int(offset), length=int(length))
    if place.offset + place.length > exhibit.size:
        raise StateError(f"exhibit {number} has {exhibit.size} bytes; {what} lies beyond", remedy=_EXAMPLE)
    return number, (place,)


def _inside(folder: Folder, exhibit: Exhibit, child: str) -> Place:
    """Return the place, in `exhibit`, of the mail part in which the child lies; StateError where bytes of another kind would tell of it."""
    outer = ".".join(child.split(".")[:2])
    table = Records(folder.path / "derived" / "records").table(FILE)
    found = table.filter(pl.col("number") == child).collect()
    around = table.filter(pl.col("number") == outer).collect()
    if not found.height or not around.height:
        raise StateError(f"nothing inside exhibit {exhibit.number} has the number {child}", remedy="`comity coverage --exhibit` lists it.")
    row = around.row(0, named=True)
    if not str(row["member"]).startswith("mime:"):
        # a container says name, size and a checksum of its member elsewhere, and compressed bytes cannot be filled
        raise StateError(f"{child} lies in a container that would go on telling of it", remedy=f"Withhold exhibit {exhibit.number} whole.")
    with folder.open_exhibit(exhibit) as stream:
        body = Place(offset=row["trace.offset"], length=row["trace.length"])
        return part_around(stream, body, where=f"{child} of exhibit {exhibit.number}")


def _require_nowhere_else(folder: Folder, out: set[str]) -> None:
    """Raise StateError when the content of an exhibit that is withheld whole, or its name, would be seen in one that is not."""
    digests = {one.sha256.hex: one.number for one in folder.exhibits() if one.number in out and one.sha256 is not None and one.size}
    names = {one.name_bytes.rpartition(b"/")[2]: one.number for one in folder.exhibits() if one.number in out}
    also = [
        f"{one.number} (the bytes of {digests[one.sha256.hex]})" for one in _others(folder, out) if one.sha256 and one.sha256.hex in digests
    ]
    also += [
        f"{one.number} (a link to {names[target]})"
        for one in _others(folder, out)
        if one.link_target is not None and (target := one.link_target.rpartition(b"/")[2]) in names
    ]
    table = Records(folder.path / "derived" / "records").table(FILE).filter(pl.col("sha256").is_in(list(digests)))
    also += [
        f"{number} (the bytes of {digests[digest]}, inside another)"
        for number, digest in table.select("number", "sha256").collect().iter_rows()
        if number.partition(".")[0] not in out
    ]
    if also:
        listed = ", ".join(also[:20])
        raise StateError(f"what is withheld would be seen all the same in {listed}", remedy="Withhold these, too.")


def _others(folder: Folder, out: set[str]) -> Iterator[Exhibit]:
    return (one for one in folder.exhibits() if one.number not in out)


def _line(folder: Folder, number: str) -> bytes:
    for acquired in folder.manifests():
        if acquired.first <= int(number) < acquired.first + acquired.count:
            with folder.store.open(acquired.manifest) as stream:
                for place, line in enumerate(manifest.lines(stream, where=acquired.manifest), acquired.first):
                    if place == int(number):
                        return line
    raise StateError(f"there is no exhibit {number} in this case", remedy="`comity report` lists the exhibits.")


def _require_analysis(folder: Folder) -> None:
    if not any(entry.event == FINDINGS for entry in folder.entries()):
        raise StateError("nothing was derived in this case yet", remedy="Run `comity investigate` first.")
