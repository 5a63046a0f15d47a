"""The CASE/UCO graph of a large case: time and memory to write it, and what its validator says of the parts.

    python benchmarks/case_graph.py [--files N] [--validate N] [--folder DIR] [--case DIR]

Makes a case of N small files with `comity investigate` (or takes the case --case), and one of a tenth of them, writes the graph of each
in a process of its own, and holds it to the case: every act once, every exhibit once, no loose end. Then `case_validate` as it is
reads one part of exhibits, and the same validator with its queries parsed once reads that part and others: the first, the last and
some between. The exit status and the number of warnings count.
"""

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import case_utils
from rich.console import Console
from rich.table import Table

from comity import __version__
from comity.casework.folder import INSTRUMENT, Folder
from comity.casework.view import view_case
from comity.exchange.case_uco import parts

HERE = Path(__file__).resolve()
VALIDATOR = HERE.parent.parent / "tests" / "case_validator.py"
PROGRAMS = Path(sys.executable).parent
IDENTIFIER = re.compile(rb'"@id":"(kb:[^"]+)"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000, help="number of files in the case (100000)")
    parser.add_argument("--validate", type=int, default=4, help="how many parts are validated (4)")
    parser.add_argument("--folder", type=Path, default=None, help="where to work; removed afterwards")
    parser.add_argument("--case", type=Path, default=None, help="a case that is there already")
    parser.add_argument("--write", type=Path, nargs=2, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(*options.write)
        return
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="comity-bench-") as name:
        place = Path(name)
        os.environ |= {"XDG_STATE_HOME": str(place / "state"), "XDG_DATA_HOME": str(place / "data")}
        writing = table("Writing", "exhibits", "parts", "MB", "largest part, MB", "wall s", "CPU s", "exhibits/s", "peak memory, MiB")
        sizes = [] if options.case else [options.files // 10]
        cases = [made(place, count) for count in sizes] + [options.case or made(place, options.files)]
        for case in cases:
            written = place / f"graph-{case.name}"
            described(writing, case, written)
        Console(width=150).print(writing)
        checks = table("Validating", "part", "nodes", "with", "wall s", "exit status", "warnings")
        validate(checks, sorted(written.rglob("*.jsonld")), most=options.validate)
        Console(width=150).print(checks)


def made(place: Path, count: int) -> Path:
    """Return a case made of `count` small files."""
    material, case = place / f"material-{count}", place / f"case-{count}"
    for number in range(count):
        folder = material / f"d{number // 1000:04d}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"note-{number:07d}.txt").write_text(f"A note of no importance, number {number}.\n")
    arguments = ("--state", "BR", "--authority", "Benchmark", "--basis", "consent:the benchmark")
    began = time.perf_counter()
    subprocess.run([PROGRAMS / "comity", "investigate", material, "--case", case, *arguments], check=True, stdout=subprocess.DEVNULL)
    print(f"investigated {count:,} files in {time.perf_counter() - began:.1f} s, graph and all")
    return case


def write(case: Path, target: Path) -> None:
    """Write the graph of `case` below `target` and print what it took."""
    folder = Folder.open(case)
    entries = folder.entries()
    wall, cpu = time.perf_counter(), time.process_time()
    view = view_case(folder, entries=entries, at=entries[-1].at, tool=__version__)
    (target / "graph").mkdir(parents=True)
    for name, data in parts(view):
        (target / name).write_bytes(data)
    took = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": took[0], "cpu": took[1], "peak": peak, "exhibits": len(view.exhibits), "acts": len(view.entries)}))


def described(rows: Table, case: Path, written: Path) -> None:
    finished = subprocess.run([sys.executable, HERE, "--write", case, written], check=True, capture_output=True, text=True)
    took = json.loads(finished.stdout)
    paths = sorted(written.rglob("*.jsonld"))
    whole(paths, acts=took["acts"], exhibits=took["exhibits"])
    sizes = [path.stat().st_size / 1e6 for path in paths]
    rows.add_row(
        f"{took['exhibits']:,}",
        f"{len(paths)}",
        f"{sum(sizes):.1f}",
        f"{max(sizes):.1f}",
        f"{took['wall']:.1f}",
        f"{took['cpu']:.1f}",
        f"{took['exhibits'] / took['wall']:,.0f}",
        f"{took['peak']:.0f}",
    )


def whole(paths: list[Path], *, acts: int, exhibits: int) -> None:
    """Check that every act and every acquired exhibit is there once and that nothing is only spoken of."""
    named, said, numbers, actions = set(), set(), [], set()
    for path in paths:
        for line in path.read_bytes().splitlines()[2:-1]:
            node = json.loads(line.rstrip(b","))
            named |= set(IDENTIFIER.findall(line))
            if len(node) > 2:
                said.add(node["@id"].encode())
            if node["@type"] == "case:InvestigativeAction":
                actions.add(node["@id"])
            if "." not in node.get("case:exhibitNumber", "."):
                numbers.append(int(node["case:exhibitNumber"]))
    assert sorted(numbers) == list(range(1, exhibits + 1)), "exhibits"
    assert len(actions) == acts, "acts"
    assert named == said, f"{len(named - said)} nodes are only spoken of"


def validate(rows: Table, paths: list[Path], *, most: int) -> None:
    chosen = paths if len(paths) <= most else [paths[round(n * (len(paths) - 1) / (most - 1))] for n in range(most)]
    middle = chosen[len(chosen) // 2]
    as_it_is = [PROGRAMS / "case_validate", middle]
    checked(rows, middle, f"case_validate {case_utils.__version__}", as_it_is)
    for path in chosen:
        checked(rows, path, "its queries parsed once", [sys.executable, VALIDATOR, path])


def checked(rows: Table, path: Path, label: str, arguments: list[Path | str]) -> None:
    began = time.perf_counter()
    finished = subprocess.run(arguments, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    warnings = f"{len(re.findall('Warning', finished.stderr + finished.stdout))}"
    rows.add_row(path.name, f"{path.read_bytes().count(b'@type'):,}", label, f"{took:.1f}", str(finished.returncode), warnings)


def table(title: str, *columns: str) -> Table:
    versions = f"{INSTRUMENT}, Python {platform.python_version()}, {os.cpu_count()} cores"
    rows = Table(title=f"{title}: {versions}")
    for column in columns:
        rows.add_column(column, justify="left" if column in {"part", "with"} else "right")
    return rows


if __name__ == "__main__":
    main()
