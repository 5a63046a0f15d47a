"""The methods of analysis as facts: which rest on rules of thumb, what they look for, and how often they were seen to err.

The facts are data (`methods.toml` beside this file), dated, and handed in as text: this room opens no file.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from comity.analysis.finding import SUPPORTING, Finding
from comity.analysis.weakness import Weakness, read_weaknesses
from comity.law.fields import Fields, refuse

DATA = "methods.toml"


class Nature(StrEnum):
    """How a method comes to its findings."""

    HEURISTIC = "heuristic"  # signs, points and thresholds that people set: it may err though the records are right
    DETERMINISTIC = "deterministic"  # follows from the records and dated tables: a sum, a look-up, the same value in two places


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """How often a method said something: `hits` `of` cases of `what`, on which data, in which month (YYYY-MM)."""

    what: str
    hits: int
    of: int
    data: str
    when: str

    @property
    def words(self) -> str:
        """The measurement as one sentence part."""
        return f"{self.what}: {self.hits:,} of {self.of:,} ({100 * self.hits / self.of:.1f} %), {self.data}, {self.when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method in one version. `kinds` are the findings it makes, `reads` the tables it looks through.

    Either `measured` says how often it errs, or `unmeasured` why that is not known.
    """

    name: str
    version: str
    nature: Nature
    looks_for: str
    kinds: tuple[str, ...]
    reads: tuple[str, ...]
    page: str
    measured: tuple[Measurement, ...]
    unmeasured: str
    weaknesses: tuple[Weakness, ...]
    catalogue: str = ""

    @property
    def error(self) -> str:
        """What is known of its error, in words: the measurements, or that it was not measured and why."""
        parts = [f"measured: {'; '.join(one.words for one in self.measured)}"] if self.measured else []
        return ". ".join([*parts, *([f"not measured: {self.unmeasured}"] if self.unmeasured else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Methods:
    """All methods, as known on the day `as_of`."""

    as_of: date
    methods: tuple[Method, ...]

    def of(self, finding: Finding) -> Method | None:
        """Return the method that made `finding`, None when that version is not among these (a finding of an older program)."""
        return next((one for one in self.methods if (one.name, one.version) == (finding.method, finding.method_version)), None)

    def heuristic(self, finding: Finding) -> bool:
        """Return whether `finding` rests on a heuristic; one whose method is not known counts as such."""
        method = self.of(finding)
        return method is None or method.nature is Nature.HEURISTIC


def read_methods(text: str) -> Methods:
    """Return the methods in `text` (TOML); ReferenceDataError, naming the place, for anything that is not as it should be."""
    try:
        fields = Fields(tomllib.loads(text), DATA)
    except tomllib.TOMLDecodeError as error:
        raise refuse(DATA, str(error)) from error
    methods = Methods(as_of=fields.day("as_of"), methods=tuple(_method(one) for one in fields.tables("method")))
    fields.finish()
    return methods


def without_heuristics(findings: Iterable[Finding], methods: Methods) -> tuple[Finding, ...]:
    """Return `findings` in their order, those left out that rest on a heuristic.

    A supporting finding (a holder, a connection) goes with them when one of them names its selector: it was made, or
    weighed, because of it.
    """
    every = tuple(findings)
    left_out = {finding.identity for finding in every if methods.heuristic(finding)}
    named = {each.selector for finding in every if finding.identity in left_out for each in finding.involved}
    return tuple(
        finding
        for finding in every
        if finding.identity not in left_out
        and not (finding.kind.startswith(SUPPORTING) and any(each.selector in named for each in finding.involved))
    )


def searched(methods: Methods, findings: Iterable[Finding], rows: Mapping[str, int]) -> tuple[tuple[Method, int, int], ...]:
    """Return for each method how many records there were to look through and how many findings it made, none of them left out.

    `rows` counts the records by table. A method without findings is a result too: it looked, and found nothing.
    """
    made = tuple(findings)
    return tuple(
        (method, sum(rows.get(table, 0) for table in method.reads), sum(methods.of(finding) == method for finding in made))
        for method in methods.methods
    )


def _method(fields: Fields) -> Method:
    method = Method(
        name=fields.text("name"),
        version=fields.text("version"),
        nature=fields.choice("nature", Nature),
        looks_for=fields.text("looks_for"),
        kinds=fields.texts("kinds"),
        reads=fields.texts("reads"),
        page=fields.text("page"),
        measured=tuple(_measurement(one) for one in fields.tables("measured")),
        unmeasured=fields.text("unmeasured", default=""),
        weaknesses=read_weaknesses(fields),
        catalogue=fields.text("catalogue", default=""),
    )
    if not method.error or not method.weaknesses:
        raise refuse(fields.place, "says neither how often the method errs nor that it is not known, or names no weakness")
    fields.finish()
    return method


def _measurement(fields: Fields) -> Measurement:
    measured = Measurement(
        what=fields.text("what"), hits=fields.whole("hits"), of=fields.whole("of"), data=fields.text("data"), when=fields.text("when")
    )
    if measured.hits > measured.of:
        raise refuse(fields.place, "counts more hits than cases")
    fields.finish()
    return measured
