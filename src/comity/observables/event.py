"""Events: one line of a log. Column names are those of the Elastic Common Schema (ECS 8)."""

import pyarrow as pa

from comity.observables.table import INSTANT, column, table

EVENT = table(
    "event",
    "one line of a log: a web request, a login attempt, a message of a daemon",
    [
        column("@timestamp", INSTANT, "when, by the clock of the host that wrote the line; null when the line has no usable time"),
        column("event.precision", pa.string(), "unit of the written time: second, millisecond, microsecond, minute, day"),
        column(
            "event.clock",
            pa.string(),
            "what of the time was inferred, not written: '', 'year' or 'year in doubt' (it may be wrong), 'zone', joined by '+'",
        ),
        column("event.dataset", pa.string(), "kind of log: access_log, auth_log, syslog"),
        column("event.category", pa.string(), "ECS category: web, authentication, session, process, iam, host"),
        column("event.action", pa.string(), "what was tried, such as request, ssh_login, sudo_command, user_added"),
        column("event.outcome", pa.string(), "success, failure or unknown"),
        column("source.ip", pa.string(), "the peer's address as written, canonical text form (RFC 5952 for IPv6)"),
        column("source.port", pa.int32(), "the peer's port; null when the log does not record it"),
        column("source.domain", pa.string(), "the peer's name when the log has a name instead of an address"),
        column(
            "network.forwarded_ip",
            pa.string(),
            "whom the request said it was passed on for (X-Forwarded-For), as written: the peer may be a proxy; anyone can write this",
        ),
        column("host.name", pa.string(), "the host that wrote the line"),
        column("process.name", pa.string(), "the program that wrote the line"),
        column("process.pid", pa.int32(), "its process number"),
        column("user.name", pa.string(), "the account named in the line"),
        column("http.request.method", pa.string(), "GET, POST, ..."),
        column("url.original", pa.string(), "the request target as written"),
        column("http.version", pa.string(), "1.0, 1.1, 2.0"),
        column("http.response.status_code", pa.int32(), "answer given"),
        column("http.response.body.bytes", pa.int64(), "bytes of the answer; null for '-'"),
        column("http.request.referrer", pa.string(), "the Referer header; null for '-'"),
        column("user_agent.original", pa.string(), "the User-Agent header; null for '-'"),
        column("message", pa.string(), "the text after the header of a syslog line; null for access logs"),
    ],
)
