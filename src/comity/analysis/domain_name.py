# ruff: noqa: RUF001 - the letters that are taken for others are what this file is about
"""Domain names: who registered them, and which are made to be taken for another.

The public suffix list comes in as a value (`Suffixes`), because this room opens no file.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

LONGEST_NAME = 253
LONGEST_LABEL = 63
SHORTEST_IMITATED = 5  # below this nearly every label is one letter away from another
SHORTEST_EMBEDDED = 6
TWO_LETTERS_FROM = 9
MOST_WORDS = 12

# Letters drawn alike, by the Latin letter they are taken for: Cyrillic, Greek, Armenian, Latin small capitals.
# Source: Unicode Technical Standard 39 (confusables); those seen in names, not the whole table.
_DRAWN_ALIKE = {
    "a": "аαɑᴀ", "b": "вьʙβ", "c": "сϲᴄ", "d": "ԁᴅɗ", "e": "еєεᴇё", "f": "ғſ", "g": "ɡԍɢ", "h": "һհнʜ", "i": "іїιɩıɪ", "j": "јϳᴊ",
    "k": "кκᴋ", "l": "ӏʟⅼ", "m": "мᴍ", "n": "пηոɴ", "o": "оοօᴏσ", "p": "рρᴘ", "q": "ԛգ", "r": "гʀᴦ", "s": "ѕꜱ", "t": "тτᴛ",
    "u": "υսᴜ", "v": "ѵνᴠ", "w": "ԝωᴡ", "x": "хχ", "y": "уүγʏ", "z": "ᴢ",
}  # fmt: skip
_ALIKE = str.maketrans({letter: latin for latin, letters in _DRAWN_ALIKE.items() for letter in letters})
_READ_AS = str.maketrans("0135l|", "oiesii")
_DIGITS = str.maketrans("", "", "0123456789")
_AFFIXES = frozenset(
    """
    account accounts acesso aviso banco bank billing card cliente clientes cobranca confirm conta customer delivery digital faktura
    factura fatura finance help helpdesk id info invoice invoices kunde kunden kundenservice login mail online pagamento pagamentos
    pago pagos paiement pay payment payments portal rechnung refund resgate secure security seguranca service services servico
    sicherheit signin support suporte team update verify verification web wallet zahlung
    """.split()  # noqa: SIM905 - forty words read better as text
)


class Suffixes(Protocol):
    """The public suffix list, such as `publicsuffixlist.PublicSuffixList`."""

    def privatesuffix(self, domain: str) -> str | None:
        """Return the registrable domain of `domain` (one label more than its public suffix), None when it has none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """`suspect` can be taken for `known`; `how` is a stable code (homoglyph, edit, combination, suffix), `words` say it."""

    suspect: str
    known: str
    how: str
    words: str


def well_formed(name: str) -> bool:
    """Whether `name` is a host name of two labels or more: letters, digits, hyphens (RFC 1123, 2.1) or letters of IDNA."""
    labels = name.split(".")
    return len(name) <= LONGEST_NAME and len(labels) > 1 and all(_good_label(label) for label in labels) and not labels[-1].isdecimal()


def _good_label(label: str) -> bool:
    return (
        0 < len(label) <= LONGEST_LABEL
        and not label.startswith("-")
        and not label.endswith("-")
        and all(letter.isalnum() or letter in "-_" or unicodedata.category(letter) == "Mn" for letter in label)
    )


def registrable(name: str | None, suffixes: Suffixes) -> str | None:
    """Return the domain someone registered above or at `name` (`a.b.example.co.uk` gives `example.co.uk`).

    None for no name, a malformed one, a public suffix itself, an address literal or a single label.
    Source: publicsuffix.org/list, algorithm; names below no listed suffix count their last label as one.
    """
    if not name:
        return None
    host = name.strip().strip(".").lower()
    return suffixes.privatesuffix(host) if well_formed(host) else None


def organization(registered: str) -> str:
    """Return the label of a registrable domain that names its holder: `example` of `example.co.uk`."""
    return registered.partition(".")[0]


