"""Packets of a capture read per CPU-second: Comity beside dpkt and a bare loop over the headers.

    python benchmarks/capture.py [--packets N] [--bulk N] [--keep FILE] [--dpkt PYTHON]

One generated capture (fixed seed) for all: web and TLS connections with bulk data, name queries, scans, retransmissions. Comity
does all of its work: a confined reader process, flows with states, histories and Community IDs, DNS, HTTP and TLS events, Parquet
written and hashed; CPU of all its processes with their start, and the greatest resident memory of one of them. dpkt and the bare
loop only count packets and bytes by five-tuple; nothing of it is stored. dpkt is run by PYTHON, which has it installed.
"""

import argparse
import platform
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa

from comity.parsers.reading import Job, Limits, plan
from comity.parsers.sandbox import read

DPKT = """
import dpkt, resource, sys
flows = {}
with open(sys.argv[1], "rb") as stream:
    packets = 0
    for time, data in dpkt.pcap.Reader(stream):
        packets += 1
        ip = dpkt.ethernet.Ethernet(data).data
        if isinstance(ip, dpkt.ip.IP) and isinstance(ip.data, (dpkt.tcp.TCP, dpkt.udp.UDP)):
            ends = sorted(((ip.src, ip.data.sport), (ip.dst, ip.data.dport)))
            key = (ip.p, *ends[0], *ends[1])
            known = flows.setdefault(key, [0, 0, time])
            known[0] += 1
            known[1] += ip.len
used = resource.getrusage(resource.RUSAGE_SELF)
print(packets, len(flows), used.ru_utime + used.ru_stime)
"""
BARE = """
import resource, struct, sys
flows = {}
packets = 0
record, five = struct.Struct("<IIII").unpack_from, struct.Struct(">9xB2x4s4s4s").unpack_from
with open(sys.argv[1], "rb") as stream:
    data = stream.read()
at = 24
while at + 16 <= len(data):
    _, _, captured, _ = record(data, at)
    protocol, source, target, ports = five(data, at + 30)
    key = (protocol, source, target, ports)
    flows[key] = flows.get(key, 0) + 1
    packets += 1
    at += 16 + captured
used = resource.getrusage(resource.RUSAGE_SELF)
print(packets, len(flows), used.ru_utime + used.ru_stime)
"""
SYN, ACK, PSH, FIN, RST = 2, 16, 8, 1, 4
HELLO = bytes.fromhex("16030100430100003f0303") + bytes(32) + bytes.fromhex("00000213010100001400000010000e00000b") + b"tls.example"


def frame(protocol: int, source: bytes, target: bytes, body: bytes) -> bytes:
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0, source, target)
    return b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + header + body


