"""Brands: whose name a text borrows, and which domains are the brand's own."""

import re
from functools import lru_cache

from comity.analysis.domain_name import SHORTEST_IMITATED, decoded, embeds, filed, organization, resembled, skeleton
from comity.analysis.phishing.acquaintance import free_mail
from comity.analysis.phishing.lists import BRANDS, COMMON_WORDS, FEDERATED, FREE_MAIL_LABELS, ROLE_WORDS, word_set
from comity.analysis.phishing.wording import drawn_words_of, words_of

_DRAWN = {brand: f" {' '.join(skeleton(words_of(brand)).split())} " for brand in BRANDS}
_ROLES = frozenset(skeleton(word) for word in ROLE_WORDS)
_NAMES = frozenset(label for labels in BRANDS.values() for label in labels)
_LABELS = tuple(sorted(label for label in _NAMES - COMMON_WORDS - FREE_MAIL_LABELS if len(label) >= SHORTEST_IMITATED))
_SIBLINGS: dict[str, set[str]] = {}
for _labels in BRANDS.values():
    for _label in _labels:
        _SIBLINGS.setdefault(_label, set()).update(_labels)
_GENERIC = word_set("gov office action crypto blockchain inter fazenda receita poste square android target orange wanadoo finances")


_WHOLE = re.compile(r"\.([a-z0-9-]{2,63}\.(?:(?:com|co|net|org|gov|gob|gouv|edu)\.[a-z]{2}|com|net|org|gov|edu))\.")

_FILED = filed(f"{label}.brand" for label in _LABELS if label not in _GENERIC | FEDERATED)


def owns(brand: str, registered: str | None) -> bool:
    """Whether the registrable domain carries a label of the brand's own, or is a name under the brand's own top level."""
    if registered is None or free_mail(registered):
        return False
    labels = BRANDS[brand]
    name, _, suffix = registered.partition(".")
    if brand in FEDERATED and brand in name.split("-"):
        return True
    return name in labels or suffix in labels or skeleton(brand).replace(" ", "") == skeleton(name).replace("-", "") == name


def joins(brand: str, registered: str | None) -> bool:
    """Whether the registrable domain begins or ends with the brand's label and goes on, as `brand-news` or `brandusa` do."""
    name = (registered or "").partition(".")[0]
    return any(
        len(label) >= SHORTEST_IMITATED and name != label and (name.startswith(label) or name.endswith(label)) for label in BRANDS[brand]
    )


def named(text: str) -> tuple[str, ...]:
    """Return the brands a sender's name speaks for, longest first.

    A brand that is also an ordinary word counts only when the rest of the name is roles, numbers or nothing.
    """
    words = drawn_words_of(text)
    found = []
    for brand, drawn in _DRAWN.items():
        if drawn not in words:
            continue
        rest = words.replace(drawn, " ").split()
        if brand in COMMON_WORDS and not all(word in _ROLES or not word.isalpha() for word in rest):
            continue
        found.append(brand)
    return tuple(sorted(found, key=lambda brand: (-len(brand), brand)))


def mentioned(text: str) -> tuple[str, ...]:
    """Return the brands that `text` mentions, without those that are ordinary words."""
    words = drawn_words_of(text)
    return tuple(brand for brand, drawn in _DRAWN.items() if brand not in COMMON_WORDS and len(brand) > 3 and drawn in words)  # noqa: PLR2004 - too short to tell


@lru_cache(maxsize=16_384)
def imitated(registered: str) -> tuple[str, str] | None:
    """Return the brand label a registrable domain is made to be taken for and how (words), None when it is nobody's."""
    own, _, suffix = registered.partition(".")
    if own in _LABELS or suffix in _LABELS or free_mail(registered):
        return None
    found = resembled(registered, _FILED)
    return (organization(found[0].known), found[0].words) if found else None


@lru_cache(maxsize=16_384)
def held_below(host: str, registered: str) -> str | None:
    """Return the brand label that stands in `host` left of a registrable domain that is not the brand's, None when none does."""
    own = organization(registered)
    below = [decoded(label) for label in host.removesuffix(registered).strip(".").split(".") if label]
    for label in _LABELS:
        if label not in _GENERIC and own not in _SIBLINGS[label] and any(label == part or embeds(part, label) for part in below):
            return label
    return None


def domain_below(host: str, registered: str) -> str | None:
    """Return the whole domain, suffix and all, that stands in `host` left of the registrable one (`bank.com.br.evil.example`)."""
    below = f".{host.removesuffix(registered).strip('.')}."
    match = _WHOLE.search(below)
    return match[1] if match and match[1].partition(".")[0] != organization(registered) else None


def in_local_part(local: str) -> str | None:
    """Return the brand label that the part before the @ carries, None when none does."""
    lower = local.lower()
    return next((label for label in _LABELS if label not in _GENERIC and len(label) > 5 and label in lower), None)  # noqa: PLR2004 - shorter ones stand in names
