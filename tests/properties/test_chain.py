"""Law: whatever is changed, dropped, swapped, inserted or cut from a ledger is found, and named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from comity.ledger import BreakKind, Entry, find_break
from comity.terms.digest import ZERO, Digest

START = datetime(2026, 11, 23, tzinfo=UTC)


def chain_of(length: int, salt: str = "5a") -> list[Entry]:
    chain: list[Entry] = []
    for number in range(1, length + 1):
        chain.append(
            Entry(
                number=number,
                previous=chain[-1].digest if chain else ZERO,
                at=START + timedelta(seconds=number),
                event="exhibits:acquired",
                performer="Unit",
                instrument="comity 0",
                authorization=None,
                object={"n": number},
                result={},
                salt=salt * 16,
            )
        )
    return chain


chains = st.integers(2, 12).map(chain_of)
CHANGES = {
    "at": lambda e: e.at + timedelta(microseconds=1),
    "event": lambda e: "exhibits:lost",
    "performer": lambda e: e.performer + " ",
    "instrument": lambda e: "comity 1",
    "authorization": lambda e: 1 if e.number > 1 else None,
    "object": lambda e: {**e.object, "n": -1},
    "result": lambda e: {"x": None},
    "salt": lambda e: "a5" * 16,
    "previous": lambda e: Digest("ab" * 32),
}


@given(st.integers(0, 12).map(chain_of))
def test_an_intact_chain_has_no_break(chain):
    head = chain[-1].digest if chain else ZERO
    assert find_break(chain, head=head, count=len(chain)) is None
    assert find_break(chain, head=head) is None


@given(chains, st.data(), st.booleans())
def test_a_changed_entry_is_named(chain, data, counted):
    head = chain[-1].digest
    position = data.draw(st.integers(0, len(chain) - 1))
    field = data.draw(st.sampled_from(sorted(CHANGES)))
    changed = replace(chain[position], **{field: CHANGES[field](chain[position])})
    if changed == chain[position]:
        return
    found = find_break([*chain[:position], changed, *chain[position + 1 :]], head=head, count=len(chain) if counted else None)
    assert found is not None
    assert found.number == position + 1
    assert f"entry {position + 1}" in found.words


@given(chains, st.data())
def test_a_dropped_entry_is_named(chain, data):
    position = data.draw(st.integers(0, len(chain) - 2))
    found = find_break([*chain[:position], *chain[position + 1 :]], head=chain[-1].digest, count=len(chain))
    assert found is not None
    assert (found.kind, found.number) == (BreakKind.MISSING, position + 1)


@given(chains, st.data())
def test_a_cut_chain_is_named(chain, data):
    kept = data.draw(st.integers(0, len(chain) - 1))
    found = find_break(chain[:kept], head=chain[-1].digest, count=len(chain))
    assert found is not None
    assert (found.kind, found.number) == (BreakKind.TRUNCATED, kept + 1)
    assert find_break(chain[:kept], head=chain[-1].digest) is not None


@given(chains, st.data())
def test_swapped_entries_are_named(chain, data):
    first = data.draw(st.integers(0, len(chain) - 2))
    second = data.draw(st.integers(first + 1, len(chain) - 1))
    swapped = list(chain)
    swapped[first], swapped[second] = chain[second], chain[first]
    found = find_break(swapped, head=chain[-1].digest, count=len(chain))
    assert found is not None
    assert (found.kind, found.number) == (BreakKind.MISPLACED, first + 1)


@given(chains, st.data())
def test_an_inserted_entry_is_named(chain, data):
    """The forger links the new entry to the one before it and numbers it well."""
    position = data.draw(st.integers(0, len(chain)))
    before = chain[position - 1].digest if position else ZERO
    forged = replace(chain[0], number=position + 1, previous=before, object={"forged": True})
    found = find_break([*chain[:position], forged, *chain[position:]], head=chain[-1].digest, count=len(chain))
    assert found is not None
    assert found.number in (position + 1, position + 2)
    assert found.kind in (BreakKind.MISPLACED, BreakKind.ADDED)


@given(chains, st.data())
def test_a_chain_rewritten_to_its_end_does_not_reach_the_head(chain, data):
    position = data.draw(st.integers(0, len(chain) - 1))
    rewritten = chain[:position]
    for entry in chain[position:]:
        previous = rewritten[-1].digest if rewritten else ZERO
        rewritten.append(replace(entry, previous=previous, object={"forged": entry.number}))
    found = find_break(rewritten, head=chain[-1].digest, count=len(chain))
    assert found is not None
    assert found.kind is BreakKind.REWRITTEN
