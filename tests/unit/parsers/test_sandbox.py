import base64
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import textwrap
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from comity.observables import TABLES
from comity.observables.trace import Trace
from comity.parsers.contract import Source
from comity.parsers.extraction import cut, extract
from comity.parsers.reading import Batch, BatchResult, Job, Limits, plan
from comity.parsers.sandbox import read
from comity.terms.errors import MaterialError

WRITTEN = datetime(2017, 4, 20, 14, 14, 30, tzinfo=UTC)
ACCESS = b'203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /%d HTTP/1.1" 200 5 "-" "agent"\n'
SIGN_IN = b"Apr 20 14:14:29 h sshd[1]: Failed password for root from 192.0.2.5 port 51000 ssh2\n"
MAIL = (
    b"From: a@example.net\nTo: b@example.org\nSubject: x\nDate: Thu, 20 Apr 2017 14:14:29 +0000\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nhello\n'
    b'--x\nContent-Type: application/gzip\nContent-Disposition: attachment; filename="auth.log.1.gz"\nContent-Transfer-Encoding: base64\n\n%s\n--x--\n'
)


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name, (2017, 4, 20, 12, 0, 0)), data)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), int(WRITTEN.timestamp())
            file.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def material() -> dict[str, bytes]:
    log = gzip.compress(SIGN_IN * 3, mtime=int(WRITTEN.timestamp()))
    files = {
        "access.log": b"".join(ACCESS % number for number in range(500)),
        "auth.log": SIGN_IN * 40,
        "auth.log.2.gz": log,
        "nested.zip": archive(
            {"a/access.log": ACCESS % 7, "b.tar": tarred({"auth.log.gz": log, "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(50)})}
        ),
        "mail.eml": MAIL % base64.encodebytes(log),
        "picture.pdf": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "empty": b"",
        "noise": bytes(range(256)) * 40,
    }
    return files | {f"log {number}": ACCESS % number for number in range(20)}


def pack(folder: Path, files: dict[str, bytes]) -> list[Job]:
    """All files in one segment, as small exhibits are kept."""
    segment, jobs, offset = folder / "segment", [], 0
    with segment.open("wb") as out:
        for number, (name, data) in enumerate(files.items(), start=1):
            offset += out.write(b"between")
            jobs.append(Job(number=str(number), name=name, path=segment, offset=offset, length=len(data), modified=WRITTEN))
            offset += out.write(data)
    return jobs


def run(jobs: list[Job], out: Path, *, readers: int = 1, size: int = 3) -> list[BatchResult]:
    batches = tuple(batch for start in range(0, len(jobs), size) for batch in plan(jobs[start : start + size]))
    batches = tuple(Batch(id=f"{number:04d}", jobs=batch.jobs) for number, batch in enumerate(batches, start=1))
    return list(read(batches, out=out, jobs=readers, limits=Limits()))


def rows(out: Path, table: str) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(file) for file in sorted((out / table).glob("*.parquet"))])


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Job], Path, list[BatchResult]]:
    folder = tmp_path_factory.mktemp("reading")
    jobs = pack(folder, material())
    return jobs, folder / "out", run(jobs, folder / "out")


def test_everything_is_read_and_numbered_in_order(reading: tuple[list[Job], Path, list[BatchResult]]) -> None:
    jobs, out, results = reading
    acquired = [each for result in results for each in result.readings if not each.member]
    assert [each.number for each in acquired] == [job.number for job in jobs]
    assert [each.parser for each in acquired[:5]] == ["access_log", "syslog", "gzip_file", "zip_archive", "mail_message"]
    files = rows(out, "file")
    assert files["number"].to_list() == ["3.1", "4.1", "4.2", "4.2.1", "4.2.1.1", "4.2.2", "5.1", "5.1.1"]
    assert files["parser"].to_list() == ["syslog", "access_log", "tar_archive", "gzip_file", "syslog", "", "gzip_file", "syslog"]
    events = (
        rows(out, "event")
        .group_by("trace.exhibit")
        .len()
        .sort("trace.exhibit")
        .filter(pl.col("trace.exhibit").str.contains(r"^[1-5](\.|$)"))
    )
    assert dict(events.iter_rows()) == {"1": 500, "2": 40, "3.1": 3, "4.1": 1, "4.2.1.1": 3, "5.1.1": 3}


def test_what_is_not_understood_is_listed_by_type(reading: tuple[list[Job], Path, list[BatchResult]]) -> None:
    defects = rows(reading[1], "defect").filter(pl.col("code") == "type_unknown")
    assert dict(defects.select("trace.exhibit", pl.col("reason").str.extract("^([^:]*)")).iter_rows()) == {
        "4.2.2": "image/png", "6": "image/png", "7": "application/x-empty", "8": "application/octet-stream",
    }  # fmt: skip


def test_years_of_rotated_logs_come_from_the_member_they_are_in(reading: tuple[list[Job], Path, list[BatchResult]]) -> None:
    _, out, results = reading
    times = rows(out, "event").filter(pl.col("event.dataset") == "auth_log")["@timestamp"].unique().to_list()
    assert times == [datetime(2017, 4, 20, 14, 14, 29, tzinfo=UTC)]
    inferred = {each.number: {fact.name: fact.value for fact in each.inferred} for result in results for each in result.readings}
    assert inferred["4.2.1.1"] == {"year": "2017", "zone": "UTC"}
    assert inferred["1"] == {}


