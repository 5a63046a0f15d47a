"""Acquiring material: walked, read once, copied, hashed, journalled, entered in the ledger."""

from comity.evidence.acquisition.copying import ALGORITHMS
from comity.evidence.acquisition.record import ACQUIRED, BEGUN, RESUMED, Acquisition, Append, acquisitions
from comity.evidence.acquisition.run import acquire
from comity.evidence.acquisition.tree import survey

__all__ = ["ACQUIRED", "ALGORITHMS", "BEGUN", "RESUMED", "Acquisition", "Append", "acquire", "acquisitions", "survey"]
