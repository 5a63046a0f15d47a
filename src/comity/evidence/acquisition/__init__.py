"""Acquiring material: walked, read once, copied, hashed, journalled, entered in the ledger."""

from comity.evidence.acquisition.record import ACQUIRED, BEGUN, RESUMED, Acquisition, Append, acquisitions
from comity.evidence.acquisition.run import acquire
from comity.evidence.acquisition.tree import survey

__all__ = ["ACQUIRED", "BEGUN", "RESUMED", "Acquisition", "Append", "acquire", "acquisitions", "survey"]
