"""TLS ClientHellos: the server asked for, the protocols offered.

Source: RFC 8446, 4.1.2 and 5.1; RFC 6066, 3 (server name); RFC 7301 (ALPN); RFC 5246, 7.4.1.2.
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import re
import struct
from typing import NamedTuple

LONGEST_HELLO = 65_536
_RECORD, _HANDSHAKE = 5, 4
_CONTENT, _CLIENT_HELLO = 22, 1
_LONGEST_RECORD = 2**14 + 256
_SERVER_NAME, _ALPN, _VERSIONS = 0, 16, 43
_NAMES = {0x0300: "SSL 3.0", 0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3"}
HOST = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_.-]{0,251}[0-9A-Za-z_])?\.?")
"""The form of a host's name."""


class Hello(NamedTuple):
    """What a client says first: server name in lower case (None when it names none), protocols (ALPN), highest version offered.

    `length` are its bytes with their record headers; `whole` is False when its end is missing.
    """

    server: str | None
    protocols: tuple[str, ...]
    version: str
    length: int
    whole: bool


def read_hello(data: bytes, *, final: bool) -> Hello | None:
    """Return the ClientHello that `data` begins with, None when it begins with none or its end has not come yet (see http_message)."""
    body, length = _handshake(data)
    if len(body) < _HANDSHAKE or body[0] != _CLIENT_HELLO:
        return None
    size = int.from_bytes(body[1:4])
    if size > LONGEST_HELLO:
        return None
    whole = len(body) >= _HANDSHAKE + size
    if not whole and not final:
        return None
    return _hello(body[_HANDSHAKE : _HANDSHAKE + size], length, whole=whole)


def _handshake(data: bytes) -> tuple[bytes, int]:
    """Return the content of the handshake records at the beginning of `data` until a ClientHello is whole, and their bytes."""
    body = bytearray()
    at = 0
    while at + _RECORD <= len(data):
        content, major, _, length = struct.unpack_from(">BBBH", data, at)
        if content != _CONTENT or major != 3 or not 0 < length <= _LONGEST_RECORD:
            break
        body += data[at + _RECORD : at + _RECORD + length]
        at = min(at + _RECORD + length, len(data))
        if len(body) >= _HANDSHAKE and len(body) >= _HANDSHAKE + int.from_bytes(body[1:4]):
            break
    return bytes(body), at


def _hello(body: bytes, length: int, *, whole: bool) -> Hello | None:
    """Return what the extensions say; None when the lengths before them do not fit."""
    if len(body) < 35 or body[0] != 3:
        return None
    version = int.from_bytes(body[:2])
    at = 34
    for width in (1, 2, 1):  # session, ciphers, compressions
        at += width + int.from_bytes(body[at : at + width])
        if at > len(body):
            return None
    server: str | None = None
    protocols: tuple[str, ...] = ()
    end = min(len(body), at + 2 + int.from_bytes(body[at : at + 2]))
    at += 2
    while at + 4 <= end:
        kind, size = struct.unpack_from(">HH", body, at)
        content = body[at + 4 : min(end, at + 4 + size)]
        at += 4 + size
        if kind == _SERVER_NAME:
            server = _server_name(content)
        elif kind == _ALPN:
            protocols = _protocols(content)
        elif kind == _VERSIONS:
            offered = [int.from_bytes(content[place : place + 2]) for place in range(1, len(content) - 1, 2)]
            version = max([number for number in offered if number in _NAMES], default=version)
    if whole and at != end and end - at > 0:
        return None
    return Hello(server=server, protocols=protocols, version=_NAMES.get(version, f"{version:#06x}"), length=length, whole=whole)


def _server_name(content: bytes) -> str | None:
    at = 2
    while at + 3 <= len(content):
        kind, size = struct.unpack_from(">BH", content, at)
        name = content[at + 3 : at + 3 + size]
        if kind == 0 and len(name) == size:
            text = name.decode("ascii", "replace")
            return text.lower().removesuffix(".") if HOST.fullmatch(text) else None
        at += 3 + size
    return None


def _protocols(content: bytes) -> tuple[str, ...]:
    names = []
    at = 2
    while at < len(content) and content[at]:
        names.append(content[at + 1 : at + 1 + content[at]].decode("ascii", "backslashreplace"))
        at += 1 + content[at]
    return tuple(names)