def segment(ends: tuple[bytes, int, bytes, int], seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    source, port, target, other = ends
    return frame(
        6, source, target, struct.pack(">HHIIBBHHH", port, other, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 8192, 0, 0) + data
    )


def connection(chance: random.Random, client: bytes, server: bytes, bulk: int) -> Iterator[bytes]:
    """Yield the packets of a connection: handshake, a request, some data, a close."""
    port, web = chance.randrange(1024, 65536), chance.random() < 0.5
    there, back = (client, port, server, 80 if web else 443), (server, 80 if web else 443, client, port)
    seq, ack = chance.getrandbits(32), chance.getrandbits(32)
    yield segment(there, seq, 0, SYN)
    if chance.random() < 0.1:
        return
    yield segment(back, ack, seq + 1, SYN | ACK)
    yield segment(there, seq + 1, ack + 1, ACK)
    asked = b"GET /%x HTTP/1.1\r\nHost: www.example\r\nUser-Agent: a/1\r\n\r\n" % chance.getrandbits(64) if web else HELLO
    yield segment(there, seq + 1, ack + 1, ACK | PSH, asked)
    seq, ack = seq + 1 + len(asked), ack + 1
    size = bulk * (1400 * int(chance.paretovariate(0.9)) % 1_400_000)
    data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size if web else b"\x16\x03\x03\x00\x7a"
    while True:
        yield segment(back, ack, seq, ACK, data)
        ack += len(data)
        if chance.random() < 0.01:
            yield segment(back, ack - len(data), seq, ACK, data)
        if chance.random() < 0.5:
            yield segment(there, seq, ack, ACK)
        if size <= 0:
            break
        data = b"x" * min(size, 1400)
        size -= 1400
    yield segment(back, ack, seq, ACK | FIN)
    yield segment(there, seq, ack + 1, ACK | FIN)
    yield segment(back, ack + 1, seq + 1, ACK)


def names(chance: random.Random, client: bytes, server: bytes) -> Iterator[bytes]:
    """Yield a query and its response."""
    port = chance.randrange(1024, 65536)
    question = b"\3www\7example\3com\0\0\1\0\1"
    identity = chance.getrandbits(16)
    asked = struct.pack(">6H", identity, 0x0100, 1, 0, 0, 0) + question
    told = struct.pack(">6H", identity, 0x8180, 1, 1, 0, 0) + question + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
    yield frame(17, client, server, struct.pack(">HHHH", port, 53, 8 + len(asked), 0) + asked)
    yield frame(17, server, client, struct.pack(">HHHH", 53, port, 8 + len(told), 0) + told)


def generate(path: Path, packets: int, bulk: int) -> None:
    """Write at least `packets` packets, those of thirty conversations at a time mingled."""
    chance = random.Random(7)  # noqa: S311 - a fixed seed is wanted
    going: list[Iterator[bytes]] = []
    time, count = 1_700_000_000_000_000, 0
    with path.open("wb", buffering=2**20) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        while count < packets:
            while len(going) < 30:
                client, server = bytes((10, 0, chance.randrange(256), chance.randrange(256))), bytes((198, 51, 100, chance.randrange(256)))
                going.append(names(chance, client, server) if chance.random() < 0.3 else connection(chance, client, server, bulk))
            conversation = chance.choice(going)
            data = next(conversation, None)
            if data is None:
                going.remove(conversation)
                continue
            time += chance.randrange(40)
            out.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(data), len(data)) + data)
            count += 1


def spent() -> float:
    """CPU-seconds of this process and of those it has waited for."""
    return sum(
        resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def comity(capture: Path, folder: Path) -> tuple[dict[str, int], float]:
    start = spent()
    job = Job(number="1", name=capture.name, path=capture, offset=0, length=capture.stat().st_size, modified=None)
    rows = {file.table: file.rows for result in read(plan([job]), out=folder / "comity", jobs=1, limits=Limits()) for file in result.files}
    return rows, spent() - start


def told_by(python: str, program: str, capture: Path) -> tuple[int, int, float]:
    answer = subprocess.run([python, "-c", program, str(capture)], check=True, capture_output=True, text=True).stdout.split()
    return int(answer[0]), int(answer[1]), float(answer[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--bulk", type=int, default=1, help="how many times as much data a connection carries")
    parser.add_argument("--keep", type=Path, help="where the capture is kept, or taken from when it is there")
    parser.add_argument("--dpkt", help="an interpreter that has dpkt")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="comity-benchmark-"))
    try:
        capture = options.keep or folder / "capture.pcap"
        if not capture.exists():
            generate(capture, options.packets, options.bulk)
        print(f"Python {platform.python_version()}, polars {pl.__version__}, pyarrow {pa.__version__}")
        rows, used = comity(capture, folder)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # before the loops, which read the file whole
        print(f"comity: {rows}, {peak:,.0f} MiB resident at most")
        bare, ways, seconds = told_by(sys.executable, BARE, capture)
        results = [("comity, flows and events as Parquet", bare, used), ("bare loop, packets by one-way five-tuple", bare, seconds)]
        print(f"{bare:,} packets, {capture.stat().st_size / 1e6:,.0f} MB, {ways:,} one-way five-tuples")
        if options.dpkt:
            count, flows, seconds = told_by(options.dpkt, DPKT, capture)
            print(f"dpkt: {flows:,} five-tuples")
            results.append(("dpkt, packets and bytes by five-tuple", count, seconds))
    finally:
        shutil.rmtree(folder)
    print(f"\n{'':45} {'packets':>12} {'CPU s':>8} {'packets/CPU s':>14} {'comity is':>10}")
    for name, count, seconds in results:
        print(f"{name:45} {count:12,} {seconds:8.2f} {count / seconds:14,.0f} {results[0][1] / results[0][2] / (count / seconds):9.1f}×")


if __name__ == "__main__":
    main()
