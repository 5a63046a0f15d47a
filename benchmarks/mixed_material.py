"""A folder of mixed material of a given size, the same bytes each time: what a seized server and its surroundings look like.

Access logs, system logs, Windows event logs, captures, Suricata's and CloudTrail's JSON, mailboxes and bank statements, in fixed
shares; in each a few acts that findings should name. Nothing in it is real. Used by mixed_folder.py.
"""

import json
import random
import struct
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from capture_factory import ethernet, hello, query, tcp, udp
from event_log_factory import Logged, event_log

START = datetime(2026, 3, 2, tzinfo=UTC)
MOST = 64 * 2**20
"""Bytes of one file."""
_PAGES = ("/", "/shop/list", "/shop/item", "/css/site.css", "/img/logo.png", "/api/basket", "/search", "/blog/2026/03/news")
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36")


def write(folder: Path, size: int) -> dict[str, int]:
    """Write about `size` bytes of material into `folder` and return the bytes of each kind."""
    written: dict[str, int] = {}
    for place, (name, share, make) in enumerate(KINDS):
        wanted, number = int(size * share), 0
        while written.get(name, 0) < wanted:
            piece = make(random.Random(f"{place}.{number}"), min(MOST, wanted - written.get(name, 0)))  # noqa: S311 - a fixed seed is wanted
            path = folder / name.format(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(piece)
            written[name] = written.get(name, 0) + len(piece)
            number += 1
    return written


def _lines(size: int, lines: Iterator[str]) -> bytes:
    found, total = [], 0
    for line in lines:
        found.append(line)
        total += len(line) + 1
        if total >= size:
            break
    return ("\n".join(found) + "\n").encode()


def _address(chance: random.Random) -> str:
    return f"{chance.randrange(11, 200)}.{chance.randrange(250)}.{chance.randrange(250)}.{chance.randrange(1, 250)}"


def _access(chance: random.Random, size: int) -> bytes:
    peers = [_address(chance) for _ in range(2_000)]

    def lines() -> Iterator[str]:
        at = START
        while True:
            at += timedelta(seconds=chance.randrange(3))
            page, status = chance.choice(_PAGES), 404 if chance.random() < 0.05 else 200
            if chance.random() < 0.0002:
                page, status = "/item?f=../../../../etc/passwd", 403
            yield (
                f'{chance.choice(peers)} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {page}?id={chance.randrange(10**6)} HTTP/1.1" '
                f'{status} {chance.randrange(200, 90_000)} "https://shop.example/" "{chance.choice(_AGENTS)}"'
            )

    return _lines(size, lines())


def _system(chance: random.Random, size: int) -> bytes:
    guesser, peers = _address(chance), [_address(chance) for _ in range(40)]

    def lines() -> Iterator[str]:
        at = START
        for number in range(size):
            at += timedelta(seconds=chance.randrange(1, 9))
            head = f"{at:%b %e %H:%M:%S} web1"
            kind = chance.randrange(4)
            if 5_000 <= number < 5_400:
                yield f"{head} sshd[{number}]: Failed password for root from {guesser} port {40_000 + number % 20_000} ssh2"
            elif number == 5_400:
                yield f"{head} sshd[{number}]: Accepted password for root from {guesser} port 41000 ssh2"
            elif kind == 0:
                yield f"{head} sshd[{number % 30_000}]: Accepted publickey for backup from {chance.choice(peers)} port {40_000 + kind} ssh2"
            elif kind == 1:
                yield f"{head} CRON[{number % 30_000}]: pam_unix(cron:session): session opened for user root by (uid=0)"
            else:
                yield f"{head} systemd[1]: Started Session {number} of user backup with result {chance.randrange(10**6)}."

    return _lines(size, lines())


def _windows(chance: random.Random, size: int) -> bytes:
    def logged() -> Iterator[Logged]:
        at = START
        for number in range(max(1, size // 620)):
            at += timedelta(milliseconds=chance.randrange(20_000))
            user = {"TargetUserName": f"user{chance.randrange(60)}", "TargetDomainName": "CORP", "LogonType": "3"}
            if number % 3:
                data = {**user, "IpAddress": "10.0.0.17", "IpPort": str(1_024 + number % 60_000), "AuthenticationPackageName": "Kerberos"}
                yield Logged(code=4624, at=at, data=data)
            else:
                data = {"NewProcessName": "C:\\Windows\\System32\\cmd.exe", "NewProcessId": number, "CommandLine": f"cmd /c job {number}"}
                yield Logged(code=4688, at=at, data=data)

    return event_log(logged())


def _capture(chance: random.Random, size: int) -> bytes:
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)]
    clock, total, number = START.timestamp(), 24, 0
    while total < size:
        number += 1
        client, server, port = f"10.0.{chance.randrange(4)}.{chance.randrange(1, 250)}", _address(chance), 20_000 + number % 40_000
        name = f"host{chance.randrange(900)}.example"
        packets = [udp(client, port, "10.0.0.1", 53, query(name)), tcp(client, port, server, 443, 0x02, 100)]
        packets += [tcp(server, 443, client, port, 0x12, 500, 101), tcp(client, port, server, 443, 0x10, 101, 501)]
        packets.append(tcp(client, port, server, 443, 0x18, 101, 501, hello(name)))
        packets += [tcp(server, 443, client, port, 0x10, 501 + 1_400 * each, 101, bytes(1_400)) for each in range(12)]
        packets.append(tcp(client, port, server, 443, 0x04, 101, 501))
        for packet in packets:
            clock += 0.0004
            frame = ethernet(packet)
            parts += [struct.pack("<IIII", int(clock), int(clock % 1 * 1e6), len(frame), len(frame)), frame]
            total += 16 + len(frame)
    return b"".join(parts)


def _suricata(chance: random.Random, size: int) -> bytes:
    def lines() -> Iterator[str]:
        at = START
        while True:
            at += timedelta(milliseconds=chance.randrange(900))
            record: dict[str, object] = {
                "timestamp": at.isoformat(timespec="microseconds").replace("+00:00", "+0000"), "flow_id": chance.randrange(10**15),
                "event_type": "dns", "src_ip": f"10.0.0.{chance.randrange(1, 250)}", "src_port": chance.randrange(65_536),
                "dest_ip": "10.0.0.1", "dest_port": 53, "proto": "UDP",
            }  # fmt: skip
            kind = chance.randrange(1_000)
            if kind == 0:
                signature = {"action": "allowed", "signature_id": 2_001_219, "signature": "ET SCAN Potential SSH Scan", "severity": 2}
                record |= {"event_type": "alert", "alert": signature, "src_ip": _address(chance)}
            elif kind < 500:
                flow = {
                    "pkts_toserver": 9,
                    "pkts_toclient": 12,
                    "bytes_toserver": 900,
                    "bytes_toclient": 19_000,
                    "start": record["timestamp"],
                }
                record |= {"event_type": "flow", "proto": "TCP", "flow": flow, "dest_ip": _address(chance), "dest_port": 443}
            else:
                record["dns"] = {"type": "query", "id": kind, "rrname": f"host{chance.randrange(900)}.example", "rrtype": "A", "tx_id": 0}
            yield json.dumps(record, separators=(",", ":"))

    return _lines(size, lines())


def _cloud(chance: random.Random, size: int) -> bytes:
    def lines() -> Iterator[str]:
        at = START
        while True:
            at += timedelta(milliseconds=chance.randrange(9_000))
            name = chance.choice(("GetObject", "PutObject", "ListBuckets", "ConsoleLogin", "DescribeInstances"))
            yield json.dumps(
                {
                    "eventVersion": "1.09", "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "eventSource": "s3.amazonaws.com", "eventName": name,
                    "userIdentity": {"type": "IAMUser", "userName": f"user{chance.randrange(40)}", "accountId": "123456789012"},
                    "awsRegion": "eu-central-1", "sourceIPAddress": _address(chance), "userAgent": "aws-cli/2.15",
                    "requestParameters": {"bucketName": "archive", "key": f"a/{chance.randrange(10**9)}"}, "responseElements": None,
                    "eventID": f"{chance.randrange(16**12):012x}", "eventType": "AwsApiCall", "recipientAccountId": "123456789012",
                },
                separators=(",", ":"),
            )  # fmt: skip

    return _lines(size, lines())


def _mail(chance: random.Random, size: int) -> bytes:
    words = ("invoice", "meeting", "please", "find", "attached", "the", "report", "for", "march", "with", "kind", "regards", "delivery")
    parts, total, at = [], 0, START
    while total < size:
        at += timedelta(seconds=chance.randrange(900))
        date = f"{at:%a, %d %b %Y %H:%M:%S} +0000"
        body = "\n".join(" ".join(chance.choices(words, k=11)) for _ in range(chance.randrange(20, 120)))
        person = f"person{chance.randrange(300)}@partner{chance.randrange(40)}.example"
        parts.append(
            f"From {person} {at:%a %b %e %H:%M:%S %Y}\n"
            f"Received: from mx{chance.randrange(9)}.example ([{_address(chance)}]) by mail.firm.example with ESMTPS id {total}; {date}\n"
            f"From: Person <{person}>\nTo: office@firm.example\nSubject: {' '.join(chance.choices(words, k=4))}\nDate: {date}\n"
            f"Message-ID: <{total}.{chance.randrange(10**9)}@partner.example>\nContent-Type: text/plain; charset=utf-8\n\n{body}\n\n"
        )
        total += len(parts[-1])
    return "".join(parts).encode()


def _statement(chance: random.Random, size: int) -> bytes:
    def lines() -> Iterator[str]:
        yield f"Account;{chance.randrange(10**9, 10**10)};EUR"
        yield "Date;Description;Amount;Balance"
        balance = 10**8
        for number in range(size):
            amount = chance.randrange(-90_000, 95_000)
            balance += amount
            day = START + timedelta(minutes=20 * number)
            yield f"{day:%d.%m.%Y};Invoice {number} of customer {chance.randrange(900)};{_euro(amount)};{_euro(balance)}"

    return _lines(min(size, 2**20), lines())


def _euro(cents: int) -> str:
    sign, whole = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{whole // 100},{whole % 100:02d}"


KINDS: tuple[tuple[str, float, Callable[[random.Random, int], bytes]], ...] = (
    ("web/access.{}.log", 0.35, _access),
    ("system/auth.{}.log", 0.15, _system),
    ("windows/Security{}.evtx", 0.12, _windows),
    ("network/capture{}.pcap", 0.15, _capture),
    ("network/eve{}.json", 0.08, _suricata),
    ("cloud/trail{}.json", 0.04, _cloud),
    ("mail/box{}.mbox", 0.10, _mail),
    ("bank/statement{}.csv", 0.01, _statement),
)
"""Names, shares of the whole, and makers."""
