"""Example worlds: invented holders of documentation addresses, for exercises and demonstrations.

A folder of `snapshot.toml`, `allocations.csv` (cidr,country,registry,holder,contact), `networks.csv` (cidr,asn,name) and
`banks.csv` (country,bank_code,bic,name). Only documentation addresses and numbers may stand in it, so that nothing
invented can ever be said of a real address.
"""

import csv
import io
import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import Path

from comity.reference.snapshot import Snapshot, World, read_snapshot
from comity.reference.special import DOCUMENTATION, special
from comity.terms.errors import ReferenceDataError

ALLOCATIONS, NETWORKS, BANKS = "allocations.csv", "networks.csv", "banks.csv"
_COLUMNS = {
    ALLOCATIONS: ("cidr", "country", "registry", "holder", "contact"),
    NETWORKS: ("cidr", "asn", "name"),
    BANKS: ("country", "bank_code", "bic", "name"),
}
# RFC 5398 (documentation) and RFC 6996 (private use)
_INVENTED_NUMBERS = (range(64496, 64512), range(64512, 65535), range(65536, 65552), range(4_200_000_000, 4_294_967_295))
_MOST_BYTES = 8 * 1024 * 1024


def read(folder: Path) -> tuple[Mapping[str, bytes], Snapshot]:
    """Return the CSV files and the description of the example world in `folder`; ReferenceDataError where it is not one."""
    snapshot = read_snapshot(folder)
    if snapshot.world is not World.EXAMPLE:
        msg = f'{folder}: a folder with a description is imported only when it says world = "example"'
        raise ReferenceDataError(msg, remedy="Import real facts from the file their publisher gives.")
    files = {name: (folder / name).read_bytes() for name in _COLUMNS if (folder / name).is_file()}
    if ALLOCATIONS not in files:
        msg = f"{folder}: an example world needs {ALLOCATIONS}"
        raise ReferenceDataError(msg)
    for name in files:
        rows(folder, name)
    return files, snapshot


def rows(folder: Path, name: str) -> tuple[dict[str, str], ...]:
    """Return the checked rows of the file `name` of the example world in `folder`; none when it is absent."""
    path = folder / name
    if not path.is_file():
        return ()
    if path.stat().st_size > _MOST_BYTES:
        msg = f"{path}: larger than {_MOST_BYTES} bytes"
        raise ReferenceDataError(msg)
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        found = tuple(_checked(reader, path, _COLUMNS[name]))
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: not a CSV file in UTF-8 ({error})"
        raise ReferenceDataError(msg) from error
    return found


def _checked(reader: "csv.DictReader[str]", path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if tuple(reader.fieldnames or ()) != columns:
        msg = f"{path}: its first line must be {','.join(columns)}"
        raise ReferenceDataError(msg)
    for row in reader:
        place = f"{path}, line {reader.line_num}"
        if None in row or None in row.values():
            msg = f"{place}: needs {len(columns)} fields"
            raise ReferenceDataError(msg)
        if "cidr" in row:
            _documentation_only(row["cidr"], place)
        if "asn" in row and not (
            row["asn"].isascii() and row["asn"].isdigit() and any(int(row["asn"]) in some for some in _INVENTED_NUMBERS)
        ):
            msg = f"{place}: {row['asn'][:20]!r} is no number for documentation (64496 to 64511, 65536 to 65551) or private use"
            raise ReferenceDataError(msg)
        yield row


def _documentation_only(prefix: str, place: str) -> None:
    try:
        network = ipaddress.ip_network(prefix)
    except ValueError as error:
        msg = f"{place}: not a prefix: {prefix[:60]!r}"
        raise ReferenceDataError(msg) from error
    if {special(str(network[0])), special(str(network[-1]))} != {DOCUMENTATION}:
        msg = f"{place}: {prefix} is no documentation address; an example world may speak of nothing else"
        raise ReferenceDataError(msg, remedy="Use 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32 or 3fff::/20.")
