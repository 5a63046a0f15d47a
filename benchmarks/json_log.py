"""Lines of JSON and headed logs read per CPU-second: Comity beside plain json.loads and, for Zeek's columns, csv.

    python benchmarks/json_log.py [--lines N] [--runs N]

Generated logs (fixed seed): Suricata's EVE (DNS, flows, HTTP, TLS, alerts), CloudTrail one a line and as one list on one line,
nginx's JSON, Zeek's conn in columns, IIS. Comity does all of its work: a confined reader process, typed columns, every value kept,
Parquet written and hashed; CPU of all its processes with their start. json.loads decodes each line and throws it away: a floor, not
a reader. The best of the runs counts for each.
"""

import argparse
import csv
import json
import platform
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa

from comity.parsers.reading import Job, Limits, plan
from comity.parsers.sandbox import read

AGENTS = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", "curl/8.5.0")


def address(chance: random.Random) -> str:
    return f"10.{chance.randrange(4)}.{chance.randrange(256)}.{chance.randrange(256)}"


def stamp(at: int, chance: random.Random) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_714_557_600 + at // 50)) + f".{chance.randrange(10**6):06}"


def eve(chance: random.Random, at: int) -> str:
    when = stamp(at, chance) + "+0000"
    record: dict[str, object] = {
        "timestamp": when,
        "flow_id": chance.getrandbits(50),
        "in_iface": "eth0",
        "event_type": "dns",
        "src_ip": address(chance),
        "src_port": chance.randrange(65_536),
        "dest_ip": f"198.51.100.{chance.randrange(256)}",
        "dest_port": 443,
        "proto": "TCP",
    }
    kind = chance.choices(("dns", "flow", "http", "tls", "alert"), (35, 30, 15, 10, 10))[0]
    record["event_type"] = kind
    if kind == "dns":
        name = f"www{chance.randrange(9999)}.example.com"
        record["dns"] = {
            "version": 2,
            "type": "answer",
            "id": chance.randrange(65_536),
            "flags": "8180",
            "qr": True,
            "rd": True,
            "ra": True,
            "rrname": name,
            "rrtype": "A",
            "rcode": "NOERROR",
            "answers": [{"rrname": name, "rrtype": "A", "ttl": 300, "rdata": "93.184.216.34"}],
            "grouped": {"A": ["93.184.216.34"]},
        }
    elif kind == "http":
        record["http"] = {
            "hostname": "example.com",
            "url": f"/a?b={at}",
            "http_user_agent": chance.choice(AGENTS),
            "http_content_type": "text/html",
            "http_method": "GET",
            "protocol": "HTTP/1.1",
            "status": 200,
            "length": chance.randrange(99_999),
        }
    elif kind == "tls":
        record["tls"] = {
            "subject": "CN=example.com",
            "issuerdn": "C=US, O=Let's Encrypt, CN=R3",
            "fingerprint": "aa:bb:cc:dd",
            "sni": "example.com",
            "version": "TLS 1.2",
        }
    else:
        record["app_proto"] = "tls"
        record["flow"] = {
            "pkts_toserver": chance.randrange(99),
            "pkts_toclient": 7,
            "bytes_toserver": chance.randrange(9999),
            "bytes_toclient": 4411,
            "start": when,
            "end": when,
            "age": 0,
            "state": "closed",
            "reason": "timeout",
            "alerted": False,
        }
        if kind == "alert":
            record["alert"] = {
                "action": "allowed",
                "gid": 1,
                "signature_id": 2_000_000 + chance.randrange(999),
                "rev": 3,
                "signature": "A signature",
                "category": "A category",
                "severity": 1,
            }
    return json.dumps(record, separators=(",", ":"))


def cloudtrail(chance: random.Random, at: int) -> str:
    user = f"user{chance.randrange(500)}"
    record = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::123456789012:user/{user}",
            "accountId": "123456789012",
            "userName": user,
        },
        "eventTime": stamp(at, chance)[:19] + "Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": chance.choice(("GetObject", "PutObject", "ListObjects")),
        "awsRegion": "eu-west-1",
        "sourceIPAddress": address(chance),
        "userAgent": chance.choice(AGENTS),
        "requestParameters": {"bucketName": "records", "key": f"{chance.getrandbits(128):032x}"},
        "responseElements": None,
        "additionalEventData": {
            "SignatureVersion": "SigV4",
            "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256",
            "bytesTransferredIn": 0,
            "x-amz-id-2": f"{chance.getrandbits(256):064x}",
        },
        "requestID": f"{chance.getrandbits(64):016X}",
        "eventID": f"{chance.getrandbits(128):032x}",
        "readOnly": True,
        "resources": [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::records/x"}],
        "eventType": "AwsApiCall",
        "recipientAccountId": "123456789012",
    }
    return json.dumps(record, separators=(",", ":"))


