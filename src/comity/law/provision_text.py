"""The text of a provision, cut out of a treaty file so that its digest can be checked by anyone who has the file.

The rule (docs/methods/routing.md repeats it for people):

1. An article begins at a line made of `###`, the word `Article` and its number, and ends before the next line that begins
   with `#`; the title line directly after the heading (`####...`) is passed over.
2. A paragraph begins at a line that starts with its number, a full stop and white space (or nothing more), and ends before the
   next such line with a higher number, or with the article. What stands before the first numbered line, if it is not blank, is the
   paragraph with the empty name; an article without numbers is that paragraph as a whole.
3. The number and its full stop are dropped, every run of white space becomes one space, both ends are trimmed,
   the text is encoded as UTF-8. The digest is SHA-256.
"""

import re
from collections.abc import Mapping

from comity.terms.digest import Digest

_HEADING = re.compile(r"###[ \t]*Article[ \t]+(\d{1,3})[ \t]*")
_NUMBERED = re.compile(r"(\d{1,2})\.(?:[ \t]+|$)")


def paragraphs(text: str) -> Mapping[tuple[str, str], str]:
    """Return the normalized text of each (article, paragraph) in the treaty file `text`; see the module for the rule."""
    found: dict[tuple[str, str], str] = {}
    article = ""
    lines: list[str] = []
    title_expected = False
    for line in [*text.splitlines(), "#"]:
        heading = _HEADING.fullmatch(line)
        if title_expected and line.startswith("####"):
            title_expected = False
        elif line.startswith("#"):
            if article:
                found |= _cut(article, lines)
            article, lines, title_expected = (heading.group(1), [], True) if heading else ("", [], False)
        else:
            lines.append(line)
            title_expected = title_expected and not line.strip()
    return found


def digest(text: str) -> Digest:
    """Return the SHA-256 of a paragraph's normalized text."""
    return Digest.of(text.encode())


def _cut(article: str, lines: list[str]) -> dict[tuple[str, str], str]:
    number = 0
    parts: dict[int, list[str]] = {0: []}
    for line in lines:
        match = _NUMBERED.match(line)
        if match and int(match.group(1)) > number:
            number = int(match.group(1))
            parts[number] = [line[match.end() :]]
        else:
            parts[number].append(line)
    normal = {number: " ".join(" ".join(part).split()) for number, part in parts.items()}
    return {(article, str(number) if number else ""): text for number, text in normal.items() if text or number}
