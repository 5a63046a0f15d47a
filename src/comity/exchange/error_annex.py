"""The error annex: for each step performed in a case, its technique, its known weaknesses, what is done against each, what remains.

Source: ASTM E3016-18 (error mitigation analysis); SOLVE-IT (catalogue of techniques, weaknesses and mitigations), identifiers only.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from comity.analysis.method import Method
from comity.analysis.weakness import ErrorClass, Weakness, read_weaknesses
from comity.exchange.paper import Chapter, Sheet, statements
from comity.exchange.visible_text import visible
from comity.law.fields import Fields

_FACTS: Final = Path(__file__).parent / "error_facts"
_FILES: Final = ("steps.toml", "parsers.toml")
PARSER: Final = "parser"
SOURCES: Final = (
    "Classes of error: ASTM E3016-18, Standard Guide for Establishing Confidence in Digital and Multimedia Evidence Forensic Results by "
    "Error Mitigation Analysis. Identifiers DFT- and DFW-: the SOLVE-IT catalogue (MIT licence; Hargreaves, van Beek and Casey, Forensic "
    "Science International: Digital Investigation 52, 2025, 301864), state of 11 March 2026; the words are this program's own."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A step as known: its key ("preserve", "parser:syslog"), the technique in words, its weaknesses. `catalogue` may be ""."""

    key: str
    technique: str
    catalogue: str
    weaknesses: tuple[Weakness, ...]
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """A step that was performed in the case: its key, what was done in figures, the ledger entries that say so."""

    key: str
    done: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexStep:
    """One step of the annex: what was done, by which technique, and the weaknesses of it."""

    title: str
    done: str
    support: tuple[str, ...]
    catalogue: str
    error: str
    weaknesses: tuple[Weakness, ...]


def techniques() -> Mapping[str, Technique]:
    """Return the techniques that have an entry, by key; ReferenceDataError for data that are malformed."""
    known: dict[str, Technique] = {}
    for name in _FILES:
        fields = Fields(tomllib.loads((_FACTS / name).read_text(encoding="utf-8")), name)
        as_of = fields.day("as_of")
        for step in fields.tables("step"):
            key = step.text("key")
            known[key] = Technique(
                key=key,
                technique=step.text("technique"),
                catalogue=step.text("catalogue", default=""),
                weaknesses=read_weaknesses(step),
                as_of=as_of,
            )
            step.finish()
        fields.finish()
    return known


def annex(performed: Sequence[Performed], *, methods: Sequence[tuple[Method, str]]) -> tuple[AnnexStep, ...]:
    """Return the annex for the steps in `performed`, in their order, then the methods of analysis with what each found, in words.

    A step without an entry is named with the words that nothing is recorded of it: silence would look like perfection.
    """
    known = techniques()
    return (
        *(_step(one, known.get(one.key)) for one in performed),
        *(
            AnnexStep(
                title=f"Analysis: {method.looks_for}",
                done=f"Method {method.name}, version {method.version} ({method.nature}). {found}",
                support=(method.page,),
                catalogue=method.catalogue,
                error=method.error,
                weaknesses=method.weaknesses,
            )
            for method, found in methods
        ),
    )


def chapters(steps: Sequence[AnnexStep]) -> Iterator[Chapter]:
    """Yield the annex as chapters of a paper, the classes of error explained last."""
    for step in steps:
        lines = [(step.done, step.support)]
        if step.error:
            lines.append((f"Error: {step.error}.", ()))
        yield Chapter(
            heading=f"{visible(step.title)}{f' ({step.catalogue})' if step.catalogue else ''}",
            paragraphs=statements(lines, start=1),
            tables=(
                Sheet(
                    caption="Known weaknesses",
                    head=("What can go wrong", "Class", "What is done against it", "What remains"),
                    rows=tuple(
                        (
                            f"{one.text}{f' [{one.catalogue}]' if one.catalogue else ''}",
                            ", ".join(one.classes),
                            one.mitigation,
                            one.remains or "Nothing further is known.",
                        )
                        for one in step.weaknesses
                    ),
                    shares=(5, 2, 5, 4),
                ),
            ) if step.weaknesses else (),
        )  # fmt: skip
    yield Chapter(
        heading="Classes of error and sources",
        paragraphs=statements([(f"{one.value}: {one.words}.", ()) for one in ErrorClass] + [(SOURCES, ())], start=1),
    )


def _step(one: Performed, known: Technique | None) -> AnnexStep:
    support = tuple(f"ledger entry {number}" for number in one.entries)
    if known is None:
        text = "No weaknesses are recorded of this step; that does not mean that it has none."
        return AnnexStep(title=one.key, done=f"{one.done} {text}", support=support, catalogue="", error="", weaknesses=())
    return AnnexStep(
        title=known.technique, done=one.done, support=support, catalogue=known.catalogue, error="", weaknesses=known.weaknesses
    )