def nginx(chance: random.Random, at: int) -> str:
    record = {
        "time_iso8601": stamp(at, chance)[:19] + "+02:00",
        "remote_addr": address(chance),
        "remote_user": "",
        "request": f"GET /page/{chance.randrange(9999)}?s={at} HTTP/1.1",
        "status": str(chance.choice((200, 200, 304, 404))),
        "body_bytes_sent": str(chance.randrange(99_999)),
        "http_referer": "-",
        "http_user_agent": chance.choice(AGENTS),
        "request_time": f"0.{chance.randrange(1000):03}",
    }
    return json.dumps(record)


def conn(chance: random.Random, at: int) -> str:
    ends = f"{address(chance)}\t{chance.randrange(65_536)}\t198.51.100.{chance.randrange(256)}\t443\ttcp\tssl"
    counts = f"{chance.random():.6f}\t{chance.randrange(9999)}\t512\tSF\tT\tF\t0\tShADadFf\t9\t900\t8\t800\t-"
    return f"{1_714_557_600 + at / 50:.6f}\tC{chance.getrandbits(64):x}\t{ends}\t{counts}"


def iis(chance: random.Random, at: int) -> str:
    when = stamp(at, chance)[:19].replace("T", " ")
    agent = chance.choice(AGENTS).replace(" ", "+")
    asked = f"GET /page/{chance.randrange(9999)}.aspx id={at}"
    return f"{when} 192.0.2.1 {asked} 443 - {address(chance)} {agent} - 200 0 0 {chance.randrange(999)}"


CONN_HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\t"
    "missed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\t"
    "count\tstring\tcount\tcount\tcount\tcount\tset[string]\n"
)
IIS_HEADER = (
    "#Software: Microsoft Internet Information Services 10.0\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
)


def spent() -> float:
    """CPU-seconds of this process and of those it has waited for."""
    return sum(
        resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def comity(log: Path, folder: Path) -> tuple[int, float]:
    out = folder / "comity"
    shutil.rmtree(out, ignore_errors=True)
    start = spent()
    job = Job(number="1", name=log.name, path=log, offset=0, length=log.stat().st_size, modified=None)
    rows = sum(file.rows for result in read(plan([job]), out=out, jobs=1, limits=Limits()) for file in result.files)
    return rows, spent() - start


def loads(log: Path) -> tuple[int, float]:
    start = spent()
    with log.open("rb") as lines:
        count = sum(json.loads(line) is not None for line in lines)
    return count, spent() - start


def loads_whole(log: Path) -> tuple[int, float]:
    start = spent()
    count = len(json.loads(log.read_bytes())["Records"])
    return count, spent() - start


def columns(log: Path) -> tuple[int, float]:
    start = spent()
    with log.open("r", encoding="utf-8", newline="") as lines:
        count = sum(not row[0].startswith("#") for row in csv.reader(lines, delimiter="\t" if "conn" in log.name else " "))
    return count, spent() - start


def lines_of(make: Callable[[random.Random, int], str], count: int) -> Iterator[str]:
    chance = random.Random(7)  # noqa: S311 - a fixed seed is wanted
    return (make(chance, at) for at in range(count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="comity-benchmark-"))
    print(f"Python {platform.python_version()}, polars {pl.__version__}, pyarrow {pa.__version__}, msgspec {msgspec.__version__}")
    print(f"{'':24} {'lines':>10} {'MB':>6} {'comity lines/CPU s':>20} {'peer lines/CPU s':>18} {'ratio':>7}  peer")
    resident = 0.0
    try:
        for name, make, header, peer in (
            ("Suricata EVE", eve, "", loads),
            ("CloudTrail, lines", cloudtrail, "", loads),
            ("CloudTrail, one list", cloudtrail, "{", loads_whole),
            ("nginx, JSON", nginx, "", loads),
            ("Zeek conn, columns", conn, CONN_HEADER, columns),
            ("IIS, W3C extended", iis, IIS_HEADER, columns),
        ):
            log = folder / f"{make.__name__}.log"
            with log.open("w", encoding="utf-8") as out:
                if header == "{":
                    out.write('{"Records":[' + ",".join(lines_of(make, options.lines)) + "]}")
                else:
                    out.write(header)
                    out.writelines(line + "\n" for line in lines_of(make, options.lines))
            ours = [comity(log, folder) for _ in range(options.runs)]
            # before a peer makes this process large, whose size a child begins with
            resident = resident or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            theirs = [peer(log) for _ in range(options.runs)]
            if {rows for rows, _ in [*ours, *theirs]} != {options.lines}:
                sys.exit(f"{name}: comity read {ours[0][0]:,}, the peer {theirs[0][0]:,} of {options.lines:,}")
            best, floor = (options.lines / min(seconds for _, seconds in runs) for runs in (ours, theirs))
            words = {loads: "json.loads, thrown away", loads_whole: "json.loads of the whole", columns: "csv, thrown away"}[peer]
            print(
                f"{name:24} {options.lines:10,} {log.stat().st_size / 1e6:6.0f} {best:20,.0f} {floor:18,.0f} {best / floor:7.2f}  {words}"
            )
            log.unlink()
        print(f"greatest resident memory of the reader of the first log: {resident:,.0f} MiB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
