"""Windows event log records and journal entries read per second: Comity beside libevtx, Dissect and journalctl.

    python benchmarks/event_log.py [--records N] [--peers VENV] [--log FILE ...]

One generated event log (a third failed logins, a third process starts, a third service messages), or real ones, for all; the same
journal, when systemd-journal-remote is there to write one. Comity does all of its work: a confined reader process, columns, Parquet
written and hashed, its start included; CPU of all its processes. libevtx writes each record as XML, Dissect makes an object of each,
journalctl writes JSON; none keeps anything. VENV is an environment with libevtx-python and dissect.eventlog. Counts must be equal.
"""

import argparse
import platform
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from comity.parsers.reading import Job, Limits, plan
from comity.parsers.sandbox import read
from event_log_factory import Logged, event_log

REMOTE = Path("/lib/systemd/systemd-journal-remote")
LIBEVTX = (
    "import pyevtx,sys; f=pyevtx.open(sys.argv[1]); print(sum(len(r.get_xml_string())>0 for r in f.records), f.number_of_recovered_records)"
)
DISSECT = "import sys; from dissect.eventlog.evtx import Evtx; print(sum(1 for _ in Evtx(open(sys.argv[1],'rb'))))"
LOGON = {
    "SubjectUserSid": "S-1-5-18", "SubjectUserName": "PC01$", "SubjectDomainName": "CORP", "SubjectLogonId": 999,
    "TargetUserSid": "S-1-0-0", "TargetUserName": "", "TargetDomainName": "CORP", "Status": "0xc000006d",
    "FailureReason": "%%2313", "SubStatus": "0xc0000064",
    "LogonType": "3", "LogonProcessName": "NtLmSsp ", "AuthenticationPackageName": "NTLM", "WorkstationName": "KALI",
    "TransmittedServices": "-", "LmPackageName": "-", "KeyLength": 0, "ProcessId": 0, "ProcessName": "-", "IpAddress": "", "IpPort": "",
}  # fmt: skip
PROCESS = {
    "SubjectUserSid": "S-1-5-21-1-2-3-1001", "SubjectUserName": "alice", "SubjectDomainName": "CORP", "SubjectLogonId": 12345,
    "NewProcessId": 0, "NewProcessName": "C:\\Windows\\System32\\cmd.exe", "TokenElevationType": "%%1938", "ProcessId": 4,
    "CommandLine": "",
    "TargetUserSid": "S-1-0-0", "TargetUserName": "-", "TargetDomainName": "-", "TargetLogonId": 0,
    "ParentProcessName": "C:\\Windows\\explorer.exe", "MandatoryLabel": "S-1-16-8192",
}  # fmt: skip


def generate(count: int) -> Iterator[Logged]:
    chance = random.Random(7)  # noqa: S311 - a fixed seed is wanted
    at = datetime(2024, 3, 5, 10, tzinfo=UTC)
    for place in range(count):
        at += timedelta(microseconds=chance.randrange(10**7))
        if place % 3 == 0:
            data = {
                "TargetUserName": f"user{chance.randrange(50)}",
                "IpAddress": f"203.0.113.{chance.randrange(250)}",
                "IpPort": str(place),
            }
            yield Logged(code=4625, at=at, data=LOGON | data)
        elif place % 3 == 1:
            yield Logged(code=4688, at=at, data=PROCESS | {"NewProcessId": place, "CommandLine": f'cmd.exe /c "whoami {place}"'})
        else:
            data = {"param1": "Windows Update", "param2": "running"}
            yield Logged(code=7036, provider="Service Control Manager", channel="System", sid="S-1-5-18", at=at, data=data)


def export(count: int) -> Iterator[str]:
    """Yield journal entries in the export format."""
    chance = random.Random(7)  # noqa: S311 - a fixed seed is wanted
    at = 1_709_632_800_000_000
    for place in range(count):
        at += chance.randrange(10**6)
        message = f"Failed password for user{chance.randrange(50)} from 203.0.113.{chance.randrange(250)} port {place % 65_536} ssh2"
        yield (
            f"__REALTIME_TIMESTAMP={at}\n__MONOTONIC_TIMESTAMP={at - 1_709_632_000_000_000}\n_BOOT_ID={'ab' * 16}\n_HOSTNAME=web1\n"
            f"PRIORITY=6\nSYSLOG_IDENTIFIER=sshd\n_PID={place % 3_000}\n_COMM=sshd\n_UID=0\n_SYSTEMD_UNIT=ssh.service\n_TRANSPORT=syslog\n"
            f"_EXE=/usr/sbin/sshd\n_CMDLINE=sshd: [accepted]\nMESSAGE={message}\n\n"
        )


def spent() -> float:
    """CPU-seconds of this process and of those it has waited for."""
    return sum(
        resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def comity(log: Path, folder: Path) -> tuple[int, str]:
    job = Job(number="1", name=log.name, path=log, offset=0, length=log.stat().st_size, modified=None)
    files = [file for result in read(plan([job]), out=folder / f"comity-{log.name}", jobs=1, limits=Limits()) for file in result.files]
    rows = {file.table: file.rows for file in files}
    return rows.get("event", 0), f"{rows.get('defect', 0)} defects"


def program(*command: str | Path) -> tuple[int, str]:
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(answer[0]), f"{answer[1]} recovered beside" if len(answer) > 1 else ""


def journalctl(log: Path) -> tuple[int, str]:
    with subprocess.Popen(["journalctl", "--file", log, "-o", "json"], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        return sum(1 for _ in running.stdout), ""


def measure(name: str, log: Path, reading: Callable[[], tuple[int, str]]) -> int:
    cpu, wall = spent(), time.perf_counter()
    count, remark = reading()
    cpu, wall = spent() - cpu, time.perf_counter() - wall
    print(f"{log.name[:30]:30} {name:10} {count:9,} {count / cpu:10,.0f}/CPU-s {count / wall:10,.0f}/s  {remark}")
    return count


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--peers", type=Path)
    options.add_argument("--log", type=Path, nargs="*", default=[])
    chosen = options.parse_args()
    print(platform.platform(), platform.python_version())
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as scratch:
        folder = Path(scratch)
        logs = list(chosen.log)
        if not logs:
            logs = [folder / "generated.evtx"]
            logs[0].write_bytes(event_log(generate(chosen.records)))
        for log in logs:
            counts = {measure("Comity", log, lambda log=log: comity(log, folder))}
            for name, script in (("libevtx", LIBEVTX), ("Dissect", DISSECT)) if chosen.peers else ():
                command = (chosen.peers / "bin" / "python", "-c", script, log)
                counts.add(measure(name, log, lambda command=command: program(*command)))
            print("equal counts" if len(counts) == 1 else f"COUNTS DIFFER: {counts}")
        if REMOTE.exists() and shutil.which("journalctl"):
            journal = folder / "generated.journal"
            written = "".join(export(chosen.records)).encode()
            subprocess.run([REMOTE, "-o", journal, "-"], input=written, check=True, capture_output=True)
            counts = {
                measure("Comity", journal, lambda: comity(journal, folder)),
                measure("journalctl", journal, lambda: journalctl(journal)),
            }
            print("equal counts" if len(counts) == 1 else f"COUNTS DIFFER: {counts}")


if __name__ == "__main__":
    main()
