"""Selectors: the strings that single out a party, a machine or a place on the network."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from comity.terms.errors import MaterialError
from comity.terms.iban import normalize_iban
from comity.terms.wallet import normalize_bitcoin, normalize_ethereum


class Kind(StrEnum):
    """What a selector is."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    IBAN = "iban"
    ACCOUNT = "account"
    BITCOIN = "bitcoin"
    ETHEREUM = "ethereum"
    SHA256 = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Selector:
    """A selector in its normal form (see `normalize`)."""

    kind: Kind
    value: str


_LONGEST_DOMAIN: Final = 253
_LONGEST_LABEL: Final = 63
_LONGEST_LOCAL_PART: Final = 64
_LONGEST_URL: Final = 8192
_LONGEST_SHOWN: Final = 80
_LONGEST_ACCOUNT: Final = 64
_REMEDY: Final = "Compare it with the original, character by character."
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ftp": 21}
_LABEL = re.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_OLDER_LABEL = re.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
_LOCAL_PART = re.compile(r"[^\s\"(),:;<>@\[\]\\.\x00-\x1f\x7f]+(\.[^\s\"(),:;<>@\[\]\\.\x00-\x1f\x7f]+)*")
_QUOTED_LOCAL_PART = re.compile(r'"[\x20\x21\x23-\x5b\x5d-\x7e]+"')
_SHA256 = re.compile("[0-9a-f]{64}")


def normalize(kind: Kind, text: str) -> Selector:
    """Return the selector of `kind` that `text` writes, in its one normal form; MaterialError says what is wrong with it.

    Addresses are read strictly (no leading zeros, no zone; IPv6 in RFC 5952 form); domains become lower-case A-labels
    without a final dot; of a mail address only the domain changes case; of a URL the scheme, the host and a default
    port; accounts lose their spaces; IBANs and wallets have their check digits tested. Nothing is looked up.
    """
    return Selector(kind=kind, value=_NORMALIZERS[kind](text.strip()))


def normalize_address(text: str) -> Selector:
    """Return the IPv4 or IPv6 address `text` writes; MaterialError when it writes neither."""
    return normalize(Kind.IPV6 if ":" in text else Kind.IPV4, text)


def _refuse(what: str, text: str) -> MaterialError:
    return MaterialError(f"{what}: {text[:_LONGEST_SHOWN]!r}", remedy=_REMEDY)


def _ipv4(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError as error:
        raise _refuse("not an IPv4 address", text) from error


def _ipv6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError as error:
        raise _refuse("not an IPv6 address", text) from error
    if address.scope_id is not None:
        raise _refuse("an address with a zone means something on one machine only", text)
    # Python's own form of mapped addresses changed with version 3.13; RFC 5952, 5 recommends this one
    return f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)


def _domain(text: str) -> str:
    """Return the domain in lower-case A-labels.

    Underscores are let through below the registrable part, where names in use have them. Characters that IDNA 2003 and
    2008 read differently are kept (as browsers do now); joiners are refused. Source: RFC 1123 2.1, RFC 5890, UTS 46.
    """
    if len(text) > _LONGEST_DOMAIN + 1:
        raise _refuse("too long for a domain", text)
    labels = [_a_label(label, text) for label in re.split("[.\u3002\uff0e\uff61]", text)]
    if len(labels) > 1 and not labels[-1]:
        labels.pop()
    domain = ".".join(labels)
    well_formed = all(
        len(label) <= _LONGEST_LABEL and (_LABEL if position < 2 else _OLDER_LABEL).fullmatch(label)  # noqa: PLR2004 - the registrable part
        for position, label in enumerate(reversed(labels))
    )
    if len(labels) == 1 or not well_formed or len(domain) > _LONGEST_DOMAIN or not re.search("[a-z]", labels[-1]):
        raise _refuse("not a domain", text)
    return domain


def _a_label(label: str, whole: str) -> str:
    if label.isascii():
        lower = label.lower()
        if lower.startswith("xn--"):
            try:
                lower[4:].encode("ascii").decode("punycode")
            except UnicodeError as error:
                raise _refuse("a domain label that is not Punycode", whole) from error
        return lower
    label = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
    if any(unicodedata.category(character)[0] not in "LMN" and character not in "-\u00b7\u30fb" for character in label):
        raise _refuse("a domain with characters that cannot stand in one", whole)
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _host(text: str) -> str:
    if text.startswith("[") and text.endswith("]"):
        return f"[{_ipv6(text[1:-1])}]"
    return _ipv4(text) if re.fullmatch(r"[0-9.]+", text) else _domain(text)


