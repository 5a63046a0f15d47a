"""Outlook messages made for tests: a compound file written from a tree of names, and the properties of a message in it."""

import struct
from collections.abc import Mapping

Tree = Mapping[str, "bytes | Tree"]

_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096


def compound(tree: Tree) -> bytes:
    """Return a compound file (MS-CFB, version 3) with the streams and storages of `tree`."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, 0, 0, _NONE]]  # name, kind, child, start, size, right
    contents: dict[int, bytes] = {}

    def add(parent: int, inside: Tree) -> None:
        before = None
        for name in sorted(inside, key=lambda name: (len(name), name.upper())):
            value = inside[name]
            number = len(entries)
            entries.append([name, 2 if isinstance(value, bytes) else 1, _NONE, 0, 0, _NONE])
            if before is None:
                entries[parent][2] = number
            else:
                entries[before][5] = number
            before = number
            if isinstance(value, bytes):
                contents[number] = value
                entries[number][4] = len(value)
            else:
                add(number, value)

    add(0, tree)
    fat: list[int] = []
    body = bytearray()

    def store(data: bytes) -> int:
        count = -(-len(data) // _SECTOR)
        first = len(fat)
        fat.extend([*range(first + 1, first + count), _END] if count else [])
        body.extend(data.ljust(count * _SECTOR, b"\x00"))
        return first if count else _END

    mini = bytearray()
    mini_fat: list[int] = []
    for number, data in contents.items():
        if len(data) >= _CUTOFF:
            entries[number][3] = store(data)
            continue
        count = -(-len(data) // _MINI)
        first = len(mini_fat)
        entries[number][3] = first if count else _END
        mini_fat.extend([*range(first + 1, first + count), _END] if count else [])
        mini.extend(data.ljust(count * _MINI, b"\x00"))
    entries[0][3], entries[0][4] = store(bytes(mini)), len(mini)
    raw_mini_fat = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_fat_sectors = -(-len(raw_mini_fat) // _SECTOR)
    mini_fat_start = store(raw_mini_fat.ljust(mini_fat_sectors * _SECTOR, b"\xff"))
    directory = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]  # a row of mixed cells
    directory_start = store(directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\x00"))
    fat_sectors = -(-len(fat) // (_SECTOR // 4 - 1))  # it lists its own sectors too
    first_fat = len(fat)
    fat.extend([_FAT] * fat_sectors)
    body.extend(struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * _SECTOR, b"\xff"))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, directory_start, 0, _CUTOFF, mini_fat_start, mini_fat_sectors, _END, 0)
    places = [*range(first_fat, first_fat + fat_sectors)]
    return header + struct.pack("<109I", *(places + [_FREE] * (109 - len(places)))) + bytes(body)


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int) -> bytes:  # noqa: PLR0917 - the cells of one row
    raw = name.encode("utf-16-le")
    packed = raw.ljust(64, b"\x00") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, _NONE, right, child)
    return packed + b"\x00" * 36 + struct.pack("<IQ", start, size)


def storage(header: int, values: Mapping[int, object], inside: Tree | None = None) -> Tree:
    """Return the streams of a set of MAPI properties: text, bytes, whole numbers, or (type, bytes) as they are."""
    streams: dict[str, bytes | Tree] = dict(inside or {})
    fixed = bytearray(header)
    for number, value in values.items():
        if isinstance(value, int):
            fixed += struct.pack("<HHIq", 3, number, 6, value)
            continue
        kind, raw = value if isinstance(value, tuple) else (0x1F, value.encode("utf-16-le")) if isinstance(value, str) else (0x102, value)
        if kind == 0x40:  # a time, eight bytes
            fixed += struct.pack("<HHI", kind, number, 6) + raw
        else:
            streams[f"__substg1.0_{number:04X}{kind:04X}"] = raw
            fixed += struct.pack("<HHIII", kind, number, 6, len(raw), 0)
    streams["__properties_version1.0"] = bytes(fixed)
    return streams


def message(
    values: Mapping[int, object], *, recipients: tuple[Mapping[int, object], ...] = (), attachments: tuple[Tree, ...] = (), header: int = 32
) -> Tree:
    """Return the tree of a message; the header of its properties is 24 bytes long inside another."""
    inside: dict[str, bytes | Tree] = {f"__recip_version1.0_#{place:08X}": storage(8, each) for place, each in enumerate(recipients)}
    inside |= {f"__attach_version1.0_#{place:08X}": each for place, each in enumerate(attachments)}
    return storage(header, values, inside)
