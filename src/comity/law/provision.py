"""Provisions of an instrument in our own words, and the rules that say which of them serves which need."""

from dataclasses import dataclass
from enum import StrEnum

from comity.law.answer import Status
from comity.terms.citation import Citation
from comity.terms.digest import Digest


class Need(StrEnum):
    """What is wanted of another state."""

    PRESERVATION = "preservation"
    SUBSCRIBER = "subscriber"
    TRAFFIC = "traffic"
    CONTENT = "content"


class ProvisionKind(StrEnum):
    """What a provision does."""

    OFFENCE = "offence"
    POWER = "power"
    COOPERATION = "cooperation"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number a provision sets, such as preservation_least = 60 days."""

    name: str
    value: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A lettered point: a content a request must have, or a ground on which it may be refused."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One paragraph (or unnumbered article) in our own words.

    `sha256` is the digest of the paragraph's text by the rule of `provision_text`; None only for a draft.
    `dual_criminality` says in words what the paragraph rules about it, "" when nothing.
    """

    citation: Citation
    kind: ProvisionKind
    heading: str
    says: str
    figures: tuple[Figure, ...]
    contents: tuple[Point, ...]
    grounds: tuple[Point, ...]
    dual_criminality: str
    status: Status
    source: str
    sha256: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRule:
    """A condition of a route and the question that settles it."""

    key: str
    text: str
    rule: Citation
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRule:
    """That an article serves some needs, through which channel, resting on which paragraphs, on which conditions."""

    needs: tuple[Need, ...]
    article: str
    channel: str
    rests_on: tuple[Citation, ...]
    conditions: tuple[ConditionRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """Something that is weighed for a need and is not the route, with the reason; `question` could change that."""

    needs: tuple[Need, ...]
    rule: Citation
    point: str
    reason: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRoute:
    """That an instrument offers nothing for some needs; `rule` is None when nobody has read it."""

    needs: tuple[Need, ...]
    rule: Citation | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What comes after, under which provision."""

    needs: tuple[Need, ...]
    rule: Citation
    text: str
