"""Packet captures, classic (pcap) and of blocks (pcapng): who talked with whom, names looked up, web requests, names asked for in TLS.

Every IP packet is in a flow row; DNS messages, heads of HTTP/1 messages and TLS ClientHellos are events of their own.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from comity.observables import EVENT, FLOW, Table
from comity.parsers.contract import Defect, Inferred, Item, Source
from comity.parsers.packets.accounting import accounted
from comity.parsers.packets.blocks import SECTION, Described, read_blocks, walk
from comity.parsers.packets.classic import HEADER_BYTES, read_classic, read_header
from comity.parsers.packets.conversations import MOST_OPEN, Conversations
from comity.parsers.packets.flow_rows import flow_rows
from comity.parsers.packets.fragment import Fragments
from comity.parsers.packets.messages import Messages
from comity.parsers.packets.record import Records
from comity.parsers.packets.transport import packets

_ROWS = 20_000


class Capture:
    """Reads packet captures; nothing is inferred."""

    name = "capture"
    version = "1"
    media_type = "application/vnd.tcpdump.pcap"
    tables: tuple[Table, ...] = (FLOW, EVENT)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 3 for the signature of a capture file."""
        del name
        blocks = head.startswith(SECTION) and head[8:12] in {b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"}
        return 3 if blocks or read_header(head) is not None else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: a capture says all its rows need."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield flows as they end, and events; memory is bounded by 16 MiB of packets and 400,000 open flows."""
        del inferred
        source.stream.seek(0)
        conversations, fragments, messages = Conversations(), Fragments(), Messages()
        now = 0
        for part in read_blocks(source) if source.stream.read(4) == SECTION else read_classic(source):
            if not isinstance(part, Records):
                yield part
                continue
            read = packets(part, fragments)
            yield from accounted(part, read.verdict)
            yield from fragments.defects(last=False)
            if len(read.frame):
                with _uncollected():
                    run = conversations.take(read.frame)
                    found = tuple(messages.find(run, read.numbers))
                    now = max(now, int(run.frame["clock"].to_numpy().max()))
                    evicted = conversations.sweep(now)
                yield from found
                if evicted:
                    reason = (
                        f"more than {MOST_OPEN} flows open at once: the {evicted} silent longest closed, what follows of them begins anew"
                    )
                    yield Defect(code="limit_flows", reason=reason, offset=int(part.end[-1]), length=0)
                if len(conversations.closed) >= _ROWS:
                    yield from self._close(conversations, messages)
        conversations.finish()
        yield from self._close(conversations, messages)
        yield from fragments.defects(last=True)

    def excerpt(self, source: Source, *, offset: int, length: int) -> bytes:
        """Return the file's header (of a capture of blocks: of its section and of the interfaces described so far) and those bytes."""
        source.stream.seek(0)
        head = source.stream.read(HEADER_BYTES)
        if head.startswith(SECTION):
            places: list[tuple[int, int]] = []
            for part in walk(source, until=offset):
                if isinstance(part, Described) and part.offset < offset:
                    places = [*([] if part.section else places), (part.offset, part.length)]
            head = b""
            for place, size in places:
                source.stream.seek(place)
                head += source.stream.read(size)
        source.stream.seek(offset)
        return head + source.stream.read(length)

    def _close(self, conversations: Conversations, messages: Messages) -> Iterator[Item]:
        yield from messages.finish(conversations.closed)
        for start in range(0, len(conversations.closed), _ROWS):
            with _uncollected():
                rows = flow_rows(conversations.closed[start : start + _ROWS])
            yield rows
        conversations.closed.clear()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the cycle collector off: to look for cycles among hundreds of thousands of conversations, which have none, costs a fifth."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


PARSER = Capture()
