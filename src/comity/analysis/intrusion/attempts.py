"""Login attempts as columns: who tried what account from where, and whether it worked."""

import ipaddress

import polars as pl

from comity.analysis.event_traces import ORDER, TRACE

COLUMNS = (
    *TRACE, "@timestamp", "event.precision", "event.clock", "event.outcome", "source.ip", "source.port", "host.name", "user.name",
)  # fmt: skip

REDIRECT = 302
OK = 200


def login_attempts(events: pl.LazyFrame) -> pl.DataFrame:
    """Return the attempts in `events` in order, with `tries`, `keyed`, `network`, `service` and `order` beside COLUMNS.

    An attempt is a row with action ssh_login (or another that ends in login) and an outcome, or a POST to WordPress's login
    page. `tries` counts those a line stands for ("message repeated 5 times"); `keyed` is true for a login by key, which
    cannot be guessed; `network` is the address's /24, in IPv6 its /64; `order` numbers the rows.

    WordPress answers a failed login with 200 and the form again, a successful one with a redirect (302). Its login page serves
    other ends, too, which all redirect: forgotten passwords and the password of a single post; those are no logins.
    """
    message = pl.col("message").fill_null("")
    repeated = message.str.extract(r"message repeated (\d{1,6}) times").cast(pl.Int64).fill_null(1)
    path = pl.col("url.original").str.split("?").list.first()
    other_end = pl.col("url.original").str.contains(r"[?&]action=").fill_null(value=False) & ~pl.col("url.original").str.contains(
        r"[?&]action=login(?:&|$)"
    )
    posted = (
        (pl.col("event.category") == "web")
        & (pl.col("http.request.method") == "POST")
        & path.str.ends_with("/wp-login.php").fill_null(value=False)
        & ~other_end
    )
    logged = pl.col("event.action").str.ends_with("login") & pl.col("event.outcome").is_in(["success", "failure"])
    status = pl.col("http.response.status_code")
    answered = pl.when(status == REDIRECT).then(pl.lit("success")).when(status == OK).then(pl.lit("failure"))
    service = pl.when(posted).then(pl.lit("the WordPress login")).otherwise(pl.col("event.action").str.replace("_?login$", ""))
    found = (
        events.filter((logged | posted) & pl.col("source.ip").is_not_null())
        .with_columns(
            pl.when(posted).then(answered).otherwise("event.outcome").alias("event.outcome"),
            pl.when(pl.col("user.name") != "").then("user.name").alias("user.name"),
        )
        .filter(pl.col("event.outcome").is_not_null())
        .select(
            *COLUMNS,
            repeated.alias("tries"),
            message.str.contains("publickey", literal=True).alias("keyed"),
            service.alias("service"),
        )
        # names and addresses come again and again: as numbers they take a quarter of the room
        .with_columns(pl.col(pl.String).cast(pl.Categorical))
        .collect(engine="streaming")
        .sort(*ORDER, nulls_last=True)
        .with_row_index("order")
    )
    networks = {address: _network(address) for address in found["source.ip"].unique().to_list()}
    return found.with_columns(pl.col("source.ip").replace_strict(networks, return_dtype=pl.String).alias("network"))


def _network(address: str) -> str:
    """Return the /24 or /64 of `address`; what is no address stands for itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))  # noqa: PLR2004 - the protocol's number
