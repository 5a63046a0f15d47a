"""What a TCP stream holds next: the head of an HTTP message, a TLS ClientHello or a DNS message."""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

from typing import NamedTuple

from comity.parsers.packets.conversation import Conversation, Streams
from comity.parsers.packets.dns_message import MalformedError, read_message
from comity.parsers.packets.http_message import LONGEST_HEAD, read_head
from comity.parsers.packets.message_rows import Event, dns_event, hello_event, http_event
from comity.parsers.packets.tls_hello import read_hello

NAME_PORT = 53
LONGEST_MESSAGE = LONGEST_HEAD + 2
_LONGEST_BODY = 1 << 30
_LEAST = 12


class Found(NamedTuple):
    """A message: its row but for place and time (None where there is nothing to tell), its bytes, and those until the next, if known."""

    event: Event | None
    length: int
    following: int | None


def read_stream(conversation: Conversation, side: int, data: bytes, *, final: bool) -> Found | None:
    """Return the message that `data`, sent by `side`, begins with; None where more is needed to tell.

    What is none is Found without a row. With `final` nothing more comes, and what is incomplete is told as far as it goes.
    """
    if NAME_PORT in {conversation.key[4], conversation.key[7]}:
        return _dns(conversation, side, data, final=final)
    if data[:2] == b"\x16\x03":
        return _hello(conversation, side, data, final=final)
    return _http(conversation, side, data, final=final)


def _nothing(data: bytes) -> Found:
    return Found(None, len(data), None)


def _dns(conversation: Conversation, side: int, data: bytes, *, final: bool) -> Found | None:
    """Read a message with its length before it. Source: RFC 1035, 4.2.2."""
    size = int.from_bytes(data[:2])
    if len(data) >= 2 and size < _LEAST:
        return _nothing(data)
    if len(data) < 2 + size:
        return _nothing(data) if final else None
    try:
        message = read_message(data[2 : 2 + size])
    except MalformedError:
        return _nothing(data)
    return Found(dns_event(conversation, side, message), 2 + size, 2 + size)


def _hello(conversation: Conversation, side: int, data: bytes, *, final: bool) -> Found | None:
    hello = read_hello(data, final=final)
    if hello is None:
        return _nothing(data) if final else None
    return Found(hello_event(conversation, side, hello), hello.length, None)


def _http(conversation: Conversation, side: int, data: bytes, *, final: bool) -> Found | None:
    """Read a head. What looks like a response in a stream that answered all requests is part of a body."""
    head = read_head(data, final=final)
    if head is None:
        return _nothing(data) if final else None
    streams = conversation.streams or Streams()
    asked = streams.asked
    answered: str | None = None
    if head.method is not None:
        streams.asked = [*(asked or []), head.method][-100:]
    elif asked is not None and head.status is not None:
        if not asked:
            return _nothing(data)
        answered = asked[0]
        if head.status >= 200 or head.status == 101:
            del asked[0]
    body = head.body(answered)
    known = head.whole and body is not None and body < _LONGEST_BODY
    return Found(http_event(conversation, side, head), head.length, head.length + body if known and body is not None else None)
