"""Preserving beside its peers, in one run on the same input.

    python benchmarks/preserve.py [--size MIB] [--files N] [--repeat N] [--folder DIR]

One large file: ours (copy, SHA-256, fsync, ledger) beside `cp` followed by `sync` of the copy. Files of 4 MiB: beside `cp -r` and
`sync`. Many small files: beside `cp -r` and `sync` of a tenth of them, and `hashdeep -r` of all, which only reads and hashes (MD5 and
SHA-256, its default). Everything is read from the page cache and written to the disk that holds --folder. The ratio is the peer's wall
time to ours. The best of the repetitions counts, taken in turns: the machine may be shared.
"""

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from comity.casework.folder import INSTRUMENT, Case, Folder
from comity.evidence.acquisition import acquire
from comity.evidence.authorization import GRANTED, Authorization, Basis, encode
from comity.terms.period import Period

AT = datetime(2026, 11, 23, tzinfo=UTC)
ALL = ("sha256", "md5", "sha1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=2048, help="MiB of the large file (2048)")
    parser.add_argument("--files", type=int, default=100_000, help="number of files of 4 KiB (100000)")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions, the best counts (3)")
    parser.add_argument("--folder", type=Path, default=None, help="where to work; removed afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="comity-bench-") as name:
        place = Path(name)
        os.environ["XDG_STATE_HOME"] = str(place / "state")
        table = Table(title=f"Preserving: {versions()}")
        for column in ("what", "input", "wall s", "CPU s", "MB/s or files/s", "ratio to peer"):
            table.add_column(column, justify="left" if column in {"what", "input"} else "right")
        large(place, table, size=options.size, repeat=options.repeat)
        middling(place, table, size=options.size, repeat=options.repeat)
        small(place, table, files=options.files, repeat=options.repeat)
        Console(width=140).print(table)


def large(place: Path, table: Table, *, size: int, repeat: int) -> None:
    source = place / "large"
    source.mkdir()
    with (source / "image.dd").open("wb") as file:
        for _ in range(size):
            file.write(os.urandom(2**20))
    os.sync()
    label = f"1 file of {size} MiB"

    def copy() -> None:
        target = place / "copy.dd"
        target.unlink(missing_ok=True)
        subprocess.run(["cp", source / "image.dd", target], check=True)
        subprocess.run(["sync", target], check=True)

    peer, one, three = best(repeat, copy, partial(ours, place, source, ("sha256",)), partial(ours, place, source, ALL))
    rate = size * 2**20 / 1e6
    row(table, "cp, then sync", label, peer, amount=rate)
    row(table, "ours: copy, SHA-256, fsync, ledger", label, one, amount=rate, peer=peer)
    row(table, "ours, with MD5 and SHA-1", label, three, amount=rate, peer=peer)
    shutil.rmtree(source)
    (place / "copy.dd").unlink()


def middling(place: Path, table: Table, *, size: int, repeat: int) -> None:
    source, count = place / "middling", max(size // 4, 1)
    source.mkdir()
    for number in range(count):
        (source / f"f{number:05d}").write_bytes(os.urandom(4 * 2**20))
    os.sync()
    label = f"{count:,} files of 4 MiB"
    peer, one = best(repeat, partial(copied, place, source), partial(ours, place, source, ("sha256",)))
    rate = count * 4 * 2**20 / 1e6
    row(table, "cp -r, then sync", label, peer, amount=rate)
    row(table, "ours: copy, SHA-256, fsync, ledger", label, one, amount=rate, peer=peer)
    shutil.rmtree(source)
    shutil.rmtree(place / "copy")


def copied(place: Path, source: Path) -> None:
    shutil.rmtree(place / "copy", ignore_errors=True)
    subprocess.run(["cp", "-r", source, place / "copy"], check=True)
    subprocess.run(["sync", "--file-system", place / "copy"], check=True)


def small(place: Path, table: Table, *, files: int, repeat: int) -> None:
    source = place / "small"
    for number in range(files):
        folder = source / f"d{number // 1000:04d}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"f{number:07d}").write_bytes(os.urandom(4096))
    os.sync()
    label = f"{files:,} files of 4 KiB"
    acts: list[Callable[[], None]] = [partial(ours, place, source, ("sha256",)), partial(ours, place, source, ALL)]
    tenth = place / "tenth"
    for folder in sorted(source.iterdir())[: max(files // 10_000, 1)]:
        shutil.copytree(folder, tenth / folder.name)
    copies = sum(len(names) for _, _, names in os.walk(tenth))
    os.sync()
    acts.append(partial(copied, place, tenth))
    hashdeep = shutil.which("hashdeep")
    if hashdeep:
        acts.append(lambda: subprocess.run([hashdeep, "-r", source], check=True, stdout=subprocess.DEVNULL) and None)
    one, three, peer, *hashed = best(repeat, *acts)
    for each in hashed:
        row(table, "hashdeep -r (only reads)", label, each, amount=files)
    row(table, "cp -r, then sync", f"{copies:,} files of 4 KiB", peer, amount=copies)
    row(table, "ours: copy, SHA-256, fsync, ledger", label, one, amount=files, peer=peer)
    row(table, "ours, with MD5 and SHA-1", label, three, amount=files, peer=peer)


def ours(place: Path, source: Path, digests: tuple[str, ...]) -> None:
    shutil.rmtree(place / "case", ignore_errors=True)
    identity = os.urandom(8).hex()
    folder = Folder.create(
        place / "case", case=Case(identity=identity, title="", opened_at=AT, state="BR", authority="bench", instrument=INSTRUMENT)
    )
    consent = Authorization(basis=Basis.CONSENT, reference="-", issuer="-", scope="-", period=Period(start=AT - timedelta(days=1)))
    append = partial(folder.append, performer="bench", at=AT)
    append(GRANTED, authorization=None, object=encode(consent), result={})
    with folder.locked("benchmark"):
        acquire(source, store=folder.store, entries=folder.entries(), append=append, at=AT, digests=digests)


def best(repeat: int, *acts: Callable[[], None]) -> list[tuple[float, float]]:
    """Return the best (wall, CPU) seconds of each act, taken in turns so that all meet the same load."""
    results = [(float("inf"), 0.0)] * len(acts)
    for _ in range(repeat):
        for place, act in enumerate(acts):
            os.sync()
            wall, cpu = time.perf_counter(), used()
            act()
            results[place] = min(results[place], (time.perf_counter() - wall, used() - cpu))
    return results


def used() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def row(table: Table, what: str, label: str, took: tuple[float, float], *, amount: float, peer: tuple[float, float] | None = None) -> None:
    ratio = "" if peer is None else f"{peer[0] / took[0]:.2f}"
    table.add_row(what, label, f"{took[0]:.2f}", f"{took[1]:.2f}", f"{amount / took[0]:,.0f}", ratio)


def versions() -> str:
    hashdeep = (
        subprocess.run(["hashdeep", "-V"], capture_output=True, text=True, check=False).stdout.strip()
        if shutil.which("hashdeep")
        else "not installed"
    )
    copier = subprocess.run(["cp", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return f"{INSTRUMENT}, Python {platform.python_version()}, {os.cpu_count()} cores, {copier}, hashdeep {hashdeep}"


if __name__ == "__main__":
    sys.exit(main())
