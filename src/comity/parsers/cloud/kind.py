"""A kind of audit record: how it is told from others, and where its values belong."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from comity.parsers.json_columns import Layout
from comity.parsers.json_text import Object, Value

MOST_CHARACTERS = 2_000
"""The longest message that is put together from a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Records laid out as `layout`; `marks` are members all of which every one has."""

    marks: frozenset[str]
    layout: Layout

    def fits(self, record: Object) -> bool:
        """Return whether `record` is of this kind."""
        return self.marks <= record.keys()


def text(value: Value) -> str | None:
    """Return `value` when it is text and not empty."""
    return value if isinstance(value, str) and value else None


def section(record: Object, name: str) -> Object:
    """Return the object called `name` in `record`, an empty one when there is none."""
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def named(listed: Value, *, name: str = "Name", value: str = "Value") -> dict[str, str]:
    """Return a list of objects with a name and a value each as one mapping; of equal names the first counts."""
    found: dict[str, str] = {}
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and isinstance(key := each.get(name), str) and isinstance(said := each.get(value), str):
            found.setdefault(key, said)
    return found


def as_action(operations: Mapping[str, tuple[str, str]], *, otherwise: pl.Expr | None = None) -> tuple[pl.Expr, pl.Expr]:
    """Return category and action by `event.code`; of other operations the action is the code, the category `otherwise`."""
    code = pl.col("event.code")
    category = code.replace_strict({name: each[0] for name, each in operations.items()}, default=None, return_dtype=pl.String)
    action = code.replace_strict({name: each[1] for name, each in operations.items()}, default=code, return_dtype=pl.String)
    return (category if otherwise is None else pl.coalesce(category, otherwise)).alias("event.category"), action.alias("event.action")


def outcome(failed: pl.Expr) -> pl.Expr:
    """Return "failure" where `failed`, "success" where not, null where that is not known."""
    return pl.when(failed).then(pl.lit("failure")).when(~failed).then(pl.lit("success")).alias("event.outcome")
