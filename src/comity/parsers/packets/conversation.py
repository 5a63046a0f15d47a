"""One conversation of two ends, with what is counted of it; for TCP with the state of both ends.

States, timeouts, history letters and the rule who originated are those of Zeek's conn.log, so that the same capture gives the same
conversations there and here; checksums are not judged, as with Zeek's option -C, because a capturing host leaves them to its
network card. Source: Zeek 7, TCPSessionAdapter, TCPEndpoint, UDP, ICMP, scripts/base/protocols/conn and scripts/base/init-bare.
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

import re

from comity.parsers.packets.community_id import community_id
from comity.parsers.packets.likely_servers import LIKELY_SERVERS
from comity.parsers.packets.segment import Unfinished
from comity.parsers.packets.transport import ACK, FIN, RST, SYN, TCP, UDP

Key = tuple[int, int, int, int, int, int, int, int, bool]
"""The values of `transport.KEY`."""

SECOND = 1_000_000
INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, CLOSED, RESET = range(7)

_HALF, _WHOLE = 1 << 31, (1 << 32) - 1
_TRUSTED_JUMP = 1 << 20
ACTS_AFTER = 5 * SECOND
"""After this an attempt without an answer, or a closed connection, is over."""
_LINGER = 6 * SECOND
SHORTEST_PATIENCE, _PATIENCE_ESTABLISHED, _PATIENCE_INTERACTIVE = 60 * SECOND, 300 * SECOND, 3_600 * SECOND
_INTERACTIVE = frozenset({21, 22, 23, 513})
_HANDSHAKE = frozenset({INACTIVE, SYN_SENT, SYN_ACK_SENT})
_BROADCAST = (0, 0xFFFFFFFF)
_ABORTED_ATTEMPT = re.compile(r"\^?S[^HAFGIQ]*R.*")


def signed(difference: int) -> int:
    """Return the least number that equals `difference` in 32 bits: how far one sequence number lies behind another."""
    return ((difference + _HALF) & _WHOLE) - _HALF


class Streams:
    """What is remembered of the two byte streams of a TCP connection while messages are looked for.

    By side: the sequence number that the next message begins at the earliest, what there is of an unfinished one; of both together
    the methods of requests not answered yet, None before the first.
    """

    __slots__ = ("asked", "pending", "skipped")

    def __init__(self) -> None:
        self.skipped: list[int | None] = [None, None]
        self.pending: list[Unfinished | None] = [None, None]
        self.asked: list[str] | None = None


class Conversation:
    """What is known of a conversation so far; sides are 0 for the key's `a`, 1 for `b`.

    Times are microseconds since 1970; `first` and `last` as written, `seen` never goes back. `begin` and `end` are places in
    the source.
    """

    __slots__ = (
        "begin", "community", "counts", "end", "first", "history", "key", "last", "origin", "precision", "seen", "services", "streams",
        "vlan",
    )  # fmt: skip

    def __init__(self, key: Key, *, sender: int, time: int, begin: int, precision: int, vlan: int) -> None:
        self.key = key
        self.origin = sender
        self.first = self.last = self.seen = time
        self.begin = self.end = begin
        self.precision = precision
        self.vlan = vlan
        self.counts = [0, 0, 0, 0, 0, 0]
        self.history = ""
        self.community: str | None = None
        self.services: tuple[str, ...] = ()
        self.streams: Streams | None = None
        if key[1] == UDP and self._to_likely_server(sender):
            self._flip(sender)

    def identity(self) -> str:
        """Return the Community ID."""
        if self.community is None:
            self.community = community_id(self.key)
        return self.community

    def count(self, side: int, *, packets: int, total: int, size: int) -> None:
        """Add packets that `side` sent, with the bytes of their IP packets and of their payloads."""
        counts = self.counts
        counts[side] += packets
        counts[side + 2] += total
        counts[side + 4] += size

    def extend(self, *, first: int, last: int, begin: int, end: int) -> None:
        """Take in times and places of further packets."""
        self.first, self.last = min(self.first, first), max(self.last, last)
        self.begin, self.end = min(self.begin, begin), max(self.end, end)

    def expired(self, time: int) -> bool:
        """Return whether a packet at `time` belongs to another conversation of the same ends."""
        return time >= self.seen + SHORTEST_PATIENCE

    def packets(self, side: int) -> int:
        """Return the packets that `side` sent."""
        return self.counts[side]

    def total(self, side: int) -> int:
        """Return the bytes of the IP packets that `side` sent."""
        return self.counts[side + 2]

    def payload(self, side: int) -> int:
        """Return the bytes of payload that `side` sent."""
        return self.counts[side + 4]

    def state(self) -> str:
        """Return Zeek's conn_state."""
        if self.key[1] != UDP:
            return "OTH"
        if not self.counts[self.origin]:
            return "SHR"
        return "SF" if self.counts[1 - self.origin] else "S0"

    def letters(self) -> str:
        """Return Zeek's history; empty where it keeps none."""
        if self.key[1] != UDP:
            return self.history
        sent = [letter for letter, side in (("D", self.origin), ("d", 1 - self.origin)) if self.counts[side]]
        return self.history + "".join(reversed(sent) if self.history else sent)

    def _to_likely_server(self, sender: int) -> bool:
        """Return whether it is the sender that has a server's port, and the other has not."""
        ports = LIKELY_SERVERS.get(self.key[1], frozenset())
        here, there = (self.key[4], self.key[7]) if sender == 0 else (self.key[7], self.key[4])
        return here in ports and there not in ports

    def _flip(self, sender: int) -> None:
        """Make the receiver of the first packet the originator."""
        address = (self.key[5], self.key[6]) if sender == 0 else (self.key[2], self.key[3])
        if self.key[0] != 4 or address != _BROADCAST:
            self.origin = 1 - sender
            self.history = "^"


