"""What the receiving servers recorded of SPF, DKIM and DMARC.

Source: RFC 8601 (Authentication-Results), RFC 7208, 9.1 (Received-SPF), RFC 8617 (ARC).
"""

import re
from dataclasses import dataclass

from comity.parsers.mail.comment import split_comments, without_comments
from comity.parsers.mail.header import Header, read_parameters

_RESULT = re.compile(r"\s*([A-Za-z][\w-]{0,40})(?:/\d{1,3})?\s*=\s*([A-Za-z]{2,20})\b")
_PROPERTY = re.compile(r"\b(header\.(?:d|i))\s*=\s*\"?([^\s;\"]{1,255})")
_INSTANCE = re.compile(r"\s*i\s*=\s*(\d{1,3})\s*;")
_DKIM_ORDER = ("pass", "policy", "neutral", "fail", "temperror", "permerror", "none")
_LONGEST = 16_384
_PER_FIELD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """Results in lower case as recorded, None where none was; `server` is the authserv-id that recorded them."""

    spf: str | None
    dkim: str | None
    dkim_domain: str | None
    dmarc: str | None
    server: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    method: str
    result: str
    domain: str | None


def read_authentication(header: Header) -> Authentication:
    """Return what the outermost receiver recorded.

    The topmost Authentication-Results counts, with those of the same server that follow before the next Received:
    anything further down may have been written by the sender. Where it says nothing of SPF, the topmost Received-SPF does.
    Only a message without any gets the newest ARC set.
    """
    server, results = _outermost(header)
    if not results and not header.all("authentication-results"):
        server, results = _newest_arc(header)
    spf = next((item.result for item in results if item.method == "spf"), None)
    if spf is None:
        spf, receiver = _received_spf(header)
        server = server or receiver
    signatures = [item for item in results if item.method == "dkim"]
    best = min(signatures, key=lambda item: _rank(item.result), default=None)
    return Authentication(
        spf=spf,
        dkim=None if best is None else best.result,
        dkim_domain=_signature_domain(header) if best is None else best.domain,
        dmarc=next((item.result for item in results if item.method == "dmarc"), None),
        server=server,
    )


def _rank(result: str) -> int:
    return _DKIM_ORDER.index(result) if result in _DKIM_ORDER else len(_DKIM_ORDER)


def _outermost(header: Header) -> tuple[str | None, list[_Result]]:
    server: str | None = None
    results: list[_Result] = []
    seen = False
    for field in header.fields:
        if seen and field.name == "received":
            break
        if field.name != "authentication-results":
            continue
        name, found = _read(field.text)
        if seen and name != server:
            break
        seen, server = True, name
        results += found
    return server, results


def _newest_arc(header: Header) -> tuple[str | None, list[_Result]]:
    newest, text = 0, ""
    for field in header.all("arc-authentication-results"):
        instance = _INSTANCE.match(field.text)
        if instance is not None and int(instance[1]) > newest:
            newest, text = int(instance[1]), field.text[instance.end() :]
    return _read(text) if newest else (None, [])


def _read(text: str) -> tuple[str | None, list[_Result]]:
    """Return the authserv-id (None when the field begins with a result, as Exchange writes it) and the results."""
    plain = without_comments(text[:_LONGEST])
    pieces = plain.split(";")[:_PER_FIELD]
    words = pieces[0].split()
    server = words[0].lower() if words and "=" not in words[0] and not _RESULT.match(pieces[0]) else None
    results: list[_Result] = []
    for piece in pieces:
        found = _RESULT.match(piece)
        if found is None:
            continue
        properties = {name.lower(): value for name, value in _PROPERTY.findall(piece)}
        domain = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
        known = domain.lower() if domain and domain.lower() != "none" else None
        results.append(_Result(method=found[1].lower(), result=found[2].lower(), domain=known))
    return server, results


def _received_spf(header: Header) -> tuple[str | None, str | None]:
    """Return the result of the topmost Received-SPF and the server that wrote it."""
    text = header.first("received-spf")
    if text is None:
        return None, None
    result = re.match(r"\s*([A-Za-z]{4,9})\b", text)
    receiver = re.search(r"\breceiver=\s*\"?([^\s;\"]{1,255})", text)
    if receiver is not None:
        return (result[1].lower() if result else None), receiver[1].lower()
    comment = next((piece for is_comment, piece in split_comments(text[:_LONGEST]) if is_comment), "")
    server, colon, _ = comment.partition(":")
    named = colon and " " not in server.strip()
    return (result[1].lower() if result else None), (server.strip().lower() or None) if named else None


def _signature_domain(header: Header) -> str | None:
    """Return d= of the topmost DKIM-Signature."""
    text = header.first("dkim-signature")
    if text is None:
        return None
    return read_parameters(";" + text)[1].get("d", "").replace(" ", "").lower() or None
