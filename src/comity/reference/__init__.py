"""Dated facts from outside: address allocations, origin networks, suffixes, law files."""
