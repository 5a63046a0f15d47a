"""Browser histories: Chromium's History, Firefox's places.sqlite, Safari's History.db; one row per visit, download or search.

The database is read page by page (see `sqlite`); what its write-ahead log holds is not in it, and is said to be missing when the log is
an exhibit of its own. Rows of other tables, indexes and free pages, where deleted rows may linger, are named as not read.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import polars as pl

from comity.observables import EVENT, Table
from comity.parsers.browser import chromium, firefox, safari
from comity.parsers.browser.profile import Profile, Tables
from comity.parsers.contract import Defect, Inferred, Item, Source, Structure
from comity.parsers.event_rows import event_rows
from comity.parsers.lines import timeless
from comity.parsers.sqlite.database import MAGIC, Database

_PROFILES: tuple[Profile, ...] = (chromium.PROFILE, firefox.PROFILE, safari.PROFILE)
_NAMED = 40


class BrowserHistory:
    """Reads browser histories; of any other SQLite database it names the tables."""

    name = "browser_history"
    version = "1"
    media_type = "application/vnd.sqlite3"
    tables: tuple[Table, ...] = (EVENT,)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the signature of a SQLite database: which one it is, its schema says, which need not be in the head."""
        del name
        return 3 if head.startswith(MAGIC) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: times are written in full."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield visits, downloads and searches as events, then what became of each page."""
        del inferred
        try:
            database = Database(source.stream, source.size)
        except ValueError as error:
            yield Defect(code="unreadable", reason=f"no SQLite database after all: {error}", offset=0, length=source.size)
            return
        profile = next((one for one in _PROFILES if one.needs <= database.stored.keys()), None)
        if profile is None:
            names = sorted(name for name, one in database.stored.items() if one.kind == "table")
            known = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
            reason = f"an SQLite database that is no browser history known here; its tables: {known or 'none'}"
            yield Defect(code="type_unknown", reason=reason, offset=0, length=source.size)
            return
        tables = Tables(database)
        for frame in profile.read(tables):
            events = frame.with_columns(pl.lit(profile.browser).alias("event.provider"))
            yield event_rows(events)
            yield from timeless(events)
        yield from _pages(database, tables)

    def excerpt(self, source: Source, *, offset: int, length: int) -> bytes:
        """Return all of the source: a row's address, title and referrer lie on other pages."""
        del offset, length
        source.stream.seek(0)
        return source.stream.read(source.size)


def _pages(database: Database, tables: Tables) -> Iterator[Item]:
    """Yield what the pages are: those of tables read as Structure, the others as Defects, and what is damaged."""
    read = {"schema", *tables.read}
    for name, stored in database.stored.items():
        if name not in read and database.claim(name) == 0:
            read.add(name)  # an empty table or index: nothing in it is left unread
        elif stored.kind == "index":
            read.add(name)  # an index says again what its table says
    for damage in database.damage:
        yield Defect(code="page_damaged", reason=damage.reason, offset=damage.offset, length=damage.length)
    owners = (database.pages.get(page, "") for page in range(1, database.page_count + 1))
    start = 0
    for owner, run in groupby(owners):
        end = min(start + sum(1 for _ in run) * database.page_size, database.size)
        if owner in read:
            what = "pages of tables read" if owner in tables.read or owner == "schema" else "pages of indexes and empty tables"
            yield Structure(what=what, offset=start, length=end - start)
        elif owner:
            yield Defect(code="table_not_read", reason=f"rows of table {owner}: not read", offset=start, length=end - start)
        else:
            reason = "pages no table uses, where deleted rows may linger: not read"
            yield Defect(code="free_pages", reason=reason, offset=start, length=end - start)
        start = end


PARSER = BrowserHistory()
