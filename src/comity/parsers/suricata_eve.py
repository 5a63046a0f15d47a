"""Suricata's EVE JSON: flows, alerts, and what it says of DNS, HTTP, TLS, files and other protocols.

The layouts of DNS records of EVE versions 1 to 3 are read alike. Source: Suricata user guide, "Eve JSON Format".
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from comity.observables import EVENT, FLOW, Table
from comity.parsers.contract import Inferred, Item, Source
from comity.parsers.json_columns import Derived, Layout, Path
from comity.parsers.json_records import first_records
from comity.parsers.json_rows import rows
from comity.parsers.json_text import Object, Value

_SURE_SHARE = 0.5
# the sections that records of frequent types have; all others are looked through for every section
_SECTIONS = {
    "dns": {"dns"}, "mdns": {"mdns"}, "tls": {"tls"}, "http": {"http"}, "smtp": {"smtp", "email"}, "ssh": {"ssh"}, "dhcp": {"dhcp"},
    "fileinfo": {"fileinfo", "http", "smtp", "email", "smb"}, "krb5": {"krb5"}, "smb": {"smb"}, "rdp": {"rdp"}, "stats": {"stats"},
}  # fmt: skip
_FIRST_FAILURE = 400  # RFC 9110, 15.5 and 15.6

# event type to category (ECS) and action; of others the action is the type
_KINDS = {
    "alert": ("intrusion_detection", "alert"),
    "anomaly": ("network", "anomaly"),
    "dns": ("network", "dns_query"),
    "drop": ("network", "packet_dropped"),
    "fileinfo": ("file", "file_seen"),
    "ftp": ("network", "ftp_command"),
    "ftp_data": ("file", "file_seen"),
    "http": ("web", "request"),
    "http2": ("web", "request"),
    "krb5": ("authentication", "kerberos_exchange"),
    "mdns": ("network", "dns_query"),
    "rdp": ("network", "rdp_connection"),
    "smtp": ("network", "mail_sent"),
    "ssh": ("network", "ssh_connection"),
    "stats": ("host", "stats"),
    "tls": ("network", "tls_handshake"),
}


class SuricataEve:
    """Reads EVE JSON, one record a line or in a list; nothing is inferred."""

    name = "suricata_eve"
    version = "1"
    media_type = "application/x-suricata-eve"
    tables: tuple[Table, ...] = (EVENT, FLOW)

    def recognizes(self, head: bytes, *, name: str) -> int:
        """Return 2 when most of the first records have an event type and a time, as EVE has."""
        del name
        if b'"event_type"' not in head or b'"timestamp"' not in head:
            return 0
        first = first_records(head)
        return 2 if first and sum(_is_eve(each) for each in first) >= _SURE_SHARE * len(first) else 0

    def infer(self, source: Source) -> Sequence[Inferred]:
        """Return nothing: every record says its time with its zone."""
        del source
        return ()

    def read(self, source: Source, *, inferred: Sequence[Inferred]) -> Iterator[Item]:
        """Yield flow records as flows and all others as events."""
        del inferred
        return rows(source, _layout)


def _is_eve(record: Object) -> bool:
    return (
        isinstance(record.get("event_type"), str) and "timestamp" in record and bool(record.keys() & {"flow_id", "src_ip", "stats", "host"})
    )


def _flow(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        ("suricata_" + pl.col("event.dataset")).alias("event.dataset"), pl.col("network.transport").str.to_lowercase()
    )


def _event(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with category, action and outcome by kind, and names as they are compared."""
    kind, status = pl.col("event.dataset"), pl.col("http.response.status_code")
    answered = pl.when(status < _FIRST_FAILURE).then(pl.lit("success")).when(status.is_not_null()).then(pl.lit("failure"))
    looked_up = pl.when(pl.col("rcode") == "NOERROR").then(pl.lit("success")).when(pl.col("rcode").is_not_null()).then(pl.lit("failure"))
    return frame.with_columns(
        ("suricata_" + kind).alias("event.dataset"),
        pl.col("network.transport").str.to_lowercase(),
        pl.lit("suricata").alias("event.provider"),
        kind.replace_strict({name: category for name, (category, _) in _KINDS.items()}, default="network").alias("event.category"),
        kind.replace_strict({name: action for name, (_, action) in _KINDS.items()}, default=kind).alias("event.action"),
        pl.when(kind.is_in(["http", "http2"])).then(answered).when(kind == "dns").then(looked_up).alias("event.outcome"),
        pl.coalesce("dns.question.name", "query").str.to_lowercase().str.strip_suffix(".").alias("dns.question.name"),
        pl.coalesce("dns.question.type", "type").alias("dns.question.type"),
        pl.col("http.version").str.strip_prefix("HTTP/"),
    )


