"""Signs in the links: where they lead, against what the reader is shown and who writes."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from comity.analysis.phishing import brand
from comity.analysis.phishing.acquaintance import free_mail
from comity.analysis.phishing.letter import Link, domain_of
from comity.analysis.phishing.lists import FREE_HOSTING, REDIRECTORS, SHARED_TOOLS, SHORTENERS
from comity.analysis.phishing.sender import random_looking
from comity.analysis.phishing.sign import Sign, shown
from comity.analysis.phishing.standing import Standing, Vouching
from comity.analysis.public_address import public_address

_SHOWN_HOST = re.compile(r"^\s*(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24})(?:[/?#:]\S{0,2000})?\s*$", re.IGNORECASE)
_ADDRESS_LITERAL = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]|0x[0-9a-f]+|\d{8,10})$", re.IGNORECASE)
_ONE_NUMBER = re.compile(r"0x[0-9a-f]{1,8}|[1-9][0-9]{7,9}", re.IGNORECASE | re.ASCII)
_INNER_FOLDERS = ("/wp-content/", "/wp-includes/", "/wp-admin/", "/.well-known/")
_LEAVING = (
    "unsub",
    "remove",
    "leave",
    "abmeld",
    "sair",
    "descadast",
    "desinscr",
    "desabon",
    "opt-out",
    "optout",
    "disiscr",
    "uitschrij",
    "baja",
)
_MOST_JUDGED = 200
_LITTLE_TEXT = 160
_FILE_NAME = frozenset({"php", "html", "htm", "asp", "aspx", "pdf", "doc", "txt", "js", "py", "sh", "exe", "zip", "rar", "net"})


def signs(at: Standing) -> Iterator[Sign]:
    """Yield what the links show; each code at most once, with the first link that shows it."""
    seen: set[str] = set()
    for link in at.letter.links[:_MOST_JUDGED]:
        for sign in _one(at, link):
            if sign.code not in seen:
                seen.add(sign.code)
                yield sign
    yield from _together(at)


def foreign(at: Standing, link: Link) -> str | None:
    """Return the registrable domain (or bare address) a web link leads to when it is none of the sender's; None else."""
    if link.host is None or not link.url.lower().startswith(("http:", "https:", "//")):
        return None
    registered = at.domain(link.host)
    return None if at.related(registered) else (registered or link.host)


def bare_address(host: str | None) -> str | None:
    """Return the public address that a link's host writes, also as one number as programs read it; None when it is a name.

    Source: WHATWG URL, 3.5 (IPv4 parser) for one decimal or hexadecimal number.
    """
    text = (host or "").strip("[]")
    if _ONE_NUMBER.fullmatch(text):
        value = int(text, 0)
        return public_address(str(ipaddress.IPv4Address(value))) if value < 2**32 else None
    return public_address(text)


def _one(at: Standing, link: Link) -> Iterator[Sign]:
    lower = link.url.lower().lstrip()
    if lower.startswith(("javascript:", "data:", "vbscript:")):
        yield Sign(code="link_scripted", text=f"A link runs code or carries its page inside: {shown(link.url, most=60)}.")
    elif lower.startswith("mailto:"):
        yield from _mail_button(at, lower)
    elif link.host is None:
        first = lower.partition("/")[0]
        if "/" in lower and "." in first and ":" not in first and not lower.startswith(("/", "#", "?", ".")):
            yield Sign(code="link_broken", text=f"A link was written without its protocol: {shown(link.url, most=60)}.")
    else:
        yield from _web(at, link, link.host)


def _web(at: Standing, link: Link, host: str) -> Iterator[Sign]:
    try:
        parts = urlsplit(link.url.strip())
        port, user = parts.port, "@" in parts.netloc
    except ValueError:
        yield Sign(code="link_broken", text=f"A link has no usable target: {shown(link.url, most=60)}.")
        return
    if _ADDRESS_LITERAL.match(host):
        yield Sign(code="link_bare_address", text=f"A link leads to a bare address, {host}.")
    if user:
        yield Sign(code="link_user_part", text=f"A link hides its host {host} behind a user name: {shown(link.url, most=60)}.")
    if foreign(at, link) is None:
        return
    registered = at.domain(host)
    if port not in {None, 80, 443, 8080, 8443}:
        yield Sign(code="link_odd_port", text=f"A link leads to port {port} of {host}.")
    yield from _way(at, link.url, parts, host, registered)
    if registered is not None:
        yield from _names(host, registered)
    yield from _shown_otherwise(at, link, registered)


def _way(at: Standing, url: str, parts: SplitResult, host: str, registered: str | None) -> Iterator[Sign]:
    """Yield how the link hides or prepares its target."""
    if registered in SHORTENERS or host in SHORTENERS:
        yield Sign(code="link_shortened", text=f"A link hides its target behind the shortener {host}.")
    elif _hosted_freely(host):
        yield Sign(code="link_free_hosting", text=f"A link leads to {host}, where anybody can put a page.")
    elif _among(host, SHARED_TOOLS):
        yield Sign(code="link_shared_tool", text=f"A link leads to a document or form at {host}, which anybody can share.")
    if _redirects(at, host, registered, parts.path, parts.query):
        yield Sign(code="link_redirect", text=f"A link uses {host} to send the reader on to another site: {shown(url)}.")
    if any(folder in parts.path.lower() for folder in _INNER_FOLDERS):
        yield Sign(
            code="link_inner_folder", text=f"A link leads into the inner folders of a web site's program: {shown(host + parts.path)}."
        )
    if _names_reader(at, parts.fragment):
        yield Sign(code="link_names_reader", text=f"A link to {host} carries the reader's own address after the #, for a page to fill in.")


