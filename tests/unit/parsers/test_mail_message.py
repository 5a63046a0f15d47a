import base64
import io
from datetime import UTC, datetime

import pytest

from comity.observables import HOP, LINK, MESSAGE
from comity.parsers import mail_message
from comity.parsers.contract import Child, Item, Rows, Source
from comity.terms.errors import MaterialError

PARSER = mail_message.PARSER
PDF = bytes(range(256)) * 20
MESSAGE_BYTES = (
    b"Return-Path: <bounce@mail.example>\r\n"
    b"Received: from relay.example (relay.example [192.0.2.7])\r\n\tby mx.example (Postfix) with ESMTPS id 1;\r\n\tMon, 2 Nov 2026 10:00:05 +0100\r\n"
    b"Received: from [10.0.0.5] by relay.example with ESMTPA; Mon, 2 Nov 2026 09:00:01 +0000\r\n"
    b"Authentication-Results: mx.example; spf=pass smtp.mailfrom=mail.example; dkim=pass header.d=mail.example; dmarc=fail\r\n"
    b"From: =?utf-8?q?Ana_L=C3=ADma?= <Ana.Lima@Mail.Example>\r\nReply-To: other@free.example\r\n"
    b"To: Bo <bo@firm.example>, staff: c@firm.example;\r\nSubject: =?utf-8?b?UsOp?=\r\n =?utf-8?b?c3Vtw6k=?=\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@mail.example>\r\nIn-Reply-To: <0@firm.example>\r\n"
    b'References: <a@firm.example> <0@firm.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b 1"\r\n\r\npreamble\r\n'
    b"--b 1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n"
    b"--b2\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nPag=E1 http://plain.example/x.\r\n"
    b'--b2\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Pay <a href="http://evil.example/">bank.example</a>\xe2\x80\x8b</p><img src=http://t.example/i>\r\n--b2--\r\n'
    b"--b 1\r\nContent-Type: application/pdf; name*0*=utf-8''fa%C3%A7; name*1=tura.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(PDF)
    + b"\r\n--b 1\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: inner\r\nMessage-ID: <i@y.example>\r\n\r\nhello\r\n--b 1--\r\nepilogue\r\n"
)  # fmt: skip


def source(data: bytes) -> Source:
    return Source(stream=io.BytesIO(data), size=len(data), name="x.eml")


def rows(items: list[Item], table: object) -> list[dict[str, object]]:
    return [row for item in items if isinstance(item, Rows) and item.table is table for row in item.batch.to_pylist()]


def read(data: bytes) -> list[Item]:
    out: list[Item] = []
    for item in PARSER.read(source(data), inferred=()):
        out.append(item)
        if isinstance(item, Child):
            assert len(item.stream.read()) == item.size
    return out


def only(data: bytes) -> dict[str, object]:
    (row,) = rows(read(data), MESSAGE)
    return row


def test_every_column_of_a_whole_message():
    assert PARSER.recognizes(MESSAGE_BYTES, name="x") == 3
    assert only(MESSAGE_BYTES) == {
        "trace.offset": 0, "trace.length": len(MESSAGE_BYTES), "message_id": "1@mail.example",
        "date": datetime(2026, 11, 2, 9, tzinfo=UTC), "date.offset_minutes": 60,
        "from.address": "Ana.Lima@mail.example", "from.display_name": "Ana Líma", "from.count": 1, "sender.address": None,
        "reply_to.address": ["other@free.example"], "return_path.address": "bounce@mail.example",
        "to.address": ["bo@firm.example", "c@firm.example"], "cc.address": [], "subject": "Résumé",
        "in_reply_to": "0@firm.example", "references": ["a@firm.example", "0@firm.example"], "x_mailer": None, "list_id": None,
        "spf.result": "pass", "dkim.result": "pass", "dkim.domain": "mail.example", "dmarc.result": "fail", "authentication.server": "mx.example",
        "body.text": "Pay bank.example\u200b", "body.html": True, "body.html_only": False, "body.forms": 0, "body.remote_images": 1,
        "body.hidden_characters": 1, "attachment.count": 2, "attachment.names": ["façtura.pdf", ""], "hop.count": 2, "defects": [],
    }  # fmt: skip


def test_hops_and_links_name_their_message_and_place():
    items = read(MESSAGE_BYTES)
    outer, inner = rows(items, HOP)
    assert (outer["position"], outer["from.ip"], outer["@timestamp"]) == (0, "192.0.2.7", datetime(2026, 11, 2, 9, 0, 5, tzinfo=UTC))
    assert (inner["position"], inner["from.ip"], inner["message_id"]) == (1, "10.0.0.5", "1@mail.example")
    cut = MESSAGE_BYTES[outer["trace.offset"] : outer["trace.offset"] + outer["trace.length"]]
    assert cut.startswith(b"Received: from relay.example")
    assert cut.endswith(b"+0100\r\n")
    (again,) = rows(read(cut), HOP)
    keys = {"message_id", "message.offset", "position", "trace.offset"}
    assert {key: value for key, value in again.items() if key not in keys} == {
        key: value for key, value in outer.items() if key not in keys
    }
    assert [(row["url.full"], row["url.domain"], row["text"], row["source"]) for row in rows(items, LINK)] == [
        ("http://plain.example/x", "plain.example", "http://plain.example/x", "text"),
        ("http://evil.example/", "evil.example", "bank.example", "html_anchor"),
    ]


