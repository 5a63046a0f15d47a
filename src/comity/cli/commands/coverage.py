"""comity coverage DIR."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console

from comity.casework import coverage as casework
from comity.casework.coverage import Line, Totals
from comity.casework.folder import Folder
from comity.cli import exit_codes, render
from comity.parsers.coverage import Coverage
from comity.terms.canonical import Json

_MOST_LISTED = 100
_MOST_PLACES = 200
_MOST_REASONS = 4
_ALL = 100
_HEADINGS = ("exhibit", "name", "bytes", "parsed", "%", "by", "inside: parsed of", "not parsed, and why")


@click.command()
@click.argument("case", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--exhibit", metavar="NUMBER", default=None, help="Show one exhibit (12, or 12.3 inside it), its places and what is inside.")
@click.option("--all", "all_", is_flag=True, help="List every exhibit, not only those that were not read whole.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def coverage(case: Path, exhibit: str | None, all_: bool, as_json: bool) -> int:
    """Account for every byte: read by which parser, or not read, where and why.

    The sum is checked: bytes in = parsed + not parsed, for each exhibit and for the case.
    """
    folder = Folder.open(case)
    if exhibit is not None:
        _show_one(folder, exhibit, as_json=as_json)
        return exit_codes.OK
    totals = Totals()
    listed = [line for line in totals.counting(casework.account(folder)) if all_ or not line.whole]
    if as_json:
        render.emit_json({"totals": totals.as_json(), "exhibits": [line.as_json() for line in listed]})
        return exit_codes.OK
    out = render.console()
    _sums(out, totals)
    _sorts(out, totals)
    shown = listed if all_ else listed[:_MOST_LISTED]
    title = "\nAll exhibits" if all_ else f"\nNot read whole: {len(listed):,} of {totals.exhibits:,} exhibits"
    if shown:
        out.print(render.table(title, _HEADINGS, _rows(shown), right=(2, 3, 4)))
    else:
        out.print("\nEvery exhibit was read whole.")
    if len(shown) < len(listed):
        out.print(f"… and {len(listed) - len(shown):,} more: --all lists them")
    out.print(f"\nPlaces:   {render.program()} coverage DIR --exhibit NUMBER")
    return exit_codes.OK


def _show_one(folder: Folder, number: str, *, as_json: bool) -> None:
    first, *children = casework.one(folder, number)
    places = casework.places(folder, number)
    if as_json:
        inside: list[Json] = [line.as_json() for line in children]
        render.emit_json({"exhibit": first.as_json(), "places": places, "children": inside})
        return
    out = render.console()
    out.print(render.table(f"\nExhibit {number}", _HEADINGS, _rows((first,)), right=(2, 3, 4)))
    _equation(out, first.coverage, "its bytes")
    _parts(out, first.coverage)
    rows = [_place(one) for one in _objects(places)]
    if rows:
        out.print(render.table("\nPlaces with a defect", ("at byte", "bytes", "code", "reason"), rows[:_MOST_PLACES], right=(0, 1)))
        if len(rows) > _MOST_PLACES:
            out.print(f"… and {len(rows) - _MOST_PLACES:,} more: --json lists up to {casework.MOST_PLACES:,}")
    if children:
        out.print(render.table("\nFound directly inside", _HEADINGS, _rows(children[:_MOST_LISTED]), right=(2, 3, 4)))
        if len(children) > _MOST_LISTED:
            out.print(f"… and {len(children) - _MOST_LISTED:,} more: --json lists up to {casework.MOST_PLACES:,}")


def _sums(out: Console, totals: Totals) -> None:
    out.print(f"\nEvery byte of {totals.exhibits:,} exhibits is accounted for.\n")
    _equation(out, totals.acquired, "preserved")
    if totals.inside.size:
        _equation(out, totals.inside, "unpacked from them")
    _parts(out, totals.acquired + totals.inside)


def _equation(out: Console, coverage: Coverage, what: str) -> None:
    sides = f"{coverage.size:,} bytes {what} = {coverage.parsed:,} parsed + {coverage.not_parsed:,} not parsed"
    out.print(f"{sides}   ({_share(coverage)} % parsed)")


def _parts(out: Console, coverage: Coverage) -> None:
    """Print what parsed and not parsed are made of."""
    parts = (
        ("in rows", coverage.rows),
        ("as structure", coverage.structure),
        ("handed on as exhibits inside", (("", coverage.children),) if coverage.children else ()),
        ("not parsed", coverage.unread),
        ("in rows or handed on, with a defect told of them", coverage.remarked),
    )
    for words, counts in parts:
        if counts:
            out.print(f"  {words}: {_counts(counts)}")


def _sorts(out: Console, totals: Totals) -> None:
    rows = [
        (kind, parser or "none", f"{sort.exhibits:,}", f"{sort.coverage.size:,}", f"{sort.coverage.parsed:,}",
         f"{sort.coverage.not_parsed:,}", _share(sort.coverage))
        for (kind, parser), sort in totals.by_size()
    ]  # fmt: skip
    headings = ("type by content", "parser", "exhibits", "bytes", "parsed", "not parsed", "%")
    out.print(render.table("\nBy type", headings, rows, right=(2, 3, 4, 5, 6)))


def _rows(lines: Iterable[Line]) -> Sequence[tuple[str, ...]]:
    return [tuple(_row(line)) for line in lines]


def _row(line: Line) -> Iterator[str]:
    yield from (line.number, line.name, f"{line.coverage.size:,}", f"{line.coverage.parsed:,}", _share(line.coverage))
    yield line.parser or "none"
    yield f"{line.inside.parsed:,} of {line.inside.size:,}" if line.inside.size else ""
    inside = f"inside: {_counts(line.inside.unread, most=_MOST_REASONS)}" if line.inside.not_parsed else ""
    yield "; ".join(filter(None, (line.reason, _counts(line.coverage.unread, most=_MOST_REASONS), inside)))


def _place(place: Mapping[str, Json]) -> tuple[str, ...]:
    return f"{_number(place, 'offset'):,}", f"{_number(place, 'length'):,}", str(place["code"]), str(place["reason"])


def _counts(counts: Sequence[tuple[str, int]], *, most: int | None = None) -> str:
    """Return names with their bytes, most bytes first."""
    ordered = sorted(counts, key=lambda one: (-one[1], one[0]))
    told = [f"{name} {count:,}".strip() for name, count in ordered[:most]]
    return ", ".join(told) + ("" if most is None or len(ordered) <= most else ", …")


def _share(coverage: Coverage) -> str:
    """Return the share parsed in per cent, cut to one decimal, so that 100 means all."""
    if not coverage.size:
        return "–"
    return str(_ALL) if not coverage.not_parsed else f"{coverage.parsed * 1000 // coverage.size / 10:.1f}"


def _objects(values: Iterable[Json]) -> Iterator[Mapping[str, Json]]:
    return (one for one in values if isinstance(one, Mapping))


def _number(record: Mapping[str, Json], name: str) -> int:
    value = record[name]
    return value if isinstance(value, int) else 0
