"""What is ordinary on an account: the payments that have innocent explanations."""

import polars as pl

_MONTHS = 3
_FAR = 0.3


def with_explanations(payments: pl.DataFrame) -> pl.DataFrame:
    """Return `payments` with `explained`: "own accounts", "regular" or null.

    "own accounts": the other side has the owner's name, or is an account whose statement is among the material under that
    name. "regular": payments in one direction with the same other side in three or more months, none far (30 per cent) from
    the usual amount; or any further payment after three such months.
    """
    owners = (
        payments.select(pl.col("holder").alias("other.account"), pl.col("own.key").alias("owner.key")).drop_nulls().unique("other.account")
    )
    pair = ["holder", "currency", "direction", "other.key"]
    month = pl.col("moment").dt.strftime("%Y-%m")
    usual = pl.col("amount_minor").median().over(pair)
    steady = (pl.col("amount_minor") - usual).abs() <= usual * _FAR
    months_before = (month != month.shift(1).over(pair)).fill_null(value=False).cast(pl.Int32).cum_sum().over(pair)
    regular = ((month.n_unique().over(pair) >= _MONTHS) & steady) | (months_before >= _MONTHS)
    same_owner = (pl.col("other.key") == pl.col("own.key")) | (pl.col("owner.key") == pl.col("own.key"))
    return (
        payments.join(owners, on="other.account", how="left", maintain_order="left")
        .with_columns(
            pl.when(same_owner & (pl.col("own.key") != ""))
            .then(pl.lit("own accounts"))
            .when(regular & (pl.col("other.key") != ""))
            .then(pl.lit("regular"))
            .alias("explained")
        )
        .drop("owner.key")
    )
