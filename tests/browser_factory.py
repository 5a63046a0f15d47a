"""Browser histories for tests, written by SQLite itself with the tables the browsers make."""

import sqlite3
import tempfile
from pathlib import Path

CHROMIUM_EPOCH = 11_644_473_600_000_000
AT = 1_492_697_669_123_456  # 20 April 2017, 14:14:29.123456 UTC, in microseconds

_CHROMIUM = """
CREATE TABLE meta(key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY, value LONGVARCHAR);
CREATE TABLE urls(id INTEGER PRIMARY KEY AUTOINCREMENT,url LONGVARCHAR,title LONGVARCHAR,visit_count INTEGER DEFAULT 0 NOT NULL,
  typed_count INTEGER DEFAULT 0 NOT NULL,last_visit_time INTEGER NOT NULL,hidden INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE visits(id INTEGER PRIMARY KEY AUTOINCREMENT,url INTEGER NOT NULL,visit_time INTEGER NOT NULL,from_visit INTEGER,
  transition INTEGER DEFAULT 0 NOT NULL,segment_id INTEGER,visit_duration INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE keyword_search_terms (keyword_id INTEGER NOT NULL,url_id INTEGER NOT NULL,term LONGVARCHAR NOT NULL,normalized_term LONGVARCHAR NOT NULL);
CREATE TABLE downloads (id INTEGER PRIMARY KEY,guid VARCHAR NOT NULL,current_path LONGVARCHAR NOT NULL,target_path LONGVARCHAR NOT NULL,
  start_time INTEGER NOT NULL,received_bytes INTEGER NOT NULL,total_bytes INTEGER NOT NULL,state INTEGER NOT NULL,danger_type INTEGER NOT NULL,
  interrupt_reason INTEGER NOT NULL,hash BLOB NOT NULL,end_time INTEGER NOT NULL,opened INTEGER NOT NULL,referrer VARCHAR NOT NULL,
  tab_url VARCHAR NOT NULL,mime_type VARCHAR(255) NOT NULL);
CREATE TABLE downloads_url_chains (id INTEGER NOT NULL,chain_index INTEGER NOT NULL,url LONGVARCHAR NOT NULL, PRIMARY KEY (id, chain_index) );
CREATE TABLE segments (id INTEGER PRIMARY KEY,name VARCHAR,url_id INTEGER NON NULL);
CREATE INDEX visits_url_index ON visits (url);
"""

_FIREFOX = """
CREATE TABLE moz_places ( id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, rev_host LONGVARCHAR, visit_count INTEGER DEFAULT 0,
  hidden INTEGER DEFAULT 0 NOT NULL, typed INTEGER DEFAULT 0 NOT NULL, frecency INTEGER DEFAULT -1 NOT NULL, last_visit_date INTEGER);
CREATE TABLE moz_historyvisits ( id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER, session INTEGER);
CREATE TABLE moz_anno_attributes ( id INTEGER PRIMARY KEY, name VARCHAR(32) UNIQUE NOT NULL);
CREATE TABLE moz_annos ( id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL, anno_attribute_id INTEGER, content LONGVARCHAR, flags INTEGER DEFAULT 0,
  expiration INTEGER DEFAULT 0, type INTEGER DEFAULT 0, dateAdded INTEGER DEFAULT 0, lastModified INTEGER DEFAULT 0);
"""

_SAFARI = """
CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT,url TEXT NOT NULL UNIQUE,domain_expansion TEXT NULL,visit_count INTEGER NOT NULL);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT,history_item INTEGER NOT NULL,visit_time REAL NOT NULL,title TEXT NULL,
  redirect_source INTEGER NULL UNIQUE);
"""


def chromium(*, visits: int = 3, page_size: int = 4096, charset: str = "UTF-8") -> bytes:
    """A history of `visits` visits to half as many pages, a search and two downloads."""
    pages = max(1, visits // 2)
    rows = {
        "urls": [(number, f"https://user@Host{number}.example:8443/{'path' * (number % 7)}", f"Título {number}", 2, 1, 0, 0) for number in range(1, pages + 1)],
        "visits": [(number, number % pages + 1, CHROMIUM_EPOCH + AT + number, number - 1, 0x30000000 | number % 9, 7, 1000) for number in range(1, visits + 1)],
        "keyword_search_terms": [(2, 1, "wire transfer", "wire transfer")],
        "downloads": [
            (1, "g1", "/home/x/a.part", "C:\\Users\\x\\invoice.exe", CHROMIUM_EPOCH + AT, 5, 5, 1, 2, 0, b"", CHROMIUM_EPOCH + AT + 9, 1, "https://a.example/", "", "x/y"),
            (2, "g2", "/home/x/b.part", "", CHROMIUM_EPOCH + AT, 1, 5, 0, 0, 0, b"", 0, 0, "", "", ""),
        ],
        "downloads_url_chains": [(1, 0, "https://first.example/"), (1, 1, "https://last.example/invoice.exe"), (2, 0, "https://b.example/b")],
        "segments": [(1, "https://host1.example/", 1)],
    }  # fmt: skip
    return _database(_CHROMIUM, rows, page_size=page_size, charset=charset)


def firefox(*, visits: int = 3) -> bytes:
    """A history of `visits` visits to as many pages and one download."""
    rows = {
        "moz_places": [
            (number, f"https://site{number}.example/", f"Page {number}", "", 1, 0, 0, -1, AT) for number in range(1, visits + 1)
        ],
        "moz_historyvisits": [(number, number - 1, number, AT + number, number % 9 + 1, 0) for number in range(1, visits + 1)],
        "moz_anno_attributes": [(4, "downloads/destinationFileURI"), (5, "downloads/metaData")],
        "moz_annos": [(1, 1, 4, "file:///home/x/a.pdf", 0, 4, 3, AT, AT), (2, 1, 5, "{}", 0, 4, 3, AT, AT)],
    }
    return _database(_FIREFOX, rows)


def safari() -> bytes:
    rows = {
        "history_items": [(1, "https://a.example/", None, 2), (2, "https://b.example/", None, 1)],
        "history_visits": [(1, 1, AT / 1e6 - 978_307_200, "A", None), (2, 2, AT / 1e6 - 978_307_199, "B", 1)],
    }
    return _database(_SAFARI, rows)


def _database(schema: str, rows: dict[str, list[tuple]], *, page_size: int = 4096, charset: str = "UTF-8") -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA encoding = '{charset}'")
        connection.execute(f"PRAGMA page_size = {page_size}")
        connection.executescript(schema)
        for table, values in rows.items():
            connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(values[0]))})", values)  # noqa: S608 - our own names
        connection.commit()
        connection.close()
        return path.read_bytes()
