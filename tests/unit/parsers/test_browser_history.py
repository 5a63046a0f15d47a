"""Browser histories: each visit with its page, referrer and time; each byte of the file named."""

import sqlite3
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from browser_factory import _database, chromium, firefox, safari
from comity.parsers.browser_history import PARSER
from comity.parsers.contract import Defect, Rows, Source, Structure
from comity.parsers.sqlite.database import Database
from comity.parsers.sqlite.record import number

WHEN = datetime(2017, 4, 20, 14, 14, 29, 123456, tzinfo=UTC)


def read(data: bytes) -> list:
    return list(PARSER.read(Source(stream=BytesIO(data), size=len(data), name="History"), inferred=()))


def rows(items: list) -> list[dict]:
    return [row for item in items if isinstance(item, Rows) for row in item.batch.to_pylist()]


def named(items: list, size: int) -> None:
    """Every byte is in a row, a defect or structure."""
    seen = bytearray(size)
    for item in items:
        if isinstance(item, (Structure, Defect)):
            assert 0 <= item.offset <= item.offset + item.length <= size
            seen[item.offset : item.offset + item.length] = b"\x01" * item.length
    assert 0 not in seen


def test_a_visit_of_chromium_has_its_page_its_referrer_and_its_time() -> None:
    data = chromium(visits=4)
    items = read(data)
    visits = [row for row in rows(items) if row["event.action"] == "page_visited"]
    assert [row["event.id"] for row in sorted(visits, key=lambda row: row["@timestamp"])] == ["1", "2", "3", "4"]
    second = next(row for row in visits if row["event.id"] == "2")
    assert second["@timestamp"] == WHEN.replace(microsecond=123458)
    assert second["url.original"] == "https://user@Host1.example:8443/path"
    assert second["destination.domain"] == "host1.example"
    assert second["http.request.referrer"] == "https://user@Host2.example:8443/pathpath"
    assert second["message"] == "Título 1"
    assert second["event.provider"] == "Chromium"
    assert (
        second["fields"]
        == '{"search_terms":"wire transfer","transition":"bookmark","typed_count":1,"visit_count":2,"visit_duration_us":1000}'
    )
    named(items, len(data))


def test_downloads_of_chromium_have_the_last_address_and_the_path() -> None:
    whole, begun = sorted(
        (row for row in rows(read(chromium())) if row["event.action"] == "file_downloaded"), key=lambda row: row["event.id"]
    )
    assert whole["file.path"] == "C:\\Users\\x\\invoice.exe"
    assert whole["url.original"] == "https://last.example/invoice.exe"
    assert whole["event.outcome"] == "success"
    assert '"danger":"dangerous address"' in whole["fields"]
    assert begun["file.path"].endswith("b.part")
    assert begun["event.outcome"] == "unknown"


@pytest.mark.parametrize("charset", ["UTF-8", "UTF-16le", "UTF-16be"])
@pytest.mark.parametrize("page_size", [512, 4096, 65536])
def test_rows_are_those_sqlite_reads(tmp_path: Path, page_size: int, charset: str) -> None:
    data = chromium(visits=3000, page_size=page_size, charset=charset)
    path = tmp_path / "History"
    path.write_bytes(data)
    query = "select visits.id, urls.url, urls.title from visits join urls on urls.id = visits.url order by visits.id"
    expected = [(str(one), url, title) for one, url, title in sqlite3.connect(path).execute(query)]
    items = read(data)
    found = [row for row in rows(items) if row["event.action"] == "page_visited"]
    assert sorted(((row["event.id"], row["url.original"], row["message"]) for row in found), key=lambda row: int(row[0])) == expected
    named(items, len(data))
    assert len({row["trace.offset"] for row in found}) == 3000


def test_the_place_of_a_row_is_its_cell() -> None:
    data = chromium(visits=300, page_size=512)
    for row in rows(read(data)):
        cell = data[row["trace.offset"] : row["trace.offset"] + row["trace.length"]]
        _, place = number(cell, 0)
        assert number(cell, place)[0] == int(row["event.id"])


def test_long_values_on_pages_of_their_own() -> None:
    address = "https://long.example/" + "a" * 100_000
    schema = "CREATE TABLE urls(id INTEGER PRIMARY KEY, url TEXT, title TEXT, [odd, name] TEXT DEFAULT (','), visit_count INT); CREATE TABLE visits(id INTEGER PRIMARY KEY, url INT, visit_time INT)"
    data = _database(schema, {"urls": [(1, address, "t", "x", 3)], "visits": [(1, 1, 13_137_171_269_000_000)]})
    items = read(data)
    [row] = rows(items)
    assert row["url.original"] == address
    assert not [item for item in items if isinstance(item, Defect)]
    named(items, len(data))


def test_firefox_and_safari() -> None:
    found = rows(read(firefox()))
    assert Counter(row["event.action"] for row in found) == {"page_visited": 3, "file_downloaded": 1}
    last = next(row for row in found if row["event.id"] == "3" and row["event.action"] == "page_visited")
    assert last["http.request.referrer"] == "https://site2.example/"
    assert '"transition":"embedded"' in last["fields"]
    assert next(row["file.path"] for row in found if row["file.path"]) == "file:///home/x/a.pdf"
    first, second = sorted(rows(read(safari())), key=lambda row: row["event.id"])
    assert abs((first["@timestamp"] - WHEN).total_seconds()) < 1e-5
    assert second["http.request.referrer"] == "https://a.example/"


def test_what_is_not_read_is_named() -> None:
    reasons = [item.reason for item in read(chromium()) if isinstance(item, Defect)]
    assert any("table segments: not read" in reason for reason in reasons)
    [other] = read(_database("CREATE TABLE message(a); CREATE TABLE chat(b)", {"chat": [(1,)]}))
    assert other.code == "type_unknown"
    assert other.reason.endswith("its tables: chat, message")


def test_deleted_rows_may_linger_on_free_pages(tmp_path: Path) -> None:
    path = tmp_path / "History"
    path.write_bytes(chromium(visits=3000))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA secure_delete = off")
    connection.execute("delete from visits where id > 10")
    connection.commit()
    connection.close()
    items = read(path.read_bytes())
    assert "free_pages" in {item.code for item in items if isinstance(item, Defect)}
    assert sum(row["event.action"] == "page_visited" for row in rows(items)) == 10


def test_pages_in_a_circle_end() -> None:
    data = bytearray(chromium(visits=3000, page_size=512))
    root = Database(BytesIO(bytes(data)), len(data)).stored["visits"].root
    start = (root - 1) * 512
    data[start + 8 : start + 12] = root.to_bytes(4, "big")
    items = read(bytes(data))
    assert any("which cannot be" in item.reason for item in items if isinstance(item, Defect))
    named(items, len(data))


def test_cut_files_give_what_is_there() -> None:
    data = chromium(visits=500, page_size=1024)
    whole = len(rows(read(data)))
    for size in range(0, len(data), 997):
        items = read(data[:size])
        assert len(rows(items)) <= whole
        named(items, size)