def test_counts_and_digests_are_those_of_the_files(reading: tuple[list[Job], Path, list[BatchResult]]) -> None:
    _, out, results = reading
    known = {table.name: table.schema for table in TABLES}
    for result in results:
        totals = {table: sum(dict(each.rows).get(table, 0) for each in result.readings) for table in known}
        for file in result.files:
            data = (out / file.path).read_bytes()
            assert hashlib.sha256(data).hexdigest() == file.sha256.hex
            assert len(data) == file.size
            frame = pl.read_parquet(out / file.path)
            assert frame.height == file.rows
            assert frame.columns == known[file.table].names
            if file.table not in {"file", "defect"}:
                assert file.rows == totals[file.table]
    assert {str(path.relative_to(out)) for path in out.rglob("*.parquet")} == {file.path for result in results for file in result.files}


def test_files_do_not_depend_on_the_number_of_readers(reading: tuple[list[Job], Path, list[BatchResult]], tmp_path: Path) -> None:
    jobs, _, once = reading
    twice = run(jobs, tmp_path / "out", readers=2)
    assert [(result.id, result.readings, result.files) for result in twice] == [
        (result.id, result.readings, result.files) for result in once
    ]


def test_every_row_can_be_cut_from_its_acquired_exhibit(reading: tuple[list[Job], Path, list[BatchResult]]) -> None:
    jobs, out, _ = reading
    for row in rows(out, "event").filter(pl.col("trace.member") != "").iter_rows(named=True):
        trace = Trace(exhibit=row["trace.exhibit"], member=row["trace.member"], offset=row["trace.offset"], length=row["trace.length"])
        assert cut(source_of(jobs[int(trace.exhibit.split(".")[0]) - 1]), trace) in {SIGN_IN.strip(), (ACCESS % 7).strip()}
    for row in rows(out, "file").iter_rows(named=True):
        data = extract(source_of(jobs[int(row["number"].split(".")[0]) - 1]), row["member"]).read()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (row["size"], row["sha256"])


def source_of(job: Job) -> Source:
    data = job.path.read_bytes()[job.offset : job.offset + job.length]
    return Source(stream=io.BytesIO(data), size=len(data), name=job.name)


def test_a_path_that_leads_nowhere() -> None:
    source = Source(stream=io.BytesIO(SIGN_IN), size=len(SIGN_IN), name="auth.log")
    with pytest.raises(MaterialError, match="leads nowhere"):
        extract(source, "zip:0:a")
    with pytest.raises(MaterialError, match="ends before"):
        cut(source, Trace(exhibit="1", member="", offset=10, length=len(SIGN_IN)))


def test_progress_counts_each_byte_once(tmp_path: Path) -> None:
    jobs = pack(tmp_path, material())
    told: list[int] = []
    list(read(plan(jobs), out=tmp_path / "out", jobs=2, limits=Limits(), progress=told.append))
    assert sum(told) == sum(job.length for job in jobs)
    assert min(told) > 0


def test_stopping_early_leaves_no_reader_and_no_scraps(tmp_path: Path) -> None:
    jobs = pack(tmp_path, material())
    batches = tuple(Batch(id=f"{number:04d}", jobs=(job,)) for number, job in enumerate(jobs, start=1))
    results = read(batches, out=tmp_path / "out", jobs=2, limits=Limits())
    assert next(results).id == "0001"
    results.close()
    assert not list((tmp_path / "out").glob(".reading-*"))
    assert not children()


def test_readers_die_with_a_killed_parent(tmp_path: Path) -> None:
    fifo_like = tmp_path / "big.log"
    fifo_like.write_bytes(b"".join(ACCESS % number for number in range(400_000)))
    script = f"""
        from pathlib import Path
        from comity.parsers.reading import Job, Limits, plan
        from comity.parsers.sandbox import read
        path = Path({str(fifo_like)!r})
        job = Job(number="1", name="x", path=path, offset=0, length=path.stat().st_size, modified=None)
        list(read(plan([job]), out=Path({str(tmp_path / "out")!r}), jobs=1, limits=Limits(), progress=lambda size: print(size, flush=True)))
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline()
    readers = children(parent.pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert readers
    deadline = time.monotonic() + 10
    while any(alive(reader) for reader in readers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(reader) for reader in readers)


def children(of: int | None = None) -> list[int]:
    parent = of or os.getpid()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and alive(int(entry.name)):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
def test_memory_stays_flat_on_a_large_log(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    chunk = b"".join(ACCESS % number for number in range(100_000))
    small.write_bytes(chunk * 6)
    with large.open("wb") as out:
        for _ in range(40):
            out.write(chunk)
    peaks = []
    for path in (small, large):
        script = f"""
            import resource
            from pathlib import Path
            from comity.parsers.reading import Job, Limits, plan
            from comity.parsers.sandbox import read
            path = Path({str(path)!r})
            job = Job(number="1", name="x", path=path, offset=0, length=path.stat().st_size, modified=None)
            list(read(plan([job]), out=path.parent / (path.name + ".out"), jobs=1, limits=Limits()))
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """
        peaks.append(int(subprocess.run([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, check=True).stdout))
    assert peaks[1] < 700 * 1024, "kibibytes resident for 340 MB"
    assert peaks[1] < peaks[0] * 1.6