def test_attachments_are_children_that_extract_finds_again():
    pdf, inner = (item for item in read(MESSAGE_BYTES) if isinstance(item, Child))
    assert (pdf.step, pdf.declared_type, pdf.size) == ("mime:0:2:façtura.pdf", "application/pdf", len(PDF))
    assert base64.decodebytes(MESSAGE_BYTES[pdf.offset : pdf.offset + pdf.length]) == PDF
    assert PARSER.extract(source(MESSAGE_BYTES), step=pdf.step).read() == PDF
    assert (inner.declared_type, inner.step) == ("message/rfc822", "mime:0:3:")
    nested = PARSER.extract(source(MESSAGE_BYTES), step=inner.step).read()
    assert PARSER.recognizes(nested, name="") >= 2
    assert only(nested)["subject"] == "inner"


@pytest.mark.parametrize("step", ["mime:0:9:x", "mime:7:1:x", "zip:0:x", "mime:x:1:", "mime", ""])
def test_a_step_that_leads_nowhere_is_said(step):
    with pytest.raises(MaterialError):
        PARSER.extract(source(MESSAGE_BYTES), step=step)


@pytest.mark.parametrize(
    ("data", "column", "value", "word"),
    [
        (b"From: a@b.example\nDate: Mon, 2 Nov 2026 10:00:00\n\nx", "date", None, "Date without a known zone"),
        (b"From: a@b.example\nDate: Mon, 2 Nov 2026 10:00:00 -0000\n\nx", "date.offset_minutes", None, None),
        (b"From: a@b.example\nDate: yesterday\n\nx", "date", None, "Date unreadable"),
        (b"Subject: x\n\nx", "from.count", 0, "no From address"),
        (b"From: a@b.example\nFrom: c@d.example\n\nx", "from.count", 2, "from repeated"),
        ("From: a@b.example\nSubject: Olá\n\nx".encode(), "subject", "Olá", None),
        ("From: a@b.example\nSubject: Olá\n\nx".encode("latin-1"), "subject", "Olá", "subject: 8-bit bytes in no stated charset"),
        (b"Return-Path: <>\nFrom: a@b.example\n\nx", "return_path.address", "", None),
        (b"From: a@b.example\nContent-Type: multipart/mixed\n\n--x\n\nbody", "body.text", "--x\n\nbody", "multipart without boundary"),
        (b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nbody", "body.text", "body", "closing boundary missing"),
        (b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\nbody", "body.text", "body", "boundary never found"),
        (b"From: a@b.example\nContent-Type: text/plain; charset=klingon\n\n\xe9", "body.text", "é", "unknown charset klingon"),
        (
            b"From: a@b.example\nContent-Type: text/plain; charset=unicode_escape\n\n\\u0041",
            "body.text",
            "\\u0041",
            "unknown charset unicode_escape",
        ),
        (b"From: a@b.example\nContent-Type: text/plain; charset=utf-7\n\n+2AA-", "body.text", "\ufffd", None),
        (b"From: a@b.example\nContent-Transfer-Encoding: base64\n\nSGVs!bG8", "body.text", "Hello", "bad base64"),
        (b"From: a@b.example\nContent-Transfer-Encoding: quoted-printable\n\na=ZZb=", "body.text", "a=ZZb", "bad quoted-printable"),
        (b"From: a@b.example\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 f\n%2&5L;&\\ \n \nend\n", "body.text", "Hello", None),
        (b"\xef\xbb\xbf\r\n\nFrom: a@b.example\n\nx", "from.address", "a@b.example", None),
        (b">From x@y Mon Nov  2 10:00:00 2026\nFrom: a@b.example\n\nx", "from.address", "a@b.example", None),
        (b"junk line\nmore\nFrom: a@b.example\n\nx", "from.address", "a@b.example", "text before the header"),
        (b"From: a@b.example\nnot a field\nSubject: in the body\n\nx", "subject", None, "line in the header that is no field"),
    ],
)
def test_malformed_mail_is_read_as_far_as_it_goes(data, column, value, word):
    row = only(data)
    assert row[column] == value
    assert word is None or word in row["defects"]


def test_an_attachment_in_bad_base64_gives_what_it_can_and_then_says_so():
    data = b"From: a@b.example\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\nAAAA*\nAAA"
    children = (item for item in PARSER.read(source(data), inferred=()) if isinstance(item, Child))
    child = next(children)
    assert (child.size, data[child.offset : child.offset + child.length]) == (5, b"AAAA*\nAAA")
    assert child.stream.read(5) == bytes(5)
    with pytest.raises(MaterialError, match="base64"):
        child.stream.read(1)
    assert PARSER.extract(source(data), step=child.step).read() == bytes(5)


@pytest.mark.parametrize(
    ("head", "at_least", "at_most"),
    [
        (b"Received: from a by b; x\r\n", 2, 3),
        (b"From: a@b.example\nTo: c@d.example\nSubject: x\n\n", 2, 3),
        (b"From a@b Mon Nov  2 10:00:00 2026\nFrom: a@b.example\n\n", 0, 0),
        (b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Type: text/html\r\n\r\n", 0, 0),
        (b"Date: x\r\nContent-Type: text/html\r\n\r\n", 0, 0),
        (b"name: build\non: push\njobs:\n  from: x\n", 0, 0),
        (b"Nov  2 10:00:00 host sshd[1]: Accepted password for root from 192.0.2.1", 0, 0),
        (b"", 0, 0),
        (b"\x00\x01\x02", 0, 0),
        (b"PK\x03\x04", 0, 0),
    ],
)
def test_recognition_is_by_content(head, at_least, at_most):
    assert at_least <= PARSER.recognizes(head, name="") <= at_most
