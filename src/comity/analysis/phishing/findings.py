"""Findings about lures: one per suspicious message, with its reasons, traces and what may be asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from comity.analysis.domain_name import Suffixes
from comity.analysis.finding import Finding, Involved, Reason, ReferenceUse, Strength, in_order
from comity.analysis.phishing.acquaintance import acquaintance
from comity.analysis.phishing.letter import Letter, letters
from comity.analysis.phishing.score import POINTS, Judgement, judge
from comity.analysis.phishing.sign import shown
from comity.analysis.phishing.standing import Standing, Vouching, handed_over, standing
from comity.analysis.phishing.target import bare_address, foreign
from comity.observables import Trace
from comity.terms.errors import MaterialError
from comity.terms.instant import format_instant
from comity.terms.selector import Kind, Selector, defang, normalize, normalize_address

METHOD = "phishing signs"
VERSION = "2"
_MOST_TARGETS = 10
_NAMED_IN_STATEMENT = 3
LIMITS = (
    "Shows that the message bears the marks of a lure, not who sent it: name and address of the author are the sender's own words.",
    "Deceptive advertising bears the same marks as phishing for passwords or money; which of them it is, a person reads in the message.",
)


def assess(messages: pl.LazyFrame, hops: pl.LazyFrame, links: pl.LazyFrame, *, suffixes: Suffixes) -> Iterator[tuple[Letter, Judgement]]:
    """Yield every message with its judgement, suspicious or not, in the order of exhibit, member and offset.

    `messages`, `hops` and `links` have the columns of `observables.MESSAGE`, `HOP` and `LINK`.
    """
    known = acquaintance(messages, suffixes)
    for letter in letters(messages, hops, links):
        yield letter, judge(letter, known, suffixes)


def find(
    messages: pl.LazyFrame, hops: pl.LazyFrame, links: pl.LazyFrame, *, suffixes: Suffixes, reference: ReferenceUse | None = None
) -> tuple[Finding, ...]:
    """Return one finding ("phishing.message") per message that bears the marks of a lure, strongest first; copies count once.

    `suffixes` is a public suffix list, `reference` the snapshot it came from. STRONG, MODERATE and WEAK are thresholds on
    the points of `score.POINTS`; no message below them is reported, which does not say it is harmless.
    """
    known = acquaintance(messages, suffixes)
    found = (
        _finding(standing(letter, known, suffixes), judgement, judgement.strength, reference)
        for letter in letters(messages, hops, links)
        if (judgement := judge(letter, known, suffixes)).strength is not None
    )
    return in_order(tuple(_copies_together([finding for finding in found if finding is not None])))


def _copies_together(found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield one finding per message: its copies, in another mailbox or handed in as a file, add their traces."""
    copies: dict[tuple[str, tuple[Reason, ...]], list[Finding]] = {}
    for finding in found:
        # the statement names author, time to the second, and subject
        copies.setdefault((finding.statement, finding.reasons), []).append(finding)
    for first, *others in copies.values():
        traces = dict.fromkeys((*first.traces, *(trace for other in others for trace in other.traces)))
        yield replace(first, traces=tuple(traces))


def _finding(at: Standing, judgement: Judgement, strength: Strength | None, reference: ReferenceUse | None) -> Finding | None:
    if strength is None:
        return None
    letter = at.letter
    entry = handed_over(letter, at.suffixes)
    when = entry.at if entry is not None and entry.at is not None else letter.date
    narrower = dict.fromkeys(sign.trace for sign in judgement.signs if sign.trace is not None)
    traces = (letter.trace, *narrower, *((entry.trace,) if entry is not None and entry.trace not in narrower else ()))
    return Finding(
        kind="phishing.message",
        title=f"A message bears the marks of a lure: {defang(shown(letter.subject)) or 'no subject'}",
        statement=_statement(letter, judgement, when),
        strength=strength,
        reasons=tuple(Reason(code=sign.code, text=defang(sign.text), against=POINTS[sign.code] < 0) for sign in judgement.signs),
        traces=traces,
        method=METHOD,
        method_version=VERSION,
        at=when,
        involved=tuple(dict.fromkeys(_involved(at, when))),
        references=() if reference is None else (reference,),
        limits=_limits(at, judgement),
    )


def _statement(letter: Letter, judgement: Judgement, when: datetime | None) -> str:
    name = f"“{shown(letter.sender_name)}” " if letter.sender_name else ""
    author = f"{name}({letter.sender})" if letter.sender else f"{name}(no address)"
    time = f"received {format_instant(when)}" if when is not None else "without a usable time"
    heaviest = " ".join(sign.text for sign in judgement.signs[:_NAMED_IN_STATEMENT] if POINTS[sign.code] > 0)
    return defang(f"A message from {author}, {time}, with the subject “{shown(letter.subject)}” bears the marks of a lure. {heaviest}")


def _limits(at: Standing, judgement: Judgement) -> tuple[str, ...]:
    more = []
    if at.vouching is Vouching.UNRECORDED:
        more.append("No receiver recorded authentication results, so that whether the author's domain sent it is unknown.")
    if handed_over(at.letter, at.suffixes) is None:
        more.append("The Received headers name no public address that handed the message over.")
    else:
        more.append("The sending address is the one the reader's mail service saw; headers further in are written by the sender's side.")
    if any(sign.code == "passed_on" for sign in judgement.signs):
        more.append("The message was forwarded by its reader: the original, with its headers, must be had from that mailbox.")
    return (*LIMITS, *more)


def _involved(at: Standing, when: datetime | None) -> Iterator[Involved]:
    letter = at.letter
    yield from _one(Kind.EMAIL, letter.sender, "sender address", when, letter.trace)
    for address in letter.reply_to:
        if address.lower() != letter.sender.lower():
            yield from _one(Kind.EMAIL, address, "reply address", when, letter.trace)
    targets = dict.fromkeys(link.url.strip() for link in letter.links if foreign(at, link) is not None)
    for url in list(targets)[:_MOST_TARGETS]:
        yield from _one(Kind.URL, url, "link target", when, letter.trace)
    hosts = (bare_address(link.host) for link in letter.links)
    for host in list(dict.fromkeys(host for host in hosts if host is not None))[:_MOST_TARGETS]:
        yield from _one(None, host, "host of a link", when, letter.trace)
    entry = handed_over(letter, at.suffixes)
    if entry is not None and entry.ip is not None:
        yield from _one(None, entry.ip, "sending host", entry.at, entry.trace)


def _one(kind: Kind | None, text: str, role: str, when: datetime | None, trace: Trace) -> Iterator[Involved]:
    """Yield the selector that `text` writes; nothing when it is none: malformed ones stay in the reasons."""
    try:
        selector: Selector = normalize_address(text) if kind is None else normalize(kind, text)
    except MaterialError:
        return
    yield Involved(selector=selector, role=role, at=when, trace=trace)
