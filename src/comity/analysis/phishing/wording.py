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
_SPACES = {number: " " for number in range(128) if _BETWEEN.fullmatch(chr(number))}
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
    plain = text.lower() if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))
    return f" {' '.join(_split(plain))} "


def _split(text: str) -> list[str]:
    """Return the words of `text`; ASCII by a table, which is many times as fast as a pattern."""
    return text.translate(_SPACES).split() if text.isascii() else _BETWEEN.sub(" ", text).split()


def drawn_words_of(text: str) -> str:
    """Return the words of `text` as they look (`domain_name.skeleton`), words spaced letter by letter put together."""
    seen = _split(skeleton(text))
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


def _sought(phrase: str) -> str:
    """Return what stands in a text of words that holds `phrase`."""
    return f" {phrase[:-1]}" if phrase.endswith("*") else f" {phrase} "


def _key(phrase: str) -> str:
    """Return the longest word that stands in every text that holds `phrase`; "" when a part of a word is enough for it."""
    words = phrase.split(" ")
    return max(words[:-1] if phrase.endswith("*") else words, key=len, default="")


_PLAIN = {phrase: _sought(phrase) for theme in THEMES for phrase in theme.phrases}
_DRAWN = {phrase: _sought(skeleton(phrase)) for phrase in _PLAIN}
_PLAIN_BY_WORD: dict[str, list[str]] = {}
_DRAWN_BY_WORD: dict[str, list[str]] = {}
for _phrase in _PLAIN:
    _PLAIN_BY_WORD.setdefault(_key(_phrase), []).append(_phrase)
    _DRAWN_BY_WORD.setdefault(_key(skeleton(_phrase)), []).append(_phrase)
_WEIGHT = {phrase: 1 + (phrase in theme.strong) for theme in THEMES for phrase in theme.phrases}


def read(text: str) -> Reading:
    """Return the themes of `text` (its first 20,000 characters) and the phrases that were disguised.

    A phrase is disguised when a reader sees it but a search does not find it: letters of other alphabets, invisible
    characters inside words, `l` for `I`, letters set apart.
    """
    plain, drawn = words_of(text[:LONGEST_READ]), drawn_words_of(text[:LONGEST_READ])
    held = {
        phrase
        for text_of, sought, by_word in ((plain, _PLAIN, _PLAIN_BY_WORD), (drawn, _DRAWN, _DRAWN_BY_WORD))
        for word in by_word.keys() & set(text_of.split(" "))  # which holds "", too
        for phrase in by_word[word]
        if sought[phrase] in text_of
    }
    more = plain.count(" ") // WORDS_A_PHRASE
    found: dict[str, Hits] = {}
    disguised: list[str] = []
    for theme in THEMES:
        hits = tuple(phrase for phrase in theme.phrases if phrase in held)
        disguised.extend(phrase for phrase in hits if len(phrase) > 4 and _PLAIN[phrase] not in plain)  # noqa: PLR2004 - short ones by chance
        weight = sum(_WEIGHT[phrase] for phrase in hits)
        if weight >= theme.needed + more:
            found[theme.name] = Hits(phrases=hits, much=weight >= 3 * theme.needed + more)
    mixed = [word for word in text[:LONGEST_READ].split() if not word.isascii() and mixes_scripts(word)]
    return Reading(found=found, disguised=tuple(dict.fromkeys([*disguised, *(word[:40] for word in mixed)])))
