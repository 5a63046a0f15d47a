"""DNS messages: the question and the data of the answers.

Source: RFC 1035, 4.1; RFC 3596 (AAAA), RFC 2782 (SRV), RFC 9460 (SVCB), RFC 3597 (unknown types); names of types and codes: IANA.
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import ipaddress
import re
import struct
from typing import NamedTuple

_HEADER = 12
_MOST_JUMPS = 64
_LONGEST_NAME = 255
_MOST_ANSWERS = 1_000
_LONGEST_DATA = 1_024

TYPES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 17: "RP", 18: "AFSDB", 24: "SIG",
    25: "KEY", 28: "AAAA", 29: "LOC", 33: "SRV", 35: "NAPTR", 37: "CERT", 39: "DNAME", 41: "OPT", 43: "DS", 44: "SSHFP", 46: "RRSIG",
    47: "NSEC", 48: "DNSKEY", 50: "NSEC3", 51: "NSEC3PARAM", 52: "TLSA", 53: "SMIMEA", 59: "CDS", 60: "CDNSKEY", 61: "OPENPGPKEY",
    64: "SVCB", 65: "HTTPS", 99: "SPF", 249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR", 255: "ANY", 256: "URI", 257: "CAA",
}  # fmt: skip
CODES = {
    0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 6: "YXDOMAIN", 7: "YXRRSET", 8: "NXRRSET",
    9: "NOTAUTH", 10: "NOTZONE",
}  # fmt: skip
_NAMED = frozenset({2, 5, 12, 39})
_PREFERRED = frozenset({15, 64, 65})
_TEXTS = frozenset({16, 99})
_OPTIONS = 41
_PLAIN = re.compile(rb"[0-9A-Za-z_-]+")


class MalformedError(Exception):
    """What the bytes are not: a DNS message."""


class Answer(NamedTuple):
    """A resource record of the answer section: owner, type, seconds it may be kept, data as text."""

    name: str
    type: str
    seconds: int
    data: str


class DnsMessage(NamedTuple):
    """A query or a response; without a question (as in multicast DNS) name and type are None. `whole` is False when it was cut short."""

    identity: int
    response: bool
    operation: int
    code: str
    name: str | None
    type: str | None
    answers: tuple[Answer, ...]
    whole: bool


def read_message(data: bytes) -> DnsMessage:
    """Return the message that `data` is; MalformedError when it is none."""
    if len(data) < _HEADER:
        raise MalformedError("shorter than a DNS header")
    identity, flags, questions, answers, _, _ = struct.unpack_from(">6H", data)
    at = _HEADER
    name = kind = None
    if questions > 1 and not flags & 0x8000 and answers:
        raise MalformedError("several questions with answers in a query")
    for number in range(questions):
        asked, at = _name(data, at)
        if at + 4 > len(data):
            raise MalformedError("cut off within the question")
        if number == 0:
            name, kind = asked, type_name(struct.unpack_from(">H", data, at)[0])
        at += 4
    records: list[Answer] = []
    whole = not flags & 0x0200
    for _ in range(min(answers, _MOST_ANSWERS)):
        try:
            record, at = _answer(data, at)
        except MalformedError:
            if whole and not records:
                raise
            whole = False
            break
        if record is not None:
            records.append(record)
    code = flags & 15
    return DnsMessage(
        identity=identity,
        response=flags & 0x8000 > 0,
        operation=flags >> 11 & 15,
        code=CODES.get(code, str(code)),
        name=name,
        type=kind,
        answers=tuple(records),
        whole=whole and answers <= _MOST_ANSWERS,
    )


def type_name(number: int) -> str:
    """Return the mnemonic of a type, or TYPE and its number (RFC 3597, 5)."""
    return TYPES.get(number, f"TYPE{number}")


def _answer(data: bytes, at: int) -> tuple[Answer | None, int]:
    name, at = _name(data, at)
    if at + 10 > len(data):
        raise MalformedError("cut off within an answer")
    kind, _, seconds, length = struct.unpack_from(">HHIH", data, at)
    at += 10
    if at + length > len(data):
        raise MalformedError("cut off within an answer's data")
    if kind == _OPTIONS:
        return None, at + length
    return Answer(name=name, type=type_name(kind), seconds=seconds, data=_data(data, at, length, kind)), at + length


def _data(data: bytes, at: int, length: int, kind: int) -> str:
    """Return a record's data as a zone file would have it; what does not fit its type, as RFC 3597, 5 writes unknown types."""
    raw = data[at : at + length]
    try:
        text = _known_data(data, at, raw, kind)
    except MalformedError:
        text = None
    return rf"\# {length} {raw[:_LONGEST_DATA].hex()}" if text is None else text


def _known_data(data: bytes, at: int, raw: bytes, kind: int) -> str | None:
    length = len(raw)
    text: str | None = None
    if kind in {1, 28}:
        text = str(ipaddress.ip_address(raw)) if length == (4 if kind == 1 else 16) else None
    elif kind in _NAMED:
        text = _name(data, at)[0]
    elif kind in _PREFERRED and length > 2:
        text = f"{int.from_bytes(raw[:2])} {_name(data, at + 2)[0]}"
    elif kind == 33 and length > 6:
        text = " ".join(map(str, struct.unpack_from(">3H", raw))) + " " + _name(data, at + 6)[0]
    elif kind == 6:
        server, after = _name(data, at)
        mailbox, after = _name(data, after)
        if after + 20 <= at + length:
            text = f"{server} {mailbox} " + " ".join(map(str, struct.unpack_from(">5I", data, after)))
    elif kind in _TEXTS:
        text = _texts(raw)
    return text


def _texts(raw: bytes) -> str:
    parts = []
    at = 0
    while at < len(raw):
        part = raw[at + 1 : at + 1 + raw[at]]
        parts.append("".join(chr(byte) if 32 <= byte < 127 else f"\\{byte:03d}" for byte in part))
        at += 1 + raw[at]
    return "".join(parts)


def _name(data: bytes, at: int) -> tuple[str, int]:
    """Return the name at `at` in lower case, without the last dot, and where what follows it begins."""
    labels: list[str] = []
    following: int | None = None
    length = jumps = 0
    while True:
        if at >= len(data):
            raise MalformedError("cut off within a name")
        size = data[at]
        if size >= 0xC0:
            jumps += 1
            if at + 2 > len(data) or jumps > _MOST_JUMPS:
                raise MalformedError("a name that leads nowhere")
            following = at + 2 if following is None else following
            at = int.from_bytes(data[at : at + 2]) & 0x3FFF
        elif size >= 0x40:
            raise MalformedError("a label of an unknown kind")
        elif size == 0:
            return ".".join(labels), at + 1 if following is None else following
        else:
            length += size + 1
            if length >= _LONGEST_NAME or at + 1 + size > len(data):
                raise MalformedError("a name that is too long or cut off")
            labels.append(_label(data[at + 1 : at + 1 + size]))
            at += 1 + size


def _label(raw: bytes) -> str:
    """Return a label as text, bytes that are no letters, digits or marks as numbers (RFC 1035, 5.1)."""
    if _PLAIN.fullmatch(raw):
        return raw.decode("ascii").lower()
    return "".join(chr(byte).lower() if 33 <= byte < 127 and byte not in b'.\\"' else f"\\{byte:03d}" for byte in raw)
