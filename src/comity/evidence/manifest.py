"""Manifest lines: one canonical JSON object per exhibit, the leaves of an acquisition's Merkle tree."""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import BinaryIO, NamedTuple

from comity.evidence.exhibit import Exhibit, Location, Place
from comity.terms.digest import Digest
from comity.terms.errors import ComityError, IntegrityError
from comity.terms.instant import parse_instant

LONGEST_LINE = 2**20
"""Bytes of the longest line: a path has at most 64 KiB (see `acquisition.tree`), seven times as much when escaped and in hex."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 10**9
_quote = json.encoder.encode_basestring
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class Content(NamedTuple):
    """Preserved bytes: digests in hex (None when not taken) and where they lie in the store."""

    length: int
    sha256: str
    md5: str | None
    sha1: str | None
    object: str
    offset: int


def manifest_name(acquisition: int) -> str:
    """Return the name of an acquisition's manifest in the store."""
    return f"acquisitions/{acquisition:04d}.manifest.jsonl"


def new_salt() -> str:
    """Return 128 random bits in hex: what makes the digest of a manifest line tell nothing to those who do not have the line."""
    return os.urandom(16).hex()


def shown(name: bytes) -> str:
    r"""Return a file name as text; bytes that are not UTF-8 as \xff."""
    return name.decode("utf-8", errors="backslashreplace")


def encode_line(
    *,
    number: int,
    name: bytes,
    kind: str,
    status: os.stat_result | None,
    content: Content | None,
    link_target: bytes | None = None,
    problem: str | None = None,
    filled: tuple[Place, ...] = (),
    salt: str,
) -> bytes:
    """Return the line of exhibit `number`, without newline: canonical JSON, what is not known left out.

    Members are those of the bones document, and `inode`, `links` (when more than one name leads to the file), `defect` and `filled`.
    `size` is that of the preserved bytes; of a file that could not be read, what the file system said. `salt` (see `new_salt`)
    keeps whoever sees the digest of the line alone from finding the line by guessing.
    """
    plain = None
    if kind == "file" and status is not None and content is not None and problem is None:
        plain = _plain_line(number, name, status, content, salt)
    if plain is not None:
        return plain
    # keys are ASCII and values texts and integers, so the encoder's sorted output is RFC 8785's
    return _encode(
        {"number": str(number), "kind": kind, "salt": salt}
        | _name_members(name)
        | _status_members(kind, status)
        | _content_members(content)
        | ({} if content is not None else {"size": _size_without_content(kind, status, link_target)})
        | ({} if link_target is None else {"link_target_hex": link_target.hex()})
        | ({} if problem is None else {"defect": problem})
        | ({} if not filled else {"filled": [[place.offset, place.length] for place in filled]})
    ).encode()


def _plain_line(number: int, name: bytes, status: os.stat_result, content: Content, salt: str) -> bytes | None:
    """Return the same line for a file about which nothing is out of the ordinary, three times as fast; None for another."""
    accessed, changed = instant_of(status.st_atime_ns), instant_of(status.st_ctime_ns)
    modified = instant_of(status.st_mtime_ns)
    if accessed is None or changed is None or modified is None or status.st_nlink != 1 or is_sparse(status) or not name.isascii():
        return None
    length, sha256, md5, sha1, object_, offset = content
    md5_member = "" if md5 is None else f'"md5":"{md5}",'
    sha1_member = "" if sha1 is None else f'"sha1":"{sha1}",'
    return (
        f'{{"accessed":"{accessed}","changed":"{changed}","inode":"{status.st_ino}","kind":"file","length":{length},{md5_member}'
        f'"mode":{status.st_mode & 0o7777},"modified":"{modified}","name":{_quote(name.decode())},"number":"{number}",'
        f'"object":"{object_}","offset":{offset},"salt":"{salt}",{sha1_member}"sha256":"{sha256}","size":{length}}}'
    ).encode()


def _name_members(name: bytes) -> dict[str, str]:
    try:
        return {"name": name.decode()}
    except UnicodeDecodeError:
        return {"name": shown(name), "name_hex": name.hex()}


def _status_members(kind: str, status: os.stat_result | None) -> dict[str, str | int]:
    if status is None:
        return {}
    members: dict[str, str | int] = {"inode": str(status.st_ino), "mode": stat.S_IMODE(status.st_mode)}
    for name, nanoseconds in (("accessed", status.st_atime_ns), ("changed", status.st_ctime_ns), ("modified", status.st_mtime_ns)):
        instant = instant_of(nanoseconds)
        if instant is not None:
            members[name] = instant
    if kind == "file" and status.st_nlink > 1:
        members["links"] = status.st_nlink
    if kind == "file" and is_sparse(status):
        members["allocated"] = status.st_blocks * 512
    return members


def _content_members(content: Content | None) -> dict[str, str | int]:
    if content is None:
        return {}
    members: dict[str, str | int] = {
        "length": content.length,
        "object": content.object,
        "offset": content.offset,
        "sha256": content.sha256,
        "size": content.length,
    }
    if content.md5 is not None:
        members["md5"] = content.md5
    if content.sha1 is not None:
        members["sha1"] = content.sha1
    return members


