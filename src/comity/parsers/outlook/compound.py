"""Outlook messages in compound files (.msg): properties in streams, recipients, attachments and messages inside in storages.

Source: MS-OXMSG 2.1 to 2.4. Sizes and counts in the file are not trusted: no stream is longer than the file, and all that is read of
it together not more than a few times its size.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import olefile

from comity.parsers.outlook import properties as own
from comity.parsers.outlook.item import EMBEDDED, MOST_ATTACHMENTS, MOST_RECIPIENTS, Attachment, Item
from comity.parsers.outlook.properties import Properties, charset
from comity.terms.errors import MaterialError

_PROPERTIES: Final = "__properties_version1.0"
_RECIPIENT: Final = "__recip_version1.0_#"
_ATTACHMENT: Final = "__attach_version1.0_#"
_VALUE: Final = "__substg1.0_"
_TOP_HEADER, _INNER_HEADER, _SMALL_HEADER = 32, 24, 8
_ENTRY = struct.Struct("<HHI8s")
_FIXED: Final = frozenset({0x0002, 0x0003, 0x000B, 0x0014, own.INSTANT})
_MOST_TIMES: Final = 4
_FREE: Final = 64 * 2**20
_LARGEST: Final = 128 * 2**20
_PIECE: Final = 2**20

WRONG: Final = (OSError, struct.error, ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError)
"""What a damaged compound file makes the reader of compound files raise."""

Path = tuple[str, ...]


class CompoundMessage:
    """An opened .msg file; MaterialError when it cannot be opened or is no message."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._size = size
        self._left = _MOST_TIMES * size + _FREE
        stream.seek(0)
        try:
            self._file = olefile.OleFileIO(stream)
            entries = [tuple(entry) for entry in self._file.listdir(streams=True, storages=True)]
        except WRONG as error:
            raise MaterialError(f"the compound file cannot be opened: {type(error).__name__}: {str(error)[:200]}") from error
        self._inside: dict[Path, list[str]] = {}
        for entry in entries:
            self._inside.setdefault(entry[:-1], []).append(entry[-1])
        if _PROPERTIES not in self._inside.get((), ()):
            raise MaterialError("a compound file that is no Outlook message")

    def problems(self) -> tuple[str, ...]:
        """Return in words what the compound file has wrong with it, as far as it was read."""
        return tuple(dict.fromkeys(str(words)[:200] for _, words in self._file.parsing_issues))[:20]

    def item(self, storage: Path = ()) -> Item:
        """Return the message in `storage` (the file's own: the empty path)."""
        faults: list[str] = []
        facts = self._properties(storage, _INNER_HEADER if storage else _TOP_HEADER, "windows-1252", faults)
        names = self._inside.get(storage, [])
        recipients = sorted(name for name in names if name.startswith(_RECIPIENT))
        if len(recipients) > MOST_RECIPIENTS:
            faults.append(f"{len(recipients)} recipients; only the first {MOST_RECIPIENTS} are read")
        sets = tuple(self._properties((*storage, name), _SMALL_HEADER, facts.code_page, faults) for name in recipients[:MOST_RECIPIENTS])
        attached = sorted(name for name in names if name.startswith(_ATTACHMENT))[: MOST_ATTACHMENTS + 1]
        return Item(
            properties=facts,
            recipients=sets,
            attachments=lambda: (self._attachment((*storage, name), facts.code_page) for name in attached),
            faults=tuple(faults),
        )

    def _attachment(self, storage: Path, code_page: str) -> Attachment:
        facts = self._properties(storage, _SMALL_HEADER, code_page, [])
        inside = (*storage, f"{_VALUE}{own.ATTACHED_DATA:04X}{own.OBJECT:04X}")
        data = (*storage, f"{_VALUE}{own.ATTACHED_DATA:04X}{own.BINARY:04X}")
        is_message = _PROPERTIES in self._inside.get(inside, ()) and facts.number(own.ATTACH_METHOD) in {EMBEDDED, None}
        return Attachment(
            properties=facts,
            content=(lambda: self._pieces(data)) if data[-1] in self._inside.get(storage, ()) else None,
            item=(lambda: self.item(inside)) if is_message else None,
        )

    def _properties(self, storage: Path, header: int, code_page: str, faults: list[str]) -> Properties:
        """Return the properties of a storage; what cannot be read is said in `faults` and left out."""
        values: dict[int, tuple[int, bytes]] = {}
        names = self._inside.get(storage, [])
        if _PROPERTIES in names:
            try:
                fixed = self._whole((*storage, _PROPERTIES))[header:]
            except MaterialError as error:
                faults.append(error.what)
                fixed = b""
            for kind, number, _, value in _ENTRY.iter_unpack(fixed[: len(fixed) - len(fixed) % _ENTRY.size]):
                if kind in _FIXED:
                    values[number] = (kind, value)
        for name in names:
            number, kind = _numbers(name)
            if number not in own.WANTED or kind not in (own.TEXT, own.TEXT_8BIT, own.BINARY):
                continue
            if number in values and values[number][0] == own.TEXT:
                continue  # the form that needs no code page stands
            try:
                values[number] = (kind, self._whole((*storage, name)))
            except MaterialError as error:
                faults.append(error.what)
        said = Properties(values=values)
        page = next((charset(said.number(number)) for number in (own.MESSAGE_CODE_PAGE, own.INTERNET_CODE_PAGE) if said.has(number)), None)
        return Properties(values=values, code_page=page or code_page)

    def _whole(self, path: Path) -> bytes:
        return b"".join(self._pieces(path))

    def _pieces(self, path: Path) -> Iterator[bytes]:
        """Yield a stream; MaterialError where it is damaged, or when more is read than the file can honestly hold."""
        shown = "/".join(path)[-200:]
        try:
            size = self._file.get_size(list(path))
            if size > min(self._size, _LARGEST):
                raise MaterialError(f"the stream {shown!r} claims {size} bytes, more than are read")
            self._left -= size
            if self._left < 0:
                raise MaterialError("its streams together are longer than the file allows, as in a decompression bomb")
            stream = self._file.openstream(list(path))
            while piece := stream.read(_PIECE):
                size -= len(piece)
                yield piece
        except WRONG as error:
            raise MaterialError(f"the stream {shown!r} cannot be read: {type(error).__name__}: {str(error)[:200]}") from error
        if size:
            raise MaterialError(f"the stream {shown!r} ends {size} bytes before it should")


def _numbers(name: str) -> tuple[int, int]:
    """Return property number and type that a stream's name says; (0, 0) for another name."""
    digits = name.removeprefix(_VALUE)
    if len(name) != len(_VALUE) + 8 or digits == name or any(sign not in "0123456789abcdefABCDEF" for sign in digits):
        return 0, 0
    return int(digits[:4], 16), int(digits[4:], 16)
