"""The forms in which delegations, origin networks and address lists are published, read into laid-out ranges."""

import ipaddress
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import polars as pl

from comity.reference.intervals import FOREVER, Range, as_parquet, lay_out, range_of
from comity.reference.snapshot import Kind
from comity.terms.errors import ReferenceDataError

_REGISTRIES = ("afrinic", "apnic", "arin", "lacnic", "ripencc")
_REGISTRY_OF_HOST = {"afrinic": "afrinic", "apnic": "apnic", "arin": "arin", "lacnic": "lacnic", "ripe": "ripencc"}
_DELEGATED_FIELDS = 7
_MOST_RANGES = 5_000_000
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an imported file holds: data files by name, rows counted as published, and the days it speaks for where it says so."""

    kind: Kind
    name: str
    files: Mapping[str, bytes]
    rows: int
    first: date | None = None
    last: date | None = None
    note: str = ""


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to `day`."""
    return day.toordinal() - _EPOCH


def delegated(text: str, place: str) -> Reading:
    """Return the delegations of a RIR's delegated or delegated-extended file.

    Only allocated and assigned space is taken: available and reserved space has no holder.
    Source: RIR statistics exchange format, version 2.
    """
    ranges: list[Range] = []
    registry, last = "", None
    for line, fields in _fields(text, "|"):
        if fields[0][:1].isdigit():
            registry, last = fields[1], _compact_day(fields[5]) if len(fields) >= _DELEGATED_FIELDS - 1 else None
            continue
        if fields[-1] == "summary" or len(fields) < _DELEGATED_FIELDS or fields[2] not in {"ipv4", "ipv6"}:
            continue
        if fields[6] not in {"allocated", "assigned"} or not re.fullmatch(r"[A-Z]{2}", fields[1]) or fields[1] == "ZZ":
            continue
        ranges.append(_delegation(fields, place, line))
    if registry not in (*_REGISTRIES, "nro") or not ranges:
        msg = f"{place}: no delegations of a regional registry in it"
        raise ReferenceDataError(msg)
    files = as_parquet(lay_out(ranges, ("country", "registry"), most_specific=False))
    return Reading(kind=Kind.DELEGATIONS, name=f"delegated-{registry}", files=files, rows=len(ranges), last=last)


def country_files(members: Iterable[tuple[str, bytes]], place: str) -> Reading:
    """Return the delegations of ipverse's country/XX/ipv4-aggregated.txt and ipv6-aggregated.txt; the registry is not in them."""
    ranges: list[Range] = []
    last = None
    for name, data in members:
        found = re.search(r"(?:^|/)country/([a-z]{2})/ipv[46]-aggregated\.txt$", name)
        if not found:
            continue
        last = last or _leading_day(name)
        lines = data.decode("utf-8", errors="replace")
        ranges += [_checked(fields[0], (found[1].upper(),), f"{place}: {name}", line) for line, fields in _fields(lines, None)]
    if not ranges:
        msg = f"{place}: no country/XX/ipv4-aggregated.txt in it"
        raise ReferenceDataError(msg)
    files = as_parquet(lay_out(ranges, ("country",), most_specific=False))
    return Reading(kind=Kind.DELEGATIONS, name="rir-country", files=files, rows=len(ranges), last=last)


def bootstrap(text: str, place: str) -> Reading:
    """Return which registry IANA's RDAP bootstrap file names for each block. Source: RFC 9224."""
    ranges: list[Range] = []
    try:
        document = json.loads(text)
        published = date.fromisoformat(str(document["publication"])[:10])
        for prefixes, services in document["services"]:
            host = re.search(r"//[^/]*?(afrinic|apnic|arin|lacnic|ripe)\b", " ".join(services))
            if host:
                ranges += [range_of(prefix, (_REGISTRY_OF_HOST[host[1]],)) for prefix in prefixes]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = f"{place}: not an RDAP bootstrap file for addresses ({error})"
        raise ReferenceDataError(msg) from error
    if not ranges:
        msg = f"{place}: names no block of a regional registry"
        raise ReferenceDataError(msg)
    files = as_parquet(lay_out(ranges, ("registry",), most_specific=True))
    note = "The registry IANA gave the whole block to; a part may since have moved to another registry."
    return Reading(
        kind=Kind.DELEGATIONS, name=f"iana-ipv{ranges[0].family}-registries", files=files, rows=len(ranges), last=published, note=note
    )


