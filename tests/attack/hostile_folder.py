"""A folder as an attacker would hand it in: bombs, names, links, cycles, markup, numbers nobody means."""

# ruff: noqa: S108 - names as an attacker writes them

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
from pathlib import Path

from browser_factory import chromium

MARK = "comityattack"
"""Part of every path an archive asks to be written to."""
MARKUP = '"><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)><svg onload=alert(1)>'
FORMULA = '=HYPERLINK("http://evil.example","x")+cmd|\' /C calc\'!A0'
_ESCAPE = "\x1b]0;owned\x07\x1b[2J"
_ZEROS = 300 * 2**20


def a_zip(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 5, 10, 0, 0)), data, method)
    return out.getvalue()


def a_tar() -> bytes:
    """Links out of the archive, a file written through one, devices, a pipe, names that lead away."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, target in (
            ("way", tarfile.SYMTYPE, "/etc"), ("hard", tarfile.LNKTYPE, "/etc/shadow"), ("up", tarfile.SYMTYPE, "../../../.."),
            ("memory", tarfile.CHRTYPE, ""), ("disk", tarfile.BLKTYPE, ""), ("pipe", tarfile.FIFOTYPE, ""),
        ):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.devmajor, member.devminor = kind, target, 1, 1
            archive.addfile(member)
        for name in (f"way/{MARK}", f"up/{MARK}", f"../../../../tmp/{MARK}", f"/tmp/{MARK}", "same", "same", "SAME"):
            member = tarfile.TarInfo(name)
            member.size = 5
            archive.addfile(member, io.BytesIO(b"bytes"))
    return out.getvalue()


def nested(levels: int) -> bytes:
    data = b"the innermost"
    for level in range(levels):
        data = a_zip([(f"{level}.zip", data)], zipfile.ZIP_STORED)
    return data


def overlapping(entries: int) -> bytes:
    """A directory whose entries all name the one local file: what is stored once comes out many times."""
    data = a_zip([("a", bytes(4 * 2**20))])
    start = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    entry = data[start:end]
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, len(entry) * entries, start, 0)
    return data[:start] + entry * entries + tail


def mail(subject: str, body: str, *, extra: str = "") -> bytes:
    text = (
        f'From: "{MARKUP.replace(chr(34), "")}" <a@evil.example>\r\nReply-To: z@other.example\r\nTo: c@d.example\r\nSubject: {subject}\r\n'
        f"Date: Mon, 5 Oct 2026 10:00:00 +0000\r\nMessage-ID: <{len(body)}@evil.example>\r\nMIME-Version: 1.0\r\n"
        f"Authentication-Results: mx.d.example; spf=fail; dmarc=fail\r\n{extra}"
    )
    return (text + body).encode()


def many_parts(parts: int) -> bytes:
    body = "--x\r\nContent-Type: text/plain\r\n\r\n.\r\n" * parts + "--x--\r\n"
    return mail("many", body, extra='Content-Type: multipart/mixed; boundary="x"\r\n\r\n')


def deep_parts(levels: int) -> bytes:
    body = "".join(f'--{level}\r\nContent-Type: multipart/mixed; boundary="{level + 1}"\r\n\r\n' for level in range(levels))
    return mail("deep", body, extra='Content-Type: multipart/mixed; boundary="0"\r\n\r\n')


def cyclic_compound() -> bytes:
    """A compound file whose allocation table, directory and small streams all lead back to themselves."""
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, 1, 1, 0, 1) + struct.pack("<L", 0) + struct.pack("<L", 0xFFFFFFFF) * 108
    table = struct.pack("<L", 0xFFFFFFFD) + struct.pack("<L", 1) + struct.pack("<L", 2) * 126
    name = "Root Entry".encode("utf-16-le")
    root = name.ljust(64, b"\0") + struct.pack("<HBBLLL", len(name) + 2, 5, 1, 0, 0, 0) + bytes(36) + struct.pack("<LQ", 1, 2**40)
    return head + table + root * 4


def events() -> bytes:
    """Suricata's form with numbers, times and depths that nothing holds."""
    good = '{"timestamp":"2026-10-05T10:00:00.000000+0000","event_type":"alert","src_ip":"203.0.113.9","src_port":%s,"dest_ip":"192.0.2.1","dest_port":80,"proto":"TCP","alert":{"signature":"%s"}}'
    lines = [good % (port, "x") for port in ("80", "1e999", "-1e999", "NaN", "Infinity", "9" * 400, "-1", "1.5", '"80"', "[80]", "null")]
    lines += [
        good.replace("2026-10-05", when) % ("1", "x") for when in ("0000-00-00", "0001-01-01", "9999-12-31", "99999-01-01", "-001-01-01")
    ]
    lines += [good % ("1", text) for text in ("\\ud800", "\\u0000", MARKUP.replace('"', '\\"'), "x" * 200_000)]
    lines += ["[" * 100_000, '{"a":' * 50_000, '{"event_type":"alert","event_type":"flow","timestamp":1e308}']
    return "\n".join([*lines, ""]).encode()


