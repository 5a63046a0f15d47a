"""A mixed folder from end to end: `comity investigate` to a timeline and a report, beside plaso's log2timeline and psort.

    python benchmarks/mixed_folder.py [--mebibytes N] [--plaso VENV] [--plaso-mebibytes M] [--keep FOLDER] [--comity COMMAND]

The material is that of mixed_material.py, the same bytes each time. Comity does all of its work: a copy with digests synced to disk,
readers, Parquet, timeline, indicators, addresses, findings, requests, graph and report. plaso collects with all its usual parsers
and psort writes the timeline as dynamic CSV; as it would need hours, it gets a folder of the same mixture of M MiB, and so does
Comity once more. It reads no captures, mail, statements or cloud logs here, so less than Comity; bytes per second are of the whole
folder for both. Memory is the greatest sum of proportional set sizes of all processes, looked at twice a second.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mixed_material import write

CONSENT = ("--state", "BR", "--authority", "Benchmark", "--basis", 'consent:"nobody, invented material"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Seconds of the clock, CPU-seconds, and the most memory (bytes) of a command and all it started."""

    wall: float
    cpu: float
    memory: int


def material(folder: Path, size: int) -> int:
    """Write the material, unless it is kept from an earlier run, and return its bytes."""
    if folder.exists():
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sum(write(folder, size).values())


def tree(root: int) -> set[int]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def memory(processes: set[int]) -> int:
    total = 0
    for process in processes:
        with suppress(OSError, ValueError):
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def run(command: Sequence[str | Path], *, environment: dict[str, str], where: Path) -> Run:
    most, over = 0, threading.Event()
    with (where / "output.txt").open("ab") as output:
        before, start = os.times(), time.perf_counter()
        started = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment, cwd=where)

        def look() -> None:
            nonlocal most
            while not over.wait(0.5):
                most = max(most, memory(tree(started.pid)))

        watching = threading.Thread(target=look)
        watching.start()
        status = started.wait()
        over.set()
        watching.join()
    after = os.times()
    if status:
        sys.exit(f"{command[0]} ended with {status}: {(where / 'output.txt').read_text()[-2_000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall=time.perf_counter() - start, cpu=cpu, memory=most)


def comity(command: Sequence[str], material: Path, case: Path) -> tuple[Run, int]:
    scratch = case.parent
    environment = os.environ | {"XDG_DATA_HOME": str(scratch / "data"), "XDG_STATE_HOME": str(scratch / "state")}
    done = run([*command, "investigate", material, "--case", case, *CONSENT], environment=environment, where=scratch)
    entries = pl.scan_parquet(case / "derived" / "timeline.parquet").select(pl.len()).collect().item()
    rows = {
        table.name: pl.scan_parquet(files).select(pl.len()).collect().item()
        for table in sorted((case / "derived" / "records").iterdir())
        if (files := sorted(table.glob("*.parquet")))
    }
    print("   ", "rows:", ", ".join(f"{name} {count:,}" for name, count in rows.items()))
    findings = json.loads((case / "derived" / "findings.json").read_bytes())
    print("   ", f"{len(findings if isinstance(findings, list) else findings['findings'])} findings")
    return done, entries


def plaso(venv: Path, material: Path, scratch: Path) -> tuple[Run, int]:
    store, timeline = scratch / "store.plaso", scratch / "timeline.csv"
    programs = venv / "bin"
    quiet = ("-q", "--status_view", "none", "--unattended")
    environment = {**os.environ, "HOME": str(scratch)}
    collect = run(
        [programs / "log2timeline", *quiet, "--logfile", scratch / "l.log.gz", "--storage-file", store, material],
        environment=environment,
        where=scratch,
    )
    sort = run(
        [programs / "psort", *quiet, "--logfile", scratch / "p.log.gz", "-o", "dynamic", "-w", timeline, store],
        environment=environment,
        where=scratch,
    )
    with timeline.open("rb") as lines:
        entries = sum(1 for _ in lines) - 1
    whole = Run(wall=collect.wall + sort.wall, cpu=collect.cpu + sort.cpu, memory=max(collect.memory, sort.memory))
    return whole, entries


def told(name: str, size: int, done: Run, entries: int) -> float:
    rate = size / 2**20 / done.wall
    print(
        f"{name:28} {size / 2**20:7,.1f} MiB {done.wall:8.1f} s {done.cpu:8.1f} CPU-s {rate:8.3f} MiB/s "
        f"{entries:10,} entries {done.memory / 2**20:7,.0f} MiB memory",
        flush=True,
    )
    return rate


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mebibytes", type=int, default=1024)
    options.add_argument("--plaso", type=Path)
    options.add_argument("--plaso-mebibytes", type=int, default=4)
    options.add_argument("--keep", type=Path)
    options.add_argument("--comity", nargs="*", default=[str(Path(sys.executable).with_name("comity"))])
    chosen = options.parse_args()
    print(platform.platform(), platform.python_version(), f"load {os.getloadavg()[0]:.1f}")
    scratch = chosen.keep or Path(tempfile.mkdtemp(prefix="comity-bench-"))
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        small, large = scratch / "small", scratch / "large"
        sizes = {folder: material(folder, count * 2**20) for folder, count in ((small, chosen.plaso_mebibytes), (large, chosen.mebibytes))}
        whole = told("Comity", sizes[large], *comity(chosen.comity, large, scratch / "case"))
        part = told("Comity, the part", sizes[small], *comity(chosen.comity, small, scratch / "small case"))
        if chosen.plaso:
            peer = told("log2timeline and psort", sizes[small], *plaso(chosen.plaso, small, scratch))
            print(f"Comity is {whole / peer:,.0f} times as fast on the whole folder, {part / peer:,.0f} times on the part plaso had")
    finally:
        if not chosen.keep:
            shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
