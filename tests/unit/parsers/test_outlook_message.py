"""Outlook messages become mail that says how it was made, and the mail parser reads everything in it."""

import email
import email.policy
import random
from email.message import EmailMessage
from io import BytesIO

import pytest

from comity.parsers import outlook_message, outlook_store
from comity.parsers.contract import Child, Defect, Item, Source
from comity.parsers.outlook.rich_text import decompress, read_rich_text
from comity.parsers.registry import choose
from comity.terms.errors import MaterialError
from outlook_factory import Tree, compound, message, storage

_HEADERS = (
    "Microsoft Mail Internet Headers Version 2.0\r\n"
    "Received: from relay.example.net ([192.0.2.25]) by mx.example.org; Thu, 20 Apr 2017 14:14:29 +0000\r\n"
    "From: A <a@example.net>\r\nSubject: stored\r\nContent-Type: multipart/mixed;\r\n boundary=x\r\nX-Comity-Reconstructed: a lie\r\n\r\n"
)
_RTF = (
    rb"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset161 Greek;}}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 "
    rb"\'e4\'e0 {\f1 \'e1}\u8364 ?{\*\htmltag84 <a href=\"https://a.example/\">}x{\*\htmltag92 </a>}\htmlrtf }\htmlrtf0{\*\htmltag244 &lt;}\htmlrtf <\htmlrtf0}"
)


def packed(rtf: bytes) -> bytes:
    return (len(rtf) + 12).to_bytes(4, "little") + len(rtf).to_bytes(4, "little") + b"MELA" + b"\0" * 4 + rtf


def read(data: bytes) -> tuple[EmailMessage, bytes, list[Item]]:
    source = Source(stream=BytesIO(data), size=len(data), name="x")
    made, items = b"", []
    for item in outlook_message.PARSER.read(source, inferred=()):
        items.append(item)
        if isinstance(item, Child):
            made = item.stream.read()
            assert outlook_message.PARSER.extract(source, step=item.step).read() == made
    return email.message_from_bytes(made, policy=email.policy.default), made, items


def attached(name: str, data: bytes) -> Tree:
    return storage(8, {0x3707: name, 0x3701: data, 0x3705: 1, 0x370E: "application/pdf"})


def test_stored_headers_stand_and_bodies_are_written_anew() -> None:
    data = compound(message({0x001A: "IPM.Note", 0x007D: _HEADERS, 0x0037: "from the property", 0x1000: "Tëxt", 0x1009: packed(_RTF)}))
    assert choose(data[:65_536], name="x") is outlook_message.PARSER
    mail, _, items = read(data)
    assert mail["subject"] == "stored"
    assert mail["from"] == "A <a@example.net>"
    assert "192.0.2.25" in mail["received"]
    assert mail["x-comity-stored-line"] == "Microsoft Mail Internet Headers Version 2.0"
    assert mail["x-comity-stored-x-comity-reconstructed"] == "a lie"
    assert len(mail.get_all("x-comity-reconstructed", [])) == 1
    assert "body=text,html-from-rtf" in mail["x-comity-reconstructed"]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Tëxt"
    assert html.get_content().strip() == "<p>\u0434\u0430 \u03b1\u20ac<a href=https://a.example/>x</a>&lt;"
    assert not [item for item in items if isinstance(item, Defect)]


def test_what_has_no_headers_is_put_together_from_properties() -> None:
    sent = ((131_371_784_600_000_000).to_bytes(8, "little"),)
    values = {
        0x0037: "Grüße", 0x0C1A: "Sekretariat", 0x0C1F: "/O=FIRM/CN=S", 0x0C1E: "EX", 0x5D01: "s@example.org",
        0x0042: "Chef, Der", 0x0065: "c@example.org", 0x0064: "SMTP", 0x0039: (0x40, sent[0]), 0x0E07: 0x8, 0x1035: "<1@example.org>",
        0x1013: b"<p>caf\xe9</p>", 0x3FDE: 1252,
    }  # fmt: skip
    people = ({0x3001: "B", 0x39FE: "b@example.net", 0x0C15: 1}, {0x3001: "Only a name", 0x3003: "/O=X", 0x3002: "EX", 0x0C15: 2})
    mail, _, _ = read(compound(message(values, recipients=people)))
    assert mail["subject"] == "Grüße"
    assert mail["from"].addresses[0].addr_spec == "c@example.org"
    assert mail["sender"].address.addr_spec == "s@example.org"
    assert mail["to"].addresses[0].addr_spec == "b@example.net"
    assert "Only a name" in str(mail["cc"])
    assert mail["date"].datetime.isoformat().startswith("2017-04-")
    assert mail["x-comity-message-flags"] == "unsent"
    assert "headers=none; from-properties=From,Sender,To,Cc,Subject,Date,Message-ID" in mail["x-comity-reconstructed"]
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>café</p>"