def _vlan(record: Object) -> int | None:
    tags = record.get("vlan")
    first = tags[0] if isinstance(tags, list) and tags else tags
    return first if type(first) is int and 0 <= first <= 4095 else None  # noqa: PLR2004 - a tag has twelve bits


def _query(dns: Object, member: str) -> str | None:
    """Return what the first question says that stands in a list, as in alerts and in version 3."""
    if "rrname" in dns:
        return None
    for key in ("queries", "query"):
        asked = dns.get(key)
        if isinstance(asked, list) and asked and isinstance(asked[0], dict):
            return _string(asked[0].get(member))
    return None


def _string(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _answers(dns: Object) -> list[Value] | None:
    """Return the data of the answers: of a list of them, of the grouped form, or of a record for each answer (version 1)."""
    listed = dns.get("answers")
    if isinstance(listed, list):
        found = [each.get("rdata") for each in listed if isinstance(each, dict)]
    elif isinstance(grouped := dns.get("grouped"), dict):
        found = [each for group in grouped.values() if isinstance(group, list) for each in group]
    else:
        found = [dns.get("rdata")]
    return [each for each in found if isinstance(each, str) and each] or None


_ADDRESSES: dict[str, tuple[Path, ...]] = {
    "source.port": (("src_port",), ("icmp_type",)),
    "destination.port": (("dest_port",), ("icmp_code",)),
    "network.transport": (("proto",),),
    "event.id": (("flow_id",),),
    "event.dataset": (("event_type",),),
}
_PEERS: dict[str, tuple[Path, ...]] = {"source": (("src_ip",),), "destination": (("dest_ip",),)}

_FLOW = Layout(
    table=FLOW,
    columns={
        **_ADDRESSES,
        "network.protocol": (("app_proto",),),
        "network.community_id": (("community_id",),),
        "source.packets": (("flow", "pkts_toserver"), ("netflow", "pkts")),
        "destination.packets": (("flow", "pkts_toclient"),),
    },
    peers=_PEERS,
    times={"@timestamp": (("timestamp",),), "event.end": (("flow", "end"), ("netflow", "end"))},
    derived={"vlan.id": Derived(read=_vlan, kind=pl.Int32)},
    interpret=_flow,
)

_EVENT = Layout(
    table=EVENT,
    columns={
        **_ADDRESSES,
        "event.code": (("alert", "signature_id"), ("anomaly", "event")),
        "message": (("alert", "signature"), ("email", "subject")),
        "host.name": (("host",),),
        "destination.domain": (("http", "hostname"), ("tls", "sni")),
        "dns.question.name": (("dns", "rrname"), ("mdns", "rrname")),
        "dns.question.type": (("dns", "rrtype"), ("mdns", "rrtype")),
        "network.forwarded_ip": (("http", "xff"),),
        "user.name": (("krb5", "cname"), ("smb", "ntlmssp", "user"), ("rdp", "cookie")),
        "user.domain": (("krb5", "realm"), ("smb", "ntlmssp", "domain")),
        "file.path": (("fileinfo", "filename"), ("ftp_data", "filename"), ("smb", "filename")),
        "http.request.method": (("http", "http_method"),),
        "url.original": (("http", "url"),),
        "http.version": (("http", "protocol"),),
        "http.response.status_code": (("http", "status"),),
        "http.response.body.bytes": (("http", "length"),),
        "http.request.referrer": (("http", "http_refer"),),
        "user_agent.original": (("http", "http_user_agent"),),
    },
    peers=_PEERS,
    times={"@timestamp": (("timestamp",),)},
    derived={
        "dns.answers": Derived(read=_answers, within=("dns",), kind=pl.List(pl.String)),
        "query": Derived(read=lambda dns: _query(dns, "rrname"), within=("dns",)),
        "type": Derived(read=lambda dns: _query(dns, "rrtype"), within=("dns",)),
        "rcode": Derived(read=lambda dns: _string(dns.get("rcode")), within=("dns",)),
    },
    kind="event_type",
    sections={kind: frozenset(sections) for kind, sections in _SECTIONS.items()},
    interpret=_event,
)


# a flow begins when it says so; when it does not, the record's own time is the best there is
_BEGUN = {kind: replace(_FLOW, times={"@timestamp": ((kind, "start"),), "event.end": ((kind, "end"),)}) for kind in ("flow", "netflow")}


def _layout(record: Object) -> Layout:
    kind = record.get("event_type")
    if kind in _BEGUN:
        section = record.get(kind)
        return _BEGUN[kind] if isinstance(section, dict) and "start" in section else _FLOW
    return _EVENT


PARSER = SuricataEve()
