"""Material for the trace law: for each parser that fills tables, a few small sources it reads. A new parser adds a line to SAMPLES."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from browser_factory import chromium, firefox, safari
from capture_factory import capture_samples
from document_factory import office as made_office
from document_factory import pdf as made_pdf
from event_log_factory import Logged, event_log
from journal_factory import Kept, journal
from log_samples import (
    APPLICATION,
    CLOUDFRONT,
    CLOUDTRAIL,
    ECS,
    ENTRA,
    EVE,
    GOOGLE_CLOUD,
    IIS,
    LOOKED_UP,
    NGINX,
    PORTAL,
    UNIFIED,
    WITHOUT,
    WORKSPACE,
    ZEEK,
    ZEEK_JSON,
)

MODIFIED = datetime(2017, 4, 20, 14, 14, 30, tzinfo=UTC)
_REAL = Path(__file__).parents[2] / "shared" / "data"
_EXAMPLE = Path(__file__).parents[1] / "examples" / "business-email-compromise" / "material"
_MOST_BYTES = 300_000

_MESSAGE = b"""Received: from relay.example.net (relay.example.net [192.0.2.25]) by mx.example.org with ESMTPS id 1;
 Thu, 20 Apr 2017 14:14:29 +0000
Received: from [203.0.113.9] (port=4411) by relay.example.net with ESMTPA; Thu, 20 Apr 2017 16:14:20 +0200
Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=example.net; dkim=fail header.d=example.net; dmarc=fail
From: "A. Person" <a@example.net>
Reply-To: other@example.com
To: b@example.org, c@example.org
Subject: =?utf-8?q?Changed_b=C3=A4nk_account?=
Date: Thu, 20 Apr 2017 16:14:19 +0200
Message-ID: <1@example.net>
Content-Type: text/html; charset=utf-8

<p>See <a href="http://203.0.113.7/login">https://bank.example/</a> and <a href="https://a.example/">this</a>.</p>
"""

_STATEMENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2017-04-20T14:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2017-04-20T14:00:00</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>Firm</Nm></Ownr></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2017-04-19</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">87.66</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2017-04-20</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">12.34</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2017-04-20</Dt></BookgDt><ValDt><Dt>2017-04-20</Dt></ValDt>
<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><RltdPties><Cdtr><Nm>Payee</Nm></Cdtr>
<CdtrAcct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></CdtrAcct></RltdPties><RmtInf><Ustrd>invoice 7</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""

_SWIFT = b"""{1:F01BANKDEFFXXXX0000000000}{2:O940BANKDEFFXXXXN}{4:
:20:A
:25:DE89370400440532013000
:28C:3/1
:60F:C161231EUR1000,00
:61:1701021230DR12,34NTRFNONREF//R1
:86:166?00TRANSFER?20EREF+E-77?21SVWZ+invoice\xe4?30COBADEFFXXX?31GB33BUKB20201555555555?32Payee
:61:170103RC5,NMSC77
:62F:C170103EUR982,66
-}
:20:B
:25:NL91ABNA0417164300
:60F:D170103USD1,
:61:170103C5,NMSC77
"""

_OFX = b"""OFXHEADER:100
CHARSET:1252

<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>22</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><DTPOSTED>20260320133000[-3:BRT]<TRNAMT>-1250,50<FITID>A-1<NAME>M\xfcller</STMTTRN>
<STMTTRN><DTPOSTED>20260321<TRNAMT>80.25<FITID>A-2</STMTTRN></BANKTRANLIST></STMTRS>
<CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>4111</CCACCTFROM><STMTTRN><DTPOSTED>20260321<TRNAMT>1<FITID>A-3</STMTTRN></CCSTMTRS></OFX>
"""

_STATEMENT_CSV = b"""Account;DE89370400440532013000;EUR
Date;Description;Amount;Balance
20.04.2017;Invoice 7;-12,34;87,66
21.04.2017;Salary;1.000,00;1.087,66
"""

_ACCESS = (
    b"\n".join(
        [
            b'203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 200 5 "http://example.org/" "Mozilla/5.0"',
            b'shop.example:443 2001:db8::1 - john doe [17/May/2015:10:05:03 -0300] "POST /\\"x\\" HTTP/2.0" 500 - "-" "a" "192.0.2.1"',
            b"",
            b'host.example.net - - [17/May/2015:10:05:03 +0000] "\\x16\\x03" 400 0',
            b'203.0.113.9:7 - - [17/May/2015:10:05:03 +0000] "GET /\xff HTTP/1.0" 404 12 "-" "cut off',
            b"no line of this log",
        ]
    )
    + b"\r\n"
)

_SYSLOG = b"""Dec 30 10:00:00 h sshd[1]: Failed password for root from 192.0.2.5 port 51000 ssh2
Jan  2 10:00:01 h sshd[1]: message repeated 2 times: [ Failed password for root from 192.0.2.5 port 51000 ssh2]
Jan  2 10:00:02 h sudo:   bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su