def decoded(label: str) -> str:
    """Return `label` with an `xn--` form turned to its letters; as it is when that is malformed. Source: RFC 3492."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def skeleton(text: str) -> str:
    """Return what `text` looks like in small Latin letters; texts with the same skeleton can be taken for each other.

    Marks and invisible characters are dropped, letters drawn alike made the same, `0 1 3 5 l` read as `o i e s i`.
    """
    if text.isascii():
        return text.lower().translate(_READ_AS)
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    kept = (letter for letter in folded if unicodedata.category(letter) not in {"Mn", "Me", "Cf"})
    return "".join(kept).translate(_ALIKE).translate(_READ_AS)


def mixes_scripts(word: str) -> bool:
    """Whether `word` mixes Latin letters with Cyrillic or Greek ones, as no language does."""
    if word.isascii():
        return False
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def distance(one: str, other: str, *, most: int = 2) -> int:
    """Return how many letters must be added, dropped, replaced or swapped with a neighbour; `most` + 1 when more than `most`.

    Source: optimal string alignment (Damerau 1964; Levenshtein 1966).
    """
    if abs(len(one) - len(other)) > most or max(len(one), len(other)) > LONGEST_NAME:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        older, before = before, row
        row = [i]
        for j, right in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def likeness(suspect: str, known: str) -> Likeness | None:
    """Return why the registrable domain `suspect` can be taken for `known`; None when it cannot, or is the same.

    Checked in order: the same letters as drawn; the same holder's label under another suffix; one letter off (two from
    nine letters on); the known label joined to other words (`known-pagamentos`).
    """
    one, other = decoded(organization(suspect)), decoded(organization(known))
    if suspect == known or len(other) < SHORTEST_IMITATED:
        return None
    for how, words, holds in _WAYS:
        if holds(one, other):
            return Likeness(suspect=suspect, known=known, how=how, words=words)
    return None


def _a_letter_off(one: str, other: str) -> bool:
    allowed = 2 if len(other) >= TWO_LETTERS_FROM else 1
    numbered = one.translate(_DIGITS) == other.translate(_DIGITS)  # mail1 and mail2 are numbered hosts, not look-alikes
    return one[:1] == other[:1] and not numbered and distance(_drawn(one), _drawn(other), most=allowed) <= allowed


def _drawn(label: str) -> str:
    return skeleton(label).replace("rn", "m").replace("vv", "w").replace("-", "")


def embeds(label: str, name: str) -> bool:
    """Whether `label` is `name` joined to other words: by a hyphen, or directly to a word of business such as login."""
    if name == label or name not in label:
        return False
    if name in label.split("-") or f"-{name}-" in f"-{label}-":
        return True
    rest = label.replace(name, "", 1).strip("-")
    return rest in _AFFIXES


_WAYS: tuple[tuple[str, str, Callable[[str, str], bool]], ...] = (
    ("suffix", "has the same name under another suffix as", lambda one, other: one == other),
    ("homoglyph", "is drawn like", lambda one, other: _drawn(one) == _drawn(other)),
    ("edit", "differs in a letter or two from", _a_letter_off),
    ("combination", "joins other words to", lambda one, other: len(other) >= SHORTEST_EMBEDDED and embeds(one, other)),
)


def likenesses(suspects: Iterable[str], known: Iterable[str]) -> tuple[Likeness, ...]:
    """Return every pair of `suspects` and `known` registrable domains that `likeness` finds, sorted.

    Each known domain is filed under the ways it may be written, each suspect looked up under its own, so that time grows
    with the number of domains and not with the number of pairs. Source: symmetric deletion (Garbe 2012).
    """
    filing = filed(known)
    found = (pair for suspect in set(suspects) for pair in resembled(suspect, filing))
    return tuple(sorted(found, key=lambda pair: (pair.suspect, pair.known)))


def filed(known: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return registrable domains by each way `resembled` looks them up."""
    filing: dict[str, set[str]] = defaultdict(set)
    for original in set(known):
        for key in _shortened(decoded(organization(original))):
            filing[key].add(original)
    return {key: frozenset(originals) for key, originals in filing.items()}


def resembled(suspect: str, filing: Mapping[str, frozenset[str]]) -> tuple[Likeness, ...]:
    """Return why `suspect` can be taken for domains of `filing` (see `filed`), sorted by the known domain."""
    label = decoded(organization(suspect))
    keys = _shortened(label) | {_drawn(part) for part in _parts(label)}
    candidates: set[str] = set().union(*(filing[key] for key in keys if key in filing))
    return tuple(pair for original in sorted(candidates) if (pair := likeness(suspect, original)) is not None)


def _shortened(label: str) -> set[str]:
    """Return `label` as drawn, and with one or two letters dropped: two labels a letter or two apart share one of these."""
    drawn = _drawn(label)
    once = {drawn[:place] + drawn[place + 1 :] for place in range(len(drawn))}
    twice = {one[:place] + one[place + 1 :] for one in once for place in range(len(one))} if len(drawn) >= TWO_LETTERS_FROM - 2 else set()
    return {drawn} | once | twice


def _parts(label: str) -> set[str]:
    """Return the names `embeds` could find in `label`: runs between hyphens, and what is left without a word of business."""
    words = label.split("-")[:MOST_WORDS]
    runs = {"-".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    left = {label.removeprefix(affix).strip("-") for affix in _AFFIXES} | {label.removesuffix(affix).strip("-") for affix in _AFFIXES}
    return runs | left
