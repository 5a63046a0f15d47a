"""Flows: one conversation between two endpoints. Names follow ECS; states and roles those of Zeek's conn.log."""

import pyarrow as pa

from comity.observables.table import INSTANT, column, table

FLOW = table(
    "flow",
    "one conversation of two endpoints; in a capture the trace spans its first to its last packet, other flows' packets between them",
    [
        column("@timestamp", INSTANT, "first packet, by the clock of the capturing host"),
        column("event.end", INSTANT, "last packet; null when the log gives no duration"),
        column("event.precision", pa.string(), "unit of the written time: second, millisecond, microsecond, nanosecond"),
        column("event.dataset", pa.string(), "where it comes from: capture, zeek_conn, suricata_flow"),
        column("event.id", pa.string(), "the writer's identifier of the flow (Zeek uid, Suricata flow_id); null in a capture"),
        column("network.transport", pa.string(), "tcp, udp, icmp, ipv6-icmp, or the IP protocol's number"),
        column("network.protocol", pa.string(), "application protocol when seen: dns, http, tls, ..."),
        column("network.community_id", pa.string(), "Community ID 1, seed 0: the same flow in other tools' logs"),
        column("source.ip", pa.string(), "originator: who sent first, or the sender of the first SYN; canonical text form"),
        column("source.port", pa.int32(), "its port; the type for ICMP"),
        column("destination.ip", pa.string(), "responder"),
        column("destination.port", pa.int32(), "its port; the code for ICMP"),
        column("source.packets", pa.int64(), "packets from the originator"),
        column("source.bytes", pa.int64(), "bytes of payload from the originator, above the transport header; null when not given"),
        column("source.ip_bytes", pa.int64(), "bytes of IP packets from the originator, headers included; null when not given"),
        column("destination.packets", pa.int64(), "packets from the responder"),
        column("destination.bytes", pa.int64(), "bytes of payload from the responder"),
        column("destination.ip_bytes", pa.int64(), "bytes of IP packets from the responder"),
        column("connection.state", pa.string(), "Zeek's conn_state: S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH"),
        column("connection.history", pa.string(), "Zeek's history letters; null when not given"),
        column("vlan.id", pa.int32(), "802.1Q tag of the first packet"),
        column("fields", pa.string(), "canonical JSON object of what the log says beyond these columns; null when nothing"),
    ],
)
