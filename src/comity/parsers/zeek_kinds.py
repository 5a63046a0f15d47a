"""Zeek's logs: which of their fields belong in which column, and what kind of event each log holds.

Source: Zeek documentation, "Log Files" (conn.log, dns.log, http.log, ...).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_ENDPOINTS = {
    "uid": "event.id",
    "id.orig_p": "source.port",
    "id.resp_p": "destination.port",
    "proto": "network.transport",
}
PEERS = {"source": ("id.orig_h",), "destination": ("id.resp_h",)}
"""The fields that hold the two ends, in nearly all logs."""

FLOW_COLUMNS = _ENDPOINTS | {
    "service": "network.protocol",
    "community_id": "network.community_id",
    "orig_pkts": "source.packets",
    "orig_bytes": "source.bytes",
    "orig_ip_bytes": "source.ip_bytes",
    "resp_pkts": "destination.packets",
    "resp_bytes": "destination.bytes",
    "resp_ip_bytes": "destination.ip_bytes",
    "conn_state": "connection.state",
    "history": "connection.history",
    "vlan": "vlan.id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A log: `columns` from field to column beyond the two ends, ECS category, and the action.

    `marks` are fields all of which its JSON records have, and others' do not. `outcome` is the field that tells it: in lower case it is
    one of `good` on success; what else it says is a failure. Of HTTP it is the status.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    category: str = "network"
    action: str = ""
    marks: frozenset[str] = frozenset()
    peers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PEERS)
    outcome: str = ""
    good: tuple[str, ...] = ("t", "true")


KINDS: Mapping[str, Kind] = {
    "dns": Kind(
        columns={"query": "dns.question.name", "qtype_name": "dns.question.type", "answers": "dns.answers"},
        action="dns_query",
        marks=frozenset({"trans_id", "rcode"}),
        outcome="rcode_name",
        good=("noerror",),
    ),
    "http": Kind(
        columns={
            "method": "http.request.method",
            "host": "destination.domain",
            "uri": "url.original",
            "referrer": "http.request.referrer",
            "version": "http.version",
            "user_agent": "user_agent.original",
            "status_code": "http.response.status_code",
            "response_body_len": "http.response.body.bytes",
            "username": "user.name",
        },
        category="web",
        action="request",
        marks=frozenset({"trans_depth", "request_body_len"}),
        outcome="status_code",
    ),
    "ssl": Kind(
        columns={"server_name": "destination.domain"},
        action="tls_handshake",
        marks=frozenset({"established", "resumed"}),
        outcome="established",
    ),
    "ssh": Kind(category="authentication", action="ssh_login", marks=frozenset({"auth_attempts"}), outcome="auth_success"),
    "files": Kind(
        columns={"fuid": "event.id", "filename": "file.path"},
        category="file",
        action="file_seen",
        marks=frozenset({"fuid", "seen_bytes"}),
        peers={"source": ("id.orig_h", "tx_hosts"), "destination": ("id.resp_h", "rx_hosts")},
    ),
    "notice": Kind(
        columns={"note": "event.code", "msg": "message"},
        category="intrusion_detection",
        action="notice",
        marks=frozenset({"note", "msg"}),
        peers={"source": ("src", "id.orig_h"), "destination": ("dst", "id.resp_h")},
    ),
    "weird": Kind(columns={"name": "event.code"}, action="weird", marks=frozenset({"name", "peer", "notice"})),
    "intel": Kind(
        columns={"seen.indicator": "message", "seen.where": "event.code"},
        category="intrusion_detection",
        action="indicator_seen",
        marks=frozenset({"seen.indicator"}),
    ),
    "x509": Kind(
        columns={"id": "event.id", "fingerprint": "event.id", "certificate.subject": "message"},
        action="certificate_seen",
        marks=frozenset({"certificate.subject"}),
    ),
    "smtp": Kind(
        columns={"subject": "message", "helo": "source.domain", "user_agent": "user_agent.original"},
        category="email",
        action="mail_sent",
        marks=frozenset({"helo"}),
    ),
    "dhcp": Kind(
        columns={"host_name": "source.domain", "uids": "event.id"},
        action="dhcp_lease",
        marks=frozenset({"mac", "uids"}),
        peers={"source": ("client_addr", "id.orig_h"), "destination": ("server_addr", "id.resp_h")},
    ),
    "ftp": Kind(
        columns={"user": "user.name", "command": "event.code", "arg": "file.path"},
        action="ftp_command",
        marks=frozenset({"command", "user", "password"}),
    ),
    "rdp": Kind(columns={"cookie": "user.name"}, action="rdp_connection", marks=frozenset({"cookie", "security_protocol"})),
    "kerberos": Kind(
        columns={"client": "user.name", "request_type": "event.code", "error_msg": "message"},
        category="authentication",
        action="kerberos_exchange",
        marks=frozenset({"request_type", "client"}),
        outcome="success",
    ),
    "ntlm": Kind(
        columns={"username": "user.name", "domainname": "user.domain"},
        category="authentication",
        action="ntlm_login",
        marks=frozenset({"domainname"}),
        outcome="success",
    ),
    "radius": Kind(
        columns={"username": "user.name"},
        category="authentication",
        action="radius_login",
        marks=frozenset({"username", "result"}),
        outcome="result",
        good=("success",),
    ),
    "smb_files": Kind(
        columns={"action": "event.code", "name": "file.path"},
        category="file",
        action="smb_file",
        marks=frozenset({"action", "times.modified"}),
    ),
    "smb_mapping": Kind(columns={"path": "file.path"}, category="file", action="smb_mapping", marks=frozenset({"share_type"})),
    "dce_rpc": Kind(columns={"operation": "event.code"}, action="dce_rpc", marks=frozenset({"operation", "endpoint"})),
    "mysql": Kind(
        columns={"cmd": "event.code", "arg": "message"}, action="mysql_command", marks=frozenset({"cmd", "arg"}), outcome="success"
    ),
    "snmp": Kind(action="snmp", marks=frozenset({"community", "get_requests"})),
    "syslog": Kind(columns={"message": "message"}, category="host", action="syslog", marks=frozenset({"facility", "severity", "message"})),
    "sip": Kind(columns={"method": "event.code", "user_agent": "user_agent.original"}, action="sip", marks=frozenset({"call_id"})),
    "irc": Kind(
        columns={"user": "user.name", "command": "event.code", "value": "message"}, action="irc_command", marks=frozenset({"nick"})
    ),
    "tunnel": Kind(columns={"tunnel_type": "event.code"}, action="tunnel", marks=frozenset({"tunnel_type"})),
    "software": Kind(columns={"name": "message"}, action="software_seen", marks=frozenset({"software_type"}), peers={"source": ("host",)}),
    "known_hosts": Kind(action="host_seen", peers={"source": ("host",)}),
}
"""By the log's name (#path); of other logs only time, identifier and the two ends have columns."""

OTHER = Kind()


def columns_of(name: str) -> Mapping[str, str]:
    """Return the columns of the events of the log `name`, by field."""
    return _ENDPOINTS | dict(KINDS.get(name, OTHER).columns)


def told(record: Mapping[str, object]) -> str:
    """Return which log a JSON record is of, by the fields it has; "" when that is not known."""
    path = record.get("_path")
    if isinstance(path, str):
        return path
    if "conn_state" in record:
        return "conn"
    return next((name for name, kind in KINDS.items() if kind.marks and kind.marks <= record.keys()), "")