def _email(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not (_LOCAL_PART.fullmatch(local) or _QUOTED_LOCAL_PART.fullmatch(local)) or len(local) > _LONGEST_LOCAL_PART:
        raise _refuse("not a mail address", text)
    if domain[:1] == "[":
        literal = domain[1:-1] if domain[-1:] == "]" else ""
        tagged = literal[:5].lower() == "ipv6:"
        return f"{local}@[{'IPv6:' + _ipv6(literal[5:]) if tagged else _ipv4(literal)}]"
    return f"{local}@{_domain(domain)}"


def _url(text: str) -> str:
    if len(text) > _LONGEST_URL or any(character <= " " or character == "\x7f" for character in text):
        raise _refuse("not a URL", text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _refuse("not a URL", text) from error
    if "://" not in text[:_LONGEST_LABEL] or not parts.scheme or not parts.hostname:
        raise _refuse("not a URL with a host", text)
    user_information, at, _ = parts.netloc.rpartition("@")
    host = _host(f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname)
    written_port = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return urlunsplit((parts.scheme, f"{user_information}{at}{host}{written_port}", parts.path or "/", parts.query, parts.fragment))


def _account(text: str) -> str:
    account = "".join(text.split())
    if not account or len(account) > _LONGEST_ACCOUNT or not account.isprintable() or not any(map(str.isalnum, account)):
        raise _refuse("not an account number", text)
    return account


def _sha256(text: str) -> str:
    if not _SHA256.fullmatch(text.lower()):
        raise _refuse("not a SHA-256 digest", text)
    return text.lower()


_NORMALIZERS: Final[dict[Kind, Callable[[str], str]]] = {
    Kind.IPV4: _ipv4, Kind.IPV6: _ipv6, Kind.DOMAIN: _domain, Kind.URL: _url, Kind.EMAIL: _email, Kind.IBAN: normalize_iban,
    Kind.ACCOUNT: _account, Kind.BITCOIN: normalize_bitcoin, Kind.ETHEREUM: normalize_ethereum, Kind.SHA256: _sha256,
}  # fmt: skip

# What a mail program or a chat would turn into something to click: a scheme, an at sign between names, a dotted name or address.
_SCHEME = re.compile(r"\b(h)tt(ps?|)(?=://)|\b(f)t(ps?)(?=://)", re.IGNORECASE)
_AT = re.compile(r"(?<=[\w.+%-])@(?=[\w\[])")
_DOT = re.compile(r"(?<=\w)\.(?=[\w])")
_IPV6_LITERAL = re.compile(r"[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}")
_TOKEN = re.compile(r"\S+")
_CLICKABLE = re.compile(r"://|@|(?:\d{1,3}\.){3}\d{1,3}|\w\.(?:[^\W\d_]{2}|xn--)", re.IGNORECASE)
_HIDDEN_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_HIDDEN_AT = re.compile(r"\[@\]|\[at\]|\(at\)|\(@\)", re.IGNORECASE)
_HIDDEN_SCHEME = re.compile(r"\bh(?:xx|\*\*)p(s?)(?=(?:\[:\]|:)//|\[://\])", re.IGNORECASE)
_HIDDEN_FTP = re.compile(r"\bfxp(s?)(?=(?:\[:\]|:)//)", re.IGNORECASE)


def defang(text: str) -> str:
    """Return `text` with everything a program would make clickable made harmless: hxxp://a[.]example, u[@]a[.]example.

    Works on a single selector and on prose; amounts and dates stay as they are. `refang` leads back.
    """
    return _TOKEN.sub(lambda match: _defang_token(match[0]), text)


def _defang_token(token: str) -> str:
    if _IPV6_LITERAL.fullmatch(token) and ("::" in token or token.count(":") == 7):  # noqa: PLR2004 - eight groups, not a time of day
        return token.replace(":", "[:]", 1)
    if not _CLICKABLE.search(token):
        return token
    harmless = _SCHEME.sub(lambda m: f"{m[1]}xx{m[2]}" if m[1] else f"{m[3]}x{m[4]}", token)
    return _DOT.sub("[.]", _AT.sub("[@]", harmless))


def refang(text: str) -> str:
    """Return `text` with the customary ways of making selectors harmless undone: hxxp, [.], (dot), [at], [:]//."""
    text = _HIDDEN_SCHEME.sub(lambda m: f"http{m[1]}", text)
    text = _HIDDEN_FTP.sub(lambda m: f"ftp{m[1]}", text)
    text = text.replace("[://]", "://").replace("[:]", ":")
    return _HIDDEN_AT.sub("@", _HIDDEN_DOT.sub(".", text))