def test_attachments_and_messages_inside() -> None:
    inner = message({0x0037: "inner", 0x1000: "deep"}, attachments=(attached("ü.bin", b"\0" * 5000),), header=24)
    link = storage(8, {0x3707: "elsewhere.doc", 0x3705: 2, 0x3708: "\\\\server\\share"})
    data = compound(
        message(
            {0x0037: "outer"}, attachments=(attached('a"b.pdf', b"%PDF-"), storage(8, {0x3705: 5}, {"__substg1.0_3701000D": inner}), link)
        )
    )
    mail, made, items = read(data)
    parts = [part for part in mail.walk() if part.get_filename()]
    assert [part.get_filename() for part in parts] == ['a"b.pdf', "inner.eml", "ü.bin"]
    assert parts[0].get_payload(decode=True) == b"%PDF-"
    assert parts[2].get_payload(decode=True) == b"\0" * 5000
    (defect,) = [item for item in items if isinstance(item, Defect)]
    assert defect.code == "message_part_unreadable"
    assert "server" in defect.reason
    assert made == read(data)[1]


def test_a_signed_message_stands_as_it_was_signed() -> None:
    signed = b'Content-Type: multipart/signed; boundary="s"\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\nsigned words\r\n--s--\r\n'
    kept = storage(8, {0x3707: "smime.p7m", 0x3701: signed, 0x3705: 1, 0x370E: "multipart/signed"})
    mail, made, _ = read(compound(message({0x001A: "IPM.Note.SMIME.MultipartSigned", 0x007D: _HEADERS}, attachments=(kept,))))
    assert made.endswith(signed)
    assert mail.get_content_type() == "multipart/signed"
    assert "signed words" in str(mail.get_payload(0))


def test_compression_of_the_specification() -> None:
    # MS-OXRTFCP 4.1 and 4.2
    simple = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a0072637067313235423220f30a6c0e20776f726c640fa07d0fb0"[: 2 * 16])
    with pytest.raises(MaterialError):
        decompress(b"short")
    assert decompress(simple[:16]) == b""
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompress(crossing) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert read_rich_text(crossing).text == "WXYZWXYZWXYZWXYZWXYZ"


def test_damage_is_said_and_never_raised() -> None:
    data = compound(message({0x0037: "s", 0x007D: _HEADERS, 0x1000: "t" * 5000}, attachments=(attached("a", b"x" * 9000),)))
    chance = random.Random(7)  # noqa: S311 - repeatable damage, not a secret
    for cut in range(0, len(data), 1700):
        read(data[:cut])
    for _ in range(150):
        spoiled = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        read(bytes(spoiled))


def test_another_compound_file_is_handed_back() -> None:
    data = compound({"WordDocument": b"x" * 100})
    assert choose(data, name="a.msg") is not outlook_message.PARSER
    _, _, items = read(data)
    assert [item.code for item in items if isinstance(item, Defect)] == ["unreadable"]


def test_a_damaged_store_is_a_defect() -> None:
    data = b"!BDN" + b"\0" * 4 + b"SM" + b"\x17\x00" + b"\xff" * 4000
    assert choose(data, name="x") is outlook_store.PARSER
    (item,) = outlook_store.PARSER.read(Source(stream=BytesIO(data), size=len(data), name="x"), inferred=())
    assert isinstance(item, Defect)
    assert (item.code, item.length) == ("unreadable", len(data))