def is_sparse(status: os.stat_result) -> bool:
    """Return whether a file has holes: fewer bytes on disk than it is long (small files kept in their inode do not count)."""
    return status.st_blocks * 512 + 4096 <= status.st_size


def instant_of(nanoseconds: int) -> str | None:
    """Return the instant `nanoseconds` after 1970 as RFC 3339 with all its digits; None outside the years 1 to 9999."""
    seconds, fraction = divmod(nanoseconds, _SECOND)
    whole = _whole_second(seconds)
    if whole is None:
        return None
    return f"{whole}.{fraction:09d}".rstrip("0") + "Z" if fraction else whole + "Z"


class Known(NamedTuple):
    """What tells whether a file was preserved already: compared with the file as it is now."""

    kind: str
    size: int
    modified: str | None
    inode: str | None
    sha256: str | None
    link_target: bytes | None
    problem: str | None


def lines(stream: BinaryIO, *, where: str) -> Iterator[bytes]:
    """Yield the lines of a manifest without their newlines; IntegrityError for a line too long or cut short."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if not line.endswith(b"\n"):
            raise IntegrityError(f"{where}, line {number} is cut short or longer than {LONGEST_LINE} bytes")
        yield line[:-1]


def decode_line(line: bytes, *, where: str) -> Exhibit:
    """Return the exhibit a manifest line describes; IntegrityError, naming `where`, when it does not describe one."""
    try:
        fields = _fields(line)
        digest, target = fields.get("sha256"), fields.get("link_target_hex")
        return Exhibit(
            number=_text(fields, "number"),
            name=_text(fields, "name"),
            name_bytes=name_of(fields),
            kind=_text(fields, "kind"),
            size=_count(fields, "size"),
            modified=_instant(fields, "modified"),
            accessed=_instant(fields, "accessed"),
            changed=_instant(fields, "changed"),
            sha256=None if digest is None else Digest(_text(fields, "sha256")),
            md5=None if "md5" not in fields else _text(fields, "md5"),
            sha1=None if "sha1" not in fields else _text(fields, "sha1"),
            location=None
            if digest is None
            else Location(path=_text(fields, "object"), offset=_count(fields, "offset"), length=_count(fields, "length")),
            link_target=None if target is None else bytes.fromhex(_text(fields, "link_target_hex")),
            allocated=None if "allocated" not in fields else _count(fields, "allocated"),
            mode=_count(fields, "mode") if "mode" in fields else 0,
            defect=None if "defect" not in fields else _text(fields, "defect"),
            filled=_places(fields, "filled") if "filled" in fields else (),
        )
    except (ValueError, TypeError, KeyError, RecursionError, ComityError) as error:
        raise IntegrityError(f"{where} does not describe an exhibit: {error}") from error


def decode_known(line: bytes, *, where: str) -> tuple[bytes, Known, Content | None]:
    """Return name, comparison and content of a manifest line, for going on with an acquisition; errors as decode_line."""
    try:
        fields = _fields(line)
        content = None
        if "sha256" in fields:
            content = Content(
                length=_count(fields, "length"),
                sha256=_text(fields, "sha256"),
                md5=_text(fields, "md5") if "md5" in fields else None,
                sha1=_text(fields, "sha1") if "sha1" in fields else None,
                object=_text(fields, "object"),
                offset=_count(fields, "offset"),
            )
        known = Known(
            kind=_text(fields, "kind"),
            size=_count(fields, "size"),
            modified=_text(fields, "modified") if "modified" in fields else None,
            inode=_text(fields, "inode") if "inode" in fields else None,
            sha256=None if content is None else content.sha256,
            link_target=bytes.fromhex(_text(fields, "link_target_hex")) if "link_target_hex" in fields else None,
            problem=_text(fields, "defect") if "defect" in fields else None,
        )
        return name_of(fields), known, content
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise IntegrityError(f"{where} does not describe an exhibit: {error}") from error


def name_of(fields: Mapping[str, object]) -> bytes:
    """Return the bytes of the name in a line's fields."""
    return bytes.fromhex(_text(fields, "name_hex")) if "name_hex" in fields else _text(fields, "name").encode()


def _fields(line: bytes) -> Mapping[str, object]:
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise TypeError("not a JSON object")
    return fields


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is not a string")
    return value


def _count(fields: Mapping[str, object], name: str) -> int:
    value = fields[name]
    if type(value) is not int or value < 0:
        raise TypeError(f"{name} is not a count")
    return value


def _places(fields: Mapping[str, object], name: str) -> tuple[Place, ...]:
    listed = fields[name]
    if not isinstance(listed, list):
        raise TypeError(f"{name} is not a list of places")
    places = []
    for offset, length in listed:
        if type(offset) is not int or type(length) is not int or offset < 0 or length <= 0:
            raise TypeError(f"{name} has a place that is none")
        places.append(Place(offset=offset, length=length))
    return tuple(places)


def _instant(fields: Mapping[str, object], name: str) -> datetime | None:
    return parse_instant(_text(fields, name)) if name in fields else None


def _size_without_content(kind: str, status: os.stat_result | None, link_target: bytes | None) -> int:
    if link_target is not None:
        return len(link_target)
    return status.st_size if status is not None and kind == "file" else 0


@lru_cache(maxsize=2**16)
def _whole_second(seconds: int) -> str | None:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]
    except OverflowError:
        return None
