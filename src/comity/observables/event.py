"""Events: one line or record of a log. Column names are those of the Elastic Common Schema (ECS 8)."""

import pyarrow as pa

from comity.observables.table import INSTANT, column, table

EVENT = table(
    "event",
    "one line or record of a log: a web request, a login attempt, a name looked up, a page visited",
    [
        column(
            "@timestamp",
            INSTANT,
            "when, by the clock of the host that wrote it; finer than microseconds is cut off; null when there is no usable time",
        ),
        column("event.precision", pa.string(), "unit of the written time: second, millisecond, microsecond, nanosecond, minute, day"),
        column(
            "event.clock",
            pa.string(),
            "what of the time was inferred, not written: '', 'year' or 'year in doubt' (it may be wrong), 'zone', joined by '+'",
        ),
        column("event.dataset", pa.string(), "kind of log: access_log, auth_log, syslog, windows_event, capture, browser_history, ..."),
        column(
            "event.category",
            pa.string(),
            "ECS category: web, authentication, session, process, iam, host, network, file, email, configuration, intrusion_detection",
        ),
        column("event.action", pa.string(), "what was tried, such as request, ssh_login, sudo_command, user_added"),
        column("event.outcome", pa.string(), "success, failure or unknown"),
        column(
            "event.code",
            pa.string(),
            "the writer's own number or name of the kind of event: Windows event ID, Suricata signature, API operation",
        ),
        column("event.provider", pa.string(), "what wrote it: Windows channel and provider, cloud service, browser"),
        column("event.id", pa.string(), "its identifier within the log: record number, request or connection identifier"),
        column("source.ip", pa.string(), "the peer's address as written, canonical text form (RFC 5952 for IPv6)"),
        column("source.port", pa.int32(), "the peer's port; null when the log does not record it"),
        column("source.domain", pa.string(), "the peer's name when the log has a name instead of an address"),
        column("destination.ip", pa.string(), "the address asked, canonical text form"),
        column("destination.port", pa.int32(), "the port asked"),
        column("destination.domain", pa.string(), "the host asked: HTTP Host, TLS server name, host of a visited URL"),
        column("network.transport", pa.string(), "tcp, udp, icmp, ..."),
        column("dns.question.name", pa.string(), "name looked up, in lower case, without the last dot"),
        column("dns.question.type", pa.string(), "A, AAAA, MX, ..."),
        column("dns.answers", pa.list_(pa.string()), "data of the answers: addresses, names"),
        column(
            "network.forwarded_ip",
            pa.string(),
            "whom the request said it was passed on for (X-Forwarded-For), as written: the peer may be a proxy; anyone can write this",
        ),
        column("host.name", pa.string(), "the host that wrote the line"),
        column("process.name", pa.string(), "the program that wrote the line"),
        column("process.pid", pa.int32(), "its process number"),
        column("process.command_line", pa.string(), "what was run, as written"),
        column("user.name", pa.string(), "the account named in the line: who acts, or whom a login is for"),
        column("user.domain", pa.string(), "domain or tenant of that account"),
        column("user.id", pa.string(), "identifier of that account: SID, uid, directory identifier"),
        column("file.path", pa.string(), "the file, object or resource acted upon"),
        column("http.request.method", pa.string(), "GET, POST, ..."),
        column("url.original", pa.string(), "the request target as written"),
        column("http.version", pa.string(), "1.0, 1.1, 2.0"),
        column("http.response.status_code", pa.int32(), "answer given"),
        column("http.response.body.bytes", pa.int64(), "bytes of the answer; null for '-'"),
        column("http.request.referrer", pa.string(), "the Referer header; null for '-'"),
        column("user_agent.original", pa.string(), "the User-Agent header; null for '-'"),
        column(
            "message", pa.string(), "the text after the header of a syslog line, a page's title, a rendered alert; null for access logs"
        ),
        column(
            "fields",
            pa.string(),
            "canonical JSON object of what the record says beyond these columns, at most 65,536 characters; null when nothing",
        ),
    ],
)