def prefix_origins(text: str, place: str) -> Reading:
    """Return the origin networks of a pyasn table: prefix, blank, autonomous system number; "; Original file" may date it."""
    ranges: list[Range] = []
    for line, fields in _fields(text, None):
        ranges.append(_checked(fields[0], (_number(fields, 1, place, line),), place, line))
    head = re.search(r"rib\w*\.?(\d{8})", text[:2000])
    files = as_parquet(lay_out(ranges, ("asn",), most_specific=True))
    return Reading(kind=Kind.ORIGINS, name="origins", files=files, rows=len(ranges), last=_compact_day(head[1]) if head else None)


def range_origins(text: str, place: str) -> Reading:
    """Return the origin networks of an iptoasn table: first address, last address, number, country, name; 0 is not routed."""
    ranges: list[Range] = []
    for line, fields in _fields(text, "\t"):
        number = _number(fields, 2, place, line)
        if number:
            ranges.append(_between(fields[0], fields[1], (number,), place, line))
    return Reading(kind=Kind.ORIGINS, name="origins", files=as_parquet(lay_out(ranges, ("asn",), most_specific=True)), rows=len(ranges))


def listed(text: str, label: str, place: str) -> Reading:
    """Return a plain list of addresses and prefixes, each listed as `label`."""
    ranges = [_checked(fields[0], (label,), place, line) for line, fields in _fields(text, None)]
    name = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
    return Reading(kind=Kind.LISTED, name=name, files=as_parquet(lay_out(ranges, ("listed",), most_specific=True)), rows=len(ranges))


def parquet(table: pl.DataFrame, place: str, label: str) -> Reading:
    """Return the ranges or names of a Parquet table, told by its columns.

    `cc, prefix, from, to`: delegations by days; `ip, from, to`: addresses listed by days, as `label`; `start, end, asn`: origin
    networks (numbers or text); `asn, name`: names. `from` is included, `to` is not and may be empty, which is: still so on the
    last day the table speaks for.
    """
    columns = set(table.columns)
    if {"asn", "name"} <= columns:
        names = table.select(pl.col("asn").cast(pl.UInt32), pl.col("name").cast(pl.String)).unique("asn").sort("asn")
        out = BytesIO()
        names.write_parquet(out, compression="zstd", compression_level=19, statistics=False)
        return Reading(kind=Kind.NETWORK_NAMES, name="network-names", files={"names.parquet": out.getvalue()}, rows=names.height)
    if {"start", "end", "asn"} <= columns:
        rows = table.select("start", "end", "asn").filter(pl.col("asn") > 0).iter_rows()
        ranges = [_between(first, last, (number,), place, line) for line, (first, last, number) in enumerate(rows, 1)]
        return Reading(kind=Kind.ORIGINS, name="origins", files=as_parquet(lay_out(ranges, ("asn",), most_specific=True)), rows=len(ranges))
    subject = next((column for column in ("prefix", "ip") if column in columns), "")
    if not {"from", "to"} <= columns or not subject or (subject == "prefix" and "cc" not in columns) or (subject == "ip" and not label):
        msg = f"{place}: a table of columns {', '.join(table.columns)} is none of the forms understood"
        raise ReferenceDataError(msg, remedy="See docs/reference-data.md for the forms; a list of addresses needs --listed-as.")
    return _by_days(table, subject, label, place)


