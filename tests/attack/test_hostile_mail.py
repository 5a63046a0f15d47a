"""Mail made to break its reader: never an exception, bounded in time, and what is left out is said."""

import io
import random
import time
from pathlib import Path

import pytest

from comity.observables import MESSAGE
from comity.parsers import mail_message, mailbox
from comity.parsers.contract import Child, Container, Defect, Rows, Source
from comity.terms.errors import MaterialError

START = b"From: a@b.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n"


def read(data: bytes, parser: Container = mail_message.PARSER) -> tuple[list[dict[str, object]], list[Defect], list[bytes]]:
    """Read everything, children too, and find each child again."""
    messages: list[dict[str, object]] = []
    defects: list[Defect] = []
    children: list[bytes] = []
    source = Source(stream=io.BytesIO(data), size=len(data), name="hostile")
    for item in parser.read(source, inferred=()):
        if isinstance(item, Rows):
            assert item.batch.schema.equals(item.table.own)
            item.batch.validate(full=True)
            for row in item.batch.to_pylist():
                assert 0 <= row["trace.offset"] <= row["trace.offset"] + row["trace.length"] <= len(data)
                messages += [row] if item.table is MESSAGE else []
        elif isinstance(item, Child):
            got = bytearray()
            try:
                while piece := item.stream.read(100_000):
                    got += piece
            except MaterialError:
                pass
            children.append(bytes(got))
            assert 0 <= item.offset <= item.offset + item.length <= len(data)
            if len(children) <= 20:
                assert parser.extract(source, step=item.step).read() == got
        else:
            defects.append(item)
    return messages, defects, children


def nested(depth: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth)) + b"\ninnermost"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("nested multiparts", START + nested(5_000), "nested deeper"),
        ("a million parts", START + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 300_000, "parts"),
        ("one long header line", START + b"Subject: " + b"A" * 30_000_000 + b"\n\nx", "header field longer"),
        ("one long folded header", START + b"Subject: x\n" + b" y\n" * 3_000_000 + b"\nx", "header field longer"),
        ("a million fields", START + b"X-A: b\n" * 1_000_000 + b"\nx", "header fields"),
        ("a million received", START + b"Received: from a by b; x\n" * 200_000 + b"\nx", "header fields"),
        ("open encoded words", START + b"Subject: " + b"=?utf-8?q?" * 6_000 + b"\n\nx", None),
        ("open quotes", START + b"To: " + b'"<(\\' * 16_000 + b"\n\nx", None),
        ("open comments", START + b"Received: " + b"(" * 60_000 + b"; x\n\nx", None),
        ("commas", START + b"To: " + b"a@b," * 16_000 + b"\n\nx", None),
        ("many links", START + b"Content-Type: text/html\n\n" + b"<a href=http://a.example>x</a>" * 100_000, "links"),
        ("bare links", START + b"\n" + b"http://a.example/(((((" * 200_000, "links"),
        ("deep HTML", START + b"Content-Type: text/html\n\n" + b"<div style='color:red'>" * 300_000, None),
        ("long style", START + b"Content-Type: text/html\n\n<p style='" + b"overflow:hidden;" * 500_000 + b"'>x", None),
        ("entities", START + b"Content-Type: text/html\n\n" + b"&#xD800;&#0;&#x110000;&lt" * 50_000, None),
        ("base64 of rubbish", START + b"Content-Transfer-Encoding: base64\n\n" + b"=!A" * 1_000_000, None),
        ("only boundaries", START + b"Content-Type: multipart/mixed; boundary=-\n\n" + b"---\n" * 500_000, "parts"),
        ("empty boundary", START + b'Content-Type: multipart/mixed; boundary=""\n\n' + b"--\n" * 100_000, None),
        ("parameters", START + b"Content-Type: text/plain" + b"; a*0=b; a*1*=%41" * 3_500 + b"\n\nx", None),
        ("punycode bomb", START + b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 500_000, None),
        ("nothing but NUL", bytes(1_000_000), None),
        ("nothing but line ends", b"\n" * 3_000_000, None),
        ("carriage returns", START.replace(b"\n", b"\r") * 10_000, None),
    ],
)  # fmt: skip
def test_made_to_exhaust(name, data, said):
    begun = time.process_time()
    messages, defects, _ = read(data)
    assert time.process_time() - begun < 20, name  # no quadratic walk: each of these takes a second or two
    if said:
        assert any(said in word for word in messages[0]["defects"])
        assert any(said in defect.reason for defect in defects)


def test_a_message_beyond_the_limit_is_read_up_to_it(monkeypatch):
    monkeypatch.setattr("comity.parsers.mail.reading.LARGEST_MESSAGE", 100_000)
    data = START + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: application/zip\n\n" + b"x" * 200_000
    (message,), (defect,), children = read(data)
    assert (message["body.text"], message["trace.length"], children) == ("hello", 100_000, [])
    assert (defect.code, defect.offset, defect.length) == ("limit_message", 100_000, len(data) - 100_000)


def test_separators_without_end():
    line = b"From " + b"Mon " * 300
    messages, _, _ = read(b"From a Mon Nov  2 10:00:00 2026\n" + START + b"\n" + (b"\n" + line + b"\n") * 2_000, mailbox.PARSER)
    assert len(messages) == 1


@pytest.mark.parametrize("seed", range(12))
def test_real_mail_with_bytes_changed_or_lost(shared_data: Path, seed: int):
    files = sorted((shared_data / "mail" / "phishing_pot").glob("*.eml"))
    random_source = random.Random(seed)  # noqa: S311 - the same damage at each run
    for path in random_source.sample(files, 12):
        data = bytearray(path.read_bytes()[:200_000])
        for _ in range(random_source.choice((1, 20, 400))):
            data[random_source.randrange(len(data))] = random_source.randrange(256)
        if random_source.random() < 0.5:
            del data[random_source.randrange(len(data)) :]
        if random_source.random() < 0.3:
            begin = random_source.randrange(len(data) + 1)
            data[begin:begin] = data[begin : begin + random_source.randrange(5_000)]
        read(bytes(data))


@pytest.mark.parametrize("seed", range(4))
def test_real_mailboxes_with_bytes_changed_or_lost(shared_data: Path, seed: int):
    random_source = random.Random(seed)  # noqa: S311 - the same damage at each run
    whole = (shared_data / "mail" / "spamassassin" / "spam.mbox").read_bytes()
    begin = random_source.randrange(len(whole) - 150_000)
    data = bytearray(whole[begin : begin + 150_000])
    for _ in range(500):
        data[random_source.randrange(len(data))] = random_source.choice(b'\n\r\0 "<>=?;:\xff\x80From')
    read(bytes(data), mailbox.PARSER)
