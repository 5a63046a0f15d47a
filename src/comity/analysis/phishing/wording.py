"""What a message asks for and how it presses: the phrases of lures, found in plain and in disguised text.

Each phrase says little alone: a theme counts from a number of different phrases on, which grows with the length of the
text, since long texts hold any phrase sooner or later. A text in a language without phrases has no themes, which is not
the same as harmless.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from comity.analysis.domain_name import mixes_scripts, skeleton
from comity.analysis.phishing.phrases import THEMES, Theme

LONGEST_READ = 20_000
_ACCENTS = re.compile("[\u0300-\u034e]")
_BETWEEN = re.compile(r"[\W_]+")
WORDS_A_PHRASE = 250  # so many words more, one phrase more is needed


BY_NAME: Mapping[str, Theme] = {theme.name: theme for theme in THEMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The phrases of a theme that stand in a text; `much` when there are three times as many as it takes."""

    phrases: tuple[str, ...]
    much: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the wording shows: per theme its hits (only themes with enough of them), and disguised words."""

    found: Mapping[str, Hits]
    disguised: tuple[str, ...]


def words_of(text: str) -> str:
    """Return `text` as its words in lower case without accents, one space between, a space at both ends."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))
    return f" {' '.join(_BETWEEN.sub(' ', plain).split())} "


def drawn_words_of(text: str) -> str:
    """Return the words of `text` as they look (`domain_name.skeleton`), words spaced letter by letter put together."""
    seen = _BETWEEN.sub(" ", skeleton(text)).split()
    joined: list[str] = []
    run: list[str] = []
    for word in [*seen, ""]:
        if len(word) == 1:
            run.append(word)
            continue
        joined.extend(["".join(run)] if len(run) > 2 else run)  # noqa: PLR2004 - "a b" is a list, "a b c" a word spelled
        run = []
        joined.append(word)
    return f" {' '.join(joined[:-1])} "


def _within(phrase: str, text: str) -> bool:
    return f" {phrase[:-1]}" in text if phrase.endswith("*") else f" {phrase} " in text


def _beginning(phrase: str) -> str:
    """Return the word that stands in every text that holds `phrase`; "" when a part of a word is enough for it."""
    word, space, _ = phrase.partition(" ")
    return word if space or not word.endswith("*") else ""


_DRAWN = {phrase: skeleton(phrase) for theme in THEMES for phrase in theme.phrases}
_BEGINNINGS = {phrase: (_beginning(phrase), _beginning(_DRAWN[phrase])) for theme in THEMES for phrase in theme.phrases}
_WEIGHT = {phrase: 1 + (phrase in theme.strong) for theme in THEMES for phrase in theme.phrases}


def read(text: str) -> Reading:
    """Return the themes of `text` (its first 20,000 characters) and the phrases that were disguised.

    A phrase is disguised when a reader sees it but a search does not find it: letters of other alphabets, invisible
    characters inside words, `l` for `I`, letters set apart.
    """
    plain, drawn = words_of(text[:LONGEST_READ]), drawn_words_of(text[:LONGEST_READ])
    plain_words, drawn_words = set(plain.split(" ")), set(drawn.split(" "))  # both hold ""

    def held(phrase: str) -> bool:
        beginning, drawn_beginning = _BEGINNINGS[phrase]
        return (drawn_beginning in drawn_words and _within(_DRAWN[phrase], drawn)) or (beginning in plain_words and _within(phrase, plain))

    more = plain.count(" ") // WORDS_A_PHRASE
    found: dict[str, Hits] = {}
    disguised: list[str] = []
    for theme in THEMES:
        hits = tuple(filter(held, theme.phrases))
        disguised.extend(phrase for phrase in hits if len(phrase) > 4 and not _within(phrase, plain))  # noqa: PLR2004 - short ones by chance
        weight = sum(_WEIGHT[phrase] for phrase in hits)
        if weight >= theme.needed + more:
            found[theme.name] = Hits(phrases=hits, much=weight >= 3 * theme.needed + more)
    mixed = [word for word in text[:LONGEST_READ].split() if mixes_scripts(word)]
    return Reading(found=found, disguised=tuple(dict.fromkeys([*disguised, *(word[:40] for word in mixed)])))
