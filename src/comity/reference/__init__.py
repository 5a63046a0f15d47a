"""Dated facts from outside: address allocations, origin networks, suffixes, banks, law files.

Snapshots are found by `registry`, read from their publishers' forms by `importing`, answered from by `allocations`
(`load`, `Allocations.holder_of`, `Allocations.holders`), `banks.bank_of`, `suffixes.suffix_list`, `law_files.law_files`.
"""
