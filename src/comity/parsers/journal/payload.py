"""The content of data objects: a field's name and value, perhaps compressed.

Source: systemd, "Journal File Format", "Data Objects"; LZ4 block format; RFC 8878 (Zstandard).
"""

import lzma
import struct

import pyarrow as pa

MOST_VALUE = 2**20
"""Bytes of a value that are read at most."""

_XZ = 1
_LZ4 = 2
_ZSTD = 4
_MOST_BLOCK = 64 * 2**20
_MOST_DICTIONARY = 64 * 2**20


class PayloadError(Exception):
    """A payload that does not decompress, or is no field; says why."""


def read_payload(payload: bytes, flags: int) -> tuple[str, str]:
    """Return name and value of the field in `payload`, compressed as the object's `flags` say.

    Bytes that are no UTF-8 are written as escapes; a value beyond 1 MiB is cut, and says so. PayloadError when it is no field.
    """
    try:
        plain = _decompressed(payload, flags)
    except (OSError, lzma.LZMAError, struct.error, ValueError) as error:
        raise PayloadError(f"the data does not decompress: {str(error)[:100] or type(error).__name__}") from error
    name, separator, value = plain.partition(b"=")
    if not separator or not name.isascii():
        raise PayloadError("the data is no field: there is no name before an equals sign")
    cut = len(value) > MOST_VALUE
    text = value[:MOST_VALUE].decode("utf-8", "backslashreplace")
    return name.decode("ascii"), f"{text}… (cut)" if cut else text


def _decompressed(payload: bytes, flags: int) -> bytes:
    most = MOST_VALUE + 1_024
    if flags & _ZSTD:
        return bytes(pa.CompressedInputStream(pa.BufferReader(payload), "zstd").read(most))
    if flags & _XZ:
        return lzma.LZMADecompressor(memlimit=_MOST_DICTIONARY).decompress(payload, most)
    if flags & _LZ4:
        return _lz4(payload)
    return payload[:most]


def _lz4(payload: bytes) -> bytes:
    """Return what an LZ4 block behind its size decodes to.

    Asked for more than there is, the codec answers with what happened to lie in memory. So the size must be exact: one byte less
    is refused.
    """
    size = struct.unpack_from("<Q", payload)[0]
    if not 0 < size <= _MOST_BLOCK:
        raise ValueError(f"{size:,} bytes announced; {_MOST_BLOCK:,} are the most")
    codec = pa.Codec("lz4_raw")
    plain: bytes = codec.decompress(payload[8:], size, asbytes=True)
    try:
        codec.decompress(payload[8:], size - 1, asbytes=True)
    except OSError:
        return plain
    raise ValueError("it decodes to less than announced")
