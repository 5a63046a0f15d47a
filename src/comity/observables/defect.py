"""Defects: what could not be read, where and why. Nothing unreadable passes in silence."""

import pyarrow as pa

from comity.observables.table import column, table

DEFECT = table(
    "defect",
    "one place that could not be read as what it claims to be",
    [
        column("code", pa.string(), "stable code such as line_unreadable, truncated, limit_time, type_unknown"),
        column("reason", pa.string(), "one sentence for a person"),
        column("parser", pa.string(), "parser that met it; empty when no parser claims the type"),
    ],
)
