"""Instruments, who is bound by them, and whether they are in force on a day.

Signature, ratification, entry into force and denunciation are four separate dated facts; none is inferred from another.
"""

from dataclasses import dataclass
from datetime import date

from comity.law.answer import Answer, Reason, Status, Truth, all_of
from comity.law.provision import Considered, FollowUp, NoRoute, Provision, RouteRule
from comity.terms.citation import Citation
from comity.terms.jurisdiction import is_territory, name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What is known of one party: None is unknown, never "no". `denounced` is the day a denunciation takes effect."""

    instrument: str
    party: str
    signed: date | None
    ratified: date | None
    entry_into_force: date | None
    denounced: date | None
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBound:
    """That a state was not bound on `as_of`, and why."""

    state: str
    as_of: date
    because: str
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyTable:
    """The parties as known on `as_of`. Only in a `complete` table does a missing row mean that a state is not bound."""

    as_of: date
    complete: bool
    note: str
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A treaty, regulation or scheme with what is known of it.

    `entry_into_force` None means that it had not entered into force on `as_of`. `requires` names the instrument a party
    must be bound by first. `parties` is None when no party table is at hand. `text_file` is the file in the law folder whose
    paragraphs the digests are of, "" when nobody has read the text.
    """

    identifier: str
    name: str
    title: str
    kind: str
    opened: date
    entry_into_force: date | None
    as_of: date
    requires: str
    status: Status
    source: str
    text_file: str
    parties: PartyTable | None
    not_bound: tuple[NotBound, ...]
    provisions: tuple[Provision, ...]
    routes: tuple[RouteRule, ...]
    no_routes: tuple[NoRoute, ...]
    considered: tuple[Considered, ...]
    follow_ups: tuple[FollowUp, ...]

    def provision(self, citation: Citation) -> Provision | None:
        """Return the provision at `citation`, or None."""
        return next((provision for provision in self.provisions if provision.citation == citation), None)

    def binding_of(self, party: str) -> Binding | None:
        """Return what is known of `party`, or None."""
        return next((row for row in self.parties.bindings if row.party == party), None) if self.parties else None


def in_force(instrument: Instrument, *, on: date) -> Answer:
    """Return whether `instrument` itself is in force on `on`, for anyone."""
    name, status = instrument.name, instrument.status
    if on < instrument.opened:
        return _answer(Truth.NO, f"{name} dates only from {instrument.opened}.", status)
    since = instrument.entry_into_force
    if since is None and on <= instrument.as_of:
        return _answer(Truth.NO, f"{name} was not in force on {instrument.as_of} ({instrument.source}).", status)
    if since is None:
        return _answer(
            Truth.UNDETERMINED,
            f"{name} was not in force on {instrument.as_of} ({instrument.source}); whether it is now is not known here.",
            status,
            f"Has {name} entered into force since {instrument.as_of}, and for which states?",
        )
    if on < since:
        return _answer(Truth.NO, f"{name} enters into force only on {since}.", status)
    return _answer(Truth.YES, f"{name} is in force since {since}.", status)


def binds(instrument: Instrument, party: str, *, on: date) -> Answer:
    """Return whether `instrument` is in force for `party` on `on`, by the data at hand; unknown stays undetermined."""
    general = in_force(instrument, on=on)
    return general if general.truth is not Truth.YES else _binds_party(instrument, party, on)


def _binds_party(instrument: Instrument, party: str, on: date) -> Answer:
    name, state, table = instrument.name, name_of(party), instrument.parties
    row = instrument.binding_of(party)
    if row is not None:
        return _row_answer(name, state, row, on)
    ask = f"Is {name} in force for {state} on {on}, and since when?"
    unbound = next((entry for entry in instrument.not_bound if entry.state == party), None)
    if unbound is not None:
        text = f"{state} was not bound by {name} on {unbound.as_of}: {unbound.because} ({unbound.source})."
        return _answer(Truth.NO if on <= unbound.as_of else Truth.UNDETERMINED, text, unbound.status, ask)
    if table is None:
        return _answer(Truth.UNDETERMINED, f"No table of the parties to {name} is at hand.", instrument.status, ask)
    if is_territory(party):
        ask = f"Which state answers for {state}, and did it extend {name} to that territory?"
        text = f"{state} is a territory and is not listed as a party to {name}; a state may have extended it there."
        return _answer(Truth.UNDETERMINED, text, Status.VERIFIED, ask)
    if table.complete and on <= table.as_of:
        return _answer(Truth.NO, f"{state} is not among the parties to {name} as of {table.as_of}.", instrument.status)
    text = f"{state} is not among the parties to {name} in the table as of {table.as_of}"
    text += " (which is not known to be complete)." if not table.complete else "."
    return _answer(Truth.UNDETERMINED, text, Status.VERIFIED, ask)


def _row_answer(name: str, state: str, row: Binding, on: date) -> Answer:
    since, until = row.entry_into_force, row.denounced
    if until is not None and until <= on:
        return _answer(Truth.NO, f"{state} has denounced {name} with effect from {until} ({row.source}).", row.status)
    if since is None:
        known = "signed" if row.ratified is None else "ratified"
        day = row.signed if row.ratified is None else row.ratified
        text = f"{state} {known} {name}{'' if day is None else f' on {day}'} ({row.source}); no entry into force is known."
        return _answer(Truth.UNDETERMINED, text, row.status, f"Is {name} in force for {state} on {on}, and since when?")
    if on < since:
        return _answer(Truth.NO, f"{name} enters into force for {state} only on {since} ({row.source}).", row.status)
    return _answer(Truth.YES, f"{name} is in force for {state} since {since} ({row.source}).", row.status)


def both(*answers: Answer) -> Answer:
    """Return the conjunction of `answers`; a yes keeps every reason, otherwise those that stand in the way."""
    truth = all_of(answer.truth for answer in answers)
    kept = [answer for answer in answers if answer.truth is truth]
    reasons = tuple(dict.fromkeys(reason for answer in kept for reason in answer.reasons))
    missing = tuple(dict.fromkeys(question for answer in kept for question in answer.missing))
    return Answer(truth=truth, reasons=reasons, missing=missing if truth is Truth.UNDETERMINED else ())


def _answer(truth: Truth, text: str, status: Status, question: str = "") -> Answer:
    missing = (question,) if question and truth is Truth.UNDETERMINED else ()
    return Answer(truth=truth, reasons=(Reason(text=text[:1].upper() + text[1:], status=status),), missing=missing)
