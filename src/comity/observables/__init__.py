"""The typed tables records are read into, and the trace every row carries.

Names follow the Elastic Common Schema for events, ISO 20022 for payments, RFC 5322 for messages.
"""

from comity.observables.defect import DEFECT
from comity.observables.document import DOCUMENT
from comity.observables.event import EVENT
from comity.observables.file import FILE
from comity.observables.flow import FLOW
from comity.observables.message import HOP, LINK, MESSAGE
from comity.observables.payment import ACCOUNT, PAYMENT
from comity.observables.table import INSTANT, Table
from comity.observables.trace import TRACE_FIELDS, Trace

TABLES = (MESSAGE, HOP, LINK, EVENT, FLOW, PAYMENT, ACCOUNT, DOCUMENT, FILE, DEFECT)
"""Every table, in the order they are listed to a person."""

__all__ = [
    "ACCOUNT",
    "DEFECT",
    "DOCUMENT",
    "EVENT",
    "FILE",
    "FLOW",
    "HOP",
    "INSTANT",
    "LINK",
    "MESSAGE",
    "PAYMENT",
    "TABLES",
    "TRACE_FIELDS",
    "Table",
    "Trace",
]