ACCESS = "".join(
    f'203.0.113.{number % 250} - - [{day}/Oct/{year}:10:05:03 +0000] "GET /{target} HTTP/1.1" {status} {size} "-" "{MARKUP}"\n'
    for number, (day, year, target, status, size) in enumerate([
        ("05", "2026", "a", "200", "5"), ("05", "0000", "a", "200", "5"), ("31", "9999", "a", "200", "5"), ("05", "99999", "a", "200", "5"),
        ("99", "2026", "a", "200", "5"), ("05", "2026", FORMULA, "999", "9" * 40), ("05", "2026", "%c0%ae%c0%ae/" * 40, "-1", "-"),
        ("05", "2026", _ESCAPE, "200", "1e999"), ("05", "2026", "x" * 300_000, "200", "18446744073709551616"),
    ])
).encode()  # fmt: skip
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    b'<!ENTITY x SYSTEM "file:///etc/passwd">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>&x;&c;</Id>'
    b'<Ntry><Amt Ccy="EUR">1e999</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>9999-12-31</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>'
)
SWIFT = (
    b":20:A\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C261005EUR" + b"9" * 60 + b",00\r\n:61:2610051005D" + b"9" * 40
    + b",99NTRF" + FORMULA.encode() + b"\r\n:86:" + b"x" * 100_000 + b"\r\n:61:9999999999C1,NMSC\r\n:62F:C261005EUR1,\r\n"
)  # fmt: skip


def files() -> dict[bytes, bytes]:
    """Return what lies in the folder, by name."""
    zeros = bytes(_ZEROS)
    names = [
        (f"../../../../../../tmp/{MARK}", b"a"), (f"/tmp/{MARK}", b"b"), (f"C:\\{MARK}", b"c"), (f"..\\..\\{MARK}", b"d"), ("same", b"1"), ("same", b"2"),
        ("Same", b"3"), ("caf\u00e9", b"4"), ("cafe\u0301", b"5"), ("txt.\u202eexe", b"6"), (f"{_ESCAPE}{MARKUP}", b"7"), (FORMULA, b"8"), ("a/" * 3000, b""),
    ]  # fmt: skip
    overlong = bytearray(a_zip([("1234567890", b"overlong")]))
    for place in (overlong.index(b"1234567890"), overlong.rindex(b"1234567890")):
        overlong[place : place + 10] = b"\xc0\xae\xc0\xae\xc0\xaf\xff\x00\x1b."
    login = b"Oct  5 10:05:%02d h sshd[1]: Failed password for %s from 198.51.100.9 port 22 ssh2\n"
    markup = f'Content-Type: text/html\r\n\r\n<p>{MARKUP}<iframe src="http://evil.example"></iframe><svg><script>alert(1)</script></svg><a href="http://198.51.100.9/login">https://bank.example</a>'
    return {
        b"bomb.gz.gz": gzip.compress(gzip.compress(zeros, 1), 1),
        b"bomb.bz2": bz2.compress(zeros, 1),
        b"bomb.tar.xz": lzma.compress(zeros, preset=0),
        b"bomb.zip": a_zip([("zeros", zeros), ("after", b'203.0.113.9 - - [05/Oct/2026:10:05:03 +0000] "GET / HTTP/1.1" 200 5\n')]),
        b"overlapping.zip": overlapping(200),
        b"nested.zip": nested(40),
        b"names.zip": a_zip(names),
        b"overlong.zip": bytes(overlong),
        b"links.tar": a_tar(),
        b"many parts.eml": many_parts(30_000),
        b"deep parts.eml": deep_parts(3_000),
        b"markup.eml": mail(MARKUP, markup),
        b"formula.eml": mail(FORMULA, f"Content-Type: text/plain\r\n\r\nnew bank account {FORMULA} http://198.51.100.9/login"),
        b"header.eml": mail("x" * 20_000_000, "\r\nbody"),
        b"cyclic.msg": cyclic_compound(),
        b"eve.json": events(),
        b"access.log": ACCESS,
        b"auth.log": b"".join(login % (second, (_ESCAPE + MARKUP).encode()) for second in range(60)),
        b"statement.xml": ENTITIES,
        b"statement.sta": SWIFT,
        b"statement.csv": f"Date;Description;Amount;Balance\n20.04.2026;{FORMULA};-12,34;87,66\n21.04.2026;{MARKUP.replace(';', '')};{'9' * 60},00;1,0\n31.12.9999;x;1e999;0\n".encode(),
        b"History": chromium(visits=20, page_size=512)[:-900],
        "caf\u00e9.txt".encode(): b"composed",
        "cafe\u0301.txt".encode(): b"decomposed",
        "fdp.\u202etxt.exe".encode(): b"MZ",
        FORMULA.replace("/", "_").encode(): b"name",
        MARKUP.replace("/", "_").encode(): b"name",
        b"\xc0\xae\xc0\xae": b"overlong name",
        b"line\nbreak " + _ESCAPE.encode(): b"name",
    }


def write(folder: Path) -> int:
    """Write the folder; return how many files it has."""
    found = files()
    folder.mkdir()
    for name, data in found.items():
        (folder / os.fsdecode(name)).write_bytes(data)
    return len(found)
