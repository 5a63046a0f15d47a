"""Access log lines read per CPU-second: Comity beside a compiled regular expression and plaso.

    python benchmarks/access_log.py [--lines N | --size GIB] [--plaso VENV] [--plaso-lines N]

One generated log in combined form (fixed seed) for all. Comity does all of its work: a confined reader process, columns,
Parquet written and hashed; CPU of all its processes with their start, and the greatest resident memory of one of them. The
regular expression is matched line by line and thrown away (a floor, not a reader), then with its groups made into times,
addresses and numbers, kept nowhere. plaso (log2timeline) reads a beginning of the same log and writes its store; its start
is measured with a log of one line and taken off, in its favour.
"""

import argparse
import platform
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

import polars as pl
import pyarrow as pa

from comity.parsers.reading import Job, Limits, plan
from comity.parsers.sandbox import read

PATTERN = re.compile(r'(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+) ([^"]+)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"\n')
PLASO = ("--unattended", "--status_view", "none", "--quiet", "--single_process", "--parsers", "text/apache_access")
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.5.0",
)


def generate(path: Path, *, lines: int, size: int) -> int:
    """Write `lines` lines, or `size` bytes when that is not 0; return the number of lines."""
    chance = random.Random(7)  # noqa: S311 - a fixed seed is wanted
    second, written, count = 0, 0, 0
    with path.open("wb", buffering=2**20) as out:
        while (written < size) if size else (count < lines):
            second += chance.random() < 0.2
            clock = time.strftime("%d/%b/%Y:%H:%M:%S", time.gmtime(1_431_857_103 + second))
            stranger = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
            peer = stranger if chance.random() < 0.1 else f"203.0.113.{chance.randrange(256)}"
            line = (
                f'{peer} - - [{clock} +0000] "GET /page/{chance.randrange(50_000)}/view?session={chance.getrandbits(64):x} HTTP/1.1" '
                f'{chance.choice((200, 200, 200, 304, 404, 500))} {chance.randrange(200_000)} "http://example.org/{chance.randrange(999)}" '
                f'"{chance.choice(AGENTS)}"\n'
            )
            written += out.write(line.encode())
            count += 1
    return count


def spent() -> float:
    """CPU-seconds of this process and of those it has waited for."""
    return sum(
        resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def comity(log: Path, folder: Path) -> tuple[int, float]:
    start = spent()
    job = Job(number="1", name=log.name, path=log, offset=0, length=log.stat().st_size, modified=None)
    rows = sum(file.rows for result in read(plan([job]), out=folder / "comity", jobs=1, limits=Limits()) for file in result.files)
    return rows, spent() - start


def expression(log: Path) -> tuple[int, float]:
    start = spent()
    with log.open("r", encoding="utf-8", errors="replace") as lines:
        rows = sum(PATTERN.fullmatch(line) is not None for line in lines)
    return rows, spent() - start


def expression_typed(log: Path) -> tuple[int, float]:
    start = spent()
    rows = 0
    with log.open("r", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = PATTERN.fullmatch(line)
            if match:
                host, _, user, at, method, target, protocol, status, size, referrer, agent = match.groups()
                when = datetime.strptime(at, "%d/%b/%Y:%H:%M:%S %z")
                event = (ip_address(host), user, when, method, target, protocol, int(status), int(size), referrer, agent)
                rows += len(event) > 0
    return rows, spent() - start


def plaso(log: Path, folder: Path, program: Path, lines: int) -> tuple[int, float]:
    begin = folder / "begin.log"
    seconds = []
    for count in (1, lines):
        with log.open("rb") as source, begin.open("wb") as out:
            for _ in range(count):
                out.write(source.readline())
        store = folder / f"{count}.plaso"
        start = spent()
        subprocess.run(
            [program, *PLASO, "--storage_file", store, begin], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        seconds.append(spent() - start)
    return lines - 1, seconds[1] - seconds[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--size", type=float, default=0, help="GiB of log instead of a number of lines")
    parser.add_argument("--plaso", type=Path, help="virtual environment that holds log2timeline")
    parser.add_argument("--plaso-lines", type=int, default=20_000)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="comity-benchmark-"))
    try:
        log = folder / "access.log"
        count = generate(log, lines=options.lines, size=int(options.size * 2**30))
        megabytes = log.stat().st_size / 1e6
        print(f"{count:,} lines, {megabytes:,.0f} MB")
        print(f"Python {platform.python_version()}, polars {pl.__version__}, pyarrow {pa.__version__}")
        rows, seconds = comity(log, folder)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        results = [(f"comity, Parquet written, {peak:,.0f} MiB resident at most", rows, seconds)]
        if rows != count:
            sys.exit(f"comity read {rows:,} of {count:,} lines")
        results.append(("compiled re, matched and thrown away", *expression(log)))
        results.append(("compiled re, typed values, one line at a time", *expression_typed(log)))
        if options.plaso:
            program = options.plaso / "bin" / "log2timeline"
            told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True, cwd=folder).stdout.strip()
            results.append((f"{told or 'plaso'}, start taken off", *plaso(log, folder, program, min(options.plaso_lines, count))))
    finally:
        shutil.rmtree(folder)
    print(f"\n{'':55} {'lines':>12} {'CPU s':>8} {'lines/CPU s':>12} {'comity is':>10}")
    for name, lines, used in results:
        print(f"{name:55} {lines:12,} {used:8.2f} {lines / used:12,.0f} {results[0][1] / results[0][2] / (lines / used):9.1f}×")


if __name__ == "__main__":
    main()
