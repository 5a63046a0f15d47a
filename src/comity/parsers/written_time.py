"""Times as logs write them, to instants in UTC: ISO 8601 in its usual spellings, and numbers of seconds since 1970.

Source: RFC 3339; POSIX.1, "Seconds Since the Epoch".
"""

import polars as pl

from comity.parsers.log_year import MONTHS

_STAMP = r"^\s*([0-9]{4}-[01][0-9]-[0-3][0-9])[T ]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
_REST = r"^(?:[.,](?<fraction>[0-9]{1,9})[0-9]{0,9})?\s?(?<zone>Z|z|UTC|GMT|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?\s*$"
_WEB_SERVER = r"^(?<day>[0-3][0-9])/(?<month>[A-Z][a-z]{2})/(?<year>[0-9]{4}):(?<clock>.{8}.{0,32})$"
_SECONDS_END = 19
_YEARS = (2, 9998)  # a zone must not carry a time beyond the years that clocks and calendars here know
_SECOND_US = 1_000_000
_MINUTE_US = 60 * _SECOND_US
_LATEST = 253_370_764_800  # the year 9999
# numbers beyond these are no seconds but thousandths, millionths, thousand millionths
_UNITS = ((10**11, _SECOND_US), (10**14, 1_000), (10**17, 1))


def times(written: pl.Series, *, zone: str | None = None) -> pl.DataFrame:
    """Return `@timestamp`, `event.precision` and `event.clock` of ISO times; all null where none can be read.

    Web servers' 17/May/2015:10:05:03 +0000 is read, too. A time without zone is taken to be UTC when `zone` is "UTC", which
    `event.clock` says, or "documented", where the format's maker says so; else it has no instant.
    """
    stamp = pl.col("written").str.slice(0, _SECONDS_END)
    plain = stamp.str.replace(" ", "T", literal=True)
    frame = (
        pl.DataFrame({"written": written.str.strip_chars(" ")})
        .select(
            pl.when(pl.col("written").str.contains(_STAMP))
            .then(plain)
            .str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
            .alias("at"),
            pl.col("written").str.slice(_SECONDS_END).str.extract_groups(_REST).alias("rest"),
            pl.col("written").str.slice(_SECONDS_END).str.contains(_REST).alias("whole"),
        )
        .unnest("rest")
    )
    fraction, mark = pl.col("fraction"), pl.col("zone")
    digits = pl.col("zone").str.replace(":", "", literal=True)
    minutes = digits.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + digits.str.slice(3, 2).cast(pl.Int64, strict=False)
    minutes = pl.when(mark.is_in(["Z", "z", "UTC", "GMT"])).then(0).when(mark.str.starts_with("-")).then(-minutes).otherwise(minutes)
    micro = fraction.str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)
    instant = (pl.col("at") + pl.duration(microseconds=micro - minutes.fill_null(0) * _MINUTE_US)).dt.replace_time_zone("UTC")
    usable = pl.col("whole") & pl.col("at").dt.year().is_between(*_YEARS) & (mark.is_not_null() | pl.lit(zone is not None))
    length = fraction.str.len_bytes()
    precision = (
        pl.when(length.is_null()).then(pl.lit("second")).when(length <= 3).then(pl.lit("millisecond"))  # noqa: PLR2004 - thousandths
        .when(length <= 6).then(pl.lit("microsecond")).otherwise(pl.lit("nanosecond"))  # noqa: PLR2004 - millionths
    )  # fmt: skip
    inferred = mark.is_null() & pl.lit(zone == "UTC")
    return frame.select(
        pl.when(usable).then(instant).alias("@timestamp"),
        pl.when(usable).then(precision).alias("event.precision"),
        pl.when(usable & inferred).then(pl.lit("zone")).otherwise(pl.lit("")).alias("event.clock"),
    )


def _from_web_server(written: pl.Series) -> pl.Series:
    """Return 17/May/2015:10:05:03 +0000 as 2015-05-17T10:05:03 +0000, all else as it is."""
    if not written.str.contains(_WEB_SERVER).any():
        return written
    parts = written.str.extract_groups(_WEB_SERVER).struct
    month = parts.field("month").replace_strict({name: f"{at:02}" for at, name in enumerate(MONTHS, start=1)}, default=None)
    turned = parts.field("year") + "-" + month + "-" + parts.field("day") + "T" + parts.field("clock")
    return turned.zip_with(turned.is_not_null(), written)


def zoneless(written: pl.Series) -> bool:
    """Return whether any of the ISO times lacks its zone."""
    texts = written.drop_nulls().str.strip_chars(" ")
    return bool(texts.str.contains(_STAMP + r"(?:[.,][0-9]+)?$").any())


def epochs(written: pl.Series, *, precision: str | None = None) -> pl.DataFrame:
    """Return `@timestamp`, `event.precision` and `event.clock` of numbers (floating) since 1970; all null where none can be read.

    Numbers of 10^11 and more are thousandths of a second, of 10^14 and more millionths, of 10^17 and more thousand
    millionths: as seconds they would lie beyond the year 5138. The precision is the coarsest that holds the number;
    where it is given, that of seconds.
    """
    at = pl.col("written")
    micro = (
        pl.when(at < _UNITS[0][0]).then((at * _UNITS[0][1]).round())
        .when(at < _UNITS[1][0]).then((at * _UNITS[1][1]).round())
        .when(at < _UNITS[2][0]).then(at * _UNITS[2][1])
        .otherwise((at / 1_000).floor())
    )  # fmt: skip
    usable = at.is_finite() & (at > 0) & (micro < _LATEST * _SECOND_US)
    whole = micro.cast(pl.Int64, strict=False)
    coarsest = (
        pl.when(whole % _SECOND_US == 0).then(pl.lit("second")).when(whole % 1_000 == 0).then(pl.lit("millisecond"))
        .otherwise(pl.lit("microsecond"))
    )  # fmt: skip
    return pl.DataFrame({"written": written}).select(
        pl.when(usable).then(whole).cast(pl.Datetime("us", "UTC")).alias("@timestamp"),
        pl.when(usable)
        .then(coarsest if precision is None else pl.when(at < _UNITS[0][0]).then(pl.lit(precision)).otherwise(coarsest))
        .alias("event.precision"),
        pl.lit("").alias("event.clock"),
    )
