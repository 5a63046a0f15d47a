"""The chain of custody as values: entries, the chain, the Merkle tree, seals, verdicts. Pure."""
