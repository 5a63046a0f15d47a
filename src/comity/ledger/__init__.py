"""The append-only record of acts: entries, their chain, Merkle trees over exhibits and entries, checkpoints, proofs, verdicts. Pure."""

from comity.ledger.chain import Break, BreakKind, find_break
from comity.ledger.checkpoint import Checkpoint, checkpoint_of, leaves
from comity.ledger.entry import Entry, decode, encode
from comity.ledger.files import current_files, kept_files
from comity.ledger.merkle import Tree, consistency_proof, inclusion_proof, root_of_proof, roots_of_growth
from comity.ledger.note import KeyKind, Note, Signature, VerifierKey
from comity.ledger.proof import ExhibitProof, GrowthProof
from comity.ledger.tiles import tiles
from comity.ledger.verdict import Check, Result, Verdict

__all__ = [
    "Break",
    "BreakKind",
    "Check",
    "Checkpoint",
    "Entry",
    "ExhibitProof",
    "GrowthProof",
    "KeyKind",
    "Note",
    "Result",
    "Signature",
    "Tree",
    "Verdict",
    "VerifierKey",
    "checkpoint_of",
    "consistency_proof",
    "current_files",
    "decode",
    "encode",
    "find_break",
    "inclusion_proof",
    "kept_files",
    "leaves",
    "root_of_proof",
    "roots_of_growth",
    "tiles",
]
