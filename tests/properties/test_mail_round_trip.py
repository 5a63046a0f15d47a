"""What is written into a mail is read out of it; every row cut out of its exhibit reads the same."""

import io
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.observables import HOP, LINK, MESSAGE, Table
from comity.parsers import mail_message, mailbox
from comity.parsers.contract import Child, Container, Defect, Rows, Source

SEPARATOR = b"From sender@mail.example Mon Nov  2 10:00:00 2026\n"
KEYS = {"trace.offset", "message.offset"}  # places, which a cut moves
KEYS_OF_HOP = KEYS | {"message_id", "position"}  # a header alone does not know the message it stood in

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=40).filter(
    lambda text: text == " ".join(text.split())
)
lines = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120)
atoms = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
addresses = st.builds("{}@{}.example".format, atoms, atoms)
instants = st.integers(86_400, 2**32 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@st.composite
def written(draw: st.DrawFn) -> tuple[EmailMessage, dict[str, object]]:
    """A message made with the standard library and what must be read of it."""
    message = EmailMessage()
    at = draw(instants).replace(tzinfo=draw(zones))
    author, recipients = draw(addresses), draw(st.lists(addresses, min_size=1, max_size=4))
    name, subject, text = draw(words), draw(words), "\n".join(draw(st.lists(lines, max_size=6)))
    message["From"] = f'"{name}" <{author}>' if name.isascii() and not set(name) & set('"\\') else author
    message["To"] = ", ".join(recipients)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{draw(atoms)}@mail.example>"
    encoding = draw(st.sampled_from(["quoted-printable", "base64"]))
    message.set_content(text, cte=encoding)
    files = draw(st.lists(st.tuples(words, st.binary(max_size=300)), max_size=3))
    for file_name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=file_name)
    expected = {"from.address": author, "to.address": recipients, "subject": subject, "date": at.astimezone(UTC), "body.text": text.strip()}
    expected |= {"date.offset_minutes": int(at.utcoffset() / timedelta(minutes=1)), "attachment.count": len(files), "files": files}
    return message, expected


def read(data: bytes, parser: Container) -> tuple[dict[str, list[dict[str, object]]], list[tuple[Child, bytes]]]:
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in (MESSAGE, HOP, LINK)}
    children: list[tuple[Child, bytes]] = []
    for item in parser.read(Source(stream=io.BytesIO(data), size=len(data), name="x"), inferred=()):
        assert not isinstance(item, Defect), item
        if isinstance(item, Rows):
            rows[item.table.name] += item.batch.to_pylist()
        else:
            children.append((item, item.stream.read()))
    return rows, children


@settings(max_examples=150, deadline=None)
@given(written())
def test_what_is_written_is_read(made):
    message, expected = made
    data = message.as_bytes(policy=SMTP)
    rows, children = read(data, mail_message.PARSER)
    (row,) = rows[MESSAGE.name]
    for column in ("from.address", "to.address", "date", "date.offset_minutes", "attachment.count"):
        assert row[column] == expected[column], column
    assert "".join(row["subject"].split()) == "".join(expected["subject"].split())
    assert row["body.text"].replace("\r", "") == expected["body.text"]
    assert [content for _, content in children] == [content for _, content in expected["files"]]
    assert ["".join(child.name.split()) for child, _ in children] == ["".join(name.split()) for name, _ in expected["files"]]


@settings(max_examples=60, deadline=None)
@given(st.lists(written(), min_size=1, max_size=4), st.sampled_from([b"\n", b"\r\n"]))
def test_a_mailbox_holds_its_messages_and_each_cut_reads_the_same(made, ending):
    parts = []
    for message, _ in made:
        body = message.as_bytes()
        quoted = b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in body.split(b"\n"))
        parts.append(SEPARATOR + quoted.rstrip(b"\n") + b"\n\n")
    data = b"".join(parts).replace(b"\n", ending)
    rows, children = read(data, mailbox.PARSER)
    assert [row["date"] for row in rows[MESSAGE.name]] == [expected["date"] for _, expected in made]
    assert [row["body.text"] for row in rows[MESSAGE.name]] == [expected["body.text"] for _, expected in made]
    assert [content for _, content in children] == [content for _, expected in made for _, content in expected["files"]]
    source = Source(stream=io.BytesIO(data), size=len(data), name="x")
    assert [mailbox.PARSER.extract(source, step=child.step).read() for child, _ in children] == [content for _, content in children]
    for row in rows[MESSAGE.name]:
        assert_cut_reads_the_same(data, row, MESSAGE, mailbox.PARSER)


def assert_cut_reads_the_same(data: bytes, row: dict[str, object], table: Table, parser: Container) -> None:
    cut = data[row["trace.offset"] : row["trace.offset"] + row["trace.length"]]
    keys = KEYS_OF_HOP if table is HOP else KEYS
    bare = {column: value for column, value in row.items() if column not in keys}
    again = [{column: value for column, value in found.items() if column not in keys} for found in read(cut, parser)[0][table.name]]
    assert bare in again
    assert table is LINK or len(again) == 1


def test_every_row_of_real_mail_cut_out_reads_the_same(shared_data: Path):
    mail = shared_data / "mail"
    counts = dict.fromkeys((MESSAGE.name, HOP.name, LINK.name), 0)
    for path in sorted(mail.glob("*/*.mbox")) + sorted(mail.glob("*/*.eml"))[::5]:
        data = path.read_bytes()
        parser = mailbox.PARSER if path.suffix == ".mbox" else mail_message.PARSER
        for table in (MESSAGE, HOP, LINK):
            # links of one message share a trace: reading it for the first of them shows them all
            seen: set[object] = set()
            for row in read_tolerantly(data, parser)[table.name]:
                if table is LINK and row["trace.offset"] in seen:
                    continue
                seen.add(row["trace.offset"])
                assert_cut_reads_the_same(data, row, table, parser)
                counts[table.name] += 1
    assert counts == {MESSAGE.name: 436, HOP.name: pytest.approx(2190, abs=100), LINK.name: pytest.approx(300, abs=80)}


def read_tolerantly(data: bytes, parser: Container) -> dict[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in (MESSAGE, HOP, LINK)}
    for item in parser.read(Source(stream=io.BytesIO(data), size=len(data), name="x"), inferred=()):
        if isinstance(item, Rows):
            rows[item.table.name] += item.batch.to_pylist()
    return rows


def test_counts_dates_and_authors_of_real_mail(shared_data: Path):
    mail = shared_data / "mail"
    counted = {}
    for name, paths, parser in (
        ("ham", [mail / "spamassassin" / "ham.mbox"], mailbox.PARSER),
        ("spam", [mail / "spamassassin" / "spam.mbox"], mailbox.PARSER),
        ("phishing", sorted(mail.glob("phishing_pot/*.eml")), mail_message.PARSER),
    ):
        rows = [row for path in paths for row in read_tolerantly(path.read_bytes(), parser)[MESSAGE.name]]
        counted[name] = len(rows)
        assert all(row["date"] or any(word.startswith("Date ") for word in row["defects"]) for row in rows)
        assert all(row["from.address"] or row["from.display_name"] for row in rows if "no From address" not in row["defects"])
        assert sum(row["date"] is not None for row in rows) >= 0.94 * len(rows)
        assert sum(row["from.address"] is not None for row in rows) >= 0.95 * len(rows)
    assert counted == {"ham": 250, "spam": 120, "phishing": 330}