class End:
    """One end of a TCP connection; sequence numbers count on beyond 32 bits. Only `Connection` and `course` change it."""

    __slots__ = (
        "ack",
        "closed",
        "fin",
        "fins",
        "last",
        "marks",
        "previous",
        "retransmitted",
        "rst",
        "start",
        "state",
        "syn",
        "zero_windows",
    )

    def __init__(self) -> None:
        self.state = self.previous = INACTIVE
        self.start = self.last = self.ack = 0
        self.fins = self.retransmitted = self.zero_windows = 0
        self.closed = False
        self.marks = ""
        self.syn: int | None = None
        self.fin: int | None = None
        self.rst: int | None = None

    def begin(self, start: int, last: int) -> None:
        """Count from `start`, the place of a SYN, that something was sent up to `last`."""
        self.start = self.ack = start
        self.last = last


class Connection(Conversation):
    """A conversation over TCP."""

    __slots__ = ("attempt", "deadline", "ends", "patience")

    def __init__(self, key: Key, *, sender: int, time: int, begin: int, precision: int, vlan: int, flags: int) -> None:
        super().__init__(key, sender=sender, time=time, begin=begin, precision=precision, vlan=vlan)
        self.ends = (End(), End())
        self.patience = SHORTEST_PATIENCE
        self.attempt: int | None = None
        self.deadline: int | None = None
        if (not flags & SYN or flags & ACK) and self._looks_answered(sender, flags):
            self._flip(sender)

    def _looks_answered(self, sender: int, flags: int) -> bool:
        if self._to_likely_server(sender):
            return True
        here, there = (self.key[4], self.key[7]) if sender == 0 else (self.key[7], self.key[4])
        return {here, there} <= LIKELY_SERVERS[TCP] and not flags & SYN and here < there

    def expired(self, time: int) -> bool:
        """Return whether a packet at `time` belongs to another connection of the same ends."""
        if self.deadline is not None and time >= self.deadline:
            return True
        if time >= self.seen + self.patience:
            return True
        first, second = self.ends[self.origin], self.ends[1 - self.origin]
        if self.attempt is not None and time >= self.attempt and first.state in {SYN_SENT, SYN_ACK_SENT} and second.state == INACTIVE:
            return True
        return (first.closed or second.closed) and RESET in {first.state, second.state} and time > self.seen + _LINGER

    def interactive(self) -> bool:
        """Return whether the responder's port is one of those that people type at, and pause."""
        return self.key[4 if self.origin == 1 else 7] in _INTERACTIVE

    def reused(self, flags: int, seq: int) -> bool:
        """Return whether a packet begins a new connection between the same ends."""
        if not flags & SYN:
            return False
        first, second = self.ends[self.origin], self.ends[1 - self.origin]
        compared = first
        if flags & ACK:
            if first.state != INACTIVE:
                return False
            compared = second
        if first.closed or second.closed:
            return True
        if seq == compared.start & _WHOLE:
            return False
        reversed_handshake = not flags & ACK and compared.state == SYN_ACK_SENT and second.state == INACTIVE
        return not (reversed_handshake and seq == second.start & _WHOLE)

    def advance(self, side: int, *, flags: int, size: int, time: int, seq: int, ack: int, window: int) -> None:
        """Take a packet that `side` sent: raw sequence numbers, `size` bytes of payload."""
        me, peer = self.ends[side], self.ends[1 - side]
        length = (flags & SYN > 0) + (flags & FIN > 0) + (0 if flags & RST else size)
        position = self._place(me, flags, seq, length)
        self._mark(side, me, flags, position - me.start, size)
        if window == 0 and not flags & RST and peer.state != CLOSED and me.state != RESET:
            me.zero_windows += 1
            self._scaled(side, "W", me.zero_windows)
        if not (me.closed and peer.closed):
            self.seen = max(self.seen, time)
        me.fins += flags & FIN
        if flags & ACK:
            _acknowledge(peer, flags, ack)
        self._reach(side, me, flags, position + length, size)
        if me.state == INACTIVE:
            self._awake(side, flags, size, seq)
        elif flags & (SYN | FIN | RST):
            self._change(me, peer, flags)

    def _reach(self, side: int, me: End, flags: int, tail: int, size: int) -> None:
        """Take how far `me` came with a segment that ends at `tail`; what comes no further is a retransmission."""
        jump = tail - me.last
        if flags & (SYN | RST) and abs(jump) > _TRUSTED_JUMP:
            return
        if flags & FIN and me.last == me.start + 1:
            me.last = tail
        elif me.state == RESET:
            return
        elif jump > 0:
            me.last = tail
        elif size > 0:
            me.retransmitted += 1
            self._scaled(side, "T", me.retransmitted)

    def _place(self, me: End, flags: int, seq: int, length: int) -> int:
        """Return where a segment lies in what `me` sends, beginning to count at the first."""
        if me.state == INACTIVE:
            if flags & SYN:
                me.begin(seq, seq + length)
            else:
                me.begin(seq - 1, seq)  # as if there had been a SYN
            return seq
        position = me.last + signed(seq - me.last)
        if flags & SYN:
            open_state = me.state in {SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED}
            if (open_state and position != me.start) or (me.state == RESET and me.previous == INACTIVE):
                me.begin(position, position + length)
        return position

    def _mark(self, side: int, me: End, flags: int, position: int, size: int) -> None:
        """Add a packet's letter to the history: each once a side; S, H, F and R again where the sequence number differs."""
        several = flags & (SYN | FIN | RST)
        if not several:
            if size:
                self._once(side, me, "D")
            elif flags & ACK:
                self._once(side, me, "A")
        elif several & (several - 1):
            self._once(side, me, "I" if flags & FIN and flags & RST else "Q")
        else:
            if flags & SYN:
                letter, known, me.syn = "H" if flags & ACK else "S", me.syn, position
            elif flags & FIN:
                position += size
                letter, known, me.fin = "F", me.fin, position
            else:
                letter, known, me.rst = "R", me.rst, position
            if known != position:
                self.history += letter if side == self.origin else letter.lower()

    def _once(self, side: int, me: End, letter: str) -> None:
        if letter not in me.marks:
            me.marks += letter
            self.history += letter if side == self.origin else letter.lower()

    def _scaled(self, side: int, letter: str, count: int) -> None:
        """Write the letter the first, tenth, hundredth ... time."""
        if str(count).rstrip("0") == "1":
            self.history += letter if side == self.origin else letter.lower()

    def _enter(self, me: End, peer: End, state: int) -> None:
        if state == me.state:
            return
        if state not in _HANDSHAKE and me.state in _HANDSHAKE and peer.state in _HANDSHAKE:
            self.patience = _PATIENCE_ESTABLISHED
        me.previous, me.state = me.state, state

    def _change(self, me: End, peer: End, flags: int) -> None:
        """Go to the next state of an end that sent before, by a packet with SYN, FIN or RST."""
        if me.state == RESET or (me.state == CLOSED and (not flags & RST or peer.state == CLOSED)):
            return
        if flags & SYN and not flags & ACK and me.state == PARTIAL and peer.state == INACTIVE:
            self._enter(me, peer, SYN_SENT)
        if flags & FIN and me.state != CLOSED and (not flags & RST or me.state in {SYN_SENT, SYN_ACK_SENT}):
            established = me.state in {ESTABLISHED, PARTIAL}
            self._enter(me, peer, CLOSED)
            if established and peer.state == RESET and peer.previous == CLOSED:
                self._enter(peer, me, CLOSED)  # a reset after a close was a close
        if flags & RST:
            self._enter(me, peer, RESET)
        if flags & (FIN | RST):
            self._close(me, peer)

    def _awake(self, side: int, flags: int, size: int, seq: int) -> None:
        """Take the first packet of an end."""
        me, peer = self.ends[side], self.ends[1 - side]
        originates = side == self.origin
        if flags & SYN:
            if originates:
                self._enter(me, peer, SYN_ACK_SENT if flags & ACK else SYN_SENT)
                self.attempt = self.seen + ACTS_AFTER
            else:
                self._answer(side, flags, seq)
        if flags & FIN:
            self._enter(me, peer, CLOSED)
        if flags & RST:
            self._enter(me, peer, RESET)
        if flags & (FIN | RST):
            self._close(me, peer)
        if me.state != INACTIVE or (not originates and size == 0 and peer.state == SYN_SENT):
            return  # some systems acknowledge a SYN before they answer it
        known = flags & ACK and peer.state == ESTABLISHED
        self._enter(me, peer, ESTABLISHED if known else PARTIAL)

    def _answer(self, side: int, flags: int, seq: int) -> None:
        """Take a SYN of the responder."""
        me, peer = self.ends[side], self.ends[1 - side]
        if not flags & ACK and peer.state == SYN_ACK_SENT and seq == me.start & _WHOLE:
            self.origin = side  # the answer was recorded before the question
            self.history += "^"
            self._enter(peer, me, ESTABLISHED)
        elif peer.state == SYN_SENT:
            self._enter(peer, me, ESTABLISHED)
        self._enter(me, peer, ESTABLISHED)
        if peer.state != PARTIAL and self.interactive():
            self.patience = _PATIENCE_INTERACTIVE

    def _close(self, me: End, peer: End) -> None:
        if me.closed:
            return
        me.closed = True
        if me.state == RESET or peer.closed or peer.state == INACTIVE:
            self.deadline = self.seen + ACTS_AFTER

    def payload(self, side: int) -> int:
        """Return the bytes that `side` sent, by its sequence numbers: also those the capture does not hold."""
        me, peer = self.ends[side], self.ends[1 - side]
        if me.previous == SYN_SENT and me.state == RESET and peer.state == INACTIVE and me.ack - me.start not in (0, 1):
            return 0
        size = max(me.last, me.ack) - me.start
        size -= size != 0  # the SYN
        size -= me.fins > 0 and size != 0
        return max(size, 0)

    def letters(self) -> str:
        """Return Zeek's history, but for the letters of gaps and of wrong checksums."""
        return self.history

    def state(self) -> str:  # noqa: PLR0911 - Zeek's table, line by line
        """Return Zeek's conn_state."""
        first, second = self.ends[self.origin], self.ends[1 - self.origin]
        one, two = first.state, second.state
        unknown = (INACTIVE, PARTIAL)
        if two == RESET:
            empty = self.payload(0) == 0 and self.payload(1) == 0
            if one in {SYN_SENT, SYN_ACK_SENT} or (one == RESET and empty):
                return "REJ"
            return "RSTRH" if one in unknown else "RSTR"
        if one == RESET:
            if two in unknown:
                return "RSTOS0" if _ABORTED_ATTEMPT.fullmatch(self.history) else "OTH"
            return "RSTO"
        if one == CLOSED:
            return "SF" if two == CLOSED else "SH" if two in unknown else "S2"
        if two == CLOSED:
            return "SHR" if one in unknown else "S3"
        return {(SYN_SENT, INACTIVE): "S0", (ESTABLISHED, ESTABLISHED): "S1"}.get((one, two), "OTH")


def _acknowledge(peer: End, flags: int, ack: int) -> None:
    """Take what the other end says it got of what `peer` sent."""
    if peer.state == INACTIVE:
        peer.begin(ack - 1, ack - 1)
        return
    place = peer.ack + signed(ack - peer.ack)
    if place < peer.start or flags & RST or (ack == 0 and place - peer.ack > _TRUSTED_JUMP):
        return
    peer.ack = max(peer.ack, place)
