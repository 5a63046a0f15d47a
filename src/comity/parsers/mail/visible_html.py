"""HTML as a reader sees it: text, links, forms, remote images; what is hidden is left out and said.

Styles are read where they stand (style, color and bgcolor attributes). Rules in style sheets are not applied: text hidden
by a class counts as visible.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from lxml import etree

from comity.parsers.mail.hyperlink import MOST_LINKS, Link, bare_links, host_of
from comity.parsers.mail.inline_style import read_colour, read_style

LONGEST_HTML = 8 * 1024 * 1024
"""Characters of one HTML part that are read."""

_UNSEEN = {"script", "style", "head", "title", "template", "select", "textarea", "svg"}
_BLOCK = {
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "center", "form",
    "section", "article", "header", "footer", "dt", "dd", "dl", "address", "body", "fieldset",
}  # fmt: skip
_CELL = {"td", "th"}
_TEXT_FIELDS = {"", "text", "password", "email", "tel", "number", "search", "url"}
_LONGEST_LABEL = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleHtml:
    """What a reader sees of an HTML part; `links` at most MOST_LINKS + 1, anchors in order and then bare ones.

    `forms` are those that ask for text or a password.
    """

    text: str
    links: tuple[Link, ...]
    forms: int
    remote_images: int
    defects: tuple[str, ...]


def read_html(html: str) -> VisibleHtml:
    """Return what a reader sees of `html`. Never fails; time and memory are linear in its length."""
    page = _Page()
    parser = etree.HTMLParser(target=page, encoding="utf-8", huge_tree=True, no_network=True)
    defects: list[str] = []
    if len(html) > LONGEST_HTML:
        defects.append(f"HTML cut after {LONGEST_HTML} characters")
    try:
        parser.feed(html[:LONGEST_HTML].replace("\x00", "").encode("utf-8", errors="replace") or b" ")
        parser.close()
    except etree.LxmlError:  # no element at all, or a limit of the library
        if html.strip():
            defects.append("HTML not readable to its end")
    return page.seen(defects)


class _Sight(IntEnum):
    """Whether text of an element is seen."""

    SEEN = 0
    NOT_TEXT = 1  # scripts, styles, choices of a list: nothing a reader reads
    HIDDEN = 2  # text a style keeps from the reader


@dataclass(slots=True)
class _Element:
    """An open element: how it changes what its text looks like."""

    tag: str
    sight: _Sight
    colour: str
    background: str


_ROOT = _Element("", _Sight.SEEN, "", "")


@dataclass(slots=True)
class _Target:
    """A link under way; its label grows until it closes."""

    url: str
    source: str
    label: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Page:
    """The parser's target: called for each tag and text, keeps what is seen."""

    pieces: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)  # visible text outside anchors, for bare links
    open: list[_Element] = field(default_factory=lambda: [_ROOT])
    anchor: _Target | None = None
    form: _Target | None = None
    form_asks: bool = False
    targets: list[_Target] = field(default_factory=list)
    base: str = ""
    forms: int = 0
    remote_images: int = 0
    hidden_text: bool = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an opening tag."""
        self.open.append(self._element(tag, attributes))
        if tag in _BLOCK:
            self._write("\n")
        if tag == "a" and "href" in attributes:
            self._close_anchor()
            self.anchor = self._target(attributes["href"], "html_anchor")
        elif tag == "area" and "href" in attributes:
            self._target(attributes["href"], "html_image_map").label.append(attributes.get("alt", ""))
        elif tag == "form":
            self._close_form()
            self.form = self._target(attributes.get("action", ""), "html_form")
        elif tag in {"input", "button", "textarea"}:
            self._field(tag, attributes)
        elif tag == "base":
            self.base = self.base or attributes.get("href", "")
        elif tag == "img":
            self.remote_images += _is_remote(attributes.get("src", ""))
            self._write(f" {attributes.get('alt', '')} ")
        if "background" in attributes:
            self.remote_images += _is_remote(attributes["background"])

    def end(self, tag: str) -> None:
        """Take a closing tag; the library closes what the markup forgot, so they nest."""
        if tag in _BLOCK or tag in _CELL:
            self._write(" " if tag in _CELL else "\n")
        if tag == "a":
            self._close_anchor()
        elif tag == "form":
            self._close_form()
        if self.open[-1].tag == tag and len(self.open) > 1:
            self.open.pop()

    def data(self, text: str) -> None:
        """Take text between tags."""
        if self.open[-1].sight is _Sight.HIDDEN and not text.isspace():
            self.hidden_text = True
        self._write(text.replace("\n", " "))

    def comment(self, text: str) -> None:
        """Leave comments out."""

    def close(self) -> None:
        """Finish what the markup left open."""
        self._close_anchor()
        self._close_form()

    def seen(self, defects: list[str]) -> VisibleHtml:
        """Return what was gathered."""
        self.close()
        if self.hidden_text:
            defects.append("hidden text")
        links = [
            Link(
                target=target.url.strip(),
                domain=host_of(target.url, base=self.base),
                text=" ".join("".join(target.label).split())[:_LONGEST_LABEL],
                source=target.source,
            )
            for target in self.targets
            if target.url.strip()
        ]
        for bare in bare_links("".join(self.loose)):
            if len(links) > MOST_LINKS:
                break
            links.append(bare)
        return VisibleHtml(
            text=_laid_out("".join(self.pieces)),
            links=tuple(links),
            forms=self.forms,
            remote_images=self.remote_images,
            defects=tuple(defects),
        )

    def _element(self, tag: str, attributes: Mapping[str, str]) -> _Element:
        above = self.open[-1]
        style = read_style(attributes.get("style", ""))
        colour = style.colour or read_colour(attributes.get("color", "") or attributes.get("text", "")) or above.colour
        background = style.background or read_colour(attributes.get("bgcolor", "")) or above.background
        sight = above.sight
        if sight is _Sight.SEEN and tag in _UNSEEN:
            sight = _Sight.NOT_TEXT
        elif sight is _Sight.SEEN and (style.hidden or "hidden" in attributes or (colour and colour == background)):
            sight = _Sight.HIDDEN
        return _Element(tag, sight, colour, background)

    def _write(self, text: str) -> None:
        if self.open[-1].sight is not _Sight.SEEN:
            return
        self.pieces.append(text)
        if self.anchor is None:
            self.loose.append(text)
        else:
            self.anchor.label.append(text)

    def _target(self, url: str, source: str) -> _Target:
        target = _Target(url, source)
        if len(self.targets) <= MOST_LINKS:
            self.targets.append(target)
        return target

    def _close_anchor(self) -> None:
        if self.anchor is not None:
            self.anchor = None
            self.loose.append("\n")

    def _close_form(self) -> None:
        if self.form is not None:
            self.forms += self.form_asks
            self.form, self.form_asks = None, False

    def _field(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("type", "").strip().lower()
        label = attributes.get("value", "")
        if tag == "textarea" or (tag == "input" and kind in _TEXT_FIELDS):
            self.form_asks = self.form is not None
        elif kind in {"submit", "button"} and label:
            self._write(f" {label} ")
            if self.form is not None:
                self.form.label.append(f"{label} ")
        if attributes.get("formaction"):
            self._target(attributes["formaction"], "html_form").label.append(label)


def _is_remote(source: str) -> bool:
    return source.strip().lower().startswith(("http:", "https:", "//"))


def _laid_out(text: str) -> str:
    """Return `text` with runs of white space as one space and runs of line ends as one."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
