"""Laws of routing: force, denunciation, ratification, ignorance, standing."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from comity.law.answer import Status, Truth, all_of
from comity.law.corpus import Corpus, read
from comity.law.instrument import Binding, Instrument, binds
from comity.law.provision import Need
from comity.law.route import route
from comity.reference.law_files import law_files

SHIPPED = read(law_files())
STATES = ("BR", "DE", "LT", "IN", "US", "PR", "IE")
DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2035, 12, 31))
MAYBE = st.none() | DAYS
NEEDS = st.sampled_from(Need)
PAIRS = st.tuples(st.sampled_from(STATES), st.sampled_from(STATES))


@st.composite
def bindings(draw: st.DrawFn) -> Binding:
    return Binding(
        instrument="ets-185",
        party=draw(st.sampled_from(STATES)),
        signed=draw(MAYBE),
        ratified=draw(MAYBE),
        entry_into_force=draw(MAYBE),
        denounced=draw(MAYBE),
        status=draw(st.sampled_from(Status)),
        source="drawn",
    )


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """The shipped corpus with drawn parties, completeness and entry into force in every instrument."""
    instruments = []
    for instrument in SHIPPED.instruments:
        rows = draw(st.lists(bindings(), unique_by=lambda row: row.party, max_size=6))
        table = SHIPPED.instrument("ets-185").parties
        table = replace(table, complete=draw(st.booleans()), as_of=draw(DAYS), bindings=tuple(rows))
        instruments.append(
            replace(
                instrument,
                entry_into_force=draw(MAYBE),
                status=draw(st.sampled_from(Status)),
                parties=draw(st.sampled_from([None, table, table])),
            )
        )
    return Corpus(instruments=tuple(instruments), retention=())


def with_row(corpus: Corpus, identifier: str, row: Binding) -> Corpus:
    def changed(instrument: Instrument) -> Instrument:
        if instrument.identifier != identifier or instrument.parties is None:
            return instrument
        kept = tuple(each for each in instrument.parties.bindings if each.party != row.party)
        return replace(instrument, parties=replace(instrument.parties, bindings=(*kept, row)))

    return replace(corpus, instruments=tuple(changed(instrument) for instrument in corpus.instruments))


def names(corpus: Corpus, pair: tuple[str, str], need: Need, on: date) -> set[tuple[str, str]]:
    return {(each.instrument, each.article) for each in route(*pair, need=need, on=on, corpus=corpus).routes}


@given(corpora(), PAIRS, NEEDS, DAYS)
def test_a_route_is_in_force_for_both_on_the_day(corpus, pair, need, on):
    for found in route(*pair, need=need, on=on, corpus=corpus).routes:
        instrument = corpus.instrument(found.instrument)
        assert instrument.entry_into_force <= on
        for state in pair:
            row = instrument.binding_of(state)
            assert row is not None
            assert row.entry_into_force <= on
            assert row.denounced is None or on < row.denounced
        assert pair[0] != pair[1]


@given(corpora(), PAIRS, NEEDS, DAYS, DAYS)
def test_once_denounced_never_offered_on_a_later_day(corpus, pair, need, denounced, on):
    row = Binding(
        instrument="ets-185", party=pair[1], signed=None, ratified=None, entry_into_force=date(2001, 1, 1), denounced=denounced,
        status=Status.VERIFIED, source="drawn",
    )  # fmt: skip
    if on >= denounced:
        for identifier in ("ets-185", "un-cybercrime"):
            assert identifier not in {name for name, _ in names(with_row(corpus, identifier, row), pair, need, on)}


@given(corpora(), PAIRS, NEEDS, DAYS, st.tuples(st.sampled_from([each.identifier for each in SHIPPED.instruments]), DAYS))
def test_adding_a_ratification_never_removes_a_route(corpus, pair, need, on, ratification):
    identifier, since = ratification
    for state in pair:
        instrument = corpus.instrument(identifier)
        if instrument.binding_of(state) is None:
            row = Binding(
                instrument=identifier, party=state, signed=None, ratified=since, entry_into_force=since, denounced=None,
                status=Status.DRAFT, source="drawn",
            )  # fmt: skip
            assert names(corpus, pair, need, on) <= names(with_row(corpus, identifier, row), pair, need, on)


@given(bindings(), DAYS, st.sampled_from(["signed", "ratified", "entry_into_force"]), st.booleans(), DAYS)
def test_forgetting_a_fact_never_turns_no_into_yes(row, on, fact, complete, as_of):
    treaty = SHIPPED.instrument("ets-185")
    table = replace(treaty.parties, complete=complete, as_of=as_of)
    known = replace(treaty, parties=replace(table, bindings=(row,)))
    vaguer = replace(treaty, parties=replace(table, bindings=(replace(row, **{fact: None}),)))
    absent = replace(treaty, parties=replace(table, complete=False, bindings=()))
    if binds(known, row.party, on=on).truth is Truth.NO:
        assert binds(vaguer, row.party, on=on).truth is not Truth.YES
        assert binds(absent, row.party, on=on).truth is not Truth.YES


@given(bindings(), DAYS)
def test_signature_and_ratification_are_no_entry_into_force(row, on):
    treaty = SHIPPED.instrument("ets-185")
    known = replace(treaty, parties=replace(treaty.parties, bindings=(replace(row, entry_into_force=None),)))
    assert binds(known, row.party, on=on).truth is not Truth.YES


@given(corpora(), PAIRS, NEEDS, DAYS)
def test_a_route_is_verified_only_if_all_its_data_are(corpus, pair, need, on):
    for found in route(*pair, need=need, on=on, corpus=corpus).routes:
        if found.standing is Status.VERIFIED:
            instrument = corpus.instrument(found.instrument)
            assert instrument.status is Status.VERIFIED
            assert all(instrument.binding_of(state).status is Status.VERIFIED for state in pair)
            assert all(reason.status is Status.VERIFIED for reason in (*found.reasons, *found.dual_criminality))
            cited = {citation for reason in found.reasons for citation in reason.citations}
            assert cited
            assert all(instrument.provision(at).sha256 is not None for at in cited)


@given(corpora(), PAIRS, NEEDS, DAYS)
def test_every_answer_has_a_reason_and_every_undetermined_one_a_question(corpus, pair, need, on):
    routing = route(*pair, need=need, on=on, corpus=corpus)
    assert routing.law_as_of
    for found in routing.rejected:
        assert found.reasons
        assert all(reason.text for reason in found.reasons)
        assert (found.truth is Truth.UNDETERMINED) == bool(found.missing)
    if not routing.routes:
        undetermined = [each for each in routing.rejected if each.truth is Truth.UNDETERMINED]
        assert bool(routing.missing) >= bool(undetermined)


@given(st.lists(st.sampled_from(Truth), max_size=5), st.sampled_from([Truth.YES, Truth.NO]))
def test_settling_what_is_undetermined_never_contradicts_the_answer(truths, settled):
    before = all_of(truths)
    after = all_of(settled if truth is Truth.UNDETERMINED else truth for truth in truths)
    assert before in {after, Truth.UNDETERMINED}
