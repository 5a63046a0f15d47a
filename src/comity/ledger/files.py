"""Files that the ledger names: what was derived, what came in and is kept, and which SHA-256 each file must have."""

from collections.abc import Iterable, Mapping, Sequence

from comity.ledger.entry import Entry

_RECORDS = "records:derived"
_TABLES = "derived/records/"


def current_files(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the SHA-256 of every derived file by path, as the newest entry that names it in `result.files` says.

    A new reading (records:derived) replaces all tables of the one before; `result.lapsed` lists files that were erased.
    """
    files: dict[str, str] = {}
    for entry in entries:
        lapsed = entry.result.get("lapsed")
        if isinstance(lapsed, Sequence):
            files = {name: digest for name, digest in files.items() if name not in lapsed}
        named = entry.result.get("files")
        if isinstance(named, Mapping):
            if entry.event == _RECORDS:
                files = {name: digest for name, digest in files.items() if not name.startswith(_TABLES)}
            files.update({name: digest for name, digest in named.items() if isinstance(digest, str)})
    return files


def kept_files(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the SHA-256 of every file by path that an entry names in `result.kept`: it cannot be made again (a timestamp's token)."""
    files: dict[str, str] = {}
    for entry in entries:
        named = entry.result.get("kept")
        if isinstance(named, Mapping):
            files.update({name: digest for name, digest in named.items() if isinstance(digest, str)})
    return files
