"""Outlook stores (PST, OST) by libpff: folders, the items in them, and items found in no folder.

The library gives properties and attached data, but not the messages inside messages (attach method 5): they are said to be missing.
Source: MS-PST (what a store is); libpff's Python interface.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import pypff

from comity.parsers.outlook import properties as own
from comity.parsers.outlook.item import MOST_ATTACHMENTS, MOST_RECIPIENTS, Attachment, Item
from comity.parsers.outlook.properties import Properties, charset
from comity.terms.errors import MaterialError

_DEEPEST: Final = 100
_MOST_FOLDERS: Final = 100_000
_PIECE: Final = 2**18

WRONG: Final = (OSError, ValueError, IndexError, KeyError, TypeError, OverflowError, RuntimeError)
"""What the library raises for damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item of a store: the folders it lies in, its place there, and how it was found ("" in its folder, else "orphan").

    `item` opens it; `fault` says instead why it cannot be.
    """

    folders: tuple[str, ...]
    place: int
    note: str
    item: Callable[[], Item]
    fault: str = ""


class Store:
    """An opened store; MaterialError when the library cannot open it. `problems` grows as folders turn out to be unreadable."""

    def __init__(self, stream: BinaryIO) -> None:
        self.problems: list[str] = []
        self._file = pypff.file()
        stream.seek(0)
        try:
            self._file.open_file_object(stream)
            self._code_page = self._file.get_ascii_codepage() or "windows-1252"
        except WRONG as error:
            raise MaterialError(f"the store cannot be opened: {_words(error)}") from error

    def items(self) -> Iterator[Found]:
        """Yield every item, folder by folder, then the orphans."""
        try:
            root = self._file.get_root_folder()
        except WRONG as error:
            self.problems.append(f"the root folder cannot be read: {_words(error)}")
            root = None
        waiting: list[tuple[tuple[str, ...], pypff.folder]] = [] if root is None else [((), root)]
        seen: set[int] = set()
        while waiting:
            folders, folder = waiting.pop()
            shown = "/".join(folders)[-200:]
            try:
                identifier = folder.get_identifier()
                if identifier in seen or len(folders) > _DEEPEST or len(seen) >= _MOST_FOLDERS:
                    self.problems.append(f"folder {shown!r}: it lies within itself, too deep or behind too many others; not opened")
                    continue
                seen.add(identifier)
                yield from self._in_folder(folders, folder)
                below = self._below(folders, folder)
            except WRONG as error:
                self.problems.append(f"folder {shown!r} cannot be read: {_words(error)}")
                continue
            waiting += reversed(below)
        yield from self._orphans()

    def _in_folder(self, folders: tuple[str, ...], folder: pypff.folder) -> Iterator[Found]:
        for place in range(folder.get_number_of_sub_messages()):
            yield self._found(folders, place, "", lambda place=place: folder.get_sub_message(place))  # type: ignore[misc]  # the library has no types

    def _below(self, folders: tuple[str, ...], folder: pypff.folder) -> list[tuple[tuple[str, ...], pypff.folder]]:
        below = []
        for place in range(min(folder.get_number_of_sub_folders(), _MOST_FOLDERS)):
            try:
                inner = folder.get_sub_folder(place)
                below.append(((*folders, _folder_name(inner)), inner))
            except WRONG as error:
                self.problems.append(f"a folder in {'/'.join(folders)[-200:]!r} cannot be read: {_words(error)}")
        return below

    def _orphans(self) -> Iterator[Found]:
        try:
            count = self._file.get_number_of_orphan_items()
        except WRONG as error:
            self.problems.append(f"items outside all folders cannot be counted: {_words(error)}")
            return
        for place in range(count):
            yield self._found(("(orphans)",), place, "orphan", lambda place=place: self._file.get_orphan_item(place))  # type: ignore[misc]  # as above

    def _found(self, folders: tuple[str, ...], place: int, note: str, opened: Callable[[], pypff.message]) -> Found:
        def item() -> Item:
            try:
                return self._item(opened())
            except WRONG as error:
                raise MaterialError(f"the item cannot be read: {_words(error)}") from error

        return Found(folders=folders, place=place, note=note, item=item)

    def _item(self, message: pypff.message) -> Item:
        faults: list[str] = []
        facts = _properties(message.record_sets, self._code_page, faults)
        sets: list[Properties] = []
        count = 0
        try:
            table = message.recipients if hasattr(message, "recipients") else None
            for rows in table.record_sets if table is not None else ():
                sets.append(_properties([rows], facts.code_page, faults))
                if len(sets) >= MOST_RECIPIENTS:
                    faults.append(f"more than {MOST_RECIPIENTS} recipients")
                    break
        except WRONG as error:
            faults.append(f"recipients: {_words(error)}")
        try:
            count = message.get_number_of_attachments() if hasattr(message, "get_number_of_attachments") else 0
        except WRONG as error:
            faults.append(f"attachments: {_words(error)}")
        return Item(
            properties=facts,
            recipients=tuple(sets),
            attachments=lambda: (_attachment(message, place, facts.code_page) for place in range(min(count, MOST_ATTACHMENTS + 1))),
            faults=tuple(faults),
        )


def _attachment(message: pypff.message, place: int, code_page: str) -> Attachment:
    try:
        attachment = message.get_attachment(place)
        facts = _properties(attachment.record_sets, code_page, [])
    except WRONG as error:
        return _unreadable(_words(error))
    kept = _has_bytes(attachment)
    return Attachment(properties=facts, content=(lambda: _pieces(attachment)) if kept else None, item=None)


def _unreadable(words: str) -> Attachment:
    def content() -> Iterator[bytes]:
        yield from ()
        raise MaterialError(f"it cannot be read: {words}")

    return Attachment(properties=Properties(values={}), content=content, item=None)


def _has_bytes(attachment: pypff.attachment) -> bool:
    """Return whether attached data is kept as bytes; not when it is an object or lies elsewhere."""
    try:
        return any(
            entry.entry_type == own.ATTACHED_DATA and entry.value_type == own.BINARY
            for rows in attachment.record_sets
            for entry in rows.entries
        )
    except WRONG:  # then reading it says so
        return True


def _pieces(attachment: pypff.attachment) -> Iterator[bytes]:
    try:
        left = attachment.get_size()
        attachment.seek_offset(0, 0)
        while left > 0:
            piece = attachment.read_buffer(min(_PIECE, left))
            if not piece:
                raise MaterialError(f"it ends {left} bytes before it should")
            left -= len(piece)
            yield piece
    except WRONG as error:
        raise MaterialError(f"it cannot be read: {_words(error)}") from error


def _properties(record_sets: "pypff.record_sets | list[pypff.record_set]", code_page: str, faults: list[str]) -> Properties:
    values: dict[int, tuple[int, bytes]] = {}
    for rows in record_sets:
        for entry in rows.entries:
            number = entry.entry_type
            if number not in own.WANTED or (number in values and values[number][0] == own.TEXT):
                continue
            try:
                data = entry.data
            except WRONG as error:
                faults.append(f"property 0x{number:04X}: {_words(error)}")
                continue
            if data is not None:
                values[number] = (entry.value_type or 0, bytes(data))
    said = Properties(values=values)
    page = next((charset(said.number(number)) for number in (own.MESSAGE_CODE_PAGE, own.INTERNET_CODE_PAGE) if said.has(number)), None)
    return Properties(values=values, code_page=page or code_page)


def _folder_name(folder: pypff.folder) -> str:
    name = folder.get_name()
    name = "" if name is None else "".join(sign if sign.isprintable() and sign != "/" else "_" for sign in str(name))
    return name[:200] or "(no name)"


def _words(error: Exception) -> str:
    """Return what the library says, its innermost cause last, on one line."""
    return " ".join(str(error).split())[-300:]