def _names(host: str, registered: str) -> Iterator[Sign]:
    """Yield what the host's name pretends."""
    if any(label.startswith("xn--") for label in host.split(".")):
        yield Sign(code="link_encoded", text=f"A link's host is written in encoded letters (IDNA): {host}.")
    held = brand.imitated(registered)
    below = None if held else brand.held_below(host, registered)
    if held is not None:
        yield Sign(code="link_imitates_brand", text=f"A link leads to {registered}, which {held[1]} the name {held[0]}.")
    elif below is not None:
        yield Sign(code="link_holds_brand", text=f"A link's host {host} carries the name {below} but belongs to {registered}.")
    elif not _hosted_freely(host) and (whole := brand.domain_below(host, registered)) is not None:
        yield Sign(code="link_holds_domain", text=f"A link's host {host} begins like {whole} but belongs to {registered}.")
    elif random_looking(host) and not _hosted_freely(host):
        yield Sign(code="link_random", text=f"A link leads to {host}, which looks made up by a machine.")


def _hosted_freely(host: str) -> bool:
    return _among(host, FREE_HOSTING)


def _among(host: str, names: frozenset[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in names)


def _covered(at: Standing, link: Link) -> bool:
    host, registered = link.host or "", at.domain(link.host)
    if at.related(registered):
        return False
    hosted = any(host == one or host.endswith(f".{one}") for one in FREE_HOSTING)
    return (
        hosted
        or registered in SHORTENERS
        or host in SHORTENERS
        or any(host.endswith(name) and start in link.url for name, start in REDIRECTORS)
    )


def _mail_button(at: Standing, lower: str) -> Iterator[Sign]:
    """Yield a button that writes a mail elsewhere than to the author; leaving a mailing list by mail is not meant."""
    address, _, prepared = unquote(lower.removeprefix("mailto:")).partition("?")
    registered = at.domain(domain_of(address))
    if registered is None or at.related(registered) or at.mailing_list or not at.letter.html or any(word in lower for word in _LEAVING):
        return
    if (free_mail(registered) and not at.sender_free) or "cc=" in prepared or "body=" in prepared:
        yield Sign(code="link_mail_button", text=f"A button writes a mail to {shown(address)}, not to the author.")


def _redirects(at: Standing, host: str, registered: str | None, path: str, query: str) -> bool:
    if any((host == name or host.endswith(f".{name}")) and path.startswith(start) for name, start in REDIRECTORS):
        return True
    inner = unquote(query).lower()
    if "=http" not in inner:
        return False
    onward = at.domain(inner.partition("=http")[2].lstrip("s:/").partition("/")[0].partition("?")[0])
    return onward is not None and onward != registered and not at.related(onward)


def _names_reader(at: Standing, rest: str) -> bool:
    plain = unquote(rest).lower()
    return any(len(address) > 5 and address.lower() in plain for address in at.letter.recipients)  # noqa: PLR2004 - a@b.c


def _shown_otherwise(at: Standing, link: Link, registered: str | None) -> Iterator[Sign]:
    match = _SHOWN_HOST.match(link.text) if link.source == "html_anchor" else None
    if match is None:
        return
    promised = at.domain(match[1].lower())
    if promised is None or promised.rpartition(".")[2] in _FILE_NAME - {"net"} or promised == registered:
        return
    if registered is not None and promised.partition(".")[0] == registered.partition(".")[0]:
        return
    # a sender that is confirmed, or whose results nobody recorded, may count clicks on links to itself
    own = at.related(promised) and at.vouching in {Vouching.ALIGNED, Vouching.UNRECORDED}
    if not own:
        yield Sign(code="link_shown_otherwise", text=f"A link shows {shown(match[1])} and leads to {link.host}.")


def _together(at: Standing) -> Iterator[Sign]:
    web = [link for link in at.letter.links[:_MOST_JUDGED] if link.host and link.source != "text"]
    away = [target for link in web if (target := foreign(at, link)) is not None]
    words = len(at.letter.text.strip())
    if web and len(away) == len(web) and not at.mailing_list and at.sender is not None and not at.sender_free:
        yield Sign(
            code="links_all_elsewhere", text=f"None of the {len(web)} links leads to the author's domain; the first leads to {away[0]}."
        )
        if len(web) > 2 and len({link.url.partition("?")[0] for link in web}) == 1:  # noqa: PLR2004 - three buttons, one target
            yield Sign(code="links_all_one", text=f"All {len(web)} links lead to one target at {away[0]}.")
    if len(web) > 1 and at.letter.html and all(_covered(at, link) for link in web):
        yield Sign(
            code="links_all_hidden",
            text=f"Each of the {len(web)} links hides its target behind a shortener, a redirect or borrowed storage.",
        )
    home = sum(link.host is not None and at.domain(link.host) == at.sender for link in web)
    if at.sender is not None and at.vouching is Vouching.ALIGNED and home * 2 > len(web):
        yield Sign(
            code="links_lead_home",
            text=f"{home} of {len(web)} links lead to the author's own domain {at.sender}, which the receiver confirmed.",
        )
    if web and away and words < _LITTLE_TEXT and (at.letter.remote_images or at.letter.attachment_count or words < _LITTLE_TEXT // 4):
        yield Sign(code="picture_with_link", text=f"The message is a picture with links and {words} characters of text.")
