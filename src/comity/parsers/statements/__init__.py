"""What the parsers of bank statements share: rows of payments and accounts, guessed column profiles, the reading of ISO 20022."""
