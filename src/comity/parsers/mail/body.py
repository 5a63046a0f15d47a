"""The body of a message as a reader sees it, its links and its attachments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.parsers.mail.charset import decode
from comity.parsers.mail.hyperlink import MOST_LINKS, Link, bare_links
from comity.parsers.mail.part import Part, decode_part
from comity.parsers.mail.visible_html import VisibleHtml, read_html

LONGEST_TEXT = 65_536
"""Characters of the body's text that are kept."""

_LONGEST_PLAIN = 8 * 1024 * 1024
_READ = {"text/plain", "text/html"}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([\w-]{1,40})", re.IGNORECASE)
_META_WITHIN = 2_048
_HIDDEN_CHARACTERS = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a reader sees. `text` is at most LONGEST_TEXT characters, `links` at most MOST_LINKS; `defects` in short words."""

    text: str
    html: bool
    html_only: bool
    forms: int
    remote_images: int
    hidden_characters: int
    links: tuple[Link, ...]
    defects: tuple[str, ...]


def is_attachment(part: Part) -> bool:
    """Return whether a leaf is kept as a child: it has a file name, is marked so, or is no text a mail program shows."""
    return part.kind not in _READ or bool(part.name) or part.disposition == "attachment"


def is_shown(part: Part) -> bool:
    """Return whether a leaf is text that a mail program shows; a part with a name may be shown and be an attachment."""
    return part.kind in _READ and part.disposition != "attachment"


def read_body(data: bytes, root: Part, *, quoted: bool) -> Body:
    """Return what a reader sees of the message `root` in `data`.

    Of alternatives the last that can be shown counts for the text (RFC 2046, 5.1.4); links are taken from all.
    """
    links: list[Link] = []
    defects: list[str] = []
    texts: dict[str, str] = {}
    kinds: set[str] = set()
    forms = remote_images = 0
    for part in root.leaves():
        if not is_shown(part):
            continue
        raw, fault = decode_part(data, part, quoted=quoted)
        declared = part.charset or (_meta_charset(raw) if part.kind == "text/html" else "")
        text, unclear = decode(raw[: 4 * _LONGEST_PLAIN], declared)
        defects += [word for word in (fault, unclear) if word]
        kinds.add(part.kind)
        if part.kind == "text/html":
            page: VisibleHtml = read_html(text)
            texts[part.number] = page.text
            links += page.links
            defects += page.defects
            forms += page.forms
            remote_images += page.remote_images
        else:
            if len(text) > _LONGEST_PLAIN:
                defects.append(f"text cut after {_LONGEST_PLAIN} characters")
            texts[part.number] = text[:_LONGEST_PLAIN].replace("\r\n", "\n").strip()
            for link in bare_links(texts[part.number]):
                links.append(link)
                if len(links) > MOST_LINKS:
                    break
    if len(links) > MOST_LINKS:
        defects.append(f"more than {MOST_LINKS} links")
    text = "\n".join(_shown(root, texts))
    return Body(
        text=text[:LONGEST_TEXT],
        html="text/html" in kinds,
        html_only=kinds == {"text/html"},
        forms=forms,
        remote_images=remote_images,
        hidden_characters=len(_HIDDEN_CHARACTERS.findall(text)),
        links=tuple(links[:MOST_LINKS]),
        defects=tuple(dict.fromkeys(defects)),
    )


def _shown(part: Part, texts: dict[str, str]) -> Sequence[str]:
    """Return the texts a reader sees of `part`, in order. Depth is bounded by that of the parts."""
    if not part.parts:
        text = texts.get(part.number, "") if is_shown(part) else ""
        return [text] if text else []
    shown = [_shown(inner, texts) for inner in part.parts]
    if part.kind == "multipart/alternative":
        return next((found for found in reversed(shown) if found), [])
    return [text for found in shown for text in found]


def _meta_charset(raw: bytes) -> str:
    found = _META_CHARSET.search(raw, 0, _META_WITHIN)
    return "" if found is None else found[1].decode("ascii", errors="replace")
