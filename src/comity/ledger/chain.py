"""The chain of entries: each names the digest of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from comity.ledger.entry import Entry
from comity.terms.digest import ZERO, Digest


class BreakKind(StrEnum):
    """What is wrong where a chain breaks."""

    CHANGED = "changed"  # an entry is not what its successor or the head names
    MISSING = "missing"  # an entry in the middle is gone
    MISPLACED = "misplaced"  # an entry stands where another should: swapped or inserted
    TRUNCATED = "truncated"  # the newest entries are gone
    ADDED = "added"  # entries follow the one the head names
    REWRITTEN = "rewritten"  # the links agree with each other and not with the head


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The earliest break: `position` in the chain counted from 0, `number` of the entry concerned, and what is wrong in words."""

    position: int
    number: int
    kind: BreakKind
    words: str


def find_break(chain: Sequence[Entry], *, head: Digest, count: int | None = None) -> Break | None:
    """Return the first place where `chain` does not lead to `head`, or None.

    A chain is intact when every entry names the digest of the entry before it and the last digest equals `head`, the
    value sealed outside the case folder. Without `head` a truncated chain would look intact, so it is not optional.

    Args:
        chain: entries in the order they were written, oldest first; may be empty (its head is ZERO).
        head: digest of the newest entry, from a seal or from what this node remembers.
        count: number of entries the seal counts, when known; tells a shortened chain from a rewritten one.

    Returns: None if the chain is intact; otherwise the earliest break.

    Time is linear in the total size of the entries; memory is constant.
    Source: ISO/IEC 27037:2012 (chain of custody).
    """
    expected = ZERO
    for position, entry in enumerate(chain):
        if entry.number != position + 1:
            return _misplaced(chain, position)
        if entry.previous != expected:
            return _unlinked(chain, position, head)
        expected = entry.digest
    return _not_at_head(len(chain), expected, head, count)


def _misplaced(chain: Sequence[Entry], position: int) -> Break:
    number, found = position + 1, chain[position].number
    if found > number and all(entry.number != number for entry in chain[position + 1 :]):
        words = f"entry {number} is missing: entry {found} stands in its place"
        return Break(position=position, number=number, kind=BreakKind.MISSING, words=words)
    words = f"entry {found} stands where entry {number} should: entries were swapped or one was inserted"
    return Break(position=position, number=number, kind=BreakKind.MISPLACED, words=words)


def _unlinked(chain: Sequence[Entry], position: int, head: Digest) -> Break:
    """Tell which side of the broken link was changed: an entry whose own digest is still named by what follows was not."""
    number = position + 1
    if position == 0:
        words = "entry 1 names an entry before it: it was changed, or earlier entries were removed"
        return Break(position=0, number=1, kind=BreakKind.CHANGED, words=words)
    following = chain[position + 1].previous if number < len(chain) else head
    if chain[position].digest == following:
        words = f"entry {position} is not the one that entry {number} names: entry {position} was changed"
        return Break(position=position - 1, number=position, kind=BreakKind.CHANGED, words=words)
    words = f"entry {number} does not name entry {position}, and nothing after it vouches for it: entry {number} was changed"
    return Break(position=position, number=number, kind=BreakKind.CHANGED, words=words)


def _not_at_head(length: int, last: Digest, head: Digest, count: int | None) -> Break | None:
    if last == head and count in (None, length):
        return None
    if count is not None and length < count:
        words = f"entries {length + 1} to {count} are missing: the ledger was cut short"
        return Break(position=length, number=length + 1, kind=BreakKind.TRUNCATED, words=words)
    if count is not None and length > count:
        words = f"entry {count + 1} and what follows were added after the head was fixed"
        return Break(position=count, number=count + 1, kind=BreakKind.ADDED, words=words)
    words = f"entry {length} is not the sealed head: it was changed, the chain was rewritten, or newer entries are missing"
    return Break(position=max(length - 1, 0), number=max(length, 1), kind=BreakKind.REWRITTEN, words=words)