2017-03-01T10:00:02.123456+02:00 h postfix/smtpd[9]: warning: unknown[192.0.2.5]: SASL LOGIN authentication failed: x
<165>1 2017-03-27T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - [a@1 b="c]"] text
Apr 20 14:14:29 h kernel: \xfe text
  continued
"""


_WINDOWS_EVENTS = (
    Logged(code=4625, data={"TargetUserName": "root", "TargetUserSid": "S-1-0-0", "IpAddress": "203.0.113.9", "IpPort": "51000"}),
    Logged(
        code=7045, provider="Service Control Manager", channel="System", sid="S-1-5-18", data={"ServiceName": "é", "ImagePath": "C:\\a.exe"}
    ),
    Logged(code=1102, provider="Microsoft-Windows-Eventlog", user_data="LogFileCleared", data={"SubjectUserName": "eve"}),
)


_JOURNAL = tuple(
    Kept(1_709_632_800_123_456 + place, (("MESSAGE", message), ("SYSLOG_IDENTIFIER", "sshd"), ("_PID", str(place)), ("_HOSTNAME", "h")))
    for place, message in enumerate(["Failed password for root from 192.0.2.5 port 51000 ssh2", "two\nlines", b"\xff", "x" * 700])
)


def _real(*patterns: str) -> Iterator[bytes]:
    """Yield the beginnings of real files where the real material is at hand, cut after a line."""
    for pattern in patterns:
        for path in sorted(_REAL.glob(pattern))[::25][:12]:
            with path.open("rb") as stream:
                data = stream.read(_MOST_BYTES)
            yield data if len(data) < _MOST_BYTES else data[: data.rfind(b"\n") + 1]


def _example(pattern: str) -> Iterator[bytes]:
    """Yield files of the shipped example."""
    for path in sorted(_EXAMPLE.glob(pattern)):
        yield path.read_bytes()


SAMPLES: dict[str, Callable[[], list[bytes]]] = {
    "mail_message": lambda: [_MESSAGE, *_real("mail/phishing_pot/*.eml")],
    "mailbox": lambda: [b"From a@example.net Thu Apr 20 14:14:29 2017\n" + _MESSAGE + b"\n" + b"From b Thu Apr 20 14:14:30 2017\n" + _MESSAGE + b"\n", *_real("mail/spamassassin/*.mbox")],
    "camt053": lambda: [_STATEMENT, *_example("bank/*.xml"), *_real("statements/camt*.xml")],
    "mt940": lambda: [*_real("statements/*mt940*"), _SWIFT],
    "pdf_document": lambda: [made_pdf()],
    "html_document": lambda: [b"<!DOCTYPE html><title>Sign in</title><form action='https://a.example/p'><input type=password></form><p>caf\xc3\xa9"],
    "office_document": lambda: [made_office({"[Content_Types].xml": "<t/>", "docProps/core.xml": "<c><creator>Eve</creator></c>", "word/document.xml": "<d><p><t>a</t></p></d>", "word/media/a.png": b"x"})],
    "ofx": lambda: [_OFX, *_real("statements/*.ofx")],
    "statement_csv": lambda: [_STATEMENT_CSV, *_example("bank/*.csv"), *_real("statements/*.csv")],
    "access_log": lambda: [_ACCESS, *_real("logs/apache_access.log")],
    "windows_event": lambda: [event_log(_WINDOWS_EVENTS * 2), event_log(_WINDOWS_EVENTS * 200, first=7, flags=1)],
    "browser_history": lambda: [chromium(visits=40, page_size=512), firefox(), safari()],
    "systemd_journal": lambda: [journal(_JOURNAL), journal(_JOURNAL, compact=True, compression="zstd", unused=999)],
    "capture": capture_samples,
    "suricata_eve": lambda: [EVE],
    "w3c_log": lambda: [IIS, CLOUDFRONT],
    "json_lines": lambda: [NGINX, ECS, APPLICATION, WITHOUT],
    "zeek_log": lambda: [ZEEK, ZEEK_JSON],
    "cloud_audit": lambda: [CLOUDTRAIL, UNIFIED, PORTAL, WORKSPACE, GOOGLE_CLOUD, ENTRA, LOOKED_UP],
    "syslog": lambda: [_SYSLOG, *_real("logs/auth.log")],
}  # fmt: skip
"""By the parser's name; each call reads the material afresh."""
