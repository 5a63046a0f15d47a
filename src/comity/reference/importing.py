"""Reading dated facts in the forms their publishers give them, into snapshots ready to be kept."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl

from comity.reference import address_files, example_world, material
from comity.reference.address_files import Reading
from comity.reference.snapshot import DESCRIPTION, Kind, Snapshot, World
from comity.terms.errors import ReferenceDataError

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
_TEXT_FORMS: tuple[tuple[str, Callable[[str, str], Reading]], ...] = (
    (r"[\d.]{1,5}\|[a-z]{2,12}\|", address_files.delegated),
    (r"\s*\{", address_files.bootstrap),
    (r"[0-9a-fA-F.:]{2,39}/\d{1,3}\s+\d{1,10}\s*$", address_files.prefix_origins),
    (r"[0-9a-fA-F.:]{2,39}\t[0-9a-fA-F.:]{2,39}\t\d{1,10}\t", address_files.range_origins),
)
_PARTIES = "state,entry_into_force,status,source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What the person importing says of a file; empty fields are taken from the file where it says them."""

    name: str = ""
    dated: date | None = None
    source: str = ""
    licence: str = ""
    note: str = ""
    listed_as: str = ""


def read(path: Path, labels: Labels) -> tuple[Mapping[str, bytes], Snapshot]:
    """Return the data files and the description of what `path` holds, recognized by content.

    Understood: RIR delegated-extended files, ipverse country archives, pyasn tables, iptoasn TSV or Parquet, autonomous
    system names (Parquet), delegation and list intervals (Parquet), plain lists of prefixes (with `listed_as`), RDAP
    bootstrap files of IANA, treaty parties (CSV), the public suffix list, and an example-world folder; each plain or
    compressed with gzip, xz or bzip2. ReferenceDataError says what is wrong and where.
    """
    if not path.exists():
        msg = f"{path}: there is no such file or folder"
        raise ReferenceDataError(msg, remedy="Check the path; nothing was imported.")
    if path.is_dir() and (path / DESCRIPTION).is_file():
        return example_world.read(path)
    reading = _reading(path, labels)
    last = labels.dated or reading.last or _day_in(path.name)
    if last is None:
        msg = f"{path}: does not say of which day its facts are"
        raise ReferenceDataError(msg, remedy="Give --dated YYYY-MM-DD: the day the publisher made it, not today.")
    return reading.files, Snapshot(
        name=labels.name or f"{reading.name}-{last.isoformat()}",
        kind=reading.kind,
        first=min(reading.first or last, last),
        last=last,
        world=World.REAL,
        rows=reading.rows,
        sha256="",
        licence=labels.licence or "not stated",
        source=labels.source or path.name,
        note=" ".join(text for text in (labels.note, reading.note) if text),
        folder=path,
    )


def _reading(path: Path, labels: Labels) -> Reading:
    if path.is_dir():
        return address_files.country_files(material.archived_files(path), str(path))
    data = material.content(path)
    if material.is_tar(data):
        return address_files.country_files(material.archived_files(path), str(path))
    if data.startswith(b"PAR1"):
        return address_files.parquet(_table(data, path), str(path), labels.listed_as)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path}: neither Parquet nor text in UTF-8 ({error})"
        raise ReferenceDataError(msg) from error
    return _text(text, data, path, labels)


def _text(text: str, data: bytes, path: Path, labels: Labels) -> Reading:
    head = text[:4096]
    first = next((line for line in head.splitlines() if line.strip() and not line.startswith(("#", ";"))), "")
    if "===BEGIN ICANN DOMAINS===" in head:
        rules = sum(1 for line in text.splitlines() if line.strip() and not line.startswith("//"))
        return Reading(kind=Kind.SUFFIXES, name="public-suffix-list", files={"public_suffix_list.dat": data}, rows=rules)
    if first == _PARTIES:
        return _parties(text, data, path)
    if labels.listed_as:
        return address_files.listed(text, labels.listed_as, str(path))
    for form, reader in _TEXT_FORMS:
        if re.match(form, first):
            return reader(text, str(path))
    msg = f"{path}: none of the forms understood; its first line is {first[:60]!r}"
    raise ReferenceDataError(msg, remedy="See docs/reference-data.md for the forms; a plain list of prefixes needs --listed-as.")


def _table(data: bytes, path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(BytesIO(data))
    except pl.exceptions.PolarsError as error:
        msg = f"{path}: a damaged Parquet file ({error})"
        raise ReferenceDataError(msg) from error


def _parties(text: str, data: bytes, path: Path) -> Reading:
    rows = pl.read_csv(BytesIO(text.encode()), infer_schema=False, truncate_ragged_lines=False)
    wrong = rows.with_row_index("line", offset=2).filter(
        ~pl.col("state").str.contains(r"^[A-Z]{2}$").fill_null(value=False)
        | ~pl.col("entry_into_force").fill_null("").str.contains(r"^(\d{4}-\d\d-\d\d)?$")
        | ~pl.col("status").is_in(["verified", "draft"]).fill_null(value=False)
        | (pl.col("source").fill_null("") == "")
    )
    if wrong.height:
        msg = f"{path}, line {wrong['line'][0]}: needs a two-letter state, a day or nothing, verified or draft, and a source"
        raise ReferenceDataError(msg)
    return Reading(kind=Kind.PARTIES, name="ets-185-parties", files={"ets-185-parties.csv": data}, rows=rows.height)


def _day_in(name: str) -> date | None:
    found = _DATE.search(name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
