"""The append-only record of acts: entries, their chain, Merkle trees over exhibits, seals, verdicts. Pure."""

from comity.ledger.chain import Break, BreakKind, find_break
from comity.ledger.entry import Entry, decode, encode
from comity.ledger.files import current_files
from comity.ledger.merkle import Tree, inclusion_proof, root_of_proof
from comity.ledger.seal import Seal, Statement
from comity.ledger.verdict import Check, Result, Verdict

__all__ = [
    "Break",
    "BreakKind",
    "Check",
    "Entry",
    "Result",
    "Seal",
    "Statement",
    "Tree",
    "Verdict",
    "current_files",
    "decode",
    "encode",
    "find_break",
    "inclusion_proof",
    "root_of_proof",
]
