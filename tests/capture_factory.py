"""Packet captures made for tests: frames, both file formats, and connections packet by packet."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
START = 1_700_000_000.0
CLIENT, SERVER = "192.0.2.1", "198.51.100.2"


def ip(
    source: str,
    target: str,
    protocol: int,
    body: bytes,
    *,
    fragment: int = 0,
    identity: int = 0,
    extensions: bytes = b"",
    first: int | None = None,
) -> bytes:
    """An IP packet; `fragment` is IPv4's field of flags and offset, `extensions` are IPv6's headers, the first of number `first`."""
    one, other = ip_address(source), ip_address(target)
    if isinstance(one, IPv4Address):
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), identity, fragment, 64, protocol, 0)
    else:
        assert isinstance(one, IPv6Address)
        head = struct.pack(">IHBB", 0x60000000, len(extensions) + len(body), protocol if first is None else first, 64)
    return head + one.packed + other.packed + extensions + body


def tcp(  # noqa: PLR0917 - in the order of the header
    source: str, port: int, target: str, other: int, flags: int, seq: int, ack: int = 0, data: bytes = b"", window: int = 8192
) -> bytes:
    body = struct.pack(">HHIIBBHHH", port, other, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, window, 0, 0) + data
    return ip(source, target, 6, body)


def udp(source: str, port: int, target: str, other: int, data: bytes = b"") -> bytes:
    return ip(source, target, 17, struct.pack(">HHHH", port, other, 8 + len(data), 0) + data)


def icmp(source: str, target: str, kind: int, code: int = 0, data: bytes = b"") -> bytes:
    return ip(source, target, 58 if ":" in source else 1, struct.pack(">BBHI", kind, code, 0, 1) + data)


def ethernet(packet: bytes, *, vlans: Iterable[int] = ()) -> bytes:
    tags = b"".join(b"\x81\x00" + struct.pack(">H", vlan) for vlan in vlans)
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + tags + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00") + packet


@dataclass
class Packet:
    """A frame seen at `time` (seconds since 1970), of which `kept` bytes were captured (None: all)."""

    time: float
    data: bytes
    kept: int | None = None

    @property
    def captured(self) -> bytes:
        return self.data[: self.kept]


def pcap(packets: Iterable[Packet], *, big: bool = False, nano: bool = False, link: int = 1, modified: bool = False) -> bytes:
    order = ">" if big else "<"
    magic = 0xA1B2CD34 if modified else 0xA1B23C4D if nano else 0xA1B2C3D4
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, link)]
    for packet in packets:
        ticks = round(packet.time * (1_000_000_000 if nano else 1_000_000))
        unit = 1_000_000_000 if nano else 1_000_000
        parts += [
            struct.pack(order + "IIII", ticks // unit, ticks % unit, len(packet.captured), len(packet.data)),
            bytes(8 if modified else 0),
            packet.captured,
        ]
    return b"".join(parts)


def block(kind: int, body: bytes, *, big: bool = False) -> bytes:
    order = ">" if big else "<"
    body += bytes(-len(body) % 4)
    total = len(body) + 12
    return struct.pack(order + "II", kind, total) + body + struct.pack(order + "I", total)


def section(*, big: bool = False) -> bytes:
    return block(0x0A0D0D0A, struct.pack((">" if big else "<") + "IHHq", 0x1A2B3C4D, 1, 0, -1), big=big)


def interface(*, link: int = 1, big: bool = False, resolution: int | None = None, offset: int | None = None) -> bytes:
    order = ">" if big else "<"
    options = b""
    if resolution is not None:
        options += struct.pack(order + "HHB3x", 9, 1, resolution)
    if offset is not None:
        options += struct.pack(order + "HHq", 14, 8, offset)
    return block(1, struct.pack(order + "HHI", link, 0, 0) + options + (bytes(4) if options else b""), big=big)


def enhanced(packet: Packet, *, number: int = 0, big: bool = False, units: int = 1_000_000) -> bytes:
    ticks = round(packet.time * units)
    head = struct.pack((">" if big else "<") + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(packet.captured), len(packet.data))
    return block(6, head + packet.captured, big=big)


def pcapng(packets: Iterable[Packet], *, big: bool = False) -> bytes:
    return section(big=big) + interface(big=big) + b"".join(enhanced(packet, big=big) for packet in packets)


@dataclass
class Talk:
    """A TCP connection written down packet by packet, `step` seconds apart."""

    client: str = CLIENT
    port: int = 40_000
    server: str = SERVER
    other: int = 80
    time: float = START
    step: float = 0.01
    there: int = 1_000
    back: int = 5_000
    packets: list[Packet] = field(default_factory=list)

    def put(self, data: bytes) -> "Talk":
        self.packets.append(Packet(self.time, ethernet(data)))
        self.time += self.step
        return self

    def sent(self, flags: int = ACK, data: bytes = b"", *, again: int = 0, window: int = 8192) -> "Talk":
        """The client sends; `again` bytes of it a second time."""
        seq = self.there - again
        self.put(tcp(self.client, self.port, self.server, self.other, flags, seq, self.back if flags & ACK else 0, data, window))
        self.there = max(self.there, seq + len(data) + bool(flags & SYN) + bool(flags & FIN))
        return self

    def got(self, flags: int = ACK, data: bytes = b"", *, again: int = 0, window: int = 8192) -> "Talk":
        """The server sends."""
        seq = self.back - again
        self.put(tcp(self.server, self.other, self.client, self.port, flags, seq, self.there if flags & ACK else 0, data, window))
        self.back = max(self.back, seq + len(data) + bool(flags & SYN) + bool(flags & FIN))
        return self

    def opened(self) -> "Talk":
        return self.sent(SYN).got(SYN | ACK).sent()

    def closed(self) -> "Talk":
        return self.sent(FIN | ACK).got(FIN | ACK).sent()


def name(text: str) -> bytes:
    return b"".join(bytes((len(label),)) + label.encode() for label in text.split(".")) + b"\0"


def query(text: str, kind: int = 1, *, identity: int = 7) -> bytes:
    return struct.pack(">6H", identity, 0x0100, 1, 0, 0, 0) + name(text) + struct.pack(">HH", kind, 1)


def answer(text: str, kind: int, records: Iterable[tuple[bytes, int, bytes]], *, identity: int = 7, code: int = 0) -> bytes:
    """A response; each record is its owner as written, its type, its data."""
    records = list(records)
    head = struct.pack(">6H", identity, 0x8180 | code, 1, len(records), 0, 0) + name(text) + struct.pack(">HH", kind, 1)
    return head + b"".join(owner + struct.pack(">HHIH", number, 1, 60, len(data)) + data for owner, number, data in records)


def hello(server: str | None, *, protocols: Iterable[str] = ("h2",), padding: int = 0, pieces: int = 1) -> bytes:
    """A ClientHello of TLS 1.3 in `pieces` records."""
    extensions = b""
    if server is not None:
        entry = b"\0" + struct.pack(">H", len(server)) + server.encode()
        extensions += struct.pack(">HHH", 0, len(entry) + 2, len(entry)) + entry
    listed = b"".join(bytes((len(text),)) + text.encode() for text in protocols)
    extensions += struct.pack(">HHH", 16, len(listed) + 2, len(listed)) + listed
    extensions += struct.pack(">HHBHH", 43, 5, 4, 0x0304, 0x0303)
    extensions += struct.pack(">HH", 21, padding) + bytes(padding)
    body = b"\x03\x03" + bytes(32) + b"\0" + struct.pack(">HH", 2, 0x1301) + b"\x01\0" + struct.pack(">H", len(extensions)) + extensions
    handshake = b"\x01" + len(body).to_bytes(3) + body
    size = -(-len(handshake) // pieces)
    parts = [handshake[at : at + size] for at in range(0, len(handshake), size)]
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part for part in parts)


def web(talk: Talk) -> Talk:
    """Two requests in one segment, their answers, one cut into three segments with the last two recorded the wrong way round."""
    asked = b"GET /%d HTTP/1.1\r\nHost: shop.example:8080\r\nUser-Agent: agent\r\n\r\n"
    talk.opened().sent(ACK | PSH, asked % 1 + asked % 2)
    talk.got(ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").got(ACK, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    talk.sent(ACK, b"POST /form HTTP/1.1\r\nHost: shop").sent(ACK, b".example\r\nContent-Length: 3\r\nReferer").sent(
        ACK, b": http://a.example/\r\n\r\na=b"
    )
    talk.packets[-2:] = [Packet(talk.packets[-2].time, talk.packets[-1].data), Packet(talk.packets[-1].time, talk.packets[-2].data)]
    return (
        talk.got(ACK, b"HTTP/1.1 100 Continue\r\n\r\n").got(ACK, b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n").closed()
    )


def mixed() -> list[Packet]:
    """Packets of many kinds, in order of time."""
    packets = web(Talk()).packets
    secret = hello("secret.example", padding=900, pieces=2)
    packets += (
        Talk(port=41_000, other=443, time=START + 0.003)
        .opened()
        .sent(ACK, secret[:700])
        .sent(ACK, secret[700:])
        .got(ACK, b"\x16\x03\x03")
        .got(RST)
        .packets
    )
    packets += (
        Talk(client="2001:db8::1", server="2001:db8::2", port=42_000, other=22, time=START + 0.004)
        .opened()
        .sent(ACK, b"SSH-2.0-x\r\n", window=0)
        .packets
    )
    packets += Talk(port=43_000, other=81, time=START + 0.005).sent(SYN).got(RST | ACK).packets
    packets += Talk(port=44_000, other=25, time=START + 0.006, step=3.0).sent(SYN).sent(SYN, again=1).sent(SYN, again=1).packets
    address, alias = b"\xc0\0\2\1", b"\3cdn\xc0\x10"
    said = answer("WWW.example.com", 1, [(b"\xc0\x0c", 5, alias), (b"\xc0\x2d", 1, address)])
    packets += [
        Packet(START + 1.0, ethernet(udp(CLIENT, 5_000, "192.0.2.53", 53, query("WWW.example.com")), vlans=[7])),
        Packet(START + 1.1, ethernet(udp("192.0.2.53", 53, CLIENT, 5_000, said), vlans=[7])),
        Packet(START + 90.0, ethernet(udp(CLIENT, 5_000, "192.0.2.53", 53, query("other.example", 28)))),
        Packet(START + 91.0, ethernet(udp("192.0.2.53", 53, CLIENT, 5_000, answer("other.example", 28, [], code=3)))),
        Packet(START + 2.0, ethernet(icmp(CLIENT, SERVER, 8))),
        Packet(START + 2.1, ethernet(icmp(SERVER, CLIENT, 0))),
        Packet(START + 2.2, ethernet(icmp(SERVER, CLIENT, 3, 1, bytes(28)))),
        Packet(START + 3.0, b"\xff" * 12 + b"\x08\x06" + bytes(28)),
        Packet(START + 4.0, ethernet(ip(CLIENT, SERVER, 47, bytes(20)))),
    ]
    whole = udp(CLIENT, 6_000, "192.0.2.53", 53, query("fragmented.example"))[20:]
    for offset, more in ((16, 0), (0, 0x2000)):
        part = whole[offset : offset + 16] if more else whole[offset:]
        packets.append(Packet(START + 5.0 + offset, ethernet(ip(CLIENT, "192.0.2.53", 17, part, fragment=more | offset // 8, identity=9))))
    wire = query("stream.example")
    packets += (
        Talk(port=45_000, other=53, time=START + 6.0).opened().sent(ACK, struct.pack(">H", len(wire))).sent(ACK, wire).closed().packets
    )
    return sorted(packets, key=lambda packet: packet.time)


def capture_samples() -> list[bytes]:
    """Captures in both formats and byte orders; one of several sections and interfaces."""
    packets = mixed()
    half = len(packets) // 2
    first = section() + interface(link=1) + interface(link=101, resolution=9) + b"".join(enhanced(packet) for packet in packets[:half])
    first += enhanced(Packet(START + 80.0, udp(CLIENT, 7, SERVER, 7, b"raw")), number=1, units=1_000_000_000) + block(4, bytes(4))
    second = section(big=True) + interface(big=True) + b"".join(enhanced(packet, big=True) for packet in packets[half:])
    return [pcap(packets), pcap(packets, big=True, nano=True), pcapng(packets), first + second]