def _by_days(table: pl.DataFrame, subject: str, label: str, place: str) -> Reading:
    value = pl.col("cc") if subject == "prefix" else pl.lit(label)
    rows = table.select(pl.col(subject), value, pl.col("from").cast(pl.String), pl.col("to").cast(pl.String).fill_null(""))
    ranges = []
    days: set[int] = set()
    for line, (prefix, what, start, end) in enumerate(rows.iter_rows(), 1):
        since, until = _iso_day(start, place, line), _iso_day(end, place, line) if end else FOREVER
        days |= {since} | ({until} if end else set())
        if since < until:
            ranges.append(_checked(prefix, (what,), place, line, since=since, until=until))
    kind, column = (Kind.DELEGATIONS, "country") if subject == "prefix" else (Kind.LISTED, "listed")
    first, last = (date.fromordinal(day + _EPOCH) for day in (min(days), max(days)))
    name = "delegations" if subject == "prefix" else re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
    files = as_parquet(lay_out(ranges, (column,), most_specific=False))
    return Reading(kind=kind, name=name, files=files, rows=len(ranges), first=first, last=last)


def _fields(text: str, separator: str | None) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (line number, fields) of the lines that are neither empty nor a comment."""
    for count, line in enumerate(text.splitlines(), 1):
        if count > _MOST_RANGES:
            msg = f"more than {_MOST_RANGES} lines"
            raise ReferenceDataError(msg)
        bare = line.strip()
        if bare and bare[0] not in "#;":
            yield count, bare.split(separator)


def _delegation(fields: Sequence[str], place: str, line: int) -> Range:
    registry, country, family, start, size = fields[0], fields[1], fields[2], fields[3], fields[4]
    try:
        if family == "ipv6":
            return range_of(f"{start}/{int(size)}", (country, registry))
        first = ipaddress.IPv4Address(start)
        last = first + (int(size) - 1)
    except ValueError as error:
        msg = f"{place}, line {line}: not a delegation: {start[:40]!r}, {size[:12]!r} ({error})"
        raise ReferenceDataError(msg) from error
    return Range(family=4, start=int(first), end=int(last), values=(country, registry))


def _checked(prefix: str, values: tuple[str | int, ...], place: str, line: int, *, since: int = -FOREVER, until: int = FOREVER) -> Range:
    try:
        return range_of(prefix, values, since=since, until=until)
    except ValueError as error:
        msg = f"{place}, line {line}: not an address or prefix: {prefix[:60]!r}"
        raise ReferenceDataError(msg) from error


def _between(first: str | int, last: str | int, values: tuple[str | int, ...], place: str, line: int) -> Range:
    try:
        # a number in a table of numbers is IPv4: IPv6 comes as text
        start, end = ipaddress.ip_address(first), ipaddress.ip_address(last)
    except ValueError as error:
        msg = f"{place}, line {line}: not a range of addresses: {str(first)[:60]!r} to {str(last)[:60]!r}"
        raise ReferenceDataError(msg) from error
    if start.version != end.version or int(start) > int(end):
        msg = f"{place}, line {line}: a range must end after it starts, in the same family"
        raise ReferenceDataError(msg)
    return Range(family=start.version, start=int(start), end=int(end), values=values)


def _number(fields: Sequence[str], position: int, place: str, line: int) -> int:
    text = fields[position] if len(fields) > position else ""
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or int(text) >= 1 << 32:
        msg = f"{place}, line {line}: not an autonomous system number: {text[:40]!r}"
        raise ReferenceDataError(msg)
    return int(text)


def _iso_day(text: str, place: str, line: int) -> int:
    try:
        return day_number(date.fromisoformat(text))
    except (TypeError, ValueError) as error:
        msg = f"{place}, row {line}: not a day: {text!r}"
        raise ReferenceDataError(msg) from error


def _compact_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _leading_day(name: str) -> date | None:
    return _compact_day(name.removeprefix("./")[:10])
