"""Payees: names that mean the same party although banks write them a little differently."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final

_ALIKE: Final = 0.92
_SHORTEST: Final = 6
_MOST_COMPARED: Final = 2_000


def same_payee(keys: Iterable[str]) -> Mapping[str, str]:
    """Return for each name key (see `booked.name_key`) the first key, in order, that means the same payee.

    Keys of six letters or more are the same when they are alike in 92 per cent of their letters and begin alike. With more
    than 2,000 names only equal keys are the same.
    """
    ordered = sorted(set(keys))
    first = {key: key for key in ordered}
    if len(ordered) > _MOST_COMPARED:
        return first
    by_beginning: dict[str, list[str]] = defaultdict(list)
    for key in ordered:
        for earlier in by_beginning[key[:2]]:
            if len(key) >= _SHORTEST and SequenceMatcher(None, earlier, key, autojunk=False).ratio() >= _ALIKE:
                first[key] = earlier
                break
        else:
            by_beginning[key[:2]].append(key)
    return first
